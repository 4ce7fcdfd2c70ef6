"""Sums: what is left of single questions, conversations and check-ins when their rows are gone."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import CASCADE, Base, InNetwork


class Month(InNetwork):
    """What the questions of a month came to, those that are over for so long that nothing changes any more.
    `waits` counts them by how long they waited for the first answer, in minutes of two digits."""

    __tablename__ = "months"

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), primary_key=True)
    first: Mapped[date] = mapped_column(primary_key=True)  # its first day, where the network is
    questions: Mapped[int]
    within_a_day: Mapped[int]
    unanswered: Mapped[int]
    answers: Mapped[int]  # times that somebody said yes
    waits: Mapped[dict[str, Any]]


class Past(Base):
    """How often a member did something of which the rows are gone."""

    __tablename__ = "pasts"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), primary_key=True)
    questions: Mapped[int]
    helped: Mapped[int]  # questions of others that were solved
    asked: Mapped[int]
    answers: Mapped[int]
    talks: Mapped[int]
    check_ins: Mapped[int]
    check_in_answers: Mapped[int]
