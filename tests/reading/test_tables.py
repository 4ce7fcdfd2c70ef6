"""Lists that people send are read as they meant them, and what is written is read again."""

import csv
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.making.tables import Cell, written
from bot.reading.tables import MOST_ROWS, read
from bot.reading.unclear import Unclear
from bot.text import Reader, Verbatim, _

NAMES = [["Jörg Müller"], ["Zoë Ağaoğlu"]]
TABLE = "Nachname;Vorname\r\nMüller;Jörg\r\nSchön;Änne\r\n"
CELL = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], include_characters="\n=+-@';,|\""), max_size=12
).map(str.strip)
"""What stands in a cell: without space around it, which nobody means."""


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
)
def test_a_table_in_each_encoding(encoding: str) -> None:
    table = read(TABLE.encode(encoding), "de")
    assert table.header == ["Nachname", "Vorname"]
    assert table.known == {"last_name": 0, "first_name": 1}
    assert table.rows == [["Müller", "Jörg"], ["Schön", "Änne"]]
    assert table.is_guessed == (encoding in ("cp1252", "latin-1"))


@pytest.mark.parametrize(
    ("locale", "page", "name"),
    [
        ("pl", "cp1250", "Łukasz Żak"),
        ("uk", "cp1251", "Їжак"),
        ("el", "cp1253", "Ελένη"),
        ("ar", "cp1256", "سمير"),
    ],
)
def test_the_old_code_page_is_that_of_the_language(locale: str, page: str, name: str) -> None:
    assert read(name.encode(page), locale).rows == [[name]]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_separator_and_each_end_of_a_line(separator: str, end: str) -> None:
    lines = [separator.join(row) for row in (["Name", "Stadt"], ["Ana", "Ulm"], ["Bo", "Bad Urach"])]
    table = read(end.join([*lines, ""]), "de")
    assert (table.known, table.rows) == ({"name": 0}, [["Ana", "Ulm"], ["Bo", "Bad Urach"]])


def test_a_line_that_only_tells_the_separator_is_none_of_the_table() -> None:
    assert read("sep=|\r\nName|Notes\r\nAna|a;b\r\n", "en").rows == [["Ana", "a;b"]]


@pytest.mark.parametrize(
    ("sent", "rows"),
    [
        ("Ana Weber\nBo Miller\n", [["Ana Weber"], ["Bo Miller"]]),
        ("\n\n  Ana Weber  \n\t\n;;\nBo Miller", [["Ana Weber"], [";;"], ["Bo Miller"]]),
        ('Bo "Bobby" Miller\n"Ana" Weber\n"Cy', [['Bo "Bobby" Miller'], ['"Ana" Weber'], ['"Cy']]),
        ("Ana", [["Ana"]]),
        ("Ana;;\nBo;Ulm;\n", [["Ana", "", ""], ["Bo", "Ulm", ""]]),
        ("", []),
        (" \n \n", []),
    ],
)
def test_lists_as_people_paste_them(sent: str, rows: list[list[str]]) -> None:
    assert read(sent, "en").rows == rows


def test_empty_lines_are_counted() -> None:
    assert read("Ana\n\nBo\n \n", "en").empty == 2


@pytest.mark.parametrize("name", ["Name", "NAMEN", "full_name", " Teilnehmer:in ", "participant"])
def test_a_header_is_known_in_each_language(name: str) -> None:
    assert read(f"{name};Ort\nAna;Ulm", "en").known == {"name": 0}


def test_too_many_rows_and_what_is_no_text_are_refused() -> None:
    assert len(read("Ana\n" * MOST_ROWS, "en").rows) == MOST_ROWS
    with pytest.raises(Unclear):
        read("Ana\n" * (MOST_ROWS + 1), "en")
    with pytest.raises(Unclear):
        read(b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + bytes(range(256)), "de")


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8), st.sampled_from(["de", "en"]))
def test_what_is_written_is_read_again(rows: list[list[str]], locale: str) -> None:
    file = written([_("Name"), Verbatim("b"), Verbatim("c")], rows, Reader(locale))
    table = read(file, locale)
    assert table.known["name"] == 0
    assert table.rows == [row for row in rows if any(row)]


@settings(deadline=None)
@given(st.lists(CELL, max_size=8), st.sampled_from(["de", "en"]))
def test_so_is_one_column(cells: list[str], locale: str) -> None:
    file = written([_("Name")], [[cell] for cell in cells], Reader(locale))
    assert read(file, locale).rows == [[cell] for cell in cells if cell]


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["de", "ar", "pl_PL"]))
def test_no_file_makes_it_stumble(content: bytes, locale: str) -> None:
    try:
        table = read(content, locale)
    except Unclear:
        return
    assert all(len(row) == table.width for row in table.rows)


def test_a_file_as_programs_want_it() -> None:
    rows: list[list[Cell]] = [["=1+1", date(2026, 3, 2), 5], ["'=x", "@b", "\tc"]]
    german, english = (
        written([_("Name"), Verbatim("Day"), Verbatim("n")], rows, Reader(locale)) for locale in ("de", "en")
    )
    assert german.decode("utf-8-sig") == (
        '"Name";"Day";"n"\r\n"\'=1+1";"2026-03-02";"5"\r\n"\'\'=x";"\'@b";"\'\tc"\r\n'
    )
    assert german.startswith(b"\xef\xbb\xbf")
    assert english == german.replace(b";", b",")
    assert [*csv.reader(english.decode("utf-8-sig").splitlines())][1][0] == "'=1+1"
