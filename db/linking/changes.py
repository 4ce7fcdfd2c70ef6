"""Changes of single rows that can be taken back: what each row held, and what it holds now."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, Table, TypeDecorator, select, update
from sqlalchemy.orm import Session

from db.models import Base

Values = Mapping[str, Any]


def change(
    db: Session, table: Table, key: Values, was: Values, now: Values, *, sums: Collection[str] = ()
) -> dict[str, Any] | None:
    """Change a row to what it is `now` where that is another than it `was`; `sums` are columns to which
    something was added. Return what takes that back, as JSON; None where nothing is different."""
    different = {name: value for name, value in now.items() if value != was[name]}
    if not different:
        return None
    db.connection().execute(update(table).where(*_is(table, key)).values(**different))
    return {
        "table": table.name,
        "key": dict(key),
        "was": {name: _json(was[name]) for name in different if name not in sums},
        "is": {name: _json(value) for name, value in different.items() if name not in sums},
        "added": {name: value - was[name] for name, value in different.items() if name in sums},
    }


def take_back(db: Session, changed: Sequence[Mapping[str, Any]]) -> None:
    """Give rows back what they held, the last change first. What has changed since stays as it is, and of a
    sum that has grown only what was added is taken off."""
    for each in reversed(changed):
        table = Base.metadata.tables[each["table"]]
        this = _is(table, each["key"])
        held = select(*(table.c[name] for name in each["was"])).where(*this).with_for_update()
        row = db.connection().execute(held).first() if each["was"] else None
        # Compared here: PostgreSQL compares no JSON, and what is sealed is another word each time.
        still = [name for name, value in each["is"].items() if row and _json(row._mapping[name]) == value]
        if still:
            back = {name: _value(table, name, each["was"][name]) for name in still}
            db.connection().execute(update(table).where(*this).values(back))
        for name, many in each["added"].items():
            column = table.c[name]
            db.connection().execute(update(table).where(*this, column >= many).values({name: column - many}))


def _is(table: Table, key: Values) -> list[Any]:
    return [table.c[name] == value for name, value in key.items()]


def _json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _value(table: Table, name: str, kept: Any) -> Any:
    kind = table.c[name].type
    is_time = isinstance(kind.impl_instance if isinstance(kind, TypeDecorator) else kind, DateTime)
    return datetime.fromisoformat(kept) if is_time and kept is not None else kept
