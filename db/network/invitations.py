"""Invitation codes: made, tried, used, withdrawn. Only their hash is kept."""

import hashlib
import random
import re
import unicodedata
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, case, delete, func, select, update
from sqlalchemy.orm import Session

from db.models import Cohort, Invitation, InvitedRole, Label, Network, Person, WrongCode
from db.old import Forgotten, Old

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 and O, no 1, I and L, no U (which hides in V): 30 signs, so 8 of them are 39 bits."""
LENGTH = 8
Chance = random.Random
"""What makes codes: the system's own at work, a predictable one on the stage."""
TRIES_AN_HOUR = 5
STOCK = 200
"""Codes that are made ahead, one at a time: a hash takes 10 ms of a processor, while others wait for it."""
REMEMBERED = 1000
"""Codes whose hash is remembered while the program runs."""
READ = 2000
"""Characters in which a code is looked for."""
DASHES = re.compile(r"\s?[-\u00ad\u2010-\u2015\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d·]\s?|(?<=\w)\.(?=\w)")
"""What stands between the two halves of a code, however it was typed, dictated or corrected."""
PATTERN = re.compile(r"(?<![0-9A-Z])(?=([0-9A-Z]{4})(-?| )([0-9A-Z]{4})(?![0-9A-Z]))")


_stock: deque[str] = deque()
"""Codes that nobody has yet, whose hash is remembered."""


def stock(rng: Chance) -> None:
    """Make a code ahead, beside the engine: whoever invites a course group takes as many as it has members.
    Nothing is made where chance is predictable, so that it stays so."""
    if len(_stock) < STOCK and isinstance(rng, random.SystemRandom):
        code = _made(rng)
        hash_of(code)
        _stock.append(code)


def new_code(rng: Chance) -> str:
    """Return eight signs without look-alikes, digits and letters: however it is typed, it is no word and no
    number. One that was made ahead is taken, where there is one."""
    return _stock.popleft() if _stock and isinstance(rng, random.SystemRandom) else _made(rng)


def _made(rng: Chance) -> str:
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


@lru_cache(maxsize=REMEMBERED)
def hash_of(code: str) -> str:
    """Return what is kept of a code. It is slow on purpose (10 ms): 39 bits could be tried through
    otherwise. So those that were looked for lately are remembered: one that is right is looked for at each
    answer on the way in, and could be at each message of somebody who wants to keep us busy. Of wrong ones,
    nobody has more than a few an hour."""
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


def make_for(
    db: Session,
    cohort: Cohort,
    people: Sequence[tuple[str, str]],
    *,
    by: Person,
    expires_at: datetime,
    now: datetime,
) -> Sequence[Invitation]:
    """Add an invitation for each person of a course group: their code and their initials."""
    with ThreadPoolExecutor() as pool:  # a hash is slow on purpose, and a group is large
        hashes = [*pool.map(hash_of, [code for code, _initials in people])]
    made = [
        Invitation(
            network_id=cohort.network_id,
            cohort_id=cohort.id,
            code_hash=code_hash,
            made_by_id=by.id,
            label="graduate",
            uses=1,
            expires_at=expires_at,
            note=initials,
            created_at=now,
        )
        for code_hash, (_code, initials) in zip(hashes, people, strict=True)
    ]
    db.add_all(made)
    db.flush()
    return made


def find(db: Session, code: str) -> Invitation | None:
    """Return the invitation of a code, whatever became of it."""
    return by_hash(db, hash_of(code))


def by_hash(db: Session, code_hash: str) -> Invitation | None:
    """Return the invitation whose code has this hash, whatever became of it."""
    return db.scalar(select(Invitation).where(Invitation.code_hash == code_hash))


def use(db: Session, invitation: Invitation, now: datetime) -> bool:
    """Count one use; return False where none is left, or it has expired or was withdrawn. The initials of
    somebody in a course group are no longer needed then."""
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
            .values(
                used=Invitation.used + 1,
                note=case((Invitation.cohort_id.is_not(None), ""), else_=Invitation.note),
            )
        )
        .rowcount
    )


def open_of(
    db: Session, network: Network, now: datetime, limit: int, before: int | None = None
) -> Sequence[Invitation]:
    """Return up to `limit` invitations that still work, the newest first, without those of course groups;
    with `before` those made before this one (its id)."""
    found = select(Invitation).where(*_works(network, now))
    if before is not None:
        found = found.where(Invitation.id < before)
    return db.scalars(found.order_by(Invitation.id.desc()).limit(limit)).all()


def open_by(db: Session, network: Network, person: Person, now: datetime) -> Sequence[Invitation]:
    """Return the invitations of a person that still work, the newest first."""
    mine = select(Invitation).where(*_works(network, now), Invitation.made_by_id == person.id)
    return db.scalars(mine.order_by(Invitation.id.desc())).all()


def count_open(db: Session, network: Network, now: datetime) -> int:
    """Return how many invitations still work."""
    return db.scalar(select(func.count()).select_from(Invitation).where(*_works(network, now))) or 0


def _works(network: Network, now: datetime) -> list[ColumnElement[bool]]:
    return [
        Invitation.network_id == network.id,
        Invitation.cohort_id.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now,
        Invitation.used < Invitation.uses,
    ]


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
    """Let nobody join with an invitation from now on; whose it was in a course group is forgotten."""
    invitation.withdrawn_at = now
    if invitation.cohort_id is not None:
        invitation.note = ""


def forget_initials(db: Session, old: Old) -> Forgotten:
    """Delete the initials of those in course groups whose codes have ended and who never came."""
    how = update(Invitation).values(note="")
    return old.forget(
        db,
        how,
        Invitation.expires_at,
        Invitation.id,
        Invitation.cohort_id.is_not(None),
        Invitation.note != "",
    )


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
