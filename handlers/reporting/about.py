"""Whom a report is about: chosen from one's conversations, or by name from all who are here."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot import Context, Doubtful, Unclear, Verbatim, _
from db.help import relays
from db.models import Person
from db.models.indexed import folded
from db.network import members, roster, trusted
from handlers.protecting import coordinators
from handlers.talking import sides

OFFERED = 4
"""People who are offered to tap: those who coordinate, and trusted persons. Others are typed."""
MOST = 10
"""People of whom it is asked who is meant."""


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
    person = _here(ctx, meant) if meant else None
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
    first = [*trusted.agreed(ctx.db, ctx.network.id)]
    first += [member.person for member in members.coordinators(ctx.db, ctx.network.id)]
    offered = {str(each.id): Verbatim(each.name) for each in first if each.id != ctx.person.id}
    chosen = ctx.ask(
        "who",
        _("Who is it? Tap a name, or type one."),
        parse=lambda words: found(_called(ctx, words), words),
        suggest=dict([*offered.items()][:OFFERED]),
        max_length=60,
    )
    person = _here(ctx, chosen)
    if person is None:
        ctx.say(_("This person is no longer here."))
        return None
    return About(person, person.name)


def _here(ctx: Context, chosen: str) -> Person | None:
    """Return somebody else by their id, whom a report can be about; None where they are not here."""
    there = {str(each.id): each for each in _beside(ctx)}
    member = roster.here(ctx.db, ctx.network, int(chosen)) if chosen.isdecimal() else None
    person = member or there.get(chosen)
    return person if person is not ctx.person else None


def _called(ctx: Context, words: str) -> list[Person]:
    """Return those whom a report can be about, as far as they may be called so."""
    fitting = roster.called(ctx.db, ctx.network, words, MOST, without=[ctx.person.id])
    found = [*(member.person for member in fitting), *_beside(ctx)]
    return [*{person.id: person for person in found if person is not ctx.person}.values()]


def _beside(ctx: Context) -> list[Person]:
    """Return those whom a report can be about besides members: trusted persons, and those who run the bot."""
    return [*trusted.agreed(ctx.db, ctx.network.id), *coordinators.all_operators(ctx)]


def found(there: Sequence[Person], words: str) -> str:
    """Return the id of who is called so. Raises Unclear where nobody is, Doubtful where several are."""
    wanted = folded(words)
    fitting = [person for person in there if wanted and wanted in folded(person.name)]
    fitting = [person for person in fitting if folded(person.name) == wanted] or fitting
    if not fitting:
        raise Unclear(_("I find nobody here called “{words}”.", words=words[:40]))
    if len(fitting) > 1:
        raise Doubtful(_("Who do you mean?"), {str(each.id): Verbatim(each.name) for each in fitting[:MOST]})
    return str(fitting[0].id)
