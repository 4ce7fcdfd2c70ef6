"""Messages whose key has not come: they wait for it, and are read when it comes, however late.

A key may come after what it opens. For some seconds nothing is said, and the place in the sync is not kept,
so that after a crash the same comes again. Then the sender hears that nobody could read it, and the message
stays in a file of its own, as it came, encrypted: `unread.json`.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from nio import EncryptionError, Event, MegolmEvent

from adapters.matrix.files import write
from adapters.matrix.homeserver.client import NAME, text
from adapters.matrix.homeserver.library import Client
from bot.support import log as logs

UNREAD: Final = "unread.json"
WITHHELD: Final = "m.room_key.withheld"
"""What an app says that gives us no key
(https://spec.matrix.org/latest/client-server-api/#reporting-that-decryption-keys-are-withheld)."""
_ON_PURPOSE: Final = ("m.unverified", "m.blacklisted")
_KEY_SECONDS: Final = 10.0
_KEPT_SECONDS: Final = 7 * 24 * 3600.0
_MOST_KEPT: Final = 500

log = logs.get(NAME)


@dataclass(slots=True)
class _Waiting:
    """A message that cannot be read yet.

    since: when it came, by the clock of the machine
    until: when its sender is told, by the clock that only runs on; None once they were
    """

    event: MegolmEvent
    since: float
    until: float | None


class Unread:
    """What waits for its key. `folder` is that of the account."""

    def __init__(self, client: Client, folder: Path) -> None:
        self._client, self._file = client, folder / UNREAD
        self._waiting: dict[str, _Waiting] = {}
        self._withheld: set[tuple[str, str]] = set()  # rooms and sessions that an app does not let us read
        self._told: dict[str, float] = {}
        self._load()

    def __contains__(self, event_id: object) -> bool:
        return event_id in self._waiting

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def soon(self) -> bool:
        """Whether somebody has still to be told of a message, unless its key comes: so its place in the sync
        is not kept."""
        return any(each.until is not None for each in self._waiting.values())

    def add(self, event: MegolmEvent) -> None:
        """Let a message wait."""
        self._waiting.setdefault(
            event.event_id, _Waiting(event, time.time(), time.monotonic() + _KEY_SECONDS)
        )

    def is_withheld(self, about: Mapping[str, Any]) -> None:
        """Take in that an app will not give us a key. It says so to each device, and may change its mind."""
        if about.get("code") in _ON_PURPOSE:
            self._withheld.add((text(about.get("room_id")), text(about.get("session_id"))))

    def opened(self) -> Iterator[tuple[str, Any]]:
        """Yield what can be read now, and its room, and forget that it could not be."""
        kept = False
        for event_id, waiting in list(self._waiting.items()):
            try:
                event = self._client.open(waiting.event)
            except EncryptionError:
                continue
            del self._waiting[event_id]
            kept |= waiting.until is None
            yield waiting.event.room_id, event
        if kept:
            self._save()

    def given_up(self) -> Iterator[tuple[MegolmEvent, str]]:
        """Yield the messages whose senders have to be told now, and why: "withheld", where their app said so,
        or "undecryptable". Of several that came before somebody could read what they were told, one is
        told."""
        now = time.monotonic()
        over = [
            each
            for each in self._waiting.values()
            if each.until is not None and (each.until <= now or self._why(each.event) == "withheld")
        ]
        for each in over:
            came = (each.until or now) - _KEY_SECONDS
            each.until = None
            log.warning("event.unreadable")
            if self._told.get(each.event.sender, 0.0) <= came:
                self._told[each.event.sender] = now
                yield each.event, self._why(each.event)
        if over:
            self._save()

    def _why(self, event: MegolmEvent) -> str:
        return "withheld" if (event.room_id, text(event.session_id)) in self._withheld else "undecryptable"

    # --- the file ------------------------------------------------------------------------------------

    def _load(self) -> None:
        """Read what was left; what is no message any more is not missed, for its sender was told."""
        try:
            found = json.loads(self._file.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return
        for kept in found if isinstance(found, list) else []:
            match kept:
                case {"since": int() | float() as since, "room": str(room), "event": dict(source)}:
                    event = Event.parse_event(source)
                    if isinstance(event, MegolmEvent):
                        event.room_id = room
                        self._waiting[event.event_id] = _Waiting(event, since, None)

    def _save(self) -> None:
        """Keep those whose senders were told, for a week."""
        now = time.time()
        told = [
            (event_id, each)
            for event_id, each in self._waiting.items()
            if each.until is None and now - each.since < _KEPT_SECONDS
        ][-_MOST_KEPT:]
        late = {event_id for event_id, each in self._waiting.items() if each.until is None}
        for event_id in late - {event_id for event_id, _each in told}:
            del self._waiting[event_id]
        kept = [
            {"since": each.since, "room": each.event.room_id, "event": each.event.source}
            for _event_id, each in told
        ]
        write(self._file, json.dumps(kept))
