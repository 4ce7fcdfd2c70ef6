"""Words of need, but for those whose writer has said that theirs are not meant so."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.reading.need import Need, understood
from db.engine import seen

NOT_SO = timedelta(days=1)
"""How long words are not taken for words of need after their writer has said so."""


def need_of(db: Session, person_id: int, words: str, now: datetime) -> Need | None:
    """Return what need words speak of; None too where their writer has said today that theirs are not meant
    so."""
    need = understood(words)
    if need is None:
        return None
    marks = {dismissed(db, person_id, phrase): phrase for phrase in need.phrases}
    not_meant = seen.marked(db, marks, now - NOT_SO)
    return understood(words, but={marks[mark] for mark in not_meant}) if not_meant else need


def dismissed(db: Session, person_id: int, phrase: str) -> str:
    """Return the name of the mark that somebody does not mean a phrase so: it tells nobody who said what."""
    return seen.secret(db, person_id, phrase)
