"""Help between members: requests, relays and check-ins, and the sums that are left of them."""

from datetime import date, datetime, time
from typing import Any, Literal

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import CASCADE, Base, ByNetwork, InNetwork
from db.models.indexed import Word, partial_index
from db.models.network import Member, Network
from db.models.people import Person
from db.models.sealed import SealedWord

RequestState = Literal["open", "taken", "solved", "withdrawn", "handed"]
"""`open` and `handed` look for somebody; with `handed` those who coordinate owe an answer."""
Posting = Literal["now", "later"]
"""When a request goes to the network's rooms: with the first peers, or once it is widened."""
PeerAnswer = Literal["yes", "no", "late", "passed"]
"""What a peer said: `late` that they would have come; `passed` stands for one who must not be asked."""
Side = Literal["asker", "helper"]
Verdict = Literal["yes", "a_bit", "no"]
"""Whether it helped, as the asker says three days later."""
Mood = Literal["good", "so_so", "not_good"]
Fit = Literal["right", "less", "more", "talk"]
"""Whether the amount of what somebody is asked is right for them: it is, they want less or more of it, or to
talk about it."""
Wish = Literal["meta_mentor", "nothing"]
"""Whom somebody who is not well wants to talk to; a peer is a help request."""
POSTED = "post_id IS NOT NULL"
REMEMBERED = {"sqlite": "forgotten = 0", "postgresql": "NOT forgotten"}
UNCOUNTED = {"sqlite": "counted = 0", "postgresql": "NOT counted"}
LIVE = "network_id", "opened_at", "answered_at", "closed_at", "helper_id", "without_coordinators"
"""What figures are made of, so that none of the rows is read for them."""
TOLD = "without_coordinators", "anonymous", "asker_id"
"""What tells who asked, so that none of the rows is read for it."""
UNSUMMED = {"sqlite": "summed = 0", "postgresql": "NOT summed"}
SAID_HOW = "says IS NOT NULL"
APART = "request_id IS NULL"
NOBODYS, HELPED = "helper_id IS NULL", "state = 'taken'"
OWED = f"{NOBODYS} AND answered_at IS NULL AND handed_at IS NOT NULL"
UNSEEN = "wants = 'meta_mentor' AND seen_at IS NULL"


class HelpRequest(ByNetwork):
    """One mentor's question to peers, with a state, an owner and a deadline."""

    __tablename__ = "help_requests"
    __table_args__ = (
        partial_index("ix_help_requests_post_id", "post_id", where=POSTED),
        partial_index("ix_help_requests_remembered", "closed_at", where=REMEMBERED),
        partial_index("ix_help_requests_live", *LIVE, where=UNCOUNTED),
        partial_index("ix_help_requests_uncounted", "closed_at", where=UNCOUNTED),
        Index("ix_help_requests_closed", "closed_at"),
        partial_index("ix_help_requests_nobodys", "network_id", "closed_at", *TOLD, where=NOBODYS),
        partial_index("ix_help_requests_owed", "network_id", "closed_at", "handed_at", where=OWED),
        partial_index("ix_help_requests_helped", "helper_id", where=HELPED),
        partial_index("ix_help_requests_helpers", "network_id", "helper_id", where=HELPED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), index=True)
    helper_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    topic: Mapped[str]
    need: Mapped[str]
    media: Mapped[list[Any]] = mapped_column(default=list)  # where its voice notes, pictures and files lie
    posting: Mapped[Posting | None] = mapped_column(Word)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("letters.id", ondelete="SET NULL"))  # there
    anonymous: Mapped[bool] = mapped_column(default=False)
    # Those who coordinate are not asked, and do not read it.
    without_coordinators: Mapped[bool] = mapped_column(default=False, server_default=false())
    state: Mapped[RequestState] = mapped_column(Word, default="open")
    opened_at: Mapped[datetime]
    urgent_at: Mapped[datetime | None]  # several are asked at once since then
    waves: Mapped[int] = mapped_column(default=0, server_default="0")  # how often several were asked
    widened_at: Mapped[datetime | None]
    handed_at: Mapped[datetime | None]  # a named debt of the meta-mentor since then
    answered_at: Mapped[datetime | None]  # the first word of a human
    taken_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  # it is over; still to come: from then on others see that
    forgotten: Mapped[bool] = mapped_column(default=False)  # its words are deleted
    # Nothing of it changes any more, and it is in the sums of its month.
    counted: Mapped[bool] = mapped_column(default=False, server_default=false())
    helped: Mapped[Verdict | None] = mapped_column(Text)
    # What its network had changed of the usual numbers when it began: they hold until its end.
    numbers: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

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
    answer: Mapped[PeerAnswer | None] = mapped_column(Word)  # none: silent
    answered_at: Mapped[datetime | None]

    member: Mapped[Member] = relationship()


class Relay(ByNetwork):
    """A conversation between two people carried by the bot. Its words are not kept."""

    __tablename__ = "relays"
    __table_args__ = (partial_index("ix_relays_apart", "closed_at", where=APART),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("help_requests.id", ondelete=CASCADE), index=True
    )
    asker_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    helper_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete=CASCADE), index=True)
    asker_named: Mapped[bool] = mapped_column(default=True)  # whether the helper may see the asker's name
    opened_at: Mapped[datetime]
    last_words_at: Mapped[datetime | None]  # none: nobody has written yet
    last_letter: Mapped[int] = mapped_column(BigInteger, default=0)  # with words, or that said "write here"
    asker_words_at: Mapped[datetime | None]  # when each of the two wrote last
    helper_words_at: Mapped[datetime | None]
    # The messenger on which each of the two wants to read it; none: where they are written to anyway.
    asker_via: Mapped[str | None]
    helper_via: Mapped[str | None]
    ended_by: Mapped[Side | None] = mapped_column(Word)  # none: neither of the two
    ends_at: Mapped[datetime | None]  # all is settled: words are carried until then
    closed_at: Mapped[datetime | None]  # nothing is carried; still to come: the helper hears it then

    network: Mapped[Network] = relationship()
    request: Mapped[HelpRequest | None] = relationship()
    asker: Mapped[Person] = relationship(foreign_keys=[asker_id])
    helper: Mapped[Person] = relationship(foreign_keys=[helper_id])


class Schedule(InNetwork):
    """The rhythm of a network's check-in: a weekday and a time of day, local to each member."""

    __tablename__ = "schedules"
    __table_args__ = (UniqueConstraint("network_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    weekday: Mapped[int]  # Monday is 0
    at: Mapped[time]
    every_weeks: Mapped[int] = mapped_column(default=4)
    starts_on: Mapped[date]
    questions: Mapped[list[str]]  # what is asked besides how the mentoring goes; "" is not kept
    # Which of them, counted from 0, are answered in words; none: all from 1 to 5.
    in_words: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))


class Round(InNetwork):
    """One check-in of a whole network: the same day for all its members, wherever they are."""

    __tablename__ = "rounds"
    __table_args__ = (
        UniqueConstraint("network_id", "day"),
        partial_index("ix_rounds_unsummed", "id", "day", where=UNSUMMED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    # Whether only those are asked whose first weeks these are: then it is no round of the network.
    of_newcomers: Mapped[bool] = mapped_column(default=False, server_default=false())
    questions: Mapped[list[str]]
    in_words: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))
    digest_at: Mapped[datetime | None]
    digest: Mapped[Any | None]  # how many were asked, and gave which answer, when it was sent
    sums: Mapped[Any | None]  # how often each answer was given in check-ins whose rows are gone
    summed: Mapped[bool] = mapped_column(default=False, server_default=false())  # no row is left


class CheckIn(Base):
    """One member's part of a round."""

    __tablename__ = "check_ins"
    __table_args__ = (
        UniqueConstraint("round_id", "member_id"),
        partial_index("ix_check_ins_unseen", "round_id", "member_id", where=UNSEEN),
        partial_index("ix_check_ins_unseen_of", "member_id", "id", where=UNSEEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id", ondelete=CASCADE))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), index=True)
    asked_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    mood: Mapped[Mood | None] = mapped_column(Word)
    wants: Mapped[Wish | None] = mapped_column(Word)
    seen_at: Mapped[datetime | None]  # a meta-mentor has dealt with a "not good"

    round: Mapped[Round] = relationship()
    member: Mapped[Member] = relationship()


class CheckInAnswer(Base):
    """The answer to one of the network's own questions: 1 to 5."""

    __tablename__ = "check_in_answers"

    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_ins.id", ondelete=CASCADE), primary_key=True)
    question: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


class CheckInWords(Base):
    """The answer to one of the network's own questions in words. Only the member reads it, unless they send
    it to somebody."""

    __tablename__ = "check_in_words"

    check_in_id: Mapped[int] = mapped_column(ForeignKey("check_ins.id", ondelete=CASCADE), primary_key=True)
    question: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str] = mapped_column(SealedWord)


class Amount(ByNetwork):
    """Somebody was asked, in some weeks of theirs, whether the amount of what comes to them is right."""

    __tablename__ = "amounts"
    __table_args__ = (
        partial_index("ix_amounts_said", "network_id", "answered_at", "id", where=SAID_HOW),
        Index("ix_amounts_asked", "asked_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), index=True)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    says: Mapped[Fit | None] = mapped_column(Word)

    member: Mapped[Member] = relationship()


class Month(InNetwork):
    """What the questions of a month came to, those that are over for so long that nothing changes any more.
    `waits` counts them by how long they waited for the first answer, in minutes of two digits."""

    __tablename__ = "months"

    network_id: Mapped[int] = mapped_column(ForeignKey("networks.id", ondelete=CASCADE), primary_key=True)
    first: Mapped[date] = mapped_column(primary_key=True)  # its first day, where the network is
    questions: Mapped[int]
    within_a_day: Mapped[int]
    unanswered: Mapped[int]
    answers: Mapped[int]  # times that somebody said yes
    waits: Mapped[dict[str, Any]]


class Past(Base):
    """How often a member did something of which the rows are gone."""

    __tablename__ = "pasts"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete=CASCADE), primary_key=True)
    questions: Mapped[int]
    helped: Mapped[int]  # questions of others that were solved
    asked: Mapped[int]
    answers: Mapped[int]
    talks: Mapped[int]
    check_ins: Mapped[int]
    check_in_answers: Mapped[int]
