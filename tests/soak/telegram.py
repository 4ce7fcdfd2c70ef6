"""A crowd on Telegram's stand-in, which records what it was told of updates and what it took of messages."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.soak.crowd import HABITS, Crowd, Habit, Somebody
from tests.support.around import free_port, where_it_is_day
from tests.telegram_server import Call, Fault, TelegramServer, User

AWAY_SECONDS = 2.0
"""How long Telegram is away."""
_AGAIN = "message is not modified"


class OnTelegram(Somebody):
    """One of the crowd, at a phone."""

    def __init__(self, user: User, habit: Habit) -> None:
        super().__init__(user.first_name, str(user.id), "/", habit)
        self._user = user

    async def writes(self, words: str) -> None:
        self._user.says(words)

    def texts(self, start: int) -> Sequence[str]:
        return ["" if shown.edited else shown.text for shown in self._user.seen[start:]]

    @property
    def chat(self) -> str:
        return self.account


@dataclass(kw_only=True)
class TelegramCrowd(Crowd):
    """All of them, and the stand-in."""

    server: TelegramServer

    def all_confirmed(self) -> bool:
        return not self.server.waiting

    def complaints(self) -> list[str]:
        # A change that is sent again changes nothing, and Telegram says so.
        refusals = [str(refusal) for refusal in self.server.refusals if _AGAIN not in refusal.description]
        return [*super().complaints(), *refusals]

    async def breaks(self) -> None:
        def away(_call: Call) -> Fault:
            return Fault(502)

        self.server.rules.append(away)
        await asyncio.sleep(AWAY_SECONDS)
        self.server.rules.remove(away)

    async def is_gone(self) -> None:
        while self.server.lines:
            await asyncio.sleep(0.001)


@asynccontextmanager
async def on_telegram(folder: Path, database: str, way_in: str, people: int) -> AsyncIterator[Crowd]:
    """A crowd that knows the bot."""
    async with TelegramServer() as server:
        config = folder / "config.toml"
        crowd = TelegramCrowd("telegram", config, database, 4 * people, server=server)
        here = f"127.0.0.1:{free_port()}"
        webhook = f'webhook_url = "http://{here}/telegram"\nwebhook_listen = "{here}"\n'
        config.write_text(
            f'[bot]\ntime_zone = "{where_it_is_day()}"\n[database]\nurl = "{database}"\n'
            f'[telegram]\ntoken = "{server.token}"\napi_url = "{server.url}"\npoll_seconds = 1\n'
            f"messages_per_second = 1000\n{webhook if way_in == 'webhook' else ''}"
            '[log]\nformat = "text"\n'
        )
        users = [server.user(1 + n, f"P{n}", "en", met=True) for n in range(people)]
        crowd.everybody = [OnTelegram(user, HABITS[n % len(HABITS)]) for n, user in enumerate(users)]
        crowd.make_members()
        yield crowd
