"""The list of what is kept: nothing is missing in it, and db/README.md shows all of it. `pytest --rewrite`
writes the table there anew, to be read and then kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.models import Base
from db.models.sealed import Sealed, SealedWord
from db.privacy import kept
from db.privacy.kept import GOES, Kept
from handlers.privacy.labels import COLUMNS, TABLES
from handlers.privacy.values import VALUES

README = Path(__file__).parents[2] / "db" / "README.md"
BEGINS, ENDS = "<!-- what is kept -->\n", "<!-- end -->\n"


def test_every_table_and_every_column_is_in_the_list() -> None:
    listed = {name: set(each.columns) for name, each in kept.everything().items()}
    assert listed == {table.name: set(table.c.keys()) for table in Base.metadata.sorted_tables}


def test_what_belongs_to_somebody_says_so() -> None:
    """A table that refers to people or members is somebody's, by each of these columns or by all but those
    that only mention them."""
    theirs = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in ("people", "members")
    }
    said = {f"{each.table.name}.{owner.name}" for each in kept.everything().values() for owner in each.owners}
    assert theirs - said == {"help_requests.helper_id"}


def test_what_somebody_sees_has_a_name() -> None:
    shown = {(name, column) for name, each in kept.everything().items() for column in each.shown}
    assert set(COLUMNS) == shown
    assert list(TABLES) == [name for name, each in kept.everything().items() if each.shown]
    assert set(VALUES) <= shown


def test_a_person_goes_with_all_that_is_theirs() -> None:
    """Or the list says that only they are taken out."""
    stays = [
        each
        for each in kept.everything().values()
        if each.whose and any(each.fate(column) != GOES for column in each.table.c)
    ]
    assert [each.table.name for each in stays if "taken out when" not in each.until] == []


def test_the_readme_shows_the_list(request: pytest.FixtureRequest) -> None:
    page = README.read_text("utf-8")
    before, _begins, rest = page.partition(BEGINS)
    _old, _ends, after = rest.partition(ENDS)
    table = "".join(lines())
    if request.config.getoption("--rewrite"):
        README.write_text(f"{before}{BEGINS}{table}{ENDS}{after}", "utf-8")
    else:
        assert f"{BEGINS}{table}{ENDS}" in page, "run this test with --rewrite, and read what changed"


def lines() -> Iterator[str]:
    """Yield the lines of the table."""
    yield "\n| column | what it holds | in my data | when its person is forgotten | sealed |\n"
    yield "| --- | --- | --- | --- | --- |\n"
    for each in kept.everything().values():
        whose = "nobody’s" if not each.whose else f"whose: {', '.join(each.whose)}"
        yield f"| **{each.table.name}** | {each.why}; kept until {each.until} | {whose} | | |\n"
        yield from rows(each)
    yield "\n"


def rows(each: Kept) -> Iterator[str]:
    """Yield the lines of one table."""
    for column in each.table.c:
        shown = "yes" if column.name in each.shown else ""
        fate = each.fate(column) if each.whose else "stays"
        sealed = "yes" if isinstance(column.type, Sealed | SealedWord) else ""
        yield f"| {column.name} | {each.columns[column.name]} | {shown} | {fate} | {sealed} |\n"
