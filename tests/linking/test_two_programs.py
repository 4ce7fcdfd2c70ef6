"""Two programs, as an operator starts them, on one PostgreSQL. Two people with rows in every table become one
and are taken apart again, while others write to both; what they write goes to the two programs in turn. Each
message arrives once, and every table is compared."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from db.models import Delivery, Merge, Timer
from handlers.linking.steps import Settle
from tests.adapters.test_matrix_day import both
from tests.db.test_single_program import on
from tests.linking import underway
from tests.linking.everything import left_behind, rows
from tests.program.test_run import program
from tests.program.test_team import FAST, HALF, RoundRobin
from tests.support.aio import PATIENCE
from tests.support.around import free_port
from tests.support.matrix_person import Person, matrix_name, new_account
from tests.support.postgres import Postgres
from tests.support.synapse import homeserver
from tests.telegram_server import Shown, TelegramServer, User

WORDS = 12
"""Messages of each of the two who write, in each storm."""


@dataclass
class World:
    """Ana on Telegram and on Matrix, to whom Bo and Cy write, and the database of all of that."""

    ana: User
    other: Person
    room: str
    bo: User
    cy: User
    database: str
    config: Path
    storms: int = 0

    @property
    def accounts(self) -> list[underway.Account]:
        """Those of Ana, Ana on Matrix, Bo and Cy."""
        users = [("telegram", str(user.id)) for user in (self.ana, self.bo, self.cy)]
        return [users[0], ("matrix", self.other.account), *users[1:]]

    async def storm(self, shown: Shown, label: str) -> None:
        """Let Bo and Cy write while Ana presses, and wait until all has arrived; each once."""
        self.storms += 1
        said = Counter[str]()
        for number in range(WORDS):
            for user in (self.bo, self.cy):
                words = f"{user.first_name}-{self.storms}-{number}."
                said[words] += 1
                user.says(words)
            if number == WORDS // 2:
                self.ana.presses(shown, label)
            await asyncio.sleep(0.01)
        until = time.monotonic() + PATIENCE
        while (self._heard() < said or self._under_way()) and time.monotonic() < until:
            await asyncio.sleep(0.1)
        assert self._heard() == said, self._fates()
        assert self._under_way() == []

    def _heard(self) -> Counter[str]:
        texts = [shown.text for shown in self.ana.seen if not shown.edited]
        texts += [shown.content["body"] for shown in self.other.messages]
        here = re.compile(rf"\b(?:Bo|Cy)-{self.storms}-\d+\.")
        return Counter(words for text in texts for words in here.findall(text))

    def _fates(self) -> str:
        """What became of the letters, where one is missing or there twice."""
        with underway.looking(self.database, self.config) as db:
            fates = Counter(
                (each.messenger, each.state, each.reason) for each in db.scalars(select(Delivery))
            )
        return f"{fates}; cannot be read on Matrix: {self.other.unreadable}"

    def _under_way(self) -> list[str]:
        """What is still to be sent, or to be settled after turns that had begun before."""
        with underway.looking(self.database, self.config) as db:
            waits = select(Delivery).where(Delivery.state == "waiting")
            to_send = [
                f"{each.messenger} {each.chat} {each.shard} {each.not_before} {each.attempts}"
                for each in db.scalars(waits)
            ]
            return [*to_send, *db.scalars(select(Timer.handler).where(Timer.handler == Settle.name))]


async def hears(user: User, words: str) -> Shown:
    """The next message somebody sees that holds these words."""
    while words not in (shown := await user.hears()).text:
        pass
    return shown


async def sees(person: Person, words: str) -> None:
    """The same on Matrix."""
    while words not in (await person.hears()).text:
        pass


@asynccontextmanager
async def world(server: TelegramServer, database: str, folder: Path) -> AsyncIterator[World]:
    """All of them have met the program and are in a network; it has ended since."""
    account = new_account(homeserver(), folder)
    config = on(database, both(folder, server, account, speed=1000))
    ana, bo, cy = (server.user(number, name, "en") for number, name in enumerate(("Ana", "Bo", "Cy"), 1))
    async with Person.on(homeserver(), "AnaM") as other:
        async with program(config) as alone:
            await alone.says("connected messenger=matrix")
            for user in (ana, bo, cy):
                user.says("/start")
                await user.hears()
            room = await other.opens_private_chat(matrix_name(account))
            await other.hears(room)
        yield World(ana, other, room, bo, cy, database, config)


def test_two_become_one_and_two_again_while_messages_arrive_in_both_programs(
    postgres: Postgres, tmp_path: Path
) -> None:
    asyncio.run(one_and_two_again(postgres, tmp_path))


async def one_and_two_again(postgres: Postgres, folder: Path) -> None:
    ports = free_port(), free_port()
    proxy = RoundRobin(ports)
    with postgres.database(like="migrated") as database:
        async with (
            TelegramServer() as server,
            proxy.open() as address,
            world(server, database, folder) as there,
        ):
            with underway.looking(database, there.config) as db:
                filled = underway.fill(db, *there.accounts)
            with underway.looking(database, there.config) as db:
                before = rows(db)
            set_up = FAST | {"MENTORNET_TELEGRAM__WEBHOOK_URL": address}
            first, second = (
                program(there.config, **set_up, MENTORNET_TELEGRAM__WEBHOOK_LISTEN=f"127.0.0.1:{port}")
                for port in ports
            )
            async with first as one, second as two:
                for each in (one, two):
                    await each.says(HALF)
                await there.storm(await typed(there), "Yes, make us one")
                done = await hears(there.ana, "Done.")
                with underway.looking(database, there.config) as db:
                    assert db.scalars(select(Merge.other_id)).all() == [filled.other]
                    assert left_behind(db, filled) == {}
                    assert underway.counts(rows(db)) == underway.counts(before)
                await there.storm(done, "Take it apart again")
                await hears(there.ana, "two here again")
            with underway.looking(database, there.config) as db:
                assert underway.unlike(before, rows(db)) == {}
            assert " error " not in one.log + two.log
            assert min(proxy.answered[port] for port in ports) > WORDS, "both had much to do"
            assert server.refusals == []


async def typed(there: World) -> Shown:
    """What Ana is asked, once her code was typed on Matrix, and answered with yes there."""
    there.ana.says("/link")
    code = re.search(r"LINK \S+", (await hears(there.ana, "LINK")).text)
    assert code is not None
    await there.other.writes(there.room, code[0])
    await sees(there.other, "Is that you?")
    await there.other.writes(there.room, "1")
    return await hears(there.ana, "has typed your code")
