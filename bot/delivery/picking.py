"""What leaves next, and how sends ended: the outbox's half in the worker's thread."""

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.delivery import lost, offers
from bot.delivery.lane import Lane, Sent
from bot.delivery.letters import Priority, Waits
from bot.installation import Installation
from bot.support.clock import Clock
from bot.times import AWAKE, NIGHT, Quiet
from db import people
from db.engine import deliveries, messages, timers
from db.engine.turns import TurnSession
from db.network import members, rooms

IN_FLIGHT = 128
"""Sends under way on a messenger at a time: enough for one 100 ms away that takes a thousand a second."""
OLDEST = 30
"""Each time this many have left, the oldest that waits goes first, whatever its priority: so nothing starves,
and at Telegram's pace an answer waits for it once a second at most."""
PAUSE_LOOKED_AT = timedelta(days=1)
"""How often we re-check a letter whose reader is on a pause; the end of the pause lets it go at once."""


class Picking:
    """Selects rows and records results. There is one look at a time, so the event loop may read `looked_on`
    and `more` when a look is over.

    looked_on: the messengers of which the last look knows what answers wait
    more:      whether another look is worth it, because there may be more
    """

    def __init__(self, lanes: Mapping[str, Lane], installation: Installation, clock: Clock) -> None:
        self.looked_on: Collection[str] = ()
        self.more = False
        self._lanes = lanes
        self._installation = installation
        self._clock = clock

    def select(self, db: TurnSession, recorded: Sequence[Sent], sent: int) -> Sequence[Any]:
        """Return rows to send now. Drop those whose time is over, put off those whose reader sleeps or
        pauses. The chats of `recorded` are free; `sent` is how many have left since the start."""
        db.connection()  # who has lost it, has lost shards with it
        now, moment = self._clock.now(), time.monotonic()
        shards: dict[str, Collection[int]] = {}
        busy: list[str] = []
        limit = 0
        for name, lane in self._lanes.items():
            chats = set(lane.sending).difference(
                each.row.chat for each in recorded if each.row.messenger == name
            )
            free = lane.pace.free(moment, IN_FLIGHT - len(chats))
            if free > 0 and lane.shards:
                shards[name] = lane.shards
                busy += [f"{name} {chat}" for chat in (*chats, *lane.pace.resting(moment))]
                limit = max(limit, free)
        self.looked_on = shards.keys()
        if not shards:
            return []
        picked: list[Any] = []
        oldest = sent % OLDEST == OLDEST - 1
        rows = deliveries.waiting(db, now=now, shards=shards, busy=busy, limit=limit, oldest=oldest)
        if len(rows) == limit:
            self.more = True
        overtaken = self._overtaken(db, rows, now)
        for row in rows:
            if self._is_late(row, now):
                self._drop(db, row, now, "too late")
            elif row.body is None and row.act is None and not row.closes:
                self._drop(db, row, now, "forgotten")
            elif (until := self._sleeps_until(row, now)) is not None:
                deliveries.postpone(db, row.id, until)
            elif row.id in overtaken:
                self._let_first(db, row, overtaken[row.id])
            elif row.replaces is not None and row.replaced_message is None:
                self._drop(db, row, now, "nothing to replace")
            else:
                picked.append(row)
        return picked

    def _overtaken(self, db: TurnSession, rows: Sequence[Any], now: datetime) -> dict[int, list[Any]]:
        """Return which of these carry words that would come before older ones, which are put off: what people
        say to one person keeps its order, whatever holds it up."""
        carry = {f"{row.messenger} {row.chat}": row for row in rows if row.priority == Priority.CARRIED}
        found: dict[int, list[Any]] = {}
        for older in deliveries.put_off(db, carry, Priority.CARRIED, now) if carry else ():
            if older.id < carry[older.place].id:
                found.setdefault(carry[older.place].id, []).append(older)
        return found

    def _let_first(self, db: TurnSession, row: Any, older: Sequence[Any]) -> None:
        """Let older words leave before this delivery: at once, because its reader is awake. Where the rest of
        an album is waited for, this one waits with it."""
        if album := [each.not_before for each in older if each.album]:
            deliveries.postpone(db, row.id, max(album))
        else:
            deliveries.release(db, [each.id for each in older])
            self.more = True

    def write_results(self, db: TurnSession, batch: Sequence[Sent]) -> None:
        """Write down how sends ended."""
        now = self._clock.now()
        arrived: dict[int, str | None] = {}
        gone: list[deliveries.Lost] = []
        again: dict[int, int] = {}
        for sent in batch:
            row = sent.row
            if sent.moved_to is not None:
                rooms.moved(db, row.messenger, row.chat, sent.moved_to.id)
            elif sent.state == "waiting":
                again[row.id] = sent.arrived
            elif sent.state == "sent":
                arrived[row.id] = sent.message
            elif sent.state != "unreachable":
                gone += deliveries.lose(db, [row.id], sent.state, now=now, reason=sent.reason)
            else:
                lost.bring_elsewhere(db, row.messenger, row.chat)
                thread = row.thread if sent.silenced else ""
                gone += deliveries.give_up_on(db, row.messenger, row.chat, thread, now=now)
        deliveries.sent(db, arrived, now=now)
        for sent in batch:
            if sent.missing:
                look = offers.operation(sent.row.act)
                assert isinstance(look, offers.Look), "only who looks for files misses one"
                timers.schedule(db, now, look.do, dict(look.args), look.about)
        newest = {sent.row.replaces: sent.message for sent in batch if sent.message and _is_renamed(sent)}
        deliveries.renamed(db, newest)
        deliveries.attempted(db, again)
        for sent in batch:
            if sent.parts or (sent.end is not None and sent.row.replaces and not sent.row.closes):
                messages.note(db, sent.row.replaces or sent.row.id, sent.parts, sent.end)
        there = [sent.row for sent in batch if sent.row.id in arrived]
        answers = [(row.author["network"], row.person_id) for row in there if _is_answer(row)]
        members.in_contact(db, answers, now)
        self._lose(db, gone, now)
        parted = [sent.row for sent in batch if sent.row.id in arrived and sent.only_words]
        self._lose(
            db, [deliveries.Lost(row.letter_id, row.person_id) for row in parted], now, only_files=True
        )
        forget = [row.letter_id for row in there if row.forget]
        if forget:
            deliveries.forget_delivered(db.connection(), forget)

    def _drop(self, db: TurnSession, row: Any, now: datetime, reason: str) -> None:
        gone = deliveries.lose(db, [row.id], "dropped", now=now, reason=reason)
        if row.author is not None:  # where many wait for too long, few have one
            self._lose(db, gone, now)

    def _lose(
        self, db: TurnSession, those: Sequence[deliveries.Lost], now: datetime, *, only_files: bool = False
    ) -> None:
        for person_id in lost.report(db, those, now, only_files=only_files):
            db.forget(person_id)  # an open question may have been repeated
            self.more = True

    def _is_late(self, row: Any, now: datetime) -> bool:
        """Whether the time of a delivery is over, as far as that can be known."""
        if row.expires_at is None or self._clock.in_doubt:
            return False
        return bool(row.expires_at.replace(tzinfo=now.tzinfo) <= now)

    def _sleeps_until(self, row: Any, now: datetime) -> datetime | None:
        """Return until when a delivery has to wait for its reader; None where it may leave now."""
        waits = Priority(row.priority).waits
        if waits is Waits.NEVER:
            return None
        zone = self._installation.zone(row.time_zone, row.network_time_zone)
        if row.room_id is not None:
            quiet = Quiet(*NIGHT, zone)
            return quiet.over(now) if quiet.at(now) else None
        if row.quiet_from is None:
            return None
        if waits is Waits.WHILE_ASLEEP and row.last_wrote_at and now - row.last_wrote_at < AWAKE:
            return None
        if waits is Waits.WHILE_AWAY and people.is_paused(row, now):
            return now + PAUSE_LOOKED_AT
        quiet = Quiet.of(row, zone)
        return quiet.over(now) if quiet.at(now) else None


def _is_renamed(sent: Sent) -> bool:
    """Whether an edit gave its message another name: then the next edit has to use that one."""
    return sent.state == "sent" and sent.row.replaced_message not in (None, sent.message)


def _is_answer(row: Any) -> bool:
    """Whether the arrival of a delivery counts as an answer from a human."""
    return row.author is not None and row.author["network"] is not None
