"""Row 20: what it costs to look for something among very many things, on SQLite, whose work is ours."""

import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from db import shape, store
from db.models import Network
from db.network import networks
from db.sharing import shelf
from handlers.sharing import searching
from tests.bench.figures import Figure
from tests.sharing.test_search import HERE, NOW, found, questions

THINGS = 10_000
RARE = 3
"""Words of each thing that stand in hardly any other one, as in what people write."""


async def among_many(runs: int) -> Sequence[Figure]:
    """Row 20."""
    with tempfile.TemporaryDirectory() as folder, store.connected(f"sqlite:///{folder}/db") as engine:
        shape.migrate(engine)
        with Session(engine) as db:
            facts = networks.Facts("Neckar Mentors", "", ["de"], "Europe/Berlin", "Heidelberg", public=True)
            network = networks.found(db, facts, confirmed=True, now=NOW)
            fill(db, network, THINGS)
            db.commit()
            _looked(db, network)  # the lists of words are read once
            took = [sorted(_looked(db, network)) for _ in range(runs)]
    return [
        Figure([statistics.median(each) for each in took]),
        Figure([each[len(each) * 99 // 100] for each in took]),
    ]


def fill(db: Session, network: Network, many: int) -> None:
    """Put so many things on a shelf, of the words of `shelf.txt` in another order, and of rare ones."""
    chance = random.Random(many)
    lines = [line.split("|") for line in Path(HERE / "shelf.txt").read_text("utf-8").splitlines()]
    words = [word for _topic, _language, title, text in lines for word in f"{title} {text}".split()]
    for _ in range(many):
        topic, language, title, _text = chance.choice(lines)
        halves = zip(chance.choices(words, k=RARE), chance.choices(words, k=RARE), strict=True)
        rare = " ".join(one[: len(one) // 2] + other[len(other) // 2 :] for one, other in halves)
        about = {"topic": topic, "language": language, "by": None, "named": False, "months": 12, "now": NOW}
        text = f"{' '.join(chance.choices(words, k=12))} {rare}"
        item = shelf.give(db, network, "resource", f"{title} {rare.split()[0]}", texts=[text], **about)  # type: ignore[arg-type]  # each of its own type
        searching.let_find(db, item)


def _looked(db: Session, network: Network) -> list[float]:
    """Return the milliseconds of the processor for each question."""
    took = []
    for locale, words, _titles in questions():
        began = time.thread_time_ns()
        found(db, network, words, locale)
        took.append((time.thread_time_ns() - began) / 1e6)
    return took
