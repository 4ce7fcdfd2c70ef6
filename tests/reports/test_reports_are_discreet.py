"""Nobody else learns of a report: not the person it is about, not who reads the program's log, not who has
the database's file."""

import io
import re
import zipfile
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.installation import Installation
from bot.program import demo
from bot.program.compose import MESSENGERS
from bot.support import log
from bot.text import Reader
from db import files, store
from db.engine import turns
from db.models import Person, Report
from db.models.sealed import Seal
from db.network import reports
from db.old import Old
from db.privacy import mine
from db.seal import Key, lend
from handlers.privacy.my_data import MyData
from tests.support.aio import on_loop
from tests.support.ready import ready
from tests.support.stage import blocks, play

PEOPLE = """
@ Mia, meta-mentor on telegram, en
@ Dora, deputy on telegram, en
@ Kim, member on telegram, en
@ Ana, member on telegram, en
@ Bo, member on matrix, en
@ Cy, member on telegram, en
@ Dan, member on telegram, en
Mia: /network trusted
Mia: [Name a member]
Mia: Kim
Kim: [Yes, I agree]
+ 1 minute
"""
LED = "Ana: [How the network is led]\nAna: [I want to report something]\n"
REPORT = """
Ana: /report
Ana: [No]
Ana: [How the network is led]
Ana: [I want to report something]
Ana: [Yes, somebody here]
Ana: [Mia]
Ana: FIRSTMARK she said
Ana: (document LETTERMARK.pdf) CAPTIONMARK of a letter
Ana: [That is all]
+ 1 minute
Ana: KNOWNMARK knows of it
Ana: [Yes, without my name]
"""
SENT = """
Ana: [Send it]
Kim: [Read it]
Kim: [I take it]
Kim: [Ask back]
Kim: QUESTIONMARK was it?
Ana: [Answer]
Ana: ANSWERMARK it was
Dora: [Read it]
"""
CLOSED = """
Kim: [Let them rest]
Kim: [Let the place rest]
Kim: [End the rest]
Kim: [Done]
Kim: [Talked and settled]
Kim: SENTENCEMARK we talked
Ana: [No]
"""
MARKS = (
    "FIRSTMARK",
    "LETTERMARK",
    "CAPTIONMARK",
    "KNOWNMARK",
    "QUESTIONMARK",
    "ANSWERMARK",
    "SENTENCEMARK",
)


# --- the person it is about ----------------------------------------------------------------------

LOOKS = """
Mia: /pulse
Mia: [The figures]
Mia: /members
Mia: /log
Mia: /network
Mia: /cancel
Mia: /network trusted
Mia: /requests
Mia: /profile
Mia: /cancel
Mia: /start
Mia: /help
"""


def seen_by(name: str, page: str) -> list[list[str]]:
    """What somebody reads, without the codes that are new each time."""
    hers = [block for block in blocks(page) if block[0].startswith(f"    > {name}:")]
    return [[re.sub(r"\b[0-9A-Z]{4}-?[0-9A-Z]{4}\b", "CODE", line) for line in block] for block in hers]


def test_the_accused_sees_the_same_before_and_after(tmp_path: Path) -> None:
    page = play(f"{PEOPLE}{LOOKS}# reported\n{REPORT}{SENT}# after\n{LOOKS}", f"sqlite:///{tmp_path}/db")
    before, rest = page.split("# reported\n")
    between, after = rest.split("# after\n")
    assert seen_by("Mia", between) == []
    looked = seen_by("Mia", before)[-len(seen_by("Mia", after)) :]
    assert seen_by("Mia", after) == looked
    assert len(looked) > 10


def test_those_who_have_nothing_to_do_with_it_hear_nothing(tmp_path: Path) -> None:
    page = play(PEOPLE + REPORT + SENT + CLOSED, f"sqlite:///{tmp_path}/db").split("FIRSTMARK", 1)[1]
    heard = {block[0].split(":")[0].removeprefix("    > ") for block in blocks(page) if "    >" in block[0]}
    assert heard == {"Ana", "Kim", "Dora", "Mia"}
    assert [line for block in seen_by("Mia", page) for line in block] == [
        "    > Mia: Your place in Neckar Mentors rests while something is looked at. Kim talks with you.",
        "    > Mia: Your place in Neckar Mentors is as it was again.",
    ]


# --- copies of what is kept ----------------------------------------------------------------------

ACCUSED = "Mia: I wonder.\n+ 1 minute\n"
"""Something that the accused does, so that there is something to compare."""


def copy(database: str, name: str, *, reported: bool) -> list[str]:
    """What somebody gets who asks for their data, line by line: the page, and the data."""
    with turns.opened(database) as sessions, sessions() as db:
        person_id = db.scalars(select(Person.id).where(Person.name == name)).one()
        made = MyData(person_id, reported=reported).make(db, Installation(), Reader())
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        texts = [archive.read(each).decode() for each in ("index.html", "data.json")]
    return [line for each in texts for line in each.replace("</dd>", "</dd>\n").splitlines()]


def test_the_accused_gets_the_same_data_before_and_after(tmp_path: Path) -> None:
    """Line by line, also if they want what they reported themselves; and so does somebody beside it."""
    before, after = (f"sqlite:///{tmp_path}/{each}" for each in ("before", "after"))
    play(PEOPLE + ACCUSED, before)
    play(PEOPLE + ACCUSED + REPORT + SENT, after)
    for name in ("Mia", "Bo"):
        for reported in (False, True):
            lines = copy(after, name, reported=reported)
            assert len(lines) > 40
            assert lines == copy(before, name, reported=reported)


def test_who_reported_gets_their_own_words_and_nobody_elses(tmp_path: Path) -> None:
    """Only if they want that; and how it stands, as they were told."""
    database = f"sqlite:///{tmp_path}/db"
    play(PEOPLE + REPORT + SENT + CLOSED, database)
    plain, whole = ("\n".join(copy(database, "Ana", reported=reported)) for reported in (False, True))
    own = {"FIRSTMARK", "CAPTIONMARK", "KNOWNMARK"}
    assert {mark for mark in MARKS if mark in whole} == own
    assert {mark for mark in MARKS if mark in plain} == set()
    for told in ("How the network is led", "Yes, without my name", "closed", "Talked and settled"):
        assert told in whole and told not in plain
    assert [name for name in ("Mia", "Kim", "Dora") if name in whole] == []
    everybody_reads = "What you have reported is in it only if you asked for that."
    assert "report" not in plain.replace(everybody_reads, "").lower()


def test_what_somebody_began_to_report_is_no_more_to_be_seen(tmp_path: Path) -> None:
    key, database = Key("k" * 40, tmp_path / "mentornet.key"), f"sqlite:///{tmp_path}/db"
    play(PEOPLE + REPORT, database, key=key)
    with turns.opened(database) as sessions, sessions() as db:
        lend(db, "k" * 40)
        person_id = db.scalars(select(Person.id).where(Person.name == "Ana")).one()
        seen = {reported: str([*mine.rows(db, person_id, reported=reported)]) for reported in (False, True)}
    assert "FIRSTMARK" in seen[True]
    assert "FIRSTMARK" not in seen[False]


# --- the log -------------------------------------------------------------------------------------

pytestmark = pytest.mark.usefixtures("logging_as_before")


def test_the_log_does_not_say_that_anything_was_reported(tmp_path: Path) -> None:
    stream = io.StringIO()
    log.configure("debug", "text", stream)
    play(f"{PEOPLE}{REPORT}Ana: [Send it]\n+ 4 days\nKim: [I take it]\n{CLOSED}", f"sqlite:///{tmp_path}/db")
    lines = stream.getvalue().splitlines()
    traces = [line for line in lines if "report" in line.lower() or "MARK" in line]
    told = {match[0] for line in traces for match in re.finditer(r"handler=\S+| deleted ", line)}
    assert told == {"handler=reporting.AskTrusted", "handler=reporting.AgreeTrusted", " deleted "}
    assert [line for line in traces if " deleted " in line and "report_words=0" not in line] == []
    assert any("of=timer handler=bot.Unasked" in line for line in lines), "the clock on receivers"


# --- the file ------------------------------------------------------------------------------------


@on_loop
async def test_the_file_alone_shows_nothing_of_it(tmp_path: Path) -> None:
    """Not while it is being written either, nor once it is closed: what is looked at is all that SQLite
    keeps, what is written ahead too."""
    path, key = tmp_path / "db", Key("k" * 40, tmp_path / "mentornet.key")

    def found() -> list[str]:
        inside = b"".join(each.read_bytes() for each in files.all_of(path))
        return [mark for mark in MARKS if mark.encode() in inside]

    page: list[str] = []
    async with demo.Stage(ready(f"sqlite:///{path}"), page.append, tuple(MESSENGERS), key) as terminal:
        for part in (PEOPLE + REPORT, SENT, CLOSED):
            await terminal.play(part.splitlines(), ())
            assert found() == []
    assert found() == []
    assert all(mark in "\n".join(page) for mark in MARKS if mark != "LETTERMARK"), "all of it was said"


@on_loop
async def test_without_a_key_it_would_be_found(tmp_path: Path) -> None:
    async with demo.Stage(ready(f"sqlite:///{tmp_path}/db"), lambda line: None) as terminal:
        await terminal.play((PEOPLE + REPORT).splitlines(), ())
        inside = b"".join(each.read_bytes() for each in files.all_of(tmp_path / "db"))
    assert b"FIRSTMARK" in inside


def test_the_row_of_a_report_names_nobody(tmp_path: Path) -> None:
    key = Key("k" * 40, tmp_path / "mentornet.key")
    play(f"{PEOPLE}{REPORT}Ana: [Send it]", f"sqlite:///{tmp_path}/db", key=key)
    with store.connected(f"sqlite:///{tmp_path}/db") as engine, engine.connect() as connection:
        (row,) = connection.execute(text("SELECT * FROM reports")).mappings()
        people = {each.name: each.id for each in connection.execute(text("SELECT name, id FROM people"))}
    numbers = {name for name, value in row.items() if value in (people["Ana"], people["Mia"])}
    assert numbers <= {"id", "network_id"}, "a number of somebody"
    assert '"person"' not in str(dict(row))
    for name in ("Ana", "Mia"):  # as a word: what is sealed may have these letters by chance
        assert not re.search(rf"\b{name}\b", str(dict(row)))


def rows(database: str, table: str, person: str = "") -> list[dict[str, str]]:
    """What is stored in a table, of somebody's where they are named, as one sees it who has only the file."""
    whose = f"WHERE person_id = (SELECT id FROM people WHERE name = '{person}')" if person else ""
    with store.connected(database) as engine, engine.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {table} {whose}"))
        return [{name: str(value) for name, value in row.items()} for row in found.mappings()]


def looks(row: dict[str, str]) -> dict[str, str]:
    """How a row looks to a thief: what is sealed is all the same."""
    sealed = re.compile(r'\{"sealed":"[\w+/=]{380}"\}|sealed [\w+/=]{380}')
    return {name: sealed.sub("SEALED", value) for name, value in row.items()}


def test_an_open_report_looks_like_any_other_question(tmp_path: Path) -> None:
    """Neither what asks, nor the name of its question, nor how far somebody has come."""
    key = Key("k" * 40, tmp_path / "mentornet.key")
    seen = {}
    for name, script in {
        "report": "Ana: /report\nAna: [No]\nAna: [Somebody’s data]\nAna: [Nobody here]",
        "ask": "Ana: /ask papers",
        "begun": "Ana: /report\nAna: [No]\nAna: [Somebody’s data]\nAna: [Nobody here]\nAna: a\n",
    }.items():
        database = f"sqlite:///{tmp_path}/{name}"
        play(f"{PEOPLE}{script}", database, key=key)
        (row,) = rows(database, "conversations", "Ana")
        seen[name] = {
            column: value
            for column, value in looks(row).items()
            if column not in ("id", "letter_id", "asked_by", "asked_at", "takes")
        }
    assert seen["report"] == seen["begun"] == seen["ask"]
    hidden = {column for column, value in seen["ask"].items() if value == "SEALED"}
    assert hidden == {"handler", "question", "args", "answers", "kept", "heard"}


def test_all_that_was_said_looks_alike_in_the_file(tmp_path: Path) -> None:
    """Every letter is sealed, whoever reads it, and so is what was pressed, and what has used a message."""
    key, database = Key("k" * 40, tmp_path / "mentornet.key"), f"sqlite:///{tmp_path}/db"
    play(
        f"{PEOPLE}Bo: /ask papers\nBo: Who knows?\nBo: [Send it with my name]\n{REPORT}{SENT}{CLOSED}",
        database,
        key=key,
    )
    letters = rows(database, "letters")
    assert len(letters) > 40
    for column in ("body", "offers", "recipe", "about", "on_reply", "author"):
        plain = {row[column] for row in letters if not row[column].startswith('{"sealed":')}
        assert plain <= {"None", "[]"}, column
    pressed = [row["chosen"] for row in rows(database, "deliveries") if row["chosen"] != "None"]
    assert len(pressed) > 10
    assert [each for each in pressed if not each.startswith('{"sealed":')] == []
    used = rows(database, "used")
    assert {looks(row)["handler"] for row in used} == {"SEALED"}
    assert any(row["message"] for row in used)


def test_the_file_names_no_report_but_where_it_is_kept(tmp_path: Path) -> None:
    """What is planned about a report names its number, and nobody."""
    key, database = Key("k" * 40, tmp_path / "mentornet.key"), f"sqlite:///{tmp_path}/db"
    play(PEOPLE + REPORT + SENT, database, key=key)
    with store.connected(database) as engine, engine.connect() as connection:
        tables = [*connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars()]
    found = [
        (table, column, value)
        for table in tables
        for row in rows(database, table)
        for column, value in row.items()
        if table not in ("reports", "report_receivers") and "report" in value.lower()
    ]
    assert {(table, column) for table, column, _value in found} <= {
        ("timers", "handler"),
        ("identities", "menu"),
        ("letters", "act"),
        ("timers", "args"),
        ("timers", "about"),
        ("sqlite_sequence", "name"),
    }
    assert {value for _table, column, value in found if column == "args"} == {'{"report_id":1}'}


def test_a_mark_does_not_tell_who_has_written_words_of_need(tmp_path: Path) -> None:
    """Not even to whoever tries all people: it is made with the key."""
    key, database = Key("k" * 40, tmp_path / "mentornet.key"), f"sqlite:///{tmp_path}/db"
    play(f"{PEOPLE}Ana: i want to die\nAna: [It was not meant like that]", database, key=key)
    marks = {row["event"] for row in rows(database, "seen")}
    (ana,) = [row["id"] for row in rows(database, "people") if row["name"] == "Ana"]
    assert Seal("k" * 40).mark(f"{ana} again") in marks
    assert marks.isdisjoint({Seal("").mark(f"{ana} again"), sha256(f"{ana} again".encode()).hexdigest()})


# --- in time -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("category", "days"), [(LED, 365), ("Ana: [A child]\n", 3 * 365)])
def test_words_are_deleted_and_the_report_still_counts(tmp_path: Path, category: str, days: int) -> None:
    script = REPORT.replace(LED, category)
    play(f"{PEOPLE}{script}Ana: [Send it]\nKim: [I take it]\n{CLOSED}", f"sqlite:///{tmp_path}/db")
    with turns.opened(f"sqlite:///{tmp_path}/db") as sessions, sessions.begin() as db:
        (report,) = db.query(Report).all()
        assert report.closed_at is not None
        keeps = {False: 365, True: 3 * 365}
        for at in (timedelta(days=days - 1), timedelta(days=days + 1)):
            for serious, kept in keeps.items():
                before = report.closed_at + at - timedelta(days=kept)
                reports.forget(db, Old(before, None, 50), serious=serious)
            db.refresh(report)
            assert report.forgotten == (at > timedelta(days=days))
        assert (report.said, report.about, report.reporter, report.sentence) == (None,) * 4
        assert (report.outcome, report.number is not None) == ("settled", True)
        assert reports.closed(db, report.network, report.sent_at) == 1


# --- who runs the bot ----------------------------------------------------------------------------


def test_a_report_about_an_operator_never_reaches_them(tmp_path: Path) -> None:
    """Not at first, not when nobody takes it in time, and not as the third one."""
    about = "\n".join(
        f"{who}: {words}"
        for who in ("Ana", "Kim", "Cy")
        for words in (
            *("/report", "[No]", "[Somebody’s data]", "[Yes, somebody here]", "Olga"),
            *("She reads our names aloud.", "[That is all]", "[Nobody]", "[No]", "[Send it]"),
        )
    )
    people = (
        "\n@ Mia, meta-mentor on telegram, en\n@ Ana, member on telegram, en\n@ Kim, member on telegram, en\n"
        "@ Cy, member on telegram, en\n@ Olga, operator on telegram, en\n@ Otto, operator on telegram, en\n"
        "Olga: /operator\nOtto: /operator\n# begins\n"
    )
    page = play(f"{people}{about}\n+ 8 days", f"sqlite:///{tmp_path}/db").split("# begins\n")[1]
    assert seen_by("Olga", page) == []
    heard = "\n".join(line for block in seen_by("Otto", page) for line in block)
    assert "3 reports about the same person" in heard
