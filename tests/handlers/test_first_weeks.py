"""When somebody new is asked, on which days those who run the bot are told, and who is new again."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.times import after_working_days
from db.help.schedules import Rhythm
from db.models import Member
from db.network import members
from handlers.checking_in import times
from tests.rights.world import NOW, World

BERLIN = ZoneInfo("Europe/Berlin")
MONDAYS = Rhythm(weekday=0, at=time(18), every_weeks=4, questions=[], starts_on=date(2026, 3, 2))


def test_first_weeks_fall_on_the_weekday_of_the_network() -> None:
    wednesday = date(2026, 3, 4)
    asked = [times.in_week(MONDAYS, BERLIN, wednesday, week).astimezone(BERLIN) for week in (1, 2, 4)]
    assert [f"{moment:%d.%m. %H:%M}" for moment in asked] == ["09.03. 18:00", "16.03. 18:00", "30.03. 18:00"]


@given(some.dates(date(2020, 1, 1), date(2030, 1, 1)), some.integers(0, 6))
def test_nobody_is_asked_in_their_first_days_and_weeks_are_a_week_apart(came_on: date, weekday: int) -> None:
    rhythm = Rhythm(weekday=weekday, at=time(18), every_weeks=12, questions=[], starts_on=came_on)
    days = [times.in_week(rhythm, BERLIN, came_on, week).astimezone(BERLIN).date() for week in (1, 2, 4)]
    assert timedelta(days=4) <= days[0] - came_on <= timedelta(days=10)
    assert [day - days[0] for day in days] == [timedelta(0), timedelta(weeks=1), timedelta(weeks=3)]
    assert {day.weekday() for day in days} == {weekday}


@given(some.integers(0, 10**6), some.integers(1, 9))
def test_working_days_are_counted_without_weekends(hours: int, days: int) -> None:
    after = NOW + timedelta(hours=hours)
    day = after_working_days(after, days, BERLIN, time(9)).astimezone(BERLIN)
    assert day.weekday() < 5 and day.time() == time(9)
    began = after.astimezone(BERLIN).date()
    between = (began + timedelta(n) for n in range(1, (day.date() - began).days + 1))
    assert sum(each.weekday() < 5 for each in between) == days


@pytest.fixture
def world(database: str) -> Iterator[World]:
    made = World(database)
    yield made
    made.database.dispose()


@pytest.mark.parametrize(("away", "is_new"), [(59, False), (61, True)], ids=["short", "long"])
def test_whoever_was_away_for_a_short_time_is_not_new_again(world: World, away: int, is_new: bool) -> None:
    with world.sessions() as db:
        member = db.get_one(Member, world.ids["member ana A"])
        joined = member.joined_at
        members.end(db, member, state="left", because=None, now=NOW)
        back = NOW + timedelta(days=away)
        members.join(db, member.network, member.person, label="graduate", now=back)
        assert (member.joined_at, member.came_at) == (back, back if is_new else joined)
