"""Turns that are committed together: what all of them need is read at once, and how they ended is written at
once. A statement costs more than a row, and more than all where the database is far away."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, event
from sqlalchemy.orm import Session

from db import endings, people, seen
from db.endings import Ending
from db.people import Account, Known, Sign


class Group(Session):
    """The session of a group of turns. `new_events` are those of its events that did not come before."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.new_events: set[str] = set()
        self._known: dict[Account, tuple[Known, list[Row[Any]]]] = {}
        self._accounts: defaultdict[int, list[Account]] = defaultdict(list)  # of each person
        self._several: set[Account] = set()  # who act more than once
        self._again: set[Account] = set()  # those of them to be read again
        self._endings: list[Ending] = []
        self._line: Connection | None = None
        self._wrong: Exception | None = None

    def gather(self, events: Mapping[str, Account | None], signs: Mapping[str, Sign], now: datetime) -> None:
        """Begin with what the turns have in common, for their events, each with who acts: they wait for no
        turn of theirs in another program, what is new is noted as seen, and the signs that people give by it
        are kept. First of all, so that what is read then is as it is."""
        acts = Counter(account for account in events.values() if account is not None)
        who = set(acts)
        people.lock(self, who)
        self.new_events = seen.first_times(self, events, now)
        self._known = people.known(self, who)
        gave = {events[event]: sign for event, sign in signs.items() if event in self.new_events}
        people.heard(self, [(self._known[a][0], sign) for a, sign in gave.items() if a in self._known], now)
        self._several = {account for account, many in acts.items() if many > 1}
        self._again.clear()
        self._accounts.clear()
        for account, (known, _) in self._known.items():
            self._accounts[known.person_id].append(account)

    def recognise(self, account: Account) -> tuple[Known, list[Row[Any]]] | None:
        """Who acts, if they ever wrote, and their parked handlers, the open one first. Where they have to be
        read again, so are the others who act once more."""
        if account not in self._known:
            again, self._again = self._again, set()
            self._known |= people.known(self, again | {account})
        return self._known.pop(account, None)

    def forget(self, person_id: int | None = None) -> None:
        """What is known of a person, or of everybody, may be different now."""
        if person_id is None:
            self._known.clear()
            self._again.clear()
            return
        for account in self._accounts.get(person_id, ()):
            self._known.pop(account, None)
            if account in self._several:
                self._again.add(account)

    # --- how turns ended -------------------------------------------------------------------------

    def keep(self, ending: Ending) -> None:
        """Have the end of a turn written, before anything else is read or written, and by `write` at the
        latest. Not to be called within a savepoint."""
        self._line = super().connection()
        self._endings.append(ending)

    def write(self) -> None:
        """Write down how turns ended. Who meets an error here need not be the one who is at fault, and may
        go on: so it is raised again, until the transaction is given up."""
        if self._wrong is not None:
            raise self._wrong
        if self._endings:
            kept, self._endings = self._endings, []
            assert self._line is not None, "who keeps something has a line"
            try:
                # On the line itself: no savepoint has begun on it yet, so none takes this back.
                endings.write(self._line, kept)
            except Exception as error:
                self._wrong = error
                raise

    def connection(self, *args: Any, **named: Any) -> Connection:
        """The connection, on which all that was kept is written."""
        self.write()
        return super().connection(*args, **named)


@event.listens_for(Group, "do_orm_execute")
def _before_a_statement(state: Any) -> None:
    state.session.write()


@event.listens_for(Group, "before_flush")
def _before_a_flush(group: Group, _context: object, _instances: object) -> None:
    group.write()
