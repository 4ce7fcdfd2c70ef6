"""Newcomers of a room are welcomed there, once. Those of a course group come in a crowd: the first of them is
welcomed at once, the others together in one line."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot import Context, Newcomers, Priority, Text, _, _n, on, paragraphs
from bot.text import Value
from db.engine import seen, timers
from db.models import Cohort, Member, Network, Room
from db.network import cohorts, networks
from handlers.network.steps import WelcomeRest

GATHERS = timedelta(hours=1)
"""How long a room waits for others of a course group, once the first of them has come."""
RESTS = timedelta(days=1)
"""How long the next ones of that group wait, once others were welcomed in one line."""
NAMED = 2
"""As many are welcomed by name in one line."""


@on(Newcomers)
def welcome_newcomers(ctx: Context, event: Newcomers) -> None:
    """Greet those who come into a bound room, each of them only once."""
    assert ctx.room is not None
    room = ctx.hold(Room, ctx.room.id)
    if room is None or room.network is None:
        return
    marks = {who.account: seen.secret(ctx.db, "welcome", room.id, who.account) for who, _name in event.people}
    new = seen.first_times(ctx.db, marks.values(), ctx.now)
    names = {who.account: name for who, name in event.people if marks[who.account] in new}
    groups: dict[Cohort, dict[Member, str]] = {}
    for account, member, cohort in cohorts.came_by(ctx.db, room.network, room.messenger, list(names)):
        groups.setdefault(cohort, {})[member] = names.pop(account)
    for cohort, came in groups.items():
        _welcome_group(ctx, room, cohort, came)
    if names:
        hello = _hello(room.network, [name for name in names.values() if name])
        link = ctx.installation.way(room.messenger, networks.card(room.network))
        ctx.say(paragraphs(hello, _("How to join the network: {link}", link=link)) if link else hello)


def _hello(network: Network, names: list[Value]) -> Text:
    """Return how those are greeted of whom nothing more is known than perhaps their names."""
    if not names:
        return _(
            "Welcome. This is the group of <b>{network}</b>, mentors who help each other.",
            network=network.name,
        )
    return _(
        "Welcome, {names}. This is the group of <b>{network}</b>. Here mentors help each other.",
        names=names,
        network=network.name,
    )


def _welcome_group(ctx: Context, room: Room, cohort: Cohort, came: dict[Member, str]) -> None:
    """Greet the first of a course group, and keep the others, by number, for the line that is to come. Whom
    the room shows by another name than the network has is not named in it."""
    tag = _about(room, cohort)
    due_at = timers.due_at(ctx.db, tag)
    if due_at is None:
        due_at = ctx.now + GATHERS
        _welcome_first(ctx, cohort, came.pop(next(iter(came))))
    waiting = WelcomeRest(room.id, cohort.id, named=[], others=[])
    for kept in timers.take(ctx.db, tag, WelcomeRest.name):
        waiting = WelcomeRest.from_json(kept)
    for member, name in came.items():
        is_shown = member.person.name.casefold() in name.casefold()
        (waiting.named if is_shown else waiting.others).append(member.id)
    ctx.later(due_at, waiting, about=tag)


def _welcome_first(ctx: Context, cohort: Cohort, name: str) -> None:
    """Greet the first of a course group, by the name that the room shows; "": it shows none."""
    network = ctx.db.get_one(Network, cohort.network_id)
    hello = _(
        "Welcome, {name} from <b>{group}</b>. This is the group of <b>{network}</b>. Here mentors help each "
        "other.",
        name=name,
        group=cohort.name,
        network=network.name,
    )
    ctx.say(hello if name else _hello(network, []))


@on(WelcomeRest)
def welcome_rest(ctx: Context, timer: WelcomeRest) -> None:
    """Welcome those of a course group who have come since, and are still members, in one line; then no more
    for a day."""
    room, cohort = ctx.db.get(Room, timer.room_id), ctx.db.get(Cohort, timer.cohort_id)
    if room is None or cohort is None or room.silenced or room.network_id != cohort.network_id:
        return
    here = cohorts.still_there(ctx.db, cohort, [*timer.named, *timer.others])
    if not here:
        return
    ctx.turn_to(ctx.db.get_one(Network, cohort.network_id))
    names = [each.person.name for each in here if each.id in timer.named][:NAMED]
    ctx.tell_rooms(
        [room], _line(cohort, names, len(here) - len(names)), priority=Priority.ANSWER, forget=True
    )
    ctx.later(RESTS, replace(timer, named=[], others=[]), about=_about(room, cohort))


def _line(cohort: Cohort, names: Sequence[str], more: int) -> Text:
    """Return the line: some by name, and how many more."""
    if not names:
        return _n(
            "Welcome to {n} more from <b>{group}</b>.",
            "Welcome to {n} more from <b>{group}</b>.",
            more,
            group=cohort.name,
        )
    if not more:
        return _("Welcome, {names} from <b>{group}</b>.", names=[*names], group=cohort.name)
    return _n(
        "Welcome, {names} and {n} other from <b>{group}</b>.",
        "Welcome, {names} and {n} others from <b>{group}</b>.",
        more,
        names=", ".join(names),
        group=cohort.name,
    )


def _about(room: Room, cohort: Cohort) -> str:
    """Return the tag of the timer of a group in a room."""
    return f"welcome {room.id} {cohort.id}"
