"""A crowd on a real homeserver, with encrypted private chats."""

import asyncio
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from adapters.matrix.account import Account
from tests.soak.crowd import HABITS, Crowd, Habit, Somebody
from tests.soak.lives import Life
from tests.support.around import where_it_is_day
from tests.support.matrix_person import PASSWORD, Person, matrix_name, new_account
from tests.support.synapse import homeserver

AWAY_SECONDS = 2.0
"""How long the homeserver is away."""


class OnMatrix(Somebody):
    """One of the crowd, at an app, with a private chat."""

    def __init__(self, person: Person, habit: Habit) -> None:
        super().__init__(person.name, person.account, "!", habit)
        self.person, self.room = person, ""

    async def opens_chat(self, bot: str) -> None:
        """Invite the bot, and be greeted."""
        self.room = await self.person.opens_private_chat(bot)
        greeting = await self.person.hears(self.room)
        assert greeting.text.startswith(f"Hello {self.person.name}."), greeting.text

    async def begins(self) -> None:
        self.person.client.invalidate_outbound_session(self.room)  # as apps do after a hundred messages
        await super().begins()

    async def writes(self, words: str) -> None:
        await self.person.writes(self.room, words)

    def texts(self, start: int) -> Sequence[str]:
        return [shown.content["body"] for shown in self.person.messages[start:]]

    @property
    def chat(self) -> str:
        return self.room


@dataclass(kw_only=True)
class MatrixCrowd(Crowd):
    """All of them, and the bot's account."""

    account: Account
    everybody: Sequence[OnMatrix] = ()

    def all_confirmed(self) -> bool:
        token = self.account.since()
        return not any(one.person.written_since(one.room, token) for one in self.everybody)

    def complaints(self) -> list[str]:
        unreadable = (event for one in self.everybody for event in one.person.unreadable)
        return [*super().complaints(), *(f"{event} cannot be read" for event in unreadable)]

    async def is_gone(self) -> None:
        """Whatever the homeserver took twice is one message for it."""

    async def breaks(self) -> None:
        async with self.line:
            homeserver().crash()
            await asyncio.sleep(AWAY_SECONDS)
            homeserver().start()  # in this thread: with the one that starts it, it ends


@asynccontextmanager
async def on_matrix(folder: Path, database: str, people: int) -> AsyncIterator[Crowd]:
    """A crowd that has met the bot."""
    async with AsyncExitStack() as stack:
        account = new_account(homeserver(), folder)
        config = folder / "config.toml"
        crowd = MatrixCrowd("matrix", config, database, 4 * people, account=account)
        config.write_text(
            f'[bot]\ntime_zone = "{where_it_is_day()}"\n[database]\nurl = "{database}"\n'
            f'[matrix]\nhomeserver = "{account.homeserver}"\nuser = "{account.user}"\n'
            f'password = "{PASSWORD}"\nstore = "{account.folder}"\nmessages_per_second = 1000\n'
            "unsigned_devices = true\n"
            '[log]\nformat = "text"\n'
        )
        persons = [Person.on(homeserver(), f"P{n}") for n in range(people)]
        crowd.everybody = [
            OnMatrix(await stack.enter_async_context(person), HABITS[n % len(HABITS)])
            for n, person in enumerate(persons)
        ]
        crowd.make_members()
        # What was written before the very first start would not be answered.
        async with Life(crowd.config) as life:
            for one in crowd.everybody:
                await one.opens_chat(matrix_name(account))
            assert await life.ends(signal.SIGTERM) == 0
        yield crowd
