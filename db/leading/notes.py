"""What those who coordinate write down for whoever takes their role after them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from db.models import HandoverNote, Network, Person


def of(db: Session, network: Network, writer: Person) -> HandoverNote | None:
    """Return the note that somebody has written in a network, the latest where they have been two people;
    None where they have written none."""
    mine = HandoverNote.network_id == network.id, HandoverNote.writer_id == writer.id
    return db.scalar(select(HandoverNote).where(*mine).order_by(HandoverNote.at.desc()).limit(1))


def readable(db: Session, network: Network, reader: Person) -> Sequence[HandoverNote]:
    """Return the notes in a network that somebody may read: their own, then those of which they have taken
    the role."""
    theirs = or_(HandoverNote.writer_id == reader.id, HandoverNote.opened_for_id == reader.id)
    found = select(HandoverNote).where(HandoverNote.network_id == network.id, theirs)
    first = HandoverNote.writer_id != reader.id, HandoverNote.at.desc()
    return db.scalars(found.options(joinedload(HandoverNote.writer)).order_by(*first)).all()


def write(
    db: Session, network: Network, writer: Person, parts: Mapping[str, str], now: datetime
) -> HandoverNote:
    """Keep what somebody writes, in the place of what they wrote before."""
    note = of(db, network, writer)
    if note is None:
        note = HandoverNote(network_id=network.id, writer_id=writer.id, at=now)
        db.add(note)
    note.parts, note.at = dict(parts), now
    db.flush()
    return note


def confirm(note: HandoverNote, now: datetime) -> None:
    """Note that what somebody wrote is still right."""
    note.at = now


def delete(db: Session, note: HandoverNote) -> None:
    """Delete a note."""
    db.delete(note)
    db.flush()


def open_for(note: HandoverNote, reader: Person | None) -> None:
    """Let whoever has taken the role read a note, and nobody else besides its writer."""
    note.opened_for_id = reader.id if reader is not None else None


def is_fresh(db: Session, network_id: int, since: datetime) -> bool:
    """Whether a note of a network was still right at some time since then."""
    there = HandoverNote.network_id == network_id, HandoverNote.at >= since
    return db.scalar(select(HandoverNote.id).where(*there).limit(1)) is not None
