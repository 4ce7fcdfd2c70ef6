"""Networks, their members and rooms, and what those who coordinate them do."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import CASCADE, Base, ByNetwork, InNetwork
from db.models.people import Person

MemberRole = Literal["member", "deputy", "meta_mentor"]
InvitedRole = MemberRole | Literal["trusted"]
"""What somebody is who joins by an invitation: a trusted person is no member."""
Label = Literal["graduate", "experienced", "organisation"]
MemberState = Literal["founding", "active", "resting", "left", "removed"]
"""A membership that rests has not ended: nothing of it works until those who look at a report end that."""
EndState = Literal["left", "removed"]
Audience = Label | Literal["all", "new"]
"""Whom an announcement is for: everybody, those with this label, or newcomers."""
KEPT = "letter_id IS NOT NULL"
REASON = "ended_because IS NOT NULL"


class Network(Base):
    """Mentors around a founding organisation. `numbers` holds what a meta-mentor changed of the defaults."""

    __tablename__ = "networks"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    languages: Mapped[list[str]] = mapped_column(default=list)
    time_zone: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    numbers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    founded_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # none: an operator has still to confirm it
    public: Mapped[bool] = mapped_column(default=False)  # whether strangers may see its card


class Room(Base):
    """A group or community room that the bot is in; it is bound where it has a network. With `thread` it is
    one topic of it. Where it is `silenced`, the bot may not write."""

    __tablename__ = "rooms"
    __table_args__ = (UniqueConstraint("messenger", "chat", "thread"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    messenger: Mapped[str]
    chat: Mapped[str]
    thread: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id", ondelete="SET NULL"), index=True)
    bound_at: Mapped[datetime | None]
    silenced: Mapped[bool] = mapped_column(default=False)

    network: Mapped[Network | None] = relationship()


class Member(InNetwork):
    """A person in a network. Leaving and coming back is the same row."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("network_id", "person_id"),
        Index("ix_members_asked", "network_id", "last_asked_at"),
        Index("ix_members_reasons", "ended_at", sqlite_where=text(REASON), postgresql_where=text(REASON)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    role: Mapped[MemberRole] = mapped_column(String(16), default="member")
    label: Mapped[Label] = mapped_column(String(16))
    state: Mapped[MemberState] = mapped_column(String(16), default="active")
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]
    offered_role: Mapped[MemberRole | None] = mapped_column(String(16))  # which they were asked to take
    invitation_id: Mapped[int | None] = mapped_column(
        ForeignKey("invitations.id", ondelete="SET NULL"), index=True
    )
    last_asked_at: Mapped[datetime | None]  # as a peer, for a help request
    last_contact_at: Mapped[datetime | None]  # the last time a human answered them by name
    # On which weekday they hear in the morning who waits (Monday is 0, NEVER); none: as their role has it.
    morning: Mapped[int | None]

    network: Mapped[Network] = relationship()
    person: Mapped[Person] = relationship()
    topics: Mapped[list["MemberTopic"]] = relationship(
        cascade="all, delete-orphan", order_by="MemberTopic.topic"
    )


class MemberTopic(Base):
    """A topic a member can help with."""

    __tablename__ = "member_topics"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)


class Cohort(ByNetwork):
    """One run of the course whose graduates are invited together."""

    __tablename__ = "cohorts"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class Invitation(ByNetwork):
    """A code that lets people join. The code itself is not kept, only its hash."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id", ondelete="SET NULL"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    note: Mapped[str] = mapped_column(default="")  # what the meta-mentor calls it
    label: Mapped[Label] = mapped_column(String(16))  # the label of those who join by it
    role: Mapped[InvitedRole] = mapped_column(String(16), default="member")
    uses: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class WrongCode(Base):
    """Somebody typed a code that does not exist; counted against guessing."""

    __tablename__ = "wrong_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    at: Mapped[datetime]


class Announcement(ByNetwork):
    """Words to many members; the deliveries of its letter are its report."""

    __tablename__ = "announcements"
    __table_args__ = (
        Index(
            "ix_announcements_letter_id", "letter_id", sqlite_where=text(KEPT), postgresql_where=text(KEPT)
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id", ondelete="SET NULL"))
    audience: Mapped[Audience] = mapped_column(Text)
    readers: Mapped[int]  # how many that were
    made_at: Mapped[datetime]


class JournalEntry(InNetwork):
    """Who did what to whom in a network, without contents."""

    __tablename__ = "journal"
    __table_args__ = (
        Index("ix_journal_network_id_at", "network_id", "at"),
        Index("ix_journal_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    about_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    act: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
