"""A whole course: a list as Excel saves it, a sheet of cards, and sixty people who come within a minute."""

import asyncio
import csv
import re
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import func, select

from adapters.terminal.script import step
from bot.program import demo
from db import store
from db.models import Cohort, Conversation, Invitation, Letter, Member
from tests.support.stage import play

MANY = 60
FIRST = ("Jörg", "Änne", "Zoë", "Renée", "Łukasz", "Bo")
LAST = ("Müller", "Schön", "Weiß", "Öztürk", "Grün", "Ney", "Ax", "Übel", "Kay", "Ost")
NAMES = [f"{first} {last}".replace("Ł", "L") for first in FIRST for last in LAST]
LINK = re.compile(r"\?start=join_(\w{8})$")


def test_a_course_of_sixty_comes_by_list_and_sheet(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/db"
    asyncio.run(_played(url))
    with store.connected(url) as engine, engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Member)) == MANY + 1
        used = select(func.count()).where(Invitation.used == 1, Invitation.note == "")
        assert connection.scalar(used) == MANY, "and no initials are kept of those who came"
        assert connection.scalar(select(Cohort.name)) == "Kurs 60"


def test_where_the_sheet_cannot_be_made_the_table_has_all_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_given: object) -> None:
        raise OSError("no font")

    monkeypatch.setattr("bot.making.cards.Cards.draw", fails)
    steps = "@ Mia, meta-mentor on telegram, en\nMia: /cohort Spring\nMia: Ana Weber\nMia: [Make 1 code]"
    said = play(steps, f"sqlite:///{tmp_path}/db")
    assert "(codes.csv: 1 name with a code)" in said
    assert "The sheet for printing did not work. The table has all codes." in said


def _letters(url: str) -> str:
    """Return all that is kept of letters and of open questions."""
    with store.connected(url) as engine, engine.connect() as connection:
        letters = connection.execute(select(Letter.body, Letter.recipe, Letter.offers, Letter.media)).all()
        return repr([*letters, *connection.execute(select(Conversation.answers, Conversation.kept)).all()])


async def _played(url: str) -> None:
    lines: list[str] = []
    async with demo.Stage(url, lines.append) as terminal:

        async def acts(line: str) -> str:
            before = len(lines)
            doing = step(line)
            assert doing is not None
            await terminal.act(doing)
            return "\n".join(lines[before:])

        await acts("@ Mia, meta-mentor on telegram, de")
        table = "\\n".join(["Nachname;Vorname", *(";".join(reversed(name.split(" "))) for name in NAMES)])
        await acts("Mia: /cohort Kurs 60")
        preview = await acts(f'Mia: (document liste.csv "{table}" as cp1252)')
        assert "Ich habe 60 Namen gefunden: Jörg Müller" in preview
        await acts("Mia: [60 Codes erstellen]")
        made = [each.made for each in terminal.seen_by("Mia") if each.made is not None]
        cards, codes = _on_cards(made[-1].content), _in_table(made[-2].content)
        assert [*codes] == NAMES, "the umlauts are right"
        assert sorted(cards) == sorted(codes.values()), "each card has its code, and another library reads it"

        kept = _letters(url)
        assert not [name for name in NAMES if name in kept], "no name of the list is kept"
        assert not [code for code in codes.values() if code in kept], "and no code"

        began = terminal.world.now()
        for n, (name, code) in enumerate(codes.items()):
            who = f"P{n}"
            await acts(f"@ {who}, stranger on {('telegram', 'matrix')[n % 2]}, de")
            await acts(f"{who}: (opens join_{code})" if n % 2 == 0 else f"{who}: {code[:4]}-{code[4:]}")
            await acts(f"{who}: [Mitmachen]")
            assert "Willkommen" in await acts(f"{who}: {name}"), name
            if n == MANY // 2 - 1:
                half = await acts("Mia: [Wie weit ist die Gruppe?]")
                assert f"Kurs 60: {n + 1} von {MANY} sind dabei." in half
                assert name in half
        assert terminal.world.now() == began, "no minute has passed"
        report = await acts("Mia: [Wie weit ist die Gruppe?]")
        assert f"Kurs 60: {MANY} von {MANY} sind dabei." in report
        assert "Noch nicht" not in report
        again = await acts(f"P1: /join {next(iter(codes.values()))}")
        assert "schon Mitglied" in again


def _in_table(content: bytes) -> dict[str, str]:
    """Return the codes of a table as Excel reads it, by name."""
    text = content.decode("utf-8-sig")
    rows = [*csv.DictReader(text.splitlines(), delimiter=";")]
    for row in rows:
        link = LINK.search(row["Telegram"])
        assert link is not None
        assert link[1] == row["Code"].replace("-", "")
    return {row["Name"]: row["Code"].replace("-", "") for row in rows}


def _on_cards(content: bytes) -> list[str]:
    """Return the codes to which the cards of a sheet lead."""
    document = pypdfium2.PdfDocument(content)
    read = [each for page in document for each in zxingcpp.read_barcodes(page.render(scale=2).to_pil())]
    document.close()
    found = [LINK.search(each.text) for each in read]
    return [link[1] for link in found if link is not None]
