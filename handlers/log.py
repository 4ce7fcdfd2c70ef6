"""The journal of a network: who did what, in whole sentences."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from bot import AnyText, Button, Context, Role, Text, Verbatim, _, action, command, heading, lines
from db import journal
from db.models import JournalEntry, Person

PAGE = 20
"""Acts in one message."""

SENTENCES: dict[str, Text] = {
    "announcement.sent": _("{who} wrote to many members on {day}."),
    "invitation.made": _("{who} made an invitation on {day}."),
    "invitation.withdrawn": _("{who} withdrew an invitation on {day}."),
    "member.appointed_deputy": _("{who} appointed {whom} as a deputy on {day}."),
    "member.appointed_meta_mentor": _("{who} appointed {whom} as a meta-mentor on {day}."),
    "member.joined": _("{who} joined on {day}."),
    "member.left": _("{who} left on {day}."),
    "member.readmitted": _("{who} took {whom} back in on {day}."),
    "member.removal_upheld": _("{who} looked at the removal of {whom} again on {day}, and left it at that."),
    "member.removed": _("{who} removed {whom} on {day}."),
    "member.role_given_back": _("{who} gave the coordinating role back on {day}."),
    "member.role_taken_back": _("{who} took the coordinating role back from {whom} on {day}."),
    "network.confirmed": _("{who} confirmed the network on {day}."),
    "network.founded": _("{who} founded the network on {day}."),
    "network.founded_by_operators": _("The operators founded the network on {day}."),
    "network.languages_changed": _("{who} changed the languages of the network on {day}."),
    "network.name_changed": _("{who} changed the name of the network on {day}."),
    "network.place_changed": _("{who} changed the place of the network on {day}."),
    "network.public_changed": _("{who} changed who sees the network's card on {day}."),
    "network.purpose_changed": _("{who} changed the purpose of the network on {day}."),
    "network.time_zone_changed": _("{who} changed the time zone of the network on {day}."),
    "room.bound": _("{who} tied a group to the network on {day}."),
    "room.unbound": _("{who} untied a group from the network on {day}."),
    "schedule.set": _("{who} changed the rhythm of the check-ins on {day}."),
}
"""Every act that is written down."""
SOMETHING = _("{who} changed something on {day}.")
"""An act of a program that was newer than this one."""


@command("log", needs=Role.META_MENTOR, menu=_("See who did what"))
def log(ctx: Context) -> None:
    """The last acts, newest first."""
    _page(ctx, None)


@action(needs=Role.META_MENTOR)
def more(ctx: Context, before: int) -> None:
    """The acts that come before an entry of the journal."""
    _page(ctx, before)


def _page(ctx: Context, before: int | None) -> None:
    entries = journal.latest(ctx.db, ctx.network, PAGE + 1, before)
    shown = entries[:PAGE]
    if not shown:
        ctx.say(_("Nothing more is written down.") if before else _("Nothing is written down yet."))
        return
    told = lines(_sentence(ctx, entry) for entry in shown)
    buttons = [Button(_("More"), more, (shown[-1].id,))] if len(entries) > PAGE else []
    ctx.say(told if before else heading(_("What happened in this network"), told), *buttons)


def _sentence(ctx: Context, entry: JournalEntry) -> Text:
    """One act, on the day it was where the reader lives."""
    return replace(
        SENTENCES.get(entry.act, SOMETHING),
        values={
            "who": _name(ctx, entry.by_id),
            "whom": _name(ctx, entry.about_id),
            "day": entry.at.astimezone(ZoneInfo(ctx.reader.time_zone)).date(),
        },
    )


def _name(ctx: Context, person_id: int | None) -> AnyText:
    """The name of a person, as long as it is kept."""
    person = ctx.db.get(Person, person_id) if person_id is not None else None
    return Verbatim(person.name) if person is not None else _("(name deleted)")
