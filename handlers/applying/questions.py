"""What applicants are asked: the usual questions, or the network's own ones."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot import AnyText, Context, UserMessage, Verbatim, _, form, lines, paragraphs
from bot.text import from_json, to_json
from db.models import Network
from handlers.asking.wording import KINDS
from handlers.vocabulary import SKIP

USUAL = (
    _("How did you come to mentoring?"),
    _("What can you help with?"),
    _("Is there anything we should know?"),
)
LONGEST = 1000
WHY = _("So that the people who decide know a little about you. A few words are enough.")
NOTHING = "skip"

Answers = Sequence[Mapping[str, Any]]
"""Messages as they are stored, each with its "question"."""


def of(network: Network) -> Sequence[AnyText]:
    """Return the questions of a network."""
    return [Verbatim(each) for each in network.questions] if network.questions else USUAL


def ask(ctx: Context, network: Network) -> list[dict[str, Any]]:
    """Ask them one by one: all but the first can be left out, and voice notes are answers too."""
    asked = ctx.keep("questions", [to_json(each) for each in of(network)])
    given = []
    for number, question in enumerate(asked, 1):
        answer: UserMessage | str
        if number == 1:
            answer = ctx.ask_message("answer", from_json(question), max_length=LONGEST)
        else:
            skip = {NOTHING: SKIP}
            name = f"answer {number}"
            answer = ctx.ask_message_or(name, from_json(question), skip, max_length=LONGEST, why=WHY)
        if isinstance(answer, UserMessage):
            given.append({"question": question, **answer.to_json()})
    return given


def shown(answers: Answers) -> AnyText:
    """Return answers below their questions; of files only what they are."""
    return paragraphs(lines(from_json(each["question"]), _words(each)) for each in answers)


def _words(answer: Mapping[str, Any]) -> AnyText:
    if answer["words"]:
        return form("<blockquote>{words}</blockquote>", words=answer["words"])
    return form("<blockquote>{what}</blockquote>", what=[KINDS[each["kind"]] for each in answer["media"]])


def enclosed(answers: Answers) -> list[tuple[AnyText, UserMessage]]:
    """Return what was sent in place of words, or with them, each with its question."""
    return [
        (from_json(each["question"]), UserMessage.from_json({**each, "words": ""}))
        for each in answers
        if each["media"]
    ]


def written(answers: Answers) -> list[str]:
    """Return all that somebody wrote in their answers, and where their files lie."""
    words = [" ".join(each["words"].split()) for each in answers]
    return [*filter(None, words), *(media["file"] for each in answers for media in each["media"])]
