"""`make texts`: collect the texts from the code and bring every `.po` up to date; what is missing is named.

A text that is gone stays beneath the others for one release: questions that were asked with it are open, and
are read in their reader's language. With a locale (`make texts ARGS=it`) a new language is begun.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.program import __version__
from i18n import FOLDER

ROOMS = ("bot", "handlers", "adapters")
KEYWORDS = {"_": None, "_c": ((1, "c"), 2), "_n": (1, 2)}
GONE = "gone with "
"""Stands above a text that the code has no longer, before the version that is the first without it."""
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # a file changes only when its texts do


def template(root: Path = FOLDER.parent) -> Catalog:
    """All texts of the code, in the order of the files."""
    catalog = Catalog(charset="utf-8")
    for room in ROOMS:
        for _name, _line, message, comments, context in extract_from_dir(
            root / room, method_map=[("**.py", "python")], keywords=KEYWORDS, comment_tags=("Translators:",)
        ):
            catalog.add(message, auto_comments=comments, context=context)
    return catalog


def update(path: Path, texts: Catalog) -> list[str]:
    """Bring a `.po` up to date; the texts it lacks."""
    if path.exists() and path.stat().st_size:
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.stem)
    else:
        catalog = Catalog(locale=path.stem)
    for message in catalog.obsolete.values():  # one that was gone may be back
        catalog[message.id] = message
    catalog.obsolete.clear()
    catalog.update(texts, no_fuzzy_matching=True)
    keep_for_one_release(catalog)
    catalog.fuzzy = False
    catalog.project, catalog.header_comment = "mentorNET", f"# mentorNET: {path.stem}"
    catalog.creation_date = catalog.revision_date = EPOCH
    with path.open("wb") as file:
        write_po(file, catalog, width=100, no_location=True)
    return [str(message.id) for message in catalog if message.id and not is_complete(message)]


def keep_for_one_release(catalog: Catalog) -> None:
    """Note of each text that has just gone with which version it goes. Drop those that went with an earlier
    one, and those that were never translated."""
    for message in catalog:
        message.user_comments = [each for each in message.user_comments if not each.startswith(GONE)]
    for key, message in list(catalog.obsolete.items()):
        message.user_comments = message.user_comments or [GONE + __version__]
        if not is_complete(message) or GONE + __version__ not in message.user_comments:
            del catalog.obsolete[key]


def is_complete(message: Message) -> bool:
    """Whether a text is translated, in all its plural forms."""
    string = message.string
    return bool(string) and (isinstance(string, str) or all(string or ()))


def main(locales: list[str]) -> int:
    """Update every language, and begin those named; 1 while one is not complete."""
    texts = template()
    paths = {*FOLDER.glob("*.po"), *(FOLDER / f"{locale}.po" for locale in locales)}
    complete = True
    for path in sorted(paths):
        missing = update(path, texts)
        complete &= not missing
        print(f"{path.stem}: {len(texts) - len(missing)} of {len(texts)} texts")
        for text in missing:
            print(f"  missing: {text}")
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
