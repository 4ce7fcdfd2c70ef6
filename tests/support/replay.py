"""Transcripts played once more where people see something else: numbers for buttons, another language. What
they do stays the same, and so does what comes of it."""

import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any
from unittest import mock

from markupsafe import Markup
from sqlalchemy.orm import Session

import i18n
from bot import text
from bot.adapter import Buttons, Capabilities
from bot.delivery import render, sending
from bot.installation import Installation, reader_of
from bot.listing import CHOOSE
from bot.making.recipes import made as recipes_made
from bot.markup import plain
from bot.message import Chat, Made, Media, Outgoing
from bot.program import demo
from bot.program.compose import MESSENGERS
from bot.text import Reader
from tests.support.stage import blocks

# --- numbers -------------------------------------------------------------------------------------

NUMBERING = [replace(each, can=replace(each.can, buttons=Buttons.NUMBERS)) for each in MESSENGERS]
"""Messengers that can only number what there is to choose."""

ROW = re.compile(r" {4}\|   \[(.*)\]")
FILE = re.compile(r" {4}\|  \((?:\w+: .*, \d+ bytes|\S+\.(?:csv|pdf|png|txt|zip): .*)\)")
DEED = re.compile(r"(\d+): (.+)")
CHOOSES = {locale: plain(text.render(CHOOSE, Reader(locale))) for locale in i18n.available()}
NOTE = re.compile(r"^    > .*: \(note: .*\)\n", re.MULTILINE)
"""A note on a press, which nobody sees who types numbers."""
DONE = re.compile(r"\[(?:Done|Fertig): .*\]")


def numbered(page: str) -> str:
    """Return a transcript as it reads where options are numbered below the words of a message. Several are
    chosen there in one answer, and not tick by tick; and a line of a list is opened before its deeds."""
    page = NOTE.sub("", page)
    out: list[list[str]] = []
    ticked: dict[str, list[int]] = {}  # who is choosing several options, and which, in their order
    lists: dict[str, dict[str, list[str]]] = {}  # who sees a list: its lines by number, opened
    for block in blocks(page):
        who, _colon, said = block[0].partition(": ")
        deed = DEED.fullmatch(said.strip("[]"))
        if who.startswith("    ~") and not _is_ticked(block, out[-1][0]):
            out.append(_numbered([block[0].replace("    ~", "    >", 1), *block[1:]]))
        elif who.startswith("    ~") and out[-1][0].startswith(f"{who[6:]}: ["):
            out.pop()
            chosen = [n for n, label in enumerate(labels(block), 1) if label.startswith("✓ ")]
            before = [n for n in ticked.get(who[6:], []) if n in chosen]
            ticked[who[6:]] = before + [n for n in chosen if n not in before]
        elif DONE.fullmatch(said):
            out.append([f"{who}: {', '.join(map(str, ticked.pop(who)))}"])
        elif deed and deed[1] in lists.get(who, {}):
            out += [[f"{who}: [{deed[1]}]"], lists[who][deed[1]], [f"{who}: [{deed[2]}]"]]
        else:
            if spelled := [match for label in labels(block) if (match := DEED.fullmatch(label))]:
                reader = who.removeprefix("    > ")
                lists[reader] = {n: _opened(n, block, spelled) for n in {match[1] for match in spelled}}
            out.append(_numbered(block, CHOOSES[_locale(page, who)]) if spelled else _numbered(block))
    return "\n".join(line for block in out for line in block) + "\n"


def _is_ticked(block: list[str], before: str) -> bool:
    """Whether a message that was changed is a choice of several, or only shows other words of somebody; else
    something was said in the place of what was pressed, and comes below where there is nothing to press."""
    return "[" not in before or "✓ " in before or any(label.startswith("✓ ") for label in labels(block))


def labels(block: list[str]) -> list[str]:
    """Return the buttons of a message."""
    return [label for line in block if (row := ROW.fullmatch(line)) for label in row[1].split("] [")]


def _locale(page: str, who: str) -> str:
    """Return the language in which somebody reads, as the cast says it."""
    cast = re.search(rf"(?m)^@ {re.escape(who.removeprefix('    > '))}, .*\b({'|'.join(CHOOSES)})\b", page)
    return cast[1] if cast else i18n.SOURCE


def _opened(number: str, block: list[str], spelled: list[re.Match[str]]) -> list[str]:
    """Return the message that shows a line of a list with its deeds."""
    start = f"    |  {number}. "
    (shown,) = [line.removeprefix(start) for line in block if line.startswith(start)]
    deeds = [match[2] for match in spelled if match[1] == number]
    options = [f"    |  {n}. {deed}" for n, deed in enumerate(deeds, 1)]
    return [f"{block[0].partition(': ')[0]}: {shown}", "    |", *options]


def _numbered(block: list[str], choose: str = "") -> list[str]:
    """Return a message with its options numbered. The lines of a list have their numbers already; `choose`
    says that they open its lines, where their deeds would be spelled."""
    lines = [line for line in block if re.match(r" {4}\|  \d+\. ", line)]
    offered = labels(block)
    if choose:
        offered = [str(n) for n in range(1, len(lines) + 1)] + [x for x in offered if not DEED.fullmatch(x)]
    options = [
        f"    |  {n}. {label}"
        for n, label in enumerate(offered, 1)
        if not (label == str(n) and any(line.startswith(f"    |  {n}. ") for line in lines))
    ]
    words = [line for line in block if not ROW.fullmatch(line)]
    hint = ["    |", f"    |  {choose}"] if choose else []
    files = [line for line in words if FILE.fullmatch(line)] if options or hint else []
    shown = [line for line in words if line not in files]
    return [*shown, *hint, *(["    |", *options] if options else []), *files]


def as_numbered(page: str) -> str:
    """Return what was played on such messengers as `numbered` writes it: where a question asks for a number,
    options have none; what runs from right to left is shut off behind its number."""
    out: list[str] = []
    number = 0
    for line in page.splitlines():
        number = number + 1 if line.startswith("    |  • ") else 0
        out.append(f"    |  {number}. {line[9:]}" if number else line)
    page = re.sub(r"(\(deleted: [^)]*)\n {4}\|\n {4}\|  1\. .*\)", r"\1)", "\n".join(out) + "\n")
    return re.sub(r"(?m)^( {4}\|  \d+\. )\u2068(.*)\u2069$", r"\1\2", page)


# --- languages -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OneLanguage(Installation):
    """An installation in which everybody reads `reads`, whatever they have chosen."""

    reads: str

    def reader(self, *known: Any, **more: Any) -> Reader:
        return replace(super().reader(*known, **more), locale=self.reads)

    def reading(self, locale: str) -> "OneLanguage":
        """Return it as it would be, did everybody read this language."""
        return replace(self, reads=locale)

    def as_chosen(self) -> Installation:
        """Return it as it would be, did everybody read what they have chosen."""
        return Installation(**{each.name: getattr(self, each.name) for each in fields(Installation)})


@dataclass
class Sent:
    """What was sent where everybody reads one language: each message in it, beside the same as the transcript
    has it; and the texts for which that language has no words. What a message says in a second language for
    others is only in the transcript."""

    messages: list[tuple[Outgoing, Outgoing]] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


@contextmanager
def everybody_reads(locale: str, written: str) -> Iterator[Sent]:
    """Within, everybody on a stage reads a language. What they see and press stands in what is played as it
    is `written`: in the language that somebody has chosen, or in English."""
    sent = Sent()
    files: dict[int, dict[str, Made]] = {}  # what the program made, in each language
    render_whole = text.render
    in_source: set[int] = set()  # the deliveries that are seen in English, whatever their readers have chosen

    def both(
        row: Any,
        chat: Chat,
        can: Capabilities,
        installation: OneLanguage,
        read: Callable[[Media], AsyncIterator[bytes]],
        **how: Any,
    ) -> list[Outgoing]:
        def seen(by: Installation) -> list[Outgoing]:
            file = files.get(id(how["made"]), {}).get(reader_of(row, by).locale)
            return render.messages(row, chat, can, by, read, **{**how, "made": file})

        shown = seen(installation.as_chosen())
        if row.closes:
            as_chosen = row.replaces not in in_source
        else:
            as_chosen = all(line in written for message in shown for line in message.plain.split("\n"))
        if not as_chosen:
            in_source.update({row.id, row.replaces or row.id})
            shown = seen(installation.reading(i18n.SOURCE))
        with mock.patch.object(text, "render", once):
            sent.messages += zip(seen(installation), shown, strict=True)
        return shown

    def once(what: text.AnyText, reader: Reader) -> Markup:
        return Markup() if isinstance(what, text.Also) else render_whole(what, reader)

    def in_each(
        db: Session, stored: Any, recipes: Any, installation: Installation, reader: Reader
    ) -> dict[str, Made]:
        each = {
            other: recipes_made(db, stored, recipes, installation, replace(reader, locale=other))
            for other in i18n.available()
        }
        files[id(each)] = each
        return each

    def noting(translate: Callable[..., str]) -> Callable[..., str]:
        def translated(into: str, text: str, *more: Any) -> str:
            known = i18n.key(text, more[0]) if len(more) == 1 else text  # with its context
            if into == locale and known not in i18n.catalogue(locale).texts and has_words(text):
                sent.missing.add(text)
            return translate(into, text, *more)

        return translated

    with ExitStack() as patched:
        enter = patched.enter_context
        enter(mock.patch.object(demo, "Installation", partial(OneLanguage, reads=locale)))
        enter(mock.patch.object(sending, "messages", both))
        enter(mock.patch.object(sending, "made", in_each))
        for translate in ("translate", "translate_plural"):
            enter(mock.patch.object(i18n, translate, noting(getattr(i18n, translate))))
        yield sent


def without_notes(page: str) -> str:
    """Return a transcript without the words of its notes, which nothing brings into another language here."""
    return NOTE.sub("    > (note)\n", page)


def has_words(markup: str) -> bool:
    """Whether there is anything to translate."""
    return re.search(r"[^\W\d_]", re.sub(r"</?\w+>|\{\w+\}", "", markup)) is not None
