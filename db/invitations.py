"""Invitation codes: made, tried, used, withdrawn. Only their hash is kept."""

import hashlib
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from db.models import Invitation, Network, Person, WrongCode

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 and O, no 1, I and L, no U (which hides in V): 30 signs, so 8 of them are 39 bits."""
LENGTH = 8
Chance = random.Random
"""What makes codes: the system's own at work, a predictable one on the stage."""
TRIES_AN_HOUR = 5


def new_code(rng: Chance) -> str:
    """Eight signs without look-alikes, at least one of them a digit: however it is typed, it is no word."""
    while (code := "".join(rng.choices(LETTERS, k=LENGTH))).isalpha():
        continue
    return code


def shown(code: str) -> str:
    """As people read it: `7KQ2-M9XD`."""
    return f"{code[:4]}-{code[4:]}"


def normal(words: str) -> str:
    """What was typed, in capitals, without dashes and white space."""
    return "".join(char for char in words.upper() if char.isalnum())


def looks_like_code(words: str) -> bool:
    """Whether words have the shape of a code, right or wrong: eight letters and digits, some of them
    digits or all in capitals, with nothing around them."""
    code = normal(words)
    marks = words.strip().replace("-", "").replace(" ", "")
    return (
        len(code) == LENGTH
        and code.isascii()
        and marks.isalnum()
        and len(words.strip()) <= LENGTH + 3
        and (any(c.isdigit() for c in code) or words.strip().isupper())
    )


def has_look_alike(code: str) -> bool:
    """Whether it holds a sign that no code has."""
    return any(char not in LETTERS for char in code)


def hash_of(code: str) -> str:
    """What is kept of a code. Slow on purpose (10 ms), because 39 bits could be tried through otherwise."""
    return hashlib.scrypt(code.encode(), salt=b"mentorNET invitation", n=2**12, r=8, p=1, dklen=32).hex()


def make(
    db: Session,
    network: Network,
    code: str,
    *,
    by: Person | None,
    label: str,
    uses: int,
    expires_at: datetime,
    note: str = "",
    role: str = "member",
    cohort_id: int | None = None,
    now: datetime,
) -> Invitation:
    """Keep a new invitation."""
    invitation = Invitation(
        network_id=network.id,
        code_hash=hash_of(code),
        made_by_id=by.id if by else None,
        label=label,
        role=role,
        uses=uses,
        expires_at=expires_at,
        note=note,
        cohort_id=cohort_id,
        created_at=now,
    )
    db.add(invitation)
    db.flush()
    return invitation


def find(db: Session, code: str) -> Invitation | None:
    """The invitation of a code, whatever became of it."""
    return db.scalar(select(Invitation).where(Invitation.code_hash == hash_of(code)))


def use(db: Session, invitation: Invitation, now: datetime) -> bool:
    """Count one use; False when there is none left, it expired or was withdrawn."""
    return bool(
        db.connection()
        .execute(
            update(Invitation)
            .where(
                Invitation.id == invitation.id,
                Invitation.used < Invitation.uses,
                Invitation.expires_at > now,
                Invitation.withdrawn_at.is_(None),
            )
            .values(used=Invitation.used + 1)
        )
        .rowcount
    )


def open_of(db: Session, network: Network, now: datetime) -> Sequence[Invitation]:
    """Invitations that still work, newest first."""
    return db.scalars(
        select(Invitation)
        .where(
            Invitation.network_id == network.id,
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > now,
            Invitation.used < Invitation.uses,
        )
        .order_by(Invitation.id.desc())
    ).all()


def wrong(db: Session, person: Person, now: datetime) -> None:
    """Count a code that does not exist."""
    db.execute(
        delete(WrongCode).where(WrongCode.person_id == person.id, WrongCode.at <= now - timedelta(hours=1))
    )
    db.add(WrongCode(person_id=person.id, at=now))
    db.flush()


def may_try_at(db: Session, person: Person, now: datetime) -> datetime | None:
    """When a person may try a code again; None for now."""
    tries, first = db.execute(
        select(func.count(), func.min(WrongCode.at)).where(
            WrongCode.person_id == person.id, WrongCode.at > now - timedelta(hours=1)
        )
    ).one()
    return first + timedelta(hours=1) if tries >= TRIES_AN_HOUR else None
