"""Networks, their members and rooms, and what those who coordinate them do."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    Connection,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    event,
    false,
    inspect,
    text,
    true,
    update,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from db.models.base import CASCADE, Base, ByNetwork, InNetwork
from db.models.indexed import Exact, Word, folded, partial_index
from db.models.people import Person

MemberRole = Literal["member", "deputy", "meta_mentor"]
InvitedRole = MemberRole | Literal["trusted", "applicant"]
"""What somebody is who comes by an invitation: a trusted person is no member, and an applicant, whom a member
recommends, is none yet."""
Label = Literal["graduate", "experienced", "organisation"]
MemberState = Literal["founding", "active", "resting", "left", "removed", "merged"]
"""A membership that rests has not ended, but nothing of it works: until those who look at a report end that,
or, where a `Silence` has led to it, until its person comes back. One that is merged is that of somebody who
was in the network with two accounts, and stands for what they did with the second one."""
Silence = Literal["asked", "warned", "rests", "goes"]
"""What was last done about somebody who gives no sign of life: they were asked whether they are still there,
and told that their place will rest; it rests; they were told that it will be deleted."""
EndState = Literal["left", "removed"]
"""Whoever was removed, or left while a report about them was looked at, comes back only by an invitation that
is newer than that."""
Audience = Label | Literal["all", "new"]
"""Whom an announcement is for: everybody, those with this label, or newcomers."""
KEPT = "letter_id IS NOT NULL"
REASON = "ended_because IS NOT NULL"
ACTIVE = "state = 'active'"
UNCONTACTED = f"{ACTIVE} AND last_contact_at IS NULL"
CONTACTED = f"{ACTIVE} AND last_contact_at IS NOT NULL"
RESTING = "state = 'resting'"
LIKE = "like_id IS NOT NULL"
SPEAKS = "speaks_for_id IS NOT NULL"
ENDS = "role_until IS NOT NULL"
BRINGS = "partner_id IS NOT NULL"
COORDINATES = "role IN ('meta_mentor', 'deputy')"
CONFIRMED, UNCONFIRMED = "confirmed_at IS NOT NULL", "confirmed_at IS NULL"
SHOWN = {"sqlite": f"public = 1 AND {CONFIRMED}", "postgresql": f"public AND {CONFIRMED}"}


def _folded(context: Any) -> str:
    return folded(context.get_current_parameters()["name"])


class Network(Base):
    """Mentors around a founding organisation. `numbers` holds what a meta-mentor changed of the defaults. No
    two have the same name, however it is written."""

    __tablename__ = "networks"
    __table_args__ = (
        partial_index("ix_networks_active", "folded", "id", where=CONFIRMED),
        partial_index("ix_networks_shown", "name", "id", where=SHOWN),
        partial_index("ix_networks_waiting", "founded_at", "id", where=UNCONFIRMED),
        partial_index("ix_networks_like_id", "like_id", where=LIKE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded: Mapped[str | None] = mapped_column(Exact, index=True, unique=True, default=_folded)
    purpose: Mapped[str] = mapped_column(default="")
    languages: Mapped[list[str]] = mapped_column(default=list)
    time_zone: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    numbers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    founded_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]  # none: an operator has still to confirm it
    public: Mapped[bool] = mapped_column(default=False)  # whether strangers may see its card
    questions: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # to applicants; none: usual
    vouching: Mapped[bool] = mapped_column(
        default=True, server_default=true()
    )  # whether members vouch for them
    shows_goals: Mapped[bool] = mapped_column(default=False, server_default=false())  # on its card
    # Which network it began like.
    like_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id", ondelete="SET NULL"))


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
        Index("ix_members_asked", "network_id", "last_asked_at", "id"),
        partial_index("ix_members_reasons", "ended_at", where=REASON),
        partial_index("ix_members_here", "network_id", "person_id", where=ACTIVE, unique=True, holds=["id"]),
        partial_index("ix_members_names", "network_id", "folded", "id", where=ACTIVE),
        partial_index("ix_members_labels", "network_id", "label", "id", where=ACTIVE),
        partial_index("ix_members_uncontacted", "network_id", "joined_at", where=UNCONTACTED),
        partial_index("ix_members_contacted", "network_id", "last_contact_at", "id", where=CONTACTED),
        partial_index("ix_members_coordinators", "network_id", where=COORDINATES),
        partial_index("ix_members_resting", "network_id", where=RESTING),
        partial_index("ix_members_speaks_for", "speaks_for_id", where=SPEAKS),
        partial_index("ix_members_role_until", "role_until", where=ENDS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    folded: Mapped[str] = mapped_column(
        Exact, default="", server_default=text("''")
    )  # the name of theirs, as above
    role: Mapped[MemberRole] = mapped_column(Word, default="member")
    label: Mapped[Label] = mapped_column(Word)
    state: Mapped[MemberState] = mapped_column(Word, default="active")
    joined_at: Mapped[datetime]
    # Since when their weeks are counted, who was away only for a short time; none: since they joined.
    here_since: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]
    role_until: Mapped[datetime | None]  # when their role ends by itself; none: it does not
    offered_role: Mapped[MemberRole | None] = mapped_column(Word)  # which they were asked to take
    invitation_id: Mapped[int | None] = mapped_column(
        ForeignKey("invitations.id", ondelete="SET NULL"), index=True
    )
    last_asked_at: Mapped[datetime | None]  # as a peer, for a help request
    last_contact_at: Mapped[datetime | None]  # the last time a human answered them by name
    # On which weekday they hear in the morning who waits (Monday is 0, NEVER); none: as their role has it.
    morning: Mapped[int | None]
    silence: Mapped[Silence | None] = mapped_column(Word)  # counts until they are heard from
    silence_at: Mapped[datetime | None]
    speaks_for_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id", ondelete="SET NULL"))

    network: Mapped[Network] = relationship()
    person: Mapped[Person] = relationship()
    topics: Mapped[list["MemberTopic"]] = relationship(
        cascade="all, delete-orphan", order_by="MemberTopic.topic"
    )

    @property
    def came_at(self) -> datetime:
        """Return since when their weeks in the network are counted."""
        return self.here_since or self.joined_at

    @property
    def may_wake(self) -> bool:
        """Whether it rests because nothing was heard from its person, who can come back at any time."""
        return self.state == "resting" and self.silence is not None

    @property
    def is_held(self) -> bool:
        """Whether it rests until those who look at a report end that."""
        return self.state == "resting" and self.silence is None


@event.listens_for(Network, "before_update")
def _fold_network(_mapper: Mapper[Network], _connection: Connection, network: Network) -> None:
    if inspect(network).attrs.name.history.has_changes():
        network.folded = folded(network.name)


@event.listens_for(Member, "before_insert")
def _fold_member(_mapper: Mapper[Member], _connection: Connection, member: Member) -> None:
    member.folded = folded(member.person.name)


@event.listens_for(Person, "after_update")
def _fold_members(_mapper: Mapper[Person], connection: Connection, person: Person) -> None:
    if inspect(person).attrs.name.history.has_changes():
        mine = update(Member).where(Member.person_id == person.id)
        connection.execute(mine.values(folded=folded(person.name)))


class MemberTopic(Base):
    """A topic a member can help with."""

    __tablename__ = "member_topics"
    __table_args__ = (Index("ix_member_topics_topic", "topic", "member_id"),)

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)


class Cohort(ByNetwork):
    """One run of the course whose graduates are invited together."""

    __tablename__ = "cohorts"
    __table_args__ = (partial_index("ix_cohorts_partner_id", "partner_id", "id", where=BRINGS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id", ondelete="SET NULL"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]


class Invitation(ByNetwork):
    """A code that lets people join. The code itself is not kept, only its hash."""

    __tablename__ = "invitations"
    __table_args__ = (partial_index("ix_invitations_partner_id", "partner_id", where=BRINGS),)

    id: Mapped[int] = mapped_column(primary_key=True)
    # For which partner whoever comes by it speaks.
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("partners.id", ondelete="SET NULL"))
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id", ondelete="SET NULL"), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # What the meta-mentor calls it; of somebody in a course group their initials, until they come.
    note: Mapped[str] = mapped_column(default="")
    label: Mapped[Label] = mapped_column(Word)  # the label of those who join by it
    role: Mapped[InvitedRole] = mapped_column(Word, default="member")
    uses: Mapped[int]
    used: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class WrongCode(Base):
    """Somebody typed a code that does not exist; counted against guessing."""

    __tablename__ = "wrong_codes"
    __table_args__ = (Index("ix_wrong_codes_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    at: Mapped[datetime]


class Announcement(ByNetwork):
    """Words to many members; the deliveries of its letter are its report."""

    __tablename__ = "announcements"
    __table_args__ = (partial_index("ix_announcements_letter_id", "letter_id", where=KEPT),)

    id: Mapped[int] = mapped_column(primary_key=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id", ondelete="SET NULL"))
    audience: Mapped[Audience] = mapped_column(Text)
    readers: Mapped[int]  # how many that were to be
    written: Mapped[int] = mapped_column(default=0, server_default="0")  # so far, reachable or not
    missed: Mapped[int] = mapped_column(default=0, server_default="0")  # who had gone when it came to them
    made_at: Mapped[datetime]
    written_at: Mapped[datetime | None]  # to all of them


class RoadmapReached(InNetwork):
    """A network has something that its roadmap asks for, or all of a phase, by its name; since `lost_at` it
    lacks it. `told` is whether those who coordinate have heard how it stands with it."""

    __tablename__ = "roadmap_reached"

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    first_at: Mapped[datetime]
    lost_at: Mapped[datetime | None]
    told: Mapped[bool] = mapped_column(default=False, server_default=false())
