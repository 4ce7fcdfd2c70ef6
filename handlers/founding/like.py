"""A network begins like another one: it takes over texts, never people or their words. It remembers where
they are from, and hears when they change there."""

from typing import Any

from bot import Button, Context, Priority, Verbatim, _, lines, on, paragraphs
from bot.lists import Changed, Part, Parts, act, adds
from db.growing import copies
from db.models import Copy, Network
from db.network import members
from handlers.founding.steps import LeaveOurs, SayHello, TakeOver, TellCopies, TellOrigin
from handlers.protecting import limits
from handlers.talking import opening
from handlers.talking.steps import Reply

ALL, CHOOSE, NOTHING = "all", "choose", "no"
SOME = 50
"""Copies that are looked at in one turn."""

FOUNDED_LIKE = act("network.founded_like", _("The network began like another one on {day}."))
TAKEN = act("network.part_taken", _("{who} took over on {day} what had changed in another network."))


def parts_of(ctx: Context, origin: Network) -> dict[str, tuple[Part, Any]]:
    """Return what there is to take over from a network: each part by its name, with its value."""
    found = {name: (part(), part().of(ctx.db, origin)) for name, part in Parts.named().items()}
    return {name: each for name, each in found.items() if each[1] is not None}


def ask_parts(ctx: Context, origin: Network) -> list[str]:
    """Ask what is to be taken over from a network."""
    there = parts_of(ctx, origin)
    if not there:
        ctx.say(
            _(
                "<b>{origin}</b> has nothing yet that could be taken over but its example.",
                origin=origin.name,
            )
        )
        return []
    labels = {name: part.name for name, (part, _value) in there.items()}
    how = ctx.choose(
        "take",
        paragraphs(
            lines(
                _("From <b>{origin}</b> you can take over:", origin=origin.name),
                labels.values(),
            ),
            _("No people and no words of members come along. You can change all of it afterwards."),
        ),
        {ALL: _("All of it"), CHOOSE: _("Choose"), NOTHING: _("Nothing of it")},
    )
    if how == CHOOSE:
        return ctx.choose_many("parts", _("What should I take over?"), labels)
    return [*labels] if how == ALL else []


def take(ctx: Context, network: Network, origin: Network, wanted: list[str]) -> None:
    """Let a new network begin with these parts of another one."""
    copies.begin_like(network, origin)
    there = parts_of(ctx, origin)
    for name in wanted:
        if name in there:
            part, value = there[name]
            _give(ctx, network, part, value)
            copies.take(ctx.db, network, origin, name, value, ctx.now)


def _give(ctx: Context, network: Network, part: Part, value: Any) -> None:
    if part.give is not None:
        part.give(ctx, network, value)


def begun(ctx: Context, network: Network) -> None:
    """Note what follows where a network begins: the one that it began like hears of it, once."""
    if network.like_id is not None:
        FOUNDED_LIKE.record(ctx, network)
        ctx.later(ctx.now, TellOrigin(network.id), about=f"like:{network.id}")


@on(TellOrigin)
def tell_origin(ctx: Context, step: TellOrigin) -> None:
    """Tell those who coordinate a network that another one began like theirs."""
    network = ctx.db.get(Network, step.network_id)
    origin = ctx.db.get(Network, network.like_id) if network is not None and network.like_id else None
    if network is None or origin is None:
        return
    ctx.turn_to(origin)
    founders = {each.person_id for each in members.coordinators(ctx.db, network.id)}
    there = members.coordinators(ctx.db, origin.id)
    names = {"network": network.name, "place": network.place}
    ctx.tell(
        [each.person for each in there if each.person_id not in founders],
        _("<b>{network}</b> in {place} begins with what you made.", **names)
        if network.place
        else _("<b>{network}</b> begins with what you made.", network=network.name),
        Button(_("Say hello"), SayHello(network.id), means="yes"),
        priority=Priority.CHECK_IN,
    )


@on(SayHello)
def say_hello(ctx: Context, step: SayHello) -> None:
    """Connect the one who acts with whoever coordinates a network that began like theirs."""
    network = ctx.db.get(Network, step.network_id)
    if network is None or network.like_id != ctx.network.id:
        ctx.say(_("This network is no longer there."))
        return
    there = [
        each.person for each in members.coordinators(ctx.db, network.id) if each.person is not ctx.person
    ]
    if not there:
        ctx.say(_("There is nobody I can reach at the moment."))
        return
    person = there[0]
    known = opening.between(ctx, ctx.network, person)
    if known is None:
        if not limits.allows(ctx, limits.CONVERSATIONS):
            return
        known = opening.connect(
            ctx,
            person,
            ctx.network,
            _(
                "{name} coordinates <b>{network}</b>, like which yours began. Just answer here.",
                name=ctx.person.name,
                network=ctx.network.name,
            ),
        )
    ctx.say(opening.connected(Verbatim(person.name)), on_reply=Reply(known.id))


# --- what has changed since -------------------------------------------------------------------------


@adds(Changed, place=10)
def has_changed(ctx: Context, network: Network) -> None:
    """Look, in slices, who took something of a network that has changed."""
    if copies.is_copied(ctx.db, network.id):
        ctx.call_off(f"copies:{network.id}")
        ctx.go_on(TellCopies(network.id), None, about=f"copies:{network.id}")


@on(TellCopies)
def tell_copies(ctx: Context, step: TellCopies) -> None:
    """Tell some of those who took something of a network what has changed."""
    origin = ctx.db.get(Network, step.network_id)
    if origin is None:
        return
    some = copies.of_origin(ctx.db, origin.id, step.place or 0, SOME)
    there = parts_of(ctx, origin)
    for copy in some:
        part, value = there.get(copy.part, (None, None))
        if part is not None and value != copy.heard:
            copies.note_heard(copy, value)
            _tell(ctx, copy, origin, part, value)
    if len(some) == SOME:
        ctx.go_on(step, some[-1].id, about=f"copies:{origin.id}")


def _tell(ctx: Context, copy: Copy, origin: Network, part: Part, value: Any) -> None:
    network = ctx.db.get_one(Network, copy.network_id)
    ctx.turn_to(network)
    ctx.tell(
        [each.person for each in members.coordinators(ctx.db, network.id)],
        paragraphs(
            _(
                "What you took from <b>{origin}</b> has changed there: {part}.",
                origin=origin.name,
                part=part.name,
            ),
            part.differs(copy.taken, value)
            if part.differs is not None
            else [
                lines(_("As you took it:"), part.told(copy.taken)),
                lines(_("As it is there now:"), part.told(value)),
            ],
        ),
        Button(_("Take it over"), TakeOver(copy.id), means="yes"),
        Button(_("Leave ours"), LeaveOurs(copy.id), means="no"),
        priority=Priority.CHECK_IN,
    )


@on(TakeOver)
def take_over(ctx: Context, step: TakeOver) -> None:
    """Take over what a part is like now in the network of which it was taken."""
    copy, part, value = _now(ctx, step.copy_id)
    if copy is None or part is None:
        return
    _give(ctx, ctx.network, part, value)
    copies.take_again(copy, value, ctx.now)
    TAKEN.record(ctx, ctx.network)
    ctx.say(lines(part.taken, part.told(value)))


@on(LeaveOurs)
def leave_ours(ctx: Context, step: LeaveOurs) -> None:
    """Leave a part as it is here, until it changes there once more."""
    copy, _part, _value = _now(ctx, step.copy_id)
    if copy is not None:
        ctx.say(_("All right. Yours stays as it is."))


def _now(ctx: Context, copy_id: int) -> tuple[Copy | None, Part | None, Any]:
    """Return a copy of the active network, what it is of, and what that is like there now; Nones after saying
    that it is no longer there."""
    gone = _("It is no longer there in the other network. Yours stays as it is.")
    copy = ctx.ours(Copy, copy_id, gone=gone)
    if copy is None:
        return None, None, None
    origin = ctx.db.get(Network, copy.origin_id) if copy.origin_id is not None else None
    part, value = parts_of(ctx, origin).get(copy.part, (None, None)) if origin is not None else (None, None)
    if part is None:
        ctx.say(gone)
        return None, None, None
    return copy, part, value
