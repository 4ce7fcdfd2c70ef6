"""Two people with rows in every table become one, and are taken apart again: nothing is lost, nothing is
there twice, and after the way back every row is as it was."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from db import store
from db.engine import turns
from db.linking import merges, merging, undoing
from db.models import Base, Merge, Person
from tests.linking.everything import NOW, Everything, left_behind, rows


@pytest.fixture
def db(database: str) -> Iterator[Session]:
    with store.connected(database) as engine, turns.sessions(engine)() as session:
        yield session


def merged(db: Session, filled: Everything) -> Merge:
    one, other = (db.get_one(Person, each) for each in (filled.one, filled.other))
    return merging.merge(db, one, other, NOW)


def test_no_row_is_lost_or_made(db: Session) -> None:
    filled = Everything(db)
    before = {name: len(found) for name, found in rows(db).items()}
    merged(db, filled)
    after = {name: len(found) for name, found in rows(db).items()}
    assert after.pop("merges") - before.pop("merges") == 1
    assert before.pop("link_codes") - after.pop("link_codes") == 2
    assert after == before


def test_all_that_moves_is_the_one_persons_then(db: Session) -> None:
    """But for what they have already, and what the two had with each other."""
    filled = Everything(db)
    merged(db, filled)
    assert left_behind(db, filled) == {}


def test_taken_apart_every_row_is_as_it_was(db: Session) -> None:
    filled = Everything(db)
    before = rows(db)
    merge = merged(db, filled)
    assert rows(db) != before
    assert undoing.take_apart(db, merge).id == filled.other
    after = rows(db)
    codes = before.pop("link_codes"), after.pop("link_codes")
    assert len(codes[0]) - len(codes[1]) == 2, "codes are deleted, and not made again"
    assert {
        name: different(before[name], after[name]) for name in before if before[name] != after[name]
    } == {}


def different(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> list[tuple[Any, Any]]:
    return [
        (before.get(key), after.get(key)) for key in {*before, *after} if before.get(key) != after.get(key)
    ]


def test_after_a_day_they_stay_one(db: Session) -> None:
    filled = Everything(db)
    merge = merged(db, filled)
    assert merges.can_be_undone(merge, NOW + timedelta(hours=23))
    assert not merges.can_be_undone(merge, NOW + timedelta(hours=25))
    many = {name: len(found) for name, found in rows(db).items()}
    merges.end_undo(db, merge)
    assert not merges.can_be_undone(merge, NOW)
    gone = {name: many[name] - len(found) for name, found in rows(db).items() if many[name] != len(found)}
    assert set(gone) == {"person_languages", "exclusions", "tallies", "member_topics"}
    assert merge.moved is None and merge.changed is None
    assert Base.metadata.tables.keys() == many.keys()
