"""Two accounts of one person become one: the code that proves it, and what is needed to undo it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import CASCADE, Base
from db.models.people import Identity, Person


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
