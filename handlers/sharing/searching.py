"""How things on the shelf are found: by their words, by words like them, and by what these are called in
other languages. Whatever kind of thing it is, `let_find` lets it be found."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.reading import topics
from bot.reading.search import terms
from db.directory.organisations import LEAVES
from db.models import Item, ItemKind, Network
from db.sharing import index, shelf

TOPIC, FRESH, HELPED, LANGUAGE = 300, 100, 100, 100
"""What it counts that something is of the topic that is named, was checked in time, has helped somebody, and
is in the reader's language."""
AT_MOST_UNCHECKED = timedelta(days=18 * 30)
"""What nobody has checked for so long is not found."""
MONTH = timedelta(days=30)


def let_find(db: Session, item: Item, more: Sequence[str] = ()) -> None:
    """Let something be found by its title, by what it says, and by `more` words."""
    entry = terms.entry(item.title, [*item.texts, *more], item.language)
    index.put(db, item, entry.weights, entry.grams)


def search(
    db: Session,
    network: Network,
    words: str,
    *,
    locale: str,
    now: datetime,
    most: int,
    kinds: Sequence[ItemKind] = (),
) -> list[Item]:
    """Return what fits some words best, the best first; of some `kinds` only, where these are given."""
    found = scored(db, network, words, locale=locale, now=now, kinds=kinds)
    return shelf.these(db, [each.item_id for each in found[:most]])


def scored(
    db: Session, network: Network, words: str, *, locale: str, now: datetime, kinds: Sequence[ItemKind] = ()
) -> list[index.Scored]:
    """Return what fits some words, and how well, the best first."""
    asked = terms.asked(words, [locale])
    networks = index.sharing(db, network.id)
    similar = index.alike(db, networks, list(terms.grams(asked)))
    meant = list(terms.like(asked, similar, index.THINGS))
    often, of = index.many(db, networks, {term for _n, term, _part in meant}), shelf.many(db, networks)
    looked = [
        (n, term, round(100 * part * terms.rarity(often[term], of)))
        for n, term, part in meant
        if term in often
    ]
    found = index.best(
        db,
        network.id,
        networks,
        looked,
        checked_since=now - AT_MOST_UNCHECKED,
        organisations_since=now - LEAVES,
        kinds=kinds,
    )
    named = topics.named(words, locale)

    def score(each: index.Scored) -> int:
        return (
            each.score
            + TOPIC * (each.topic in named)
            + FRESH * (each.checked_at > now - 12 * MONTH)
            + HELPED * (each.helped > 0)
            + LANGUAGE * (each.language == locale)
        )

    sunk = now - AT_MOST_UNCHECKED
    return sorted(found, key=lambda each: (each.checked_at <= sunk, -score(each), each.item_id))
