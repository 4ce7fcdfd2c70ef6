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

NOTHING: Mapping[int, Sequence[AnyText]] = {}
WAITS = "\0waits"
"""What is kept of a question that was left to wait."""
FILE = "\0file"
"""What is kept of a question that waits for a file: its name, the endings, and the bytes at most. What is
asked later in the same dialogue may quote that file."""


def quotes_file(conversation: Any) -> bool:
    """Whether what is asked may quote a file that somebody sent: then it is forgotten with its answer."""
    return FILE in conversation.kept


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


def repeat(db: Session, person_id: int, priority: Priority, now: datetime) -> None:
    """Ask a person's open question again, as the last line of their chat."""
    parked = conversations.open_of_each(db, [person_id])
    repeat_each(db, parked, {person_id: priority}, now)


def repeat_each(
    db: Session,
    parked: Mapping[int, Sequence[Any]],
    priorities: Mapping[int, Priority],
    now: datetime,
    before: Mapping[int, Sequence[AnyText]] = NOTHING,
) -> None:
    """Ask the open question of each of these people again, as the last line of their chat, below what is said
    to them `before`; that is also said where no question is open. `parked` are the questions of each person,
    the open one first."""
    reached = people.reach(db, sorted({*parked, *before}))
    open_ = {
        person_id: parked[person_id][0]
        for person_id in reached
        if parked.get(person_id) and parked[person_id][0].has_member and not waits(parked[person_id][0])
    }
    asking = _repeated(db, list(open_.values()), now, before)
    only_said = [each for each in before if each in reached and each not in asking]
    written = letters.write_each(db, [packed(paragraphs([*before[each]]), (), now) for each in only_said])
    to_post = asking | dict(zip(only_said, written, strict=True))
    letters.post_each(
        db.connection(),
        [
            {
                "letter_id": to_post[person_id],
                "person_id": person_id,
                "messenger": reached[person_id].messenger,
                "chat": reached[person_id].chat,
                "priority": priorities[person_id],
            }
            for person_id in sorted(to_post)
        ],
    )


def repeated(
    db: Session, conversation: Any, *, now: datetime, before: Sequence[AnyText], secret: bool = False
) -> int | None:
    """Write a letter that asks an open question again below `before`, which may be `secret`, and take the
    buttons off the earlier one. Return its id; None where the question is no longer kept."""
    person_id = conversation.person_id
    return _repeated(db, [conversation], now, {person_id: before}, secret=secret).get(person_id)


def _repeated(
    db: Session,
    open_: Sequence[Any],
    now: datetime,
    before: Mapping[int, Sequence[AnyText]],
    *,
    secret: bool = False,
) -> dict[int, int]:
    """Do so for the open questions of several people; return the letters, by person."""
    earlier = letters.bodies(db, [each.letter_id for each in open_ if each.letter_id is not None])
    kept = [each for each in open_ if each.letter_id in earlier and earlier[each.letter_id][0] is not None]
    letters.close(db, [each.letter_id for each in kept])
    contents: list[dict[str, Any]] = []
    for each in kept:
        stored, offers = earlier[each.letter_id]
        asks = body(before.get(each.person_id, ()), from_json(stored["join"][-1]))
        sealed = secret or isinstance(stored, Secret)
        contents.append({"body": Secret(asks) if sealed else asks, "offers": offers, "now": now})
    written = letters.write_each(db, contents)
    states = [
        {"conversation_id": each.id, "letter_id": letter_id}
        for each, letter_id in zip(kept, written, strict=True)
    ]
    conversations.change_each(db.connection(), states)
    quoting = [each.letter_id for each in kept if quotes_file(each)]
    letters.forget_text(db.connection(), quoting)
    return {each.person_id: letter_id for each, letter_id in zip(kept, written, strict=True)}


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
