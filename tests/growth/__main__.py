"""What grows of some handlers, or of all: `python -m tests.growth [--postgresql] [HANDLER …]`."""

import argparse
import logging
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack

from db import shape, store
from tests.growth.grown import Grown
from tests.growth.walk import FEW, MANY, walk
from tests.support.postgres import Postgres


def main() -> None:
    """Print what the test would find."""
    parser = argparse.ArgumentParser(prog="python -m tests.growth", description=__doc__)
    parser.add_argument("handler", nargs="*")
    parser.add_argument("--postgresql", action="store_true")
    asked = parser.parse_args()
    logging.disable()
    with ExitStack() as opened:
        if asked.postgresql:
            server = opened.enter_context(Postgres())
            urls = [opened.enter_context(server.database()) for _ in range(2)]
        else:
            folder = opened.enter_context(tempfile.TemporaryDirectory())
            urls = [f"sqlite:///{folder}/{name}" for name in ("few", "many")]
        for url in urls:
            with store.connected(url) as engine:
                shape.migrate(engine)
        worlds = [Grown(url, size) for url, size in zip(urls, (FEW, MANY), strict=True)]
        found = walk(worlds[0], worlds[1], asked.handler)
        for world in worlds:
            world.database.dispose()
    _show("They come to nothing:", {name: [] for name in found.untried})
    _show("They have more statements in a larger network:", found.grows)
    _show("They read tables whole:", {said: sorted(tables) for said, tables in found.whole.items()})


def _show(title: str, found: Mapping[str, list[str]]) -> None:
    print(f"{title} {len(found)}")
    for name, sentences in sorted(found.items()):
        print(f"  {name}", *(f"      {sentence}" for sentence in sentences), sep="\n")


if __name__ == "__main__":
    main()
