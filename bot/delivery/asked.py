"""Open questions, as the letters that ask them. A question is always the last paragraph of its letter."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery.letters import Priority, packed
from bot.text import AnyText, from_json, paragraphs, to_json
from db import people
from db.engine import conversations, letters
from db.models.sealed import Secret

WAITS = "\0waits"
"""What is kept of a question that was left to wait."""


def waits(conversation: Any) -> bool:
    """Whether an open question was left to wait: it is not asked again yet, and what has come below it is
    answered before it."""
    return WAITS in conversation.kept


def let_wait(db: Session, conversation: Any, *, waits: bool) -> None:
    """Leave an open question to wait, or not any more."""
    conversations.change(db, conversation.id, kept=kept(conversation.kept, waits=waits))


def kept(before: Mapping[str, Any], *, waits: bool) -> dict[str, Any]:
    """Return what is kept of a question that is to wait, or not."""
    after = {name: value for name, value in before.items() if name != WAITS} | (
        {WAITS: True} if waits else {}
    )
    return Secret(after) if isinstance(before, Secret) else after


def repeat(
    db: Session, person_id: int, priority: Priority, now: datetime, before: Sequence[AnyText] = ()
) -> None:
    """Ask a person's open question again, as the last line of their chat, below what is said `before`; that
    is also said where no question is open."""
    parked = conversations.open_of(db, person_id)
    reached = people.reach(db, [person_id])
    if not reached:
        return
    identity = reached[person_id]
    letter_id = None
    if parked and parked[0].has_member and not waits(parked[0]):
        letter_id = repeated(db, parked[0], now=now, before=before)
    if letter_id is None and before:
        letter_id = letters.write(db, **packed(paragraphs(before), (), now))
    if letter_id is not None:
        letters.post(
            db,
            letter_id,
            person_id=person_id,
            messenger=identity.messenger,
            chat=identity.chat,
            priority=priority,
        )


def repeated(
    db: Session, conversation: Any, *, now: datetime, before: Sequence[AnyText], secret: bool = False
) -> int | None:
    """Write a letter that asks an open question again below `before`, which may be `secret`, and take the
    buttons off the earlier one. Return its id; None where the question is no longer kept."""
    old = letters.body(db, conversation.letter_id) if conversation.letter_id is not None else None
    if old is None or old[0] is None:
        return None
    stored, offers = old
    letters.close(db, conversation.letter_id, None)
    asks = body(before, from_json(stored["join"][-1]))
    kept = Secret(asks) if secret or isinstance(stored, Secret) else asks
    letter_id = letters.write(db, body=kept, offers=offers, now=now)
    conversations.change(db, conversation.id, letter_id=letter_id)
    return letter_id


def body(before: Sequence[AnyText], asks: AnyText) -> Any:
    """Return the stored text of a question below `before`."""
    return to_json(paragraphs(list(before), asks))


def question(db: Session, letter_id: int | None) -> AnyText | None:
    """Return what a letter asks, without what stands above; None where it is no longer kept."""
    stored = letters.body(db, letter_id) if letter_id is not None else None
    asks = _asks(stored[0]) if stored is not None else None
    return from_json(asks) if asks is not None else None


def is_same(db: Session, letter_id: int, other_id: int | None) -> bool:
    """Whether two letters ask the same with the same buttons, whatever stands above."""
    one = letters.body(db, letter_id)
    other = letters.body(db, other_id) if other_id is not None else None
    if one is None or other is None or one[1] != other[1]:
        return False
    return _asks(one[0]) is not None and _asks(one[0]) == _asks(other[0])


def _asks(stored: Any) -> Any:
    """Return what a stored text asks, without what stands above; None for one that asks nothing, or is no
    longer kept."""
    return stored["join"][-1] if stored is not None and "join" in stored else None
