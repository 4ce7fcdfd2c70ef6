"""One delivery on its way: the outbox's half in the event loop."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from bot.adapter import Capabilities, Later, MenuEntry, Moved, Receive, Refused, Unreachable
from bot.delivery import offers
from bot.delivery.lane import Lane, Sent, log
from bot.delivery.marks import Marks
from bot.delivery.render import WITHOUT_FILES, chat_of, messages
from bot.installation import Installation, reader_of
from bot.making.recipes import Drawing, Recipe, Recipes, Withheld, made
from bot.message import Chat, Identity, Incoming, Left, Made, Media, MessageRef, Removed
from bot.support import traces
from bot.support.backoff import Backoff
from bot.support.worker import Worker
from bot.text import AnyText, Reader
from bot.user_message import unpacked
from db import faults, people
from db.engine import messages as stored

DATABASE_AGAIN = 1.0
"""Upper bound on the seconds after which the database is tried again when it was not there."""

MenuEntries = Callable[[Sequence[str], Reader], Sequence[MenuEntry]]
"""Returns the lines of a messenger's menu for these commands."""


class Sending:
    """Sends deliveries through the adapters."""

    def __init__(
        self,
        lanes: Mapping[str, Lane],
        marks: Marks,
        worker: Worker[Incoming],
        installation: Installation,
        receive: Receive,
        menu_entries: MenuEntries,
        recipes: Recipes,
    ) -> None:
        self._lanes = lanes
        self._marks = marks
        self._worker = worker
        self._installation = installation
        self._receive = receive
        self._menu_entries = menu_entries
        self._recipes = recipes

    async def deliver(self, row: Any, chat: Chat) -> Sent:
        """Send a delivery to its chat, as far as it has not arrived yet. Return how that ended."""
        lane = self._lanes[row.messenger]
        can = lane.adapter.can(chat)
        sent = Sent(row, "sent", row.arrived)
        try:
            if row.act is not None:
                await self._operate(sent, chat, can)
            else:
                await self._send(sent, chat, can)
            lane.pace.taken(time.monotonic())
            self._marks.want(row, chat, can, row.replaced_message or sent.message)
        except Later as later:
            sent.state = "waiting"
            lane.hold_back(chat, later, row.attempts)
        except Moved as moved:
            sent.state, sent.moved_to = "waiting", moved.to
        except Unreachable as unreachable:
            sent.state, sent.silenced = "unreachable", unreachable.silenced
            sent.no_topic = unreachable.no_topic
            log.info("unreachable", messenger=row.messenger, delivery=row.id)
        except Refused as refused:
            sent.state, sent.reason = "refused", str(refused)
            log.error("refused", messenger=row.messenger, delivery=row.id, reason=str(refused))
        except OSError as error:  # a broken line, however it comes
            sent.state = "waiting"
            log.warning("line broke", messenger=row.messenger, delivery=row.id, error=error)
            lane.hold_back(chat, Later(), row.attempts)
        except Exception as error:
            sent.state, sent.reason = "refused", type(error).__name__
            log.error("send failed", messenger=row.messenger, delivery=row.id, error=error)
        return sent

    async def _send(self, sent: Sent, chat: Chat, can: Capabilities) -> None:
        """Send what has not arrived yet. Where the messenger refuses the files, the words go without them,
        unless the files are all that somebody said."""
        row, adapter = sent.row, self._lanes[sent.row.messenger].adapter
        file, lacks = await self._file(sent, can)
        needed = messages(
            row,
            chat,
            can,
            self._installation,
            self._read,
            made=file,
            only_words=sent.only_words,
            lacks=lacks,
        )
        old = await self._replaced(row, chat) if can.edits else []
        try:
            # The last one in any case: they may be fewer than before, in another language.
            for place in range(min(sent.arrived, len(needed) - 1), len(needed)):
                message = needed[place]
                if old:
                    message = replace(message, replaces=old[place] if place < len(old) else None)
                sent.note(await adapter.send(message), message, last=place == len(needed) - 1)
            for left in old[len(needed) :]:
                await adapter.delete(left)
        except Refused as refused:
            has_words = row.author is None or row.author["words"]
            if sent.only_words or not (row.media or file) or not has_words:
                raise
            log.warning("files refused", messenger=row.messenger, delivery=row.id, reason=str(refused))
            sent.only_words = True
            await self._send(sent, chat, can)

    async def _file(self, sent: Sent, can: Capabilities) -> tuple[Made | None, AnyText | None]:
        """Return the file of a letter, and what its words say where one is lacking: nothing where they say
        all of it anyway."""
        row = sent.row
        is_said = row.recipe is not None and self._recipe(row).says_the_same
        if sent.only_words:
            return None, None if is_said else WITHOUT_FILES
        if row.recipe is None or row.closes:
            return None, None
        try:
            file = await self._made(row, can)
        except Withheld as withheld:
            return None, withheld.text
        return file, self._recipe(row).otherwise if file is None and not is_said else None

    async def _made(self, row: Any, can: Capabilities) -> Made | None:
        """Make the file of a letter, beside the turns; None where that fails, and for a reader who wants no
        pictures of what the words say too. Raises Withheld, and what a database raises that is away."""
        if self._recipe(row).says_the_same and row.pictures is False:
            return None
        reader = reader_of(row, self._installation, can.prefix)

        def make(db: Session | None) -> Made:
            return made(db, row.recipe, self._recipes, self._installation, reader)

        try:
            if issubclass(self._recipe(row), Drawing):
                return await asyncio.to_thread(make, None)
            return await self._worker.read(make)
        except Withheld:
            raise
        except Exception as error:
            if faults.is_away(error):
                raise Later() from error
            log.error("file not made", delivery=row.id, error=error)
            return None

    def _recipe(self, row: Any) -> type[Recipe]:
        """Return what the file of a letter is made by; any recipe for one that is gone."""
        return self._recipes.get(row.recipe["make"], Recipe)

    async def _replaced(self, row: Any, chat: Chat, *, files: bool = False) -> list[MessageRef]:
        """Return the messages in whose place a delivery comes, in order, those that only show `files` too or
        not; none where it takes the place of none."""
        if row.closes or not row.replaced_message:
            return []
        before = await self._worker.call(lambda db: stored.of(db, row.replaces))
        shown = [each for place, each in before.items() if files or place >= 0]
        return [MessageRef(chat, each) for each in (*shown, row.replaced_message)]

    async def report_departure(self, sent: Sent) -> None:
        """Make a turn of it that somebody cannot be reached, or a room, like of any other departure; try
        until that is stored."""
        line = Backoff(log, DATABASE_AGAIN)
        while True:
            try:
                if (departure := await self._departure(sent)) is not None:
                    await self._receive(departure)
                return
            except Exception as error:
                await line.wait("departure not stored", error=error)

    async def _departure(self, sent: Sent) -> Incoming | None:
        row, chat = sent.row, chat_of(sent.row)
        id_ = f"unreachable:{row.id}"
        if not chat.private:
            where = chat if sent.silenced else replace(chat, thread="")
            return Incoming(id_, Removed(silenced=sent.silenced, no_topic=sent.no_topic), where)
        account = await self._worker.call(lambda db: people.account_of(db, row.messenger, row.chat))
        return None if account is None else Incoming(id_, Left(), chat, Identity(row.messenger, account))

    async def _operate(self, sent: Sent, chat: Chat, can: Capabilities) -> None:
        """Do what is done without a word."""
        row, adapter = sent.row, self._lanes[sent.row.messenger].adapter
        match offers.operation(row.act):
            case offers.Delete():
                for message in await self._replaced(row, chat, files=True):
                    await adapter.delete(message)
            case offers.Admit(account):
                await adapter.admit(chat, Identity(row.messenger, account))
            case offers.Menu(commands):
                reader = reader_of(row, self._installation, can.prefix)
                await adapter.show_menu(chat, "", self._menu_entries(commands, reader))
            case offers.Look():
                sent.missing = await self._is_missing(unpacked(row.media))

    async def _is_missing(self, files: Sequence[Media]) -> bool:
        """Whether the messenger no longer hands out one of these files: it is asked for the first bytes."""
        for media in files:
            try:
                pieces = self._lanes[media.messenger].adapter.fetch(media)
                await anext(pieces, b"")
                if isinstance(pieces, AsyncGenerator):
                    await pieces.aclose()  # the rest is not read
            except Refused as refused:
                log.info("file missing", messenger=media.messenger, reason=str(refused))
                return True
        return False

    async def _read(self, media: Media) -> AsyncIterator[bytes]:
        """Read the bytes of a file from the messenger that stores it. Raises a `SendError`."""
        pieces = self._lanes[media.messenger].adapter.fetch(media)
        async for piece in traces.taken_off(pieces) if media.unnamed else pieces:
            yield piece
