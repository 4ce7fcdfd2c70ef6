"""The kinds of things on the shelf, and how each is told."""

from collections.abc import Sequence
from datetime import timedelta

from bot import AnyText, Button, Context, Role, Text, UserMessage, Verbatim, _, form, heading, paragraphs
from bot.lists import Kind, Kinds, adds
from bot.user_message import unpacked
from db.models import Item, ItemKind
from db.sharing import cards
from handlers.asking import wording
from handlers.sharing.steps import ShareCard
from handlers.vocabulary import topic_name

PATIENCE = timedelta(days=30)
"""After so long without an answer whether something is right, it is shown as not checked."""
QUESTIONS: tuple[Text, ...] = (
    _("What was the situation?"),
    _("What did you do?"),
    _("What would you do again?"),
)
"""What is asked of an experience."""


def of(item: Item) -> Kind:
    """Return the kind of a thing."""
    return Kinds.named()[item.kind]()


def in_a_line(ctx: Context, item: Item) -> AnyText:
    """Return a thing for a line of a list: what it is called, of which kind and topic, and when it was last
    checked."""
    return form(
        "<b>{title}</b> · {kind} · {topic} · {checked}",
        title=item.title,
        kind=of(item).called,
        topic=topic_name(item.topic),
        checked=checked(ctx, item),
    )


def checked(ctx: Context, item: Item) -> Text:
    """Return when a thing was last checked, also where that is too long ago, or since when its file is
    missing."""
    if item.state == "old" and item.asked_at is not None:
        return _("its file has been missing since {day}", day=ctx.day_of(item.asked_at))
    day = ctx.day_of(item.checked_at)
    if item.asked_at is not None and ctx.now - item.asked_at >= PATIENCE:
        return _("not checked since {day}", day=day)
    return _("checked on {day}", day=day)


def quoted(title: str, answer: str) -> AnyText:
    """Return a card as it is shown to those who have not looked for it."""
    return paragraphs(
        form("<b>{title}</b>", title=title), form("<blockquote>{answer}</blockquote>", answer=answer)
    )


def body(kind: ItemKind, texts: Sequence[str], link: str, files: Sequence[str]) -> AnyText:
    """Return what a thing says, where it leads, and which kinds of files it has."""
    said: list[AnyText] = [Verbatim(text) for text in texts if text]
    if kind == "experience":
        answers = zip(QUESTIONS, texts, strict=True)
        said = [heading(question, Verbatim(answer)) for question, answer in answers if answer]
    if link and not any(link in text for text in texts):
        said.append(Verbatim(link))
    if files:
        said.append(_("Attached: {things}.", things=[wording.KINDS[each] for each in files]))
    return paragraphs(said)


def _told(ctx: Context, item: Item) -> AnyText:
    if item.state == "old":
        rest = [body(item.kind, item.texts, item.link, [])] if any(item.texts) or item.link else []
        return paragraphs(rest, _("Its file is not there any more."))
    return body(item.kind, item.texts, item.link, [each["kind"] for each in item.media])


def carried(item: Item) -> UserMessage:
    """Return the files of a thing, as far as they are there."""
    return UserMessage(media=unpacked(item.media) if item.state != "old" else ())


def _told_card(ctx: Context, item: Item) -> AnyText:
    sure = (
        _("Both who found it out say that it is right.")
        if cards.of(ctx.db, item).confirmed
        else _("Who helped has not confirmed it.")
    )
    return paragraphs(_told(ctx, item), sure)


@adds(Kinds, place=10)
def resource() -> Kind:
    """Return what a link, a file or a text is called, and how it is told."""
    return Kind(_("Link or file"), _told)


@adds(Kinds, place=20)
def experience() -> Kind:
    """Return what an experience is called, and how it is told."""
    return Kind(_("Experience"), _told)


@adds(Kinds, place=30)
def card() -> Kind:
    """Return what a solved card is called, how it is told, and how other networks get it."""
    return Kind(_("Solved card"), _told_card, deeds=_sharing)


def _sharing(ctx: Context, item: Item) -> list[Button]:
    if item.network_id != ctx.network.id or not ctx.may(Role.META_MENTOR):
        return []
    label = _("Show it here only") if item.shared else _("Show it to all networks here")
    return [Button(label, ShareCard(item.id, not item.shared), keep=True)]
