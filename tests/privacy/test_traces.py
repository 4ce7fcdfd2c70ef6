"""What tells of a person outside of their own rows is found however it is stored; what is secret stays so."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db import seal
from db.engine import turns
from db.models import Letter
from db.models.sealed import Secret
from db.privacy import forgetting
from db.privacy.traces import TAKEN_OUT, Traces

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


def cleared(url: str, of: Traces, *, key: str | None = None, **columns: Any) -> tuple[Letter, str]:
    """A letter from which somebody was taken out: as it is read, and all that is stored of it."""
    with turns.opened(url) as sessions:
        with sessions.begin() as db:
            seal.lend(db, key)
            db.add(Letter(made_at=NOW, **{"body": {"text": "x"}, "offers": [], "media": [], **columns}))
        with sessions.begin() as db:
            forgetting.clear_letters(db, [of, Traces(99, "Nobody")], 0)
        with sessions() as db:
            return db.scalars(select(Letter)).one(), stored(db)


def stored(db: Session) -> str:
    (row,) = db.execute(text("SELECT * FROM letters")).mappings()
    return str(dict(row))


@pytest.mark.parametrize(
    "asked",
    [
        "Hello,\nwho translates a birth certificate?",
        "She said “no”,\r\n\r\n\tand then?  What now?",
        "C:\\new\\table, which office is that?",
        "Zwei\nda",
    ],
)
def test_a_question_is_found_over_several_lines(asked: str, database: str) -> None:
    of = Traces(7, asked=[" ".join(asked.split())])
    letter, there = cleared(database, of, body={"values": [asked, "stays"]})
    assert letter.body == {"values": [TAKEN_OUT, "stays"]}
    assert "stays" in there


def test_what_is_secret_stays_so(database: str) -> None:
    """Not even the name is left in it, and none of it is stored plainly: the label names them too."""
    offers = [{"label": "Not to Kim"}]
    letter, there = cleared(
        database, Traces(7, "Kim"), key="k" * 40, body=Secret(text="Kim reads MARK"), offers=offers
    )
    assert (letter.body, letter.offers) == ({"text": f"{TAKEN_OUT} reads MARK"}, [{"label": "Not to …"}])
    assert isinstance(letter.body, Secret)
    assert "MARK" not in there


def test_names_stand_alone(database: str) -> None:
    letter, _there = cleared(database, Traces(7, "Bo"), body={"text": "Bo and Boris, bo"})
    assert letter.body == {"text": "… and Boris, bo"}
