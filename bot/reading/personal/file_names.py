"""Names of files. Most are given by a program, and tell only when: a camera, a scanner, a messenger."""

import re
from collections.abc import Collection
from datetime import date
from functools import cache

import i18n
from bot.reading.personal import guard
from bot.reading.personal.finding import Finding

MOMENT = re.compile(
    r"(?<!\d)20\d\d[-_.]?[01]\d[-_.]?[0-3]\d(?!\d)"
    r"(?:[-_ .T]*(?:at |um )?[0-2]?\d[-_.:]?[0-5]\d(?:[-_.:]?[0-5]\d(?:[-_.]?\d{1,3})?)?(?!\d))?(?:-WA\d+)?"
)
"""When something was taken, scanned or sent, as programs write it."""


def findings(name: str, today: date, countries: Collection[str] = ()) -> list[Finding]:
    """Return what in the name of a file looks like personal data. What is meant is explained in `guard`."""
    stem = name.rpartition(".")[0] or name
    for pattern in (MOMENT, _counted()):
        stem = pattern.sub(lambda match: " " * len(match.group()), stem)
    return guard.findings(stem.replace("_", " "), today, countries)


@cache
def _counted() -> re.Pattern[str]:
    """Return how a name looks that a program counts up."""
    programs = "|".join(i18n.personal()["any"]["programs"])
    return re.compile(rf"(?:{programs})[-_ ]?\d+(?:[-_ ]\d+)*", re.IGNORECASE)
