"""To whom somebody can turn: those who coordinate a network, and those who run the bot."""

from collections.abc import Collection, Sequence

from bot import Context
from db import people
from db.models import Member, Person
from db.network import exclusions, members, reports


def reachable(ctx: Context, member: Member) -> list[Member]:
    """Return those who coordinate a member's network and can be reached, for the member, who turns to
    them."""
    return to_turn_to(ctx, member.network_id, member.person)


def to_turn_to(ctx: Context, network_id: int, person: Person) -> list[Member]:
    """Return those who coordinate a network and can be reached, for a person who turns to them, and is none
    of them. Nobody is led to whom a report is about that they have sent, or see to."""
    accused = reports.accused(ctx.db, network_id, person)
    there = of_network(ctx, network_id, without=person.id)
    return [member for member in there if member.person_id not in accused]


def can_be_reached(ctx: Context, coordinator: Member) -> bool:
    """Whether somebody still coordinates their network and can be reached by the one who acts, who has chosen
    them by name."""
    return coordinator in of_network(ctx, coordinator.network_id, without=ctx.person.id)


def of_network(ctx: Context, network_id: int, *, without: int) -> list[Member]:
    """Return those who coordinate a network and can be reached, without one person (by id) and those who are
    not to meet that one."""
    apart = exclusions.apart_from(ctx.db, without, by_name=True)
    others = [
        other
        for other in members.coordinators(ctx.db, network_id)
        if other.person_id != without and other.person_id not in apart
    ]
    reached = people.reach(ctx.db, [other.person_id for other in others])
    return [other for other in others if other.person_id in reached]


def first(ctx: Context, member: Member) -> Member | None:
    """Return the first to talk to of those who can be reached, preferably one who is not on a pause; None
    where there is nobody."""
    return first_of(ctx, reachable(ctx, member))


def first_of(ctx: Context, there: list[Member]) -> Member | None:
    """Return the first to talk to, preferably one who is not on a pause; None where there is nobody."""
    return next(iter(preferred(ctx, there)), None)


def preferred(ctx: Context, there: Sequence[Member]) -> list[Member]:
    """Return these people, those on a pause last."""
    return sorted(there, key=lambda other: people.is_paused(other.person, ctx.now))


def to_be_woken(ctx: Context, member: Member) -> Member | None:
    """Return somebody in a member's network who may be woken by the member, preferably one who coordinates;
    None for nobody."""
    accused = reports.accused(ctx.db, member.network_id, member.person)
    return members.to_be_woken(ctx.db, member, ctx.now, without=accused)


def operators(ctx: Context, *, without: Collection[int]) -> list[Person]:
    """Return those who run the bot and can be reached, without the one who acts and some others (by id)."""
    return [
        person for person in all_operators(ctx) if person.id != ctx.person.id and person.id not in without
    ]


def all_operators(ctx: Context) -> list[Person]:
    """Return those who run the bot and can be reached."""
    accounts = sorted((each.messenger, each.account) for each in ctx.installation.operators)
    there = people.behind(ctx.db, accounts)
    reached = people.reach(ctx.db, [person.id for person in there])
    return [person for person in there if person.id in reached]
