"""The rows of the engine: events, parked handlers, letters on their way, and timers."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import CASCADE, Base, BigKey
from db.models.indexed import Exact, Word, partial_index
from db.models.sealed import Sealed, SealedWord
from db.shards import of_new

DeliveryState = Literal["waiting", "sent", "unreachable", "refused", "dropped"]
Loss = Literal["unreachable", "refused", "dropped"]
"""How a delivery ends that does not arrive."""
Takes = Literal["choice", "words"]
KEPT, OPEN, CALLED = Sealed(), Sealed(whole=True), SealedWord()
"""What is said, asked and heard is sealed while it is kept, and which handler does it: were it so for some
only, that would tell who reports something."""
WAITING = "state = 'waiting'"
BY_AGE_ONLY = "id > 0"
"""True of all. Only who asks by age says it: else PostgreSQL, as long as it does not know yet that very many
wait, would take the index by age for what is asked by priority, and sort all of them at each look."""
OLDEST = {"sqlite": WAITING, "postgresql": f"{WAITING} AND {BY_AGE_ONLY}"}
CLOSES = {"sqlite": "closes = 1", "postgresql": "closes"}
STUCK = "attempts >= 5"


class Seen(Base):
    """An event that was handled; where it is delivered again, it is passed over."""

    __tablename__ = "seen"

    event: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


class DeadLetter(Base):
    """An event that could not be handled and is not tried again. Nothing of what it brought is kept."""

    __tablename__ = "dead_letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    event: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    error: Mapped[str]  # the kind of mistake, as the program calls it
    number: Mapped[str]  # the same as in the log
    reported: Mapped[bool] = mapped_column(default=False)  # to the operators, when it came


class Conversation(Base):
    """A parked handler: what to call again, the answers so far by name, and the open question. It belongs to
    the network in which it was begun, whichever its person is active in by now."""

    __tablename__ = "conversations"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    network_id: Mapped[int | None] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), index=True)
    handler: Mapped[str] = mapped_column(CALLED)
    args: Mapped[dict[str, Any]] = mapped_column(OPEN)
    answers: Mapped[dict[str, Any]] = mapped_column(OPEN)
    kept: Mapped[dict[str, Any]] = mapped_column(OPEN, default=dict)  # settled without asking, by name
    words: Mapped[str] = mapped_column(CALLED)  # written after the command, not used yet
    question: Mapped[str] = mapped_column(CALLED)  # the name of the open question
    takes: Mapped[Takes] = mapped_column(Word, default="choice")  # what answers it
    draft: Mapped[list[Any] | None] = mapped_column(KEPT)  # what is ticked so far, where several may be
    letter_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id", ondelete="SET NULL"), index=True)
    asked_by: Mapped[int | None] = mapped_column(BigInteger)  # the letter that asked it first
    asked_at: Mapped[datetime] = mapped_column(index=True)
    # The messages that brought the answers, each with its question ("": it began the handler) and its words.
    heard: Mapped[dict[str, Any]] = mapped_column(OPEN, default=dict)
    album: Mapped[str | None]  # what the latest message was sent together with


class Used(Base):
    """A message whose words went into something that is done: a later change of it is too late. `digest`
    tells whether its words have changed; the words themselves are not kept."""

    __tablename__ = "used"

    message: Mapped[str] = mapped_column(Exact, primary_key=True)
    handler: Mapped[str] = mapped_column(CALLED)
    digest: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(index=True)


class Letter(Base):
    """What is to be said, once for all its readers. `body` is text as JSON, none once forgotten; `media` says
    where the files lie that are carried with it. With `act` nothing is said, but something is done."""

    __tablename__ = "letters"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    body: Mapped[Any | None] = mapped_column(KEPT)
    offers: Mapped[list[Any]] = mapped_column(KEPT, default=list)
    # What the program makes when it leaves, see `bot.making.recipes`.
    recipe: Mapped[Any | None] = mapped_column(KEPT)
    media: Mapped[list[Any]] = mapped_column(KEPT, default=list)
    act: Mapped[Any | None]  # {"menu": …}, {"admit": account}, {"look": …} or {"delete": True}
    about: Mapped[Any | None] = mapped_column(KEPT)  # text as JSON: "Ida’s question about papers"
    # What words in answer to it call: {"do": step, "args": {…}}.
    on_reply: Mapped[Any | None] = mapped_column(KEPT)
    # Who hears it if it does not arrive, see `bot.delivery.letters.Author`.
    author: Mapped[Any | None] = mapped_column(KEPT)
    carries: Mapped[str | None] = mapped_column(index=True)  # the message whose words it carries
    album: Mapped[str | None]  # what that message was sent together with
    forget: Mapped[bool] = mapped_column(default=False)  # drop the body once delivered
    made_at: Mapped[datetime] = mapped_column(index=True)


class Delivery(Base):
    """A letter on its way to one chat. With `replaces`, it takes the place of that delivery's message; one
    that `closes` only takes the buttons off it, which do nothing from then on. That is a row of its own: the
    message's row is written by the program that sends it, and no turn waits for that."""

    __tablename__ = "deliveries"
    __table_args__ = (
        partial_index("ix_deliveries_waiting", "priority", "id", where=WAITING),
        partial_index("ix_deliveries_oldest", "id", where=OLDEST),
        Index("ix_deliveries_letter", "letter_id", "state"),
        Index("ix_deliveries_message", "messenger", "chat", "message"),
        Index("ix_deliveries_latest", "messenger", "chat", "id"),
        partial_index("uq_deliveries_closes", "replaces", "letter_id", unique=True, where=CLOSES),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id", ondelete=CASCADE))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    messenger: Mapped[str]
    chat: Mapped[str]
    shard: Mapped[int] = mapped_column(SmallInteger, default=of_new)  # of the chat
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete=CASCADE), index=True)
    thread: Mapped[str] = mapped_column(default="")  # in the room
    reply_to: Mapped[str | None]  # the message it answers
    priority: Mapped[int]
    state: Mapped[DeliveryState] = mapped_column(Word, default="waiting")
    not_before: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    replaces: Mapped[int | None] = mapped_column(BigInteger)
    # The label that was pressed: shown when a keyboard is closed.
    chosen: Mapped[Any | None] = mapped_column(KEPT)
    message: Mapped[str | None]  # the messenger's id, once sent
    newest: Mapped[str | None]  # its id since an edit, where the messenger gives each version its own
    attempts: Mapped[int] = mapped_column(default=0)
    arrived: Mapped[int] = mapped_column(default=0)  # how many of its messages, where more wait
    closes: Mapped[bool] = mapped_column(default=False)
    settled_at: Mapped[datetime | None]
    reason: Mapped[str | None]


class Part(Base):
    """A message of a delivery that took several: each but the last, which stands in the delivery itself.
    Those with words have places from 0 on, those that only show a file from -1 down."""

    __tablename__ = "parts"

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("deliveries.id", ondelete=CASCADE), primary_key=True, autoincrement=False
    )
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    message: Mapped[str] = mapped_column(index=True)  # the messenger's id


class Remembered(Base):
    """What the adapter of a messenger has to remember, by a key of its own."""

    __tablename__ = "remembered"

    messenger: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Proof(Base):
    """What was sealed at the first start: whoever opens it has the key of this database."""

    __tablename__ = "seal_proofs"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[Any] = mapped_column(KEPT)


class Timer(Base):
    """A handler to call at a time, with its arguments. It is called only once: the turn deletes the row."""

    __tablename__ = "timers"
    __table_args__ = (partial_index("ix_timers_stuck", "id", where=STUCK),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    handler: Mapped[str]
    args: Mapped[dict[str, Any]]
    about: Mapped[str] = mapped_column(Exact, index=True)  # "request:5", to call it off
    attempts: Mapped[int] = mapped_column(default=0)
