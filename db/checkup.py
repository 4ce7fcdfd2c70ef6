"""What `mentornet check` says about the database, in sentences for operators. Nothing is changed."""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from shlex import quote
from typing import Any

from sqlalchemy import Connection, Engine, func, select, text, tuple_, update
from sqlalchemy.orm import Session

from db import faults, files, shape, store
from db import seal as seals
from db.models import Identity, Network, Signature, Wording, chain
from db.seal import Key

Finding = tuple[bool, str]
PAGE = 1000
"""Rows that are read at a time."""

_MAY_NOT = text(
    "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
    "AND (relkind = 'r' AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') "
    "AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE')) "
    "OR relkind = 'S' AND NOT has_sequence_privilege(oid, 'USAGE')) ORDER BY relname"
)
_MAY_MAKE = text("SELECT has_schema_privilege(current_schema(), 'CREATE')")


def findings(engine: Engine) -> Iterator[Finding]:
    """Yield each thing to know, and whether it is well. Raises DatabaseTooNew, NotOurs and Unavailable."""
    path = files.path_of(engine.url)
    if path is None:
        with store.reached(engine) as connection:
            yield from _found(connection, engine)
    elif not faults.is_there(path):
        yield _to_be_made(path)
    else:
        yield _for_us_alone(path)
        with store.only_read(path) as connection:
            yield from _found(connection, engine)


def time_zones(engine: Engine) -> list[str]:
    """Return the time zones of the networks; none where the database is not there, or of another version.
    Raises DatabaseTooNew, NotOurs and Unavailable."""
    with shape.as_it_is(engine) as connection:
        if connection is None:
            return []
        return list(connection.scalars(select(Network.time_zone).distinct()))


def known(engine: Engine, accounts: Iterable[tuple[str, str]]) -> set[tuple[str, str]] | None:
    """Return those of the accounts (messenger, account) that have ever written; None where nobody can have:
    the database is not there, or of another version. Raises DatabaseTooNew, NotOurs and Unavailable."""
    with shape.as_it_is(engine) as connection:
        if connection is None:
            return None
        there = select(Identity.messenger, Identity.account)
        found = there.where(tuple_(Identity.messenger, Identity.account).in_([*accounts]))
        return {(row.messenger, row.account) for row in connection.execute(found)}


def seal(engine: Engine, key: Key) -> Finding:
    """Return whether the key opens what is sealed. Raises DatabaseTooNew, NotOurs and Unavailable."""
    fits, is_sealed = None, False
    with shape.as_it_is(engine) as connection:
        if connection is not None:
            is_sealed, fits = seals.is_sealed(connection), seals.fits(connection, key)
    if fits is False:
        return False, seals.wrong(key)
    if key.words() is not None:
        return True, "There is a key for texts of reports, and it fits."
    if is_sealed:
        return False, seals.missing(key)
    return True, f"There is no key for texts of reports yet; the first start makes it: {key.path}."


def chains(engine: Engine) -> Iterator[Finding]:
    """Yield whether agreements and signatures are as they were written. Raises DatabaseTooNew, NotOurs and
    Unavailable."""
    with shape.as_it_is(engine) as connection:
        if connection is None:
            return
        with Session(connection) as db:
            signed, broken = db.scalar(select(func.count(Signature.id))) or 0, [*_broken(db)]
    yield from ((False, sentence) for sentence in broken)
    if signed and not broken:
        yield True, f"Agreements and signatures are as they were written: {signed} signatures."


def _broken(db: Session) -> Iterator[str]:
    """Yield a sentence for each network and kind of which something was changed since it was written."""
    kinds: list[tuple[str, Any]] = [("Agreement", Wording), ("Signature", Signature)]
    for what, kind in kinds:
        for network_id in db.scalars(select(kind.network_id).distinct().order_by(kind.network_id)).all():
            rows = select(kind).where(kind.network_id == network_id).order_by(kind.id)
            with closing(db.scalars(rows.execution_options(yield_per=PAGE))) as links:
                row = chain.first_broken(links)
            if row is not None:
                yield (
                    f"{what} {row} of network {network_id} is not what was written, or the one before it is "
                    "gone: compare it with a backup."
                )
        db.expunge_all()


def _found(connection: Connection, engine: Engine) -> Iterator[Finding]:
    where, newest = store.described(connection), shape.newest()
    there = shape.version(connection)
    if connection.dialect.name == "sqlite" and not store.is_whole(connection):
        yield False, f"The database is damaged: restore a backup. It is {where}."
        return
    if there is None:
        yield True, f"The database is empty; the first start makes its tables: {where}."
        yield _may_make(connection, engine)
        return
    if there != newest:
        yield True, f"The database is at version {there}; the next start brings it to {newest}: {where}."
        yield _may_make(connection, engine)
    elif lacks := shape.lacks(connection):
        names = ", ".join(lacks)
        yield (
            False,
            f"The database is not as version {there} has it ({names}): restore a backup. It is {where}.",
        )
    else:
        yield True, f"The database is there and up to date: {where}."
    yield _may_change(connection, engine)


def _to_be_made(path: Path) -> Finding:
    folder = path.absolute().parent
    if not folder.is_dir():
        return False, f"There is no database yet, and no folder {folder} in which it could be made."
    if not files.may_make_one_in(folder):
        return False, f"There is no database yet, and this user may not make it in {folder}."
    return True, f"There is no database yet; the first start makes it: {path.absolute()}."


def _for_us_alone(path: Path) -> Finding:
    if open_ := " ".join(quote(str(each.absolute())) for each in files.open_to_others(files.all_of(path))):
        return False, f"The rights of the database let others on this computer read it: chmod go= {open_}"
    return True, "The rights of the database's files let nobody else read them."


def _may_make(connection: Connection, engine: Engine) -> Finding:
    """Whether tables can be made there."""
    path = files.path_of(engine.url)
    if path is None:
        may = connection.scalar(_MAY_MAKE)
    else:
        may = os.access(path, os.W_OK) and files.may_make_one_in(path.absolute().parent)
    if may:
        return True, "This user may make tables in the database."
    return False, "This user may make no tables in the database: give it the right to."


def _may_change(connection: Connection, engine: Engine) -> Finding:
    """Whether we can change what is in it: it is tried, and taken back."""
    if connection.dialect.name != "sqlite" and (closed := connection.scalars(_MAY_NOT).all()):
        names = ", ".join(closed)
        return False, f"This user may not read and change {names} in the database: give it the rights to."
    try:
        with store.reached(engine) as trial:
            tried = trial.begin_nested()
            trial.execute(update(shape.VERSION).values(version_num=shape.VERSION.c.version_num))
            tried.rollback()
    except faults.Unavailable as error:
        return False, str(error)
    return True, "This user may read and change what is in the database."
