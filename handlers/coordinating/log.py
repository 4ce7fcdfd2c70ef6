"""The journal of a network: who did what, in whole sentences."""

from dataclasses import replace

from bot import AnyText, Context, Line, Role, Text, Verbatim, _, command, form, on, page
from bot.installation import Keep
from bot.listing import PAGE
from bot.lists import ACTS, Forgetting, Retention, adds
from db.models import JournalEntry, Person
from db.network import journal as entries
from handlers.coordinating.steps import MoreOfLog

SOMETHING = _("{who} changed something on {day}.")
"""An act of a program that was newer than this one."""


@adds(Retention, place=60)
def journal(keep: Keep) -> Forgetting:
    """Return for how long acts are kept."""
    return Forgetting(entries.forget, keep.journal_days)


@command("log", needs=Role.META_MENTOR, menu=_("See who did what"))
def log(ctx: Context) -> None:
    """Show the last acts, newest first."""
    _page(ctx, None)


@on(MoreOfLog)
def more_of_log(ctx: Context, step: MoreOfLog) -> None:
    """Show the acts that come before an entry of the journal."""
    _page(ctx, step.before)


def _page(ctx: Context, before: int | None) -> None:
    found = entries.latest(ctx.db, ctx.network, PAGE + 1, before)
    if not found:
        ctx.say(_("Nothing more is written down.") if before else _("Nothing is written down yet."))
        return
    ctx.say_list(
        form("<b>{title}</b>", title=_("What happened in this network")),
        page(found, lambda entry: Line(_sentence(ctx, entry)), more=lambda entry: MoreOfLog(entry.id)),
    )


def _sentence(ctx: Context, entry: JournalEntry) -> Text:
    """Return one act as a sentence, on the day it was where the reader lives."""
    return replace(
        ACTS[entry.act].sentence if entry.act in ACTS else SOMETHING,
        values={
            "who": _name(ctx, entry.by_id),
            "whom": _name(ctx, entry.about_id),
            "day": ctx.day_of(entry.at),
        },
    )


def _name(ctx: Context, person_id: int | None) -> AnyText:
    """Return the name of a person, as long as it is kept."""
    person = ctx.db.get(Person, person_id) if person_id is not None else None
    return Verbatim(person.name) if person is not None else _("(name deleted)")
