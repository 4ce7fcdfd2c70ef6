"""Removing a member, and looking at it again."""

from collections.abc import Sequence

from bot import AnyText, Button, Command, Context, Priority, UserMessage, Verbatim, _, form, on, paragraphs
from bot.lists import Act, Concern, Outside, act, adds
from db.leading import journal
from db.models import Member, Network, Person
from db.network import members
from handlers.coordinating import roles
from handlers.coordinating.steps import Appeal, AppealOutside, Readmit, Remove, UpholdRemoval, WriteTo
from handlers.joining import left_behind, membership
from handlers.protecting import coordinators
from handlers.talking import opening
from handlers.talking.steps import Reply

LONGEST_REASON = 500
"""Characters."""

REMOVED = act("member.removed", _("{who} removed {whom} on {day}."))
ENDED = act("member.ended", _("The membership of {whom} was ended on {day}."))
UPHELD = act(
    "member.removal_upheld", _("{who} looked at the removal of {whom} again on {day}, and left it at that.")
)
READMITTED = act("member.readmitted", _("{who} took {whom} back in on {day}."))


CAN_BE_CHECKED = _("If you think this is wrong, it can be looked at again.")
WRONG = _("If you think this is wrong, tap the button below: it can be looked at again.")


@on(Remove)
def remove(ctx: Context, step: Remove) -> None:
    """End a membership with a reason. The person reads it, together with how to object."""
    member = roles.other(ctx, step.member_id, resting=True)
    if member is not None and end(ctx, member, REMOVED):
        left_behind.say(ctx, member.person)


def end(ctx: Context, member: Member, done: Act) -> bool:
    """Ask for the reason, end the membership of somebody else, and tell them how to object; the journal keeps
    what was `done`. Return whether it has ended."""
    person, network = member.person, member.network
    reason = ctx.ask(
        "reason",
        _("What is the reason? {name} will read it.", name=person.name),
        max_length=LONGEST_REASON,
        why=_("So that {name} understands it, and can object.", name=person.name),
    )
    notice = _notice(ctx, network, reason)
    ctx.shown("names", [person.name, ctx.person.name, network.name])
    if not ctx.sure(
        paragraphs(
            _("This is what {name} will read:", name=person.name),
            form("<blockquote>{notice}</blockquote>", notice=notice),
            _(
                "Should I end the membership of {name} in <b>{network}</b>?",
                name=person.name,
                network=network.name,
            )
            if member.state == "resting"  # all that was open has ended
            else _(
                "Open questions of {name} will end. For people {name} is helping, I will look for somebody "
                "else. Shall I end the membership of {name} in <b>{network}</b>?",
                name=person.name,
                network=network.name,
            ),
        ),
        yes=_("End membership"),
        no=_("Leave it as it is"),
        otherwise=_("All right. Nothing has changed."),
    ):
        return False
    over = membership.end(ctx, done, member, "removed", reason)
    _letter, told = ctx.carry(
        person,
        notice,
        UserMessage(reason),
        Button(_("Please check again"), Appeal(member.id, ctx.person.id)),
    )
    for sentence in over:
        ctx.tell(person, sentence, priority=Priority.CARRIED)
    ctx.say(
        _("{name} is no longer a member and has got your message.", name=person.name)
        if told
        else _(
            "{name} is no longer a member. I could not tell them.",
            name=person.name,
        )
    )
    return True


def _notice(ctx: Context, network: Network, reason: str) -> AnyText:
    """Return what somebody reads whose membership is ended."""
    return paragraphs(
        _(
            "{by} has ended your membership in <b>{network}</b>. The reason:",
            by=ctx.person.name,
            network=network.name,
        ),
        Verbatim(reason),
        WRONG,
    )


@adds(Outside, place=10)
def removed(ctx: Context) -> Concern | None:
    """Return that somebody is a member no longer whose last membership was ended by another, and the way to
    have it looked at again, once."""
    last = members.latest(ctx.db, ctx.person)
    if last is None or last.state != "removed":
        return None
    network = last.network
    by = journal.latest_about(ctx.db, network, last.person, REMOVED.name, ENDED.name)
    upheld = journal.latest_about(ctx.db, network, last.person, UPHELD.name)
    if upheld is not None and (by is None or upheld.id > by.id):
        return Concern(_("You are not a member of <b>{network}</b> at the moment.", network=network.name))
    remover = by.by_id if by is not None and by.by_id is not None else 0
    return Concern(
        paragraphs(
            _("You are not a member of <b>{network}</b> at the moment.", network=network.name), CAN_BE_CHECKED
        ),
        [Button(_("Please check again"), Appeal(last.id, remover), keep=True)],
    )


@on(Appeal)
def appeal(ctx: Context, step: Appeal) -> None:
    """Bring the words of somebody removed to those who coordinate; where there are others than the remover (a
    person's id), only to them."""
    member = _removed(ctx, step.member_id, ctx.person.id)
    if member is None:
        return
    ctx.turn_to(member.network)
    there = {each.person_id: each.person for each in members.coordinators(ctx.db, member.network_id)}
    # Who is named in the question reads the words, and nobody who coordinates only since then.
    named = ctx.keep("judges", [key for key in there if key != step.remover_id] or list(there))
    judges = [there[key] for key in named if key in there]
    if not judges:
        ctx.say(
            _(
                "Nobody I named coordinates <b>{network}</b> any more. Please ask once more.",
                network=member.network.name,
            ),
            Button(_("Please check again"), Appeal(member.id, step.remover_id)),
        )
        return
    only_remover = [judge.id for judge in judges] == [step.remover_id]
    words = ctx.ask("words", _what(member, judges, only_remover=only_remover), max_length=LONGEST_REASON)
    _letter, reached = ctx.carry(
        judges,
        paragraphs(
            _(
                "{name} is no longer a member of <b>{network}</b> and asks you to look at it again:",
                name=member.person.name,
                network=member.network.name,
            ),
            form("<blockquote>{words}</blockquote>", words=words),
        ),
        UserMessage(words),
        Button(_("Take them back in"), Readmit(member.id)),
        Button(_("Write a message"), WriteTo(member.id), keep=True),
        Button(_("It stays as it is"), UpholdRemoval(member.id)),
        priority=Priority.HELP_REQUEST,
    )
    if reached:
        ctx.say(
            _("I have passed it on. I will tell you what they decide."),
            *(_operators(ctx, step) if only_remover else []),
        )
    else:
        ctx.say(
            _("Nobody who coordinates your network can be reached now."),
            Button(_("Please check again"), Appeal(step.member_id, step.remover_id)),
            *_operators(ctx, step),
        )


def _what(member: Member, judges: Sequence[Person], *, only_remover: bool) -> AnyText:
    """Return the question for the words of an appeal. It is said truly who looks at it again."""
    if only_remover:
        return _(
            "{name} decided this and is the only one who coordinates <b>{network}</b>, so {name} looks at it "
            "again. What should {name} know? I pass it on and bring you the answer.",
            name=judges[0].name,
            network=member.network.name,
        )
    return _(
        "What should {people} know? I pass it on and bring you the answer.",
        people=[person.name for person in judges],
    )


def _operators(ctx: Context, step: Appeal) -> list[Button]:
    """Return the button by which somebody removed writes to those who run the bot, where one of them can be
    reached who had nothing to do with it."""
    others = coordinators.operators(ctx, without=[step.remover_id, ctx.person.id])
    return (
        [Button(_("Write to the operators"), AppealOutside(step.member_id, step.remover_id))]
        if others
        else []
    )


@on(AppealOutside)
def appeal_outside(ctx: Context, step: AppealOutside) -> None:
    """Connect somebody removed with one who runs the bot."""
    member = _removed(ctx, step.member_id, ctx.person.id)
    if member is None:
        return
    others = coordinators.operators(ctx, without=[step.remover_id, ctx.person.id])
    if not others:
        ctx.say(_("Nobody who runs this bot can be reached at the moment."))
        return
    ctx.turn_to(member.network)
    relay = opening.connect(
        ctx,
        others[0],
        member.network,
        _(
            "{name} is no longer a member of <b>{network}</b>, thinks that this is wrong, and would like to "
            "talk with somebody who runs this bot. Just answer here. {close} ends the conversation.",
            name=ctx.person.name,
            network=member.network.name,
            close=Command("close"),
        ),
    )
    ctx.say(opening.connected(Verbatim(others[0].name)), on_reply=Reply(relay.id))


@on(Readmit)
def readmit(ctx: Context, step: Readmit) -> None:
    """Take somebody removed back in."""
    member = _removed_here(ctx, step.member_id)
    if member is None:
        return
    person, network = member.person, member.network
    # Whoever is at work in another network meanwhile stays there: it was not they who did this.
    membership.begin(ctx, READMITTED, network, person, by=ctx.person, label=member.label, turn_to=False)
    ctx.tell(
        person,
        _(
            "{by} has looked at it again: you are a member of <b>{network}</b> again. Welcome back.",
            by=ctx.person.name,
            network=network.name,
        ),
        priority=Priority.CARRIED,
    )
    ctx.say(_("{name} is a member again and has been told.", name=person.name))


@on(UpholdRemoval)
def uphold_removal(ctx: Context, step: UpholdRemoval) -> None:
    """Uphold a removal, and tell who was removed."""
    member = _removed_here(ctx, step.member_id)
    if member is None:
        return
    UPHELD.record(ctx, member.network, about=member.person)
    ctx.tell(
        member.person,
        _(
            "{by} has looked at it again: your membership in <b>{network}</b> stays ended. "
            "All the best to you.",
            by=ctx.person.name,
            network=member.network.name,
        ),
        priority=Priority.CARRIED,
    )
    ctx.say(_("I have told {name}.", name=member.person.name))


def _removed_here(ctx: Context, member_id: int) -> Member | None:
    """Return a removed member of the network in which the one who acts decides; None after saying why not."""
    member = _removed(ctx, member_id)
    if member is None or member.network_id == ctx.network.id:
        return member
    ctx.say(
        _(
            "This belongs to another of your networks. {networks} takes you there.",
            networks=Command("networks"),
        )
    )
    return None


def _removed(ctx: Context, member_id: int, person_id: int | None = None) -> Member | None:
    """Return a removed member, if it is this person (an id; None for anybody); None after saying that it is
    settled."""
    member = ctx.hold(Member, member_id)
    if member is not None and member.state == "removed" and person_id in (None, member.person_id):
        return member
    ctx.say(_("This is settled already."))
    return None
