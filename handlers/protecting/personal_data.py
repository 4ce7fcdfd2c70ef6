"""What looks like personal data, before words and files of somebody go out to many. Local, and only a hint:
whoever writes decides. What one person writes to another is theirs, and is not looked at."""

from collections.abc import Iterable
from hashlib import sha256

from bot import AnyText, Context, Text, UserMessage, _, form, lines, paragraphs
from bot.reading.personal import file_names, guard
from bot.reading.personal.finding import Finding
from handlers.protecting import emergency

KINDS: dict[str, Text] = {
    "birth": _("a date of birth"),
    "date": _("a full date"),
    "address": _("a postal address"),
    "phone": _("a telephone number"),
    "email": _("an e-mail address"),
    "account": _("the name of an account"),
    "iban": _("a bank account"),
    "number": _("a document or file number"),
}
"""What is looked for, in the order in which it is said."""


NOTHING = UserMessage()


def offer_removal(
    ctx: Context, message: UserMessage, question: str = "personal_data", *, before: UserMessage = NOTHING
) -> UserMessage:
    """Return a message as its writer wants to send it: with what looks like personal data, or without. A file
    whose name tells some is then sent under another one. What stands in it already as it was `before`, its
    writer has left in: they are not asked about that again."""
    left_in = {_piece(before.words, each) for each in _found(ctx, before.words)}
    found = [each for each in _found(ctx, message.words) if _piece(message.words, each) not in left_in]
    sent = {each.name for each in before.media}
    in_names = {name: told for name, told in _in_names(ctx, message).items() if name not in sent}
    kinds = {each.kind for each in (*found, *(each for several in in_names.values() for each in several))}
    if not kinds:
        return message
    cleaned = message.with_words(guard.without(message.words, found)).without_traces(in_names)
    choice = ctx.choose(
        f"{question} {_digest([*(_piece(message.words, each) for each in found), *in_names])}",
        paragraphs(
            lines(
                _(
                    "This looks like personal data of somebody: {kinds}.",
                    kinds=[text for kind, text in KINDS.items() if kind in kinds],
                ),
                _("Everybody you send it to can read it, and hardly anybody needs it."),
            ),
            *(_in_words(cleaned.words) if found else ()),
            *(
                _("Without it, the file “{name}” is called “{other}”.", name=old.name, other=new.name)
                for old, new in zip(message.media, cleaned.media, strict=True)
                if old.name in in_names
            ),
        ),
        {"cleaned": _("Take it out"), "as_it_is": _("Leave it in")},
    )
    return cleaned if choice == "cleaned" else message


def without_it(ctx: Context, words: str, question: str = "personal_data", *, before: str = "") -> str:
    """Return words as their writer wants to send them: with what looks like personal data, or without."""
    return offer_removal(ctx, UserMessage(words), question, before=UserMessage(before)).words


def _piece(words: str, found: Finding) -> str:
    """Return a piece by what it says, however it is written."""
    return "".join(filter(str.isalnum, words[found.start : found.end])).casefold()


def _digest(pieces: Iterable[str]) -> str:
    """Return what tells these pieces from others: an answer about them says nothing about those that stand
    there once the words are changed."""
    return sha256("\n".join(pieces).encode()).hexdigest()[:8]


def _in_words(words: str) -> tuple[AnyText, AnyText]:
    return _("Without it, your text reads:"), form("<blockquote>{need}</blockquote>", need=words)


def _found(ctx: Context, words: str) -> list[Finding]:
    """Return what words tell. Where its writer dials is read only for words with digits: most have none."""
    if not any(sign.isdigit() for sign in words):
        return guard.findings(words, ctx.today)
    return guard.findings(words, ctx.today, emergency.countries(ctx), emergency.digits(ctx))


def _in_names(ctx: Context, message: UserMessage) -> dict[str, list[Finding]]:
    """Return the names of files that tell something, and what."""
    found = {
        each.name: file_names.findings(each.name, ctx.today, emergency.countries(ctx))
        for each in message.media
        if each.name
    }
    return {name: several for name, several in found.items() if several}
