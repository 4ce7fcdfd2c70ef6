"""Who carries a network next: a note for the next one, a role that is handed over or vacant, and votes."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import CASCADE, Base, ByNetwork, InNetwork
from db.models.indexed import Word, partial_index
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


VacancyState = Literal["asked", "deputies", "acting", "open", "over"]
"""Whoever coordinates is asked whether they are there; then deputies are, of whom one may act; then all."""
VoteKind = Literal["election", "recall"]
VoteState = Literal[
    "standing", "open", "counting", "tied", "elected", "kept", "recalled", "failed", "appointed", "called_off"
]
"""People stand for it, then members vote, then it is counted. Candidates with as many votes are asked whether
they share the role. A recall keeps somebody in their role or ends it. Where it has failed, somebody is
appointed for some time."""
OPEN = "state <> 'over'"
GOING_ON = "state IN ('standing', 'open', 'counting', 'tied')"


class Vacancy(ByNetwork):
    """Nothing is heard from whoever coordinates a network, since a moment; none is `away` where nobody does.
    The one who is `acting` does it until they are back."""

    __tablename__ = "vacancies"
    __table_args__ = (partial_index("ix_vacancies_open", "network_id", where=OPEN),)

    id: Mapped[int] = mapped_column(primary_key=True)
    away_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), index=True)
    acting_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    state: Mapped[VacancyState] = mapped_column(Word)
    since: Mapped[datetime] = mapped_column(index=True)
    changed_at: Mapped[datetime]

    network: Mapped[Network] = relationship()
    away: Mapped[Member | None] = relationship(foreign_keys=[away_id])
    acting: Mapped[Member | None] = relationship(foreign_keys=[acting_id])


class Vote(InNetwork):
    """The members are asked who is to coordinate, or whether somebody still is. `electorate` is how many may
    vote, fixed with the first letter; `counts` are what was voted, by candidate and by the other answers."""

    __tablename__ = "votes"
    __table_args__ = (
        partial_index("ix_votes_going_on", "network_id", where=GOING_ON),
        Index("ix_votes_network_id_opened_at", "network_id", "opened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[VoteKind] = mapped_column(Word)
    state: Mapped[VoteState] = mapped_column(Word)
    opened_at: Mapped[datetime]  # when people could begin to stand
    closes_at: Mapped[datetime | None]  # until when members can vote; none: they cannot yet
    electorate: Mapped[int] = mapped_column(default=0, server_default="0")
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seed: Mapped[int | None]  # by which the lot was drawn
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    appointed_id: Mapped[int | None] = mapped_column(
        ForeignKey("members.id", ondelete="SET NULL"), index=True
    )

    network: Mapped[Network] = relationship()
    appointed: Mapped[Member | None] = relationship()


class Candidate(Base):
    """A member who stands in a vote, or was suggested and has not answered; of a recall, whoever coordinates.
    `together` is whether they would share the role."""

    __tablename__ = "candidates"
    __table_args__ = (UniqueConstraint("vote_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vote_id: Mapped[int] = mapped_column(ForeignKey("votes.id", ondelete=CASCADE))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), index=True)
    sentence: Mapped[str] = mapped_column(default="")
    stands_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    together: Mapped[bool | None]

    vote: Mapped[Vote] = relationship()
    member: Mapped[Member] = relationship()


class VotePaper(Base):
    """Somebody may vote: the papers are those who may. What they chose nobody reads but the count."""

    __tablename__ = "vote_papers"
    __table_args__ = (UniqueConstraint("vote_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vote_id: Mapped[int] = mapped_column(ForeignKey("votes.id", ondelete=CASCADE))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), index=True)
    choice: Mapped[Any | None] = mapped_column(Sealed())
    at: Mapped[datetime | None]

    vote: Mapped[Vote] = relationship()
    member: Mapped[Member] = relationship()


class RecallWish(ByNetwork):
    """Somebody would like the members to be asked whether a meta-mentor still is to coordinate. Who it is, is
    sealed as in a report."""

    __tablename__ = "recall_wishes"

    id: Mapped[int] = mapped_column(primary_key=True)
    about_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), index=True)
    wisher: Mapped[Any | None] = mapped_column(Sealed())
    at: Mapped[datetime] = mapped_column(index=True)

    network: Mapped[Network] = relationship()
