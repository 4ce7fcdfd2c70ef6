"""What the operator decided, and what the program knows of its messengers."""

import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import i18n
from bot.message import Identity
from bot.text import Reader

SILENT = timedelta(minutes=2)
"""A messenger that sent nothing for this long is not there: each answers at least twice a minute."""


@dataclass(frozen=True)
class Keep:
    """How many days things are kept; `spared` are accounts of people who are never forgotten: the
    operators'."""

    closed_request_days: int = 90
    history_days: int = 365
    delivery_days: int = 30
    seen_days: int = 30
    journal_days: int = 730
    reason_days: int = 90
    draft_days: int = 14
    stranger_days: int = 30
    report_days: int = 365
    serious_report_days: int = 1095
    rested_days: int = 730
    spared: Collection[Identity] = ()


@dataclass(frozen=True)
class Responsible:
    """Who answers for the data: their name, how they are reached, and where the database lies, in the
    operator's words; "" for what nobody said. `folder` is that of the legal text, a file a language; "" for
    none."""

    name: str = ""
    contact: str = ""
    server: str = ""
    folder: str = ""


class HelpLine(Protocol):
    """A telephone line for people in need: its name, number and hours in the operator's words, and the two
    letters of its country, "" for everywhere."""

    @property
    def name(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def hours(self) -> str: ...
    @property
    def country(self) -> str: ...


@dataclass(frozen=True)
class Installation:
    """What the operator decided, for handlers.

    shelf_most:          how many things the shelf of one network holds
    operators:           accounts
    responsible:         who answers for the data
    titles:              the messengers' names as people write them
    forgotten:           the file in which the list of those who were forgotten is kept; None for nowhere
    journals:            the file in which it is kept where each chain ends; None for nowhere
    marks:               what people write before a command on each messenger; "/" is understood everywhere
    notices:             what people are told once, before they talk with somebody, on those messengers whose
                         company can read along; "": in the program's own words
    rates:               how many messages a second each messenger takes from us
    link:                each connected messenger's link for a payload
    link_into_room:      the same, for links that also bring the bot into a room
    last_heard:          how long ago each messenger to which this program has to listen last answered; None
                         where it has not since the start
    rng:                 makes codes
    """

    name: str = "mentorNET"
    languages: Sequence[str] = (i18n.SOURCE,)
    time_zone: str = "UTC"
    open_founding: bool = False
    shelf_most: int = 500
    operators: Collection[Identity] = frozenset()
    help_lines: Sequence[HelpLine] = ()
    keep: Keep = Keep()
    responsible: Responsible = Responsible()
    forgotten: Path | None = None
    journals: Path | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    notices: Mapping[str, str] = field(default_factory=dict)
    rates: Callable[[], Mapping[str, float]] = dict
    link: Callable[[str], Mapping[str, str]] = lambda payload: {}
    last_heard: Callable[[], Mapping[str, timedelta | None]] = dict
    link_into_room: Callable[[str], Mapping[str, str]] = lambda payload: {}
    rng: random.Random = field(default_factory=random.SystemRandom)

    def reader(
        self, languages: Iterable[str | None], time_zones: Iterable[str | None], prefix: str = "/"
    ) -> Reader:
        """Return how to write to somebody, from what is known of them, strongest first: their choice, their
        messenger's hint, their network's; at last the installation's."""
        return Reader(i18n.choose(languages, self.languages), self.zone(*time_zones).key, prefix)

    def title(self, messenger: str) -> str:
        """Return a messenger's name as people write it."""
        return self.titles.get(messenger, messenger)

    def marks_on(self, messenger: str) -> str:
        """Return the signs that may stand before a command on a messenger."""
        return "/" + self.marks.get(messenger, "!")

    def ways(self, payload: str) -> dict[str, tuple[str, bool]]:
        """Return the link to our chat on each connected messenger that has one, and whether it carries the
        payload."""
        carrying = self.link(payload)
        return {name: (carrying.get(name, link), name in carrying) for name, link in self.link("").items()}

    def way(self, messenger: str, payload: str = "") -> str:
        """Return the link to our chat on a messenger, with the payload where its links carry one; "" for
        none."""
        return self.link(payload).get(messenger) or self.link("").get(messenger, "")

    def zone(self, *time_zones: str | None) -> ZoneInfo:
        """Return the first of these time zones that is known, else the installation's."""
        return ZoneInfo(next(filter(None, time_zones), self.time_zone))


def account_in(link: str) -> str:
    """Return the account to which a link leads, as people look for it on its messenger: its last part."""
    account = link.partition("?")[0].rstrip("/").rpartition("/")[2]
    return account if account.startswith("@") else f"@{account}"


def best_of(ways: Mapping[str, tuple[str, bool]]) -> str:
    """Return the link that a picture shows: the first that carries what it is for, else the first."""
    return next((link for link, carries in ways.values() if carries), next(iter(ways.values()))[0])


def is_there(ago: timedelta | None) -> bool:
    """Whether a messenger is there that last answered this long ago; None: not since the start."""
    return ago is not None and ago <= SILENT


def reader_of(row: Any, installation: Installation, prefix: str = "/") -> Reader:
    """Return how to write to the reader of a delivery (a row of `db.engine.deliveries.waiting`), or to the
    one who acts (`db.engine.actors.ActorRow`)."""
    languages = [row.language, row.hint, *(row.network_languages or ())]
    return installation.reader(languages, [row.time_zone, row.network_time_zone], prefix)
