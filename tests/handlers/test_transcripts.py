"""Every conversation in `tests/transcripts` goes as it is written there, and leaves no error in the log: what
there is of it stands below, with its message and its way through the code. Together they reach every handler.
Here they are played on SQLite, in test_replays.py on PostgreSQL."""

import logging
import shutil
from functools import cache
from pathlib import Path

import pytest

import handlers
from bot.dialogue.router import Router
from tests.support.stage import TRANSCRIPTS, name, play, transcripts

ROUTER = Router(handlers)
REACHED = Path(__file__).parent / "reached.txt"
"""Each handler, and a conversation that reaches it."""

REWRITE = (
    "If a conversation reaches it, write the table anew, in some minutes: "
    ".venv/bin/python -m pytest tests/handlers/test_transcripts.py -k reached --rewrite"
)

UNREACHED = {
    "joining.AgreeAgain": "nobody on the stage agreed to an earlier text: tests/privacy/test_consent.py",
    "privacy.ShowNotice": "the stage has no operator who wrote a notice: tests/privacy/test_papers.py",
    "bot.OpenLine": "only where there are no buttons: conversations played by numbers lead there",
    "talking.WriteToMember": "a wish to write to somebody leads to the list of members so far",
    "staying.ForgetRested": "a place rests for two years before: test_resting.py",
    "coordinating.MoreDebts": "lists of an earlier program lead there",
    "operating.MoreProposals": "a list is longer than one page only with more than twenty networks",
    "coordinating.MoreOfLog": "a log is longer than one page only after twenty acts",
}
"""Handlers that no conversation can reach, and why."""


@cache
def table() -> dict[str, str]:
    """Each handler that is reached, and by which conversation."""
    return dict(line.split() for line in REACHED.read_text("utf-8").splitlines())


BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)]


@pytest.mark.parametrize("path", transcripts(), ids=name)
@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_a_conversation(
    path: Path, database: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    written = path.read_text()
    reached: set[str] = set()
    unwritten: dict[str, set[str]] = {}
    played = play(written, database, reached=reached, unwritten=unwritten)
    assert {name: where for name, where in unwritten.items() if name not in UNWRITTEN} == {}
    if request.config.getoption("--rewrite"):
        path.write_text(played)
    else:
        assert played == written
        assert {handler for handler, by in table().items() if by == name(path)} - reached == set()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


UNWRITTEN = {
    "asking.AskSomebody": "a question is on its way, and its asker hears of it",
    "coordinating.AskEverybody": "the same",
    "coordinating.HelpWith": "they help as every member does",
    "coordinating.WriteTo": "a conversation of two",
    "directory.ImportOrganisations": "a list is only read; that it is taken in is written down",
    "directory.DropList": "nothing of it was taken in",
    "founding.SayHello": "the same",
    "founding.LeaveOurs": "nothing changes in their network",
    "coordinating.Talked": "their own note that they have talked",
    "coordinating.AppointDeputy": "somebody is asked; that they agree is written down",
    "coordinating.AppointMetaMentor": "the same",
    "electing.CastVote": "votes are secret",
    "electing.RaiseConcern": "the same",
    "handing_over.HereAgain": "their own sign of life",
    "handing_over.AskDeputies": "deputies are asked; that one acts is written down",
    "handing_over.CannotAct": "nothing changes",
    "handing_over.WriteNote": "what only the next one reads",
    "handing_over.GiveRole": "somebody is asked; that they agree is written down",
    "coordinating.SetMorning": "when they hear themselves who waits",
    "settings.ChooseMorning": "the same",
}
"""What those who coordinate do that changes a row, and is not in the journal; and why."""


def test_every_handler_is_reached(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> None:
    """`--rewrite` plays all conversations and writes down which reaches what."""
    if request.config.getoption("--rewrite"):
        by: dict[str, str] = {}
        for path in transcripts():
            shutil.copy(migrated, tmp_path / "db")
            reached: set[str] = set()
            play(path.read_text(), f"sqlite:///{tmp_path / 'db'}", reached=reached)
            by = dict.fromkeys(reached, name(path)) | by
            for file in tmp_path.glob("db*"):
                file.unlink()
        REACHED.write_text("".join(f"{handler} {by[handler]}\n" for handler in sorted(by)), "utf-8")
        table.cache_clear()
    every = {**ROUTER.handlers, **ROUTER.timers}
    assert set(every) - set(table()) == set(UNREACHED), REWRITE
    assert set(table()) - set(every) == set(), REWRITE


def test_the_whole_help_stands_in_one_conversation() -> None:
    """So that a new command changes no other: they cut it short."""
    whole = [path for path in transcripts() if "    |  /ask: " in path.read_text()]
    assert whole == [TRANSCRIPTS / "front" / "rights.txt"]
