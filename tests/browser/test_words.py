"""The words of the page: all are there and used, and none stands in the page itself."""

import re
from typing import get_args

from adapters.browser.server import PAGE
from adapters.browser.words import WORDS
from bot.dialogue.meaning.meanings import Meaning

PYTHON = [PAGE / ".." / name for name in ("lines.py", "performance.py", "server.py")]


def page(*kinds: str) -> str:
    """Return all files of the page of these kinds, as one text."""
    return "\n".join(each.read_text("utf-8") for each in PAGE.iterdir() if each.name.endswith(kinds))


def test_every_word_that_the_page_names_is_there() -> None:
    named = re.findall(r'data-say(?:-label)?="(\w+)"', page("html"))
    named += re.findall(r'\b(?:say|button|add)\("(\w+)"', page("js"))
    assert set(named) - WORDS.keys() == set()


def test_every_word_is_used() -> None:
    """By its name, or as one of a family, whose names are put together."""
    used = page("html", "js") + "".join(each.read_text("utf-8") for each in PYTHON)
    unused = {name for name in WORDS if not re.search(rf"\b{name}\b", used)}
    assert {name for name in unused if not re.search(rf"`{name.partition('_')[0]}_\$", used)} == set()


def test_whatever_can_be_meant_has_words() -> None:
    named = {name.removeprefix("meant_") for name in WORDS if name.startswith("meant_")}
    assert named == {each.__name__ for each in get_args(Meaning)}


def test_no_words_stand_in_the_page_itself() -> None:
    between = re.sub(r"<!--.*?-->|<title>.*?</title>|<[^>]*>", "", page("html"), flags=re.S)
    assert not re.search(r"[^\W\d_]", between)
    said = r'(?:textContent|ariaLabel|placeholder|alt|title)\W{1,3}"[^"]*\w{2}[^"]*"'
    assert re.findall(said, page("js")) == []
