"""A meta-mentor gives their role to a member: both have to say so, within a week."""

from datetime import timedelta

from bot import AnyText, Button, Context, Priority, Text, Verbatim, _, _n, lines, on, paragraphs
from bot.installation import Keep
from bot.lists import Forgetting, Retention, act, adds
from bot.text import Value
from db.help import pulse
from db.leading import handovers, notes
from db.models import Handover, Member
from db.network import rooms
from handlers.coordinating import roles
from handlers.electing import choosing, news
from handlers.handing_over.note import reading
from handlers.handing_over.steps import (
    AnswerHandover,
    GiveRole,
    OfferEnds,
    StayAsDeputy,
    WriteNote,
)
from handlers.talking import opening
from handlers.talking.steps import Reply

A_WEEK, A_MONTH = timedelta(days=7), timedelta(days=30)
HOURS: dict[str, AnyText] = {
    "1": _("About 1 hour"),
    "2": _("About 2 hours"),
    "4": _("About 4 hours"),
    "8": _("About 8 hours"),
}
GONE = _("This is no longer on offer.")

HANDED_OVER = act("role.handed_over", _("{who} handed the role of meta-mentor over to {whom} on {day}."))
STAYED = act("role.stayed", _("{who} stays as a deputy for a month, from {day} on."))


@adds(Retention, place=170)
def offered_roles(keep: Keep) -> Forgetting:
    """Return for how long it is kept that a role was offered."""
    return Forgetting(handovers.forget, keep.journal_days)


@on(GiveRole)
def give_role(ctx: Context, step: GiveRole) -> None:
    """Ask to whom a meta-mentor would like to give their role, and ask that member."""
    if ctx.member.role != "meta_mentor":
        ctx.say(_("Only a meta-mentor can hand their role over."))
        return
    taker = choosing.whom(
        ctx, _("Who should coordinate after you? Please type a name."), without=[ctx.person.id]
    )
    if taker is None:
        return
    names = {"name": taker.person.name, "network": ctx.network.name}
    if taker.role == "meta_mentor":
        ctx.say(_("{name} is a meta-mentor of <b>{network}</b> already.", **names))
        return
    hours = ctx.choose(
        "hours",
        _("About how many hours a week does it take? {name} will read that.", name=taker.person.name),
        HOURS,
        skip=_("I cannot say"),
    )
    if not ctx.sure(
        _(
            "Once {name} says yes, {name} is the meta-mentor of <b>{network}</b> in your place, and can read "
            "your note. You stay a member. Should I ask {name}?",
            **names,
        ),
        yes=_("Ask {name}", name=taker.person.name),
        no=_("Leave it as it is"),
        otherwise=_("All right. Nothing has changed."),
    ):
        return
    ctx.hold_roles()
    offer = handovers.offer(ctx.db, ctx.member, taker, int(hours) if hours else None, ctx.now)
    ctx.later(A_WEEK, OfferEnds(offer.id), about=_tag(offer))
    _letter, reached = ctx.tell(
        taker.person,
        paragraphs(_question(ctx, offer), _effort(ctx, offer)),
        Button(_("Yes"), AnswerHandover(offer.id, "yes"), means="yes"),
        Button(_("Let us talk"), AnswerHandover(offer.id, "talk"), keep=True),
        Button(_("No"), AnswerHandover(offer.id, "no"), means="no"),
        priority=Priority.CARRIED,
        about=_("the question of {name}", name=ctx.person.name),
    )
    ctx.say(
        _("I have asked {name}, who has a week for an answer. Until then you coordinate.", **names)
        if reached
        else _("I cannot reach {name} at the moment.", **names),
        *(
            [Button(_("Write the note"), WriteNote(), keep=True)]
            if notes.of(ctx.db, ctx.network, ctx.person) is None
            else []
        ),
    )


def _question(ctx: Context, offer: Handover) -> Text:
    return _(
        "{by} would like to give you the role of meta-mentor of <b>{network}</b>: you would coordinate it.",
        by=ctx.person.name,
        network=ctx.network.name,
    )


def _effort(ctx: Context, offer: Handover) -> list[AnyText]:
    """Return how much it is: in the words of who gives the role, and counted."""
    questions = pulse.count_handed_over(ctx.db, ctx.network.id, ctx.now - A_MONTH)
    counted = (
        _n(
            "In the last {days} days {n} question came to those who coordinate.",
            "In the last {days} days {n} questions came to those who coordinate.",
            questions,
            days=A_MONTH.days,
        )
        if questions
        else _("In the last {days} days no question came to those who coordinate.", days=A_MONTH.days)
    )
    said = (
        [
            _n(
                "{by} says that it takes about {n} hour a week.",
                "{by} says that it takes about {n} hours a week.",
                offer.hours,
                by=ctx.person.name,
            )
        ]
        if offer.hours is not None
        else []
    )
    return [lines(said, counted)]


# --- the answer ----------------------------------------------------------------------------------


@on(AnswerHandover)
def answer_handover(ctx: Context, step: AnswerHandover) -> None:
    """Take the role that is offered, talk about it first, or say no."""
    ctx.hold_roles()
    offer = ctx.ours(Handover, step.handover_id, gone=GONE, still=lambda each: _stands(ctx, each))
    if offer is None:
        return
    giver = offer.giver
    if step.says == "talk":
        _talk(ctx, giver)
    elif step.says == "no":
        handovers.end(offer, "declined", ctx.now)
        ctx.call_off(_tag(offer))
        ctx.tell(
            giver.person,
            _("{name} would rather not take your role. It stays yours.", name=ctx.person.name),
            Button(_("Ask somebody else"), GiveRole()),
            priority=Priority.CARRIED,
        )
        ctx.say(_("All right, no reason needed. You stay a member as before."))
    else:
        _take(ctx, offer)


def _stands(ctx: Context, offer: Handover) -> bool:
    is_mine = offer.taker_id == ctx.member.id and offer.state == "offered"
    return is_mine and offer.giver.state == "active" and offer.giver.role == "meta_mentor"


def _talk(ctx: Context, giver: Member) -> None:
    words = _("{name} would like to talk with you about your role. Just answer here.", name=ctx.person.name)
    relay = opening.connect(ctx, giver.person, ctx.network, words)
    ctx.say(opening.connected(Verbatim(giver.person.name)), on_reply=Reply(relay.id))


def _take(ctx: Context, offer: Handover) -> None:
    """Let the role pass from the one to the other, with the note; tell everybody."""
    giver, network = offer.giver.person, ctx.network
    handovers.take(offer, ctx.now)
    ctx.call_off(_tag(offer))
    note = notes.of(ctx.db, network, giver)
    if note is not None:
        notes.open_for(note, ctx.person)
    HANDED_OVER.record(ctx, network, by=giver, about=ctx.person)
    names = {"name": ctx.person.name, "by": giver.name, "network": network.name}
    led: list[Value] = [Verbatim(room.name) for room in rooms.of_network(ctx.db, network.id) if room.name]
    ctx.tell(
        giver,
        paragraphs(
            _(
                "{name} has said yes and is the meta-mentor of <b>{network}</b> now. Thank you for "
                "everything you have done. You stay a member.",
                **names,
            ),
            [_("Please make {name} an admin in {rooms}.", name=ctx.person.name, rooms=led)] if led else [],
        ),
        Button(_("Stay as deputy"), StayAsDeputy(offer.id)),
        priority=Priority.CARRIED,
    )
    ctx.say(
        paragraphs(
            _("Thank you. I have told {name}.", name=giver.name),
            roles.rights(ctx, "meta_mentor"),
            [_("In {rooms}, {by} has to make you an admin.", rooms=led, by=giver.name)] if led else [],
        ),
        *([reading(note)] if note is not None else []),
    )
    news.tell_members(
        ctx,
        network,
        _("{name} coordinates <b>{network}</b> from now on, in the place of {by}.", **names),
        but=news.but(giver, ctx.person),
    )


@on(StayAsDeputy)
def stay_as_deputy(ctx: Context, step: StayAsDeputy) -> None:
    """Let whoever has given their role be a deputy for a month."""
    ctx.hold_roles()
    offer = ctx.ours(
        Handover,
        step.handover_id,
        gone=GONE,
        still=lambda each: handovers.may_stay(each, ctx.member, ctx.now),
    )
    if offer is None:
        return
    handovers.stay(offer)
    STAYED.record(ctx, ctx.network, about=ctx.person)
    assert ctx.member.role_until is not None, "it ends"
    ctx.tell(
        offer.taker.person,
        _("{name} stays as a deputy for a month.", name=ctx.person.name),
        priority=Priority.CARRIED,
    )
    ctx.say(_("Thank you. You are a deputy until {day}.", day=ctx.day_of(ctx.member.role_until)))


# --- no answer -----------------------------------------------------------------------------------


def _tag(offer: Handover) -> str:
    return f"handover:{offer.id}"


@on(OfferEnds)
def offer_ends(ctx: Context, step: OfferEnds) -> None:
    """End an offer that nobody has answered in a week, and tell who made it."""
    offer = ctx.hold(Handover, step.handover_id)
    if offer is None or offer.state != "offered":
        return
    handovers.end(offer, "over", ctx.now)
    if offer.giver.state != "active":
        return
    ctx.turn_to(offer.network)
    ctx.tell(
        offer.giver.person,
        _("{name} has not answered for a week, so your role stays yours.", name=offer.taker.person.name),
        Button(_("Ask somebody else"), GiveRole()),
        priority=Priority.CHECK_IN,
    )
