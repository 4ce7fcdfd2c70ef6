"""What is known about a network: its name, purpose, languages, time zone and place."""

from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import i18n
from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Role,
    TimeZone,
    Unclear,
    Verbatim,
    _,
    command,
    lines,
    paragraphs,
)
from bot.lists import act
from bot.markup import clean
from db.models import Network
from db.network import members, networks
from db.network.networks import Facts
from handlers.checking_in import rounds
from handlers.network.steps import ShowAgreement, ShowApplying, ShowNumbers, ShowTrusted
from handlers.protecting import personal_data
from handlers.settings import clock
from handlers.vocabulary import REMOVE, SKIP

LONGEST_NAME = 60
LONGEST_PURPOSE = 300

CHANGED = {
    "name": act("network.name_changed", _("{who} changed the name of the network on {day}.")),
    "purpose": act("network.purpose_changed", _("{who} changed the purpose of the network on {day}.")),
    "languages": act("network.languages_changed", _("{who} changed the languages of the network on {day}.")),
    "time_zone": act("network.time_zone_changed", _("{who} changed the time zone of the network on {day}.")),
    "place": act("network.place_changed", _("{who} changed the place of the network on {day}.")),
    "public": act("network.public_changed", _("{who} changed who sees the network’s profile on {day}.")),
}


NAMES: dict[str, AnyText] = {
    "name": _("Name"),
    "purpose": _("Purpose"),
    "languages": _("Languages"),
    "time_zone": _("Time zone"),
    "place": _("Place"),
    "public": _("Who sees the profile"),
}
"""What the facts about a network are called."""
TRUSTED, APPLYING = "trusted", "applying"
NUMBERS, AGREEMENT = "numbers", "agreement"
"""What is chosen like a fact, and is a matter of its own."""


@command(
    "network",
    needs=Role.META_MENTOR,
    menu=_("Change the network’s details"),
    sub="what",
    rest=("network", "purpose", "languages", "time_zone", "place", "public"),
)
def network(ctx: Context) -> None:
    """Show what is known about the network, and change one thing."""
    ctx.hold(Network, ctx.network.id)
    what = ctx.choose(
        "what",
        paragraphs(facts(Facts.of(ctx.network)), _("What should I change?")),
        {
            **NAMES,
            AGREEMENT: _("Agreement"),
            TRUSTED: _("Trusted persons"),
            APPLYING: _("How people ask to join"),
            NUMBERS: _("How it runs"),
        },
    )
    if what == AGREEMENT:
        ctx.redirect(ShowAgreement())
    if what == TRUSTED:
        ctx.redirect(ShowTrusted())
    if what == APPLYING:
        ctx.redirect(ShowApplying())
    if what == NUMBERS:
        ctx.redirect(ShowNumbers())
    present = Facts.of(ctx.network)
    if ctx.shown("fact", [what, getattr(present, what)]):
        ctx.say(facts(present))
    value = QUESTIONS[what](ctx, ctx.network)
    if value is None:
        ctx.say(_("All right. Nothing has changed."))
        return
    networks.change(ctx.network, what, value)
    if what == "time_zone":
        rounds.plan_all(ctx, ctx.network, by_its_zone=True)
    CHANGED[what].record(ctx, ctx.network)
    ctx.say(
        paragraphs(_("Saved."), facts(Facts.of(ctx.network))),
        Button(_("Change something else"), Command("network")),
    )


def facts(known: Facts) -> AnyText:
    """Return what is known about a network, one fact a line."""
    return lines(
        _("Name: {name}", name=known.name),
        public_facts(known),
        _("Time zone: {zone}", zone=known.time_zone),
        _("Profile: everyone can see it") if known.public else _("Profile: only members see it"),
    )


def public_facts(known: Facts, partners: Sequence[str] = ()) -> AnyText:
    """Return what strangers may know of a network besides its name, one fact a line; with the names of
    `partners` who agree."""
    nothing = _("not given")
    return lines(
        _("Purpose: {purpose}", purpose=known.purpose or nothing),
        _(
            "Languages: {languages}",
            languages=[i18n.language_name(each) for each in known.languages] or nothing,
        ),
        _("Place: {place}", place=known.place or nothing),
        [_("Partners: {names}", names=[*partners])] if partners else [],
    )


def ask_name(ctx: Context, present: Network | None = None, *, question: str = "network") -> str:
    """Ask for a name that no other network has."""
    called = _("What is the network called?")
    return str(ctx.ask(question, called, parse=lambda words: name_of(ctx, words, present)))


def name_of(ctx: Context, words: str, present: Network | None) -> str:
    """Return the name in `words`. Raises Unclear where it cannot be one, or another network than the
    `present` one has it. Whoever founds one is told that only of networks that they may know of; of the
    others once it is sent, and not often."""
    name = " ".join(clean(words).split())
    if len(name) > LONGEST_NAME:
        raise Unclear(_("That name is too long. Please use {limit} characters at most.", limit=LONGEST_NAME))
    if not any(char.isalpha() for char in name):
        raise Unclear(_("A name needs at least one letter."))
    other = networks.by_name(ctx.db, name)
    if other is not None and other is not present and (present is not None or _may_know(ctx, other)):
        raise Unclear(_("There is a network “{name}” already. Please choose another name.", name=other.name))
    return name


def _may_know(ctx: Context, network: Network) -> bool:
    """Whether the one who acts may know that there is this network."""
    return network.public or ctx.may(Role.OPERATOR) or members.of(ctx.db, network, ctx.person) is not None


def ask_purpose(ctx: Context, present: Network | None = None, *, question: str = "purpose") -> str:
    """Ask what the network is for, in a sentence that people read before they join."""
    words = ctx.ask(
        question,
        _("What is it for? Please write one or two sentences. People read them before they join."),
        max_length=LONGEST_PURPOSE,
    )
    so_far = present.purpose if present is not None else None
    return personal_data.without_it(ctx, str(words), f"{question} personal_data", before=so_far or "")


def ask_languages(ctx: Context, present: Network | None = None, *, question: str = "languages") -> list[str]:
    """Ask for the languages the network works in, the first one for those whose own is not known."""
    return ctx.choose_many(
        question,
        _("In which languages does it work? Begin with the one that most people understand."),
        {locale: Verbatim(i18n.language_name(locale)) for locale in ctx.installation.languages},
    )


def ask_time_zone(ctx: Context, present: Network | None = None, *, question: str = "time_zone") -> str:
    """Ask for the time zone that holds for members who have named none."""
    likely = str(ctx.keep(f"likely {question}", present.time_zone if present else ctx.installation.time_zone))
    return clock.ask_zone(
        ctx,
        likely,
        _(
            "It is {time} in {city} now. Is that the time of the network?",
            time=ctx.now.astimezone(ZoneInfo(likely)).time(),
            city=TimeZone(likely),
        ),
        question=question,
    )


def ask_place(ctx: Context, present: Network | None = None, *, question: str = "place") -> str | None:
    """Ask for the town or region; "" for none any more, None when skipped."""
    place: str | None = ctx.ask(
        question,
        _("Where is it? A town or a region is enough."),
        suggest={"": REMOVE} if present is not None and present.place else None,
        skip=SKIP,
        max_length=80,
    )
    return place


def ask_public(ctx: Context, present: Network | None = None, *, question: str = "public") -> bool:
    """Ask whether strangers may see the network's card."""
    return ctx.confirm(
        question,
        _(
            "The profile shows name, purpose, languages, place, roughly how many you are, and how far the "
            "network is. Who may see it?"
        ),
        yes=_("Everybody"),
        no=_("Only members"),
    )


QUESTIONS: dict[str, Callable[..., Any]] = {
    "name": ask_name,
    "purpose": ask_purpose,
    "languages": ask_languages,
    "time_zone": ask_time_zone,
    "place": ask_place,
    "public": ask_public,
}
