"""What is asked about an organisation, where one is added and where an entry is changed."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot import AnyText, Context, Language, Text, Unclear, Verbatim, _, form
from bot.reading import language_names, names, topics
from bot.reading.directory import contacts
from bot.reading.directory.contacts import Contacts
from bot.reading.directory.organisations import LONGEST, LONGEST_WORDS, ONLINE, is_online, place
from handlers.protecting import emergency, personal_data
from handlers.vocabulary import REMOVE, SKIP, SPOKEN, TOPICS

WHERE = _("Where is it? ‘online’ is fine too.")
WHAT = "what"
"""The question what is to be changed."""
AGREED, OUT = "agreed", "out"
Facts = dict[str, Any]


def ask_name(ctx: Context) -> Facts:
    """Ask what an organisation is called."""

    def typed(words: str) -> str:
        name = names.shown(words)
        if not any(map(str.isalpha, name)):
            raise Unclear(_("A name needs at least one letter."))
        return name

    asked = _("What is the organisation called?")
    return {"name": ctx.ask("organisation", asked, parse=typed, max_length=LONGEST["name"])}


def ask_place(ctx: Context) -> Facts:
    """Ask where an organisation is; it has no city where it is online."""

    def typed(words: str) -> Facts:
        found = place(words)
        if not is_online(words) and not any(map(str.isalpha, found["city"])):
            raise Unclear(WHERE)
        return found

    asked = _("Where is it? A town is enough, better the whole address.")
    answer = ctx.ask("where", asked, parse=typed, suggest={"Online": ONLINE}, max_length=LONGEST["address"])
    return place(answer) if isinstance(answer, str) else dict(answer)


def ask_topics(ctx: Context) -> Facts:
    """Ask what an organisation helps with."""
    chosen = ctx.choose_many(
        "topics",
        _("What does it help with? Tap everything that fits, or type it."),
        TOPICS,
        reads=lambda words: topics.named(words, ctx.reader.locale),
    )
    return {"topics": [topic for topic in TOPICS if topic in chosen]}


def ask_languages(ctx: Context) -> Facts:
    """Ask which languages are spoken there."""
    options: dict[str, AnyText] = {code: form("{name}", name=Language(code)) for code in SPOKEN}
    chosen = ctx.choose_many(
        "languages",
        _("Which languages do they speak there? Without an interpreter."),
        options,
        reads=_spoken,
        skip=_skip(ctx),
    )
    return {"languages": [code for code in SPOKEN if code in chosen]}


def _spoken(words: str) -> list[str]:
    return [code for code in language_names.all_named(words) if code in SPOKEN]


def ask_reach(ctx: Context) -> Facts:
    """Ask how one gets there, in one message: numbers, mail and website are found in it. What looks like that
    of one person stays only where they have agreed."""
    words = str(
        ctx.ask(
            "reach",
            _(
                "How are they reached? Telephone, e-mail and website in one message. A general number is "
                "best, not that of one person."
            ),
            max_length=LONGEST_WORDS,
        )
    )
    found = contacts.read(words, emergency.countries(ctx))
    facts = _reached(found)
    if not found.of_one:
        return facts
    choice = ctx.choose(
        "agreed",
        _(
            "“{contact}” looks like that of one person. Have they agreed that all members read it?",
            contact=found.of_one[0],
        ),
        {AGREED: _("They have agreed"), OUT: _("Leave this out")},
    )
    if choice == AGREED:
        return facts | {"agreed": True}
    for each in found.of_one:
        words = re.sub(rf"[^,;\n]*{re.escape(each)}", " ", words)  # with the name before it
    return _reached(contacts.read(words, emergency.countries(ctx)))


def _reached(found: Contacts) -> Facts:
    return {
        "phones": found.phones,
        "email": found.email,
        "url": found.url,
        "application_process": found.rest[:LONGEST_WORDS],
        "agreed": False,
    }


def unread(facts: Mapping[str, Any]) -> list[AnyText]:
    """Return what is said of telephone numbers that could not be read."""
    return [
        _("I could not read the phone number “{number}”. It stays as it is.", number=Verbatim(number))
        for number in facts.get("phones", ())
        if not number.startswith("+")
    ]


def ask_hours(ctx: Context) -> Facts:
    """Ask when one can come."""
    return {"schedule_text": _words(ctx, "hours", _("When are they open?"))}


def ask_cost(ctx: Context) -> Facts:
    """Ask what it costs, and whom it is for."""
    return {"fees_description": _words(ctx, "cost", _("Does it cost anything? Whom is it for?"))}


def ask_source(ctx: Context) -> Facts:
    """Ask where somebody knows an organisation from."""
    return {"source": _words(ctx, "source", _("Where do you know it from?"))}


def ask_description(ctx: Context) -> Facts:
    """Ask for a sentence about an organisation."""
    return {"description": _words(ctx, "about", _("What do they do? One sentence."))}


def _words(ctx: Context, name: str, text: Text) -> str:
    """Ask for words that can be left out, without what looks like personal data."""
    words = ctx.ask(name, text, skip=_skip(ctx), max_length=LONGEST_WORDS)
    line = " ".join((words or "").split())
    return personal_data.without_it(ctx, line, f"personal_data {name}") if line else ""


def _skip(ctx: Context) -> Text:
    """Return how it is called to leave something out: where an entry is changed, it is taken out of it."""
    return SKIP if ctx.brought(WHAT) is None else REMOVE


WHEN_ADDED: Mapping[str, Callable[[Context], Facts]] = {
    "topics": ask_topics,
    "languages": ask_languages,
    "reach": ask_reach,
    "hours": ask_hours,
    "cost": ask_cost,
    "source": ask_source,
}
"""What is asked after the name and the place."""
CHANGED: Mapping[str, tuple[Text, Callable[[Context], Facts]]] = {
    "name": (_("Name"), ask_name),
    "place": (_("Place"), ask_place),
    "reach": (_("How they are reached"), ask_reach),
    "hours": (_("When they are open"), ask_hours),
    "topics": (_("Topics"), ask_topics),
    "languages": (_("Languages"), ask_languages),
    "cost": (_("Cost, and for whom"), ask_cost),
    "about": (_("What they do"), ask_description),
}
"""What can be changed, and what it is called."""
