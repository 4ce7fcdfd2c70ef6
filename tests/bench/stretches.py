"""How long the engine is busy at a stretch: each transaction, its commit included."""

import time

from sqlalchemy import Engine, event


def stretches(database: Engine) -> list[float]:
    """The seconds of each transaction on a database that one thread uses, from now on."""
    seconds: list[float] = []
    taken: list[float] = []
    event.listen(database, "checkout", lambda *_: taken.append(time.perf_counter()))
    event.listen(database, "checkin", lambda *_: seconds.append(time.perf_counter() - taken.pop()))
    return seconds
