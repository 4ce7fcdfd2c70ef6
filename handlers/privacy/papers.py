"""Papers that a charity needs for data protection, as sketches with what the installation knows of itself."""

from collections.abc import Iterator
from pathlib import Path

import i18n
from bot.installation import Installation
from bot.markup import plain
from bot.text import Reader, render
from db.privacy import kept
from handlers.privacy.privacy import who_reads

FOLDER = Path(i18n.__file__).parent / "papers"


def papers(installation: Installation) -> Iterator[tuple[str, str]]:
    """Yield, in every language of the bot that has them, the name of each paper and its text: the notice, as
    people get it, and the record and the assessment for the charity. Where nothing was said stands the name
    of the setting, in brackets."""
    for locale in installation.languages:
        facts = _facts(installation, Reader(locale))
        for path in sorted((FOLDER / locale).glob("*.txt")):
            name = f"{locale}.txt" if path.stem == "notice" else f"{path.stem}-{locale}.txt"
            yield name, path.read_text("utf-8").format_map(facts)


def _facts(installation: Installation, reader: Reader) -> dict[str, str]:
    """Return what the papers say of this installation."""
    who, keep = installation.responsible, installation.keep
    reads = [
        who_reads(title, along=name in installation.notices) for name, title in installation.titles.items()
    ]
    return {
        "bot": installation.name,
        "responsible": who.name or "[privacy.responsible]",
        "contact": who.contact or "[privacy.contact]",
        "server": who.server or "[privacy.server]",
        "request_days": str(keep.closed_request_days),
        "letter_days": str(keep.delivery_days),
        "seen_days": str(keep.seen_days),
        "journal_days": str(keep.journal_days),
        "messengers": " ".join(plain(render(each, reader)) for each in reads),
        "readers": ", ".join(installation.titles.values()),
        "columns": "\n".join(_columns()),
    }


def _columns() -> Iterator[str]:
    """Yield a line for each column that is kept."""
    for each in kept.everything().values():
        yield f"{each.table.name}: {each.why}; kept until {each.until}"
        for column in each.table.c:
            fate = each.fate(column) if each.whose else kept.STAYS
            yield f"    {column.name}: {each.columns[column.name]} ({fate})"
