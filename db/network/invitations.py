"""Invitation codes: made, tried, used, withdrawn. Only their hash is kept."""

import hashlib
import random
import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from db.models import Invitation, InvitedRole, Label, Network, Person, WrongCode

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 and O, no 1, I and L, no U (which hides in V): 30 signs, so 8 of them are 39 bits."""
LENGTH = 8
Chance = random.Random
"""What makes codes: the system's own at work, a predictable one on the stage."""
TRIES_AN_HOUR = 5
READ = 2000
"""Characters in which a code is looked for."""
DASHES = re.compile(r"\s?[-\u00ad\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d·]\s?|(?<=\w)\.(?=\w)")
"""What stands between the two halves of a code, however it was typed, dictated or corrected."""
PATTERN = re.compile(r"(?<![0-9A-Z])(?=([0-9A-Z]{4})(-?| )([0-9A-Z]{4})(?![0-9A-Z]))")


def new_code(rng: Chance) -> str:
    """Return eight signs without look-alikes, digits and letters: however it is typed, it is no word and no
    number."""
    while (code := "".join(rng.choices(LETTERS, k=LENGTH))).isalpha() or code.isdecimal():
        continue
    return code


def shown(code: str) -> str:
    """Return a code as people read it: `7KQ2-M9XD`."""
    return f"{code[:4]}-{code[4:]}"


def normal(words: str) -> str:
    """Return what was typed in capitals, without dashes and white space."""
    return "".join(char for char in words.upper() if char.isalnum())


def codes_in(words: str) -> list[str]:
    """Return what may be codes in somebody's words, in stored form, those with a dash first: alone, in a
    sentence, in a link, or in the whole invitation. No word and no number is taken for one."""
    found = [(first + second, between) for first, between, second in _halves(words)]
    likely = [(code, between) for code, between in found if _has_both(code) and not has_look_alike(code)]
    return list(dict.fromkeys(code for code, _between in sorted(likely, key=lambda each: each[1] != "-")))


def is_dashed(words: str) -> bool:
    """Whether a code in somebody's words has its dash: then it is one even where nobody waits for a code."""
    return any(between == "-" and _has_both(one + two) for one, between, two in _halves(words))


def mistyped_in(words: str) -> bool:
    """Whether there would be a code in somebody's words but for a sign that no code has."""
    return any(
        has_look_alike(one + two) and _has_both(one + two) and (between == "-" or normal(words) == one + two)
        for one, between, two in _halves(words)
    )


def looks_like_code(words: str) -> bool:
    """Whether words have the shape of a code, right or wrong, with nothing around it but a mark."""
    return len(normal(words)) == LENGTH and bool(codes_in(words) or (is_dashed(words) and mistyped_in(words)))


def _halves(words: str) -> list[tuple[str, str, str]]:
    """Return what has the shape of a code: its halves, and what stands between them."""
    plain = DASHES.sub("-", unicodedata.normalize("NFKC", words[:READ]).upper())
    return PATTERN.findall(plain)


def _has_both(code: str) -> bool:
    """Whether there are letters and digits in what may be a code."""
    return not code.isalpha() and not code.isdecimal()


def has_look_alike(code: str) -> bool:
    """Whether it holds a sign that no code has."""
    return any(char not in LETTERS for char in code)


def hash_of(code: str) -> str:
    """Return what is kept of a code. It is slow on purpose (10 ms): 39 bits could be tried through
    otherwise."""
    return hashlib.scrypt(code.encode(), salt=b"mentorNET invitation", n=2**12, r=8, p=1, dklen=32).hex()


def make(
    db: Session,
    network: Network,
    code: str,
    *,
    by: Person | None,
    label: Label,
    uses: int,
    expires_at: datetime,
    note: str = "",
    role: InvitedRole = "member",
    cohort_id: int | None = None,
    now: datetime,
) -> Invitation:
    """Add an invitation."""
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
    """Return the invitation of a code, whatever became of it."""
    return by_hash(db, hash_of(code))


def by_hash(db: Session, code_hash: str) -> Invitation | None:
    """Return the invitation whose code has this hash, whatever became of it."""
    return db.scalar(select(Invitation).where(Invitation.code_hash == code_hash))


def use(db: Session, invitation: Invitation, now: datetime) -> bool:
    """Count one use; return False where none is left, or it has expired or was withdrawn."""
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
    """Return invitations that still work, the newest first."""
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


def allow(invitation: Invitation, uses: int) -> None:
    """Let this many join with an invitation, those who have joined among them."""
    invitation.uses = uses


def prolong(invitation: Invitation, expires_at: datetime) -> None:
    """Let an invitation work until another moment."""
    invitation.expires_at = expires_at


def relabel(invitation: Invitation, label: Label) -> None:
    """Keep whom an invitation is for."""
    invitation.label = label


def withdraw(invitation: Invitation, now: datetime) -> None:
    """Let nobody join with an invitation from now on."""
    invitation.withdrawn_at = now


def wrong(db: Session, person: Person, now: datetime) -> None:
    """Count a code that does not exist."""
    db.execute(
        delete(WrongCode).where(WrongCode.person_id == person.id, WrongCode.at <= now - timedelta(hours=1))
    )
    db.add(WrongCode(person_id=person.id, at=now))
    db.flush()


def wrong_of_all(db: Session, now: datetime) -> int:
    """Return how many codes that do not exist were typed in the last hour, by all people together."""
    return db.scalar(select(func.count()).where(WrongCode.at > now - timedelta(hours=1))) or 0


def may_try_at(db: Session, person: Person, now: datetime) -> datetime | None:
    """Return when a person may try a code again; None for now."""
    tries, first = db.execute(
        select(func.count(), func.min(WrongCode.at)).where(
            WrongCode.person_id == person.id, WrongCode.at > now - timedelta(hours=1)
        )
    ).one()
    return first + timedelta(hours=1) if tries >= TRIES_AN_HOUR else None
