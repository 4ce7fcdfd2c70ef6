"""Those who coordinate read above their journal that somebody changed it past the bot; members do not."""

from sqlalchemy import select

import handlers
from bot.program import cast
from db.leading import journal
from db.models import JournalEntry, MemberRole, Network
from tests.support.aio import on_loop
from tests.support.lab import lab

BROKEN = "This journal does not fit together since entry 2."


@on_loop
async def test_a_journal_that_was_changed_past_the_bot_says_so_to_those_who_coordinate(database: str) -> None:
    async with lab(database, handlers) as here:
        start = here.clock.now()
        roles: dict[str, MemberRole] = {"Mia": "meta_mentor", "Ana": "member"}
        for name, role in roles.items():
            character = cast.Character(name, "telegram", name.lower(), "en", role, None, (), ())
            with here.sessions.begin() as db:
                cast.enter(db, character, time_zone="UTC", now=start)
        with here.sessions.begin() as db:
            network = db.scalars(select(Network)).one()
            for _each in range(3):
                journal.record(db, network, "goal.set", by=None, now=start)
        assert BROKEN not in (await here.says("mia", "/log"))[-1]
        with here.sessions.begin() as db:
            db.scalars(select(JournalEntry).where(JournalEntry.number == 2)).one().act = "goal.rested"
        assert BROKEN in (await here.says("mia", "/log"))[-1]
        assert not any(BROKEN in each for each in await here.says("ana", "/log"))
