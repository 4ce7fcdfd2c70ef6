"""What words mean over all that can be open: each state beside each row of the table, without a database.

A line of the table is what somebody writes; a column is what is open for them.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

import handlers
from bot.dialogue.meaning import private
from bot.dialogue.meaning.meanings import Answer, Back, Call, Cancel, Complete, Ignore, Instead, Meaning, Say
from bot.dialogue.meaning.state import State
from bot.dialogue.questions import SKIP
from bot.dialogue.router import Router
from bot.handler import InNeed, Meant, Stops, Unasked, Wished
from bot.message import Chat, Media, Words
from bot.reading.need import understood
from bot.text import Reader, Verbatim, to_json
from bot.user_message import UserMessage
from handlers.talking.steps import WriteToCoordinators
from tests.dialogue.test_meaning import Question as Parked

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ROUTER = Router(handlers)
CODE = "7KQ2-M9XD"
TABLE = Path(__file__).with_name("meaning.txt")
LINES = {
    "/cancel": "/cancel",
    "/back": "/back",
    "/ask papers": "/ask papers",
    "/hilfe": "/hilfe",
    "/aks": "/aks",
    "!ask": "!ask",
    "/leave, forwarded": "/leave",
    "need": "I want to kill myself",
    "stop": "stop",
    "no thanks": "No, thanks!",
    "yes": "yes",
    "1": "1.",
    "42": "42",
    "I can help": "I can help.",
    "a slip": "i can hepl",
    "yes and more": "Yes, in 4b",
    "good": "All good, thanks!",
    "in a sentence": "papers and school please",
    "long words": "You have to go to the court in the main street",
    "a question": "Who knows a good lawyer?",
    "a code": CODE,
    "help": "Help!",
    "thanks": "thank you",
    "who are you": "are you human?",
}


@dataclass
class Letter:
    """A letter with choices, as its row is: each with the lists of words that mean it."""

    choices: dict[str, tuple[str, ...]]
    on_reply: Any = None
    id: int = 5
    letter_id: int = 5
    closed: bool = False
    made_at: datetime = NOW - timedelta(hours=1)

    @property
    def offers(self) -> list[Any]:
        return [
            {"label": to_json(Verbatim(label)), "do": "ask", "args": {}, "means": list(means)}
            for label, means in self.choices.items()
        ]


REQUEST = Letter(
    {"I can help": ("help_offer", "yes"), "Not now": ("no", "later")},
    {"do": WriteToCoordinators.name, "args": {"coordinator_id": 1}},
)
CHECK_IN = Letter({"Good": ("good",), "So-so": ("so_so",), "Not good": ("not_good",)}, id=4, letter_id=4)
NEWS = Letter({}, REQUEST.on_reply, id=6, letter_id=6, made_at=NOW - timedelta(minutes=5))


@dataclass
class Question(Parked):
    """A parked handler, and what it offers: each value and its label."""

    offered: dict[str, str] = field(default_factory=dict)


@dataclass
class Told(State):
    """A state that is told what a database would say."""

    said_to: int | None = None
    open_letters: tuple[Letter, ...] = ()
    answered: Letter | None = None

    def shown(self, message: str, delivery_id: int | None = None) -> Letter | None:
        return self.answered

    def shows_open_question(self, row: Any) -> bool:
        return False

    def led_to(self, message: str, said: UserMessage) -> Call | None:
        return self.leads(self.answered.on_reply, said) if self.answered is not None else None

    def is_need(self, words: str) -> bool:
        return understood(words) is not None

    def newest_words(self) -> int | None:
        return self.said_to

    def letters(self) -> list[Any]:
        return [each for each in self._answerable() if each.offers]

    def news(self) -> list[Any]:
        return [each for each in self._answerable() if not each.offers]

    def _answerable(self) -> list[Any]:
        return [each for each in self.open_letters if (self.said_to or 0) < each.letter_id]

    def offers_of(self, parked: Question) -> list[Any]:
        return [
            {"label": to_json(Verbatim(label)), "conversation": 1, "question": "", "value": value}
            for value, label in parked.offered.items()
        ]

    def options_shown(self, parked: Question, words: str) -> list[str]:
        return list(parked.offered)


CHOICE = Question("choice", offered={"papers": "Papers", "school": "School"})
YES_NO = Question("choice", offered={"yes": "Send it", "no": "Do not send"})
FREE = Question()
SKIPPED = Question("words", offered={SKIP: "Rather not"})
OLD = Question(newest_words=7)
JUST_SAID = Question(
    "choice",
    offered={"yes": "Send it", "no": "Do not send"},
    heard={"telegram ana 1": ["need", "My mentee has got a letter."]},
    answers={
        "need": {
            "words": "My mentee has got a letter.",
            "media": [],
            "message": "telegram ana 1",
            "album": "",
        }
    },
    question="send",
    asked_at=NOW - timedelta(seconds=2),
)
STATES: dict[str, dict[str, Any]] = {
    "nothing": {},
    "stranger": {"member": None},
    "choice": {"parked": (CHOICE,)},
    "yes/no": {"parked": (YES_NO,)},
    "free": {"parked": (FREE,)},
    "number": {"parked": (Question("words", offered={"5": "5 people", "25": "25 people"}),)},
    "can skip": {"parked": (SKIPPED,)},
    "just said": {"parked": (JUST_SAID,)},
    "talking": {"said_to": 7},
    "free, talking": {"parked": (OLD,), "said_to": 7},
    "choice, talking": {
        "parked": (Question("choice", offered=CHOICE.offered, newest_words=7),),
        "said_to": 7,
    },
    "check-in": {"open_letters": (CHECK_IN,)},
    "request": {"open_letters": (REQUEST,)},
    "both": {"open_letters": (REQUEST, CHECK_IN)},
    "request, older talk": {"open_letters": (REQUEST,), "said_to": 3},
    "request, newer talk": {"open_letters": (REQUEST,), "said_to": 7},
    "news": {"open_letters": (NEWS,)},
    "request, news": {"open_letters": (NEWS, REQUEST)},
    "news, newer talk": {"open_letters": (NEWS, REQUEST), "said_to": 7},
    "choice, request": {"parked": (CHOICE,), "open_letters": (REQUEST,)},
}


def open_for(told: dict[str, Any]) -> Told:
    known = SimpleNamespace(person_id=1, member_id=1, network_id=1, role="member", reachable=True)
    actor = cast(Any, SimpleNamespace(known=known, operator=False))
    told = {"parked": (), **told}
    known.member_id = told.pop("member", 1)
    return Told(cast(Any, None), NOW, ROUTER, Chat("telegram", "ana"), Reader(), actor, marks="/", **told)


SHORT = {
    WriteToCoordinators.name: "its answer",
    Unasked.name: "unasked",
    InNeed.name: "need",
    Meant.name: "meant?",
    Stops.name: "stop?",
}


def shown(meaning: Meaning) -> str:
    """Return a meaning in a word or two."""
    match meaning:
        case Call(what=Wished(wish=wish)):
            return f"wish {wish}"
        case Call(what=Meant(also=int())):
            return "which?"
        case Call(what=Meant(slot=None)):
            return "its answer?"
        case Call(what=Unasked(question=int())):
            return "for whom?"
        case Call(handler, button=button):
            name = SHORT.get(handler.name, handler.name)
            return "pressed" if button is not None else name
        case Answer(answers={}, talking=False):
            return "joined"
        case Answer(talking=talking):
            return "answer or carried" if talking else "answer"
        case Say(outcome=outcome):
            return outcome
        case Instead(_, inner):
            return f"instead {shown(inner)}"
        case Cancel() | Back() | Complete() | Ignore():
            return type(meaning).__name__.lower()
    raise AssertionError(meaning)


def written() -> str:
    """Return the table, its first line the states."""
    rows = [["", *STATES]]
    for name, words in LINES.items():
        event = Words(words, "9", forwarded="Bo" if "forwarded" in name else "")
        rows.append([name, *(shown(private.meaning(event, open_for(told))) for told in STATES.values())])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (" | ".join(each.ljust(width) for each, width in zip(row, widths, strict=True)) for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def test_what_words_mean_over_what_is_open(request: pytest.FixtureRequest) -> None:
    """`--rewrite` writes the table anew: what changed in it is the review."""
    if request.config.getoption("--rewrite"):
        TABLE.write_text(written(), "utf-8")
    assert written() == TABLE.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "closed", "means"),
    [
        ("I can help", False, "pressed"),
        ("1", False, "pressed"),
        ("i can hepl", False, "meant?"),
        ("yes", False, "its answer"),
        ("It is the office in the main street", False, "its answer"),
        ("It is the office in the main street", True, "its answer"),
    ],
)
def test_a_reply_to_a_letter_is_for_that_letter_whatever_is_open(
    words: str, closed: bool, means: str
) -> None:
    letter = replace(REQUEST, closed=closed)
    for told in STATES.values():
        state = open_for({**told, "answered": letter})
        assert shown(private.meaning(Words(words, "9", reply_to="5"), state)) == means


def test_a_part_of_an_album_belongs_to_what_was_said_with_it() -> None:
    part = Words("", "9", media=Media("telegram", "photo", "f"), album="a")
    asked = replace(CHOICE, album="telegram ana a", answers={"need": UserMessage("Look").to_json()})
    assert shown(private.meaning(part, open_for({"parked": (asked,)}))) == "complete"
    assert shown(private.meaning(part, open_for({"parked": (CHOICE,)}))) == "answer"


def test_the_rest_of_a_paste_that_was_too_long_is_not_an_answer() -> None:
    """An app cuts at 4,096 characters; that it is too long has been said."""
    cut = Question(heard={"telegram ana 1": ["need", "x" * 4000]}, asked_at=NOW - timedelta(seconds=9))
    assert shown(private.meaning(Words("the tail", "9"), open_for({"parked": (cut,)}))) == "ignore"
    late = replace(cut, asked_at=NOW - timedelta(seconds=20))
    assert shown(private.meaning(Words("shorter now", "9"), open_for({"parked": (late,)}))) == "answer"
