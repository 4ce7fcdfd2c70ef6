"""What a message means, over what is open: a table, without a database."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

import handlers
from bot.dialogue.meaning import private, room
from bot.dialogue.meaning.meanings import NOTHING, Answer, Call, Ignore, Meaning, Privately, Say
from bot.dialogue.meaning.state import State
from bot.dialogue.router import Router
from bot.handler import InNeed, Meant, Step, Unasked, Wished
from bot.installation import Installation
from bot.message import Chat, Deleted, Edited, Event, Media, Opened, Pressed, Unsupported, Words
from bot.text import Reader, Verbatim, to_json
from bot.user_message import UserMessage

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ROUTER = Router(handlers)


@dataclass
class Told(State):
    """A state that is told what a database would say.

    offers:  the labels of the message that is answered, or of the newest one
    older:   those of a message before it
    needs:   whether the words are of need
    talks:   whether a conversation is open
    carried: whether a letter carries the message
    replied: whether answers to the message lead somewhere
    """

    offers: tuple[str, ...] = ()
    older: tuple[str, ...] = ()
    needs: bool = False
    talks: bool = False
    carried: bool = False
    replied: bool = False

    def is_need(self, words: str) -> bool:
        return self.needs

    def newest_words(self) -> int | None:
        return 7 if self.talks else None

    def is_carried(self, message: str) -> bool:
        return self.carried

    def is_same(self, message: str, words: str) -> bool:
        return False

    def offers_of(self, parked: Any) -> list[Any]:
        return list(letter(self.offers).offers)

    def used_by(self, message: str, words: str) -> str | None:
        return None

    def slot_of_question(self, text: str) -> int | None:
        return self.offers.index(text) if text in self.offers else None

    def options_shown(self, parked: Any, words: str) -> tuple[str, ...]:
        return self.offers

    def letters(self) -> list[Any]:
        return [] if self.talks else [letter(each) for each in (self.offers, self.older) if each]

    def news(self) -> list[Any]:
        return []

    def chosen(self, row: Any, slot: int, said: UserMessage = NOTHING, step: Step | None = None) -> Meaning:
        return Say(Verbatim(self.offers[0]), f"chosen {row.offers[slot]['label']['verbatim']}")

    def pressed(self, message: str, delivery_id: int | None, slot: int) -> Meaning:
        return self.chosen(letter(self.offers), slot)

    def shown(self, message: str, delivery_id: int | None = None) -> Any:
        return letter(self.offers)

    def shows_open_question(self, row: Any) -> bool:
        return bool(self.parked) and not self.replied

    def led_to(self, message: str, said: UserMessage) -> Call | None:
        return self.take(InNeed(said=said)) if self.replied else None


def letter(labels: tuple[str, ...]) -> Any:
    """A letter with these choices, as a row has it."""
    offered = [{"label": to_json(Verbatim(label)), "do": "", "args": {}} for label in labels]
    return SimpleNamespace(id=1, letter_id=1, offers=offered, closed=False, on_reply=None, made_at=NOW)


@dataclass
class Question:
    """A parked handler, as its row has it."""

    takes: str = "words"
    newest_words: int | None = None
    handler: str = "ask"
    question: str = "need"
    asked_by: int = 5
    asked_at: datetime = NOW - timedelta(minutes=1)
    id: int = 1
    album: str | None = None
    heard: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    args: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)


def state(chat: Chat, parked: tuple[Question, ...] = (), *, reachable: bool = True, **told: Any) -> Told:
    known = SimpleNamespace(person_id=1, member_id=1, network_id=1, role="member", reachable=reachable)
    actor = cast(Any, SimpleNamespace(known=known, operator=False))
    return Told(cast(Any, None), NOW, ROUTER, chat, Reader(), actor, parked, **told)


def shown(meaning: Meaning) -> str:
    """Return a meaning in a few words."""
    match meaning:
        case Call(handler, linked=linked):
            return f"call {handler.name}" + " by a link" * linked
        case Answer(parked, talking=talking):
            return f"answer {parked.question}" + (" or else carry" if talking else "")
        case Say(outcome=outcome):
            return outcome or "say"
        case Ignore(outcome):
            return outcome or "ignore"
        case Privately(inner):
            return f"privately {shown(inner)}"
    return type(meaning).__name__.lower()


WORDS, CHOICE = Question(), Question("choice")
SPOKEN_TO, CHOICE_SPOKEN_TO = Question(newest_words=7), Question("choice", newest_words=7)
ANSWERED = Question(heard={"telegram ana 7": ["need", "old"]})
STALE = Question(newest_words=3, asked_at=NOW - timedelta(hours=1))
VOICE = Media("telegram", "voice", "file", size=2**30)
UNASKED, NEED, WISHED = f"call {Unasked.name}", f"call {InNeed.name}", f"call {Wished.name}"

PRIVATE: list[tuple[Event, dict[str, Any], str]] = [
    (Words("/ask papers"), {}, "call ask"),
    (Words("/ask I will kill myself"), {"needs": True}, NEED),
    (Words("/aks"), {}, "unknown command"),
    (Words("/cancel"), {"parked": (WORDS,)}, "cancel"),
    (Words("/back"), {}, "back"),
    (Words("", media=VOICE), {}, "too large"),
    (Words("hello"), {}, WISHED),
    (Words("help me"), {"needs": True}, NEED),
    (Words("help me"), {"needs": True, "parked": (WORDS,)}, "answer need"),
    (Words("ask"), {}, "call ask"),
    (Words("ask"), {"talks": True}, UNASKED),
    (Words("ask papers"), {}, WISHED),
    (Words("operator"), {}, UNASKED),
    (Words("Good"), {"offers": ("Good",)}, "chosen Good"),
    (Words("Good"), {"offers": ("Good",), "talks": True}, UNASKED),
    (Words("good."), {"offers": ("Good",)}, "chosen Good"),
    (Words("Yes"), {"offers": ("Good",), "older": ("No", "Yes")}, "chosen Yes"),
    (Words("1️⃣"), {"offers": ("Good",), "older": ("No", "Yes")}, "chosen Good"),
    (Words("2)"), {"offers": ("Good",), "older": ("No", "Yes")}, UNASKED),
    (Words("i can hepl"), {"offers": ("I can help",)}, f"call {Meant.name}"),
    (Words("Good", reply_to="7"), {"offers": ("Good",), "talks": True}, "chosen Good"),
    (Words("so so", reply_to="7"), {"replied": True}, NEED),
    (Words("so so", reply_to="7"), {"parked": (SPOKEN_TO,)}, "answer need"),
    (Words("a text"), {"parked": (WORDS,)}, "answer need"),
    (Words("a text"), {"parked": (SPOKEN_TO,)}, UNASKED),
    (Words("a text"), {"parked": (STALE,)}, UNASKED),
    (Words("Skip"), {"parked": (SPOKEN_TO,), "offers": ("Skip",)}, "answer need"),
    (Words("1"), {"parked": (SPOKEN_TO,), "offers": ("1",)}, UNASKED),
    (Words("1"), {"parked": (CHOICE_SPOKEN_TO,), "offers": ("1",)}, "answer need"),
    (Words("a text"), {"parked": (CHOICE,)}, "answer need"),
    (Words("a text"), {"parked": (CHOICE_SPOKEN_TO,)}, "answer need or else carry"),
    (Edited("new", "7"), {}, "changed too late"),
    (Edited("new", "7"), {"carried": True}, "call Edited"),
    (Edited("new", "7"), {"needs": True}, NEED),
    (Edited("new", "7"), {"parked": (ANSWERED,)}, "answer need"),
    (
        Edited("old", "7"),
        {"parked": (ANSWERED,)},
        "nothing changed",
    ),
    (Deleted("7"), {}, "ignore"),
    (Deleted("7"), {"carried": True}, "call Deleted"),
    (Pressed(0, "7"), {"offers": ("Good",)}, "chosen Good"),
    (Opened("join_ABC"), {}, "call join by a link"),
    (Opened("nonsense"), {}, "call start by a link"),
    (Unsupported("sticker"), {}, "call Unsupported"),
]


@pytest.mark.parametrize(("event", "told", "means"), PRIVATE, ids=str)
def test_in_a_private_chat(event: Event, told: dict[str, Any], means: str) -> None:
    assert shown(private.meaning(event, state(Chat("telegram", "ana"), **told))) == means


IN_ROOM: list[tuple[Event, dict[str, Any], str]] = [
    (Words("hello"), {}, "ignore"),
    (Words("help me"), {"needs": True}, "ignore"),
    (Words("ask papers"), {}, "ignore"),
    (Words("a text"), {"parked": (WORDS,)}, "ignore"),
    (Words("/ask papers"), {}, "personal"),
    (Words("/aks"), {}, "say"),
    (Words("/aks", to_us=False), {}, "ignore"),
    (Words("/help"), {}, "call help"),
    (Words("Good", reply_to="7"), {"offers": ("Good",)}, "privately chosen Good"),
    (Words("Good", reply_to="7"), {"offers": ("Good",), "reachable": False}, "showway"),
    (Words("an answer", reply_to="7"), {"replied": True}, NEED),
    (Pressed(0, "7"), {"offers": ("Good",)}, "privately chosen Good"),
    (Pressed(0, "7"), {"offers": ("Good",), "reachable": False}, "showway"),
    (Edited("new", "7"), {}, "ignore"),
    (Edited("new", "7"), {"carried": True}, "call Edited"),
    (Deleted("7"), {"carried": True}, "call Deleted"),
    (Opened("ask"), {}, "ignore"),
    (Unsupported("sticker"), {}, "ignore"),
]


@pytest.mark.parametrize(("event", "told", "means"), IN_ROOM, ids=str)
def test_in_a_room(event: Event, told: dict[str, Any], means: str) -> None:
    here = state(Chat("telegram", "group", private=False), **told)
    assert shown(room.meaning(event, here, Installation())) == means
