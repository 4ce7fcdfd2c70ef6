"""Quiet hours, and the next time that a local clock shows something. Right across clock changes, because
every step is taken in local time and turned into UTC at the end."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

AWAKE = timedelta(minutes=30)
"""Who wrote this recently is awake: words that a person sent them need not wait for the morning."""


NIGHT = (time(21), time(8))
"""The quiet hours of who chose none, and of rooms."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """From when to when (local times; equal: never) a person is not to be disturbed, and where they live."""

    start: time
    end: time
    zone: ZoneInfo

    def at(self, moment: datetime) -> bool:
        """Whether `moment` (UTC) lies in the quiet hours."""
        local = moment.astimezone(self.zone).time()
        if self.start <= self.end:
            return self.start <= local < self.end
        return local >= self.start or local < self.end

    def over(self, moment: datetime) -> datetime:
        """Return `moment` itself, or the end (UTC) of the quiet hours it lies in."""
        while self.at(moment):  # once, except where the clocks jump over all that is not quiet
            moment = self._next(moment, self.end)
        return moment

    def awake(self, start: datetime, waking: timedelta) -> datetime:
        """Return when `waking` time outside the quiet hours has passed since `start` (both UTC)."""
        moment = self.over(start)
        while self.start != self.end:
            night = self._next(moment, self.start)
            if moment + waking <= night:
                break
            waking -= night - moment
            moment = self.over(night)
        return moment + waking

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
