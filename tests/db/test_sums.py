"""What is over for a year becomes sums: rows go, and every figure stays what it was, to the digit."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

import handlers
from bot.lists import Retention
from db.help import check_ins, digests, help_requests, months, pasts, pulse, relays
from db.help.digests import RoundFigures
from db.help.months import MonthFigures
from db.models import (
    Asked,
    Base,
    CheckIn,
    HelpRequest,
    Member,
    Month,
    Network,
    Past,
    Person,
    Relay,
    Round,
    Timer,
)
from db.network import members
from db.old import Old
from handlers.asking import ending
from handlers.protecting import retention
from tests.growth.history import FIRST, Size, fill
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab

YEAR = timedelta(days=365)
KINDS = (HelpRequest, Asked, Relay, CheckIn)


def filled(here: Lab) -> None:
    """Two years of history, and nothing that is due."""
    with here.database.begin() as connection:
        fill(connection, Size(40, networks=2, requests=6, rounds=26, letters=0), now=here.clock.now())
        connection.execute(delete(Timer))


async def night(here: Lab) -> None:
    now, zone = here.clock.now(), here.engine.installation.zone()
    await here.engine.worker.call(lambda db: retention.plan(db, now, zone))
    here.clock.wind(now + timedelta(days=1))
    while await here.engine.due():
        pass


def by_month(db: Session, here: Lab) -> Mapping[tuple[int, date], MonthFigures]:
    """The figures of each month of each network."""
    found, now = {}, here.clock.now()
    for network in db.scalars(select(Network).where(Network.id <= 2)):
        first = date(now.year - 3, 1, 1)
        while first <= now.date():
            found[network.id, first] = months.of(db, network, first, now)
            first = months.after(first)
    return found


def by_round(db: Session) -> Mapping[int, RoundFigures]:
    rounds = db.scalars(select(Round))
    return {each.id: digests.figures(each, digests.count(db, each, {}, 0)[0]) for each in rounds}


def by_member(db: Session) -> Mapping[int, Mapping[str, int]]:
    """What each member did, in rows and in sums."""
    member = Member.id
    rows = {
        "questions": select(func.count()).where(HelpRequest.asker_id == member),
        "helped": select(func.count()).where(HelpRequest.helper_id == member, HelpRequest.state == "solved"),
        "asked": select(func.count()).where(Asked.member_id == member),
        "answers": select(func.count(Asked.answer)).where(Asked.member_id == member),
        "talks": select(func.count()).where(
            Relay.network_id == Member.network_id,
            or_(Relay.asker_id == Member.person_id, Relay.helper_id == Member.person_id),
        ),
        "check_ins": select(func.count()).where(CheckIn.member_id == member),
        "check_in_answers": select(func.count(CheckIn.mood)).where(CheckIn.member_id == member),
    }
    assert set(rows) == set(pasts.COUNTS)
    lines = db.execute(
        select(
            member,
            *(
                (found.correlate(Member).scalar_subquery() + func.coalesce(getattr(Past, name), 0)).label(
                    name
                )
                for name, found in rows.items()
            ),
        ).outerjoin(Past, Past.member_id == member)
    )
    return {line.id: {name: getattr(line, name) for name in rows} for line in lines}


def figures(here: Lab) -> dict[str, Any]:
    """Every figure that is read of what people did."""
    with here.session() as db:
        ids = db.scalars(select(Member.id)).all()
        return {
            "months": by_month(db, here),
            "rounds": by_round(db),
            "members": by_member(db),
            "taking part": pulse.taking_part(db, ids),
        }


@on_loop
async def test_no_figure_changes_when_rows_become_sums(database: str) -> None:
    async with lab(database, handlers) as here:
        filled(here)
        here.clock.wind(here.clock.now() + timedelta(days=60))  # so that nothing of the last day is counted
        before = figures(here)
        assert sum(month.questions for month in before["months"].values()) == 40 * 12
        assert any(month.first_reply for month in before["months"].values())
        with here.session() as db:
            limit = here.clock.now() + timedelta(days=1) - YEAR
            old = select(func.count()).select_from(HelpRequest).where(HelpRequest.closed_at < limit)
            assert db.scalar(old), "there is something to be summed"

        await night(here)

        after = figures(here)
        for what in before:
            assert after[what] == before[what], what
        with here.session() as db:
            assert db.scalar(old) == 0
            of_old = select(func.count()).select_from(CheckIn).join(CheckIn.round)
            assert not db.scalar(of_old.where(Round.day < limit.date() - timedelta(days=1)))
            assert db.scalar(select(func.count()).select_from(Month)), "months were counted"
            left = {kind.__name__: db.scalar(select(func.count()).select_from(kind)) for kind in KINDS}
            assert all(left.values()), "what is younger than a year stays"
        await night(here)
        again = figures(here)
        assert again == after, "nothing is counted twice"


@on_loop
async def test_what_goes_on_stays(database: str) -> None:
    """A question that is open, one whose conversation goes on, and a check-in with which nobody dealt."""
    async with lab(database, handlers) as here:
        filled(here)
        now = here.clock.now()
        with here.sessions.begin() as db:
            over = select(HelpRequest).where(HelpRequest.closed_at < now - 1.5 * YEAR)
            oldest = db.scalars(over.order_by(HelpRequest.id)).all()
            talks = select(Relay).where(Relay.request_id.in_([each.id for each in oldest])).limit(1)
            with_talk = db.scalars(talks).one()
            with_talk.closed_at = None
            unsolved = next(each for each in oldest if each.id != with_talk.request_id)
            unsolved.closed_at = None
            flagged = db.scalars(select(CheckIn).join(CheckIn.round).order_by(Round.day).limit(1)).one()
            check_ins.wish(flagged, "meta_mentor")
            flagged.seen_at = None
            db.execute(update(CheckIn).where(CheckIn.id != flagged.id).values(seen_at=now))
            stays: list[tuple[type[Base], int | None]] = [
                (HelpRequest, with_talk.request_id),
                (HelpRequest, unsolved.id),
                (Relay, with_talk.id),
                (CheckIn, flagged.id),
            ]
            member = flagged.member_id
        await night(here)
        with here.session() as db:
            assert [db.get(kind, id_) is not None for kind, id_ in stays] == [True] * 4
        with here.sessions.begin() as db:
            check_ins.deal_with(db, db.get_one(Member, member), now)
            relays.end(db, db.get_one(Relay, stays[2][1]), now - 2 * YEAR)
        await night(here)
        with here.session() as db:
            there = [db.get(kind, id_) is not None for kind, id_ in stays]
            assert there == [False, True, False, False], "only the open question is still there"


@on_loop
async def test_who_helped_long_ago_helps_not_for_the_first_time(database: str) -> None:
    async with lab(database, handlers) as here:
        filled(here)
        with here.sessions.begin() as db:
            solved = select(HelpRequest).where(HelpRequest.state == "solved").limit(1)
            request = db.scalars(solved).one()
            helper = db.get_one(Member, request.helper_id)
            first = help_requests.open_request(
                db, request.asker, topic="papers", need="", anonymous=False, now=here.clock.now()
            )
            help_requests.take(db, first, helper, here.clock.now())
            long_ago = {"state": "solved", "closed_at": here.clock.now() - 2 * YEAR}
            db.execute(update(HelpRequest).where(HelpRequest.id != first.id).values(long_ago))
            db.execute(update(Relay).values(closed_at=long_ago["closed_at"]))
            first_id = first.id
        await night(here)
        with here.session() as db:
            first = db.get_one(HelpRequest, first_id)
            theirs = select(HelpRequest.id).where(HelpRequest.helper_id == helper.id)
            assert db.scalars(theirs).all() == [first_id]
            assert help_requests.helped_before(db, first)


@on_loop
async def test_the_figures_of_a_year_ago_are_told_after_the_rows_are_gone(database: str) -> None:
    async with lab(database, handlers) as here:
        filled(here)
        then = here.clock.now() - YEAR - timedelta(days=1)
        moved = {"opened_at": then, "closed_at": then + timedelta(hours=23)}
        with here.sessions.begin() as db:
            db.execute(update(HelpRequest).values({**moved, "answered_at": then + timedelta(minutes=128)}))
            db.execute(update(Relay).values(closed_at=then))
            db.execute(update(Asked).where(Asked.answer.is_not(None)).values(answered_at=then))
        mia = str(FIRST)  # the first of a network leads it
        await here.says(mia, "/pulse")
        before = await here.presses(mia, "The figures")
        assert "The same month a year ago: 240 questions" in before[0]
        assert "Usual time until the first answer then: 2 hours" in before[0]
        assert "Answered within a day then: 240 of 240 (100%)" in before[0]

        await night(here)

        with here.session() as db:
            assert db.scalars(select(HelpRequest.id)).all() == []
        await here.says(mia, "/pulse")
        assert await here.presses(mia, "The figures") == before


@pytest.mark.parametrize(
    ("minutes", "kept"),
    [(0, 0), (7, 7), (59, 59), (99, 99), (100, 100), (128, 120), (1439, 1400), (43210, 43000)],
)
def test_two_digits_of_a_wait_are_kept(minutes: int, kept: int) -> None:
    assert months.two_digits(minutes) == kept


@on_loop
async def test_a_month_is_one_of_the_network_s_place(database: str) -> None:
    """What was asked in the last hour of a month there, is of that month, before and after."""
    async with lab(database, handlers) as here:
        now = here.clock.now()
        with here.sessions.begin() as db:
            network = Network(name="Far", time_zone="Pacific/Auckland", founded_at=now - YEAR)
            person = Person(name="Ana", created_at=now - YEAR)
            db.add_all([network, person])
            db.flush()
            member = members.join(db, network, person, label="experienced", now=now - YEAR)
            opened = now.replace(year=now.year - 1, month=5, day=31, hour=13, minute=0)  # June 1 there
            request = help_requests.open_request(
                db, member, topic="papers", need="", anonymous=False, now=opened
            )
            help_requests.close(db, request, "withdrawn", opened + timedelta(hours=3))
            may, june = date(opened.year, 5, 1), date(opened.year, 6, 1)
            said = [months.of(db, network, each, now).questions for each in (may, june)]
            assert said == [0, 1]
            months.count(db, Old(now - timedelta(days=ending.SETTLED), None, 50))
            assert db.scalars(select(Month.first)).all() == [june]
            assert [months.of(db, network, each, now).questions for each in (may, june)] == said
    assert "request_sums" in Retention.named()
