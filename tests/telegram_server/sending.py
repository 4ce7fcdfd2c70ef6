"""What the bot sends and changes."""

import time
from typing import TYPE_CHECKING, Any

from aiogram import methods
from aiogram.types import ReplyParameters

from tests.telegram_server.checks import given, keyboard, parsed, png_size, units
from tests.telegram_server.files import CAPTIONED, Media
from tests.telegram_server.posts import BOT, Message
from tests.telegram_server.rooms import Room
from tests.telegram_server.seen import Call, Run, Screen, Shown, bad

if TYPE_CHECKING:
    from tests.telegram_server.server import TelegramServer

_LARGEST_PHOTO = 10 * 2**20
_ACTIONS = frozenset(
    {
        "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
        "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note",
    }
)  # fmt: skip
# What a request may say of a file, and the file then says of itself.
_OF_FILES = ("duration", "width", "height", "length", "performer", "title", "emoji")


class Sending:
    """The methods for it."""

    def __init__(self, server: "TelegramServer") -> None:
        self._server = server
        self.methods: list[tuple[type[Any], Run]] = [
            (methods.SendMessage, self._send_message),
            (methods.SendPhoto, self._send_file),
            (methods.SendVoice, self._send_file),
            (methods.SendAudio, self._send_file),
            (methods.SendVideo, self._send_file),
            (methods.SendVideoNote, self._send_file),
            (methods.SendDocument, self._send_file),
            (methods.SendAnimation, self._send_file),
            (methods.SendSticker, self._send_file),
            (methods.SendMediaGroup, self._send_album),
            (methods.SendChatAction, self._send_action),
            (methods.EditMessageText, self._edit_text),
            (methods.EditMessageCaption, self._edit_caption),
            (methods.EditMessageReplyMarkup, self._edit_keyboard),
            (methods.DeleteMessage, self._delete),
            (methods.AnswerCallbackQuery, self._answer_query),
            (methods.GetFile, self._get_file),
        ]

    # Sending.

    async def _send_message(self, wants: methods.SendMessage, call: Call) -> Any:
        chat = self._place(wants, "text")
        text, entities = _text(wants.text, wants)
        return self._accept(chat, wants, call, text=text, entities=entities)

    async def _send_file(self, wants: Any, call: Call) -> Any:
        kind = _kind(call.method)
        chat = self._place(wants, kind)
        media = self._media(wants, kind, getattr(wants, kind), call)
        text, entities = _caption(wants) if kind in CAPTIONED else ("", [])
        return self._accept(chat, wants, call, text=text, entities=entities, media=media)

    async def _send_album(self, wants: methods.SendMediaGroup, call: Call) -> Any:
        kinds = [str(item.type) for item in wants.media]
        if len(kinds) > 10:
            raise bad("too many messages to send as an album")
        if len(kinds) < 2:
            raise bad("group send failed")
        for kind in ("audio", "document"):
            if kind in kinds and set(kinds) != {kind}:
                raise bad(f"{kind} can't be mixed with other media types")
        for kind in set(kinds):
            chat = self._place(wants, kind)
        reply_to = self._answered(chat, wants.reply_parameters)
        items: list[dict[str, Any]] = []
        for kind, item in zip(kinds, wants.media, strict=True):
            text, entities = _caption(item)
            media = self._media(item, kind, item.media, call)
            items.append({"media": media, "text": text, "entities": entities})
        group = {"media_group_id": f"{self._server.counts()}"}
        sent = [
            self._server.message(
                chat.id, {"from": BOT}, reply_to=reply_to, topic=wants.message_thread_id, extra=group, **item
            )
            for item in items
        ]
        captioned = [message for message in sent if message.text]
        words = captioned[0] if len(captioned) == 1 else None
        self._server.shows(
            chat,
            Shown(
                method=call.method,
                chat=chat.id,
                message_id=sent[0].id,
                text=words.text if words else "",
                entities=_marked(words) if words else (),
                silent=bool(wants.disable_notification),
                reply_to=reply_to,
                files=tuple(file for message in sent for file in message.files),
                topic=sent[0].topic,
            ),
        )
        return [self._server.json(message) for message in sent]

    async def _send_action(self, wants: methods.SendChatAction, call: Call) -> Any:
        chat = self._place(wants, None)
        if wants.action not in _ACTIONS:
            raise bad("wrong parameter action in request")
        self._server.actions.append((chat.id, wants.action))
        return True

    def _place(self, wants: Any, kind: str | None) -> Screen:
        """Where it goes. Raises `Refuse` where the bot cannot write, or not in this topic, or not this kind
        of message."""
        chat = self._server.reachable(wants.chat_id)
        thread = wants.message_thread_id
        if isinstance(chat, Room):
            chat.check_thread(thread)
            if kind is not None:
                chat.check_right(kind)
        elif thread is not None:
            raise bad("message thread not found")
        elif kind == "voice" and not chat.takes_voice_notes:
            raise bad("VOICE_MESSAGES_FORBIDDEN", provoked=True)
        return chat

    def _media(self, wants: Any, kind: str, file: Any, call: Call) -> Media:
        """The file of a request: sent along, or one that Telegram has. Raises `Refuse`."""
        if file.startswith(("http://", "https://")):
            raise bad("failed to get HTTP URL content")
        if not file.startswith("attach://"):
            return self._server.files.again(file, kind)
        name = file.removeprefix("attach://")
        data = call.files.get(name)
        if data is None:
            raise bad(f"there is no {kind} in the request" if name == kind else "media not found")
        if not data:
            raise bad("file must be non-empty")
        if kind == "photo":
            _check_photo(data)
        said = {field: given(wants, field) for field in _OF_FILES if hasattr(wants, field)}
        more = {field: value for field, value in said.items() if value is not None}
        return self._server.files.add(kind, data, name=call.names.get(name, ""), more=more)

    def _accept(self, chat: Screen, wants: Any, call: Call, **content: Any) -> dict[str, Any]:
        """Everything is right with this message: it is there."""
        reply_to = self._answered(chat, wants.reply_parameters)
        buttons = keyboard(wants.reply_markup)
        message = self._server.message(
            chat.id,
            {"from": BOT},
            keyboard=buttons,
            reply_to=reply_to,
            topic=wants.message_thread_id,
            **content,
        )
        self._server.shows(chat, _shown(message, wants, call, silent=bool(wants.disable_notification)))
        return self._server.json(message)

    def _answered(self, chat: Screen, reply: ReplyParameters | None) -> int | None:
        if reply is None:
            return None
        if (chat.id, reply.message_id) in self._server.messages:
            return reply.message_id
        if reply.allow_sending_without_reply is True:
            return None
        gone = (chat.id, reply.message_id) in self._server.deleted
        raise bad("message to be replied not found", provoked=gone)

    # Changing.

    async def _edit_text(self, wants: methods.EditMessageText, call: Call) -> Any:
        chat, message = self._editable(wants)
        if message.media is not None:
            raise bad("there is no text in the message to edit", provoked=True)
        text, entities = _text(wants.text or "", wants)
        return self._change(chat, message, wants, call, text, entities)

    async def _edit_caption(self, wants: methods.EditMessageCaption, call: Call) -> Any:
        chat, message = self._editable(wants)
        if message.media is None or message.media.kind not in CAPTIONED:
            raise bad("there is no caption in the message to edit")
        text, entities = _caption(wants)
        return self._change(chat, message, wants, call, text, entities)

    async def _edit_keyboard(self, wants: methods.EditMessageReplyMarkup, call: Call) -> Any:
        chat, message = self._editable(wants)
        return self._change(chat, message, wants, call, message.text, message.entities)

    async def _delete(self, wants: methods.DeleteMessage, call: Call) -> Any:
        place = (self._server.reachable(wants.chat_id).id, wants.message_id)
        message = self._server.messages.get(place)
        if message is None:
            raise bad("message to delete not found", provoked=place in self._server.deleted)
        if not message.by_bot:
            raise bad("message can't be deleted")
        del self._server.messages[place]
        self._server.deleted.add(place)
        return True

    def _editable(self, wants: Any) -> tuple[Screen, Message]:
        chat = self._server.reachable(wants.chat_id)
        place = (chat.id, wants.message_id)
        message = self._server.messages.get(place)
        if message is None:
            raise bad("message to edit not found", provoked=place in self._server.deleted)
        if not message.by_bot:
            raise bad("message can't be edited")
        return chat, message

    def _change(
        self,
        chat: Screen,
        message: Message,
        wants: Any,
        call: Call,
        text: str,
        entities: list[dict[str, Any]],
    ) -> dict[str, Any]:
        buttons = keyboard(wants.reply_markup)
        if (text, entities, buttons) == (message.text, message.entities, message.keyboard):
            words = (
                "message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
            raise bad(words, provoked=message.answer_lost)
        message.text, message.entities, message.keyboard = text, entities, buttons
        message.edited = int(time.time())
        self._server.shows(chat, _shown(message, wants, call, edited=True))
        return self._server.json(message)

    # And the rest.

    async def _answer_query(self, wants: methods.AnswerCallbackQuery, call: Call) -> Any:
        answered = self._server.queries.get(wants.callback_query_id)
        if answered is None or answered:
            words = "query is too old and response timeout expired or query ID is invalid"
            raise bad(words, provoked=answered is not None)
        self._server.queries[wants.callback_query_id] = True
        return True

    async def _get_file(self, wants: methods.GetFile, call: Call) -> Any:
        return self._server.files.path(wants.file_id)


def _kind(method: str) -> str:
    """The kind of file that a method sends: "video_note" for sendVideoNote."""
    return "video_note" if method == "sendVideoNote" else method.removeprefix("send").lower()


def _text(html: str, wants: Any) -> tuple[str, list[dict[str, Any]]]:
    text, entities = parsed(html, wants)
    if not text:
        raise bad("message text is empty")
    if units(text) > 4096:
        raise bad("message is too long")
    return text, entities


def _caption(wants: Any) -> tuple[str, list[dict[str, Any]]]:
    text, entities = parsed(wants.caption or "", wants)
    if units(text) > 1024:
        raise bad("message caption is too long")
    return text, entities


def _check_photo(data: bytes) -> None:
    """Raises `Refuse` for what is no picture, or too large a one. A JPEG is known by how it begins."""
    if len(data) > _LARGEST_PHOTO:
        words = f"file of size {len(data)} bytes is too big for a photo; the maximum size is {_LARGEST_PHOTO}"
        raise bad(f"{words} bytes")
    if data.startswith(b"\xff\xd8\xff"):
        return
    try:
        width, height = png_size(data)
    except ValueError:
        raise bad("IMAGE_PROCESS_FAILED") from None
    if width + height > 10_000 or max(width, height) > 20 * min(width, height):
        raise bad("PHOTO_INVALID_DIMENSIONS")


def _marked(message: Message) -> tuple[tuple[str, str], ...]:
    """The kinds of a message's entities, and the words they cover."""
    text = message.text.encode("utf-16-le")
    return tuple(
        (kind["type"], text[2 * kind["offset"] :][: 2 * kind["length"]].decode("utf-16-le"))
        for kind in message.entities
    )


def _shown(message: Message, wants: Any, call: Call, **how: Any) -> Shown:
    preview = given(wants, "link_preview_options")
    return Shown(
        method=call.method,
        chat=message.chat,
        message_id=message.id,
        text=message.text,
        entities=_marked(message),
        keyboard=tuple(tuple(button["text"] for button in row) for row in message.keyboard),
        reply_to=message.reply_to,
        picture=message.picture,
        previews="http" in f"{message.text} {message.entities}" and not (preview and preview.is_disabled),
        files=message.files,
        topic=message.topic,
        **how,
    )
