"""What a letter offers, and what is done without one: typed here, JSON in rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bot.handler import Target, leads_to
from bot.markup import clean
from bot.text import AnyText, Reader, Text, Value, Verbatim, from_json, render, to_json

# --- offers --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leads:
    """An offer that leads to a handler.

    do, args:   where it leads, as `leads_to` returns it
    given:      answers to the handler's first questions
    keep:       whether it stays in place when it was pressed
    network_id: where whoever presses it acts, whichever network they are active in by then; None: in that one
    means:      the lists of words by which it is chosen as well, the first is preferred
    """

    label: AnyText
    do: str
    args: Mapping[str, Any]
    given: Mapping[str, Any] = field(default_factory=dict)
    keep: bool = False
    network_id: int | None = None
    means: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored with a letter."""
        stored: dict[str, Any] = {"label": to_json(self.label), "do": self.do, "args": self.args}
        if self.given:
            stored["given"] = self.given
        if self.keep:
            stored["keep"] = True
        if self.network_id is not None:
            stored["in"] = self.network_id
        if self.means:
            stored["means"] = self.means
        return stored


@dataclass(frozen=True, slots=True)
class Answers:
    """An offer that answers a question which is open in a conversation.

    bare: whether it has no number, because the question asks for one: what is typed is meant as it stands
    """

    label: AnyText
    conversation_id: int
    question: str
    value: Any
    bare: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored with a letter."""
        stored = {
            "label": to_json(self.label),
            "conversation": self.conversation_id,
            "question": self.question,
            "value": self.value,
        }
        return {**stored, "bare": True} if self.bare else stored


Offer = Leads | Answers


def offer(stored: Mapping[str, Any]) -> Offer:
    """Return what `to_json` packed."""
    text = from_json(stored["label"])
    if is_of_question(stored):
        bare = stored.get("bare", False)
        return Answers(text, stored["conversation"], stored["question"], stored["value"], bare)
    return Leads(
        text,
        stored["do"],
        stored["args"],
        stored.get("given", {}),
        stored.get("keep", False),
        stored.get("in"),
        stored.get("means", ()),
    )


def label(stored: Mapping[str, Any], reader: Reader) -> str:
    """Return what stands on the button of a stored offer."""
    return plain_label(from_json(stored["label"]), reader)


def plain_label(text: AnyText, reader: Reader) -> str:
    """Return a label as a reader sees it."""
    return clean(render(text, reader).unescape())


def label_within(stored: Mapping[str, Any], reader: Reader, limit: int) -> str:
    """Return what stands on the button of a stored offer in at most so many characters: where that is less,
    what somebody wrote is cut, and not the words that say what the button does."""
    text = from_json(stored["label"])
    shown = plain_label(text, reader)
    if len(shown) > limit:
        shown = plain_label(_cut(text, len(shown) - limit), reader)
    return _shortened(shown, limit)


def _cut(text: AnyText, excess: int) -> AnyText:
    """Return a text with so many characters less, of the longest words that somebody wrote in it."""
    match text:
        case Verbatim(words):
            return Verbatim(_shortened(words, max(len(words) - excess, 1)))
        case Text(values=values) if values:
            longest = max(values, key=lambda name: _written(values[name]))
            return replace(text, values={**values, longest: _less(values[longest], excess)})
    return text


def _less(value: Value, excess: int) -> Value:
    match value:
        case str():
            return _shortened(value, max(len(value) - excess, 1))
        case Text() | Verbatim():
            return _cut(value, excess)
    return value


def _written(value: Value) -> int:
    """Return how many characters of a value somebody wrote, at the most in one piece."""
    match value:
        case str():
            return len(value)
        case Verbatim(words):
            return len(words)
        case Text(values=values):
            return max(map(_written, values.values()), default=0)
    return 0


def _shortened(words: str, limit: int) -> str:
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def numbered(stored: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return those of a letter's offers that are shown where there are no native buttons, in the order of
    their numbers: 1 is the first of them."""
    return [each for each in stored if "typed" in each] or stored


def first_button(stored: Sequence[Mapping[str, Any]]) -> int:
    """Return from which of a letter's offers on they are shown as native buttons."""
    return sum("typed" in each for each in stored)


def means(stored: Mapping[str, Any]) -> Sequence[str]:
    """Return the lists of words by which a stored offer is chosen as well."""
    found: Sequence[str] = stored.get("means", ())
    return found


def is_of_question(stored: Mapping[str, Any]) -> bool:
    """Whether a stored offer answers a question of a conversation."""
    return "conversation" in stored


def is_bare(stored: Mapping[str, Any]) -> bool:
    """Whether a stored offer has no number."""
    return bool(stored.get("bare"))


@dataclass(frozen=True, slots=True)
class Button:
    """A button as a handler shows it: pressing it takes the step, or opens the command, with `given` as
    answers to its first questions. `keep` leaves it in place when it was pressed.

    `means` names the lists of words, or the one list, by which it is chosen as well (i18n/words/*/talk.toml):
    "yes" where it is what people mean who write "yes please" to its message. Where the step is an Answerable
    it is taken with those words at once; all others are asked first whether they mean it.

    Those of a list (bot/listing.py) come in two rows. `line`: its number stands in the text already, before
    its line. `typed`: only its number is meant, for native buttons that come later say the same by name.
    """

    label: AnyText
    target: Target
    given: dict[str, Any] = field(default_factory=dict)
    keep: bool = False
    line: bool = False
    typed: bool = False
    means: str | Sequence[str] = ()

    def offer(self, network_id: int | None = None) -> dict[str, Any]:
        """Return what is stored of it with a letter of this network."""
        where = leads_to(self.target)
        means = [self.means] if isinstance(self.means, str) else [*self.means]
        leads = Leads(self.label, where["do"], where["args"], self.given, self.keep, network_id, means)
        marks = {"line": self.line, "typed": self.typed}
        return leads.to_json() | {name: True for name, marked in marks.items() if marked}


# --- operations ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Menu:
    """Gives a chat a menu of its own with these commands; with none, everybody's."""

    commands: Sequence[str]

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored with a letter."""
        return {"menu": list(self.commands)}


@dataclass(frozen=True, slots=True)
class Admit:
    """Lets an account into a room."""

    account: str

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored with a letter."""
        return {"admit": self.account}


@dataclass(frozen=True, slots=True)
class Delete:
    """Takes back the message that the delivery replaces."""

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored with a letter."""
        return {"delete": True}


@dataclass(frozen=True, slots=True)
class Look:
    """Looks whether the messenger still has the files of the letter; where it does not, a timer is due, by
    its name, with its fields, and about something."""

    do: str
    args: Mapping[str, Any]
    about: str

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored with a letter."""
        return {"look": {"do": self.do, "args": self.args, "about": self.about}}


Operation = Menu | Admit | Delete | Look
"""What is done in a chat without a word."""


def operation(stored: Mapping[str, Any]) -> Operation:
    """Return what `to_json` packed."""
    if "menu" in stored:
        return Menu(stored["menu"])
    if "look" in stored:
        return Look(**stored["look"])
    return Admit(stored["admit"]) if "admit" in stored else Delete()
