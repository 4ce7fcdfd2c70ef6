"""What a network knows together: the shelf, the words by which its items are found, and what readers say of
them; and the directory of organisations to turn to."""

from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
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
SEEN: tuple[ItemState, ...] = ("new", "shown", "old")
"""What members see: what is old shows that."""
Opinion = Literal["helped", "out_of_date"]
Looked = Literal["missed", "spared"]
"""How often nothing was found, and how often a card spared others a question."""
IN_ITS_KEY = {"sqlite_with_rowid": False}
"""SQLite keeps each row in its key alone: what is looked for by the key is read at once."""


class Item(InNetwork):
    """Something on the shelf of a network. `texts` is what it says: for an experience the answers to three
    questions. `media` are files where their messenger keeps them. It is asked again after `months`."""

    __tablename__ = "shelf"
    __table_args__ = (
        Index("ix_shelf_newest", "network_id", "id"),
        Index("ix_shelf_topic", "network_id", "topic", "id"),
        Index("ix_shelf_link", "network_id", "link"),
        partial_index("ix_shelf_new", "network_id", where="state = 'new'"),
        partial_index("ix_shelf_cards", "network_id", where="kind = 'card'"),
        partial_index(
            "ix_shelf_shared_cards",
            "network_id",
            where={"sqlite": "kind = 'card' AND shared = 1", "postgresql": "kind = 'card' AND shared"},
        ),
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
    brought: Mapped[bool] = mapped_column(default=False, server_default=false())  # with a list: by nobody
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
    __table_args__ = IN_ITS_KEY

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
    __table_args__ = IN_ITS_KEY

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), primary_key=True)
    gram: Mapped[str] = mapped_column(Exact, primary_key=True)
    term: Mapped[str] = mapped_column(Exact, primary_key=True)


# --- organisations to turn to --------------------------------------------------------------------

OrganisationStatus = Literal["active", "inactive", "defunct", "temporarily closed"]
"""As HSDS has it: the words of the standard are stored."""
Says = Literal["asked", "right", "changed", "gone", "unknown", "helped", "wrong"]
"""What a member says of an entry. Whoever was asked whether it is still right, and has not answered, is
"asked"."""
Fate = Literal["unread", "new", "changed", "same", "alike", "twice", "off", "nameless", "done"]
"""What becomes of a row of a list: it is new, changes an entry or says the same as it; it looks like an entry
of another name, or stands in the list twice; it was taken off, and stays away; it has no name."""
MarkKind = Literal["name", "host", "phone"]
LISTED = {"sqlite": "do_not_list = 0", "postgresql": "NOT do_not_list"}
SHARED = {"sqlite": "shared = 1", "postgresql": "shared"}


class Organisation(InNetwork):
    """An organisation to turn to, by the names of the Human Services Data Specification 3. One without a city
    is reached from everywhere. It was last found to be right at `assured_at`, and somebody is asked again at
    `check_at`. With `do_not_list` it was taken off, and nobody adds it again unknowingly."""

    __tablename__ = "organisations"
    __table_args__ = (
        UniqueConstraint("network_id", "uid"),
        Index("ix_organisations_network_id", "network_id", "id"),
        partial_index("ix_organisations_check_at", "network_id", "check_at", where=LISTED),
        partial_index("ix_organisations_assured_at", "network_id", "assured_at", where=LISTED),
        partial_index("ix_organisations_place", "network_id", "folded_city", "id", where=LISTED),
        partial_index("ix_organisations_shared", "network_id", where=SHARED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("shelf.id", ondelete="SET NULL"), index=True)
    uid: Mapped[str] = mapped_column(String(36))  # by which other programs know it
    shared: Mapped[bool] = mapped_column(default=False, server_default=false())  # with all networks here
    name: Mapped[str]
    alternate_name: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phones: Mapped[list[str]] = mapped_column(default=list)  # E.164, or as it was written
    status: Mapped[OrganisationStatus] = mapped_column(String(20), default="active")
    address: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    folded_city: Mapped[str] = mapped_column(Exact, default="")
    country: Mapped[str] = mapped_column(default="")  # ISO 3166
    topics: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)
    schedule_text: Mapped[str] = mapped_column(default="")
    fees_description: Mapped[str] = mapped_column(default="")
    eligibility_description: Mapped[str] = mapped_column(default="")
    application_process: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")  # where whoever added it knows it from
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    added_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    assured_at: Mapped[datetime]  # where nobody has looked yet: when it was added
    assured_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("people.id", ondelete="SET NULL"), index=True
    )
    check_at: Mapped[datetime]
    agreed: Mapped[bool] = mapped_column(default=False, server_default=false())  # whoever answers there has
    wrong_reports: Mapped[int] = mapped_column(default=0, server_default="0")  # since it was last right
    helped: Mapped[int] = mapped_column(default=0, server_default="0")
    do_not_list: Mapped[bool] = mapped_column(default=False, server_default=false())
    ended_at: Mapped[datetime | None]  # when it was taken off

    network: Mapped[Network] = relationship()
    added_by: Mapped[Person | None] = relationship(foreign_keys=added_by_id)
    assured_by: Mapped[Person | None] = relationship(foreign_keys=assured_by_id)


class OrganisationMark(InNetwork):
    """By what an organisation is known again: its folded name with its city, the host of its website, a
    telephone number."""

    __tablename__ = "organisation_marks"

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), primary_key=True)
    kind: Mapped[MarkKind] = mapped_column(Word, primary_key=True)
    value: Mapped[str] = mapped_column(Exact, primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisations.id", ondelete=CASCADE), primary_key=True, index=True
    )


class OrganisationWord(Base):
    """What somebody says of an entry, or is asked about it; no words of theirs. It counts until it is
    `settled`: the entry was found right, or changed."""

    __tablename__ = "organisation_words"
    __table_args__ = (
        Index("ix_organisation_words_person_id", "person_id", "at"),
        Index("ix_organisation_words_at", "at"),
        Index("ix_organisation_words_organisation_id", "organisation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id", ondelete=CASCADE))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE))
    says: Mapped[Says] = mapped_column(Word)
    at: Mapped[datetime]
    settled: Mapped[bool] = mapped_column(default=False, server_default=false())


class OrganisationList(InNetwork):
    """A list of organisations that somebody has sent, while it is read and decided about."""

    __tablename__ = "organisation_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), index=True)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    locale: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    is_guessed: Mapped[bool] = mapped_column(default=False, server_default=false())  # how its letters are
    takes: Mapped[list[str]] = mapped_column(default=list)  # the fates that are taken, once it is decided

    network: Mapped[Network] = relationship()


class OrganisationRow(Base):
    """A row of such a list: its cells, then what they say of an organisation, and what becomes of it."""

    __tablename__ = "organisation_rows"
    __table_args__ = (
        UniqueConstraint("list_id", "line"),
        Index("ix_organisation_rows_fate", "list_id", "fate", "line"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("organisation_lists.id", ondelete=CASCADE))
    line: Mapped[int]
    facts: Mapped[dict[str, Any]]
    fate: Mapped[Fate] = mapped_column(Word, default="unread")
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="SET NULL"), index=True
    )
