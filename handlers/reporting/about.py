"""Whom a report is about: chosen from one's conversations, or by name from all who are here."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot import Context, Doubtful, Unclear, Verbatim, _
from bot.reading.names import folded
from db.help import relays
from db.models import Person
from db.network import members, trusted
from handlers.protecting import coordinators
from handlers.talking import sides

OFFERED = 4
"""People who are offered to tap: those who coordinate, and trusted persons. Others are typed."""


@dataclass(frozen=True, slots=True)
class About:
    """Whom a report is about: nobody here where `person` is None. `called` is the name that the one who
    reports knows; none for somebody who talks with them without a name."""

    person: Person | None
    called: str | None = None


def ask(ctx: Context) -> About | None:
    """Ask whom a report is about, unless the button said it; None after saying that the one who was meant is
    no longer there."""
    meant = ctx.brought("about")
    person = next((each for each in _everybody(ctx) if str(each.id) == meant), None) if meant else None
    if person is not None:
        return About(person, person.name)
    talks = relays.open_in(ctx.db, ctx.network, ctx.person)
    whose = ctx.choose(
        "whose",
        _("Is it about somebody in this network?"),
        {
            **({"talk": _("The one I talk with now")} if talks else {}),
            "here": _("Somebody else here") if talks else _("Yes, somebody here"),
            "nobody": _("Nobody here"),
        },
    )
    if whose == "nobody":
        return About(None)
    if whose == "here":
        return _by_name(ctx)
    relay = sides.pick(ctx, talks, _("Who do you mean?"), gone=_("That conversation is over already."))
    if relay is None:
        return None
    person = sides.other(relay, ctx.person)
    return About(person, person.name if sides.is_named(relay, ctx.person) else None)


def _by_name(ctx: Context) -> About | None:
    there = _everybody(ctx)
    first = [*trusted.agreed(ctx.db, ctx.network.id)]
    first += [member.person for member in members.coordinators(ctx.db, ctx.network.id)]
    offered = {str(each.id): Verbatim(each.name) for each in first if each.id != ctx.person.id}
    chosen = ctx.ask(
        "who",
        _("Who is it? Tap a name, or type one."),
        parse=lambda words: found(there, words),
        suggest=dict([*offered.items()][:OFFERED]),
        max_length=60,
    )
    person = next((each for each in there if str(each.id) == chosen), None)
    if person is None:
        ctx.say(_("This person is no longer here."))
        return None
    return About(person, person.name)


def _everybody(ctx: Context) -> list[Person]:
    """Return all others whom a report can be about: members, trusted persons, and those who run the bot."""
    found = [
        *(member.person for member in members.active(ctx.db, ctx.network)),
        *trusted.agreed(ctx.db, ctx.network.id),
        *coordinators.all_operators(ctx),
    ]
    return [*{person.id: person for person in found if person.id != ctx.person.id}.values()]


def found(there: Sequence[Person], words: str) -> str:
    """Return the id of who is called so. Raises Unclear where nobody is, Doubtful where several are."""
    wanted = folded(words)
    fitting = [person for person in there if wanted and wanted in folded(person.name)]
    fitting = [person for person in fitting if folded(person.name) == wanted] or fitting
    if not fitting:
        raise Unclear(_("I find nobody here called “{words}”.", words=words[:40]))
    if len(fitting) > 1:
        raise Doubtful(_("Who do you mean?"), {str(each.id): Verbatim(each.name) for each in fitting[:10]})
    return str(fitting[0].id)
