"""What things are called, wherever they are named: topics, roles, groups, languages, rooms."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from bot import AnyText, Context, Text, UserMessage, Verbatim, Weekday, _, form
from bot.text import Value
from db.help.help_requests import ANYTHING
from db.models import Member, Room
from db.models.indexed import folded

TOPICS: dict[str, Text] = {
    "papers": _("Papers"),
    "law": _("Law and residence"),
    "housing": _("A place to live"),
    "work": _("Work"),
    "school": _("School"),
    "language": _("Learning the language"),
    "translating": _("Translating"),
    "health": _("Health"),
    "mind": _("Mind and crisis"),
    "money": _("Money"),
    "family": _("Family"),
    "everyday": _("Everyday life"),
    ANYTHING: _("Something else"),
}
"""What people ask about."""
HELPED_WITH = {topic: name for topic, name in TOPICS.items() if topic != ANYTHING}
"""What mentors can say they help with: what is none of it goes to everybody in turn."""

SPOKEN = ("en", "de", "it", "pl", "el", "uk", "ar", "tr", "fa", "fr", "es", "ru")
"""Languages offered to tap: the consortium's, then those of the people they help (product.md)."""
SKIP = _("Skip")
REMOVE = _("Remove it")
"""The choice that leaves nothing in the place of what was said before."""

LABELS: dict[str, Text] = {
    "graduate": _("Graduate"),
    "experienced": _("Experienced mentor"),
    "organisation": _("Organisation"),
}
"""How somebody came into the network."""

GROUPS: dict[str, Text] = {
    "graduate": _("Graduates"),
    "experienced": _("Experienced mentors"),
    "organisation": _("Organisations"),
}
"""All who came in the same way."""

ROLES: dict[str, Text] = {
    "member": _("Member"),
    "deputy": _("Deputy"),
    "meta_mentor": _("Meta-mentor"),
    "trusted": _("Trusted person"),
    "applicant": _("Recommended by a member"),
}

A_WEEK = 7
LONGEST_NEED = 2000
"""Characters; a request that is longer is read by nobody on a phone."""


def topic_name(name: str) -> AnyText:
    """Return what a topic is called; its bare name where it is no longer offered."""
    return TOPICS.get(name) or Verbatim(name)


def since(ctx: Context, moment: datetime) -> Value:
    """Return the day of a moment as people say it who live in it: a weekday of the last week by its name."""
    day = ctx.day_of(moment)
    days = (ctx.today - day).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("yesterday")
    return Weekday(day.weekday()) if 0 < days < A_WEEK else day


def told_apart(ctx: Context, members: Iterable[Member]) -> dict[int, AnyText]:
    """Return what each member (by the row's id) is called where one of them is chosen or named in a list. Of
    two of one name, something is said that a person knows: where they live, what they help with, how they
    came, or since when they are here."""
    alike: defaultdict[str, list[Member]] = defaultdict(list)
    for member in members:
        alike[folded(member.person.name)].append(member)
    called: dict[int, AnyText] = {}
    for group in alike.values():
        marks = _marks(ctx, group) if len(group) > 1 else [None]
        for member, mark in zip(group, marks, strict=True):
            name = member.person.name
            called[member.id] = form("{name}", name=name) if mark is None else _told(name, mark)
    return called


def _told(name: str, mark: AnyText) -> AnyText:
    return form("{name} ({mark})", name=name, mark=mark)


def _marks(ctx: Context, group: Sequence[Member]) -> Sequence[AnyText | None]:
    """Return what tells these members apart: the first thing that is the same for no two of them."""
    looks: Sequence[Callable[[Member], AnyText | None]] = (_place, _topics, _way)
    for look in looks:
        marks = [look(member) for member in group]
        if len({repr(mark) for mark in marks}) == len(group):
            return marks
    days = [ctx.day_of(member.joined_at) for member in group]
    if len(set(days)) == len(group):
        return [_("since {day}", day=day) for day in days]
    return [_("since {day}, number {n}", day=day, n=n) for n, day in enumerate(days, 1)]


def _place(member: Member) -> AnyText | None:
    return Verbatim(member.person.place) if member.person.place else None


def _topics(member: Member) -> AnyText | None:
    known = [TOPICS[row.topic] for row in member.topics if row.topic in TOPICS]
    return form("{topics}", topics=list(known[:2])) if known else None


def _way(member: Member) -> AnyText | None:
    return LABELS.get(member.label)


def as_need(message: UserMessage) -> UserMessage:
    """Return what was said, as long as a request may be."""
    return message.with_words(message.words[:LONGEST_NEED])


def room_name(room: Room) -> AnyText:
    """Return what a room is called."""
    return form("{name}", name=room.name) if room.name else _("without a name")
