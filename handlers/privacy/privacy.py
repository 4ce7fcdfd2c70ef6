"""What is kept of somebody, said in a sentence, on a page, and as the whole notice."""

from pathlib import Path

from sqlalchemy.orm import Session

from bot import (
    AnyText,
    Button,
    Context,
    Made,
    Recipe,
    Role,
    Text,
    _,
    command,
    form,
    lines,
    on,
    paragraphs,
)
from bot.installation import Installation
from bot.text import Reader
from db import people
from handlers.privacy.steps import ForgetMe, SendMine, ShowConsent, ShowMore, ShowNotice


class Notice(Recipe):
    """The privacy notice of the people who run the bot, in the reader's language or the first there is."""

    def make(self, db: Session, installation: Installation, reader: Reader) -> Made:
        """Read it from its folder. Raises OSError and LookupError."""
        found = notices(installation)
        path = found.get(reader.locale) or next(iter(found.values()))
        return Made(path.read_bytes(), f"privacy-{path.stem}.txt", "", "text/plain")


def notices(installation: Installation) -> dict[str, Path]:
    """Return the files of the privacy notice, by their languages, in the order of the languages."""
    folder = installation.responsible.folder
    paths = {locale: Path(folder, f"{locale}.txt") for locale in installation.languages if folder}
    return {locale: path for locale, path in paths.items() if path.is_file()}


@command("privacy", needs=Role.ANYONE, menu=_("What I keep about you"))
def privacy(ctx: Context) -> None:
    """Say it in a sentence, and offer the rest."""
    ctx.say(
        _("I keep who you are here and what you asked. What you write to each other I only pass on.")
        if ctx.may(Role.MEMBER)
        else _("You are in no network. I know only your account and your language."),
        Button(_("Tell me more"), ShowMore(), keep=True),
        Button(_("My data"), SendMine(), keep=True),
        Button(_("Forget me"), ForgetMe(), keep=True),
        *([Button(_("What I agreed to"), ShowConsent(), keep=True)] if ctx.person.consent_at else []),
    )


@command("consent", needs=Role.ANYONE, menu=None)
def consent(ctx: Context) -> None:
    """Say what somebody agreed to."""
    show_consent(ctx, ShowConsent())


@on(ShowMore)
def show_more(ctx: Context, step: ShowMore) -> None:
    """Say it on one page."""
    ctx.say(
        page(ctx),
        Button(_("My data"), SendMine(), keep=True),
        Button(_("Forget me"), ForgetMe(), keep=True),
        *([Button(_("The whole notice"), ShowNotice(), keep=True)] if notices(ctx.installation) else []),
    )


@on(ShowNotice)
def show_notice(ctx: Context, step: ShowNotice) -> None:
    """Send the notice as a file."""
    if notices(ctx.installation):
        ctx.say(_("This is the whole privacy notice."), file=Notice())
    else:
        show_more(ctx, ShowMore())


@on(ShowConsent)
def show_consent(ctx: Context, step: ShowConsent) -> None:
    """Say which version somebody agreed to, and when."""
    person = ctx.person
    if person.consent_at is None:
        ctx.say(_("You have agreed to nothing so far."))
        return
    day = ctx.day_of(person.consent_at)
    ctx.say(
        paragraphs(
            _("You agreed to this on {day}:", day=day)
            if people.agrees(person)
            else _("You agreed to an earlier text on {day}. Today’s text says:", day=day),
            page(ctx),
            _("If you no longer agree, let me forget you."),
        ),
        Button(_("Forget me"), ForgetMe(), keep=True),
    )


def page(ctx: Context) -> AnyText:
    """Return what is kept, who sees it, for how long, and what somebody can do about it: 1,200 characters at
    most, in every language."""
    who, keep = ctx.installation.responsible, ctx.installation.keep
    they = _("the people who run this bot")
    return paragraphs(
        _part(
            _("Who answers for it"),
            _("{people}. You reach them here: {contact}", people=who.name or they, contact=who.contact)
            if who.contact
            else _("{people}.", people=who.name or _("The people who run this bot")),
        ),
        _part(
            _("What I keep"),
            _(
                "Your account, your name and what you tell me about yourself, your networks, your questions, "
                "and how you answered when I asked how you are. What you write to each other I keep only "
                "until it has arrived."
            ),
        ),
        _part(
            _("Who sees what"),
            _(
                "Members see your name. Whoever coordinates your network also sees what you told me about "
                "yourself, and how your questions stand. If you ask without your name, nobody sees it."
            ),
        ),
        _part(
            _("How long"),
            _(
                "The words of a question for {days} days after it is closed, messages for {letters} days, "
                "the rest until I forget you.",
                days=keep.closed_request_days,
                letters=keep.delivery_days,
            ),
        ),
        _part(
            _("Where it lies"),
            _(
                "{where}. {people} can read it.",
                where=_capital(who.server),
                people=_("The people who run this bot"),
            )
            if who.server
            else _("Where the people who run this bot have put it. They can read it."),
        ),
        _part(_("Your messenger"), lines(_messengers(ctx))),
        _part(
            _("What you can do"),
            _(
                "Get a copy, change it in your profile, or let me forget it. You can also complain to a data "
                "protection authority."
            ),
        ),
    )


def _part(title: Text, text: AnyText) -> AnyText:
    return lines(form("<b>{title}</b>", title=title), text)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def who_reads(messenger: str, *, along: bool) -> Text:
    """Return who can read along on a messenger: the company behind it, or nobody."""
    if along:
        return _("On {messenger}, the company behind it can read our chat.", messenger=messenger)
    return _("On {messenger}, nobody in between can read a chat that is encrypted.", messenger=messenger)


def _messengers(ctx: Context) -> list[Text]:
    """Return who can read along on each messenger that the bot is on."""
    there = ctx.installation.last_heard()
    return [
        who_reads(title, along=name in ctx.installation.notices)
        for name, title in ctx.installation.titles.items()
        if name in there or not there
    ]
