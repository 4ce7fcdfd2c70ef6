"""What an adapter remembers is there after a restart, and is nobody else's."""

from sqlalchemy.orm import Session

from bot.messenger import Memory
from bot.program.compose import Remembering
from db.engine import memory
from tests.support.aio import on_loop
from tests.support.lab import lab


@on_loop
async def test_what_is_remembered_outlives_the_program(database: str) -> None:
    async with lab(database) as here:
        kept: Memory = Remembering(lambda: here.engine, "console")
        assert await kept.get("place") is None
        await kept.put("place", "1")
        await kept.put("place", "2")
        await kept.put("gone", "3")
        await kept.put("gone", None)
    async with lab(database) as here:
        again: Memory = Remembering(lambda: here.engine, "console")
        assert (await again.get("place"), await again.get("gone")) == ("2", None)

        def of_others(db: Session) -> str | None:
            return memory.get(db, "another", "place")

        assert await here.engine.worker.call(of_others) is None
