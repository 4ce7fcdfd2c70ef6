"""What was deleted does not stay in the files of the database for longer than it has to."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from db import files, store
from db.models import Base


def sweep(engine: Engine) -> None:
    """Clear away what was deleted or changed since the last time, on a connection of its own: that of
    `engine` is for who works on it alone, and holds its leases.

    On SQLite the deleted bytes are overwritten at once (`secure_delete`), but the log of writes beside the
    file still holds the pages as they were: it is written back and cut to nothing; and
    pages that are free are given back, bit by bit. On PostgreSQL the old rows
    are what VACUUM frees (https://www.postgresql.org/docs/current/sql-vacuum.html): no query finds them from
    then on, and their place is written over as it is needed. Nobody has to wait for it.

    Raises sqlite3.Error and SQLAlchemyError where the database is not there.
    """
    path = files.path_of(engine.url)
    if path is not None:
        _cut_log(path)
    elif engine.dialect.name == "postgresql":
        tables = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
        with store.connected(engine.url) as alone, alone.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")  # VACUUM is in no transaction
            connection.exec_driver_sql(f"VACUUM (SKIP_LOCKED) {tables}")


def _cut_log(path: Path) -> None:
    with closing(files.opened(path, "rw")) as connection:
        connection.execute("PRAGMA busy_timeout=5000")
        files.give_back(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
