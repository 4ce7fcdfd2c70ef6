"""Writing to people: buttons, priorities, and letters with one delivery a reader."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy.orm import Session

from bot.note import Note
from bot.router import name_of
from bot.text import AnyText, Verbatim, from_json, paragraphs, to_json
from db import conversations, deliveries, letters, people
from db.models import Letter, Room

ALBUM = timedelta(seconds=1)
"""How long a letter waits for the rest of an album: its parts come one by one, and no last one is named."""
NOTHING = Note()
OnReply = tuple[Callable[..., None], int]
"""A handler, and the number of what it is about."""


class Priority(IntEnum):
    """What leaves first. Only an answer may arrive in somebody's quiet hours, and only it wakes nobody."""

    ANSWER = 0
    CARRIED = 1
    HELP_REQUEST = 2
    CHECK_IN = 3
    ANNOUNCEMENT = 4


@dataclass(frozen=True, slots=True)
class Button:
    """An offer under a letter: pressing it calls `handler` with `args`, and with `given` as answers to its
    first questions. `keep` leaves it in place when it was pressed."""

    label: AnyText
    handler: Callable[..., None]
    args: tuple[Any, ...] = ()
    given: dict[str, Any] = field(default_factory=dict)
    keep: bool = False

    def offer(self) -> dict[str, Any]:
        """As it is stored with the letter."""
        offer: dict[str, Any] = {
            "label": to_json(self.label),
            "do": name_of(self.handler),
            "args": list(self.args),
        }
        if self.given:
            offer["given"] = self.given
        if self.keep:
            offer["keep"] = True
        return offer


def answer_offer(label: AnyText, conversation_id: int, question: str, value: Any) -> dict[str, Any]:
    """An offer that answers an open question."""
    return {"label": to_json(label), "conversation": conversation_id, "question": question, "value": value}


def write(
    db: Session,
    person_ids: Iterable[int],
    text: AnyText,
    buttons: Sequence[Button] = (),
    *,
    priority: Priority,
    now: datetime,
    expires_at: datetime | None = None,
    note: Note = NOTHING,
    **content: Any,
) -> tuple[int, list[int]]:
    """One letter for these people, each where they last wrote; its id and who could be reached. `note` and
    `content` are those of `compose`; after `expires_at` it is not sent any more."""
    letter_id = compose(db, text, buttons, now=now, note=note, **content)
    ids = list(person_ids)
    reached = people.reach(db, ids)
    letters.post_all(
        db,
        letter_id,
        [reached[each] for each in ids if each in reached],
        priority=priority,
        not_before=now + ALBUM if note.album else None,
        expires_at=expires_at,
    )
    return letter_id, list(reached)


def write_in_rooms(
    db: Session,
    rooms: Iterable[Room],
    text: AnyText,
    buttons: Sequence[Button] = (),
    *,
    priority: Priority,
    now: datetime,
    expires_at: datetime | None = None,
    **content: Any,
) -> int:
    """One letter for all who are in these rooms, like `write`; its id."""
    letter_id = compose(db, text, buttons, now=now, **content)
    for room in rooms:
        letters.post(
            db,
            letter_id,
            person_id=None,
            messenger=room.messenger,
            chat=room.chat,
            room_id=room.id,
            thread=room.thread,
            priority=priority,
            expires_at=expires_at,
        )
    return letter_id


def compose(
    db: Session,
    text: AnyText,
    buttons: Sequence[Button],
    *,
    now: datetime,
    note: Note = NOTHING,
    on_reply: OnReply | None = None,
    forget: bool = False,
    picture: Any = None,
) -> int:
    """Store a letter that nobody gets yet; its id.

    `note` is what is carried in it; `on_reply` a handler and its arguments, called with what somebody says
    in answer to it. `forget` drops the text once it is delivered.
    """
    return letters.write(
        db,
        body=to_json(text),
        offers=[button.offer() for button in buttons],
        now=now,
        picture=picture,
        media=[each.to_json() for each in note.media],
        on_reply={"do": name_of(on_reply[0]), "args": list(on_reply[1:])} if on_reply else None,
        carries=note.message or None,
        album=note.album or None,
        forget=forget,
    )


def completes_album(db: Session, note: Note, now: datetime) -> bool:
    """Put what was said into the letter that waits for the whole of its album, if there is one."""
    letter = letters.of_album(db, note.album, now) if note.album else None
    if letter is None:
        return False
    if note.words:  # each part can have words of its own
        letter.body = to_json(paragraphs(from_json(letter.body), Verbatim(note.words)))
    letter.media = [*letter.media, *(each.to_json() for each in note.media)]
    letters.wait_for_album(db, letter, now + ALBUM)
    return True


def change(db: Session, letter: Letter, text: AnyText, now: datetime) -> None:
    """Say something else in the place of a letter, wherever it was sent."""
    changed = letters.write(db, body=to_json(text), offers=[], now=now, forget=letter.forget)
    _after(db, letter, changed)


def take_back(db: Session, letter: Letter, now: datetime) -> None:
    """Delete a letter wherever it was sent; where it still waits, it does not leave."""
    waiting = [old.id for old in letters.deliveries_of(db, letter.id) if old.state == "waiting"]
    deliveries.drop(db, waiting, now=now, reason="taken back")
    # Also for those: one of them may be on its way at this moment.
    _after(db, letter, letters.write(db, body=None, offers=[], act={"delete": True}, now=now))


def _after(db: Session, letter: Letter, next_: int) -> None:
    """Post a letter that does something to what an earlier one has become."""
    for old in letters.deliveries_of(db, letter.id):
        letters.post(
            db,
            next_,
            person_id=old.person_id,
            messenger=old.messenger,
            chat=old.chat,
            room_id=old.room_id,
            thread=old.thread,
            priority=old.priority,
            replaces=old.id,
        )


def admit(db: Session, room: Room, account: str, now: datetime) -> None:
    """Let somebody into a room who asked for it."""
    letters.post(
        db,
        letters.write(db, body=None, offers=[], act={"admit": account}, now=now),
        person_id=None,
        messenger=room.messenger,
        chat=room.chat,
        room_id=room.id,
        priority=Priority.ANSWER,
    )


def repeat_question(db: Session, person_id: int, priority: Priority, now: datetime) -> None:
    """Ask a person's open question again, as the last line of their chat."""
    parked = conversations.open_of(db, person_id)
    reached = people.reach(db, [person_id])
    if not parked or not reached:
        return
    identity = reached[person_id]
    letter_id = repeated(db, parked[0], now=now, before=[])
    if letter_id is not None:
        letters.post(
            db,
            letter_id,
            person_id=person_id,
            messenger=identity.messenger,
            chat=identity.chat,
            priority=priority,
        )


def repeated(db: Session, conversation: Any, *, now: datetime, before: list[AnyText]) -> int | None:
    """A letter that asks an open question again below `before`; the buttons of the earlier one go."""
    old = letters.body(db, conversation.letter_id) if conversation.letter_id is not None else None
    if old is None or old[0] is None:
        return None
    body, offers = old
    close_question(db, conversation.letter_id)
    letter_id = letters.write(
        db, body=question_body(before, from_json(body["join"][-1])), offers=offers, now=now
    )
    conversations.change(db, conversation.id, letter_id=letter_id)
    return letter_id


def question_body(before: list[AnyText], question: AnyText) -> Any:
    """The stored text of a question, which is always the last paragraph."""
    return to_json(paragraphs(before, question))


def same_question(db: Session, letter_id: int, other_id: int | None) -> bool:
    """Whether two letters ask the same with the same buttons, whatever stands above."""
    one = letters.body(db, letter_id)
    other = letters.body(db, other_id) if other_id is not None else None
    if one is None or other is None or not one[1] or one[1] != other[1]:
        return False
    return None not in (one[0], other[0]) and one[0]["join"][-1] == other[0]["join"][-1]


def close_question(db: Session, letter_id: int | None, chosen: AnyText | None = None) -> None:
    """Take the buttons off a question that is answered, cancelled or asked anew."""
    if letter_id is not None:
        letters.close(db, letter_id, to_json(chosen) if chosen is not None else None)
