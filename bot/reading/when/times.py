"""Times of day as people type them, in their own language or in English."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import time
from functools import cache

import i18n
from bot.reading.phrases import APOSTROPHES, fold
from bot.reading.unclear import Doubtful, Unclear
from bot.reading.when import words as time_words
from bot.reading.when.words import FILLER, Meant, Vocabulary, key
from bot.text import Text, _, form

TOKEN = re.compile(
    r"(?P<clock>(?<!\d)\d{1,2}\s?[:.h]\s?\d\d(?!\d)|(?<!\d)\d{4}(?!\d))"
    r"|(?P<number>\d+)|(?P<word>[^\W\d_]+)|(?P<sign>[–-])"
)
KINDS = {
    "half_past": "P",
    "half_to": "h",
    "quarter_past": "q",
    "quarter_to": "k",
    "three_quarters": "k",
    "past": ">",
    "to": "<",
    "hour": "H",
    "and": "&",
    "from": "r",
    "never": "0",
}
"""List of `clock_words` → the letter for it."""
LONGEST = 100
"""Characters in which a time is named."""
NOTHING = _("I cannot find a time in that. Try “18:00”, “6 pm” or “half past six”.")
NO_SUCH = _("There is no such time.")
Times = list[time]
"""What can be meant: one time, or one in each half of the day, the likelier first."""
Between = tuple[time, time]


def clock(words: str, locale: str, between: Between | None = None) -> time:
    """Return the time of day that is meant by "18", "18:00", "6 pm", "half past six", "noon" or "24:00", in
    English or the language of `locale`. Where nobody said which half of the day, it is the one `between` two
    times, if there are some; else the earlier.

    Raises Unclear where there is none; Doubtful where something is left over.
    """
    times, left = _understood(words, locale)
    found = next((each for each in times if between and between[0] <= each < between[1]), times[0])
    if left:
        raise Doubtful(
            _("I have not understood “{words}”. Do you mean {time}?", words=left[0].words[:40], time=found),
            {found.isoformat("minutes"): form("{time}", time=found)},
        )
    return found


def halves(words: str, locale: str) -> Times:
    """Return the time that is meant, in both halves of the day where nobody said in which. Raises Unclear
    where there is none, or something is left over."""
    times, left = _understood(words, locale)
    if left:
        raise Unclear(NOTHING)
    return times


def _understood(words: str, locale: str) -> tuple[Times, list[Meant]]:
    said = [each for each in _read(words, locale) if each.kind != "r"]
    times = _time([each for each in said if each.kind != "?"])
    # Where there are no lists, "o 18:30" is as much as can be known.
    has_words = locale in i18n.with_words()
    return times, [each for each in said if each.kind == "?"] if has_words else []


def hours(words: str, locale: str) -> tuple[time, time] | None:
    """Return the two times of "from 10 pm to 7": an evening and a morning, where nothing else is said. None
    for never.

    Raises Unclear where there are not two.
    """
    said = [each for each in _read(words, locale) if each.kind != "r"]
    letters = "".join(each.kind for each in said)
    if letters == "0":
        return None
    unclear = Unclear(_("I need two times. Try “from 22 to 7”, or “never”."))
    for at in (at for at, letter in enumerate(letters) if letter == "&"):
        try:
            starts, ends = _time(said[:at]), _time(said[at + 1 :])
        except Unclear:
            continue
        return starts[-1], ends[0]
    raise unclear


def _time(said: Sequence[Meant]) -> Times:
    parts = [each for each in said if each.kind in "dN"]
    rest = [each for each in said if each.kind not in "dN"]
    letters = "".join(each.kind for each in rest)
    if not rest and len(parts) == 1 and parts[0].kind == "N":
        return [parts[0].value]
    if len(parts) > 1:
        raise Unclear(NOTHING)
    values = [each.value for each in rest]
    match letters:
        case "C" | "CH" | "X" | "XH":
            hour, minute = values[0]
        case "n" | "nH":
            hour, minute = values[0], 0
        case "nHn" | "nn":
            hour, minute = values[0], values[-1]
        case "Pn" | "PnH":
            hour, minute = values[1], 30
        case "hn" | "hnH":
            hour, minute = _before(values[1]), 30
        case "qn" | "qnH":
            hour, minute = values[1], 15
        case "kn" | "knH":
            hour, minute = _before(values[1]), 45
        case "n+" | "nH+":
            hour, minute = values[0], 30
        case "n>n" | "n>nH":
            hour, minute = values[2], values[0]
        case "n<n" | "n<nH":
            hour, minute = _before(values[2]), 60 - values[0]
        case "n&n" if rest[1].words.casefold() == "to" and values[0] in (5, 10, 20, 25):
            hour, minute = _before(values[2]), 60 - values[0]
        case _:
            raise Unclear(NOTHING)
    if (hour, minute) == (24, 0):
        return [time()]
    if not (isinstance(hour, int) and isinstance(minute, int) and 0 <= hour < 24 and 0 <= minute < 60):
        raise Unclear(NO_SUCH)
    if letters[0] == "X" and not parts:  # "03:00"
        return [time(hour, minute)]
    return _halves(hour, minute, parts)


def _before(hour: int | float) -> int | float:
    return hour - 1 if hour > 1 else 12


def _halves(hour: int, minute: int, parts: Sequence[Meant]) -> Times:
    """Return the time in the half of the day that was said, or in both."""
    if not parts:
        if hour == 12:
            return [time(12, minute), time(0, minute)]
        return [time(hour, minute), time(hour + 12, minute)] if 0 < hour < 12 else [time(hour, minute)]
    first, last = (11, 14) if parts[0].kind == "N" else parts[0].value
    if parts[0].kind == "N" and parts[0].value.hour == 0:
        first, last = 24, 24
    wanted = (hour % 12, hour % 12 + 12, hour % 12 + 24) if hour <= 12 else (hour,)
    for each in wanted:
        if first <= each <= last:
            return [time(each % 24, minute)]
    if last == 24 and hour < 6:  # "2 at night"
        return [time(hour, minute)]
    raise Unclear(NO_SUCH)


# --- words ---------------------------------------------------------------------------------------


def _read(words: str, locale: str) -> list[Meant]:
    return [each for each in _meant(words, locale) if each.kind]


def _meant(words: str, locale: str) -> Iterator[Meant]:
    text = unicodedata.normalize("NFKC", words.translate(APOSTROPHES))
    if len(text) > LONGEST:
        raise Unclear(NOTHING)
    known = _vocabulary(locale)
    most = max(map(len, known))
    tokens = list(TOKEN.finditer(text))
    folded = [fold(token[0]) if token.lastgroup == "word" else "" for token in tokens]
    at = 0
    while at < len(tokens):
        token, here = tokens[at], at
        at += 1
        match token.lastgroup:
            case "clock":
                digits = re.findall(r"\d+", token[0])
                hour, minute = digits if len(digits) == 2 else (token[0][:2], token[0][2:])
                yield Meant("X" if hour[0] == "0" else "C", (int(hour), int(minute)), token[0])
            case "number":
                yield Meant("n", int(token[0]), token[0])
            case "sign":
                yield Meant("&", None, token[0])
            case _:
                length, meant = time_words.longest(folded, here, known, most) or (1, Meant("?"))
                at = here + length
                yield meant._replace(words=text[token.start() : tokens[at - 1].end()])


@cache
def _vocabulary(locale: str) -> Vocabulary:
    found: Vocabulary = {}
    for words in reversed(time_words.lists(locale)):
        found |= dict(_listed(words))
    found |= dict(_hours(i18n.hours().get(locale, {})))
    return {**_plain_numbers(locale), **found}


def _plain_numbers(locale: str) -> Vocabulary:
    """Return numbers; an article is none here."""
    return {
        phrase: FILLER if meant.kind == "i" else meant for phrase, meant in time_words.numbers(locale).items()
    }


def _listed(words: i18n.WordLists) -> Iterator[tuple[tuple[str, ...], Meant]]:
    for phrase in words["clock_words"]["fillers"]:
        yield key(phrase), FILLER
    yield from _parts(words)
    for section, kind in KINDS.items():
        for phrase in words["clock_words"][section]:
            yield key(phrase), Meant(kind)


def _hours(words: i18n.WordLists) -> Iterator[tuple[tuple[str, ...], Meant]]:
    """Yield the words of a language that has only those of `hours.toml`."""
    if words:
        yield from _parts(words)
    for hour, name in enumerate(words.get("hours", ()), 1):
        yield key(name), Meant("n", hour)
    for phrase in words.get("and_half", ()):
        yield key(phrase), Meant("+")


def _parts(words: i18n.WordLists) -> Iterator[tuple[tuple[str, ...], Meant]]:
    """Yield the words for a part of the day, and for one time."""
    for hours_, phrases in words["day_parts"].items():
        first, last = hours_.split("-")
        for phrase in phrases:
            yield key(phrase), Meant("d", (int(first), int(last)))
    for at, phrases in words["clock"].items():
        for phrase in phrases:
            yield key(phrase), Meant("N", time.fromisoformat(at))


def said(start: time, end: time) -> Text:
    """Return quiet hours as they are said."""
    if start == end:
        return _("never")
    return _("from {start} to {end}", start=start, end=end)
