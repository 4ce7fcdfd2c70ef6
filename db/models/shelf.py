"""What a network knows together: the shelf, the words by which its items are found, and what readers say of
them."""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, String, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import CASCADE, Base, InNetwork
from db.models.indexed import Exact, Word, partial_index
from db.models.network import Network
from db.models.people import Person

ItemKind = Literal["resource", "experience", "card", "organisation"]
"""A link, a file or a text; what a member has lived through; what two found out together; a place to turn
to."""
ItemState = Literal["waiting", "new", "shown", "hidden", "old"]
"""Waiting: for the helper to say that it is right. New: those who coordinate have not heard of it, everybody
else sees it. Hidden by them. Old: its file is no longer there."""
Opinion = Literal["helped", "out_of_date"]
Looked = Literal["missed", "spared"]
"""How often nothing was found, and how often a card spared others a question."""


class Item(InNetwork):
    """Something on the shelf of a network. `texts` is what it says: for an experience the answers to three
    questions. `media` are files where their messenger keeps them. It is asked again after `months`."""

    __tablename__ = "shelf"
    __table_args__ = (
        Index("ix_shelf_newest", "network_id", "id"),
        Index("ix_shelf_topic", "network_id", "topic", "id"),
        Index("ix_shelf_link", "network_id", "link"),
        partial_index("ix_shelf_new", "network_id", where="state = 'new'"),
        partial_index(
            "ix_shelf_shared", "network_id", where={"sqlite": "shared = 1", "postgresql": "shared"}
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ItemKind] = mapped_column(Word)
    title: Mapped[str]
    texts: Mapped[list[Any]]
    link: Mapped[str] = mapped_column(default="")
    media: Mapped[list[Any]]
    topic: Mapped[str] = mapped_column(String(32))
    language: Mapped[str] = mapped_column(String(16))
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    named: Mapped[bool]  # whether others read who gave it
    state: Mapped[ItemState] = mapped_column(Word, default="new")
    shared: Mapped[bool] = mapped_column(default=False, server_default=false())  # with all networks here
    given_at: Mapped[datetime]
    checked_at: Mapped[datetime]
    checked_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="SET NULL"), index=True
    )
    months: Mapped[int] = mapped_column(default=12, server_default="12")
    asked_at: Mapped[datetime | None]  # since when somebody is asked whether it is still right
    asked_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    helped: Mapped[int] = mapped_column(default=0, server_default="0")

    network: Mapped[Network] = relationship()
    given_by: Mapped[Person | None] = relationship(foreign_keys=given_by_id)


class Card(Base):
    """What belongs to a solved card alone: who found it out together, for as long as that is known, and how
    often it was shown to somebody who was about to ask others, and spared them that."""

    __tablename__ = "shelf_cards"

    item_id: Mapped[int] = mapped_column(ForeignKey("shelf.id", ondelete=CASCADE), primary_key=True)
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("help_requests.id", ondelete="SET NULL"), index=True
    )
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    confirmed: Mapped[bool] = mapped_column(default=False, server_default=false())  # by the helper
    shown: Mapped[int] = mapped_column(default=0, server_default="0")
    spared: Mapped[int] = mapped_column(default=0, server_default="0")

    item: Mapped[Item] = relationship()


class ItemOpinion(Base):
    """Somebody said that an item helped them, or that it is out of date."""

    __tablename__ = "shelf_opinions"

    item_id: Mapped[int] = mapped_column(ForeignKey("shelf.id", ondelete=CASCADE), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete=CASCADE), primary_key=True, index=True
    )
    says: Mapped[Opinion] = mapped_column(Word)
    at: Mapped[datetime]


class ItemWord(InNetwork):
    """An item is found by a term: a folded word, its stem, or the name of an everyday thing in all
    languages. `weight` is what it counts, in hundredths."""

    __tablename__ = "shelf_words"

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), primary_key=True)
    term: Mapped[str] = mapped_column(Exact, primary_key=True)
    item_id: Mapped[int] = mapped_column(
        ForeignKey("shelf.id", ondelete=CASCADE), primary_key=True, index=True
    )
    weight: Mapped[int]


class LookedFor(InNetwork):
    """How often something happened in a month when members looked for something of a topic; never what it
    was."""

    __tablename__ = "shelf_looked_for"

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    what: Mapped[Looked] = mapped_column(Word, primary_key=True)
    topic: Mapped[str] = mapped_column(String(32), primary_key=True)
    n: Mapped[int] = mapped_column(default=0)


class WordGram(InNetwork):
    """Three letters that follow one another in a word by which items of a network are found."""

    __tablename__ = "shelf_grams"

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), primary_key=True)
    gram: Mapped[str] = mapped_column(Exact, primary_key=True)
    term: Mapped[str] = mapped_column(Exact, primary_key=True)
