"""The journal of a network, and where it stood at the end of each month."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import CASCADE, Base, InNetwork
from db.models.chain import Fact, canonical, digest


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
