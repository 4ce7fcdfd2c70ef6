"""Every conversation leads to the same where people see something else: on messengers that only number what
there is to choose, and where everybody reads another language. `make test` plays it once, with both together
and on PostgreSQL; `make soak` each by itself, and to the end where it lasts for long."""

import itertools
import logging
import re
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

import i18n
from adapters.terminal.script import Unreadable
from bot.markup import plain
from bot.program.compose import MESSENGERS
from tests.support.replay import (
    NUMBERING,
    Sent,
    as_numbered,
    everybody_reads,
    numbered,
    without_notes,
)
from tests.support.stage import beginning, name, play, transcripts

NO_NUMBERS = {
    "asking/urgent": "a number that is typed right after two were connected is for the other one",
    "asking/urgent.de": "the same",
    "front/bad_input": "an old button is explained by a note on the press, and a number by a message",
    "front/bad_input.de": "the same",
    "talking/relay_block": "a number that is typed in a conversation is a word for the other one",
    "talking/relay_reported": "the same",
    "talking/not_with": "the same",
    "asking/urgent_apart": "the same",
    "network/room_apart": "the same",
    "joining/join_declined": "of somebody who is forgotten nothing is known, and their number is a word",
    "talking/two_conversations": "a number that is typed in a conversation is a word for the other one",
    "asking/without_a_name_in_a_room": "of a room's message nothing is known after some days, and a number "
    "that answers it may be for people",
    "talking/relay": "two letters leave in one moment of a clock that stands still, and it decides which is "
    "the newer one",
    "talking/relay.de": "the same",
    "checking_in/check_in_not_good": "the same, and they change places",
}
"""Conversations that go differently on a messenger that only numbers, and why."""

NO_LANGUAGE = {
    "settings/language_in_words": "who already reads a language is shown the others where they ask for it",
    "settings/pause_dates": "“12/7” is a day in July for who reads German",
    "agreeing/agreements": "an agreement that is not in the language of its reader says so",
    "agreeing/agreement_changed": "the same",
    "joining/found": "a network speaks at first the language of whoever founds it",
    "settings/two_networks": "the same",
    "settings/two_networks_others": "the same",
}
"""Conversations that go differently in another language, and why."""

OTHERS: list[str | None] = [locale for locale in i18n.available() if locale != i18n.SOURCE]
ENGLISH = [path for path in transcripts() if len(path.suffixes) == 1]


def but(exceptions: dict[str, str], paths: list[Path]) -> list[object]:
    """Return the transcripts as parameters; an exception that passes is a failure."""
    reasons = {
        which: pytest.mark.xfail(strict=True, raises=(AssertionError, Unreadable), reason=why)
        for which, why in exceptions.items()
    }
    return [
        pytest.param(path, id=name(path), marks=[reasons[name(path)]] if name(path) in reasons else [])
        for path in paths
    ]


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


# --- all together --------------------------------------------------------------------------------


A_WHILE = timedelta(days=200)
"""How much of each conversation is played so; what comes later in the few that last for longer, by itself."""


def ways(path: Path) -> list[object]:
    """Return in which languages a conversation is played, None for its own, and whether by numbers: as much
    of both as it can be."""
    locales = OTHERS if path in ENGLISH and name(path) not in NO_LANGUAGE else [None]
    by_numbers = name(path) not in NO_NUMBERS
    return [pytest.param(path, locale, by_numbers, id=f"{name(path)}-{locale}") for locale in locales]


@pytest.mark.parametrize(
    ("path", "locale", "by_numbers"), [way for path in transcripts() for way in ways(path)]
)
@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_conversation_otherwise(
    path: Path, locale: str | None, by_numbers: bool, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The same choices in the same order, and the same words; in another language no English sentence is
    left. Nothing breaks."""
    goes(beginning(path.read_text(), A_WHILE), database, locale, by_numbers=by_numbers)
    assert errors(caplog) == []


def goes(page: str, database: str, locale: str | None = None, *, by_numbers: bool = False) -> None:
    """Play a conversation, and check that it goes as it is written."""
    written = numbered(page) if by_numbers else page
    messengers = NUMBERING if by_numbers else MESSENGERS
    same = as_numbered if by_numbers else str
    if locale is None:
        assert same(play(written, database, messengers)) == written
        return
    with everybody_reads(locale, written) as sent:
        played = same(play(written, database, messengers))
    assert without_notes(played) == without_notes(written)
    assert sent.missing == set()
    assert english_left(sent, locale, written) == []


# --- each by itself ------------------------------------------------------------------------------


@pytest.mark.soak
@pytest.mark.parametrize("path", but(NO_NUMBERS, transcripts()))
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_conversation_by_numbers(path: Path, database: str, caplog: pytest.LogCaptureFixture) -> None:
    """Those that go differently have to."""
    goes(path.read_text(), database, by_numbers=True)
    assert errors(caplog) == []


@pytest.mark.soak
@pytest.mark.parametrize("locale", OTHERS)
@pytest.mark.parametrize("path", but(NO_LANGUAGE, ENGLISH))
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_conversation_in_another_language(
    path: Path, locale: str, database: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Those that go differently have to."""
    goes(path.read_text(), database, locale)
    assert errors(caplog) == []


# --- what is left of English ---------------------------------------------------------------------


def english_left(sent: Sent, locale: str, written: str) -> list[str]:
    """Return the messages that hold a piece of an English text, but for those pieces that people wrote."""
    theirs = "\n".join(line for line in written.splitlines() if not line.startswith(" "))
    pieces = [piece for piece in english(locale) if piece not in theirs]
    seen = [
        words
        for message, _shown in sent.messages
        for words in [message.plain, *itertools.chain.from_iterable(message.buttons)]
    ]
    return [words for words in seen if any(piece in words for piece in pieces)]


@cache
def english(locale: str) -> list[str]:
    """Return the pieces of English texts between their placeholders: those of three words and more, which can
    be told from others, and which are not in the other language too."""
    texts = i18n.catalogue(locale).texts
    pieces = {piece.strip() for text in texts for piece in re.split(r"\{\w+\}", plain(text))}
    translated = "\n".join(plain(form) for text in texts.values() for form in forms(text))
    return sorted(piece for piece in pieces if len(piece.split()) >= 3 and piece not in translated)


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text
