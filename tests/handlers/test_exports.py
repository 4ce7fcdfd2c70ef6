"""What a network takes with it: what is in the files, what is not, and who gets none."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

import handlers
from bot.installation import Installation
from bot.making.recipes import Withheld
from bot.message import Made
from bot.program import cast
from bot.text import Reader
from db.growing import exports, partners
from db.models import HelpRequest, Invitation, LookedFor, Member, MemberRole, Network, Person, Round
from db.network import cohorts
from handlers.exporting.files import PLAIN, Members, Months, Requests, Table
from tests.support.aio import on_loop
from tests.support.lab import Lab, lab

AT = datetime(2026, 3, 20, 10, tzinfo=UTC)
PEOPLE: dict[str, MemberRole] = {"Mia": "meta_mentor", "Ana": "member", "=SUM(A1)": "member"}
HIDDEN = "<5"


def entered(here: Lab) -> None:
    """Let people come into the network."""
    with here.sessions.begin() as db:
        for name, role in PEOPLE.items():
            who = cast.Character(name, "telegram", name, "de", role, None, ("papers", "work"), ("de", "ar"))
            cast.enter(db, who, time_zone="Europe/Berlin", now=here.clock.now())


def asked(here: Lab, kind: type[Table], locale: str = "de", who: str = "Mia") -> Made:
    """Return the file that somebody asked for."""
    with here.session() as db:
        person_id = db.scalars(select(Person.id).where(Person.name == who)).one()
        network_id = db.scalars(select(Network.id)).one()
        table = kind(person_id, network_id, AT.isoformat(), "2026-02-01", "2026-04-01")
        return kind.from_json(table.to_json()).make(db, Installation(), Reader(locale))


def rows(file: Made, separator: str = ";") -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=separator))


@on_loop
async def test_who_reads_german_opens_the_list_with_a_double_tap(database: str) -> None:
    async with lab(database, handlers) as here:
        entered(here)
        file = asked(here, Members)
        assert (file.name, file.type) == ("members.csv", "text/csv")
        assert file.content.startswith(b"\xef\xbb\xbf")
        header, *people = rows(file)
        assert header[:3] == ["Name", "Rolle", "Dabei als"]
        by_name = {row[0]: row for row in people}
        assert by_name.keys() == {"Mia", "Ana", "'=SUM(A1)"}, "no formula"
        assert by_name["Ana"][4:8] == ["2026-03-02", "Papiere und Arbeit", "العربية, Deutsch", ""]
        assert rows(asked(here, Members, "en"), ",")[0][1] == "Role"
        assert b"telegram" not in file.content, "nobody can be written to by it"


@on_loop
async def test_of_fewer_than_five_no_number_is_told(database: str) -> None:
    async with lab(database, handlers) as here:
        entered(here)
        with here.sessions.begin() as db:
            network = db.scalars(select(Network)).one()
            told = {"asked": 9, "answered": 8, "good": 6, "so_so": 2, "not_good": 0}
            same = {"asked": 7, "answered": 7, "good": 7, "so_so": 0, "not_good": 0}
            for day, digest in ((3, told), (10, same)):
                round_ = Round(network_id=network.id, day=date(2026, 3, day), questions=[], digest=digest)
                db.add(round_)
            for topic in ("papers", "work"):
                db.add(
                    LookedFor(network_id=network.id, month=date(2026, 3, 1), what="spared", topic=topic, n=3)
                )
        _header, february, march = rows(asked(here, Months))
        assert february == ["2026-02", *["0"] * 7, *[""] * 7]
        assert march[:4] == ["2026-03", HIDDEN, HIDDEN, "0"]
        assert march[7] == "6", "questions that a card answered"
        assert march[10:] == ["16", "15", "6", HIDDEN, "0"], "where all say the same, only that they answered"


@on_loop
async def test_a_question_without_a_name_tells_no_day(database: str) -> None:
    async with lab(database, handlers) as here:
        entered(here)
        with here.sessions.begin() as db:
            network = db.scalars(select(Network)).one()
            asker = db.scalars(select(Member)).first()
            assert asker is not None
            asked_for = (("work", 30, True), ("papers", 25, False), ("law", 29, True), ("money", 1, True))
            for topic, days, anonymous in asked_for:
                opened = AT - timedelta(days=days)
                db.add(
                    HelpRequest(
                        network_id=network.id,
                        asker_id=asker.id,
                        topic=topic,
                        need="secret words",
                        anonymous=anonymous,
                        opened_at=opened,
                        answered_at=opened + timedelta(minutes=90),
                    )
                )
        file = asked(here, Requests)
        _header, *found = rows(file)
        assert [row[:4] for row in found] == [
            ["1", "Papiere", "2026-02-23", "sucht jemanden"],
            ["2", "Recht und Aufenthalt", "", "sucht jemanden"],
            ["3", "Arbeit", "", "sucht jemanden"],
        ], "and none of this month"
        assert found[0][4] == "1,5"
        assert b"secret" not in file.content


@on_loop
async def test_who_may_no_longer_have_it_gets_none(database: str) -> None:
    async with lab(database, handlers) as here:
        entered(here)
        with pytest.raises(Withheld):
            asked(here, Members, who="Ana")
        with here.sessions.begin() as db:
            db.execute(update(Member).values(role="member"))
        with pytest.raises(Withheld) as withheld:
            asked(here, Months)
        assert "Your role has changed" in str(withheld.value.text)


@on_loop
async def test_a_large_one_is_packed_and_one_of_many_years_is_split(database: str) -> None:
    async with lab(database, handlers) as here:
        entered(here)
        with here.sessions.begin() as db:
            db.execute(update(Person).where(Person.name == "Ana").values(name="x" * PLAIN))
        file = asked(here, Members)
        assert (file.name, file.type) == ("members.zip", "application/zip")
        assert len(file.content) < PLAIN / 10
    assert exports.years(date(2024, 5, 1), date(2026, 3, 20)) == [
        (date(2024, 5, 1), date(2025, 1, 1)),
        (date(2025, 1, 1), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2027, 1, 1)),
    ]


@on_loop
async def test_who_speaks_for_a_partner_gets_those_of_its_groups(database: str) -> None:
    async with lab(database, handlers) as here:
        entered(here)
        with here.sessions.begin() as db:
            network = db.scalars(select(Network)).one()
            mia, ana, other = db.scalars(select(Member).order_by(Member.id))
            partner = partners.add(db, network, "Diakonie", quota=9, shows_progress=True, now=AT)
            cohort = cohorts.make(db, network, "Autumn", by=mia.person, partner=partner, now=here.clock.now())
            code = Invitation(
                network_id=network.id,
                cohort_id=cohort.id,
                code_hash="none",
                label="graduate",
                uses=1,
                expires_at=AT,
                created_at=AT,
            )
            db.add(code)
            db.flush()
            ana.invitation_id = code.id
            other.speaks_for_id = partner.id
            days = date(2026, 3, 1), date(2026, 4, 1)
            assert exports.count_members(db, network, *days, partner.id) == 1
            speaks = Members(
                other.person_id, network.id, AT.isoformat(), "2026-03-01", "2026-04-01", partner.id
            )
            _header, *found = rows(speaks.make(db, Installation(), Reader("de")))
            assert [(row[0], row[3]) for row in found] == [("Ana", "Autumn")]
            partners.end(partner, here.clock.now())
            with pytest.raises(Withheld):
                speaks.make(db, Installation(), Reader("de"))
