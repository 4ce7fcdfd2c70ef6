"""A list of organisations that whoever runs the bot brings from the command line: it is read at once, and the
bot takes it in like any other."""

from collections import Counter
from datetime import datetime

from sqlalchemy.orm import Session

from bot import Unclear, _
from bot.lists import act
from bot.reading.directory import organisations as reading
from db.directory import lists, organisations
from db.engine import timers
from db.models import Fate, Network
from handlers.directory import importing
from handlers.directory.steps import TakeIn

BROUGHT = act("organisations.brought", _("Whoever runs the bot brought a list of organisations on {day}."))
"""Done at the command line, by `db.directory.lists`."""


def bring(db: Session, network: Network, content: bytes, wanted: list[Fate], now: datetime) -> Counter[Fate]:
    """Read a list, and let the bot take in these of its rows as soon as it runs. Return what becomes of how
    many rows. Raises Unclear where it is no list, or too long a one."""
    locale = next(iter(network.languages), "en")
    table = importing.table_of(content, locale, network)
    rows = reading.cells(table)
    sent = lists.keep(db, network, rows, by=None, locale=locale, is_guessed=table.is_guessed, now=now)
    while importing.read_some(db, sent, now):
        pass
    many = lists.counted(db, sent)
    if not any(many[fate] for fate in wanted):
        lists.drop(db, sent)
        return many
    if "new" in wanted and organisations.count(db, network.id) + many["new"] > organisations.MOST:
        raise Unclear(importing.TOO_MANY)
    lists.decide_as_operator(db, sent, wanted, now)
    step = TakeIn(sent.id)
    timers.schedule(db, now, step.name, step.to_json(), importing.about(sent.id))
    return many
