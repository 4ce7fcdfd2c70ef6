"""Giving to the shelf, in a minute: the thing, a sentence, and a preview on which all else is decided."""

import re
from dataclasses import dataclass, replace
from itertools import count

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Language,
    Role,
    Text,
    UserMessage,
    _,
    _n,
    command,
    form,
    paragraphs,
)
from bot.adapter import LARGEST_FILE
from bot.lists import Kinds
from bot.reading import languages, topics
from db.agreeing import agreements
from db.models import Item, ItemKind
from db.sharing import shelf
from handlers.protecting import limits, personal_data
from handlers.sharing import files, keeping, kinds, news, searching
from handlers.sharing.steps import OpenItem
from handlers.vocabulary import HELPED_WITH, SPOKEN, topic_name

LONGEST_TITLE, LONGEST_TEXT, LONGEST_ANSWER = 100, 2000, 300
"""Characters of the sentence, of a text, and of an answer about an experience."""
LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"]+\.[^\s<>\"]+")
RUNS = (".exe", ".apk", ".js", ".bat", ".scr", ".cmd", ".com", ".msi", ".vbs", ".ps1", ".sh", ".jar", ".dmg")
PACKED = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".iso")
HEARD = frozenset({"voice", "audio", "video", "video_note"})
"""Files in which a voice may be heard."""
CHANGES_SOON = frozenset({"law", "money"})
"""Topics of which something is asked again after half a year."""
A_YEAR, HALF_A_YEAR = 12, 6
WHATS: dict[str, AnyText] = {"resource": _("A link or a file"), "experience": _("An experience")}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be given, as the preview shows it."""

    kind: ItemKind
    title: str
    texts: tuple[str, ...]
    link: str
    message: UserMessage
    topic: str
    language: str
    months: int


@command("share", needs=Role.MEMBER, menu=_("Give others what helped you"), rest=())
def share(ctx: Context) -> None:
    """Ask for the thing and for a sentence about it; show a preview, and put it on the shelf."""
    others = {name: way for name, kind in Kinds.named().items() if (way := kind().give) is not None}
    labels = WHATS | {name: way.label for name, way in others.items()}
    what = str(ctx.choose("what", _("What would you like to share?"), labels))
    if what in others:
        ctx.redirect(others[what].target)
    draft = _experience(ctx) if what == "experience" else _resource(ctx)
    if draft is None:
        return
    for turn in count():
        how = str(ctx.choose(_nth("how", turn), _preview(ctx, draft), _choices(draft)))
        if how == "unnamed" and not _may_be_heard(ctx, draft, turn):
            continue
        if how in ("named", "unnamed"):
            _give(ctx, draft, named=how == "named")
            return
        if how == "no":
            ctx.say(_("All right. Nothing is on the shelf."))
            return
        draft = _changed(ctx, draft, how, turn)


def _nth(name: str, turn: int) -> str:
    """Return the name of a question that is asked again."""
    return name if turn == 0 else f"{name} {turn + 1}"


# --- what is asked -------------------------------------------------------------------------------


def _resource(ctx: Context) -> Draft | None:
    """Ask for a link, a file or a text, and what it is about; None where it is there already."""
    message, text, link = ask_thing(ctx)
    if link and (there := shelf.with_link(ctx.db, ctx.network, link)) is not None:
        _there_already(ctx, there)
        return None
    return _draft(ctx, "resource", ask_title(ctx), (text,), message, link)


def ask_thing(ctx: Context) -> tuple[UserMessage, str, str]:
    """Ask for a link, a file or a text: return what was said, with the text and the link in it."""
    message = personal_data.offer_removal(ctx, _passable(ctx))
    found = LINK.search(message.words)
    link = found[0].rstrip(".,;:!?)") if found is not None else ""
    return message, message.words[:LONGEST_TEXT] if message.words != link else "", link


def _passable(ctx: Context) -> UserMessage:
    """Ask until something comes that can be passed on."""
    text: AnyText = _("Send me the link, the file or the text. A file can have up to 20 MB.")
    for turn in count():
        message = ctx.ask_message(_nth("thing", turn), text, max_length=10 * LONGEST_TEXT)
        why = _refused(message)
        if why is None:
            return message
        text = why
    raise AssertionError("the loop ends with an answer")


def _refused(message: UserMessage) -> Text | None:
    """Return why a message is not put on the shelf; None where it can be."""
    for media in message.media:
        name = media.name.casefold()
        if name.endswith(RUNS + PACKED):
            return _("I do not pass on programs or archives. Please send a document or a picture.")
        if media.size == 0:
            return _("This file is empty. Please send it again.")
        if media.size is not None and media.size > LARGEST_FILE:
            return _(
                "This file is too large: I can pass on up to 20 MB. Please send a smaller one, or a link."
            )
    return None


def _experience(ctx: Context) -> Draft:
    """Ask for an experience, and what it is about."""
    message, texts = ask_experience(ctx)
    return _draft(ctx, "experience", ask_title(ctx), texts, message, "")


def ask_experience(ctx: Context) -> tuple[UserMessage, tuple[str, ...]]:
    """Ask three questions, each answered in words or by voice: return what was sent, and the words."""
    said = []
    for number, question in enumerate(kinds.QUESTIONS):
        answer = ctx.ask_message(f"told {number}", question, max_length=LONGEST_ANSWER)
        said.append(personal_data.offer_removal(ctx, answer, f"personal_data {number}"))
    media = tuple(each for answer in said for each in answer.media)
    return UserMessage(media=media), tuple(answer.words for answer in said)


def ask_title(ctx: Context, question: str = "title") -> str:
    """Ask for the sentence by which something is known."""
    words = str(ctx.ask(question, _("What is it about? One sentence."), max_length=LONGEST_TITLE))
    return " ".join(personal_data.without_it(ctx, words, f"{question}_data").split())


def _draft(
    ctx: Context, kind: ItemKind, title: str, texts: tuple[str, ...], message: UserMessage, link: str
) -> Draft:
    words = f"{title} {' '.join(texts)}"
    topic, language = topics.guessed(words) or "everyday", language_of(ctx, words)
    months = HALF_A_YEAR if topic in CHANGES_SOON else A_YEAR
    return Draft(kind, title, texts, link, message, topic, language, months)


def language_of(ctx: Context, words: str) -> str:
    """Return in which language words are most likely written."""
    return languages.likely(words, ctx.reader.locale)


def _there_already(ctx: Context, item: Item) -> None:
    """Offer to say that what is there is still right."""
    if ctx.confirm(
        "check",
        _("This is on the shelf already: “{title}”. Should I mark it as checked?", title=item.title),
        yes=_("Yes, it is right"),
        no=_("No"),
    ):
        keeping.keep(ctx, item)
        ctx.say(_("Thank you. It is marked as checked today."), Button(_("Read it"), OpenItem(item.id)))
    else:
        ctx.say(_("All right. I have changed nothing."), Button(_("Read it"), OpenItem(item.id)))


# --- the preview ---------------------------------------------------------------------------------


def _preview(ctx: Context, draft: Draft) -> AnyText:
    """Return what others will see, and who they are."""
    attached = [each.kind for each in draft.message.media]
    seen_by = agreements.members(ctx.db, ctx.network.id)
    return paragraphs(
        form("<b>{title}</b>", title=draft.title),
        kinds.body(draft.kind, draft.texts, draft.link, attached),
        _("Topic: {topic}", topic=topic_name(draft.topic)),
        _n(
            "{n} member will see it. Share it like this?",
            "{n} members will see it. Share it like this?",
            seen_by,
        ),
    )


def _may_be_heard(ctx: Context, draft: Draft, turn: int) -> bool:
    """Whether somebody shares without their name; where a voice can be heard, only after a warning."""
    if not any(each.kind in HEARD for each in draft.message.media):
        return True
    text = _("Whoever knows you may know you by your voice. Share it without your name all the same?")
    yes = _("Share it without my name")
    return bool(ctx.confirm(_nth("heard", turn), text, yes=yes, no=_("Back to the preview")))


def _choices(draft: Draft) -> dict[str, AnyText]:
    soon = _("Yes") if draft.months == HALF_A_YEAR else _("No")
    return {
        "named": _("Share it with my name"),
        "unnamed": _("Share it without my name"),
        "title": _("Change the sentence"),
        "topic": _("Topic: {topic}", topic=topic_name(draft.topic)),
        "language": _("Language: {language}", language=Language(draft.language)),
        "months": _("It can change soon: {answer}", answer=soon),
        "no": _("Drop it"),
    }


def _changed(ctx: Context, draft: Draft, how: str, turn: int) -> Draft:
    """Return what is to be given after a button of the preview that changes it."""
    match how:
        case "title":
            return replace(draft, title=ask_title(ctx, _nth("new title", turn)))
        case "topic":
            question = _nth("topic", turn)
            return replace(draft, topic=ctx.choose(question, _("What is it about?"), HELPED_WITH))
        case "language":
            names = {each: form("{language}", language=Language(each)) for each in SPOKEN}
            question = _nth("language", turn)
            return replace(draft, language=ctx.choose(question, _("In which language is it?"), names))
        case _:
            return replace(draft, months=A_YEAR if draft.months == HALF_A_YEAR else HALF_A_YEAR)


def _give(ctx: Context, draft: Draft, *, named: bool) -> None:
    """Put it on the shelf; everybody sees it at once."""
    if not limits.allows(ctx, limits.SHARES):
        return
    if shelf.many(ctx.db, [ctx.network.id]) >= ctx.installation.shelf_most:
        ctx.say(_("The shelf of this network is full. Please tell those who coordinate it."))
        return
    message = draft.message if named else draft.message.unnamed()
    item = shelf.give(
        ctx.db,
        ctx.network,
        draft.kind,
        draft.title,
        texts=draft.texts,
        link=draft.link,
        media=[each.to_json() for each in message.media],
        topic=draft.topic,
        language=draft.language,
        by=ctx.person,
        named=named,
        months=draft.months,
        now=ctx.now,
    )
    searching.let_find(ctx.db, item)
    keeping.plan(ctx, item)
    files.plan(ctx, item)
    news.plan(ctx, ctx.network)
    ctx.say(
        _n(
            "Thank you. {n} member sees it with {find}.",
            "Thank you. {n} members see it with {find}.",
            agreements.members(ctx.db, ctx.network.id),
            find=Command("find"),
        ),
        Button(_("Read it"), OpenItem(item.id)),
    )
