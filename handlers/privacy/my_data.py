"""A copy of what is kept of somebody, for themselves: to be read, and to be taken elsewhere."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from markupsafe import Markup
from sqlalchemy.orm import Session

import i18n
from bot import (
    AnyText,
    Button,
    Context,
    Language,
    Made,
    Recipe,
    Role,
    Verbatim,
    _,
    _n,
    command,
    form,
    lines,
    on,
    paragraphs,
)
from bot.installation import Installation
from bot.lists import ACTS
from bot.text import Reader, from_json, render
from db.engine import seen
from db.privacy import mine
from db.privacy.kept import Kept
from handlers.privacy.labels import COLUMNS, TABLES
from handlers.privacy.steps import ForgetMe, SendMine
from handlers.privacy.values import VALUES

FILE = "mydata.zip"
PAGE = Markup(
    '<!doctype html><html lang="{locale}" dir="{way}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    "<style>body{{font:1rem/1.5 sans-serif;max-width:45rem;margin:2rem auto;padding:0 1rem}}"
    "dl{{border-top:1px solid #999;padding:.5rem 0;margin:0}}dt{{font-size:.9rem}}"
    "dd{{margin:0 0 .4rem;white-space:pre-wrap}}</style></head>"
    "<body><h1>{title}</h1><p>{intro}</p>{parts}</body></html>"
)


class MyData(Recipe):
    """All that is kept of a person, as a page in their language and as data; what they have `reported` only
    if they want it."""

    person_id: int
    reported: bool = False

    def make(self, db: Session, installation: Installation, reader: Reader) -> Made:
        """Read it, and pack both."""
        kept = list(mine.rows(db, self.person_id, reported=self.reported))
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("index.html", page(kept, installation, reader))
            archive.writestr("data.json", json.dumps(_data(kept), ensure_ascii=False, indent=1))
        parts = ", ".join(each.table.name for each, _rows in kept)
        return Made(packed.getvalue(), FILE, f"index.html, data.json: {parts}", "application/zip")


@command("mydata", needs=Role.ANYONE, menu=None, discreet=True)
def mydata(ctx: Context) -> None:
    """Send a copy, like the button."""
    send_mine(ctx, SendMine())


@on(SendMine)
def send_mine(ctx: Context, step: SendMine) -> None:
    """Send the copy, after a question: others may use the same phone. Once a day.

    What somebody has reported is theirs to have, and the most dangerous thing in the file: it stays in the
    chat, where whoever reads the phone opens it. So it is in the copy only if they want that, each time
    anew. Everybody is asked, so neither the question nor its answer to others tells that there is a report;
    what was chosen is sealed, because who runs the bot may not know who reports.
    """
    which = ctx.choose(
        "which",
        _(
            "Should I send everything I keep about you? It comes as a file into this chat. If others use "
            "this phone too, they can open it. What you have reported is in it only if you want that."
        ),
        {
            "yes": _("Send it"),
            "reported": _("Send it with what I reported"),
            "no": _("Not now"),
        },
    )
    if which == "no":
        ctx.say(_("All right."))
        return
    if not seen.first_time(ctx.db, f"my data {ctx.person.id} {ctx.today}", ctx.now):
        ctx.say(_("You have had it today. Tomorrow I can send it again."))
        return
    who = ctx.installation.responsible.contact
    ctx.say(
        paragraphs(
            _(
                "This is what I keep about you. Open index.html to read it; data.json is the same for "
                "programs. What others wrote to you is not in it, nor what others reported: those who "
                "received that decide what may be read of it."
            ),
            [_("If you have a question about it: {contact}", contact=who)] if who else [],
        ),
        Button(_("Forget me"), ForgetMe(), keep=True),
        file=MyData(ctx.person.id, reported=which == "reported"),
    )


# --- to be read ----------------------------------------------------------------------------------


def page(
    kept: Sequence[tuple[Kept, list[dict[str, Any]]]], installation: Installation, reader: Reader
) -> str:
    """Return it as a page without scripts, in the reader's language."""
    title = _("What {bot} keeps about you", bot=installation.name)
    intro = _(
        "What I keep about you is listed here. What you have reported is in it only if you asked for that."
    )
    return str(
        PAGE.format(
            locale=reader.locale.replace("_", "-"),
            way="rtl" if i18n.reads_right_to_left(reader.locale) else "ltr",
            title=render(title, reader),
            intro=render(intro, reader),
            parts=Markup("").join(_part(each, rows, reader) for each, rows in kept),
        )
    )


def _part(each: Kept, rows: Sequence[Mapping[str, Any]], reader: Reader) -> Markup:
    title = Markup("<h2>{}</h2>").format(render(TABLES[each.table.name], reader))
    return title + Markup("").join(_row(each.table.name, row, reader) for row in rows)


def _row(table: str, row: Mapping[str, Any], reader: Reader) -> Markup:
    said = [
        Markup("<dt>{}</dt><dd>{}</dd>").format(render(COLUMNS[table, name], reader), render(text, reader))
        for name in row
        if (text := _said(table, name, row)) is not None
    ]
    return Markup("<dl>{}</dl>").format(Markup("").join(said))


def _said(table: str, name: str, row: Mapping[str, Any]) -> AnyText | None:
    """Return a value in words; None where there is nothing to say."""
    value = row[name]
    if value is None or value in ("", [], {}):
        return None
    if name == "act":
        return _act(row)
    if name in ("said", "answers") and isinstance(value, list):
        return _messages(value)
    names = VALUES.get((table, name))
    if names is not None and value in names:
        return names[value]
    match value:
        case bool():
            return _("yes") if value else _("no")
        case int() | float() | datetime() | date() | time():
            return form("{value}", value=value)
        case list():
            return _n("{n} file", "{n} files", len(value))
        case dict():
            return Verbatim(", ".join(each for each in value.values() if isinstance(each, str)))
    if name == "language":
        return form("{language}", language=Language(str(value)))
    return Verbatim(str(value))


def _messages(said: Sequence[Mapping[str, Any]]) -> AnyText:
    """Return what somebody wrote in several messages, with what was asked, and how many files came with
    each."""
    return lines(
        lines(
            [from_json(each["question"])] if "question" in each else [],
            [Verbatim(each["words"])] if each["words"] else [],
            [_n("{n} file", "{n} files", files)] if (files := _files(each)) else [],
        )
        for each in said
    )


def _files(said: Mapping[str, Any]) -> int:
    return int(said["files"]) if "files" in said else len(said["media"])


def _act(row: Mapping[str, Any]) -> AnyText:
    """Return an act of the journal in which nobody is named: it may have been somebody else's."""
    if row["act"] not in ACTS:
        return Verbatim(row["act"])
    nobody = _("(a name)")
    values = {"who": nobody, "whom": nobody, "day": row["at"].date()}
    return replace(ACTS[row["act"]].sentence, values=values)


# --- for programs --------------------------------------------------------------------------------


def _data(kept: Sequence[tuple[Kept, list[dict[str, Any]]]]) -> dict[str, Any]:
    """Return it as JSON, by table, with why it is kept and until when."""
    return {
        each.table.name: {
            "why": each.why,
            "until": each.until,
            "rows": [{name: _plain(value) for name, value in row.items()} for row in rows],
        }
        for each, rows in kept
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date | time) else value
