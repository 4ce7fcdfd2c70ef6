"""What looks like personal data of a third person, before a request goes out. Local, and only a hint:
the asker decides."""

import re

from bot import Context, Text, _, form, lines, paragraphs

PATTERNS: dict[str, tuple[re.Pattern[str], Text]] = {
    "email": (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+\w"), _("an e-mail address")),
    "iban": (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"), _("a bank account")),
    "birthday": (
        re.compile(r"\b(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)\b"),
        _("a full date"),
    ),
    "number": (
        re.compile(r"\b(?=[A-Z0-9/-]*\d{3})[A-Z]{1,3}[/-]?[0-9][A-Z0-9/-]{5,}\b"),
        _("a document or file number"),
    ),
    "phone": (re.compile(r"(?<![\w.])(?:\+|00|0)\d[\d ()/-]{6,}\d"), _("a telephone number")),
}
"""What is looked for, in this order: each takes its part away before the next looks."""


def found(words: str) -> tuple[list[Text], str]:
    """Return what kinds of personal data the words seem to hold, and the words without them."""
    kinds = []
    for pattern, kind in PATTERNS.values():
        words, count = pattern.subn("[…]", words)
        if count:
            kinds.append(kind)
    return kinds, words


def offer_removal(ctx: Context, need: str, question: str = "personal_data") -> str:
    """Return the need as the asker wants to send it: with what looks like personal data, or without."""
    kinds, cleaned = found(need)
    if not kinds:
        return need
    choice = ctx.choose(
        question,
        paragraphs(
            lines(
                _("This looks like personal data of somebody: {kinds}.", kinds=list(kinds)),
                _("Without it, your text reads:"),
            ),
            form("<blockquote>{need}</blockquote>", need=cleaned),
        ),
        {"cleaned": _("Take it out"), "as_it_is": _("Leave it in")},
    )
    return cleaned if choice == "cleaned" else need
