"""The names of a course group in what somebody sent: a list, a table, or pasted words."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot import AnyText, SentFile, Unclear, Verbatim, _
from bot.reading import tables
from bot.reading.phrases import fold
from bot.reading.tables import Table

MOST = 200
"""People in one group: more than any course has."""
LONGEST = 80
"""Characters of a name."""
TOGETHER = "together"
"""The choice of all columns: first names in one, last names in another."""
MARK = re.compile(r"\A(?:[-*•·–]\s+|\d{1,3}[.)]\s*)")
"""What stands before a name in a list."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a group, and those that stand in it twice; how many lines are empty, and whether letters
    that are not English may be wrong."""

    names: Sequence[str]
    alike: Sequence[str]
    empty: int
    is_guessed: bool


def table(sent: SentFile | str, locale: str) -> Table:
    """Return the table in what somebody sent who reads `locale`. Raises Unclear where no name is in it, or
    too many."""
    found = tables.read(sent.content if isinstance(sent, SentFile) else sent, locale)
    if not many(found):
        raise Unclear(_("I found no name in that. One name a line is enough."))
    if many(found) > MOST:
        raise Unclear(_("Those are {n} names. I take {most} at a time.", n=many(found), most=MOST))
    return found


def many(found: Table) -> int:
    """Return how many names there are at most in a table."""
    return sum(any(map(_is_name, row)) for row in found.rows)


def columns(found: Table) -> Mapping[str, AnyText] | None:
    """Return which columns may have the names, as choices; None where that is clear."""
    if found.width == 1 or {"name", "last_name", "first_name"} & found.known.keys():
        return None
    first = found.rows[0]
    labels = {
        str(place): Verbatim(first[place])
        for place in range(found.width)
        if any(_is_name(row[place]) for row in found.rows) and first[place]
    }
    return {**labels, TOGETHER: _("All of them together")} if len(labels) > 1 else None


def names(found: Table, chosen: str | None, *, header: bool = False) -> Names:
    """Return the names in a table, from the column that was `chosen` where there was a choice; `header`:
    without its first line."""
    known, width = found.known, found.width
    if chosen == TOGETHER:
        places = [*range(width)]
    elif chosen is not None:
        places = [int(chosen)]
    elif "name" in known:
        places = [known["name"]]
    elif known:
        places = [known[each] for each in ("first_name", "last_name") if each in known]
    else:
        places = [next((n for n in range(width) if any(_is_name(row[n]) for row in found.rows)), 0)]
    rows = found.rows[1:] if header else found.rows
    every = [_tidy(" ".join(row[place] for place in places)) for row in rows]
    good = [name for name in every if _is_name(name)]
    often = Counter(map(fold, good))
    alike = list(dict.fromkeys(name for name in good if often[fold(name)] > 1))
    return Names(good, alike, found.empty + len(every) - len(good), found.is_guessed)


def initials(name: str) -> str:
    """Return the initials of a name: “C. M.”"""
    words = [word for word in name.split() if word[0].isalpha()] or [name]
    return " ".join(f"{word[0].upper()}." for word in dict.fromkeys([words[0], words[-1]]))


def _tidy(name: str) -> str:
    """Return a name in the order in which people say it, without marks of a list."""
    name = MARK.sub("", " ".join(name.split()))
    last, comma, first = name.partition(",")
    return " ".join((f"{first} {last}" if comma and first.strip() else last).split())[:LONGEST].strip()


def _is_name(words: str) -> bool:
    return any(char.isalpha() for char in words)
