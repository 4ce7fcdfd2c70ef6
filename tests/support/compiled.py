"""What SQLAlchemy has compiled for one database serves for the next: each test has a database of its own, and
would compile some hundred statements anew."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache

MOST = 4000
"""Statements that are kept of a kind of database."""


def once(create: Callable[..., Engine]) -> Callable[..., Engine]:
    """Return a function that opens databases as `create` does; those of one kind share what is compiled,
    once they have connected."""
    kinds: dict[object, tuple[Dialect, LRUCache[Any, Any]]] = {}

    def opened(address: Any, **how: Any) -> Engine:
        engine = create(address, **how)
        kind = engine.name, how.get("isolation_level"), "json_serializer" in how

        def connected(*_: object) -> None:
            engine.dialect, kept = kinds.setdefault(kind, (engine.dialect, LRUCache(MOST)))
            engine.update_execution_options(compiled_cache=kept)

        event.listen(engine.pool, "first_connect", connected)
        return engine

    return opened
