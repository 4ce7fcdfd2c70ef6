"""What a network has agreed on, who has signed it, where it is found, and what it wants to reach."""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models import chain
from db.models.base import CASCADE, Base, ByNetwork, InNetwork
from db.models.indexed import Word
from db.models.network import Network
from db.models.people import Person

AgreementState = Literal["proposed", "in_force", "missed", "replaced"]
"""A version is proposed until enough have signed it. Too few have in time: it is missed, and the one before
holds on. It is replaced when the next one is in force, or is sent before it is."""


class Agreement(InNetwork):
    """A version of what a network has agreed on. `signed` is how many have signed it, also of those who left,
    and `needed` how many there had to be when that was last looked at."""

    __tablename__ = "agreements"
    __table_args__ = (UniqueConstraint("network_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    why: Mapped[str] = mapped_column(default="")  # what has changed, in a sentence
    state: Mapped[AgreementState] = mapped_column(Word, default="proposed")
    holds_from: Mapped[date]  # not before this day
    review_on: Mapped[date]  # when those who coordinate look at it again
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    sent_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]  # when enough had signed
    in_force_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]  # when those who coordinate had the others reminded
    signed: Mapped[int] = mapped_column(default=0, server_default="0")
    needed: Mapped[int]

    network: Mapped[Network] = relationship()
    made_by: Mapped[Person | None] = relationship()


class Wording(InNetwork):
    """How a version reads: `texts` are by language, each with its parts "agree" and "talk". A later wording
    of a version differs in spelling only. Wordings of a network hang on one another."""

    __tablename__ = "wordings"
    __table_args__ = (Index("ix_wordings_latest", "network_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id", ondelete=CASCADE), index=True)
    version: Mapped[int]
    texts: Mapped[dict[str, Any]]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    at: Mapped[datetime]
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))

    agreement: Mapped[Agreement] = relationship()

    def facts(self) -> dict[str, chain.Fact]:
        """Return what its digest covers."""
        return {"network": self.network_id, "texts": self.texts, "version": self.version}


class Signature(InNetwork):
    """Somebody agreed to a wording. `signer` is their number, which stays when they are forgotten and leads
    to nobody then. Signatures of a network hang on one another."""

    __tablename__ = "signatures"
    __table_args__ = (
        UniqueConstraint("agreement_id", "person_id"),
        Index("ix_signatures_latest", "network_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id", ondelete=CASCADE))
    wording_id: Mapped[int] = mapped_column(ForeignKey("wordings.id", ondelete=CASCADE), index=True)
    wording_digest: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    signer: Mapped[int]
    language: Mapped[str]  # in which they read it
    at: Mapped[datetime]  # to the second
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))

    agreement: Mapped[Agreement] = relationship()
    wording: Mapped[Wording] = relationship()

    def facts(self) -> dict[str, chain.Fact]:
        """Return what its digest covers."""
        return {
            "agreement": self.wording_digest,
            "at": self.at.isoformat(),
            "language": self.language,
            "network": self.network_id,
            "person": self.signer,
        }


class NotYet(Base):
    """Somebody did not want to sign a version so far, and said so."""

    __tablename__ = "not_yets"

    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id", ondelete=CASCADE), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete=CASCADE), primary_key=True, index=True
    )
    at: Mapped[datetime]


class Office(InNetwork):
    """Where a network is found: facts that nobody signs. All are "" where it has no office, and said so."""

    __tablename__ = "offices"

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), primary_key=True)
    contact: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    hours: Mapped[str] = mapped_column(default="")
    public: Mapped[bool] = mapped_column(default=False, server_default=false())  # whether its card shows them
    at: Mapped[datetime]


GoalKind = Literal[
    "number",
    "yes_no",
    "members",
    "partners",
    "organisations",
    "shared",
    "within_day",
    "newcomers",
    "check_ins",
]
"""How it is seen that a goal is reached: by a number that its keeper tells, by a yes, or by what the program
counts: members, partners, organisations that were checked, what is on the shelf, questions that are answered
within a day, newcomers who heard from a human, check-ins that are answered."""
GoalState = Literal["open", "reached", "rested"]


class Goal(ByNetwork):
    """A goal of a network. Its keeper is the only one who is asked how it goes; `silent` is how often in a
    row there was nothing new."""

    __tablename__ = "goals"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    kind: Mapped[GoalKind] = mapped_column(Word)
    target: Mapped[int]
    value: Mapped[int] = mapped_column(default=0, server_default="0")
    until: Mapped[date]
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    state: Mapped[GoalState] = mapped_column(Word, default="open")
    silent: Mapped[int] = mapped_column(default=0, server_default="0")
    made_at: Mapped[datetime]

    network: Mapped[Network] = relationship()
    keeper: Mapped[Person | None] = relationship()


class GoalWord(Base):
    """What a keeper told of a goal."""

    __tablename__ = "goal_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id", ondelete=CASCADE), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    value: Mapped[int]
    words: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class GoalHelper(Base):
    """A member offered their help with a goal; they are thanked once it is reached."""

    __tablename__ = "goal_helpers"

    goal_id: Mapped[int] = mapped_column(ForeignKey("goals.id", ondelete=CASCADE), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete=CASCADE), primary_key=True, index=True
    )
    at: Mapped[datetime]
