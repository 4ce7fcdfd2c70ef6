"""What operators see of the messengers: which answer, and which do not."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from adapters.terminal.script import Cast, Says
from bot.program.compose import TITLES
from bot.program.demo import Stage
from tests.support.aio import on_loop
from tests.support.ready import ready


@on_loop
async def test_operators_see_which_messenger_is_silent(tmp_path: Path) -> None:
    lines: list[str] = []
    stage = Stage(ready(f"sqlite:///{tmp_path}/db"), lines.append)
    heard = {"telegram": timedelta(seconds=40), "matrix": timedelta(minutes=5), "console": None}
    titles = {**TITLES, "console": "Console"}
    stage.app.engine.installation = replace(stage.app.installation, last_heard=lambda: heard, titles=titles)
    async with stage as terminal:
        for name, language in (("Olga", "en"), ("Otto", "de")):
            await terminal.act(Cast(name, "operator", "telegram", language))
            await terminal.act(Says(name, "/operator"))
    said = "\n".join(lines)
    assert "Telegram answers.\n" in said
    assert "Matrix has not answered for 5 minutes.\n" in said
    assert "Matrix antwortet seit 5 Minuten nicht.\n" in said
    assert "Console has not answered since the start.\n" in said
    assert "Console hat seit dem Start noch nicht geantwortet.\n" in said
