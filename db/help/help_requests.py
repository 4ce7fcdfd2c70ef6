"""Help requests: opened, asked around, taken once, closed. There is no state "forgotten"."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    exists,
    func,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.models import (
    Asked,
    HelpRequest,
    Member,
    Month,
    Past,
    Posting,
    RequestState,
    Verdict,
)
from db.old import Forgotten, Old

OPEN: tuple[RequestState, ...] = ("open", "handed")
"""States in which a request still looks for somebody."""
ANYTHING = "other"
"""The topic that nobody names: what is none of the others is everybody's."""


def open_request(
    db: Session,
    by: Member,
    *,
    topic: str,
    need: str,
    anonymous: bool,
    now: datetime,
    without_coordinators: bool = False,
    media: list[Any] | None = None,
    posting: Posting | None = None,
) -> HelpRequest:
    """Add a request; `posting` says when it goes to the network's rooms too. With `without_coordinators`
    nobody who coordinates the network is asked."""
    request = HelpRequest(
        network_id=by.network_id,
        asker=by,
        topic=topic,
        need=need,
        media=media or [],
        anonymous=anonymous,
        without_coordinators=without_coordinators,
        posting=posting,
        numbers=dict(by.network.numbers),
        opened_at=now,
    )
    db.add(request)
    db.flush()
    return request


def again(db: Session, request: HelpRequest) -> HelpRequest | None:
    """Return the newer request of the same asker, in the same words and with the same promises, if it looks
    for somebody."""
    return db.scalar(
        select(HelpRequest)
        .where(
            HelpRequest.asker_id == request.asker_id,
            HelpRequest.id > request.id,
            HelpRequest.need == request.need,
            HelpRequest.anonymous == request.anonymous,
            HelpRequest.without_coordinators == request.without_coordinators,
            HelpRequest.state.in_(OPEN),
        )
        .order_by(HelpRequest.id.desc())
        .limit(1)
    )


def take(db: Session, request: HelpRequest, helper: Member, now: datetime) -> bool:
    """Give a request to the first who takes it; return False where another was faster or it is over."""
    taken = (
        db.connection()
        .execute(
            update(HelpRequest)
            .where(HelpRequest.id == request.id, HelpRequest.helper_id.is_(None), HelpRequest.state.in_(OPEN))
            .values(
                helper_id=helper.id,
                state="taken",
                taken_at=now,
                answered_at=func.coalesce(HelpRequest.answered_at, now),
            )
        )
        .rowcount
    )
    db.refresh(request)
    return bool(taken)


def widen(request: HelpRequest, now: datetime) -> None:
    """Note that everybody who named the topic is asked from now on."""
    request.widened_at = now


def rewrite(request: HelpRequest, need: str, media: list[Any]) -> None:
    """Keep other words of a request, and what is sent with them."""
    request.need, request.media = need, media


def hand_over(request: HelpRequest, now: datetime) -> None:
    """Make a request a named debt of those who coordinate; it is wide then as well."""
    request.state, request.handed_at = "handed", now
    request.widened_at = request.widened_at or now


def entrust(request: HelpRequest, now: datetime) -> None:
    """Let those who coordinate read a request that was kept from them; they owe an answer from now on."""
    request.without_coordinators = False
    request.state, request.handed_at = "handed", request.handed_at or now


def note_post(request: HelpRequest, letter_id: int | None) -> None:
    """Keep the letter by which a request was posted in rooms."""
    request.post_id = letter_id


def note_answer(request: HelpRequest, now: datetime) -> None:
    """Note that a human has answered; only the first time counts."""
    request.answered_at = request.answered_at or now


def judge(request: HelpRequest, verdict: Verdict) -> None:
    """Keep whether it helped, in the asker's words."""
    request.helped = verdict


def release(db: Session, request: HelpRequest) -> None:
    """Let a request look for somebody again, because its helper cannot go on."""
    request.helper_id, request.taken_at = None, None
    if request.without_coordinators:  # nobody owes it
        request.handed_at = None
    request.state = "handed" if request.handed_at else "open"
    db.flush()


def close(db: Session, request: HelpRequest, state: RequestState, at: datetime) -> None:
    """Close a request: solved or withdrawn. Where `at` is still to come, it is over now, and others see it
    then."""
    request.state, request.closed_at = state, at
    db.flush()


def waits_for_coordinators(request: HelpRequest) -> bool:
    """Whether those who coordinate see a request as one that is open."""
    return request.state in OPEN and not request.without_coordinators


def open_by(db: Session, member: Member) -> Sequence[HelpRequest]:
    """Return a member's own requests that are not closed, the newest first."""
    return db.scalars(
        select(HelpRequest)
        .where(HelpRequest.asker_id == member.id, HelpRequest.closed_at.is_(None))
        .order_by(HelpRequest.id.desc())
    ).all()


def taken_by(db: Session, member: Member) -> Sequence[HelpRequest]:
    """Return requests that a member helps with now."""
    return db.scalars(
        select(HelpRequest).where(HelpRequest.helper_id == member.id, HelpRequest.state == "taken")
    ).all()


def unanswered(network_id: int, now: datetime) -> Select[HelpRequest]:
    """Select requests of a network that look for somebody, as far as those who coordinate it may know."""
    looking = of_unanswered(HelpRequest.id, network_id, now)
    return select(HelpRequest).where(HelpRequest.id.in_(looking))


def of_unanswered(
    what: InstrumentedAttribute[int], network_id: int, now: datetime, *which: ColumnElement[bool]
) -> CompoundSelect[int]:
    """Select something of each of them, or of `which` of them: of what an index has, nothing else is read."""
    nobodys = HelpRequest.network_id == network_id, HelpRequest.helper_id.is_(None)
    told = select(what).where(*nobodys, HelpRequest.without_coordinators.is_(False), *which)
    return union_all(told.where(HelpRequest.closed_at.is_(None)), told.where(HelpRequest.closed_at > now))


def waiting_for_answer_of(db: Session, member: Member) -> Sequence[HelpRequest]:
    """Return requests that look for somebody and for which this member was asked and is silent."""
    return db.scalars(
        select(HelpRequest)
        .join(Asked, Asked.request_id == HelpRequest.id)
        .where(Asked.member_id == member.id, Asked.answer.is_(None), HelpRequest.state.in_(OPEN))
        .order_by(HelpRequest.id)
    ).all()


def helped_before(db: Session, request: HelpRequest) -> bool:
    """Whether who helps with a request has helped with another one that was solved."""
    solved = exists().where(
        HelpRequest.helper_id == request.helper_id,
        HelpRequest.state == "solved",
        HelpRequest.id != request.id,
    )
    long_ago = exists().where(Past.member_id == request.helper_id, Past.helped > 0)
    return bool(db.scalar(select(or_(solved, long_ago))))


def forget_words(db: Session, old: Old) -> Forgotten:
    """Delete the words of requests that were closed too long ago."""
    how = update(HelpRequest).values(need="", media=[], forgotten=True)
    return old.forget(db, how, HelpRequest.closed_at, HelpRequest.id, ~HelpRequest.forgotten)


def was_answered(db: Session, network_id: int) -> bool:
    """Whether a human has ever answered a request in a network, also one of which only a sum is left."""
    here = HelpRequest.network_id == network_id, HelpRequest.answered_at.is_not(None)
    long_ago = Month.network_id == network_id, or_(Month.within_a_day > 0, Month.answers > 0)
    return bool(db.scalar(select(or_(exists().where(*here), exists().where(*long_ago)))))


def was_left_alone(db: Session, network_id: int, *, since: datetime, before: datetime) -> bool:
    """Whether those who coordinate owed a request an answer `before` a time and it had none when it was over,
    or has none yet; of those that ended `since` then."""
    nobodys = (
        HelpRequest.network_id == network_id,
        HelpRequest.helper_id.is_(None),
        HelpRequest.answered_at.is_(None),
        HelpRequest.handed_at < before,
        HelpRequest.without_coordinators.is_(False),
    )
    looking = exists().where(*nobodys, HelpRequest.closed_at.is_(None))
    ended = exists().where(*nobodys, HelpRequest.closed_at >= since)
    return bool(db.scalar(select(or_(looking, ended))))
