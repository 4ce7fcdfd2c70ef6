"""What is asked on the page becomes a line of a script, is played, told, and saved to the letter."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.browser.lines import Refused, line
from adapters.browser.performance import Performance
from adapters.terminal import script
from adapters.terminal.script import Says
from adapters.terminal.stage import Terminal
from bot.program import demo
from bot.program.compose import MESSENGERS
from tests.browser.playing import performance
from tests.support.aio import on_loop
from tests.support.stage import TRANSCRIPTS

ROOT = Path(__file__).parents[2]
FIRST_DAY = (TRANSCRIPTS / "front/first_day.txt").read_text("utf-8")


TWO_QUESTIONS = """\
@ Ana, member on telegram, en
@ Di, member on telegram, en
@ Cy, member on telegram, en, helps with papers, speaks en
Ana: Who translates a birth certificate?
Ana: [Ask this as a question]
Ana: [Send it with my name]
Di: [Not now]
Di: /ask papers
Di: Where do I get a birth certificate?
Di: [Send it with my name]
+ 1 day
"""


async def told(played: Performance) -> list[dict[str, Any]]:
    """All that a page would know now."""
    found: list[dict[str, Any]] = []
    async for number, happening in played.recording.events():
        if not number:
            break
        found.append(happening)
    return found


async def newest(played: Performance, phone: str, kind: str = "shown") -> dict[str, Any]:
    return [each for each in await told(played) if each["kind"] == kind and each.get("phone") == phone][-1]


def labels(message: Mapping[str, Any]) -> list[str]:
    return [label for row in message["rows"] for label in row]


def in_the_terminal(saved: str) -> str:
    """What the terminal shows of a conversation that is played there."""
    demo = [sys.executable, "-m", "bot", "demo"]
    done = subprocess.run(demo, input=saved, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


async def press(played: Performance, who: str, label: str, **more: Any) -> None:
    there = [each for each in await told(played) if each["kind"] == "shown" and each["phone"] == who]
    message = next(each["id"] for each in reversed(there) if label in labels(each))
    await played.act({"do": "press", "who": who, "message": message, "label": label} | more)


@on_loop
async def test_what_was_played_is_saved_and_plays_in_the_terminal_to_the_letter(tmp_path: Path) -> None:
    async with performance(tmp_path) as played:
        for asked in [
            {"do": "say", "who": "Mia", "words": "/invite"},
            {"do": "person", "name": "Nour", "role": "stranger", "messenger": "matrix", "language": "ar"},
            {"do": "say", "who": "Nour", "words": "مرحبا"},
            {"do": "say", "who": "Ana", "words": "(sigh) who\ntranslates a birth certificate?"},
        ]:
            await played.act(asked)
        await press(played, "Ana", "Ask this as a question")
        await press(played, "Ana", "Send it with my name")
        question = await newest(played, "Ana", "said")
        await played.act({"do": "edit", "who": "Ana", "message": question["id"], "words": "Who translates?"})
        await played.act({"do": "wait", "span": "2 hours"})
        await played.act({"do": "next"})
        await played.act({"do": "send", "who": "Ana", "kind": "photo", "words": "This one"})
        await played.act(
            {"do": "send", "who": "Bo", "kind": "document", "name": "a list.csv", "inside": "a\nb"}
        )
        await played.act({"do": "send", "who": "Bo", "kind": "voice"})
        await played.act({"do": "delete", "who": "Bo", "message": (await newest(played, "Bo", "said"))["id"]})
        await played.act({"do": "deed", "who": "Cy", "deed": "blocks the bot"})
        await played.act({"do": "deed", "who": "Cy", "deed": "comes back"})
        await played.act({"do": "language", "who": "Ana", "language": "de"})
        await played.act({"do": "room", "name": "Square", "messenger": "telegram", "led_by": "Mia"})
        await played.act({"do": "say", "who": "Mia", "room": "Square", "words": "/bind"})
        await played.act({"do": "network", "name": "Alster Mentors"})
        await played.act({"do": "wait", "span": "1 week"})
        saved = played.script
    assert saved == await asyncio.to_thread(in_the_terminal, saved)
    assert "Ana: (writes) (sigh) who\\ntranslates a birth certificate?\n" in saved
    assert 'Bo: (document a_list.csv "a\\nb")\n' in saved
    assert "Bo: !" not in saved and "Ana: /language de\n" in saved


@on_loop
async def test_a_transcript_is_opened_and_stepped_through(tmp_path: Path) -> None:
    async with performance(tmp_path, FIRST_DAY) as played:
        world = [each for each in await told(played) if each["kind"] == "world"][-1]
        assert (world["next"], world["left"]) == ("Mia: /invite graduate 1 7", 19)
        await played.act({"do": "step"})
        assert (await newest(played, "Mia"))["files"][0]["description"].startswith("QR code")
        await played.act({"do": "rest"})
        assert [each for each in await told(played) if each["kind"] == "world"][-1]["left"] == 0
        assert played.script == FIRST_DAY


@on_loop
async def test_the_older_of_two_buttons_with_the_same_words_can_be_pressed(tmp_path: Path) -> None:
    """The label alone would press the newer one."""
    async with performance(tmp_path, TWO_QUESTIONS) as played:
        await played.act({"do": "rest"})
        asked = [each for each in await told(played) if each["kind"] == "shown" and each["phone"] == "Cy"]
        older, newer = asked
        assert "I can help" in labels(older) and "I can help" in labels(newer)
        await played.act({"do": "press", "who": "Cy", "message": older["id"], "label": "I can help"})
        assert "Cy can help" in (await newest(played, "Ana"))["text"]
        saved = played.script
    assert saved.count('\nCy: (on "Ana from Neckar") [I can help]\n') == 1
    assert saved == await asyncio.to_thread(in_the_terminal, saved)


@on_loop
async def test_why_names_what_was_understood_what_was_called_and_who_else_heard(tmp_path: Path) -> None:
    async with performance(tmp_path) as played:
        await played.act({"do": "say", "who": "Ana", "words": "Who translates a birth certificate?"})
        await press(played, "Ana", "Ask this as a question")
        await press(played, "Ana", "Send it with my name")
        why = [each for each in await told(played) if each["kind"] == "why"][-1]
        assert why["turns"][0]["meant"] == ["Answer"]
        assert why["turns"][0]["handler"] == "ask"
        assert why["phones"] == ["Ana", *why["others"]] and len(why["others"]) == 1
        await played.act({"do": "next"})
        why = [each for each in await told(played) if each["kind"] == "why"][-1]
        assert why["phone"] == "" and all(turn["meant"] == [] for turn in why["turns"]) and why["others"]


EVA = {"do": "person", "name": "Eva", "role": "member", "messenger": "matrix", "language": "de"}


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (EVA | {"name": "ana"}, "taken"),
        (EVA | {"name": "A: b"}, "bad_name"),
        (EVA | {"name": "Bo in X"}, "bad_name"),
        (EVA | {"role": "queen"}, "not_possible"),
        (EVA | {"messenger": "fax"}, "not_possible"),
        ({"do": "network", "name": "A, B"}, "bad_name"),
        ({"do": "say", "who": "Nobody", "words": "Hello"}, "not_possible"),
        ({"do": "say", "who": "Ana", "words": " "}, "not_possible"),
        ({"do": "say", "who": "Ana", "words": "a" * 4001}, "too_long"),
        ({"do": "press", "who": "Ana", "message": "1", "label": "Yes"}, "not_possible"),
        ({"do": "send", "who": "Ana", "kind": "document", "name": "a.csv", "inside": '"'}, "quotes"),
        ({"do": "wait", "span": "a while"}, "not_possible"),
        ({"do": "dance"}, "not_possible"),
        ({}, "not_possible"),
    ],
)
@on_loop
async def test_what_cannot_be_done_is_refused_and_not_written(
    asked: Mapping[str, Any], why: str, tmp_path: Path
) -> None:
    async with performance(tmp_path) as played:
        before = played.script
        with pytest.raises(Refused, match=f"^{why}$"):
            await played.act(asked)
        assert played.script == before


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")) | st.sampled_from('()[]"\n:'))


@given(WORDS)
def test_words_mean_themselves_whatever_they_are(words: str) -> None:
    """Or they are refused: those that are nothing, and a backslash that would become the end of a line."""
    terminal = Terminal(lambda _: None, "Europe/Berlin", MESSENGERS)
    ana = script.step(demo.CAST[0])
    assert isinstance(ana, script.Cast)
    terminal.people["Ana"] = ana
    try:
        meant = line({"do": "say", "who": "Ana", "words": words}, terminal).step
    except Refused:
        assert not words.strip() or "\\n" in words
    else:
        assert meant == Says("Ana", words.strip())
