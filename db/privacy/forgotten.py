"""Who was forgotten, so that no backup brings them back: only what an account is known by, never itself."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import files
from db.models import Forgot, Identity, Person

FORM = "mentornet forgotten 1"
"""The first line of a list, with the number of its form."""


class NoList(Exception):
    """A file is no list of those who were forgotten. `str()` says so in a sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An account that was forgotten: its digest, with the salt, and when (UTC)."""

    salt: str
    digest: str
    at: datetime


def note(db: Session, accounts: Iterable[tuple[str, str]], now: datetime) -> None:
    """Keep that these accounts (messenger, account) are forgotten now."""
    salt = db.scalar(select(Forgot.salt).limit(1)) or new_salt()
    keep(db, [Entry(salt, digest_of(salt, *account), now) for account in accounts])


def keep(db: Session, listed: Iterable[Entry]) -> None:
    """Keep the entries of a list."""
    for each in listed:
        db.merge(Forgot(digest=each.digest, salt=each.salt, at=each.at))
    db.flush()


def entries(db: Session) -> list[Entry]:
    """Return all that is kept of those who were forgotten, the oldest first."""
    rows = db.scalars(select(Forgot).order_by(Forgot.at, Forgot.digest))
    return [Entry(row.salt, row.digest, row.at) for row in rows]


def count(db: Session, since: datetime) -> int:
    """Return how many accounts were forgotten since then."""
    return db.scalar(select(func.count()).where(Forgot.at >= since)) or 0


def write(db: Session, path: Path) -> None:
    """Write the list into a file, whole or not at all, for us alone: a copy, for when the database is lost
    and an older backup has to do. Raises OSError."""
    lines = [FORM, *(f"{each.salt} {each.digest} {each.at.isoformat()}" for each in entries(db))]
    files.write(path, "\n".join(lines) + "\n")


def read(path: Path) -> list[Entry]:
    """Return what stands in a list. Raises NoList, and OSError."""
    first, *lines = path.read_text("utf-8", errors="replace").splitlines() or [""]
    try:
        if first != FORM:
            raise ValueError(first)
        split = [line.split(" ") for line in lines]
        return [Entry(salt, digest, datetime.fromisoformat(at)) for salt, digest, at in split]
    except ValueError:
        raise NoList(f"{path} is no list of people who were forgotten.") from None


def returned(db: Session, listed: Iterable[Entry]) -> Iterator[int]:
    """Yield the people (by id) who are in the database although they were forgotten after they came."""
    by_salt: dict[str, dict[str, datetime]] = {}
    for each in listed:
        by_salt.setdefault(each.salt, {})[each.digest] = each.at
    accounts = select(Identity.person_id, Identity.messenger, Identity.account, Person.created_at)
    for row in db.execute(accounts.join(Person, Person.id == Identity.person_id)):
        found = (
            digests.get(digest_of(salt, row.messenger, row.account)) for salt, digests in by_salt.items()
        )
        if any(at is not None and at >= row.created_at for at in found):
            yield row.person_id


def new_salt() -> str:
    """Return a salt that nobody can guess."""
    return secrets.token_hex(16)


def digest_of(salt: str, messenger: str, account: str) -> str:
    """Return what an account is known by. Whoever has the list and its salt could try all accounts that there
    are: so it is readable by the bot's user only, like the database."""
    return hmac.new(bytes.fromhex(salt), f"{messenger}:{account}".encode(), hashlib.sha256).hexdigest()
