"""People and their accounts: what is theirs in every network; and how two accounts of one become one."""

from datetime import datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import CASCADE, Base, ByNetwork
from db.models.indexed import partial_index

STRANGER = "consent_at IS NULL"
PAUSES = "paused_at IS NOT NULL"
REACHED = {"sqlite": "reachable = 1", "postgresql": "reachable"}
LIVES = "place IS NOT NULL"
LOST = {"sqlite": "reachable = 0", "postgresql": "NOT reachable"}


class Person(Base):
    """A human. What is theirs in every network."""

    __tablename__ = "people"
    __table_args__ = (
        partial_index("ix_people_strangers", "created_at", where=STRANGER),
        partial_index("ix_people_pauses", "id", "paused_until", where=PAUSES),
        partial_index("ix_people_place", "place", where=LIVES),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str | None]  # chosen; a hint from the messenger is the identity's
    time_zone: Mapped[str | None]
    place: Mapped[str | None]
    quiet_from: Mapped[time] = mapped_column(default=time(21))
    quiet_to: Mapped[time] = mapped_column(default=time(8))
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]  # none while paused_at is set: until they say so
    wake_if_urgent: Mapped[bool] = mapped_column(default=False, server_default=false())
    quiet_days: Mapped[int] = mapped_column(default=0, server_default="0")  # a bit a weekday, Monday is 1
    load: Mapped[int] = mapped_column(default=2)  # requests they help with at a time; 0: they are not asked
    ask_gap_days: Mapped[int] = mapped_column(default=0, server_default="0")  # days between two of them
    pictures: Mapped[bool] = mapped_column(default=True, server_default=true())  # beside figures in words
    consent_version: Mapped[int | None]
    consent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    network_id: Mapped[int | None] = mapped_column(
        ForeignKey("networks.id", ondelete="SET NULL"), index=True
    )  # active one
    preferred: Mapped[
        str | None
    ]  # on which messenger they want to be written to; none: where they last wrote

    identities: Mapped[list["Identity"]] = relationship(back_populates="person", order_by="Identity.id")
    languages: Mapped[list["PersonLanguage"]] = relationship(
        cascade="all, delete-orphan", order_by="PersonLanguage.language"
    )


class PersonLanguage(Base):
    """A language a person can help in (two letters, ISO 639-1)."""

    __tablename__ = "person_languages"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)


class Identity(Base):
    """A person's account on one messenger and the chat in which they are alone with the bot."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("messenger", "account"),
        Index("ix_identities_chat", "messenger", "chat"),
        partial_index("ix_identities_lost", "person_id", where=LOST),
        partial_index("ix_identities_reached", "person_id", where=REACHED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    messenger: Mapped[str]
    account: Mapped[str]
    chat: Mapped[str]
    language: Mapped[str | None]  # the messenger's hint
    reachable: Mapped[bool] = mapped_column(default=True)
    left_at: Mapped[datetime | None]  # since when they cannot be reached
    last_wrote_at: Mapped[datetime]
    menu: Mapped[str] = mapped_column(default="")  # what their chat's own menu of commands was made for
    told_at: Mapped[datetime | None]  # that others can read along on this messenger

    person: Mapped[Person] = relationship(back_populates="identities")


class Forgot(Base):
    """An account that was forgotten: only what it is known by, so that a restored backup forgets it again."""

    __tablename__ = "forgotten"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(index=True)


class ShutOut(ByNetwork):
    """An account that was forgotten whose membership had been ended, or was held: only what it is known by,
    so that an invitation from before `at` does not bring it back. No such invitation works after `until`."""

    __tablename__ = "shut_outs"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)


class Exclusion(Base):
    """Not with this person: confidential, and kept until whoever set it takes it off. Where the other one
    was not `named` to them, it is a row of its own: it must not tell who that was."""

    __tablename__ = "exclusions"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), primary_key=True)
    other_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete=CASCADE), primary_key=True, index=True
    )
    named: Mapped[bool] = mapped_column(primary_key=True, default=True)
    set_at: Mapped[datetime]


class Tally(Base):
    """How often somebody did something of which there is a limit, since a moment."""

    __tablename__ = "tallies"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(index=True)
    times: Mapped[int]


# --- two accounts become one ---------------------------------------------------------------------


class LinkCode(Base):
    """A code that somebody types on their other messenger. It is not kept itself, only its hash; a person has
    one at a time."""

    __tablename__ = "link_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_on: Mapped[str]  # the messenger
    made_at: Mapped[datetime] = mapped_column(index=True)
    # The account on which somebody has typed it, and said that it is them.
    typed_by_id: Mapped[int | None] = mapped_column(ForeignKey("identities.id", ondelete=CASCADE), index=True)
    used_at: Mapped[datetime | None]  # when they typed it

    person: Mapped[Person] = relationship()
    typed_by: Mapped[Identity | None] = relationship()


class Merge(Base):
    """Two people have become one: `person` is both now, and `other` is who the row of the second one was, to
    which old buttons and reports still refer. For a day it is kept which rows moved, and what was changed."""

    __tablename__ = "merges"
    __table_args__ = (Index("ix_merges_at", "at", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), unique=True)
    at: Mapped[datetime]
    moved: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))  # none: it cannot be undone
    changed: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    other: Mapped[Person] = relationship(foreign_keys=[other_id])
