"""Entries that hang on one another: each digest covers what the entry says and the digest before it.

Whoever changes an entry, or takes one out of the middle, changes every digest after it. No key is in it,
so the chain alone does not find somebody who computes all of them anew, nor a tail that was cut off: the
newest digest, and how many there are, have to be kept where they cannot reach, too.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Protocol, TypeAlias

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import CASCADE, Base, InNetwork

BEGINNING = ""
"""What stands before the first entry of a chain."""
SHORT = 8
"""Letters of a digest that people read: four thousand million of them differ."""

Fact: TypeAlias = "str | int | bool | list[Fact] | dict[str, Fact] | None"
"""What can be digested: what JSON says in one way only, so no fractions; moments in the form of ISO 8601."""


def canonical(facts: Mapping[str, Fact]) -> str:
    """Return facts as the only JSON there is of them: keys in order, no space, letters as they are."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def entry(previous: str, facts: Mapping[str, Fact]) -> str:
    """Return the very text of an entry, whose SHA-256 is its digest: `sha256sum` tells the same of a file
    with nothing but this in it, in UTF-8. Raises ValueError for facts that say what stood before."""
    if "previous" in facts:
        raise ValueError("facts of a chain cannot be called “previous”")
    return canonical({**facts, "previous": previous})


def digest(previous: str, facts: Mapping[str, Fact]) -> str:
    """Return the digest (SHA-256, hexadecimal) of an entry after the one with the digest `previous`."""
    return sha256(entry(previous, facts).encode()).hexdigest()


def short(whole: str) -> str:
    """Return what people read of a digest."""
    return whole[:SHORT]


class Link(Protocol):
    """A row that hangs on the one before it."""

    @property
    def id(self) -> int: ...
    @property
    def previous(self) -> str: ...
    @property
    def digest(self) -> str: ...
    def facts(self) -> Mapping[str, Fact]: ...


def first_broken(links: Iterable[Link]) -> int | None:
    """Return the first row (its id) that does not say what its digest covers, or does not hang on the row
    before it, of rows in their order; None where all do."""
    before = BEGINNING
    for link in links:
        if link.previous != before or digest(before, link.facts()) != link.digest:
            return link.id
        before = link.digest
    return None


# --- the journal of a network ---------------------------------------------------------------------


class JournalEntry(InNetwork):
    """Who did what to whom in a network, without contents. It hangs on the one before: its digest covers that
    one's, and also who did it and whom it concerned, by numbers that mean nobody once they are forgotten. The
    entries of an older program have no number in the journal and hang on nothing."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_latest", "network_id", "id"),
        Index("ix_journal_at", "at"),
        Index("ix_journal_since", "network_id", "at"),
        Index("ix_journal_number", "network_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    act: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
    number: Mapped[int | None]  # in the journal of the network, which begins with 1
    doer: Mapped[int | None]
    concerned: Mapped[int | None]
    previous: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))
    digest: Mapped[str] = mapped_column(String(64), default="", server_default=text("''"))

    def facts(self) -> dict[str, Fact]:
        """Return what its digest covers."""
        return {
            "network": self.network_id,
            "number": self.number,
            "doer": self.doer,
            "concerned": self.concerned,
            "act": self.act,
            "details": canonical(self.details),
            "at": self.at.isoformat(),
        }

    @property
    def fits(self) -> bool:
        """Whether it says what was written, of those who were not forgotten since."""
        names = self.by_id in (None, self.doer) and self.about_id in (None, self.concerned)
        return names and digest(self.previous, self.facts()) == self.digest


class JournalMonth(Base):
    """Where the journal of a network stood at the end of a month: how many entries it had since its
    beginning, and the digest of the last. It stays when the entries are too old; the newest is its end."""

    __tablename__ = "journal_months"

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), primary_key=True)
    first: Mapped[date] = mapped_column(primary_key=True)
    entries: Mapped[int]  # in this month
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
