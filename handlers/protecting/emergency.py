"""Whom people in need can call: numbers by country, and the operator's own lines.

For other areas: `at_once` is what to call in danger, within a sentence; `numbers` are those that fit a need,
and `every` all of them, one a line.
"""

import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from babel import Locale
from babel.core import get_global

from bot import AnyText, Context, HelpLine, Role, Text, Verbatim, _, form
from db.models import Network, Person
from i18n import SOURCE

FILE = Path(__file__).with_suffix(".toml")
EVERYWHERE = "112"
"""What is called in danger where no other number is known (Directive (EU) 2018/1972, article 109)."""
WHAT: dict[str, Text] = {
    "emergency": _("when somebody is in danger now"),
    "police": _("the police"),
    "talk": _("somebody to talk to"),
    "women": _("violence against women"),
    "violence": _("violence at home"),
    "child": _("children and young people"),
}
"""What a number is for, in the order in which all are shown."""
FITTING = {
    "danger": ("police", "women", "violence", "talk"),
    "violence": ("police", "women", "violence", "talk"),
    "life": ("talk",),
    "child": ("police", "child", "talk"),
}
"""The numbers for each kind of need and of harm beside those for emergencies, the most fitting first."""
OLD = timedelta(days=365)
"""Who looked up a number longer ago than this looks again."""


@dataclass(frozen=True, slots=True)
class Line:
    """A number of the file, which explains its keys, in one country."""

    what: str
    name: str
    numbers: Sequence[str]
    always: bool
    checked_on: date


@cache
def by_country() -> dict[str, list[Line]]:
    """Return the numbers that come with the program."""
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for each in tomllib.loads(FILE.read_text("utf-8"))["numbers"]:
        always = each.get("hours") == "always"
        line = Line(each["for"], each.get("name", ""), each["numbers"], always, each["checked_on"])
        for country in each["countries"]:
            found[country].append(line)
    return dict(found)


def country_of(zone: str) -> str:
    """Return the country (ISO 3166) of a time zone (a name of the IANA's); "" where it belongs to none."""
    name = get_global("zone_aliases").get(zone, zone)
    country = str(get_global("zone_territories").get(name, ""))
    return "" if country == "ZZ" else country


def country(ctx: Context) -> str:
    """Return the country in which the one who acts lives, as far as is known; in a room that of its network.
    "" where it is not known."""
    if ctx.room is not None:
        network = ctx.room.network
        return country_of(ctx.installation.zone(network.time_zone if network else None).key)
    return country_of_person(ctx, ctx.person, ctx.network if ctx.may(Role.MEMBER) else None)


def country_of_person(ctx: Context, person: Person, network: Network | None) -> str:
    """Return the country in which a person lives, as far as is known."""
    return country_of(ctx.zone(person, network).key)


def countries(ctx: Context) -> list[str]:
    """Return the countries in which the one who acts may dial: their own, then that of their network."""
    network = ctx.network if ctx.may(Role.MEMBER) else None
    of_network = country_of(ctx.installation.zone(network.time_zone if network else None).key)
    return [each for each in dict.fromkeys((country(ctx), of_network)) if each]


def digits(ctx: Context) -> set[str]:
    """Return the digits of all numbers that people in need can call, those of the operator's too."""
    ours = (number for lines in by_country().values() for line in lines for number in line.numbers)
    every = (*ours, *(line.number for line in ctx.installation.help_lines))
    return {"".join(filter(str.isdigit, number)) for number in every}


def at_once(ctx: Context) -> AnyText:
    """Return the numbers to call in danger, within a sentence: "112 or 110"."""
    there = by_country().get(country(ctx), [])
    found = [number for line in there if line.what in ("emergency", "police") for number in line.numbers]
    first, *others = found or [EVERYWHERE]
    return _("{one} or {other}", one=first, other=others[0]) if others else Verbatim(first)


def numbers(ctx: Context, kinds: Collection[str], *, of_other: bool) -> list[AnyText]:
    """Return what the one who acts can call, one a line: what is for emergencies, the operator's lines, and
    those that fit the kinds of need. For suicide, somebody to talk to comes first."""
    wanted = dict.fromkeys(what for kind, fitting in FITTING.items() if kind in kinds for what in fitting)
    emergency, others = _found(ctx, country(ctx), (*wanted, "child") if of_other else wanted)
    talk_first = others and not of_other and set(kinds) == {"life"}
    return [*others, *emergency] if talk_first else [*emergency, *others]


def every(ctx: Context) -> list[AnyText]:
    """Return everything that the one who acts can call, one a line."""
    return every_in(ctx, country(ctx))


def every_in(ctx: Context, where: str) -> list[AnyText]:
    """Return everything that can be called in a country, one a line."""
    emergency, others = _found(ctx, where, [what for what in WHAT if what != "emergency"])
    return [*emergency, *others]


def _found(ctx: Context, where: str, wanted: Iterable[str]) -> tuple[list[AnyText], list[AnyText]]:
    """Return the numbers for emergencies, and those for what is wanted: first the police, then the operator's
    lines, then those of the program without any that has the name of one of the operator's."""
    there = by_country().get(where, [])
    ours = [line for line in ctx.installation.help_lines if line.country in ("", where)]
    names = {line.name for line in ours}
    found = [line for what in wanted for line in there if line.what == what and line.name not in names]
    emergency: list[AnyText] = [_shown(line) for line in there if line.what == "emergency"] or [
        _(
            "<b>{number}</b>: when somebody is in danger now, in the EU and in many other countries",
            number=EVERYWHERE,
        )
    ]
    police = [_shown(line) for line in found if line.what == "police"]
    return emergency, [
        *police,
        *map(_of_operator, ours),
        *(_shown(line) for line in found if line.what != "police"),
    ]


def _shown(line: Line) -> AnyText:
    what, several = WHAT[line.what], ", ".join(line.numbers)
    if not line.name:
        return form("<b>{numbers}</b>: {what}", numbers=several, what=what)
    if line.always:
        return _(
            "<b>{numbers}</b>: {what}, day and night ({name})", numbers=several, what=what, name=line.name
        )
    return form("<b>{numbers}</b>: {what} ({name})", numbers=several, what=what, name=line.name)


def _of_operator(line: HelpLine) -> AnyText:
    if line.hours:
        return form("<b>{number}</b>: {name}, {hours}", number=line.number, name=line.name, hours=line.hours)
    return form("<b>{number}</b>: {name}", number=line.number, name=line.name)


# --- for operators -------------------------------------------------------------------------------


def to_look_up(lines: Sequence[HelpLine], zones: Iterable[str], today: date) -> Iterator[tuple[bool, str]]:
    """Yield, in sentences for operators, what to look up of the numbers in the countries of these time zones,
    and whether people can be helped without: nobody to talk to is one thing, a number that nobody has looked
    up for a year another. `lines` are the operator's own."""
    for where in sorted({country_of(zone) for zone in zones} - {""}):
        there = by_country().get(where, [])
        ours = [line for line in lines if line.country in ("", where)]
        name = Locale.parse(SOURCE).territories.get(where, where)
        if not ours and not any(line.what == "talk" for line in there):
            yield (
                False,
                f"There is no number for people in {name} who need somebody: put one into help_lines.lines.",
            )
        names = {line.name for line in ours}
        for line in there:
            if today - line.checked_on > OLD and line.name not in names:
                called = f"{', '.join(line.numbers)} ({line.name or line.what}, {name})"
                yield True, f"Nobody has looked up {called} since {line.checked_on}: is it still right?"
