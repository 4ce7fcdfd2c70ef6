"""End a conversation: by one of the two, or by the clock when it has fallen silent."""

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Priority,
    Role,
    Text,
    UserMessage,
    _,
    command,
    on,
    paragraphs,
)
from bot.lists import Carried, adds
from bot.reading import talk
from db.engine import seen
from db.help import help_requests, relays
from db.models import HelpRequest, Person, Relay
from db.network import exclusions, members
from handlers.asking import ending, following_up, handing_on, night, wording
from handlers.asking.steps import FollowUp, NotYet, Solve
from handlers.talking import parting, sides
from handlers.talking.steps import FellSilent, KeepApart, MeetAgain


@command(
    "close", needs=Role.ANYONE, shown_to=Role.MEMBER, menu=_("End a conversation"), rest=("relay", "how")
)
def close(ctx: Context) -> None:
    """End a conversation, for whoever is in one, members or not. The asker says whether it is solved; if the
    helper ends it, others are asked."""
    both = relays.open_of(ctx.db, ctx.person.id)
    # One in which all is settled ends by itself: it is meant only where there is no other.
    # A button names the one that it is about.
    mine = [relay for relay in both if relay.ends_at is None and not ctx.brought("relay")] or both
    if not mine:
        ctx.say(_("You have no open conversation."))
        return
    relay = sides.pick(
        ctx,
        mine,
        _("Which conversation should end?"),
        gone=_("That conversation is over already."),
    )
    if relay is None:
        return
    request = parting.hold(ctx, relay)
    if relay.closed_at is not None:  # the other side was faster
        ctx.say(_("You have no open conversation."))
    elif request is None or request.closed_at is not None:
        parting.end_by_one(ctx, relay)
        ctx.say(_("The conversation has ended."))
    elif relay.asker_id == ctx.person.id:
        how = ctx.choose(
            "how",
            _("Is your question settled?"),
            {
                "solved": _("Yes, it is settled"),
                "others": _("No, ask somebody else"),
                "withdraw": _("No, but it no longer matters"),
            },
        )
        if how == "solved":
            ending.settle(ctx, request)
        elif how == "withdraw":
            ending.take_back(ctx, request)
        else:
            going_on = _ask_others(ctx, relay, request)
            if going_on is not None:  # otherwise they have just been told who sees to it
                ctx.say(paragraphs(_("All right."), going_on))
    else:
        handing_on.replace_helper(ctx, request)
        ctx.say(_("The conversation has ended. I will look for somebody else. Thank you for your help."))


def _ask_others(ctx: Context, relay: Relay, request: HelpRequest) -> AnyText | None:
    """Tell the helper that the conversation is over, with thanks, and look for somebody else; return how that
    goes on, None where its asker has just been told."""
    ctx.tell(
        relay.helper, _("The conversation has ended. Thank you for your help."), priority=Priority.CARRIED
    )
    return night.somebody_else(ctx, request, handing_on.look_for_another(ctx, request))


@on(KeepApart)
def keep_apart(ctx: Context, step: KeepApart) -> None:
    """End a conversation, and never bring the two together again, in either direction. The other side reads
    that it has ended, as always, and not why. An asker's open question goes to somebody else."""
    relay = _to_part(ctx, step)
    if relay is None:
        return
    they, named = sides.other(relay, ctx.person), sides.is_named(relay, ctx.person)
    exclusions.keep_apart(ctx.db, ctx.person, they, named=named, now=ctx.now)
    going_on = []
    for each in relays.open_of(ctx.db, ctx.person.id):
        if sides.other(each, ctx.person).id == they.id and sides.is_named(each, ctx.person) == named:
            going_on.append(_end_at_once(ctx, each))
    ctx.say(
        paragraphs(
            _(
                "I will not bring you together with {name} again. Only you know that, and you can change it "
                "in {profile}.",
                name=sides.other_name(relay, ctx.person),
                profile=Command("profile"),
            ),
            filter(None, going_on),
            _letters_still_come(ctx, relay) if named else [],
        ),
        Button(_("Take that back"), MeetAgain(they.id, named)),
    )


def _letters_still_come(ctx: Context, relay: Relay) -> list[Text]:
    """Return what remains where the other side coordinates the network, if they do."""
    they = sides.other(relay, ctx.person)
    if they.id not in {each.person_id for each in members.coordinators(ctx.db, relay.network_id)}:
        return []
    return [_("{name} coordinates your network: what goes to all still reaches you.", name=they.name)]


def _to_part(ctx: Context, step: KeepApart) -> Relay | None:
    """Return the conversation of a step, which may have ended, or the one that is chosen of those that are
    open; None after saying that there is none."""
    if step.relay_id is None:
        return sides.pick(
            ctx,
            relays.open_of(ctx.db, ctx.person.id),
            _("Who do you not want to meet again?"),
            gone=_("That conversation is over already."),
        )
    relay = ctx.db.get(Relay, step.relay_id)
    if relay is not None and ctx.person.id in (relay.asker_id, relay.helper_id):
        return relay
    ctx.say(_("You have no open conversation."))
    return None


def _end_at_once(ctx: Context, relay: Relay) -> AnyText | None:
    """End a conversation without a question; return how its request goes on, if it is one's own."""
    request = parting.hold(ctx, relay)
    if relay.closed_at is not None:  # the other side was faster
        return None
    if request is None or request.closed_at is not None:
        parting.end_by_one(ctx, relay)
        return None
    if relay.asker_id == ctx.person.id:
        return _ask_others(ctx, relay, request)
    handing_on.replace_helper(ctx, request)
    return None


@on(MeetAgain)
def meet_again(ctx: Context, step: MeetAgain) -> None:
    """Take back that two are never brought together."""
    if exclusions.take_off(ctx.db, ctx.person, step.other_id, named=step.named):
        ctx.say(_("All right. I may bring you two together again."))
    else:
        ctx.say(_("You had taken that back already."))


@on(FellSilent)
def fell_silent(ctx: Context, step: FellSilent) -> None:
    """End a conversation that has been silent for `relay_silence_hours` of its network (30 days unless set),
    and tell both. Where nobody ever wrote, the request looks for somebody else."""
    relay = ctx.db.get(Relay, step.relay_id)
    if relay is None:
        return
    request = parting.hold(ctx, relay)
    if relay.closed_at is not None:
        return
    parting.end(ctx, relay)
    unanswered = request is not None and request.closed_at is None and relay.last_words_at is None
    for person in (relay.helper,) if unanswered else (relay.asker, relay.helper):
        ctx.tell(person, _silent(relay, person), priority=Priority.CHECK_IN)
    if unanswered:
        assert request is not None
        handing_on.helper_was_silent(ctx, request, _silent(relay, relay.asker))
    elif request is not None and request.closed_at is None:
        help_requests.close(ctx.db, request, "solved", ctx.now)
        following_up.follow_up(ctx, FollowUp(request.id))


def _silent(relay: Relay, person: Person) -> Text:
    return _(
        "Your conversation with {name} was silent for a long time, so I have closed it.",
        name=sides.other_name(relay, person),
    )


@adds(Carried, place=10)
def ask_whether_settled(ctx: Context, relay: Relay, message: UserMessage) -> None:
    """Ask whether a request is settled whose asker writes that it worked, only once: it never ends by
    itself."""
    if ctx.person.id != relay.asker_id or relay.request_id is None or relay.ends_at is not None:
        return
    words, locale = message.words, ctx.reader.locale
    if "solved" not in talk.lists(words, locale) and talk.begins(words, locale, ["solved"]) is None:
        return
    request = ctx.db.get(HelpRequest, relay.request_id)
    if request is None or request.state != "taken":
        return
    if seen.first_time(ctx.db, f"settled {relay.id}", ctx.now):
        ctx.say(
            _("Is your question settled?"),
            Button(_("Yes, it is settled"), Solve(request.id), means="yes"),
            Button(_("Not yet"), NotYet(request.id), means="no"),
            about=wording.mine(request),
        )


@on(NotYet)
def not_yet(ctx: Context, step: NotYet) -> None:
    """Let a conversation go on."""
    ctx.show(_("All right. Just go on writing here."))
