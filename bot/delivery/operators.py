"""Letters to the operators, about what needs a person."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.delivery import asked, letters
from bot.delivery.letters import Priority
from bot.installation import Installation
from bot.text import AnyText
from db import people
from db.engine import conversations


def tell(
    db: Session, text: AnyText, *, installation: Installation, now: datetime, except_on: str = ""
) -> bool:
    """Write to all operators but those on the messenger `except_on`. Return whether anybody could be
    reached."""
    accounts = [
        (each.messenger, each.account) for each in installation.operators if each.messenger != except_on
    ]
    ids = [person.id for person in people.behind(db, accounts)]
    reached = letters.write(db, ids, text, priority=Priority.CARRIED, now=now)[1]
    parked = conversations.open_of_each(db, reached)
    asked.repeat_each(db, parked, dict.fromkeys(reached, Priority.CARRIED), now)
    return bool(reached)
