"""A messenger on which something went wrong that does not pass by itself: the operators hear of it on another
one."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.delivery import operators
from bot.installation import Installation
from bot.text import AnyText, Command, Verbatim, _, _n, paragraphs
from db.engine import seen


def failed(db: Session, messenger: str, *, installation: Installation, now: datetime) -> None:
    """Say that listening failed for a reason nobody thought of, and is tried again."""
    text = _(
        "I can't use {messenger} at the moment, because something went wrong on my side. I keep trying; the "
        "log says what it was.",
        messenger=installation.title(messenger),
    )
    _tell(db, messenger, text, installation, now)


def refused(db: Session, messenger: str, *, installation: Installation, now: datetime) -> None:
    """Say that the messenger does not let us in."""
    text = _(
        "{messenger} no longer lets me in, so nobody can reach me there. The log says what to do about it; "
        "after that, I need to be started again.",
        messenger=installation.title(messenger),
    )
    _tell(db, messenger, text, installation, now)


def needs_somebody(
    db: Session, messenger: str, sentence: str, *, installation: Installation, now: datetime
) -> None:
    """Say what only an operator can mend, in the adapter's own words."""
    text = _(
        "{messenger} needs you: {sentence}",
        messenger=installation.title(messenger),
        sentence=Verbatim(sentence),
    )
    _tell(db, messenger, text, installation, now)


def clock_jumped(db: Session, by: timedelta, *, installation: Installation, now: datetime) -> None:
    """Say that the clock of the machine has jumped, and what follows from that."""
    hours = round(abs(by) / timedelta(hours=1))
    text = (
        _n(
            "The clock of my machine has jumped ahead by {n} hour. Please look whether it is right. Until "
            "that is certain, I do nothing by myself.",
            "The clock of my machine has jumped ahead by {n} hours. Please look whether it is right. Until "
            "that is certain, I do nothing by myself.",
            hours,
        )
        if by > timedelta()
        else _n(
            "The clock of my machine has jumped back by {n} hour. Please look whether it is right.",
            "The clock of my machine has jumped back by {n} hours. Please look whether it is right.",
            hours,
        )
    )
    operators.tell(db, text, installation=installation, now=now)


def clock_wrong(db: Session, ahead: timedelta, *, installation: Installation, now: datetime) -> None:
    """Say that the clock of the machine is wrong, by those of the messengers; negative: it is behind."""
    hours = round(abs(ahead) / timedelta(hours=1))
    text = (
        _n(
            "The clock of my machine is {n} hour ahead of the messengers. Until it is right, I do nothing "
            "by myself. Please set it.",
            "The clock of my machine is {n} hours ahead of the messengers. Until it is right, I do nothing "
            "by myself. Please set it.",
            hours,
        )
        if ahead > timedelta()
        else _n(
            "The clock of my machine is {n} hour behind the messengers. Until it is right, I do nothing "
            "by myself. Please set it.",
            "The clock of my machine is {n} hours behind the messengers. Until it is right, I do nothing "
            "by myself. Please set it.",
            hours,
        )
    )
    operators.tell(db, text, installation=installation, now=now)


def _tell(db: Session, messenger: str, text: AnyText, installation: Installation, now: datetime) -> None:
    """Tell the operators once a day, however often it is tried again, and by how many programs."""
    if seen.first_time(db, f"{messenger} unwell:{now:%Y-%m-%d}", now):
        how = _("{operator} shows how everything runs.", operator=Command("operator"))
        operators.tell(db, paragraphs(text, how), installation=installation, now=now, except_on=messenger)
