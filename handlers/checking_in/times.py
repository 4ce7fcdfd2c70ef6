"""When somebody is asked how it goes: by the rhythm of their network, and in their first weeks besides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.times import next_weekly
from db.help.schedules import Rhythm
from db.models import Schedule

FIRST_WEEKS = (1, 2, 4)
"""Weeks after joining in which somebody is asked, whatever the rhythm: regular contact early on keeps
people."""
AMOUNT_WEEKS = (10, 23, 49)
"""Weeks in which somebody is asked whether the amount is right for them: volunteers tend to go after about
three, six and twelve months."""
APART = timedelta(days=3)
"""From the weekday of the rhythm to that question, so that no check-in comes at the same time."""
LONGEST_FRESH = timedelta(days=7)
WEEK = timedelta(weeks=1)
UNPLANNED = Rhythm(weekday=1, at=time(18), every_weeks=12, questions=(), starts_on=date(2020, 1, 6))
"""The weekday and the time of first weeks in a network without a rhythm, and how often its members are looked
after there; it begins no rounds."""


@dataclass(frozen=True, slots=True)
class Due:
    """A check-in that is due for members of a network: in the round of that day, or in that of newcomers. It
    is late from `fresh` after the time on."""

    network_id: int
    day: date
    at: time
    fresh: timedelta
    questions: Sequence[str]
    in_words: Sequence[int]
    of_newcomers: bool

    def end(self, zone: ZoneInfo) -> datetime:
        """Return until when (UTC) it makes sense in a time zone."""
        return datetime.combine(self.day, self.at, zone).astimezone(UTC) + self.fresh


def fresh(rhythm: Schedule | Rhythm) -> timedelta:
    """Return how long after its time a check-in of a rhythm still makes sense."""
    return min(timedelta(weeks=rhythm.every_weeks) / 2, LONGEST_FRESH)


def next_time(rhythm: Schedule | Rhythm, zone: ZoneInfo, after: datetime) -> datetime:
    """Return when (UTC) a check-in of a rhythm falls due next for somebody in a time zone."""
    return next_weekly(
        after,
        weekday=rhythm.weekday,
        at=rhythm.at,
        every_weeks=rhythm.every_weeks,
        starts_on=rhythm.starts_on,
        zone=zone,
    )


def next_hour(rhythm: Schedule | Rhythm | None, zone: ZoneInfo, after: datetime) -> datetime:
    """Return the first time (UTC) after `after` on the weekday and at the hour of check-ins for somebody in a
    time zone: for what is asked by a rhythm of its own."""
    of_theirs = rhythm or UNPLANNED
    return next_weekly(
        after,
        weekday=of_theirs.weekday,
        at=of_theirs.at,
        every_weeks=1,
        starts_on=UNPLANNED.starts_on,
        zone=zone,
    )


def in_week(
    rhythm: Schedule | Rhythm, zone: ZoneInfo, came_on: date, week: int, apart: timedelta = timedelta()
) -> datetime:
    """Return when (UTC) somebody is asked in a week of theirs: on the weekday of the rhythm that is nearest
    to whole weeks after the day on which they came, or so far apart from it."""
    earliest = came_on + week * WEEK - timedelta(days=3)
    day = earliest + timedelta(days=(rhythm.weekday - earliest.weekday()) % 7) + apart
    return datetime.combine(day, rhythm.at, zone).astimezone(UTC)


def next_of_theirs(
    rhythm: Schedule | Rhythm,
    zone: ZoneInfo,
    came_on: date,
    after: datetime,
    weeks: Sequence[int],
    apart: timedelta = timedelta(),
) -> datetime | None:
    """Return the first time (UTC) after `after` that falls into these weeks of theirs, which come in order;
    None where they are over."""
    if after > datetime.combine(came_on + (weeks[-1] + 2) * WEEK, time(), UTC):
        return None  # without a look at each
    times = (in_week(rhythm, zone, came_on, week, apart) for week in weeks)
    return next((moment for moment in times if moment > after), None)


def next_amount(rhythm: Schedule | Rhythm, zone: ZoneInfo, came_on: date, after: datetime) -> datetime | None:
    """Return when (UTC) somebody is asked next whether the amount is right for them; None for never more."""
    return next_of_theirs(rhythm, zone, came_on, after, AMOUNT_WEEKS, APART)


def next_own(rhythm: Schedule | Rhythm, zone: ZoneInfo, came_on: date, after: datetime) -> datetime | None:
    """Return when (UTC) somebody is asked next in a week of theirs, about whatever; None for never more."""
    early = next_of_theirs(rhythm, zone, came_on, after, FIRST_WEEKS)
    return min(filter(None, (early, next_amount(rhythm, zone, came_on, after))), default=None)


def amount_due(
    schedule: Schedule | None, zone: ZoneInfo, came_at: datetime, now: datetime
) -> datetime | None:
    """Return since when (UTC) it is time to ask somebody who came then whether the amount is right for them;
    None where it is not."""
    came_on = came_at.astimezone(zone).date()
    moment = next_amount(schedule or UNPLANNED, zone, came_on, now - WEEK / 2)
    return moment if moment is not None and moment <= now else None


def due(
    network_id: int, schedule: Schedule | None, zone: ZoneInfo, came_at: datetime, now: datetime
) -> Due | None:
    """Return the check-in that is due now for somebody who came then; None for none. The network's own round
    comes before that of newcomers."""
    if schedule is not None:
        moment = next_time(schedule, zone, now - fresh(schedule))
        if moment <= now:
            day = moment.astimezone(zone).date()
            asked = tuple(schedule.questions), tuple(schedule.in_words or ())
            return Due(network_id, day, schedule.at, fresh(schedule), *asked, False)
    rhythm = schedule or UNPLANNED
    came_on = came_at.astimezone(zone).date()
    own = next_of_theirs(rhythm, zone, came_on, now - WEEK / 2, FIRST_WEEKS)
    if own is None or own > now:
        return None
    return Due(network_id, own.astimezone(zone).date(), rhythm.at, WEEK / 2, (), (), True)
