"""The files: tables that are made when their letter leaves, if whoever asked for them may still have them."""

import io
import zipfile
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy.orm import Session

import i18n
from bot import AnyText, Made, Recipe, Text, _, _n, form
from bot.installation import Installation
from bot.making import tables
from bot.making.recipes import Withheld
from bot.making.tables import Cell
from bot.markup import plain
from bot.text import Reader, render
from db.growing import exports, partners
from db.models import Network, Person
from db.network import members
from handlers.vocabulary import LABELS, ROLES, topic_name

FEWEST = 5
"""Of fewer people a cell says only that they are fewer."""
PLAIN = 2**20
"""Bytes: a larger table is packed."""
STATES: dict[str, AnyText] = {
    "open": _("looks for somebody"),
    "handed": _("waits for those who coordinate"),
    "taken": _("somebody helps"),
    "solved": _("settled"),
    "withdrawn": _("taken back"),
}
HELPED: dict[str, AnyText] = {"yes": _("Yes"), "a_bit": _("A bit"), "no": _("No")}
LOST = _("Your role has changed meanwhile, so I have not sent the file.")


@dataclass(frozen=True, slots=True)
class Asked:
    """When a table was asked for, on which day of the network, and of which days: from one on, and before
    another."""

    at: datetime
    day: date
    since: date
    until: date


class Table(Recipe):
    """A table about a network for one who may have it, asked for `at` a time (ISO): of what came from one day
    on and before another. Who speaks for a partner gets only what is about its groups."""

    person_id: int
    network_id: int
    at: str
    since: str
    until: str
    partner_id: int | None = None

    file: ClassVar[str]
    header: ClassVar[Sequence[AnyText]]

    @abstractmethod
    def rows(self, db: Session, network: Network, asked: Asked) -> Iterator[Sequence[Cell]]:
        """Yield the lines below the header."""

    def make(self, db: Session, installation: Installation, reader: Reader) -> Made:
        """Write it. Raises Withheld where whoever asked for it may no longer have it."""
        network = db.get_one(Network, self.network_id)
        if not may_have(db, self.person_id, network, self.partner_id):
            raise Withheld(LOST)
        now = datetime.fromisoformat(self.at)
        asked = Asked(now, exports.day_of(now, network), *self._days())
        rows = list(self.rows(db, network, asked))
        content = tables.written(self.header, rows, reader)
        file, type_ = f"{self.file}.csv", tables.TYPE
        if len(content) > PLAIN:
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(file, content)
            content, file, type_ = packed.getvalue(), f"{self.file}.zip", "application/zip"
        said = _n("{n} line: {columns}", "{n} lines: {columns}", len(rows), columns=[*self.header])
        return Made(content, file, plain(render(said, reader)), type_)

    def _days(self) -> tuple[date, date]:
        return date.fromisoformat(self.since), date.fromisoformat(self.until)


def may_have(db: Session, person_id: int, network: Network, partner_id: int | None = None) -> bool:
    """Whether somebody may have a file: who coordinates the network, or speaks for that partner."""
    person = db.get(Person, person_id)
    member = members.of(db, network, person) if person is not None else None
    if member is None or member.state != "active":
        return False
    if partner_id is None:
        return member.role != "member"
    partner = partners.spoken_for(db, member)
    return partner is not None and partner.id == partner_id


class Members(Table):
    """Who is in a network. How they are reached is not in it: nobody knows that but their messengers."""

    file = "members"
    header = (
        _("Name"),
        _("Role"),
        _("Came as"),
        _("Course group"),
        _("Joined on"),
        _("Topics"),
        _("Languages"),
        _("Place"),
        _("On a break until"),
    )

    def rows(self, db: Session, network: Network, asked: Asked) -> Iterator[Sequence[Cell]]:
        """Yield a line for each member, by name."""
        for each in exports.members(db, network, asked.since, asked.until, self.partner_id):
            row = each.row
            yield [
                row.name,
                ROLES[row.role],
                LABELS[row.label],
                row.group or "",
                exports.day_of(row.joined_at, network),
                form("{all}", all=[topic_name(topic) for topic in each.topics]) if each.topics else "",
                ", ".join(map(i18n.language_name, each.languages)),
                row.place or "",
                _break(row.paused_at, row.paused_until, asked.at, network),
            ]


def _break(paused_at: datetime | None, until: datetime | None, now: datetime, network: Network) -> Cell:
    """Return until when somebody is on a break: a day, or that nobody knows."""
    if paused_at is None or (until is not None and until <= now):
        return ""
    return exports.day_of(until, network) if until is not None else _("until they say so")


class Months(Table):
    """What a network came to, month by month. Of fewer than five people no number is in it."""

    file = "figures"
    header = (
        _("Month"),
        _("Members"),
        _("Have joined"),
        _("Have left"),
        _("Questions"),
        _("Answered within a day"),
        _("Without any answer"),
        _("Answered by a card"),
        _("Hours until the first answer, usually"),
        _("Of all help, from the three who helped most (%)"),
        _("Check-ins: asked"),
        _("Check-ins: answered"),
        _("Good"),
        _("So-so"),
        _("Not good"),
    )

    def rows(self, db: Session, network: Network, asked: Asked) -> Iterator[Sequence[Cell]]:
        """Yield a line for each month."""
        for month in exports.by_month(db, network, asked.since, asked.at):
            questions = month.questions
            usual = questions.first_reply if questions.answered >= FEWEST else None
            counts = (
                month.members,
                month.joined,
                month.left,
                questions.questions,
                questions.within_a_day,
                questions.unanswered,
                month.spared,
            )
            yield [
                f"{month.first:%Y-%m}",
                *map(_count, counts),
                form("{hours}", hours=round(usual.total_seconds() / 3600, 1)) if usual is not None else "",
                _share(month.of_top),
                *(
                    _count(month.check_ins[name]) if name in month.check_ins else ""
                    for name in ("asked", "answered", "good", "so_so", "not_good")
                ),
            ]


def _count(many: int) -> Cell:
    return f"<{FEWEST}" if 0 < many < FEWEST else many


def _share(of_top: tuple[int, int] | None) -> Cell:
    if of_top is None or of_top[1] < FEWEST:
        return ""
    return round(100 * of_top[0] / of_top[1])


class Requests(Table):
    """The questions of a network, without their words and their people."""

    file = "questions"
    header = (
        _("Number"),
        _("Topic"),
        _("Asked on"),
        _("How it stands"),
        _("Hours until the first answer"),
        _("People asked"),
        _("Of them, no"),
        _("It helped"),
    )

    def rows(self, db: Session, network: Network, asked: Asked) -> Iterator[Sequence[Cell]]:
        """Yield a line for each request."""
        found = exports.requests(db, network, asked.since, asked.until, asked.day)
        for number, each in enumerate(found, 1):
            row = each.row
            yield [
                number,
                topic_name(row.topic),
                "" if row.anonymous else exports.day_of(row.opened_at, network),
                STATES[row.state],
                _hours(row.opened_at, row.answered_at),
                each.asked,
                each.declined,
                HELPED[row.helped] if row.helped is not None else "",
            ]


def _hours(since: datetime, until: datetime | None) -> Text | str:
    return "" if until is None else form("{n}", n=round((until - since).total_seconds() / 3600, 1))
