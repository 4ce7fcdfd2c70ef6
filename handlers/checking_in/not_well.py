"""Who answers "not good" finds a person at once."""

from collections.abc import Sequence

from bot import (
    AnyText,
    Author,
    Button,
    Command,
    Context,
    Priority,
    UserMessage,
    Verbatim,
    _,
    _n,
    on,
    paragraphs,
)
from bot.lists import Alarm, Alarms, adds
from db.help import check_ins, relays
from db.models import CheckIn, Member
from db.network import members
from handlers.checking_in import rounds
from handlers.checking_in.steps import AddWords, AskForTalk, ChangeAnswer, MarkTalked, WantNothing
from handlers.protecting import alarms, coordinators
from handlers.talking import opening, private
from handlers.talking.steps import Reply
from handlers.vocabulary import as_need

NO_WORDS = UserMessage()


def offer_person(ctx: Context, check_in: CheckIn, said: UserMessage = NO_WORDS) -> None:
    """Offer a talk with whoever coordinates, or the way to a peer. Where the answer was `said` in words, it
    can be corrected."""
    coordinator = coordinators.first(ctx, check_in.member)
    talks = []
    if coordinator is not None:
        label = _("Talk to {name}", name=coordinator.person.name)
        talks = [Button(label, AskForTalk(check_in.id), means=("yes", "help_offer"))]
    sorry = _(
        "I am sorry to hear that. Would you like to talk to somebody? Only the person you then write with "
        "will know."
    )
    understood = _("I understood “{answer}”.", answer=rounds.MOODS["not_good"])
    ctx.show(
        paragraphs(understood, sorry) if said else sorry,
        *talks,
        Button(_("Ask another mentor"), Command("ask")),
        Button(_("Ask without my name"), Command("ask"), given={"who": "anonymous"}),
        *pass_on(ctx, check_in, said),
        Button(_("No, thank you"), WantNothing(check_in.id), means="no"),
        *([Button(_("I meant something else"), ChangeAnswer(check_in.id))] if said else []),
        about=rounds.ABOUT,
    )


def pass_on(ctx: Context, check_in: CheckIn, said: UserMessage) -> list[Button]:
    """Return the button that carries words which came with an answer to whoever coordinates; none where there
    is nobody, or nothing to carry."""
    coordinator = coordinators.first(ctx, check_in.member) if said else None
    if coordinator is None:
        return []
    label = _("Send my words to {name}", name=coordinator.person.name)
    return [Button(label, AddWords(check_in.id, said=as_need(said)))]


@on(AskForTalk)
def ask_for_talk(ctx: Context, step: AskForTalk) -> None:
    """Connect a member with the meta-mentor, who learns only now that they are not well."""
    check_in = mine(ctx, ctx.db.get(CheckIn, step.check_in_id))
    if check_in is None:
        return
    network = check_in.member.network
    coordinator = coordinators.first(ctx, check_in.member)
    if coordinator is None:
        ctx.say(
            _("Nobody who coordinates your network can be reached now. Shall I ask another mentor?"),
            Button(_("Ask another mentor"), Command("ask"), means="yes"),
        )
        return
    check_ins.wish(check_in, "meta_mentor")
    relay = opening.opened(ctx, coordinator.person, network)
    kind = wants_talk.__name__
    for member in alarms.at_once(ctx, [coordinator], kind, check_in.id, explains=ctx.person):
        _tell_of(ctx, member, check_in)
    name = coordinator.person.name
    connected = opening.connected(Verbatim(name))
    asleep = _("{name} has quiet hours now. Your message will arrive afterwards.", name=name)
    ctx.say(
        paragraphs(connected, asleep) if ctx.sleeps(coordinator.person, network) else connected,
        on_reply=Reply(relay.id),
    )


@adds(Alarms, place=10)
def wants_talk(ctx: Context, coordinator: Member, ids: Sequence[int]) -> Alarm[CheckIn]:
    """Find those who are not well and would like to talk, as long as nobody has."""
    everybody = check_ins.not_well(ctx.db, coordinator.network_id).all()
    flags = [each for each in everybody if each.id in ids]
    return Alarm(Priority.CARRIED, flags, lambda flag: _tell_of(ctx, coordinator, flag), _all_not_well)


def _tell_of(ctx: Context, coordinator: Member, check_in: CheckIn) -> None:
    """Tell one who coordinates that a member would like to talk, in the conversation that is open for it."""
    person, network = check_in.member.person, check_in.member.network
    relay = relays.named_between(ctx.db, network.id, person, coordinator.person)
    if relay is None:
        return  # one of the two has ended it
    via = private.confidential(ctx, coordinator.person)
    if via is not None:
        relays.go_on_with(relay, coordinator.person, via)
    letter, _reached = ctx.tell(
        coordinator.person,
        _(
            "The mentoring is not going well for {name} at the moment. {name} would like to talk to you. "
            "Just write here, I pass it on. {close} ends the conversation.",
            name=person.name,
            close=Command("close"),
        ),
        Button(_("We have talked"), MarkTalked(check_in.id)),
        priority=Priority.CARRIED,
        on_reply=Reply(relay.id),
        author=Author(person.id),
        via=via,
    )
    relays.note_letter(relay, letter)


def _all_not_well(flags: Sequence[CheckIn]) -> AnyText:
    return _n(
        "{people} is not well and would like to talk to you.",
        "{people} are not well and would like to talk to you.",
        len(flags),
        people=[flag.member.person.name for flag in flags],
    )


@on(MarkTalked)
def mark_talked(ctx: Context, step: MarkTalked) -> None:
    """Note that whoever coordinates has seen to a member who is not well."""
    check_in = ctx.db.get_one(CheckIn, step.check_in_id)
    if ctx.person.id in (each.person_id for each in members.coordinators(ctx.db, check_in.round.network_id)):
        check_ins.deal_with(ctx.db, check_in.member, ctx.now)
    ctx.say(_("Thank you for taking the time."))


def mine(ctx: Context, check_in: CheckIn | None) -> CheckIn | None:
    """Return a check-in of the one who acts; None after saying that it is over."""
    if (
        check_in is not None
        and check_in.member.person_id == ctx.person.id
        and check_in.member.state == "active"
    ):
        return check_in
    ctx.say(_("This round is over."))
    return None
