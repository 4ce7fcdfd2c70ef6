"""A stored delivery becomes messages: in its reader's words, in the shape its chat can show."""

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from bot.adapter import Buttons, Capabilities
from bot.context import Installation
from bot.links import qr_picture
from bot.markup import clean, plain, quote, split, units
from bot.message import Chat, MessageRef, Outgoing, Picture
from bot.text import Reader, from_json, render

ROW = 30
"""Characters of labels that a row of buttons holds on a small phone."""


def reader_of(row: Any, installation: Installation, prefix: str) -> Reader:
    """How to write to the reader of a delivery (a row of `db.deliveries.waiting`)."""
    languages = [row.language, row.hint, *(row.network_languages or ())]
    return installation.reader(languages, [row.time_zone, row.network_time_zone], prefix)


def messages(row: Any, can: Capabilities, installation: Installation) -> list[Outgoing]:
    """The messages of a delivery, in order: one, or several where the text is too long for one. The buttons
    are on the last."""
    chat = Chat(row.messenger, row.chat, row.private)
    reader = reader_of(row, installation, can.prefix)
    replaces = MessageRef(chat, row.replaced_message) if row.replaced_message else None
    if row.closed and row.replaces is not None:
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
    wakes = bool(row.priority)
    parts = split(body, can.max_caption if picture else can.max_text)
    out = [
        Outgoing(row.id, chat, str(part), plain(part), wakes=wakes, picture=None if index else picture)
        for index, part in enumerate(parts[:-1])
    ]
    last = parts[-1]
    return [
        *out,
        Outgoing(
            row.id,
            chat,
            str(last),
            plain(last),
            buttons=buttons,
            picture=None if out else picture,
            replaces=replaces,
            wakes=wakes,
        ),
    ]


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
        if units(plain(text)) <= can.max_text:
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
