"""A stored delivery becomes messages: in its reader's words, in the shape its chat can show."""

from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup

from bot.adapter import Buttons, Capabilities
from bot.context import Installation
from bot.links import qr_picture
from bot.markup import clean, plain, quote, split, units
from bot.message import Carried, Chat, Media, MessageRef, Outgoing, Picture
from bot.note import unpacked
from bot.text import Reader, from_json, render

Read = Callable[[Media], AsyncIterator[bytes]]

ROW = 30
"""Characters of labels that a row of buttons holds on a small phone."""


def reader_of(row: Any, installation: Installation, prefix: str = "/") -> Reader:
    """How to write to the reader of a delivery (a row of `db.deliveries.waiting`), or to the one who acts
    (`db.people.Known`)."""
    languages = [row.language, row.hint, *(row.network_languages or ())]
    return installation.reader(languages, [row.time_zone, row.network_time_zone], prefix)


def chat_of(row: Any) -> Chat:
    """Where a delivery goes."""
    return Chat(row.messenger, row.chat, private=row.room_id is None, thread=row.thread)


def messages(
    row: Any, chat: Chat, can: Capabilities, installation: Installation, read: Read
) -> list[Outgoing]:
    """The messages of a delivery to a chat, in order: one, or several where the text is too long for one, or
    stands below an album. The buttons are on the last. `read` brings the bytes of what is carried."""
    reader = reader_of(row, installation, can.prefix)
    replaces = MessageRef(chat, row.replaced_message) if row.replaced_message else None
    if row.closes:
        return [_closing(row, can, chat, reader, replaces)]
    labels = [label(offer, reader) for offer in row.offers]
    body = render(from_json(row.body), reader)
    buttons: Sequence[Sequence[str]] = ()
    if labels and can.buttons is Buttons.NATIVE:
        buttons = rows([_shortened(label, can.max_label) for label in labels])
    elif labels:
        numbered = (quote(f"{number}. {label}") for number, label in enumerate(labels, 1))
        body = body + Markup("\n\n") + Markup("\n").join(numbered)
        buttons = rows(labels)
    picture = _picture(row.picture, reader)
    carried = [Carried(media, partial(read, media)) for media in unpacked(row.media)]
    if replaces is not None:  # what was carried is there already
        carried = []
    parts = split(body, can.max_caption if picture or carried or row.media else can.max_text)
    one = partial(Outgoing, row.id, chat, wakes=bool(row.priority), reply_to=row.reply_to)
    out: list[Outgoing] = []
    if carried and (len(parts) > 1 or (len(carried) > 1 and buttons)):
        out.append(one("", "", carried=carried))
        parts, carried = split(body, can.max_text), []
    *first, last = parts
    for part in first:
        out.append(one(str(part), plain(part), picture=picture, part=len(out)))
        picture = None
    final = one(
        str(last),
        plain(last),
        buttons=buttons,
        picture=picture,
        carried=carried,
        replaces=replaces,
        part=len(out),
    )
    return [*out, final]


def label(offer: Any, reader: Reader) -> str:
    """What stands on the button of a stored offer."""
    return clean(render(from_json(offer["label"]), reader).unescape())


def _closing(
    row: Any, can: Capabilities, chat: Chat, reader: Reader, replaces: MessageRef | None
) -> Outgoing:
    """The message without its buttons, and below it what was chosen; only the buttons go where the words
    are forgotten, were too long for one message, or stood under a picture."""
    if row.chosen is not None and row.body is not None and row.picture is None:
        chosen = render(from_json(row.chosen), reader)
        text = render(from_json(row.body), reader) + Markup("\n\n<b>➤ {}</b>").format(chosen)
        if units(plain(text)) <= (can.max_caption if row.media else can.max_text):
            return Outgoing(row.id, chat, str(text), plain(text), replaces=replaces, wakes=False)
    return Outgoing(row.id, chat, "", "", replaces=replaces, wakes=False)


def rows(labels: Sequence[str]) -> list[list[str]]:
    """Buttons side by side while they fit a phone."""
    laid: list[list[str]] = []
    for label in labels:
        if laid and sum(map(len, laid[-1])) + len(label) + 4 * len(laid[-1]) <= ROW and len(laid[-1]) < 3:
            laid[-1].append(label)
        else:
            laid.append([label])
    return laid


def _shortened(label: str, limit: int) -> str:
    return label if len(label) <= limit else label[: limit - 1].rstrip() + "…"


def _picture(packed: Any, reader: Reader) -> Picture | None:
    if packed is None:
        return None
    return qr_picture(packed["qr"], plain(render(from_json(packed["description"]), reader)))
