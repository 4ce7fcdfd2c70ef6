"""What is remembered: one class a noun of the glossary, then the engine's own rows.

All times are UTC; `Utc` gives them back with their zone. JSON columns hold plain JSON values.
"""

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from db.districts import of_new


class Utc(TypeDecorator[datetime]):
    """A moment, stored in UTC without zone (SQLite has none) and given back with it."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    # Named constraints, so that migrations can change them on both databases.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it from the class
        datetime: Utc,
        str: Text,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[Any]: JSON,
        Any: JSON(none_as_null=True),
    }


# SQLite counts up only an INTEGER key.
BigKey = BigInteger().with_variant(Integer, "sqlite")
CASCADE = "CASCADE"
WAITING = "state = 'waiting'"
CLOSES = {"sqlite": "closes = 1", "postgresql": "closes"}
"""Said literally: SQLite takes a partial index only where it sees that the condition is the same."""


# --- people -------------------------------------------------------------------------------------


class Person(Base):
    """A human. What is theirs in every network."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str | None]  # chosen; a hint from the messenger is the identity's
    time_zone: Mapped[str | None]
    place: Mapped[str | None]
    quiet_from: Mapped[time] = mapped_column(default=time(21))
    quiet_to: Mapped[time] = mapped_column(default=time(8))
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]  # none while paused_at is set: until they say so
    load: Mapped[int] = mapped_column(default=2)  # requests they help with at a time
    consent_version: Mapped[int | None]
    consent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    network_id: Mapped[int | None] = mapped_column(
        ForeignKey("networks.id", ondelete="SET NULL")
    )  # active one

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

    person: Mapped[Person] = relationship(back_populates="identities")


class Exclusion(Base):
    """Not with this person: confidential, and kept."""

    __tablename__ = "exclusions"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), primary_key=True)


# --- networks -----------------------------------------------------------------------------------


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
    public: Mapped[bool] = mapped_column(default=True)  # whether strangers may see its card


class Room(Base):
    """A group or community room that the bot is in; bound where it has a network. With `thread` it is one
    topic of it. `silenced`: the bot may not write there."""

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


class Member(Base):
    """A person in a network. Leaving and coming back is the same row."""

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("network_id", "person_id"),
        Index("ix_members_asked", "network_id", "last_asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    role: Mapped[str] = mapped_column(String(16), default="member")  # member, deputy, meta_mentor
    label: Mapped[str] = mapped_column(String(16))  # graduate, experienced, organisation
    state: Mapped[str] = mapped_column(String(16), default="active")  # founding, active, left, removed
    joined_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]
    invitation_id: Mapped[int | None] = mapped_column(ForeignKey("invitations.id", ondelete="SET NULL"))
    last_asked_at: Mapped[datetime | None]  # as a peer, for a help request
    last_contact_at: Mapped[datetime | None]  # the last time a human answered them

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


class Cohort(Base):
    """One run of the course whose graduates are invited together."""

    __tablename__ = "cohorts"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), index=True)
    name: Mapped[str]
    created_at: Mapped[datetime]


class Invitation(Base):
    """A code that lets people join. The code itself is not kept, only its hash."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), index=True)
    cohort_id: Mapped[int | None] = mapped_column(ForeignKey("cohorts.id", ondelete="SET NULL"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    note: Mapped[str] = mapped_column(default="")  # what the meta-mentor calls it
    label: Mapped[str] = mapped_column(String(16))  # the label of those who join by it
    role: Mapped[str] = mapped_column(String(16), default="member")
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


# --- help ---------------------------------------------------------------------------------------


class HelpRequest(Base):
    """One mentor's question to peers, with a state, an owner and a deadline."""

    __tablename__ = "help_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), index=True)
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    topic: Mapped[str]
    need: Mapped[str]
    media: Mapped[list[Any]] = mapped_column(default=list)  # where its voice notes, pictures and files lie
    posting: Mapped[str | None] = mapped_column(String(16))  # in rooms: now, later (when it is widened)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id", ondelete="SET NULL"))  # there
    anonymous: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(16), default="open")  # open, taken, solved, withdrawn, handed
    opened_at: Mapped[datetime]
    widened_at: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]  # a named debt of the meta-mentor since then
    answered_at: Mapped[datetime | None]  # the first word of a human
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    forgotten: Mapped[bool] = mapped_column(default=False)  # its words are deleted
    helped: Mapped[str | None]  # what the asker said three days later: yes, a_bit, no

    asker: Mapped[Member] = relationship(foreign_keys=[asker_id])
    helper: Mapped[Member | None] = relationship(foreign_keys=[helper_id])


class Asked(Base):
    """A peer was asked to help with a request, and what they said."""

    __tablename__ = "asked"
    __table_args__ = (UniqueConstraint("request_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("help_requests.id", ondelete=CASCADE))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), index=True)
    at: Mapped[datetime]
    answer: Mapped[str | None] = mapped_column(String(16))  # yes, no, late; none: silent
    answered_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()


class Relay(Base):
    """A conversation between two people carried by the bot. Its words are not kept."""

    __tablename__ = "relays"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), index=True)
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("help_requests.id", ondelete=CASCADE), index=True
    )
    asker_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    helper_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    asker_named: Mapped[bool] = mapped_column(default=True)  # whether the helper may see the asker's name
    opened_at: Mapped[datetime]
    last_words_at: Mapped[datetime | None]  # none: nobody has written yet
    closed_at: Mapped[datetime | None]

    network: Mapped[Network] = relationship()
    asker: Mapped[Person] = relationship(foreign_keys=[asker_id])
    helper: Mapped[Person] = relationship(foreign_keys=[helper_id])


# --- check-ins ----------------------------------------------------------------------------------


class Schedule(Base):
    """The rhythm of a network's check-in: a weekday and a time of day, local to each member."""

    __tablename__ = "schedules"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), unique=True)
    weekday: Mapped[int]  # Monday is 0
    at: Mapped[time]
    every_weeks: Mapped[int] = mapped_column(default=4)
    starts_on: Mapped[date]
    questions: Mapped[list[str]]  # what is asked besides how the mentoring goes; "" is not kept


class Round(Base):
    """One check-in of a whole network: the same day for all its members, wherever they are."""

    __tablename__ = "rounds"
    __table_args__ = (UniqueConstraint("network_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE))
    day: Mapped[date]
    questions: Mapped[list[str]]
    digest_at: Mapped[datetime | None]


class CheckIn(Base):
    """One member's part of a round."""

    __tablename__ = "check_ins"
    __table_args__ = (UniqueConstraint("round_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete=CASCADE))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), index=True)
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    mood: Mapped[str | None] = mapped_column(String(16))  # good, so_so, not_good
    wants: Mapped[str | None] = mapped_column(String(16))  # meta_mentor, nothing; a peer is a help request
    seen_at: Mapped[datetime | None]  # a meta-mentor has dealt with a "not good"

    round: Mapped[Round] = relationship()
    member: Mapped[Member] = relationship()


class CheckInAnswer(Base):
    """The answer to one of the network's own questions: 1 to 5."""

    __tablename__ = "check_in_answers"

    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_ins.id", ondelete=CASCADE), primary_key=True)
    question: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


# --- meta-mentors -------------------------------------------------------------------------------


class Announcement(Base):
    """Words to many members; the deliveries of its letter are its report."""

    __tablename__ = "announcements"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), index=True)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"))
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id", ondelete="SET NULL"))
    audience: Mapped[str]  # all, or the label of those it was meant for
    readers: Mapped[int]  # how many that were
    made_at: Mapped[datetime]


class JournalEntry(Base):
    """Who did what to whom in a network, without contents."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_network_id_at", "network_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    about_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    act: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]


# --- the engine's rows --------------------------------------------------------------------------


class Seen(Base):
    """An event that was handled; it may be delivered again and is then passed over."""

    __tablename__ = "seen"

    event: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class SetAside(Base):
    """An event that could not be handled, and is not tried again. Nothing of what it brought is kept."""

    __tablename__ = "set_aside"

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    error: Mapped[str]  # the kind of mistake, as the program calls it
    number: Mapped[str]  # the same as in the log
    told: Mapped[bool] = mapped_column(default=False)  # the operators were told when this one came


class Conversation(Base):
    """A parked handler: what to call again, the answers so far by name, and the open question."""

    __tablename__ = "conversations"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    handler: Mapped[str]
    args: Mapped[list[Any]]
    answers: Mapped[dict[str, Any]]
    words: Mapped[str]  # written after the command, not used yet
    question: Mapped[str]  # the name of the open question
    draft: Mapped[list[Any] | None]  # what is ticked so far, where several may be
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    heard: Mapped[str | None]  # the message that brought the latest words, to know its changes
    album: Mapped[str | None]  # what that message was sent together with


class Letter(Base):
    """What is to be said, once for all its readers. `body` is text as JSON, none once forgotten; `media` is
    where that lies which is carried with it. With `act` nothing is said, but something is done."""

    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    body: Mapped[Any | None]
    offers: Mapped[list[Any]] = mapped_column(default=list)
    picture: Mapped[Any | None]
    media: Mapped[list[Any]] = mapped_column(default=list)
    act: Mapped[Any | None]  # {"menu": …}, {"admit": account} or {"delete": True}
    on_reply: Mapped[Any | None]  # what words in answer to it call: {"do": handler, "args": […]}
    carries: Mapped[str | None] = mapped_column(index=True)  # the message whose words it carries
    album: Mapped[str | None]  # what that message was sent together with
    forget: Mapped[bool] = mapped_column(default=False)  # drop the body once delivered
    made_at: Mapped[datetime] = mapped_column(index=True)


class Delivery(Base):
    """A letter on its way to one chat. With `replaces`, it takes the place of that delivery's message; one
    that `closes` only takes the buttons off it, which do nothing any more from then on. That stands in a row
    of its own: the message's row is written by the program that sends it, and no turn waits for that."""

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "ix_deliveries_waiting",
            "priority",
            "id",
            sqlite_where=text(WAITING),
            postgresql_where=text(WAITING),
        ),
        Index("ix_deliveries_oldest", "id", sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
        Index("ix_deliveries_message", "messenger", "chat", "message"),
        Index("ix_deliveries_latest", "messenger", "chat", "id"),
        Index(
            "uq_deliveries_closes",
            "replaces",
            "letter_id",
            unique=True,
            sqlite_where=text(CLOSES["sqlite"]),
            postgresql_where=text(CLOSES["postgresql"]),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id", ondelete=CASCADE), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    messenger: Mapped[str]
    chat: Mapped[str]
    district: Mapped[int] = mapped_column(SmallInteger, default=of_new)  # of the chat
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete=CASCADE), index=True)
    thread: Mapped[str] = mapped_column(default="")  # in the room
    reply_to: Mapped[str | None]  # the message it answers
    priority: Mapped[int]
    state: Mapped[str] = mapped_column(
        String(16), default="waiting"
    )  # waiting, sent, unreachable, refused, dropped
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    replaces: Mapped[int | None] = mapped_column(BigInteger)
    chosen: Mapped[Any | None]  # the label that was pressed: shown when a keyboard is closed
    message: Mapped[str | None]  # the messenger's id, once sent
    attempts: Mapped[int] = mapped_column(default=0)
    arrived: Mapped[int] = mapped_column(default=0)  # how many of its messages, where more wait
    closes: Mapped[bool] = mapped_column(default=False)
    settled_at: Mapped[datetime | None]
    reason: Mapped[str | None]


class Timer(Base):
    """Something to do at a time: a handler and its arguments. Done once: the turn removes the row."""

    __tablename__ = "timers"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    handler: Mapped[str]
    args: Mapped[list[Any]]
    about: Mapped[str] = mapped_column(index=True)  # "request:5", to call it off
    attempts: Mapped[int] = mapped_column(default=0)
