"""What a member tells about themselves: name, topics and languages they can help with, place, time zone."""

from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel import Locale

import i18n
from bot import AnyText, Button, Context, Role, Text, Unclear, Verbatim, _, command, lines, paragraphs
from bot.markup import clean
from db import members
from db.models import Member
from handlers import check_in

TOPICS: dict[str, Text] = {
    "papers": _("Papers"),
    "housing": _("A place to live"),
    "work": _("Work"),
    "school": _("School"),
    "language": _("Learning the language"),
    "health": _("Health"),
    "money": _("Money"),
    "family": _("Family"),
    "everyday": _("Everyday life"),
}
"""What mentors help with."""

SPOKEN = ("en", "de", "it", "pl", "el", "uk", "ar", "tr", "fa", "fr", "es", "ru")
"""Languages offered to tap: the consortium's, then those of the people they help (product.md)."""

SKIP = _("Skip")
NAME_LENGTH = 60


@command("profile", needs=Role.MEMBER, menu=_("Change what I know about you"))
def profile(ctx: Context) -> None:
    """Shows the profile and changes one thing."""
    what = ctx.choose(
        "what",
        paragraphs(facts(ctx, ctx.member), _("What shall I change?")),
        {
            "name": _("Name"),
            "topics": _("Topics"),
            "languages": _("Languages"),
            "place": _("Place"),
            "time_zone": _("Time zone"),
        },
    )
    save(ctx, ctx.member, {what: QUESTIONS[what](ctx)})
    ctx.say(_("I have noted that."), Button(_("Change something else"), profile))


def facts(ctx: Context, member: Member) -> AnyText:
    """What is known about a member, one fact a line."""
    person = member.person
    nothing = _("not said")
    topics = [TOPICS[row.topic] for row in member.topics if row.topic in TOPICS]
    return lines(
        _("Name: {name}", name=person.name),
        _("Topics: {topics}", topics=list(topics) or nothing),
        _(
            "Languages: {languages}",
            languages=[i18n.language_name(row.language) for row in person.languages] or nothing,
        ),
        _("Place: {place}", place=person.place or nothing),
        _("Time zone: {zone}", zone=ctx.zone(person, member.network).key),
    )


# --- the questions, also part of joining ---------------------------------------------------------


def ask_name(ctx: Context) -> str:
    """The name to show."""
    known = ctx.person.name
    return str(
        ctx.ask(
            "name",
            _("What name shall I show to others? A first name is enough."),
            parse=_name,
            suggest={known: Verbatim(known)} if known else None,
        )
    )


def ask_topics(ctx: Context) -> list[str]:
    """Topics they can help with."""
    return ctx.choose_many("topics", _("What can you help with? Tap all that fits."), TOPICS, skip=SKIP)


def ask_languages(ctx: Context) -> list[str]:
    """Languages they can help in."""
    options = {code: Verbatim(i18n.language_name(code)) for code in SPOKEN}
    return ctx.choose_many(
        "languages", _("Which languages do you speak well enough to help in?"), options, skip=SKIP
    )


def ask_place(ctx: Context) -> str | None:
    """Town or district."""
    place: str | None = ctx.ask(
        "place", _("Where do you live? A town or a district is enough."), skip=SKIP, max_length=80
    )
    return place


def ask_time_zone(ctx: Context) -> str | None:
    """The time zone, so that nothing disturbs them at night."""
    likely = ctx.zone(ctx.person).key
    zone: str | None = ctx.ask(
        "time_zone",
        _("Which large city has the same time as you? Then nothing from me disturbs you at night."),
        parse=lambda words: time_zone(words, ctx.reader.locale),
        suggest={likely: Verbatim(likely.rpartition("/")[2].replace("_", " "))},
        skip=SKIP,
    )
    return zone


QUESTIONS: dict[str, Callable[[Context], Any]] = {
    "name": ask_name,
    "topics": ask_topics,
    "languages": ask_languages,
    "place": ask_place,
    "time_zone": ask_time_zone,
}


def save(ctx: Context, member: Member, answers: dict[str, Any]) -> None:
    """Keep what was answered; what was skipped stays as it is."""
    person = member.person
    if name := answers.get("name"):
        person.name = name
    if topics := answers.get("topics"):
        members.set_topics(ctx.db, member, topics)
    if languages := answers.get("languages"):
        members.set_languages(ctx.db, person, languages)
    if place := answers.get("place"):
        person.place = place
    if zone := answers.get("time_zone"):
        person.time_zone = zone
        for membership in members.memberships(ctx.db, person):
            check_in.plan(ctx, membership)


def _name(words: str) -> str:
    name = " ".join(clean(words).split())
    if len(name) > NAME_LENGTH:
        raise Unclear(_("That is a long name. Up to {limit} characters fit.", limit=NAME_LENGTH))
    if not any(char.isalpha() for char in name):
        raise Unclear(_("A name needs at least one letter."))
    return name


def time_zone(words: str, locale: str) -> str:
    """The time zone of a city, by its English name, its name in `locale`, or the zone's own.

    Raises Unclear where there is no such city.
    """
    zone = cities(locale).get(" ".join(words.casefold().replace("_", " ").split()))
    if zone is None:
        raise Unclear(
            _(
                "I do not know the time in “{city}”. Please name a larger city in the same country.",
                city=words[:40],
            )
        )
    return zone


@cache
def cities(locale: str) -> dict[str, str]:
    """City → time zone, in lower case."""
    translated = Locale.parse(locale).time_zones
    found: dict[str, str] = {}
    for zone in sorted(available_timezones()):
        if "/" in zone and not zone.startswith(("Etc/", "SystemV/", "posix/", "right/")):
            names = {zone, zone.rpartition("/")[2], translated.get(zone, {}).get("city", "")}
            found |= {name.casefold().replace("_", " "): zone for name in names if name}
    return found
