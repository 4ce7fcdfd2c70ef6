"""What is reported, who receives it, and whom a network trusts with it. Nothing here tells anybody with the
database's file alone what was said, by whom, or about whom."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import CASCADE, Base, InNetwork
from db.models.indexed import Word
from db.models.network import Network
from db.models.people import Person
from db.models.sealed import Sealed

Category = Literal["danger", "child", "violence", "boundaries", "money", "data", "network", "other"]
Naming = Literal["named", "unnamed", "silent"]
"""Whether who reported may be asked back: by name, without it, or not at all. Others read the name only of
who is "named"."""
ReportState = Literal["sent", "taken", "closed", "withdrawn"]
Outcome = Literal["authorities", "settled", "ended", "nothing", "unclear"]
"""Given to authorities, talked and settled, membership ended, nothing to it, could not be cleared."""


class TrustedPerson(InNetwork):
    """Somebody to whom a network gives what is reported, a member or not. They were asked, and agree."""

    __tablename__ = "trusted_people"
    __table_args__ = (UniqueConstraint("network_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    asked_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]

    network: Mapped[Network] = relationship()
    person: Mapped[Person] = relationship()


class Report(InNetwork):
    """A harm that somebody reports. People in it are sealed too, as `db.network.reports` signs them; its
    words are deleted some time after it is closed, and then it only counts."""

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_network_id_sent_at", "network_id", "sent_at"),
        Index("ix_reports_closed_at", "closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(8), unique=True)  # "4F7K"; people read "R-4F7K"
    category: Mapped[Category] = mapped_column(Text)
    naming: Mapped[Naming] = mapped_column(Word)
    reporter: Mapped[Any | None] = mapped_column(Sealed())
    about: Mapped[Any | None] = mapped_column(Sealed())  # whom; none: nobody in the network
    said: Mapped[Any | None] = mapped_column(Sealed())  # what happened, and who knows of it
    sentence: Mapped[Any | None] = mapped_column(Sealed())  # with which it was closed
    state: Mapped[ReportState] = mapped_column(Word, default="sent")
    sent_at: Mapped[datetime]
    due_at: Mapped[datetime]  # until when somebody takes it
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    closed_at: Mapped[datetime | None]  # or withdrawn
    outcome: Mapped[Outcome | None] = mapped_column(Word)
    was_serious: Mapped[bool | None]  # whether it was taken seriously, as who reported says
    forgotten: Mapped[bool] = mapped_column(default=False, server_default=false())  # its words are deleted

    network: Mapped[Network] = relationship()
    taken_by: Mapped[Person | None] = relationship()


class ReportReceiver(Base):
    """Somebody to whom a report was given, and what they did with it."""

    __tablename__ = "report_receivers"
    __table_args__ = (UniqueConstraint("report_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete=CASCADE))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    involved_at: Mapped[datetime | None]  # they passed it on, because they are involved

    person: Mapped[Person] = relationship()
