"""Who is most likely awake: somebody whom a person in need can write to now. Of two who may be, the one who
coordinates comes first; nobody is woken who has not allowed it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot import Context
from db import people
from db.engine import seen
from db.models import Member, Person
from db.network import members, reports, trusted
from handlers.protecting import coordinators


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person to write to. `how` they are: "awake" as far as their quiet hours tell, to be "woken", or
    "asleep"; `member` is their membership, None for those who run the bot."""

    person: Person
    how: Literal["awake", "woken", "asleep"]
    member: Member | None = None

    @property
    def coordinates(self) -> bool:
        """Whether this is one who coordinates the network."""
        return self.member is not None and self.member.role in members.COORDINATORS


ONCE = timedelta(hours=1)
"""Whoever was woken by somebody is not woken anew by them within this, and reads all they write meanwhile."""


def somebody(ctx: Context) -> Somebody | None:
    """Return whom the member who acts can write to: one who coordinates and is awake, else one who may be
    woken, else a trusted person, else one who coordinates, else one who runs the bot; None where nobody can
    be reached."""
    network = ctx.network
    there = coordinators.preferred(ctx, coordinators.reachable(ctx, ctx.member))
    for member in there:
        if not people.is_paused(member.person, ctx.now) and not ctx.sleeps(member.person, network):
            return Somebody(member.person, "awake", member)
    woken = coordinators.to_be_woken(ctx, ctx.member)
    for member in [*([woken] if woken is not None else []), *_trusted(ctx)]:
        return Somebody(member.person, "woken" if ctx.sleeps(member.person, network) else "awake", member)
    for member in there:
        return Somebody(member.person, "asleep", member)
    for person in coordinators.operators(ctx, without=_accused(ctx)):
        return Somebody(person, "asleep" if ctx.sleeps(person, network) else "awake")
    return None


def _trusted(ctx: Context) -> list[Member]:
    """Return the other members whom the network trusts and who can be reached: they have agreed to be woken
    where somebody is in danger."""
    left_out = {ctx.person.id} | _accused(ctx)
    agreed = [person for person in trusted.agreed(ctx.db, ctx.network.id) if person.id not in left_out]
    reached = people.reach(ctx.db, [person.id for person in agreed])
    found = [members.of(ctx.db, ctx.network, person) for person in agreed if person.id in reached]
    return [member for member in found if member is not None and member.state == "active"]


def _accused(ctx: Context) -> set[int]:
    return reports.accused(ctx.db, ctx.network.id, ctx.person)


def is_woken(ctx: Context, person: Person) -> bool:
    """Whether the one who acts has just had a person woken."""
    return bool(seen.marked(ctx.db, [_mark(ctx, person)], ctx.now - ONCE))


def wake(ctx: Context, person: Person) -> None:
    """Note that the one who acts has a person woken. The mark tells nobody who that is."""
    seen.mark(ctx.db, _mark(ctx, person), ctx.now)


def _mark(ctx: Context, person: Person) -> str:
    return seen.secret(ctx.db, ctx.person.id, "wakes", person.id)
