"""What is passed on says how somebody gets to the bot, whichever messengers are set up."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.installation import account_in
from bot.message import Identity
from bot.program import cast, demo
from bot.program.compose import MESSENGERS
from tests.support.aio import on_loop
from tests.support.whole import hears, new, whole


@pytest.mark.parametrize("messenger", MESSENGERS, ids=lambda each: each.name)
@on_loop
async def test_an_invitation_names_the_way_on_the_only_messenger(messenger: object, database: str) -> None:
    only = [each for each in MESSENGERS if each is messenger]
    page: list[str] = []
    async with demo.Stage(database, page.append, only) as terminal:
        lines = ["Mia: /invite", "Mia: /card"]
        await terminal.play(lines, cast.lines([each.name for each in only]))
    shown = "\n".join(page)
    link = only[0].link("", False)
    assert link in shown
    assert f"With {only[0].title}: " in shown
    assert account_in(link) in shown
    assert not any(f"With {each.title}: " in shown for each in MESSENGERS if each is not messenger)
    assert shown.count("QR code") == 2, "of the invitation, and of the card"
    assert "Only members" not in shown, "everybody may see this card"


@pytest.mark.parametrize(
    ("link", "account"),
    [
        ("https://t.me/neckar_bot", "@neckar_bot"),
        ("https://t.me/neckar_bot?start=join_B6N4JC3H", "@neckar_bot"),
        ("https://matrix.to/#/@mentornet:example.org", "@mentornet:example.org"),
    ],
)
def test_an_account_is_the_last_part_of_its_link(link: str, account: str) -> None:
    assert account_in(link) == account


@on_loop
async def test_operators_hear_once_that_somebody_may_be_guessing_codes(tmp_path: Path) -> None:
    async with whole(tmp_path) as program:
        await program.member(1, "Mia", "meta_mentor")
        ola = program.server.user(9, "Ola", met=True)
        operators = frozenset({Identity("telegram", "9")})
        program.app.installation = replace(program.app.installation, operators=operators)
        program.app.engine.installation = program.app.installation
        ola.says("/start")
        await hears(ola)
        for number in range(13):
            stranger = program.server.user(100 + number, "Zoe")
            for code in ("B6N4-JC3H", "B6N4-JC3K", "B6N4-JC3M", "B6N4-JC3N", "B6N4-JC3P"):
                stranger.says(code)
            await program.calm()
        assert len([text for text in new(ola) if "Somebody may be guessing" in text]) == 1
