"""What is known about a network: its name, purpose, languages, time zone and place."""

from collections.abc import Callable
from typing import Any

import i18n
from bot import AnyText, Button, Context, Role, Unclear, Verbatim, _, command, lines, paragraphs
from bot.markup import clean
from db import journal, members, networks
from db.models import Network
from handlers import check_in, profile

LONGEST_NAME = 60
LONGEST_PURPOSE = 300


@command("network", needs=Role.META_MENTOR, menu=_("Change what is known of the network"))
def network(ctx: Context) -> None:
    """Shows what is known about the network and changes one thing."""
    what = ctx.choose(
        "what",
        paragraphs(facts(ctx.network), _("What shall I change?")),
        {
            "name": _("Name"),
            "purpose": _("Purpose"),
            "languages": _("Languages"),
            "time_zone": _("Time zone"),
            "place": _("Place"),
            "public": _("Who sees its card"),
        },
    )
    value = QUESTIONS[what](ctx, ctx.network)
    if value is None:
        ctx.say(_("All right. Nothing has changed."))
        return
    ctx.hold(Network, ctx.network.id)
    setattr(ctx.network, what, value)
    if what == "time_zone":
        _plan_anew(ctx)
    journal.record(ctx.db, ctx.network, f"network.{what}_changed", by=ctx.person, now=ctx.now)
    ctx.say(
        paragraphs(_("I have noted that."), facts(ctx.network)), Button(_("Change something else"), network)
    )


def facts(network: Network) -> AnyText:
    """What is known about a network, one fact a line."""
    return lines(
        _("Name: {name}", name=network.name),
        public_facts(network),
        _("Time zone: {zone}", zone=network.time_zone),
        _("Card: everybody may see it") if network.public else _("Card: only members see it"),
    )


def public_facts(network: Network) -> AnyText:
    """What strangers may know of a network besides its name, one fact a line."""
    nothing = _("not said")
    return lines(
        _("Purpose: {purpose}", purpose=network.purpose or nothing),
        _(
            "Languages: {languages}",
            languages=[i18n.language_name(each) for each in network.languages] or nothing,
        ),
        _("Place: {place}", place=network.place or nothing),
    )


def _plan_anew(ctx: Context) -> None:
    """Check-ins of those who live in the network's time go by the new one."""
    ctx.db.flush()
    for member in members.active(ctx.db, ctx.network):
        if member.person.time_zone is None:
            check_in.plan(ctx, member)


# --- the questions, also part of founding --------------------------------------------------------


def ask_name(ctx: Context, present: Network | None = None) -> str:
    """A name that no other network has."""
    return str(
        ctx.ask("network", _("What is the network called?"), parse=lambda words: name_of(ctx, words, present))
    )


def name_of(ctx: Context, words: str, present: Network | None) -> str:
    """The name in `words`. Raises Unclear where it cannot be one, or another network than the `present` one
    has it."""
    name = " ".join(clean(words).split())
    if len(name) > LONGEST_NAME:
        raise Unclear(_("That is a long name. Up to {limit} characters fit.", limit=LONGEST_NAME))
    if not any(char.isalpha() for char in name):
        raise Unclear(_("A name needs at least one letter."))
    other = networks.by_name(ctx.db, name)
    if other is not None and other is not present:
        raise Unclear(_("There is a network “{name}” already. Please choose another name.", name=other.name))
    return name


def ask_purpose(ctx: Context, present: Network | None = None) -> str:
    """What the network is for, in a sentence that people read before they join."""
    return str(
        ctx.ask(
            "purpose",
            _("What is it for? One or two sentences; people read them before they join."),
            max_length=LONGEST_PURPOSE,
        )
    )


def ask_languages(ctx: Context, present: Network | None = None) -> list[str]:
    """The languages the network works in, the first one for those whose own is not known."""
    return ctx.choose_many(
        "languages",
        _("In which languages does it work? Begin with the one that most people understand."),
        {locale: Verbatim(i18n.language_name(locale)) for locale in ctx.installation.languages},
    )


def ask_time_zone(ctx: Context, present: Network | None = None) -> str:
    """The time zone that holds for members who have named none."""
    likely = present.time_zone if present else ctx.installation.time_zone
    return str(
        ctx.ask(
            "time_zone",
            _("Which large city has the same time as the network?"),
            parse=lambda words: profile.time_zone(words, ctx.reader.locale),
            suggest={likely: Verbatim(likely.rpartition("/")[2].replace("_", " "))},
        )
    )


def ask_place(ctx: Context, present: Network | None = None) -> str | None:
    """Town or region; None when skipped."""
    place: str | None = ctx.ask(
        "place", _("Where is it? A town or a region is enough."), skip=profile.SKIP, max_length=80
    )
    return place


def ask_public(ctx: Context, present: Network | None = None) -> bool:
    """Whether strangers may see the network's card."""
    return ctx.confirm(
        "public",
        _("The card shows the name, the purpose, the languages and the place. Who may see it?"),
        yes=_("Everybody"),
        no=_("Only members"),
    )


QUESTIONS: dict[str, Callable[[Context, Network | None], Any]] = {
    "name": ask_name,
    "purpose": ask_purpose,
    "languages": ask_languages,
    "time_zone": ask_time_zone,
    "place": ask_place,
    "public": ask_public,
}
