"""Turns that are committed together: what all of them need is read at once, and how they end is written at
once. A statement costs more than a row, and it costs most where the database is far away."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, event
from sqlalchemy.orm import Session, sessionmaker

from db import shape, store
from db.engine import actors, seen, turn_ends
from db.engine.actors import Account, Activity, ActorRow
from db.engine.turn_ends import TurnEnd


class TurnSession(Session):
    """The session of turns that are committed together. `new_events` are those of their events that were not
    seen before."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.new_events: set[str] = set()
        self._known: dict[Account, tuple[ActorRow, list[Row[Any]]]] = {}
        self._accounts: defaultdict[int, list[Account]] = defaultdict(list)  # of each person
        self._several: set[Account] = set()  # who act more than once
        self._again: set[Account] = set()  # those of them to be read again
        self._ends: list[TurnEnd] = []
        self._line: Connection | None = None
        self._wrong: Exception | None = None

    def begin_turns(
        self, events: Mapping[str, Account | None], activities: Mapping[str, Activity], now: datetime
    ) -> None:
        """Do first what the turns have in common. `events` says for each event who acts.

        The people who act are locked, so that no turn of theirs runs in another program; new events are noted
        as seen; and `activities` of those who wrote are recorded. This comes before all else, so that what is
        read afterwards is up to date."""
        self._line = super().connection()
        if not events:
            return
        acts = Counter(account for account in events.values() if account is not None)
        who = set(acts)
        locked = actors.lock(self, who)
        self.new_events = seen.first_times(self, events, now)
        self._known = actors.known(self, who)
        while locked is not None and not locked.issuperset(
            known.person_id for known, _parked in self._known.values()
        ):
            locked = actors.lock(self, who)  # somebody became one with another meanwhile
            self._known = actors.known(self, who)
        acted = {events[event]: each for event, each in activities.items() if event in self.new_events}
        actors.record_activity(
            self, [(self._known[who][0], each) for who, each in acted.items() if who in self._known], now
        )
        self._several = {account for account, many in acts.items() if many > 1}
        self._again.clear()
        self._accounts.clear()
        for account, (known, _) in self._known.items():
            self._accounts[known.person_id].append(account)

    @property
    def writes(self) -> int:
        """Return how many statements have changed anything so far, besides those that wrote how turns ended.
        Whoever compares two of these numbers knows whether something was changed in between."""
        return self._line.info.get("writes", 0) if self._line is not None else 0

    def recognise(self, account: Account) -> tuple[ActorRow, list[Row[Any]]] | None:
        """Return who acts and their parked handlers, the open one first; None for somebody who never wrote.
        Where this has to be read again, all others who act once more are read with it."""
        if account not in self._known:
            again, self._again = self._again, set()
            self._known |= actors.known(self, again | {account})
        return self._known.pop(account, None)

    def forget(self, person_id: int | None = None) -> None:
        """Drop what was read about a person, or about everybody: it may have changed."""
        if person_id is None:
            self._known.clear()
            self._again.clear()
            return
        for account in self._accounts.get(person_id, ()):
            self._known.pop(account, None)
            if account in self._several:
                self._again.add(account)

    # --- how turns ended -------------------------------------------------------------------------

    def defer(self, end: TurnEnd) -> None:
        """Take how a turn ended, to be written before anything else is read or written, and by `write` at the
        latest. Must not be called within a savepoint."""
        if self._line is None:
            self._line = super().connection()
        self._ends.append(end)

    def write(self) -> None:
        """Write how turns ended. An error may show up at a turn that is not at fault and would go on, so it
        is raised again until the transaction is given up."""
        if self._wrong is not None:
            raise self._wrong
        if self._ends:
            ends, self._ends = self._ends, []
            assert self._line is not None, "deferring opens it"
            done = self.writes
            try:
                # On the line itself: no savepoint has begun on it yet, so none takes this back.
                turn_ends.write(self._line, ends)
            except Exception as error:
                self._wrong = error
                raise
            self._line.info["writes"] = done

    def connection(self, *args: Any, **named: Any) -> Connection:
        """Return the connection, after all that was deferred is written on it."""
        self.write()
        return super().connection(*args, **named)


@event.listens_for(TurnSession, "do_orm_execute")
def _before_a_statement(state: Any) -> None:
    state.session.write()


@event.listens_for(TurnSession, "before_flush")
def _before_a_flush(session: TurnSession, _context: object, _instances: object) -> None:
    session.write()


def sessions(engine: Engine) -> sessionmaker[TurnSession]:
    """Return a maker of sessions for turns. Nothing is read again after a commit: a session ends with it."""
    return sessionmaker(engine, class_=TurnSession, expire_on_commit=False)


@contextmanager
def opened(url: str) -> Iterator[sessionmaker[TurnSession]]:
    """Open the database at `url` for one piece of work, in this program's shape. Raises DatabaseTooNew and
    Unavailable."""
    with store.connected(url) as engine:
        shape.migrate(engine)
        yield sessions(engine)
