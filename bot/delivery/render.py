"""A stored delivery becomes messages: in its reader's words, in the shape its chat can show."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup

from bot.adapter import Buttons, Capabilities
from bot.delivery.letters import Priority
from bot.delivery.offers import first_button, is_bare, label, label_within, numbered
from bot.installation import Installation, reader_of
from bot.listing import CHOOSE
from bot.markup import plain, quote, split, units
from bot.message import Carried, Chat, Made, Media, MessageRef, Outgoing
from bot.text import AnyText, Reader, _, from_json, paragraphs, render
from bot.user_message import unpacked

Read = Callable[[Media], AsyncIterator[bytes]]

WITHOUT_FILES = _("(A file belongs to this, and I could not bring it to you.)")

ROW = 30
"""Characters of labels that a row of buttons holds on a small phone."""
WORDS, NUMBERS = 3, 5
"""Buttons in a row, at most: those with words, and those with numbers."""


def chat_of(row: Any) -> Chat:
    """Return where a delivery goes."""
    return Chat(row.messenger, row.chat, private=row.room_id is None, thread=row.thread)


def messages(
    row: Any,
    chat: Chat,
    can: Capabilities,
    installation: Installation,
    read: Read,
    *,
    made: Made | None = None,
    only_words: bool = False,
    lacks: AnyText | None = None,
) -> list[Outgoing]:
    """Return the messages of a delivery to a chat, in order: one, or several where the text is too long for
    one, or stands below an album or a file without a caption; none where buttons would go that cannot. The
    buttons are on the last. `read` brings the bytes of what is carried, and `made` is the file of its recipe.
    With `only_words` there is neither; `lacks` says so, and also where a file was not made."""
    reader = reader_of(row, installation, can.prefix)
    replaces = MessageRef(chat, row.replaced_message) if row.replaced_message and can.edits else None
    if row.closes:
        return [_closing(row, can, chat, reader, replaces)] if can.edits else []
    text = from_json(row.body)
    body = render(text if lacks is None else paragraphs(text, lacks), reader)
    buttons: Sequence[Sequence[str]] = ()
    slot = 0
    if can.buttons is Buttons.NATIVE:
        slot = first_button(row.offers)
        buttons = rows([label_within(each, reader, can.max_label) for each in row.offers[slot:]])
    elif row.offers:
        offered = numbered(row.offers)
        body = Markup("\n\n").join(filter(None, [body, *_below(offered, reader)]))
        # No reaction is a number that is not there.
        if can.buttons is Buttons.NUMBERS or not any(map(is_bare, offered)):
            buttons = rows([label(each, reader) for each in offered])
    carried = [Carried(media, partial(read, media)) for media in unpacked(row.media)]
    if row.replaced_message or only_words:  # what was carried is there already, or cannot be
        carried = []
    if only_words:
        made = None
    captioned = can.max_caption and (made or carried or (row.media and not only_words))
    parts = split(body, can.max_caption if captioned else can.max_text)
    one = partial(Outgoing, row.id, chat, wakes=Priority(row.priority).sound, reply_to=row.reply_to)
    out: list[Outgoing] = []
    if (made or carried) and not captioned and body:
        out.append(one("", "", made=made, carried=carried))
        made, carried = None, []
    elif carried and (len(parts) > 1 or (len(carried) > 1 and buttons)):
        out.append(one("", "", carried=carried))
        parts, carried = split(body, can.max_text), []
    *first, last = parts
    for part in first:
        out.append(one(str(part), plain(part), made=made, part=len(out)))
        made = None
    final = one(
        str(last),
        plain(last),
        buttons=buttons,
        first_slot=slot,
        made=made,
        carried=carried,
        replaces=replaces,
        part=len(out),
    )
    return [*out, final]


def _below(offered: Sequence[Mapping[str, Any]], reader: Reader) -> Iterator[Markup]:
    """Yield what stands below a text where there are no native buttons: that the numbers of its lines open
    them, where only these do, and what is offered besides, with its numbers where it has any."""
    if any("line" in each and "typed" in each for each in offered):
        yield render(CHOOSE, reader)
    bare = any(map(is_bare, offered))
    rest = [("•" if bare else f"{n}.", each) for n, each in enumerate(offered, 1) if "line" not in each]
    if rest:
        yield Markup("\n").join(
            Markup("{} {}").format(mark, quote(label(each, reader))) for mark, each in rest
        )


def _closing(
    row: Any, can: Capabilities, chat: Chat, reader: Reader, replaces: MessageRef | None
) -> Outgoing:
    """Return the message without its buttons, and below it what was chosen. Only the buttons go where the
    words are forgotten, were too long for one message, or stood under a file."""
    if row.chosen is not None and row.body is not None and row.recipe is None:
        chosen = render(from_json(row.chosen), reader)
        text = render(from_json(row.body), reader) + Markup("\n\n<b>➤ {}</b>").format(chosen)
        if units(plain(text)) <= ((row.media and can.max_caption) or can.max_text):
            return Outgoing(row.id, chat, str(text), plain(text), replaces=replaces, wakes=False)
    return Outgoing(row.id, chat, "", "", replaces=replaces, wakes=False)


def rows(labels: Sequence[str]) -> list[list[str]]:
    """Lay buttons side by side while they fit a phone, numbers apart from words."""
    laid: list[list[str]] = []
    for each in labels:
        most = NUMBERS if each.isdecimal() else WORDS
        beside = bool(laid) and laid[-1][0].isdecimal() == each.isdecimal() and len(laid[-1]) < most
        if beside and sum(map(len, laid[-1])) + len(each) + 4 * len(laid[-1]) <= ROW:
            laid[-1].append(each)
        else:
            laid.append([each])
    return laid
