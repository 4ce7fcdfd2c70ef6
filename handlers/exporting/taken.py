"""All members hear that a list with their names was taken, by whom and why: with the next check-in."""

from collections.abc import Iterator
from datetime import datetime

from bot import AnyText, Context, _
from bot.lists import News, adds
from db import people
from db.growing import exports
from db.leading import journal
from db.models import Network
from handlers.exporting.export import MEMBERS

MOST = 3
"""Lists that are told with one check-in: the newest; `/log` has all."""


@adds(News, place=10)
def lists_taken(ctx: Context, network: Network, since: datetime, until: datetime) -> Iterator[AnyText]:
    """Yield who took a list of the members, when, and for what."""
    taken = [
        each
        for each in journal.latest(ctx.db, network, 2 * MOST, acts=[MEMBERS.name])
        if since <= each.at < until
    ][:MOST]
    names = people.names_of(ctx.db, [each.by_id for each in taken])
    for each in reversed(taken):
        yield _(
            "{name} took a list of the members on {day}: “{reason}”",
            name=names.get(each.by_id or 0, ""),
            day=exports.day_of(each.at, network),
            reason=each.details["reason"],
        )
