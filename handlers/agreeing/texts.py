"""The text of an agreement: its two parts, sentence by sentence, and what differs between two texts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from bot import AnyText, Command, Text, Unclear, Verbatim, _, _n, form, lines, paragraphs
from bot.markup import clean

LONGEST = 8000
"""Characters: people read it on a phone."""
MOST_RULES = 10
SMALL = 5
"""Percent of the characters that differ at most where only the spelling does."""
MOST_CHANGES = 6
"""Sentences that are shown of a difference."""
HEADING = re.compile(r"^\s*==+\s*\S.*$")
"""What stands above the rules: the line begins so, whatever is written in it."""
END = re.compile(r"(?<=\w\w[.!?…])\s+(?=[^\W\d])")
"""Between two sentences: none ends behind "z. B.", or before a number."""
MARK = re.compile(r"^(?:[-*•·–]\s+|\d{1,3}[.)]\s+)")
"""What stands before a line of a list."""

AGREE, TALK = _("What we agree"), _("How we talk")


@dataclass(frozen=True, slots=True)
class Parts:
    """What is agreed on, and how people talk with one another: a sentence a line."""

    agree: Sequence[str]
    talk: Sequence[str] = ()

    @property
    def every(self) -> list[str]:
        """Return all sentences, in their order."""
        return [*self.agree, *self.talk]

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {"agree": [*self.agree], "talk": [*self.talk]}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Parts":
        """Return what `to_json` packed."""
        return cls(stored["agree"], stored["talk"])

    def with_(self, n: int, sentence: str | None) -> "Parts":
        """Return it with another n-th sentence, counted from 1; without it for None."""
        new = [] if sentence is None else sentences(sentence)
        every, border = self.every, len(self.agree)
        changed = [*every[: n - 1], *new, *every[n:]]
        if n <= border:
            border += len(new) - 1
        return Parts(changed[:border], changed[border:])

    def plus(self, sentence: str, *, talk: bool) -> "Parts":
        """Return it with one more, at the end of the rules or of what is agreed on."""
        new = sentences(sentence)
        return Parts(self.agree, [*self.talk, *new]) if talk else Parts([*self.agree, *new], self.talk)


Texts = Mapping[str, Parts]
"""The same by language, the one in which it was written first."""


def texts_of(stored: Mapping[str, Any]) -> dict[str, Parts]:
    """Return the texts of a stored wording."""
    return {locale: Parts.from_json(each) for locale, each in stored.items()}


def stored(texts: Texts) -> dict[str, Any]:
    """Return texts as they are stored."""
    return {locale: each.to_json() for locale, each in texts.items()}


def for_reader(texts: Texts, locale: str) -> str:
    """Return in which language somebody reads texts: in theirs, else the first."""
    return locale if locale in texts else next(iter(texts))


# --- what somebody wrote -------------------------------------------------------------------------


def parsed(words: str) -> Parts:
    """Return the parts of a text. Raises Unclear for one that is empty, too long, or has too many rules."""
    every = [line.strip() for line in clean(words).splitlines()]
    border = next((n for n, line in enumerate(every) if HEADING.match(line)), len(every))
    parts = Parts(_split(every[:border]), _split(every[border + 1 :]))
    check(parts)
    return parts


def sentences(words: str) -> list[str]:
    """Return the sentences of a text."""
    return _split(clean(words).splitlines())


def _split(every: Sequence[str]) -> list[str]:
    found = [each for line in every for each in END.split(MARK.sub("", line.strip()))]
    return [each.strip() for each in found if any(map(str.isalnum, each))]


def check(parts: Parts) -> None:
    """Raise Unclear where a text cannot be one: it is empty, too long, or has too many rules."""
    if not parts.agree:
        raise Unclear(_("I found nothing to agree on in that. One sentence is enough to begin with."))
    if sum(map(len, parts.every)) > LONGEST:
        raise Unclear(
            _("That is long. Please use up to {limit} characters: people read it on a phone.", limit=LONGEST)
        )
    if len(parts.talk) > MOST_RULES:
        raise Unclear(
            _(
                "Those are {n} rules. More than {most} nobody remembers.",
                n=len(parts.talk),
                most=MOST_RULES,
            )
        )


# --- how it is shown -----------------------------------------------------------------------------


def shown(parts: Parts) -> AnyText:
    """Return a text as people read it."""
    return paragraphs(
        _part(AGREE, parts.agree),
        [_part(TALK, parts.talk)] if parts.talk else [],
    )


def _part(title: Text, part: Sequence[str]) -> AnyText:
    return lines(form("<b>{title}</b>", title=title), map(Verbatim, part))


# --- what differs --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """Sentences that are new, and that are gone, in their order."""

    new: Sequence[str]
    gone: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.new or self.gone)

    def shown(self) -> AnyText:
        """Return it as people read it: a few sentences, and how many there are besides."""
        new, gone = self.new[:MOST_CHANGES], self.gone[: max(0, MOST_CHANGES - len(self.new))]
        left = len(self.new) + len(self.gone) - len(new) - len(gone)
        return paragraphs(
            _quoted(_("New:"), "+", new),
            _quoted(_("No longer:"), "–", gone),
            [_n("and {n} more: {all}", "and {n} more: {all}", left, all=Command("agreement"))]
            if left
            else [],
        )


def _quoted(title: Text, sign: str, some: Sequence[str]) -> Iterator[AnyText]:
    if some:
        quoted = lines(form("{sign} {line}", sign=sign, line=each) for each in some)
        yield lines(title, form("<blockquote>{lines}</blockquote>", lines=quoted))


def difference(old: Parts, new: Parts) -> Difference:
    """Return what differs between two texts, by sentence."""
    before, after = old.every, new.every
    added: list[str] = []
    gone: list[str] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what != "equal":
            gone += before[a:b]
            added += after[c:d]
    if not added and not gone and len(old.agree) != len(new.agree):  # a sentence went to the other part
        moved = slice(*sorted((len(old.agree), len(new.agree))))
        return Difference(after[moved], before[moved])
    return Difference(added, gone)


def beginning(parts: Parts, most: int) -> AnyText:
    """Return the first sentences of a text, up to so many characters."""
    shown_: list[str] = []
    for each in parts.agree:
        if sum(map(len, [*shown_, each])) > most and shown_:
            break
        shown_.append(each[:most])
    return _part(AGREE, [*shown_, *(["…"] if len(shown_) < len(parts.every) else [])])


def is_small(old: Texts, new: Texts) -> bool:
    """Whether texts differ so little that it may be only spelling: in the same languages, in at most SMALL
    percent of their letters, and in no number of sentences."""
    return list(old) == list(new) and all(_is_small(old[locale], new[locale]) for locale in old)


def _is_small(old: Parts, new: Parts) -> bool:
    if (len(old.agree), len(old.talk)) != (len(new.agree), len(new.talk)):
        return False
    pairs = [(a, b) for a, b in zip(old.every, new.every, strict=True) if a != b]
    changed = sum(_changed(a, b) for a, b in pairs)
    return changed * 100 <= SMALL * sum(map(len, old.every))


def _changed(old: str, new: str) -> int:
    found = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(b - a, d - c) for what, a, b, c, d in found if what != "equal")
