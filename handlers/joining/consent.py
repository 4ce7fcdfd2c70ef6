"""The first question to somebody new: who invites them, to what, and whether what is kept is all right."""

from collections.abc import Callable
from functools import partial
from itertools import count

import i18n
from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Role,
    Said,
    Text,
    Verbatim,
    _,
    afterwards,
    lines,
    on,
    paragraphs,
)
from bot.reading import talk, wishes
from db import people
from db.engine import seen
from handlers.joining.steps import AgreeAgain
from handlers.protecting import retention

MOST_LANGUAGES = 3
"""Languages that have a button of their own below the consent."""
YES, NO, ALMOST, UNCLEAR, MORE, OTHERS = "yes", "no", "almost", "unclear", "more", "languages"


def given(ctx: Context) -> str | None:
    """Return the language of somebody who has agreed already; None for all others."""
    return (ctx.person.language or ctx.reader.locale) if people.agrees(ctx.person) else None


def introduce(ctx: Context, hello: Callable[[], Text], *, yes: Text, spoken: list[str]) -> str | None:
    """Ask somebody new whether they agree, below `hello`; `yes` is what they agree to. They are asked in the
    language of their phone, else in one that is `spoken` where they come to, and can take another. Return the
    language they read; None when they do not agree."""
    offered = ctx.installation.languages
    chosen = ctx.person.language or i18n.choose([ctx.identity.language, *spoken], offered)
    known = given(ctx) is not None
    last = ""
    for number in count():
        if chosen != ctx.reader.locale:
            ctx.speak(chosen)
        asks: AnyText
        if last == MORE:
            asks = paragraphs(_explanation(ctx), _("Is that all right?"))
        elif last == UNCLEAR:
            asks = _("I am a program and cannot tell whether that is a yes. Is it all right?")
        elif last == ALMOST:
            asks = _("I understood yes. Is that right?")
        else:
            asks = hello() if known else paragraphs(hello(), _keeps(ctx))
        more = {} if last or known else {MORE: _("Tell me more")}
        answer = ctx.ask(
            f"consent{number or ''}",
            asks,
            parse=partial(_meant, locale=chosen, otherwise=MORE if more else UNCLEAR),
            suggest={YES: yes, **more, **({} if known else _others(ctx, chosen)), NO: _("No, thanks")},
        )
        if answer in (YES, NO):
            return chosen if answer == YES else None
        if answer == OTHERS:
            asked = _("In which language should I write to you?")
            chosen = ctx.choose(f"language{number or ''}", asked, _names(ctx))
        elif answer in offered:
            chosen = answer
        last = answer if answer in (MORE, UNCLEAR, ALMOST) else last
    raise AssertionError("somebody answers at last")


def declined(ctx: Context) -> Text:
    """Return what somebody reads who does not agree; who has never agreed is forgotten."""
    if ctx.person.consent_at is not None:
        return _("That is fine. I have kept nothing.")
    retention.forget_tomorrow(ctx)
    return _("That is fine. Tomorrow I will have forgotten that you were here.")


def settle(ctx: Context, chosen: str) -> None:
    """Keep the answers of `introduce`."""
    people.set_language(ctx.person, chosen)
    if not people.agrees(ctx.person):
        people.consent(ctx.person, ctx.now)


@afterwards
def has_changed(ctx: Context) -> Said | None:
    """Ask a member who agreed to an earlier text, after something that they did: once a day. What they can do
    stays as it is, since somebody may need help before they read."""
    version = ctx.actor.known.consent_version if ctx.actor is not None else None
    if version is None or version >= people.CONSENT or not ctx.may(Role.MEMBER):
        return None
    if not seen.first_time(ctx.db, seen.secret(ctx.db, "consent", ctx.person.id, ctx.today), ctx.now):
        return None
    return Said(
        paragraphs(_("The text to which you agreed has changed. Today it says:"), _keeps(ctx)),
        [
            Button(_("Yes, that is all right"), AgreeAgain(), means="yes"),
            Button(_("What I keep about you"), Command("privacy"), keep=True),
            Button(_("No, forget me"), Command("forget"), keep=True, means="no"),
        ],
    )


@on(AgreeAgain)
def agree_again(ctx: Context, step: AgreeAgain) -> None:
    """Keep that somebody agrees to today's text."""
    people.consent(ctx.person, ctx.now)
    ctx.show(_("Thank you."))


def _meant(words: str, locale: str, otherwise: str) -> str:
    """Return what words mean that are no button: yes or no, or a yes or no with something behind it, which is
    asked again; `otherwise` for all others, and for whoever asks: no question is a yes."""
    if wishes.asks(words, locale):
        return otherwise
    said = talk.lists(words, locale)
    if "yes" in said:
        return YES
    if not said.isdisjoint(("no", "stop", "later")):
        return NO
    begins = talk.begins(words, locale, ("yes", "no"))
    return otherwise if begins is None else ALMOST if begins[0] == "yes" else UNCLEAR


def _names(ctx: Context) -> dict[str, Verbatim]:
    """Return the languages, each by its name in itself: whoever needs it cannot read the others."""
    return {locale: Verbatim(i18n.language_name(locale)) for locale in ctx.installation.languages}


def _others(ctx: Context, chosen: str) -> dict[str, Verbatim]:
    """Return buttons for the languages in which somebody is not written to."""
    others = {locale: name for locale, name in _names(ctx).items() if locale != chosen}
    if len(others) <= MOST_LANGUAGES:
        return others
    names = [name.words for name in others.values()][:MOST_LANGUAGES]
    return {OTHERS: Verbatim(" · ".join([*names, "…"]))}


def _keeps(ctx: Context) -> AnyText:
    """Return what is kept, who sees it, and for how long, as short as it can be said and true."""
    return paragraphs(
        _(
            "What I keep: your account, your name, what you tell me about yourself, how you answer when I "
            "ask how you are, and your questions, until {days} days after each is closed. Members see your "
            "name. Whoever coordinates the network also sees what you told me about yourself, and when "
            "somebody last answered you. Your messages to each other I keep only until they have arrived.",
            days=ctx.installation.keep.closed_request_days,
        ),
        _(
            "Your messenger may be able to read along. {people} is responsible for what I keep. You can "
            "leave at any time, and {forget} deletes everything. Is that all right?",
            people=responsible,
            forget=Command("forget"),
        )
        if (responsible := ctx.installation.responsible.name)
        else _(
            "Your messenger may be able to read along. The people who run this bot are responsible for what "
            "I keep. You can leave at any time, and {forget} deletes everything. Is that all right?",
            forget=Command("forget"),
        ),
    )


def _explanation(ctx: Context) -> AnyText:
    """Return what somebody wants to know before they agree."""
    return lines(
        _("You write a question here. I ask one member after the other until somebody can help."),
        _("Then you two write to each other here, and nobody else in the network reads it."),
        _("You can ask without your name. Then I tell nobody who asked."),
        _(
            "Now and then I ask how you are. Only numbers are passed on. If you are not well and want to "
            "talk, whoever coordinates the network hears of it."
        ),
        _(
            "The people who run this bot could look into what it keeps. {privacy} shows what that is, and "
            "deletes it.",
            privacy=Command("privacy"),
        ),
    )
