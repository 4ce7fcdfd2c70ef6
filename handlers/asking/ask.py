"""The way to ask: the question in one's own words, and a preview on which all else is decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

from bot import AnyText, Button, Command, Context, Role, UserMessage, _, command, form, paragraphs
from bot.lists import Sparing
from bot.reading import beside, talk, topics
from db.help import help_requests
from db.models import Posting
from handlers.asking import night, posting, routing, urgent, wording
from handlers.protecting import limits, need, personal_data, unnamed
from handlers.vocabulary import LONGEST_NEED, TOPICS, topic_name

WHO = _("May the others see your name?")
NAMES = {"named": _("With my name"), "anonymous": _("Without my name")}


@dataclass(frozen=True, slots=True)
class Draft:
    """A request that is not sent yet, as the preview shows it."""

    message: UserMessage
    topic: str
    posting: Posting | None = None
    urgent: bool = False


@command("ask", needs=Role.MEMBER, menu=_("Ask others for help"), rest=("need", "words"))
def ask(ctx: Context) -> None:
    """Ask for the need, show a preview on which the rest is decided, and put it before the first peer."""
    draft = _drafted(ctx)
    need.beside(ctx, draft.message.words)
    draft = _without_personal_data(ctx, draft, 0, UserMessage())
    if any(spares(ctx, draft.topic, draft.message) for spares in Sparing):
        return
    for turn in count():
        shown, choices = _preview(ctx, draft), _choices(ctx, draft)
        said = ctx.ask_message_or(_nth("sure", turn), shown, choices, max_length=LONGEST_NEED)
        if _asks_who_reads(ctx, said):
            continue
        how = said if isinstance(said, str) else _in_words(ctx, said)
        if how == "ask_name":
            reads = partial(beside.named, ctx.reader.locale)
            how = ctx.choose(_nth("who", turn), WHO, NAMES, reads=reads, why=wording.WHY_NAME)
        if how == "named":
            _send(ctx, draft, anonymous=False)
            return
        if how == "anonymous" and (sent := _unnamed(ctx, draft, turn)) is not None:
            _send(ctx, draft, anonymous=True, sparing=sent == "sparing")
            return
        if how == "no" and (isinstance(said, str) or _is_sure_to_drop(ctx, turn)):
            _drop(ctx, draft)
            return
        draft = _changed(ctx, draft, how, UserMessage() if isinstance(said, str) else said, turn)


def _nth(name: str, turn: int) -> str:
    """Return the name of a question that is asked again with each turn of the preview."""
    return name if turn == 0 else f"{name} {turn + 1}"


# --- what is asked -------------------------------------------------------------------------------


def _drafted(ctx: Context) -> Draft:
    """Ask for the need in words, or for the topic first. Words that only name a topic choose it."""
    text = _(
        "What do you need help with? Write it in your own words, or choose first what it is about. "
        "Please leave out names and addresses."
    )
    said = _answered(ctx, "need", text, TOPICS)
    if isinstance(said, UserMessage):
        unsure = "dont_know" in talk.lists(said.words, ctx.reader.locale)
        named = help_requests.ANYTHING if unsure else topics.only(said.words, ctx.reader.locale)
        if named is None or said.media:
            return Draft(said, topics.guessed(said.words) or help_requests.ANYTHING)
        said = named
    head = form("<b>{topic}</b>", topic=topic_name(said))
    text = _("What do you need help with? Please leave out names and addresses.")
    message = _answered(ctx, "words", paragraphs(head, text), {})
    return Draft(message if isinstance(message, UserMessage) else UserMessage(), said)


def _answered(ctx: Context, name: str, text: AnyText, options: Mapping[str, AnyText]) -> UserMessage | str:
    """Ask until it is answered: whoever asks back who will read it hears that."""
    for turn in count():
        said = ctx.ask_message_or(_nth(name, turn), text, options, max_length=LONGEST_NEED, why=wording.WHY)
        if not _asks_who_reads(ctx, said):
            return said
    raise AssertionError("the loop ends with an answer")


def _asks_who_reads(ctx: Context, said: UserMessage | str) -> bool:
    """Whether somebody asks who will read it, and how long it may be: that is answered, and nothing else."""
    words = said.words if isinstance(said, UserMessage) and not said.media else ""
    if not beside.asks_who_reads(words, ctx.reader.locale):
        return False
    ctx.say(
        _(
            "One member after the other reads it, those who fit best first. If they cannot help, more of "
            "them read it, and those who coordinate. You see the text before I send it, and can leave out "
            "your name. It may have {n} characters.",
            n=LONGEST_NEED,
        )
    )
    return True


def _without_personal_data(ctx: Context, draft: Draft, turn: int, before: UserMessage) -> Draft:
    message = personal_data.offer_removal(ctx, draft.message, _nth("personal_data", turn), before=before)
    return replace(draft, message=message)


# --- the preview ---------------------------------------------------------------------------------


def _preview(ctx: Context, draft: Draft) -> AnyText:
    """Return what goes out, and how."""
    head = form("<b>{topic}</b>", topic=topic_name(draft.topic))
    return paragraphs(
        _("<b>Urgent:</b> {question}", question=head) if draft.urgent else head,
        *_shown(draft.message),
        _where(ctx, draft),
        *([urgent.in_danger(ctx)] if draft.urgent else []),
        _("I will ask several people at once. Send it like this?")
        if draft.urgent
        else _("I will ask one person after the other. Send it like this?"),
    )


def _choices(ctx: Context, draft: Draft) -> dict[str, AnyText]:
    """Return the buttons of the preview."""
    place = posting.where_else(ctx, draft.posting)
    return {
        **({} if ctx.brought("who") == "anonymous" else {"named": _("Send it with my name")}),
        "anonymous": _("Send it without my name"),
        "urgent": _("It is not urgent") if draft.urgent else _("It is urgent"),
        "text": _("Change the text"),
        "topic": _("Topic: {topic}", topic=topic_name(draft.topic)),
        **({"where": place} if place is not None else {}),
        "no": _("Drop it"),
    }


def _shown(message: UserMessage) -> Iterator[AnyText]:
    """Yield what goes out with the request."""
    if message.words:
        yield form("<blockquote>{need}</blockquote>", need=message.words)
    if message.media:
        yield _("Attached: {things}.", things=[wording.KINDS[each.kind] for each in message.media])


def _where(ctx: Context, draft: Draft) -> list[AnyText]:
    """Return where it is asked besides: which network, for somebody who is in several, and which rooms."""
    found: list[AnyText] = []
    if ctx.in_several:
        found.append(_("This goes to members of <b>{network}</b>.", network=ctx.network.name))
    if draft.posting == "now":
        found.append(_("It goes to the group too: everybody there reads it, also those not in the network."))
    elif draft.posting == "later":
        found.append(_("It goes to the group only if nobody can help."))
    return found


# --- what is done on it --------------------------------------------------------------------------


def _in_words(ctx: Context, said: UserMessage) -> str:
    """Return which button a message means on the preview; "words" for what may belong to the request."""
    return "add" if said.media else beside.on_preview(said.words, ctx.reader.locale)


def _changed(ctx: Context, draft: Draft, how: str, said: UserMessage, turn: int) -> Draft:
    """Return the request as it is after a button of the preview, or a message, that did not send it."""
    if how == "words":
        if (named := topics.only(said.words, ctx.reader.locale)) is not None:
            return replace(draft, topic=named)
        how = _what_to_do(ctx, said.words, turn)
    match how:
        case "text":
            return _rewritten(ctx, draft, turn)
        case "topic":
            return replace(draft, topic=_other_topic(ctx, turn))
        case "where":
            return replace(draft, posting=posting.NEXT_PLACE[draft.posting][0])
        case "urgent":
            return replace(draft, urgent=not draft.urgent)
        case "now_urgent":
            return replace(draft, urgent=True)
        case "instead":
            return _without_personal_data(ctx, replace(draft, message=said), turn + 1, draft.message)
        case "add" | "add_urgent":
            draft = replace(draft, urgent=draft.urgent or how == "add_urgent")
            return _without_personal_data(ctx, _added(ctx, draft, said), turn + 1, draft.message)
    return draft


def _added(ctx: Context, draft: Draft, said: UserMessage) -> Draft:
    """Return the request with more words, and files."""
    words = beside.addition(said.words, ctx.reader.locale) or said.words
    whole = "\n".join(each for each in (draft.message.words, words) if each)
    message = replace(draft.message, words=whole[:LONGEST_NEED], media=(*draft.message.media, *said.media))
    return replace(draft, message=message)


def _what_to_do(ctx: Context, words: str, turn: int) -> str:
    """Ask once what to do with words that may belong to it; who would send it sees it with them once more."""
    locale = ctx.reader.locale
    return str(
        ctx.choose(
            _nth("what", turn),
            _("“{words}”: what should I do with it?", words=wording.shortened(words, 100)),
            {
                "add": _("Add it to my question"),
                **({"add_urgent": _("Add it, it is urgent")} if beside.tells_urgency(words, locale) else {}),
                "instead": _("Ask this instead"),
                "leave": _("Leave it out"),
            },
            reads=lambda said: ["add"] if beside.goes_on(said, locale) else [],
        )
    )


def _rewritten(ctx: Context, draft: Draft, turn: int) -> Draft:
    """Ask for the whole text anew."""
    message = ctx.ask_message(
        _nth("text", turn),
        paragraphs(_("Write the whole text as it should be. So far it is:"), *_shown(draft.message)),
        max_length=LONGEST_NEED,
    )
    message = message if message.media else replace(message, media=draft.message.media)
    return _without_personal_data(ctx, replace(draft, message=message), turn + 1, draft.message)


def _other_topic(ctx: Context, turn: int) -> str:
    """Ask for the topic; words that name none mean something else."""

    def typed(words: str) -> str:
        named = topics.named(words, ctx.reader.locale)
        return named[0] if named else help_requests.ANYTHING

    about, why = _("What is it about?"), wording.WHY_TOPIC
    return str(ctx.ask(_nth("topic", turn), about, parse=typed, suggest=TOPICS, why=why))


def _is_sure_to_drop(ctx: Context, turn: int) -> bool:
    return ctx.confirm(
        _nth("drop", turn), _("Should I drop this question?"), yes=_("Yes, drop it"), no=_("No, keep it")
    )


def _drop(ctx: Context, draft: Draft) -> None:
    """Send nothing, and give the text back."""
    ctx.say(
        paragraphs(_("All right, I have sent nothing. This was your text:"), *_shown(draft.message)),
        Button(_("Ask it after all"), Command("ask"), given={"need": draft.message.to_json()}),
    )


def _unnamed(ctx: Context, draft: Draft, turn: int) -> str | None:
    """Return how it is sent without a name; None to go back to the preview."""
    return unnamed.how(ctx, draft.message, _nth("unnamed", turn), in_room=draft.posting is not None)


def _send(ctx: Context, draft: Draft, *, anonymous: bool, sparing: bool = False) -> None:
    """Open the request, and say how it begins."""
    if not limits.allows(ctx, limits.QUESTIONS, draft.message.words):
        _drop(ctx, draft)
        return
    message = draft.message.unnamed() if anonymous else draft.message
    request = help_requests.open_request(
        ctx.db,
        ctx.member,
        topic=draft.topic,
        need=message.words,
        media=[each.to_json() for each in message.media],
        anonymous=anonymous,
        without_coordinators=sparing,
        posting=draft.posting,
        now=ctx.now,
    )
    if draft.urgent:
        routing.begin_urgent(ctx, request)
        return
    asking = _(
        "Thank you. I am asking now, and will write to you as soon as somebody can help. "
        "{requests} shows how it is going.",
        requests=Command("requests"),
    )
    night.say_begin(ctx, request, routing.begin(ctx, request), asking)
