"""Rows 17, 18, 21 and 22: what each act, and every command, costs in a network of 100,000 members with two
years behind it, beside one of 100, on SQLite and on PostgreSQL. Each is done in a transaction that is taken
back.

Measured in a process of its own, without a messenger around it.
"""

import math
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, event, exists, func, or_, select

from bot.dialogue.engine import TIMERS
from bot.message import Pressed, Words
from bot.support.garbage import keep_what_is_there
from db.engine import timers
from db.engine.turns import TurnSession
from db.models import Conversation, Exclusion, HelpRequest, Identity, Member, Person, Round, Vote
from tests.bench import kept
from tests.bench.acts import ACTS
from tests.bench.figures import Row
from tests.bench.many import FEW, MANY, NOW
from tests.bench.programs import alone
from tests.growth.history import FIRST, Size
from tests.growth.walk import SLICES
from tests.support.acting import Acting
from tests.support.peak import peak

SIZES = {"few": Size(FEW, summed=True), "many": Size(MANY, summed=True)}
LATELY = NOW - timedelta(days=28)
FOLLOWING = 30
"""Turns that an act has left to be done, of which so many are measured: the rest is like them."""
TOGETHER = TIMERS
"""Check-ins that fall due at once."""
RATIO, SMALL, LONGEST, MORE = 1.5, 20.0, 50.0, 16.0
"""Goals: how much more an act that takes less than `SMALL` ms among many may take of the processor there; for
how many ms a turn may keep everybody waiting; and the MiB that it may need besides."""
NEEDS = ("statements", "rows", "longest ms", "MiB")
LOOP = 400_000
"""Numbers that the calibration loop adds up: beside its time, the milliseconds tell something on any
machine."""


@dataclass(frozen=True)
class Cost:
    """What an act took: milliseconds of the processor in its turn, that of PostgreSQL included; the same of
    its longest turn, where others follow it; its statements, the rows they found, and the MiB that were
    needed besides at the most."""

    cpu: float
    longest: float
    statements: int
    rows: int
    more: float


class Large(Acting):
    """A database of the bench; what is done in it is taken back."""

    def __init__(self, url: str, members: int) -> None:
        super().__init__(url, NOW, operators={"op"})
        self._members = members
        self._statements = self._rows = 0
        self._counts = False
        self._server: int | None = None
        event.listen(self.database, "connect", self._connected)
        event.listen(self.database, "after_cursor_execute", self._executed)

    def _connected(self, line: Any, _record: object) -> None:
        if self.database.dialect.name == "sqlite":
            line.row_factory = self._found
        else:
            self._server = line.info.backend_pid

    def _found(self, _cursor: object, row: tuple[Any, ...]) -> tuple[Any, ...]:
        self._rows += 1
        return row

    def _executed(self, _connection: Connection, cursor: Any, *_: Any) -> None:
        self._statements += 1
        if self.database.dialect.name != "sqlite" and cursor.description is not None:
            self._rows += max(0, cursor.rowcount)

    def cost(self, lines: Sequence[str], run: int) -> Cost:
        """Go through a conversation and return what its last line cost; in each run it is another's."""
        ana = self._usual(run)
        names = {"mia": str(FIRST), "ana": str(FIRST + ana), "op": "op", "new": f"new {run}"}
        self.engine.installation.rng.seed(5)
        with self.sessions() as db:
            try:
                self._began = self.latest(db)
                for line in lines[:-1]:
                    self._act(db, names, line, ana + 1)()
                act = self._act(db, names, lines[-1], ana + 1)
                return self._measured(db, act)
            finally:
                db.rollback()

    def _usual(self, run: int) -> int:
        """Return the number of a member who has no break, no open question, is kept apart from nobody, was
        heard lately, and can be reached."""
        theirs = Person.id == Member.person_id
        usual = (
            select(Member.id)
            .join(Person, and_(theirs, Person.paused_at.is_(None)))
            .join(Identity, Identity.person_id == Person.id)
            .where(Member.id > self._members // 2, Identity.reachable, Identity.last_wrote_at > LATELY)
            .where(~exists().where(Conversation.person_id == Person.id))
            .where(~exists().where(or_(Exclusion.person_id == Person.id, Exclusion.other_id == Person.id)))
            .order_by(Member.id)
        )
        with self.sessions() as db:
            return db.scalars(usual.offset(run).limit(1)).one() - 1

    # --- lines -----------------------------------------------------------------------------------------

    def _act(self, db: TurnSession, names: Mapping[str, str], line: str, ana: int) -> Callable[[], Any]:
        """Return the turn of a line, ready to be made."""
        who, said = line.split(": ", 1)
        if who == "due":
            return self._due(db, said, ana)
        account = names[who] if who != "peer" else self._asked(db, names["ana"])
        if not said.startswith("["):
            words = Words(said, f"message {self.latest(db)}")
            return lambda: self._says(db, account, words)
        label = said.strip("[]")
        for heard in reversed(self.heard(db, self._began, account)):
            for slot, offer in enumerate(heard.offers):
                if self.label(offer).startswith(label):
                    press = Pressed(slot, outgoing=heard.delivery)
                    return lambda: self._says(db, account, press)
        raise AssertionError(f"no button for {line!r}")

    def _says(self, db: TurnSession, account: str, what: Words | Pressed) -> None:
        told = self.acts(db, account, what)
        assert told.outcome in ("asked", "done"), f"{what} ended as {told.outcome}"

    def _asked(self, db: TurnSession, asker: str) -> str:
        """Return the account of who was asked last."""
        offered = self.heard(db, self._began)
        return next(each.chat for each in reversed(offered) if each.chat != asker and each.offers)

    def _due(self, db: TurnSession, name: str, ana: int) -> Callable[[], Any]:
        takes = self.router.timers[name].takes
        given: dict[str, Any] = {"member_id": ana, "person_id": ana}
        given["since"] = (NOW - timedelta(days=1)).isoformat()
        given["request_id"] = db.scalar(select(func.max(HelpRequest.id)))
        given["round_id"] = db.scalar(select(func.min(Round.id)))
        given["vote_id"] = db.scalar(select(Vote.id).where(Vote.state == "open"))
        rows = [{each: given[each] for each in takes.__dataclass_fields__ if each in given}]
        if "member_id" in rows[0]:
            rows = [{"member_id": number} for number in range(ana, ana - TOGETHER, -1)]
        for row in rows:
            timers.schedule(db, NOW, name, row, "measured")
        db.flush()
        ids = [row.id for row in timers.due(db, NOW, 2 * TOGETHER) if row.handler == name]
        return lambda: self._runs(db, ids)

    def _runs(self, db: TurnSession, ids: Sequence[int]) -> None:
        told = self.engine.timers(db, ids)
        db.write()
        assert told is not None and told.outcome == "timer", f"the timer ended as {told}"

    # --- measuring --------------------------------------------------------------------------------------

    def _measured(self, db: TurnSession, act: Callable[[], Any]) -> Cost:
        self._statements = self._rows = 0
        with peak() as more:
            began = self._spent()
            act()
            longest = cpu = self._spent() - began
            statements, rows = self._statements, self._rows
            for _ in range(FOLLOWING):
                due = timers.due(db, NOW, TOGETHER)
                if not due:
                    break
                began = self._spent()
                self.engine.timers(db, [row.id for row in due if row.handler == due[0].handler])
                db.write()
                longest = max(longest, self._spent() - began)
        return Cost(1000 * cpu, 1000 * longest, statements, rows, more[0])

    def _spent(self) -> float:
        """Return the seconds for which a processor was busy with this."""
        own = time.process_time()
        if self._server is None:
            return own
        return own + int(Path(f"/proc/{self._server}/schedstat").read_text().split()[0]) / 1e9


# --- rows 17 and 18 ----------------------------------------------------------------------------------


class Acts(Row):
    """A row for each act, on one kind of database; `everywhere`: also what takes long may not take more."""

    def __init__(
        self, kind: str, acts: Mapping[str, Sequence[str]] = ACTS, *, everywhere: bool = False
    ) -> None:
        super().__init__(self._never, 3)
        self._kind, self._acts = kind, acts
        self._small = math.inf if everywhere else SMALL

    async def _never(self, _runs: int) -> Sequence[Any]:
        raise AssertionError("these lines are no figures")

    async def lines(self, number: int, runs: int) -> list[str]:
        """Measure; the lines to print. Raises AssertionError."""
        if not sys.platform.startswith("linux"):
            return [
                f"{number:>2}  {self._kind}, {MANY:,} members: not measured: only Linux tells what they need"
            ]
        if self._kind.startswith("SQLite"):
            found, loop = await alone(_costs, kept.sqlite(SIZES, NOW), self._acts, runs)
        else:
            with kept.postgresql(SIZES, NOW) as urls:
                found, loop = await alone(_costs, urls, self._acts, runs)
        head = f"{number:>2}  {self._kind}, {MANY:,} members; {FEW}"
        below = f" below {self._small:g} ms" if math.isfinite(self._small) else ""
        told = f"    the calibration loop takes {loop:.0f} ms; goals: ratio ≤ {RATIO:g}{below}, as many "
        told += f"statements, ≤ {LONGEST:g} ms at a stretch, ≤ {MORE:g} MiB"
        turn, needs = (
            ("CPU ms of its turn", "among few", "ratio"),
            ("statements", "rows", "longest ms", "MiB"),
        )
        return [
            _line(head, *turn, *needs, "reached"),
            *(self._of(act, few, many) for act, (few, many) in found.items()),
            told,
        ]

    def _of(self, act: str, few: Sequence[Cost], many: Sequence[Cost]) -> str:
        # Of the quickest runs: what else the machine does only adds to the others.
        ratio = min(run.cpu for run in many) / min(run.cpu for run in few)
        one, other = few[-1], many[-1]
        longest, more = _median(many, "longest"), _median(many, "more")
        missed = [
            name
            for name, is_missed in (
                ("ratio", ratio > RATIO and _median(many, "cpu") < self._small),
                ("statements", other.statements > one.statements + _next_part(self._acts[act][-1])),
                ("longest", longest > LONGEST),
                ("MiB", more > MORE),
            )
            if is_missed
        ]
        return _line(
            f"    {act}",
            _spread(many),
            _spread(few),
            f"{ratio:.1f}",
            f"{other.statements:,}; {one.statements:,}",
            f"{other.rows:,}; {one.rows:,}",
            f"{longest:,.1f}",
            f"{more:.0f}",
            f"no: {', '.join(missed)}" if missed else "yes",
        )


def _costs(
    urls: Mapping[str, str], acts: Mapping[str, Sequence[str]], runs: int
) -> tuple[dict[str, tuple[list[Cost], list[Cost]]], float]:
    """What each act costs among few and many, in turn, in so many runs after one that is not counted; and the
    milliseconds of the calibration loop."""
    few, many = Large(urls["few"], FEW), Large(urls["many"], MANY)
    keep_what_is_there()  # as the program does at its start
    found = {}
    for act, lines in acts.items():
        costs = [(few.cost(lines, run), many.cost(lines, run)) for run in range(runs + 1)][1:]
        found[act] = [one for one, _ in costs], [other for _, other in costs]
    loops = []
    for _ in range(9):
        began = time.process_time()
        sum(number * number for number in range(LOOP))
        loops.append(1000 * (time.process_time() - began))
    for where in (few, many):
        where.database.dispose()
    return found, statistics.median(loops)


def _next_part(line: str) -> int:
    """How many statements more a timer may have that leaves the rest to a turn of its own."""
    return SLICES.get(line.removeprefix("due: "), 0)


def _median(costs: Sequence[Cost], what: str) -> float:
    return float(statistics.median(getattr(cost, what) for cost in costs))


def _spread(costs: Sequence[Cost]) -> str:
    cpu = [cost.cpu for cost in costs]
    return f"{statistics.median(cpu):,.1f} ({min(cpu):,.1f}–{max(cpu):,.1f})"


def _line(*cells: str) -> str:
    widths = (40, 28, 22, 7, 14, 18, 12, 5, 0)
    return "".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
