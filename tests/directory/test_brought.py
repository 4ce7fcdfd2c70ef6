"""Whoever runs the bot brings a list of organisations from the command line: it says what is in it, and the
bot takes it in once it runs."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.__main__ import main
from bot.installation import Installation
from bot.program.compose import app_of
from bot.support.clock import WoundClock
from db import store
from db.models import JournalEntry, Organisation
from tests.support.aio import on_loop

LIST = "Name;City;Phone\nCaritas;Heidelberg;06221 409010\nDiakonie;Mannheim;\n;Ulm;\n"


@on_loop
async def test_a_list_comes_in_from_the_command_line(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config, file = tmp_path / "config.toml", tmp_path / "orgs.csv"
    config.write_text(f'[database]\nurl = "{database}"\n[telegram]\ntoken = "1:TEST"\n')
    file.write_text(LIST)

    def brings(*more: str, network: str = "Neckar Mentors") -> tuple[int, str]:
        capsys.readouterr()
        status = main(["--config", str(config), "import-orgs", str(file), "--network", network, *more])
        return status, capsys.readouterr().out

    async def runs() -> list[str]:
        clock = WoundClock(datetime.now(UTC) + timedelta(minutes=1))
        async with app_of(database, {}, clock, Installation()) as app:
            await app.settle()
        with store.connected(database) as engine, engine.connect() as connection:
            return [*connection.execute(select(Organisation.name).order_by(Organisation.name)).scalars()]

    assert main(["--config", str(config), "found", "Neckar Mentors"]) == 0
    status, said = brings()
    assert status == 0
    assert "2 new" in said
    assert "1 without a name" in said
    assert await runs() == [], "so far it was only asked what is in it"

    assert "adds them to Neckar Mentors" in brings("--take", "new", network="neckar mentors")[1]
    assert await runs() == ["Caritas", "Diakonie"]
    assert "There is nothing to do." in brings("--take", "all")[1]
    file.write_text(LIST.replace("Mannheim;", "Mannheim;0621 12345"))
    assert "1 changed" in brings("--take", "all")[1]
    assert await runs() == ["Caritas", "Diakonie"]
    with store.connected(database) as engine, engine.connect() as connection:
        phones = connection.execute(select(Organisation.phones).where(Organisation.name == "Diakonie"))
        acts = connection.execute(select(JournalEntry.act).order_by(JournalEntry.id)).scalars().all()
        assert (phones.scalar(), acts.count("organisations.brought")) == (["+4962112345"], 2)

    assert brings(network="Rhine Mentors") == (os.EX_DATAERR, "There is no network Rhine Mentors.\n")
    file.write_text("City\nUlm\n")
    assert brings() == (os.EX_DATAERR, "I need at least a column with the names.\n")
    file.unlink()
    assert brings()[0] == os.EX_NOINPUT
