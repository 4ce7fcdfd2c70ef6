"""Applications: opened, talked about, decided, and at last forgotten."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session, joinedload

from db.help.queues import Queue
from db.models import Application, ApplicationState, Member, Network, Person
from db.network.invitations import hash_of
from db.old import Forgotten, Old

OPEN = Application.decided_at.is_(None)


def open_one(
    db: Session, network: Network, person: Person, answers: list[dict[str, Any]], now: datetime
) -> Application:
    """Add the application of somebody who has none open in this network."""
    application = Application(network_id=network.id, person_id=person.id, answers=answers, opened_at=now)
    db.add(application)
    db.flush()
    return application


def mine(db: Session, network: Network, person: Person) -> Application | None:
    """Return a person's open application in a network; None for none."""
    return db.scalar(
        select(Application).where(
            Application.network_id == network.id, Application.person_id == person.id, OPEN
        )
    )


def open_by(db: Session, person: Person) -> Sequence[Application]:
    """Return a person's open applications, the oldest first."""
    found = select(Application).where(Application.person_id == person.id, OPEN)
    return db.scalars(found.options(joinedload(Application.network)).order_by(Application.id)).all()


def declined_at(db: Session, network: Network, person: Person, since: datetime) -> datetime | None:
    """Return when a network last said no to a person, if that was after `since`."""
    return db.scalar(
        select(func.max(Application.decided_at)).where(
            Application.network_id == network.id,
            Application.person_id == person.id,
            Application.state == "declined",
            Application.decided_at > since,
        )
    )


def waiting(db: Session, network: Network) -> Queue[Application]:
    """Return the applications that wait for those who coordinate a network, the oldest first."""
    return Queue(
        db,
        select(Application)
        .where(Application.network_id == network.id, OPEN)
        .options(joinedload(Application.person)),
        Application.id,
        (Application.opened_at, Application.id),
        None,
    )


# --- how it goes ---------------------------------------------------------------------------------


def talk(application: Application) -> None:
    """Note that those who coordinate talk with somebody before they decide: then nobody is let in by the
    clock."""
    application.state, application.lets_in_at = "talking", None


def let_in_at(application: Application, at: datetime | None) -> None:
    """Keep when an applicant is let in unless somebody objects; None for not by the clock."""
    application.lets_in_at = at


def decide(
    db: Session, application: Application, state: ApplicationState, now: datetime, by: Person | None = None
) -> bool:
    """End an application; return False where it has ended already."""
    decided = (
        db.connection()
        .execute(
            update(Application)
            .where(Application.id == application.id, OPEN)
            .values(state=state, decided_at=now, decided_by_id=by.id if by else None, lets_in_at=None)
        )
        .rowcount
    )
    db.refresh(application)
    return bool(decided)


def explain(application: Application, reason: str) -> None:
    """Keep the reason of a no, as the applicant reads it."""
    application.reason = reason


def count_no(application: Application) -> None:
    """Count a member who would not vouch; nobody can tell who it was."""
    application.noes += 1


def settle(db: Session, network: Network, person: Person, now: datetime) -> None:
    """End the open application of somebody who has come into a network in another way: nobody needs to read
    it any more."""
    application = mine(db, network, person)
    if application is not None:
        decide(db, application, "accepted", now)
        hollow(application)


# --- who is asked to vouch -----------------------------------------------------------------------


def give_code(application: Application, code: str) -> None:
    """Keep the code by which members find an application."""
    application.code, application.code_hash = code, hash_of(code)


def by_code(db: Session, code: str) -> Application | None:
    """Return the application that members find by a code."""
    return db.scalar(select(Application).where(Application.code_hash == hash_of(code)))


# --- what is left of it --------------------------------------------------------------------------


def lapsed(db: Session, since: datetime) -> int:
    """Return how many applications ended without an answer since then, in all networks."""
    ended = select(func.count()).where(Application.state == "lapsed", Application.decided_at >= since)
    return db.scalar(ended) or 0


def hollow(application: Application) -> None:
    """Delete what an applicant wrote, and what was written to them."""
    application.answers = application.reason = application.code = application.code_hash = None


def is_nothing_else(db: Session, person: Person) -> bool:
    """Whether somebody is known for nothing but applications that have ended."""
    member = exists().where(Member.person_id == person.id)
    waits = exists().where(Application.person_id == person.id, OPEN)
    return not db.scalar(select(member | waits))


def forget(db: Session, old: Old) -> Forgotten:
    """Delete applications that ended too long ago. Of those who came in it is kept who vouched for them."""
    return old.forget(
        db, delete(Application), Application.decided_at, Application.id, Application.state != "accepted"
    )
