"""The directory of a network: organisations to turn to, what members say of them, and lists that are taken
in."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import CASCADE, Base, InNetwork
from db.models.indexed import Exact, partial_index
from db.models.network import Network
from db.models.people import Person

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
    kind: Mapped[MarkKind] = mapped_column(String(8), primary_key=True)
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
    says: Mapped[Says] = mapped_column(String(8))
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
    fate: Mapped[Fate] = mapped_column(String(8), default="unread")
    organisation_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id", ondelete="SET NULL"), index=True
    )
