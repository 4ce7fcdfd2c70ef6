"""The papers of a charity: written in each language, with what the config says, and never over others."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.installation import Installation, Responsible
from bot.text import Reader
from db.privacy import kept
from handlers.privacy.privacy import Notice, notices
from tests.program.test_backup import command, config_at

FACTS = [
    "[privacy]",
    'responsible = "Neckar e. V., Heidelberg"',
    'contact = "data@example.org"',
    'server = "on a server in Germany"',
]


def test_papers_hold_what_the_config_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "papers"
    assert command(config_at(tmp_path / "here", "", *FACTS), "privacy", folder) == 0
    assert "They are sketches" in capsys.readouterr().out
    names = {path.name for path in folder.iterdir()}
    kinds = {"{}.txt", "record-{}.txt", "assessment-{}.txt"}
    assert names == {kind.format(locale) for kind in kinds for locale in ("en", "de")}
    for path in folder.iterdir():
        paper = path.read_text("utf-8")
        assert "Neckar e. V., Heidelberg" in paper
        assert "{" not in paper
    assert "On Telegram, the company behind it can read our chat." in (folder / "en.txt").read_text("utf-8")
    record = (folder / "record-en.txt").read_text("utf-8")
    for each in kept.everything().values():
        assert f"{each.table.name}: " in record


def test_what_the_config_does_not_say_is_named(tmp_path: Path) -> None:
    assert command(config_at(tmp_path / "here"), "privacy", tmp_path / "papers") == 0
    paper = (tmp_path / "papers" / "de.txt").read_text("utf-8")
    assert "[privacy.responsible]" in paper


def test_a_paper_that_is_there_stays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "en.txt").write_text("Ours")
    assert command(config_at(tmp_path / "here"), "privacy", folder) == 0
    assert (folder / "en.txt").read_text() == "Ours"
    assert "is there already" in capsys.readouterr().out


def test_the_notice_is_handed_out_in_the_language_of_its_reader_or_in_the_first(tmp_path: Path) -> None:
    assert command(config_at(tmp_path / "here", "", *FACTS), "privacy", tmp_path / "papers") == 0
    (tmp_path / "papers" / "de.txt").unlink()
    languages = ("en", "de")
    here = Installation(languages=languages, responsible=Responsible(folder=str(tmp_path / "papers")))
    for locale in languages:
        made = Notice().make(Session(), here, Reader(locale))
        assert (made.name, made.type) == ("privacy-en.txt", "text/plain")
        assert made.content.startswith(b"PRIVACY NOTICE")
    assert notices(Installation(languages=languages)) == {}
