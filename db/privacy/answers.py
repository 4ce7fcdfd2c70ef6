"""What somebody has answered and asked of late, to be forgotten one by one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.models import CheckIn, HelpRequest, Member, Person

Said = CheckIn | HelpRequest


def lately(db: Session, person: Person, since: datetime, before: datetime, limit: int) -> Sequence[Said]:
    """Return a person's answered check-ins and their requests that still have words, between two moments
    (UTC), the newest first; up to `limit`."""
    mine = select(Member.id).where(Member.person_id == person.id)
    answered = (
        select(CheckIn)
        .where(CheckIn.member_id.in_(mine), CheckIn.answered_at >= since, CheckIn.answered_at < before)
        .order_by(CheckIn.answered_at.desc())
        .limit(limit)
    )
    asked = (
        select(HelpRequest)
        .where(
            HelpRequest.asker_id.in_(mine),
            ~HelpRequest.forgotten,
            HelpRequest.opened_at >= since,
            HelpRequest.opened_at < before,
        )
        .order_by(HelpRequest.opened_at.desc())
        .limit(limit)
    )
    found: list[Said] = [*db.scalars(answered), *db.scalars(asked)]
    return sorted(found, key=when, reverse=True)[:limit]


def when(said: Said) -> datetime:
    """Return when it was said (UTC)."""
    if isinstance(said, HelpRequest):
        return said.opened_at
    assert said.answered_at is not None, "it was answered"
    return said.answered_at


def forget_check_in(db: Session, check_in: CheckIn) -> None:
    """Delete an answer to a check-in: as if it had never been asked."""
    db.execute(delete(CheckIn).where(CheckIn.id == check_in.id))
    db.expire_all()


def forget(request: HelpRequest) -> None:
    """Note that the words of a request are deleted: nobody is shown them from now on."""
    request.forgotten = True


def forget_words(request: HelpRequest) -> None:
    """Delete the words of a request."""
    request.need, request.media, request.forgotten = "", [], True
