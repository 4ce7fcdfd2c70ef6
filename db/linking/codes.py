"""Codes by which somebody proves that an account on another messenger is theirs. Only their hash is kept."""

import re
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from db.models import Identity, LinkCode, Person
from db.network.invitations import codes_in, hash_of
from db.old import Forgotten, Old

GOOD_FOR = timedelta(minutes=10)
"""How long a code can be typed."""
ANSWERED_IN = timedelta(hours=1)
"""How long after that both can say yes, where it was typed in time."""
WORD = "LINK"
BEGINS = re.compile(rf"^\W*{WORD}\b|^\W*{WORD}(?=[0-9])", re.IGNORECASE)
"""What stands before a code; words that begin so are never taken for anything else."""


def typed(words: str) -> str:
    """Return what somebody typed behind the word with which such a code begins; "" where it does not, or
    there is none."""
    begins = BEGINS.match(words)
    rest = words[begins.end() :].strip(" :=\n\t") if begins is not None else ""
    return rest if codes_in(rest) else ""


def make(db: Session, person: Person, code: str, messenger: str, now: datetime) -> LinkCode:
    """Add a person's code, which they read on this messenger, in the place of the one that they had."""
    withdraw(db, person)
    made = LinkCode(person_id=person.id, code_hash=hash_of(code), made_on=messenger, made_at=now)
    db.add(made)
    db.flush()
    return made


def find(db: Session, code: str) -> LinkCode | None:
    """Return what is kept of a code; None where there is no such code, or none any more."""
    found = select(LinkCode).where(LinkCode.code_hash == hash_of(code))
    return db.scalar(found.options(joinedload(LinkCode.person)))


def can_be_typed(code: LinkCode, now: datetime) -> bool:
    """Whether a code is still good."""
    return now - code.made_at <= GOOD_FOR


def can_be_answered(code: LinkCode, now: datetime) -> bool:
    """Whether somebody can still say yes to one that was typed in time."""
    return now - code.made_at <= ANSWERED_IN


def use(db: Session, code: LinkCode, by: Identity, now: datetime) -> bool:
    """Note on which account a code was typed; return False where another one was faster."""
    used = (
        db.connection()
        .execute(
            update(LinkCode)
            .where(LinkCode.id == code.id, LinkCode.typed_by_id.is_(None))
            .values(typed_by_id=by.id, used_at=now)
        )
        .rowcount
    )
    db.refresh(code)
    return bool(used)


def withdraw(db: Session, *whose: Person) -> None:
    """Delete the codes of people."""
    db.execute(delete(LinkCode).where(LinkCode.person_id.in_([each.id for each in whose])))


def forget(db: Session, old: Old) -> Forgotten:
    """Delete codes that were made too long ago."""
    return old.forget(db, delete(LinkCode), LinkCode.made_at, LinkCode.id)
