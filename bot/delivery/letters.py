"""Writing to people: priorities, authors, and letters with one delivery a reader."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, IntEnum, auto
from typing import Any, Self, TypedDict, Unpack

from sqlalchemy.orm import Session

from bot.delivery.offers import Button
from bot.handler import Answerable, leads_to
from bot.making import recipes
from bot.text import AnyText, to_json
from bot.user_message import UserMessage
from db import people
from db.engine import deliveries, letters, messages
from db.models import Room
from db.models.sealed import keeps

ALBUM = timedelta(seconds=1)
"""How long a letter waits for the rest of an album: its parts come one by one, and no last one is named."""
REPEATED = 100
"""Characters of somebody's words that are repeated to them where these did not arrive."""
NOTHING = UserMessage()


class Waits(Enum):
    """Until when a letter waits for its reader."""

    NEVER = auto()
    WHILE_ASLEEP = auto()  # for the end of quiet hours, unless the reader is just writing
    WHILE_AWAY = auto()  # for the end of quiet hours, and of a pause


class Priority(IntEnum):
    """What leaves first, and what else follows from it: a new one has to say all of it.

    overdue: how long what could leave may wait; at Telegram's 30 a second, half an hour is 54,000 messages
    sound:   whether it makes a sound where it arrives
    waits:   until when it waits for its reader
    """

    overdue: timedelta
    sound: bool
    waits: Waits

    def __new__(cls, value: int, *facts: Any) -> Self:
        made = int.__new__(cls, value)
        made._value_ = value
        made.overdue, made.sound, made.waits = facts  # raises ValueError where one is missing
        return made

    URGENT = -1, timedelta(minutes=2), True, Waits.NEVER  # for a person who allowed to be woken
    ANSWER = 0, timedelta(minutes=2), False, Waits.NEVER
    CARRIED = 1, timedelta(minutes=2), True, Waits.WHILE_ASLEEP
    HELP_REQUEST = 2, timedelta(minutes=10), True, Waits.WHILE_AWAY
    CHECK_IN = 3, timedelta(minutes=30), True, Waits.WHILE_AWAY
    ANNOUNCEMENT = 4, timedelta(minutes=30), True, Waits.WHILE_AWAY


@dataclass(frozen=True, slots=True)
class Author:
    """The person whose words a letter carries. They hear it where these do not arrive.

    words:      the words themselves, or their beginning
    unnamed:    whether they do not know who the reader is
    network_id: where it counts, once it has arrived, that a human answered its reader; None for nowhere
    """

    person_id: int
    words: str = ""
    unnamed: bool = False
    network_id: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored with the letter."""
        words = self.words if len(self.words) <= REPEATED else self.words[: REPEATED - 1] + "…"
        return {
            "person": self.person_id,
            "words": words,
            "unnamed": self.unnamed,
            "network": self.network_id,
        }


class Content(TypedDict, total=False):
    """What a letter can have besides its words and buttons.

    carries:    what somebody said
    about:      what the letter is, as a part of a sentence ("Ida’s question about papers"): people are asked
                whether they mean it, where their words may choose one of its buttons
    on_reply:   the step to which words in answer to it lead
    file:       what the program makes, shown above the words
    forget:     whether the words are deleted once they are delivered
    expires_at: until when it may leave (UTC)
    author:     who hears it where it does not arrive
    network_id: where its buttons act; None: where whoever presses them is active by then
    via:        the messenger on which it is brought to who has an account there that can be reached
    secret:     whether its words are sealed while they are kept, and what can be done about it
    """

    carries: UserMessage
    about: AnyText
    on_reply: Answerable
    file: recipes.Recipe | None
    forget: bool
    expires_at: datetime
    author: Author
    network_id: int | None
    via: str | None
    secret: bool


def write(
    db: Session,
    person_ids: Iterable[int],
    text: AnyText,
    buttons: Sequence[Button] = (),
    *,
    priority: Priority,
    now: datetime,
    **content: Unpack[Content],
) -> tuple[int, list[int]]:
    """Write one letter to these people, each where they are reached. Return its id and who can be reached."""
    letter = packed(text, buttons, now, **content)
    said = content.get("carries", NOTHING)
    answers = list(messages.answered(db, said.answers, letter["on_reply"])) if said.answers else []
    letter_id = letters.write(db, **letter)
    reached = post(
        db,
        letter_id,
        list(person_ids),
        priority=priority,
        via=content.get("via"),
        answers=answers,
        not_before=now + ALBUM if said.album else None,
        expires_at=content.get("expires_at"),
    )
    if content.get("forget") and not reached:
        deliveries.forget_delivered(db.connection(), [letter_id])
    return letter_id, reached


def post(
    db: Session,
    letter_id: int,
    person_ids: Sequence[int],
    *,
    priority: Priority,
    answers: Collection[str] = (),
    via: str | None = None,
    **more: datetime | None,
) -> list[int]:
    """Bring a letter that is written to these people, each where they are reached (`via`: on this messenger,
    if possible). Return who can be reached. What else is given is as for `db.engine.letters.post_all`."""
    reached = people.reach(db, person_ids, via)
    there = [reached[each] for each in person_ids if each in reached]
    letters.post_all(db, letter_id, there, priority=priority, answers=answers, **more)
    return list(reached)


def write_in_rooms(
    db: Session,
    rooms: Iterable[Room],
    text: AnyText,
    buttons: Sequence[Button] = (),
    *,
    priority: Priority,
    now: datetime,
    **content: Unpack[Content],
) -> int:
    """Write one letter for all who are in these rooms, like `write`. Return its id."""
    letter_id = letters.write(db, **packed(text, buttons, now, **content))
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
            expires_at=content.get("expires_at"),
        )
    return letter_id


def packed(
    text: AnyText, buttons: Sequence[Button], now: datetime, **content: Unpack[Content]
) -> dict[str, Any]:
    """Return a letter as `db.engine.letters.write` takes it."""
    carried, file = content.get("carries", NOTHING), content.get("file")
    reply, author, about = content.get("on_reply"), content.get("author"), content.get("about")
    kept = keeps(secretly=content.get("secret", False))
    return {
        "body": kept(to_json(text)),
        "offers": kept([button.offer(content.get("network_id")) for button in buttons]),
        "now": now,
        "recipe": kept(recipes.packed(file)) if file is not None else None,
        "media": [each.to_json() for each in carried.media],
        "about": kept(to_json(about)) if about is not None else None,
        "on_reply": kept(leads_to(reply)) if reply is not None else None,
        "author": kept(author.to_json()) if author is not None else None,
        "carries": carried.message or None,
        "album": carried.album or None,
        "forget": content.get("forget", False),
    }
