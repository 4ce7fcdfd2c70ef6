"""What SQLAlchemy has compiled for one database serves for the next: each test has a database of its own, and
would compile some hundred statements anew."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache

from db.models.sealed import SEALS

MOST = 2000
"""Statements that are kept of a kind of database."""


def once(create: Callable[..., Engine]) -> Callable[..., Engine]:
    """Return a function that opens databases as `create` does; those of one kind share what is compiled,
    once they have connected. What is compiled knows by its dialect how to seal: one that was given a seal
    serves no other database."""
    kinds: dict[object, tuple[Dialect, LRUCache[Any, Any]]] = {}

    def opened(address: Any, **how: Any) -> Engine:
        engine = create(address, **how)
        kind = engine.name, how.get("isolation_level"), "json_serializer" in how
        if kind in kinds and kinds[kind][0] not in SEALS:
            engine.dialect, kept = kinds[kind]
            engine.update_execution_options(compiled_cache=kept)
        else:
            kept = LRUCache(MOST)
            engine.update_execution_options(compiled_cache=kept)
            event.listen(engine.pool, "first_connect", lambda *_: begins(kind, engine.dialect, kept))
        return engine

    def begins(kind: object, dialect: Dialect, kept: LRUCache[Any, Any]) -> None:
        """Let the first that has connected, and so knows its server, serve those that come."""
        if dialect not in SEALS and (kind not in kinds or kinds[kind][0] in SEALS):
            kinds[kind] = dialect, kept

    return opened
