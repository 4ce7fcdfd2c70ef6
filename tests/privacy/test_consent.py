"""What is kept has changed: members are asked at their next own action, once a day, and go on meanwhile."""

import asyncio
from pathlib import Path

from sqlalchemy import select

from bot.program import demo
from db.engine.turns import TurnSession
from db.models import Person
from db.people import CONSENT
from tests.support.ready import ready

PEOPLE = ["@ Ana, member on telegram, en", "@ Bo, member on matrix, en", "@ Mia, meta-mentor on telegram, en"]


def agreed_earlier(db: TurnSession) -> None:
    """Let everybody have agreed to the version before."""
    for person in db.scalars(select(Person)):
        person.consent_version = CONSENT - 1
        db.forget(person.id)


def played(tmp_path: Path, *lines: str) -> str:
    """What everybody sees who agreed to an earlier text."""
    seen: list[str] = []

    async def run() -> None:
        stage = demo.Stage(ready(f"sqlite:///{tmp_path}/db"), seen.append)
        async with stage as terminal:
            await terminal.play(PEOPLE, demo.CAST)
            await stage.app.engine.worker.turn(agreed_earlier)
            await terminal.play(lines, ())

    asyncio.run(run())
    return "\n".join(seen)


def test_a_member_is_asked_after_what_they_did_and_only_once_a_day(tmp_path: Path) -> None:
    asked = "The text to which you agreed has changed. Today it says:"
    page = played(tmp_path, "Ana: /requests", "Ana: /networks", "+ 1 day", "Ana: /networks")
    assert page.count(asked) == 2
    assert page.index("You have no open question.") < page.index(asked), "what they wanted comes first"
    assert "Bo: The text to which you agreed" not in page, "nobody is asked who did nothing"


def test_who_agrees_is_asked_no_more(tmp_path: Path) -> None:
    page = played(
        tmp_path,
        "Ana: /networks",
        "Ana: [Yes, that is all right]",
        "+ 2 days",
        "Ana: /networks",
        "Ana: /consent",
    )
    assert page.count("The text to which you agreed has changed") == 1
    assert "You agreed to this on March 2, 2026:" in page


def test_who_does_not_agree_is_led_to_be_forgotten(tmp_path: Path) -> None:
    page = played(tmp_path, "Ana: /networks", "Ana: [No, forget me]", "Ana: [Everything]")
    assert "[Forget me in a day]" in page
