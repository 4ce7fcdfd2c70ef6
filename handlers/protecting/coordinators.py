"""To whom somebody can turn: those who coordinate a network, and those who run the bot."""

from collections.abc import Collection, Sequence

from bot import Context
from db import people
from db.models import Member, Person
from db.network import exclusions, members


def reachable(ctx: Context, member: Member) -> list[Member]:
    """Return those who coordinate a member's network and can be reached, without the member."""
    return of_network(ctx, member.network_id, without=member.person_id)


def of_network(ctx: Context, network_id: int, *, without: int) -> list[Member]:
    """Return those who coordinate a network and can be reached, for one person (by id) who turns to them,
    and who is none of them: without those who are not to meet that one."""
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


def to_be_woken(ctx: Context, member: Member) -> Sequence[Member]:
    """Return those in a member's network who may be woken for what is urgent, those who coordinate first."""
    return members.to_be_woken(ctx.db, member, ctx.now)


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
