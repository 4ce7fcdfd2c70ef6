"""What a reader of words raises where they do not say what was asked for, or say two things."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.text import AnyText, Text, from_json, to_json


class Unclear(Exception):
    """An answer that cannot be taken; `text` says why and how to say it. The question is asked again."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.msgid)
        self.text = text


class Explained(Unclear):
    """A question back, why something is asked: `text` says why. It is no miss."""


class Doubtful(Unclear):
    """Words that can be meant in one way or another: `text` asks in which, `choices` (value → label) are the
    ways."""

    def __init__(self, text: Text, choices: Mapping[str, AnyText]) -> None:
        super().__init__(text)
        self.choices = choices


@dataclass(frozen=True, slots=True)
class Doubt:
    """The same as an answer that is kept."""

    text: AnyText
    choices: Mapping[str, AnyText]

    def to_json(self) -> dict[str, Any]:
        """Return a JSON value from which `of` makes the same again."""
        choices = {value: to_json(label) for value, label in self.choices.items()}
        return {"doubt": to_json(self.text), "choices": choices}

    @classmethod
    def of(cls, answer: object) -> "Doubt | None":
        """Return the doubt that an answer is; None for other answers."""
        if not isinstance(answer, dict) or "doubt" not in answer:
            return None
        choices = {value: from_json(label) for value, label in answer["choices"].items()}
        return cls(from_json(answer["doubt"]), choices)


def doubting(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what parses words likewise, and keeps a doubt as their answer."""

    def parsed(words: str) -> Any:
        try:
            return parse(words)
        except Doubtful as doubtful:
            return Doubt(doubtful.text, doubtful.choices).to_json()

    return parsed
