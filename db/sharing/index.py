"""By which words the things on a shelf are found. The tables are the same on both databases."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, exists, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.models import SEEN, Item, ItemWord, WordGram
from db.models.indexed import given

CANDIDATES = 60
"""Things that are compared more closely."""
HUNDREDTHS = 100
THINGS = 1000
"""From this number on, what is looked for is an everyday thing and no word."""


Entry = tuple[Mapping[str, int], Collection[tuple[str, str]]]
"""By which terms something is found, with what each counts; and the threes of letters of its words."""


class Scored(NamedTuple):
    """A thing that was found, how well its words fit, and how many words and everyday things fit."""

    item_id: int
    topic: str
    language: str
    checked_at: datetime
    helped: int
    score: int
    words: int
    things: int


def put_all(db: Session, network_id: int, entries: Mapping[int, Entry]) -> None:
    """Let many things of a network (by id) be found by these terms and threes of letters, and by no
    others."""
    of_these = ItemWord.network_id == network_id, ItemWord.item_id.in_(sorted(entries))
    before = set(db.scalars(select(ItemWord.term).where(*of_these)))
    if before:
        db.execute(delete(ItemWord).where(*of_these))
        used = exists().where(ItemWord.network_id == WordGram.network_id, ItemWord.term == WordGram.term)
        mine = WordGram.network_id == network_id, WordGram.term.in_(sorted(before - {""}))
        db.execute(delete(WordGram).where(*mine, ~used))
    network = {"network_id": network_id}
    words = [
        network | {"term": term, "item_id": item_id, "weight": weight}
        for item_id, (weights, _grams) in entries.items()
        for term, weight in weights.items()
    ]
    grams = {each for _weights, several in entries.values() for each in several}
    _insert(db, words, [network | {"gram": gram, "term": term} for gram, term in sorted(grams)])


def put(db: Session, item: Item, weights: Mapping[str, int], grams: Collection[tuple[str, str]]) -> None:
    """Let something be found by these terms, and by no others."""
    drop(db, item)
    network = {"network_id": item.network_id}
    words = [
        network | {"term": term, "item_id": item.id, "weight": weight} for term, weight in weights.items()
    ]
    _insert(db, words, [network | {"gram": gram, "term": term} for gram, term in sorted(grams)])


def _insert(db: Session, words: Sequence[Mapping[str, Any]], grams: Sequence[Mapping[str, Any]]) -> None:
    if words:
        db.execute(insert(ItemWord), words)
    if grams:
        how = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
        db.execute(how(WordGram).on_conflict_do_nothing(), grams)


def drop(db: Session, item: Item) -> None:
    """Let something be found no longer. Words that nothing else is found by leave nothing behind."""
    of_item = ItemWord.network_id == item.network_id, ItemWord.item_id == item.id
    terms = db.scalars(select(ItemWord.term).where(ItemWord.item_id == item.id)).all()
    if not terms:
        return
    db.execute(delete(ItemWord).where(*of_item))
    used = exists().where(ItemWord.network_id == WordGram.network_id, ItemWord.term == WordGram.term)
    gone = [term for term in terms if term]
    db.execute(delete(WordGram).where(WordGram.network_id == item.network_id, WordGram.term.in_(gone), ~used))


def alike(
    db: Session, networks: Sequence[int], grams: Sequence[tuple[int, str, int]]
) -> list[tuple[int, str, int]]:
    """Return the words that have threes of letters in common with one that is looked for: its number, the
    word, and how many. `grams` are the number of a word, one of its threes, and how many it takes."""
    if not grams:
        return []
    looked = given("looked", {"n": int, "gram": str, "least": int}, grams)
    found = (
        select(looked.c.n, WordGram.term, func.count())
        .join(WordGram, and_(WordGram.network_id.in_(networks), WordGram.gram == looked.c.gram))
        .group_by(looked.c.n, WordGram.term)
        .having(func.count() >= func.max(looked.c.least))
        .order_by(looked.c.n, WordGram.term)
    )
    return [(n, term, many) for n, term, many in db.connection().execute(found)]


def many(db: Session, networks: Sequence[int], terms: Collection[str]) -> dict[str, int]:
    """Return how many things are found by each of these terms."""
    looked = given("looked", {"term": str}, [(term,) for term in sorted(terms)])
    here = ItemWord.network_id.in_(networks), ItemWord.term.in_(select(looked.c.term))
    found = select(ItemWord.term, func.count()).where(*here).group_by(ItemWord.term)
    return dict(db.connection().execute(found).all())


def best(
    db: Session,
    network_id: int,
    networks: Sequence[int],
    looked: Sequence[tuple[int, str, int]],
    *,
    checked_since: datetime,
    organisations_since: datetime,
    kinds: Collection[str] = (),
) -> list[Scored]:
    """Return the things whose words fit best. `looked` are the number of a word, a term that means it, and
    what part of the term's weight it counts, in hundredths: of each word the best term counts. What was not
    checked since a moment is left out, organisations since an earlier one; `kinds` leaves only these."""
    if not looked:
        return []
    asked = given("asked", {"n": int, "term": str, "part": int}, looked)
    counts = func.max(ItemWord.weight * asked.c.part)
    by_word = (
        select(ItemWord.item_id, asked.c.n, counts.label("counts"))
        .join(asked, and_(ItemWord.network_id.in_(networks), ItemWord.term == asked.c.term))
        .group_by(ItemWord.item_id, asked.c.n)
        .subquery()
    )
    words, things = (func.count().filter(fits) for fits in (by_word.c.n < THINGS, by_word.c.n >= THINGS))
    fits = (
        select(
            by_word.c.item_id,
            func.sum(by_word.c.counts).label("score"),
            words.label("words"),
            things.label("things"),
        )
        .group_by(by_word.c.item_id)
        .subquery()
    )
    about = Item.id, Item.topic, Item.language, Item.checked_at, Item.helped
    is_organisation = Item.kind == "organisation"
    fresh = or_(Item.checked_at > checked_since, and_(is_organisation, Item.checked_at > organisations_since))
    seen = or_(Item.network_id == network_id, Item.shared), Item.state.in_(SEEN)
    found = (
        select(*about, fits.c.score, fits.c.words, fits.c.things)
        .join(fits, fits.c.item_id == Item.id)
        .where(*seen, fresh, *([Item.kind.in_(kinds)] if kinds else []))
        .order_by(fits.c.score.desc(), Item.id.desc())
        .limit(CANDIDATES)
    )
    return [
        Scored(item_id, topic, language, checked_at, helped, int(points) // HUNDREDTHS, words, things)
        for item_id, topic, language, checked_at, helped, points, words, things in db.connection().execute(
            found
        )
    ]


def sharing(db: Session, network_id: int) -> list[int]:
    """Return the networks in which somebody looks: their own, and those that share something with all."""
    others = select(Item.network_id).where(Item.shared, Item.network_id != network_id).distinct()
    return [network_id, *sorted(db.scalars(others))]
