"""The engine without messengers and without a thread: turns within a transaction of the caller's, who may
take them back."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, true, update

import handlers
from bot.delivery.letters import Priority
from bot.dialogue.engine import Engine
from bot.dialogue.router import Router
from bot.installation import Installation
from bot.markup import plain
from bot.message import Chat, Event, Identity, Incoming
from bot.support.clock import WoundClock
from bot.support.metrics import TurnResult
from bot.text import Reader, Verbatim, from_json, render, to_json
from db import store
from db.engine import letters, timers, turns
from db.engine.turns import TurnSession
from db.models import Delivery, Letter


@dataclass(frozen=True)
class Heard:
    """A message as it waits to leave: in which chat, its words with those on its buttons, and the buttons."""

    chat: str
    words: str
    offers: Sequence[dict[str, Any]]
    delivery: int


class Acting:
    """The engine on a database; all turns are at one moment. `operators` are accounts on Telegram."""

    def __init__(self, url: str, now: datetime, *, operators: Collection[str] = ()) -> None:
        self.now = now
        self.database = store.connect(url)
        self.sessions = turns.sessions(self.database)
        self.router = Router(handlers)
        installation = Installation(
            languages=("en", "de"),
            operators=frozenset(Identity("telegram", account) for account in operators),
            rng=random.Random(5),
        )
        self.engine = Engine(self.sessions, self.router, WoundClock(now), installation)
        self._events = 0

    # --- acting ----------------------------------------------------------------------------------

    def acts(
        self, db: TurnSession, who: str, event: Event, room: Chat | None = None, leads: bool | None = None
    ) -> TurnResult:
        """A turn of somebody's, within the caller's transaction."""
        self._events += 1
        incoming = Incoming(
            f"event {self._events}",
            event,
            room or Chat("telegram", who),
            Identity("telegram", who),
            name=who,
            language="en",
            sender_is_admin=leads,
        )
        self.engine.begin(db, [incoming])
        told = self.engine.turn(db, incoming)
        db.write()
        return told

    def comes_due(self, db: TurnSession, handler: str, args: dict[str, Any]) -> TurnResult | None:
        """The turn of a timer with this in its row."""
        timers.schedule(db, self.now, handler, args, "forged")
        due = [row.id for row in timers.due(db, self.now, 1000) if row.handler == handler]
        told = self.engine.timers(db, due)
        db.write()
        return told

    def letter(
        self, db: TurnSession, who: str, *, offer: Any = None, on_reply: Any = None
    ) -> tuple[int, str]:
        """Forge a letter in somebody's chat: its delivery and its message. `offer` and `on_reply` are what
        their rows hold."""
        offers = [{"label": to_json(Verbatim("x")), **offer}] if offer else []
        body = to_json(Verbatim("forged"))
        letter_id = letters.write(db, body=body, offers=offers, on_reply=on_reply, now=self.now)
        letters.post(db, letter_id, person_id=None, messenger="telegram", chat=who, priority=Priority.ANSWER)
        delivery = self.latest(db)
        message = f"m{delivery}"
        db.connection().execute(
            update(Delivery).where(Delivery.id == delivery).values(state="sent", message=message)
        )
        return delivery, message

    # --- looking ---------------------------------------------------------------------------------

    def latest(self, db: TurnSession) -> int:
        """The number of the newest delivery."""
        return db.scalar(select(func.max(Delivery.id))) or 0

    def heard(self, db: TurnSession, after: int, chat: str | None = None) -> list[Heard]:
        """All that was said since that delivery, or all of it in one chat."""
        rows = db.connection().execute(
            select(Delivery.id, Delivery.chat, Letter.body, Letter.offers)
            .join(Letter, Letter.id == Delivery.letter_id)
            .where(Delivery.id > after, ~Delivery.closes, Letter.body.is_not(None))
            .where(true() if chat is None else Delivery.chat == chat)
            .order_by(Delivery.id)
        )
        found = []
        for row in rows:
            words = " ".join([_plain(row.body), *map(self.label, row.offers)])
            found.append(Heard(row.chat, words, row.offers, row.id))
        return found

    def label(self, offer: Mapping[str, Any]) -> str:
        """What stands on a button."""
        return _plain(offer["label"])


def _plain(stored: Any) -> str:
    return plain(render(from_json(stored), Reader()))
