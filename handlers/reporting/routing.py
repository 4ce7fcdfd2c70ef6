"""To whom a report goes: people who have nothing to do with it, first those whom the network has named for
that."""

from collections.abc import Collection

from bot import Context
from db import people
from db.models import Network, Person, Report
from db.network import members, reports, trusted
from handlers.protecting import coordinators

TOGETHER = 2
"""Those who receive a report at first: neither of them is alone with it, and few know of it."""


def first(ctx: Context, network: Network, without: Collection[int]) -> list[Person]:
    """Return to whom a report goes, without some people (by id): two where there are two, none where nobody
    can be reached."""
    return candidates(ctx, network, without)[:TOGETHER]


def next_one(ctx: Context, report: Report) -> Person | None:
    """Return to whom a report goes next; None where nobody is left who has nothing to do with it."""
    return next(iter(candidates(ctx, report.network, involved(ctx, report))), None)


def candidates(ctx: Context, network: Network, without: Collection[int]) -> list[Person]:
    """Return who can be given a report, in this order: trusted persons, deputies, meta-mentors, and those who
    run the bot. Who cannot be reached, or is among some people (by id), is left out."""
    coordinating = members.coordinators(ctx.db, network.id)
    found = [
        *trusted.agreed(ctx.db, network.id),
        *(member.person for member in coordinating if member.role == "deputy"),
        *(member.person for member in coordinating if member.role != "deputy"),
        *coordinators.all_operators(ctx),
    ]
    each = {person.id: person for person in found if person.id not in without}
    reached = people.reach(ctx.db, [*each])
    return [person for person in each.values() if person.id in reached]


def involved(ctx: Context, report: Report) -> set[int]:
    """Return who must not be given a report (by id): who sent it, whom it is about, whom the sender does not
    want, and who has it or passed it on."""
    people_in_it = [reports.known(ctx.db, sign) for sign in (report.reporter, report.about)]
    return {
        *(person.id for person in people_in_it if person is not None),
        *(report.said or {}).get("without", ()),
        *(each.person_id for each in reports.receivers(ctx.db, report)),
    }
