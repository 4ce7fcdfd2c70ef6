"""Help requests: opened, asked around, taken once, closed. There is no state "forgotten"."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select, true, union_all, update
from sqlalchemy.orm import Session, aliased

from db.models import (
    Asked,
    Exclusion,
    HelpRequest,
    Identity,
    Member,
    MemberTopic,
    Person,
    PersonLanguage,
)

OPEN = ("open", "handed")
"""States in which a request still looks for somebody."""
COMPARED = 1000
"""So many who fit are compared at most, of those who know the topic and of the others: so that a choice among
very many takes not much longer."""


def open_(
    db: Session,
    by: Member,
    *,
    topic: str,
    need: str,
    anonymous: bool,
    now: datetime,
    media: list[Any] | None = None,
    posting: str | None = None,
) -> HelpRequest:
    """A new request; `posting` says when it goes to the network's rooms too, "now" or "later"."""
    request = HelpRequest(
        network_id=by.network_id,
        asker=by,
        topic=topic,
        need=need,
        media=media or [],
        anonymous=anonymous,
        posting=posting,
        opened_at=now,
    )
    db.add(request)
    db.flush()
    return request


def fitting(db: Session, request: HelpRequest, now: datetime, limit: int) -> Sequence[Member]:
    """Members who could be asked next, best first: by topic, language, place, load, and how long they were
    not asked. Left out: the asker, who was asked already, who is paused, unreachable, excluded by either
    side, or helps as many as they said they can. Of more than `COMPARED` who know the topic, or do not, only
    those who were not asked for longest are compared.
    """
    asker = request.asker.person
    helping = aliased(HelpRequest)
    load = (
        select(func.count())
        .where(helping.helper_id == Member.id, helping.state == "taken")
        .correlate(Member)
        .scalar_subquery()
    )
    knows_topic = exists().where(MemberTopic.member_id == Member.id, MemberTopic.topic == request.topic)
    spoken = [row.language for row in asker.languages]
    says_languages = exists().where(PersonLanguage.person_id == Person.id)
    shares = exists().where(PersonLanguage.person_id == Person.id, PersonLanguage.language.in_(spoken))
    unasked_longest = (Member.last_asked_at.asc().nulls_first(), Member.id)
    fits = (
        select(Member.id)
        .join(Member.person)
        .where(
            Member.network_id == request.network_id,
            Member.state == "active",
            Member.id != request.asker_id,
            exists().where(Identity.person_id == Person.id, Identity.reachable),
            or_(Person.paused_at.is_(None), Person.paused_until <= now),
            ~exists().where(Asked.request_id == request.id, Asked.member_id == Member.id),
            ~exists().where(
                or_(
                    and_(Exclusion.person_id == Person.id, Exclusion.other_id == asker.id),
                    and_(Exclusion.person_id == asker.id, Exclusion.other_id == Person.id),
                )
            ),
            load < Person.load,
        )
        .order_by(*unasked_longest)
        .limit(COMPARED)
    )
    compared = union_all(
        *(select(fits.where(either).subquery()) for either in (knows_topic, ~knows_topic))
    ).subquery()
    return db.scalars(
        select(Member)
        .join(compared, compared.c.id == Member.id)
        .join(Member.person)
        .order_by(
            case((knows_topic, 0), else_=1),
            case((shares if spoken else true(), 0), (~says_languages, 1), else_=2),
            case((Person.place == asker.place if asker.place else true(), 0), else_=1),
            load,
            *unasked_longest,
        )
        .limit(limit)
    ).all()


def naming_topic(db: Session, request: HelpRequest, members: Sequence[Member]) -> list[Member]:
    """Those of the members who named the request's topic."""
    ids = set(
        db.scalars(
            select(MemberTopic.member_id).where(
                MemberTopic.topic == request.topic,
                MemberTopic.member_id.in_([member.id for member in members]),
            )
        )
    )
    return [member for member in members if member.id in ids]


def ask(db: Session, request: HelpRequest, member: Member, now: datetime) -> Asked:
    """Note that a peer is asked."""
    asked = Asked(request_id=request.id, member_id=member.id, at=now)
    member.last_asked_at = now
    db.add(asked)
    db.flush()
    return asked


def asked(db: Session, request: HelpRequest) -> Sequence[Asked]:
    """Who was asked, in that order."""
    return db.scalars(
        select(Asked)
        .where(Asked.request_id == request.id, or_(Asked.answer.is_(None), Asked.answer != "passed"))
        .order_by(Asked.id)
    ).all()


def again(db: Session, request: HelpRequest) -> HelpRequest | None:
    """The newer request of the same asker in the same words, if it looks for somebody."""
    return db.scalar(
        select(HelpRequest)
        .where(
            HelpRequest.asker_id == request.asker_id,
            HelpRequest.id > request.id,
            HelpRequest.need == request.need,
            HelpRequest.state.in_(OPEN),
        )
        .order_by(HelpRequest.id.desc())
        .limit(1)
    )


def answer(db: Session, request: HelpRequest, member: Member, said: str, now: datetime) -> None:
    """What a peer said: yes, no, late; "passed" is who shall not be asked. Who was not asked (a meta-mentor
    who steps in) is noted as well."""
    row = db.scalar(select(Asked).where(Asked.request_id == request.id, Asked.member_id == member.id))
    if row is None:
        row = ask(db, request, member, now)
    row.answer, row.answered_at = said, now
    db.flush()


def take(db: Session, request: HelpRequest, helper: Member, now: datetime) -> bool:
    """Give a request to the first who takes it; False when another was faster or it is over."""
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


def release(db: Session, request: HelpRequest) -> None:
    """The helper cannot go on: the request looks for somebody again."""
    request.helper_id, request.taken_at = None, None
    request.state = "handed" if request.handed_at else "open"
    db.flush()


def close(db: Session, request: HelpRequest, state: str, now: datetime) -> None:
    """Solved or withdrawn."""
    request.state, request.closed_at = state, now
    db.flush()


def open_by(db: Session, member: Member) -> Sequence[HelpRequest]:
    """A member's own requests that are not closed, newest first."""
    return db.scalars(
        select(HelpRequest)
        .where(HelpRequest.asker_id == member.id, HelpRequest.closed_at.is_(None))
        .order_by(HelpRequest.id.desc())
    ).all()


def taken_by(db: Session, member: Member) -> Sequence[HelpRequest]:
    """Requests a member helps with now."""
    return db.scalars(
        select(HelpRequest).where(HelpRequest.helper_id == member.id, HelpRequest.state == "taken")
    ).all()


def unanswered(db: Session, network_id: int) -> Sequence[HelpRequest]:
    """Requests of a network that look for somebody, oldest first."""
    return db.scalars(
        select(HelpRequest)
        .where(HelpRequest.network_id == network_id, HelpRequest.state.in_(OPEN))
        .order_by(HelpRequest.opened_at, HelpRequest.id)
    ).all()


def waiting_for_answer_of(db: Session, member: Member) -> Sequence[HelpRequest]:
    """Requests that look for somebody, for which this member was asked and is silent."""
    return db.scalars(
        select(HelpRequest)
        .join(Asked, Asked.request_id == HelpRequest.id)
        .where(Asked.member_id == member.id, Asked.answer.is_(None), HelpRequest.state.in_(OPEN))
        .order_by(HelpRequest.id)
    ).all()


def still_silent(db: Session, request: HelpRequest) -> bool:
    """Whether somebody who was asked has not answered yet."""
    return bool(db.scalar(select(exists().where(Asked.request_id == request.id, Asked.answer.is_(None)))))


def forget_words(db: Session, before: datetime) -> int:
    """Drop the words of requests that were closed before; how many there were."""
    return (
        db.connection()
        .execute(
            update(HelpRequest)
            .where(HelpRequest.closed_at < before, HelpRequest.forgotten.is_(False))
            .values(need="", media=[], forgotten=True)
        )
        .rowcount
    )
