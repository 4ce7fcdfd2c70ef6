"""Quiet hours, and the next time that a local clock shows something. Right across clock changes, because
every step is taken in local time and turned into UTC at the end."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from db import people

AWAKE = timedelta(minutes=30)
"""Who wrote this recently is awake: words that a person sent them need not wait for the morning."""


NIGHT = (time(21), time(8))
"""The quiet hours of who chose none, and of rooms."""


MIDNIGHT = time()
FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Quiet:
    """From when to when (local times; equal: never) and on which whole `days` of the week (Monday is 0; not
    all seven) a person is not to be disturbed, and where they live."""

    start: time
    end: time
    zone: ZoneInfo
    days: frozenset[int] = frozenset()

    @classmethod
    def of(cls, person: Any, zone: ZoneInfo) -> Self:
        """Return that of a person, or of a row with their `quiet_from`, `quiet_to` and `quiet_days`."""
        days = frozenset(people.weekdays(person.quiet_days))
        return cls(person.quiet_from, person.quiet_to, zone, days)

    def at(self, moment: datetime) -> bool:
        """Whether `moment` (UTC) lies in the quiet hours, or on a quiet day."""
        local = moment.astimezone(self.zone)
        if local.weekday() in self.days:
            return True
        if self.start <= self.end:
            return self.start <= local.time() < self.end
        return local.time() >= self.start or local.time() < self.end

    def over(self, moment: datetime) -> datetime:
        """Return `moment` itself, or the end (UTC) of the quiet time it lies in."""
        while self.at(moment):  # once, except beside quiet days, and where clocks jump over all that is not
            moment = min(self._next(moment, clock) for clock in self._ends())
        return moment

    def awake(self, start: datetime, waking: timedelta) -> datetime:
        """Return when `waking` time outside the quiet hours has passed since `start` (both UTC)."""
        moment = self.over(start)
        while (begins := self._begins(moment)) is not None and moment + waking > begins:
            waking -= begins - moment
            moment = self.over(begins)
        return moment + waking

    def _ends(self) -> set[time]:
        """Return the local times at which quiet time may end."""
        return ({self.end} if self.start != self.end else set()) | ({MIDNIGHT} if self.days else set())

    def _begins(self, moment: datetime) -> datetime | None:
        """Return when quiet time next begins (UTC) after `moment`, which lies outside of it; None for
        never."""
        starts = [self._next(moment, self.start)] if self.start != self.end else []
        midnight = moment
        while self.days:
            midnight = self._next(midnight, MIDNIGHT)
            if midnight.astimezone(self.zone).weekday() in self.days:
                starts.append(midnight)
                break
        return min(starts, default=None)

    def _next(self, moment: datetime, clock: time) -> datetime:
        """Return the next time (UTC) after `moment` that a local clock shows `clock`."""
        return next_local(moment, clock, self.zone)


def next_local(moment: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """Return the next time (UTC) after `moment` (UTC) at which clocks in `zone` show `clock`. Where the
    clocks jump over it, it is the time it would have been."""
    day = moment.astimezone(zone).date()
    for days in range(3):
        for fold in (0, 1):  # where the clocks go back, they show it twice
            at = datetime.combine(day + timedelta(days), clock.replace(fold=fold), zone).astimezone(UTC)
            if at > moment:
                return at
    raise AssertionError("a day has less than 72 hours")


def after_working_days(moment: datetime, days: int, zone: ZoneInfo, clock: time | None = None) -> datetime:
    """Return when clocks in `zone` show the same again, or `clock`, this many working days later (both UTC).
    From Monday to Friday people work; public holidays are not known."""
    local = moment.astimezone(zone)
    clock, day = clock or local.time(), local.date()
    while days:
        day += timedelta(days=1)
        days -= day.weekday() <= FRIDAY
    return datetime.combine(day, clock, zone).astimezone(UTC)


@lru_cache(maxsize=256)  # many are asked in the same moment, by the same rhythm
def next_weekly(
    after: datetime, *, weekday: int, at: time, every_weeks: int, starts_on: date, zone: ZoneInfo
) -> datetime:
    """Return the first time (UTC) after `after` that falls on `weekday` (Monday is 0) at local time `at` in
    `zone`, in a week that is a whole number of `every_weeks` after the one of `starts_on`, not before it.
    Where the clocks jump over that time, it is the one it would have been; where they show it twice, the
    first.
    """
    anchor = starts_on - timedelta(days=starts_on.weekday())
    # The trigger counts on the face of the clock, where every day has 24 hours: near a change, and only
    # there, it would pass over an hour, or come twice.
    trigger = CronTrigger(day_of_week=weekday, hour=at.hour, minute=at.minute, timezone=UTC)
    start = max(after.astimezone(zone) - timedelta(days=1), datetime.combine(starts_on, time(), zone))
    face: datetime = start.replace(tzinfo=UTC) - timedelta(microseconds=1)
    while True:
        face = trigger.get_next_fire_time(None, face + timedelta(microseconds=1))
        moment = face.replace(tzinfo=zone).astimezone(UTC)
        if moment > after and (face.date() - anchor).days // 7 % every_weeks == 0:
            return moment
