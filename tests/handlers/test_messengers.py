"""What people read where it depends on their messengers: how fast those are, and what they tell of people."""

from dataclasses import replace
from pathlib import Path

from bot.message import Chat, Identity, Newcomers
from bot.program.demo import Stage
from tests.support.aio import on_loop
from tests.support.ready import ready

READERS = """\
@ Mia, meta-mentor on telegram, en
@ Ana, member on telegram, en
@ Bo, member on matrix, en
@ Cy, member on matrix, en
Mia: /announce Hello
Mia: [Everybody: 3]"""


@on_loop
async def test_an_announcement_takes_as_long_as_the_slowest_of_its_messengers(tmp_path: Path) -> None:
    lines: list[str] = []
    stage = Stage(ready(f"sqlite:///{tmp_path}/db"), lines.append)
    rates = {"telegram": 30.0, "matrix": 0.01, "console": 0.001}
    stage.app.engine.installation = replace(stage.app.installation, rates=lambda: rates)
    async with stage as terminal:
        await terminal.play(READERS.splitlines(), ())
    assert "It will take about 4 minutes." in "\n".join(lines), "200 seconds for two"


@on_loop
async def test_somebody_whose_name_is_not_known_is_welcomed_without_one(tmp_path: Path) -> None:
    lines: list[str] = []
    bound = "@ Mia, meta-mentor on telegram, en\n@ Square, room on telegram, led by Mia\nMia in Square: /bind"
    async with Stage(ready(f"sqlite:///{tmp_path}/db"), lines.append) as terminal:
        await terminal.play(bound.splitlines(), ())
        room = Chat("telegram", "square", private=False)
        for names in ([""], ["", "Eva"]):
            people = tuple((Identity("telegram", f"{len(lines)} {name}"), name) for name in names)
            happens = terminal.consoles["telegram"].happens
            await happens("eva", Newcomers(people), name="", language="", room=room, title="Square")
            await terminal.world.settle()
    said = "\n".join(lines)
    assert "Square: Welcome. This is the group of Neckar Mentors" in said
    assert "Square: Welcome, Eva. This is the group of Neckar Mentors" in said
