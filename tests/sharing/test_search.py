"""What is looked for is found: 200 questions over 500 things, written before it was known how the search
does. They hold typing errors, other forms of a word, and the words of the other language."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from db import store
from db.models import Network
from db.network import networks
from db.sharing import shelf
from handlers.sharing import searching
from tests.support.postgres import Postgres

HERE = Path(__file__).parent
NOW = datetime(2027, 5, 1, 9, tzinfo=UTC)
AMONG, SHARE = 5, 0.95
"""The right one is among the first so many, so often."""


def fill(db: Session, network: Network) -> None:
    """Put the things of `shelf.txt` on a shelf."""
    for line in (HERE / "shelf.txt").read_text("utf-8").splitlines():
        topic, language, title, text = line.split("|")
        item = shelf.give(
            db,
            network,
            "resource",
            title,
            texts=[text],
            topic=topic,
            language=language,
            by=None,
            named=False,
            months=12,
            now=NOW,
        )
        searching.let_find(db, item)


def questions() -> Iterator[tuple[str, str, set[str]]]:
    """Yield who asks in which language, what, and the titles of which one is right."""
    for line in (HERE / "questions.txt").read_text("utf-8").splitlines():
        locale, words, titles = line.split("|")
        yield locale, words, set(titles.split(" / "))


def found(db: Session, network: Network, words: str, locale: str, most: int = AMONG) -> Sequence[str]:
    """The titles that are found, the best first."""
    items = searching.search(db, network, words, locale=locale, now=NOW, most=most)
    return [item.title for item in items]


@contextmanager
def filled(database: str) -> Iterator[tuple[Session, Network]]:
    """A network with the things of `shelf.txt`."""
    with store.connected(database) as engine, Session(engine) as db:
        facts = networks.Facts("Neckar Mentors", "", ["de"], "Europe/Berlin", "Heidelberg", public=True)
        network = networks.found(db, facts, confirmed=True, now=NOW)
        fill(db, network)
        yield db, network


@pytest.fixture
def shelves(database: str) -> Iterator[tuple[Session, Network]]:
    """A network with the things of `shelf.txt`."""
    with filled(database) as shelf_and_network:
        yield shelf_and_network


def test_the_right_one_is_among_the_first(shelves: tuple[Session, Network]) -> None:
    there = {line.split("|")[2] for line in (HERE / "shelf.txt").read_text("utf-8").splitlines()}
    asked = list(questions())
    assert (len(there), len(asked)) == (500, 200)
    assert [title for _locale, _words, titles in asked for title in titles - there] == []
    missed = [
        (words, titles, hits)
        for locale, words, titles in asked
        if not titles & set(hits := found(*shelves, words, locale))
    ]
    assert len(missed) <= (1 - SHARE) * len(asked), "\n".join(map(str, missed))


def test_both_databases_find_the_same_in_the_same_order(
    in_memory: Path, migrated: Path, postgres: Postgres
) -> None:
    shutil.copy(migrated, in_memory / "db")
    with (
        postgres.database(like="migrated") as url,
        filled(f"sqlite:///{in_memory}/db") as one,
        filled(url) as other,
    ):
        asked = [*questions()]
        lists = [
            (words, found(*one, words, locale, most=500), found(*other, words, locale, most=500))
            for locale, words, _titles in asked
        ]
    assert [each for each in lists if each[1] != each[2]] == []
    many = sum(len(titles) for _words, titles, _same in lists)
    assert many > 10 * len(asked), "long lists are compared, not only the first ones"
