"""Who can be asked about a help request, and in which order."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    case,
    false,
    func,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session, aliased, contains_eager

from db import people
from db.help.help_requests import ANYTHING
from db.models import Asked, HelpRequest, Identity, Member, MemberTopic, Person, PersonLanguage
from db.models.indexed import any_row
from db.network.exclusions import are_apart
from db.network.members import COORDINATORS

COMPARED = 100
"""Upper bound on the candidates that are compared, of those who know the topic and of the others: so a choice
among very many takes hardly longer."""
FEW = 1500
"""Where no more know a topic, they are found by it; else on the way through all, until `COMPARED` are."""
UNASKED_LONGEST = (Member.last_asked_at.asc().nulls_first(), Member.id)


def fitting(
    db: Session,
    request: HelpRequest,
    now: datetime,
    limit: int,
    *,
    by_hand: bool = False,
    however_busy: bool = False,
) -> Sequence[Member]:
    """Return members who could be asked next, best first: by topic, language, place, load, and how long they
    were not asked. Left out are the asker, those who were asked already, are paused, unreachable or excluded
    by either side, or help as many as they said they can; and those who coordinate, where the asker wants
    that. Of more than `COMPARED` who know the topic, or do not, only those who were not asked for longest are
    compared. Where somebody chooses among them `by_hand`, those who were asked and are silent are there too,
    and an asker without a name, whom an order by what they have in common would tell as well as a gap.
    An urgent one may be one more than they said they can help with, and sooner than they want to be asked
    again; with `however_busy` neither counts. Whoever wants to help nobody is left out either way."""
    asker = request.asker.person
    load = _load()
    knows_topic = any_row(MemberTopic, MemberTopic.member_id == Member.id, MemberTopic.topic == request.topic)
    names_any = any_row(MemberTopic, MemberTopic.member_id == Member.id)
    may_know = and_(Member.role == "member", ~names_any)  # who coordinates is asked when nobody else knows
    spoken = [row.language for row in asker.languages]
    says_languages = any_row(PersonLanguage, PersonLanguage.person_id == Person.id)
    shares = any_row(
        PersonLanguage, PersonLanguage.person_id == Person.id, PersonLanguage.language.in_(spoken)
    )
    fits = _fits(request, now, by_hand=by_hand, however_busy=however_busy)
    sides = (
        _by_topic(request, fits) if _few_know(db, request) else _longest(knows_topic, *fits),
        _longest(~knows_topic, *fits),
    )
    compared = union_all(*(select(side.c.id) for side in sides)).subquery()
    best_first = (
        case((shares if spoken else true(), 0), (~says_languages, 1), else_=2),
        case((Person.place == asker.place if asker.place else true(), 0), else_=1),
        load,
        *UNASKED_LONGEST,
    )
    return db.scalars(
        select(Member)
        .join(compared, compared.c.id == Member.id)
        .join(Member.person)
        .options(contains_eager(Member.person))
        .order_by(
            case((knows_topic, 0), (may_know, 1), else_=2),
            *([func.lower(Person.name), Member.id] if by_hand and request.anonymous else best_first),
        )
        .limit(limit)
    ).all()


def who_wanted_less(db: Session, members: Sequence[Member], now: datetime) -> set[int]:
    """Return (by ids) which of the members help as many as they said they can, or were asked less long ago
    than they want."""
    those = Member.id.in_([member.id for member in members])
    less = or_(_load() >= Person.load, _was_asked_lately(now))
    return set(db.scalars(select(Member.id).join(Member.person).where(those, less)))


def _load() -> ScalarSelect[int]:
    """Return with how many requests a member helps."""
    helping = aliased(HelpRequest)
    return (
        select(func.count())
        .where(helping.helper_id == Member.id, helping.state == "taken")
        .correlate(Member)
        .scalar_subquery()
    )


def _was_asked_lately(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a person was asked less long ago, in any network, than they want."""
    anywhere = aliased(Member)
    since = case(
        {days: now - timedelta(days=days) for days in people.ASK_GAPS},
        value=Person.ask_gap_days,
    )
    return and_(
        Person.ask_gap_days > 0,
        any_row(anywhere, anywhere.person_id == Person.id, anywhere.last_asked_at > since),
    )


def naming_topic(db: Session, request: HelpRequest, members: Sequence[Member]) -> list[Member]:
    """Return those of the members who named the request's topic, or, unless they coordinate, none at all; all
    where nobody can name it."""
    if request.topic == ANYTHING:
        return list(members)
    named: dict[int, set[str]] = {}
    for member_id, topic in db.execute(
        select(MemberTopic.member_id, MemberTopic.topic).where(
            MemberTopic.member_id.in_([member.id for member in members])
        )
    ):
        named.setdefault(member_id, set()).add(topic)
    return [
        member
        for member in members
        if request.topic in named.get(member.id, {request.topic} if member.role == "member" else ())
    ]


# --- found -------------------------------------------------------------------------------------------


def _fits(
    request: HelpRequest, now: datetime, *, by_hand: bool, however_busy: bool
) -> list[ColumnElement[bool]]:
    """Return what is true of a member who could be asked. Each is looked up by itself: else PostgreSQL would
    look at everybody, and join that."""
    asker = request.asker.person
    is_unnamed = Member.id == request.asker_id if by_hand and request.anonymous else false()
    was_asked: list[ColumnElement[bool]] = [Asked.request_id == request.id, Asked.member_id == Member.id]
    if by_hand:
        was_asked.append(Asked.answer.is_not(None))
    is_urgent, load = request.urgent_at is not None, _load()
    is_free = and_(
        or_(Person.paused_at.is_(None), Person.paused_until <= now),
        Person.load > 0,
        *([] if however_busy else [load <= Person.load]),
        *([] if however_busy or is_urgent else [load < Person.load, ~_was_asked_lately(now)]),
    )
    fits = [
        Member.network_id == request.network_id,
        Member.state == "active",
        or_(Member.id != request.asker_id, is_unnamed),
        select(is_free).where(Person.id == Member.person_id).correlate(Member).scalar_subquery(),
        any_row(Identity, Identity.person_id == Member.person_id, Identity.reachable),
        or_(~any_row(Asked, *was_asked), is_unnamed),
        ~are_apart(Member.person_id, asker.id),
    ]
    return [*fits, Member.role.not_in(COORDINATORS)] if request.without_coordinators else fits


def _longest(*fits: ColumnElement[bool]) -> Subquery:
    """Select `COMPARED` of those who fit: those who were never asked, then those who were not for longest,
    both in the order of an index."""
    ways = (
        select(Member.id)
        .where(*fits, when)
        .order_by(Member.last_asked_at, Member.id)
        .limit(COMPARED)
        .subquery()
        for when in (Member.last_asked_at.is_(None), Member.last_asked_at.is_not(None))
    )
    return union_all(*(select(way.c.id) for way in ways)).limit(COMPARED).subquery()


def _knowing(request: HelpRequest) -> Select[int]:
    """Select the members of its network who know the topic of a request."""
    return (
        select(Member.id)
        .join(MemberTopic, MemberTopic.member_id == Member.id)
        .where(MemberTopic.topic == request.topic, Member.network_id == request.network_id)
    )


def _few_know(db: Session, request: HelpRequest) -> bool:
    """Whether no more than `FEW` know the topic of a request."""
    return db.scalar(_knowing(request).limit(1).offset(FEW)) is None


def _by_topic(request: HelpRequest, fits: Sequence[ColumnElement[bool]]) -> Subquery:
    """Select `COMPARED` of those who know the topic and fit, those who were not asked for longest."""
    return _knowing(request).where(*fits).order_by(*UNASKED_LONGEST).limit(COMPARED).subquery()
