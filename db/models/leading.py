"""Who carries a network next: the note for the next one, and a role that is handed over."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import CASCADE, InNetwork
from db.models.indexed import Word
from db.models.network import Member, Network
from db.models.people import Person
from db.models.sealed import Sealed

HandoverState = Literal["offered", "taken", "declined", "over"]
"""A role that is offered is over when nobody has answered in time, or when it was offered to another one."""


class HandoverNote(InNetwork):
    """What a meta-mentor writes down for whoever takes the role after them: nobody else reads it.
    `opened_for_id` is who has taken it."""

    __tablename__ = "handover_notes"
    __table_args__ = (Index("ix_handover_notes_network_id_at", "network_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    writer_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    parts: Mapped[Any | None] = mapped_column(Sealed())  # by the name of each
    at: Mapped[datetime]  # when it was last right
    opened_for_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="SET NULL"), index=True
    )

    network: Mapped[Network] = relationship()
    writer: Mapped[Person] = relationship(foreign_keys=[writer_id])


class Handover(InNetwork):
    """A meta-mentor would like to give their role to a member."""

    __tablename__ = "handovers"
    __table_args__ = (Index("ix_handovers_network_id_offered_at", "network_id", "offered_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), index=True)
    taker_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), index=True)
    hours: Mapped[int | None]  # a week, as the giver says
    state: Mapped[HandoverState] = mapped_column(Word, default="offered")
    offered_at: Mapped[datetime] = mapped_column(index=True)
    answered_at: Mapped[datetime | None]
    stayed: Mapped[bool] = mapped_column(default=False, server_default=false())  # the giver, as a deputy

    network: Mapped[Network] = relationship()
    giver: Mapped[Member] = relationship(foreign_keys=[giver_id])
    taker: Mapped[Member] = relationship(foreign_keys=[taker_id])
