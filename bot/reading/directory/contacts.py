"""How an organisation is reached, out of one message: telephone numbers, an address of e-mail, a website."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from bot.reading.personal import phones
from db.directory.likeness import host

MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
WEB = re.compile(
    r"(?<![\w@./])(?:https?://[^\s<>\"]+|(?:[\w-]+\.)+[a-z]{2,24}(?:/[^\s<>\"]*)?)(?![\w@])", re.IGNORECASE
)
PHONE = re.compile(r"(?<!\w)\+?\(?\d(?:[\s()/.–-]{0,3}\d){4,17}(?!\w)")
CLOCK = re.compile(r"\d{1,2}[.:]\d\d\s*[-–]")
"""How a time of day begins, which is no telephone number."""
NAMED = re.compile(
    r"(?<!\w)(?:tel|telephone|telefon|phone|fon|mail|e-mail|email|web|website|webseite|homepage|internet|www|"
    r"und|and|oder|or|call|anrufen)(?!\w)",
    re.IGNORECASE,
)
"""Words that only say what follows."""
ENDS = ".,;:)!?"
APART = re.compile(r"[,;|\n]| [-–/] ")
BETWEEN = " :;,|/·•–-"
PERSON = re.compile(r"[a-z]{2,}[._-][a-z]{2,}|[a-z][._][a-z]{3,}", re.IGNORECASE)
"""How the address of one person looks: “mia.keller”, “m.keller”."""
OFFICES = re.compile(
    r"info|office|mail|kontakt|contact|beratung|service|team|buero|büro|migration|help|hilfe|zentrale|post",
    re.IGNORECASE,
)
"""What stands in the address of a whole office."""


@dataclass(frozen=True, slots=True)
class Contacts:
    """What was found: `phones` as E.164 has them, or as they were written; those are `unread`. `of_one` looks
    like that of one person, and `rest` is what says something else."""

    phones: list[str] = field(default_factory=list)
    email: str = ""
    url: str = ""
    unread: list[str] = field(default_factory=list)
    of_one: list[str] = field(default_factory=list)
    rest: str = ""


def read(words: str, countries: Collection[str]) -> Contacts:
    """Return how one is reached by these words; `countries` are those in which a number is probably
    dialled."""
    mails = [found[0].rstrip(ENDS) for found in MAIL.finditer(words)]
    left = MAIL.sub(" ", words)
    webs = [found[0].rstrip(ENDS) for found in WEB.finditer(left)]
    left = WEB.sub(" ", left)
    numbers, unread, of_one = [], [], [mail for mail in mails if _is_of_one(mail)]
    for found in PHONE.finditer(left):
        typed = found[0].strip()
        number = phones.e164(typed, countries)
        if number is None and CLOCK.search(typed):
            continue
        left = left.replace(found[0], " ", 1)
        numbers.append(number or typed)
        if number is None:
            unread.append(typed)
        elif phones.is_mobile(number):
            of_one.append(typed)
    parts = (part.strip(BETWEEN) for part in APART.split(NAMED.sub(" ", left)))
    rest = ", ".join(" ".join(part.split()) for part in parts if any(map(str.isalnum, part)))
    url = web(webs[0]) if webs else ""
    return Contacts(
        list(dict.fromkeys(numbers)),
        mails[0] if mails else "",
        url,
        unread,
        of_one,
        rest,
    )


def _is_of_one(mail: str) -> bool:
    name = mail.partition("@")[0]
    return PERSON.fullmatch(name) is not None and OFFICES.search(name) is None


def web(address: str) -> str:
    """Return the address of a website as a link; "" for what is none."""
    address = address.strip()
    link = address if re.match(r"https?://", address, re.IGNORECASE) else f"https://{address}"
    return link if host(link) else ""
