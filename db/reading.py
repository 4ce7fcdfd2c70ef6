"""Reading beside the engine: on a connection of one's own, so that no turn waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import orjson
from sqlalchemy import Engine, NullPool, create_engine, event
from sqlalchemy.orm import Session

from db import files, store
from db.models import sealed


@contextmanager
def beside(engine: Engine) -> Iterator[Session]:
    """Open a session that reads the database of `engine` as it is now, opens what is sealed there, and can
    change nothing. Raises what a database raises that is away."""
    alone = _reads_sqlite(engine) if engine.dialect.name == "sqlite" else _reads_postgresql(engine)
    if (seal := sealed.of(engine)) is not None:
        sealed.give(alone, seal)
    try:
        with Session(alone) as db:
            yield db
    finally:
        alone.dispose()


def _reads_sqlite(engine: Engine) -> Engine:
    path = files.path_of(engine.url)
    assert path is not None, "what is only in memory has one connection"
    alone = create_engine(
        engine.url,
        creator=partial(files.opened, path, "ro"),
        poolclass=NullPool,
        json_deserializer=orjson.loads,
        hide_parameters=True,
    )
    # By itself the driver would begin where something is changed: each statement would read another moment.
    event.listen(alone, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return alone


def _reads_postgresql(engine: Engine) -> Engine:
    return create_engine(
        engine.url,
        connect_args=store.LINE,
        poolclass=NullPool,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        json_deserializer=orjson.loads,
        hide_parameters=True,
    )
