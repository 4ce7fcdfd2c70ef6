"""How people and networks come in: who applies and who vouches for them, partner organisations, and what one
network took over from another."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import CASCADE, Base, ByNetwork
from db.models.indexed import Exact, Word, partial_index
from db.models.network import Member, Network
from db.models.people import Person
from db.models.sealed import Sealed

ApplicationState = Literal["open", "talking", "accepted", "declined", "withdrawn", "lapsed"]
"""How it stands: of the last four each ends it."""
UNDECIDED = "decided_at IS NULL"


class Application(ByNetwork):
    """Somebody asks a network whether they can join. What they wrote is sealed, and deleted some time after
    the decision."""

    __tablename__ = "applications"
    __table_args__ = (
        partial_index("ix_applications_mine", "person_id", "network_id", where=UNDECIDED, unique=True),
        partial_index("ix_applications_waiting", "network_id", "opened_at", "id", where=UNDECIDED),
        Index("ix_applications_decided_at", "decided_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    answers: Mapped[Any | None] = mapped_column(Sealed())  # messages, each with the question that it answers
    code: Mapped[Any | None] = mapped_column(Sealed())  # by which members find it who are asked to vouch
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    state: Mapped[ApplicationState] = mapped_column(Word, default="open")
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="SET NULL"), index=True
    )
    reason: Mapped[Any | None] = mapped_column(Sealed())  # of a no, as the applicant reads it
    noes: Mapped[int] = mapped_column(default=0, server_default="0")  # members who would not vouch
    lets_in_at: Mapped[datetime | None]  # when they are in, because members vouch for them

    network: Mapped[Network] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    decided_by: Mapped[Person | None] = relationship(foreign_keys=[decided_by_id])


class Vouch(Base):
    """A member would trust an applicant with people who need help."""

    __tablename__ = "vouches"
    __table_args__ = (Index("ix_vouches_member_id_at", "member_id", "at"),)

    application_id: Mapped[int] = mapped_column(
        ForeignKey("applications.id", ondelete=CASCADE), primary_key=True
    )
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), primary_key=True)
    at: Mapped[datetime]

    application: Mapped[Application] = relationship()
    member: Mapped[Member] = relationship()


PartnerSays = Literal["yes"]
"""What a side of a partnership says when it is asked once a year; whoever says no ends it."""


class Partner(ByNetwork):
    """An organisation that brings its own graduates into a network, as many a year as was agreed."""

    __tablename__ = "partners"
    __table_args__ = (Index("ix_partners_folded", "network_id", "folded"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE))
    name: Mapped[str]
    folded: Mapped[str] = mapped_column(Exact)
    quota: Mapped[int]
    shows_progress: Mapped[bool]  # whether who speaks for it sees how many have come
    listed: Mapped[bool] = mapped_column(default=False)  # whether strangers may read that it is a partner
    since: Mapped[datetime]
    year_from: Mapped[datetime]  # when the year began for which the number counts
    asked_at: Mapped[datetime | None]  # both sides, whether they go on
    network_says: Mapped[PartnerSays | None] = mapped_column(Word)
    partner_says: Mapped[PartnerSays | None] = mapped_column(Word)
    ended_at: Mapped[datetime | None]


class Copy(ByNetwork):
    """What a network took over from the one that it began like: a part, as it was there, and as it was when
    those who coordinate last heard of it."""

    __tablename__ = "copies"

    id: Mapped[int] = mapped_column(primary_key=True)
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id", ondelete="SET NULL"), index=True)
    part: Mapped[str]
    taken: Mapped[Any]
    taken_at: Mapped[datetime]
    heard: Mapped[Any]
