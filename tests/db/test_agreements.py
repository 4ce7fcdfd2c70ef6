"""What people signed: its proof is verified by what everybody has, each change of it is found, and a person
who is forgotten leaves the signature."""

import io
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text, update
from sqlalchemy.orm import Session

from bot.installation import Installation
from bot.text import Reader
from db import backup, checkup, people, store
from db.agreeing import agreements, signatures
from db.leading import ends, proof
from db.models import Network, Person, Signature, chain
from db.network import members, networks
from db.network.networks import Facts
from db.privacy import forgetting
from handlers.agreeing.record import Record

NOW = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=UTC)
WELL = (True, "Agreements and signatures are as they were written: 3 signatures.")


@pytest.fixture
def engine(database: str) -> Iterator[Engine]:
    with store.connected(database) as opened:
        yield opened


@pytest.fixture
def signed(engine: Engine) -> list[int]:
    """The signatures (by id) of three members below two wordings."""
    with Session(engine) as db, db.begin():
        facts = Facts("Neckar", "", ["en"], "UTC", "", public=False)
        network = networks.found(db, facts, confirmed=True, now=NOW)
        everybody = [
            people.meet(db, "telegram", name, chat=name, name=name, language="en", now=NOW).person
            for name in ("ana", "bo", "cy")
        ]
        for person in everybody:
            members.join(db, network, person, label="graduate", now=NOW)
        agreement = agreements.send(
            db,
            network,
            {"de": {"agree": ["Wir helfen einander „gern“."], "talk": []}},
            by=everybody[0],
            why="",
            holds_from=NOW.date(),
            review_on=NOW.date(),
            now=NOW,
        )
        made = []
        for number, person in enumerate(everybody):
            if number == 2:
                spelled = {"de": {"agree": ["Wir helfen einander gern."], "talk": []}}
                agreements.word(db, agreement, spelled, by=person, now=NOW)
            wording = agreements.wording(db, agreement)
            later = NOW + timedelta(minutes=number)
            made.append(signatures.sign(db, wording, person, language="de", now=later))
        return [each.id for each in made]


def test_what_is_as_it_was_written_is_well(signed: list[int], engine: Engine) -> None:
    assert [*checkup.chains(engine)] == [WELL]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE signatures SET language = 'en' WHERE id = {id}",
        "UPDATE signatures SET signer = signer + 1 WHERE id = {id}",
        "UPDATE signatures SET wording_digest = digest WHERE id = {id}",
        "DELETE FROM signatures WHERE id = {id}",
        "UPDATE wordings SET version = 2 WHERE version = 1",
        "UPDATE wordings SET previous = digest",
    ],
)
def test_a_change_is_found(signed: list[int], engine: Engine, change: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(change.format(id=signed[1])))
    ((fine, sentence),) = checkup.chains(engine)
    assert not fine
    assert "is not what was written" in sentence


WHOLE = (True, "The journals fit together.")


@pytest.mark.parametrize(
    ("cut", "says"),
    [
        ("DELETE FROM signatures WHERE id = {id}", "Neckar had 3 signatures and they end otherwise now"),
        ("DELETE FROM signatures", "Neckar had 3 signatures and they end otherwise now"),
        (
            "UPDATE signatures SET digest = 'computed anew' WHERE id = {id}",
            "Neckar had 3 signatures and they end otherwise now",
        ),
        (
            "DELETE FROM wordings WHERE id = 2",
            "The agreement of Neckar had 2 wordings and ends otherwise now",
        ),
    ],
)
def test_an_end_that_was_cut_off_is_found_by_what_is_kept_outside(
    signed: list[int], engine: Engine, tmp_path: Path, cut: str, says: str
) -> None:
    kept = tmp_path / "journals.json"
    with Session(engine) as db:
        ends.write(db, kept)
    assert [*proof.findings(engine, kept)] == [WHOLE]
    with engine.begin() as connection:
        if "wordings" in cut:  # and whoever signed it
            connection.execute(text("DELETE FROM signatures WHERE wording_id = 2"))
        connection.execute(text(cut.format(id=signed[2])))
    found = [*proof.findings(engine, kept)]
    assert any(not fine and sentence.startswith(says) for fine, sentence in found)
    with Session(engine) as db:
        ends.write(db, kept)
    assert [*proof.findings(engine, kept)] == found, "the file does not forget it"
    with Session(engine) as db:
        ends.write(db, kept, anew=True)
    assert [*proof.findings(engine, kept)] == [WHOLE], "until a restore begins it anew"


def test_more_signatures_are_no_other_end(signed: list[int], engine: Engine, tmp_path: Path) -> None:
    kept = tmp_path / "journals.json"
    with Session(engine) as db, db.begin():
        ends.write(db, kept)
        agreement = agreements.newest(db, 1)
        assert agreement is not None
        wording = agreements.wording(db, agreement)
        dana = people.meet(db, "telegram", "dana", chat="dana", name="dana", language="en", now=NOW).person
        signatures.sign(db, wording, dana, language="en", now=NOW)
        forgetting.erase(db, db.get_one(Signature, signed[1]).signer)
    assert [*proof.findings(engine, kept)] == [WHOLE]


def test_each_backup_lists_where_signatures_end(signed: list[int], engine: Engine, tmp_path: Path) -> None:
    backup.save(engine.url.render_as_string(hide_password=False), tmp_path / "saved.db")
    with Session(engine) as db:
        last = db.get_one(Signature, signed[2]).digest
    assert proof.ends_in(tmp_path / "saved.db")["signatures"] == {"1": (3, last)}


def test_a_file_of_an_older_program_is_that_of_the_journals(tmp_path: Path) -> None:
    kept = tmp_path / "journals.json"
    kept.write_text('{"1": [5, "abc"]}')
    assert ends.read(kept) == {"journals": {"1": (5, "abc")}}


def test_somebody_who_is_forgotten_leaves_the_signature(signed: list[int], engine: Engine) -> None:
    with Session(engine) as db, db.begin():
        signer = db.get_one(Signature, signed[0]).signer
        forgetting.erase(db, signer)
        kept = db.get_one(Signature, signed[0])
        assert (kept.person_id, db.get(Person, kept.signer)) == (None, None)
    assert [*checkup.chains(engine)] == [WELL]


def test_the_record_is_verified_by_what_everybody_has(
    signed: list[int], engine: Engine, tmp_path: Path
) -> None:
    with Session(engine) as db:
        made = Record(signed[2]).make(db, Installation(), Reader("de"))
        short = chain.short(db.get_one(Signature, signed[2]).digest)
    zipfile.ZipFile(io.BytesIO(made.content)).extractall(tmp_path)
    how = (tmp_path / "read-me.txt").read_text("utf-8")
    (command,) = (line for line in how.splitlines() if line.startswith("sha256sum"))
    told = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert told in how + "\n"
    assert told.splitlines()[1].startswith(short)
    assert "Wir helfen einander gern." in how
    subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)


def test_as_many_as_are_needed_are_counted_of_those_who_are_there(signed: list[int], engine: Engine) -> None:
    with Session(engine) as db, db.begin():
        network = db.get_one(Network, 1)
        agreement = agreements.latest(db, network.id)
        assert agreement is not None
        assert (signatures.count(db, agreement), agreements.needed(db, network.id)) == (3, 2)
        db.execute(update(Signature).where(Signature.id == signed[0]).values(person_id=None))
        assert signatures.count(db, agreement) == 2
        assert [each.person.name for each in signatures.unsigned(db, agreement, 9)] == ["ana"]
