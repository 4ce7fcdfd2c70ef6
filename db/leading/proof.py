"""What `mentornet check` says about journals, and about where each chain ends, in sentences for operators.
Nothing is changed."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db import shape, store
from db.engine import turns
from db.leading import ends, journal
from db.models import Network

Finding = tuple[bool, str]


def findings(engine: Engine, kept: Path) -> Iterator[Finding]:
    """Yield whether each journal says what was written, and ends where the file `kept` says; nothing where
    the database is not there, or of another version. Raises DatabaseTooNew, NotOurs and Unavailable."""
    with shape.as_it_is(engine) as connection:
        if connection is None:
            return
        with Session(connection) as db:
            found = [*_misfits(db), *_cut(db, kept)]
            yield from found or [(True, "The journals fit together.")]


def ends_in(path: Path) -> ends.Ends:
    """Return where the chains in a SQLite file end, which stays as it is. Raises Unavailable."""
    with store.only_read(path) as connection, Session(connection) as db:
        return ends.ends(db)


def keep_anew(url: str, kept: Path) -> None:
    """Keep outside a restored database where its chains end: not where those ended whose place it takes.
    Raises DatabaseTooNew, Unavailable and OSError."""
    with turns.opened(url) as sessions, sessions.begin() as db:
        ends.write(db, kept, anew=True)


def _misfits(db: Session) -> Iterator[Finding]:
    for name, number in journal.misfits(db):
        yield False, f"The journal of {name} does not fit together since entry {number}."


CUT = {
    "journals": "The journal of {name} had {many} entries and ends otherwise now: look at a backup.",
    "wordings": "The agreement of {name} had {many} wordings and ends otherwise now: look at a backup.",
    "signatures": "{name} had {many} signatures and they end otherwise now: look at a backup.",
}


def _cut(db: Session, path: Path) -> Iterator[Finding]:
    try:
        kept = ends.read(path)
    except (OSError, ValueError):
        yield False, f"Where the journals end cannot be read: {path}. Take the file away; a new one is made."
        return
    for kind, network in ends.lost(db, kept):
        name = db.get_one(Network, int(network)).name
        yield False, CUT[kind].format(name=name, many=kept[kind][network].number)
