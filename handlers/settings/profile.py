"""What a member tells about themselves: name, topics and languages they can help with, place, time, rest."""

from collections.abc import Callable, Mapping
from typing import Any

import i18n
from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Doubtful,
    Language,
    Role,
    Step,
    Text,
    TimeZone,
    Unclear,
    Verbatim,
    _,
    command,
    lines,
    paragraphs,
)
from bot.reading import language_names, names, talk, topics
from bot.reading.where import places
from db import people
from db.models import Member
from db.network import exclusions, invitations, members
from handlers.checking_in import rounds
from handlers.settings import clock, helping, reached, spoken
from handlers.settings.steps import ChooseMorning, ShowApart
from handlers.talking import sides
from handlers.vocabulary import HELPED_WITH, REMOVE, SKIP, SPOKEN, TOPICS

NONE = "none"
"""The choice that removes what was said before."""
LONGEST_PLACE = 80
WITHOUT = _("Figures come in words only, which saves data.")
ELSEWHERE: Mapping[str, Step | Command] = {
    "data": Command("mydata"),
    "link": Command("link"),
    "morning": ChooseMorning(),
    "apart": ShowApart(),
}
"""What is changed elsewhere, and where."""


@command(
    "profile",
    needs=Role.MEMBER,
    menu=_("Change my profile"),
    sub="what",
    rest=("name", "topics", "languages", "place", "time_zone", "load", "often", "quiet_hours"),
)
def profile(ctx: Context) -> None:
    """Show the profile, and change one thing."""
    met = exclusions.of(ctx.db, ctx.person) or sides.met(ctx)
    what = ctx.choose(
        "what",
        paragraphs(
            lines(facts(ctx, ctx.member), _private(ctx).values()),
            _("What should I change?"),
        ),
        {
            "name": _("Name"),
            "topics": _("Topics"),
            "languages": _("Languages"),
            "place": _("Place"),
            "time_zone": _("Time zone"),
            "helping": _("How much"),
            "quiet_hours": _("Quiet hours"),
            "waking": _("Wake me if it is urgent"),
            "pictures": _("Without pictures") if ctx.person.pictures else _("With pictures"),
            **({"apart": _("Who I do not want to meet")} if met else {}),
            "link": _("My other messenger"),
            **({"morning": _("When I tell you who waits")} if ctx.may(Role.META_MENTOR) else {}),
            "data": _("My data"),
        },
    )
    if what in ELSEWHERE:
        ctx.redirect(ELSEWHERE[what])
    answer = (QUESTIONS | LATER)[what](ctx)
    again = Button(_("Change something else"), Command("profile"))
    if answer is None:
        ctx.say(spoken.NOTHING_CHANGED, again)
        return
    answers = {what: answer}
    if what == "place" and answer and (zone := ctx.keep("other_time", _other_time(ctx, answer))):
        answers["time_zone"] = clock.ask_zone(ctx, str(zone))
    save(ctx, ctx.member, answers)
    now = {"pictures": _("Figures come as a picture too.")} | _facts(ctx, ctx.member) | _private(ctx)
    also, choices = spoken.question(ctx) if what == "topics" and answer else ([], [])
    ctx.say(paragraphs(lines(_("Saved."), (now[each] for each in answers)), also), *choices, again)


@command("settings", needs=Role.MEMBER, menu=None, rest=("what",))
def settings(ctx: Context) -> None:
    """Show the profile: another word for it."""
    ctx.redirect(Command("profile"), rest=ctx.rest)


def _other_time(ctx: Context, place: str) -> str | None:
    """Return the zone of a place where clocks show something else than is known of who lives there; None
    where they agree, and where nobody can tell."""
    home = ctx.zone(ctx.person, ctx.network).key
    try:
        zone = places.zone(place, ctx.now, home, ctx.reader.locale)
    except Doubtful as doubtful:
        zone = next(iter(doubtful.choices))
        if any(places.agree(each, home, ctx.now) for each in doubtful.choices):
            return None
    except Unclear:
        return None
    return None if places.agree(zone, home, ctx.now) else zone


def facts(ctx: Context, member: Member) -> AnyText:
    """Return what is known about a member, one fact a line."""
    return lines(_facts(ctx, member).values())


def _facts(ctx: Context, member: Member) -> dict[str, AnyText]:
    person = member.person
    nothing = _("not said")
    topics_ = [TOPICS[row.topic] for row in member.topics if row.topic in TOPICS]
    languages = [i18n.language_name(row.language) for row in person.languages]
    zone = TimeZone(ctx.zone(person, member.network).key)
    return {
        "name": _("Name: {name}", name=person.name),
        "topics": _("Topics: {topics}", topics=list(topics_) or nothing),
        "languages": _("Languages: {languages}", languages=list(languages) or nothing),
        "place": _("Place: {place}", place=person.place or nothing),
        "time_zone": _("Time zone: {zone}", zone=zone),
    }


def _private(ctx: Context) -> dict[str, AnyText]:
    """Return what nobody else reads: when and where they are written to."""
    awake, found = _("I will not wake you at night."), reached.where(ctx)
    return {
        "helping": helping.facts(ctx.person),
        "quiet_hours": _("Quiet hours: {hours}", hours=clock.quiet(ctx.person)),
        "waking": _("I may wake you if it is urgent.") if ctx.person.wake_if_urgent else awake,
        **({} if ctx.person.pictures else {"pictures": WITHOUT}),
        **({"where": found} if found is not None else {}),
    }


WHAT_NAME = _("What name should others see? A first name is enough.")


def ask_name(ctx: Context, text: Text = WHAT_NAME) -> str:
    """Ask for the name to show, with these words. An invitation code is typed here by slip, and is no name:
    everybody would see it."""

    def typed(words: str) -> str:
        if invitations.codes_in(words):
            raise Unclear(names.ASK)
        return names.name(words, ctx.reader.locale)

    known = names.shown(ctx.person.name)
    return str(
        ctx.ask(
            "name",
            text,
            parse=typed,
            suggest={known: Verbatim(known)} if known else None,
            why=_("So that the others know who they are writing with."),
        )
    )


def ask_topics(ctx: Context) -> list[str] | None:
    """Ask for the topics they can help with; None when skipped."""
    said = {row.topic for row in ctx.member.topics} if ctx.actor and ctx.actor.member else set()
    options = {**HELPED_WITH, **({NONE: _("Nothing any more")} if said else {})}
    chosen = ctx.choose_many(
        "topics",
        _("What can you help with? Tap everything that fits, or type it."),
        options,
        reads=lambda words: _topics(words, ctx.reader.locale),
        skip=SKIP,
        why=_("So that questions you know something about come to you first."),
    )
    if chosen == [NONE]:
        return []
    return [topic for topic in chosen if topic != NONE] or None


def _topics(words: str, locale: str) -> list[str]:
    if "everything" in talk.lists(words, locale):
        return list(HELPED_WITH)
    return topics.named(words, locale)


def ask_languages(ctx: Context) -> list[str] | None:
    """Ask for the languages they can help in; None when skipped."""
    options = {code: Verbatim(i18n.language_name(code)) for code in SPOKEN}
    chosen = ctx.choose_many(
        "languages",
        _("Which languages do you speak well enough to help?"),
        options,
        reads=_languages,
        skip=SKIP,
        why=_("So that questions come first to somebody who shares a language with whoever asks."),
    )
    return chosen or None


def _languages(words: str) -> list[str]:
    """Return the languages that are named. Raises Unclear where one of them is not offered."""
    named = language_names.all_named(words)
    missing = [code for code in named if code not in SPOKEN]
    if missing:
        raise Unclear(
            _(
                "I cannot note {languages} yet. Which of these do you speak as well?",
                languages=[Language(code) for code in missing],
            )
        )
    return named


def ask_place(ctx: Context) -> str | None:
    """Ask for the town or district: "" for none any more, None when skipped."""
    place: str | None = ctx.ask(
        "place",
        _("Where do you live? A town or a district is enough."),
        parse=lambda words: _place(words, ctx.reader.locale),
        suggest={"": REMOVE} if ctx.person.place else None,
        skip=SKIP,
        max_length=LONGEST_PLACE,
        why=_("So that somebody who lives near you is asked first. You can leave it out."),
    )
    return place


def _place(words: str, locale: str) -> str | None:
    """Return the place, None for words that say none. Raises Unclear for a question."""
    if talk.lists(words, locale) & {
        *("no", "nothing", "skip", "skip_or_answer", "dont_know", "stop", "back", "later"),
    }:
        return None
    place = names.shown(words)
    if "?" in place or not any(map(str.isalpha, place)):
        raise Unclear(_("A town or a district is enough, and you can skip this."))
    return place


def ask_time_zone(ctx: Context) -> str:
    """Ask for the time zone, so that nothing disturbs them at night."""
    network = ctx.actor.member.network if ctx.actor and ctx.actor.member else None
    return clock.ask_zone(ctx, str(ctx.keep("likely", ctx.zone(ctx.person, network).key)))


QUESTIONS: dict[str, Callable[[Context], Any]] = {
    "name": ask_name,
    "topics": ask_topics,
    "languages": ask_languages,
    "place": ask_place,
    "time_zone": ask_time_zone,
}
"""What newcomers are asked."""
LATER: dict[str, Callable[[Context], Any]] = {
    "helping": helping.ask,
    "quiet_hours": clock.ask_quiet,
    "waking": clock.ask_waking,
    "pictures": lambda ctx: not ctx.person.pictures,
}
"""What nobody is asked unless they want to say it."""


def save(ctx: Context, member: Member, answers: dict[str, Any]) -> None:
    """Keep what was answered; what was skipped stays as it is, and what is empty is removed."""
    person = member.person
    if name := answers.get("name"):
        people.rename(person, name)
    if (known := answers.get("topics")) is not None:
        members.set_topics(ctx.db, member, known)
    if languages := answers.get("languages"):
        people.set_languages(ctx.db, person, languages)
    if (place := answers.get("place")) is not None:
        people.set_place(person, place or None)
    if quiet := answers.get("quiet_hours"):
        clock.keep_quiet(person, *quiet)
    if much := answers.get("helping"):
        people.set_load(person, *much)
    if "waking" in answers:
        people.allow_waking(person, answers["waking"])
    if "pictures" in answers:
        people.want_pictures(person, answers["pictures"])
    if zone := answers.get("time_zone"):
        people.set_time_zone(person, zone)
        for membership in members.memberships(ctx.db, person):
            rounds.plan(ctx, membership)
