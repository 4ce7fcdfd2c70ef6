"""What we say on Telegram: an `Outgoing` becomes calls of the Bot API."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Final

from telegram import (
    InputFile,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
)
from telegram.error import BadRequest, TelegramError

from adapters.telegram.client import Client, field, log
from adapters.telegram.errors import Why, is_because
from adapters.telegram.errors import kind as kind_of
from adapters.telegram.files import Upload, albums
from adapters.telegram.updates import callback_data
from bot.message import MessageRef, Outgoing

_IN_ALBUM: Final[Mapping[str, Any]] = {
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
    "document": InputMediaDocument,
    "audio": InputMediaAudio,
}
_NO_PREVIEW: Final = {"is_disabled": True}


class Sender:
    """Sends, edits and deletes messages."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def send(self, message: Outgoing) -> MessageRef:
        """Send or edit. Raises a `SendError`; an edit for which nothing is left to edit is done."""
        try:
            if message.replaces is not None:
                await self._edit(message, message.replaces)
                return message.replaces
            first, *more = await self._post(message)
            return MessageRef(message.chat, _number(first), tuple(map(_number, more)))
        except TelegramError as error:
            raise kind_of(error) from None

    async def _post(self, message: Outgoing) -> list[Any]:
        """Send, and return the messages that came of it: first the one with the words and the buttons."""
        fields: dict[str, Any] = {
            "chat_id": message.chat.id,
            "message_thread_id": int(message.chat.thread) if message.chat.thread else None,
            "parse_mode": "HTML",
            "disable_notification": not message.wakes,
            "reply_markup": _keyboard(message),
        }
        if message.reply_to is not None:
            # The message may be deleted by now.
            fields["reply_parameters"] = {
                "message_id": int(message.reply_to),
                "allow_sending_without_reply": True,
            }
        if (made := message.made) is not None:
            method, kind = ("sendPhoto", "photo") if made.is_picture else ("sendDocument", "document")
            file: dict[str, Any] = {kind: InputFile(made.content, filename=made.name)}
            return [await self._client.upload(method, caption=message.html, **file, **fields)]
        if message.carried:
            return await self._post_carried(message, fields)
        return [
            await self._client.call(
                "sendMessage", text=message.html, link_preview_options=_NO_PREVIEW, **fields
            )
        ]

    async def _post_carried(self, message: Outgoing, fields: Mapping[str, Any]) -> list[Any]:
        """Send files, the text with the first."""
        sent: list[Any] = []
        for uploads in albums(message.carried):
            caption = "" if sent else message.html
            try:
                sent += await self._post_together(uploads, caption, fields)
            except TelegramError:
                # Where the bytes did not come, that is what went wrong.
                for upload in uploads:
                    if upload.failure is not None:
                        raise upload.failure from None
                raise
        return sent

    async def _post_together(
        self, uploads: Sequence[Upload], caption: str, fields: Mapping[str, Any]
    ) -> list[Any]:
        # What has neither words nor buttons of its own takes these fields only.
        bare = {key: fields[key] for key in fields if key not in ("parse_mode", "reply_markup")}
        if len(uploads) == 1:
            kind = uploads[0].kind
            method, file = f"send{kind.replace('_', '')}", {kind: uploads[0].field()}
            about = uploads[0].about
            if kind != "video_note":
                return [await self._client.upload(method, caption=caption, **file, **about, **fields)]
            # A video note has no caption: the words and the buttons come below it.
            shown = await self._client.upload(method, **file, **about, **bare)
            if not caption:
                return [shown]
            return [await self._client.call("sendMessage", text=caption, **fields), shown]
        # The library takes nothing but objects of its own here.
        words = [{"caption": caption, "parse_mode": "HTML"} if caption else {}, *[{}] * (len(uploads) - 1)]
        album = [
            _IN_ALBUM[upload.kind](upload.field(attach=True), **upload.about, **more)
            for upload, more in zip(uploads, words, strict=True)
        ]
        sent = await self._client.upload("sendMediaGroup", media=album, **bare)
        return sent if isinstance(sent, list) and sent else [None]

    async def _edit(self, message: Outgoing, old: MessageRef) -> None:
        fields: dict[str, Any] = {
            "chat_id": old.chat.id,
            "message_id": int(old.id),
            "reply_markup": _keyboard(message),
        }
        try:
            if message.html:
                await self._edit_words(message.html, fields)
            else:
                await self._client.call("editMessageReplyMarkup", **fields)
        except BadRequest as error:
            if not is_because(error, Why.SAME, Why.NO_MESSAGE, Why.NOT_EDITABLE):
                raise
            log.debug("edit.nothing_left", why=error.message)

    async def _edit_words(self, html: str, fields: Mapping[str, Any]) -> None:
        fields = {**fields, "parse_mode": "HTML"}
        try:
            await self._client.call("editMessageText", text=html, link_preview_options=_NO_PREVIEW, **fields)
        except BadRequest as error:
            if not is_because(error, Why.NO_TEXT):
                raise
            await self._client.call("editMessageCaption", caption=html, **fields)

    async def delete(self, message: MessageRef) -> None:
        """Delete a message of ours; Telegram lets us for 48 hours. Raises `SendError`."""
        try:
            await self._client.call("deleteMessage", chat_id=message.chat.id, message_id=int(message.id))
        except BadRequest as error:
            if not is_because(error, Why.NO_MESSAGE, Why.NOT_DELETABLE):
                raise kind_of(error) from None
            log.debug("delete.nothing_left", why=error.message)
        except TelegramError as error:
            raise kind_of(error) from None


def _number(sent: Any) -> str:
    """Return the number of a message that was sent. Raises `NetworkError` where there is none."""
    return str(field(sent, "message_id", int))


def _keyboard(message: Outgoing) -> dict[str, Any] | None:
    """Return the buttons in their rows; None without any."""
    if not message.buttons:
        return None
    slots = count(message.first_slot)
    return {
        "inline_keyboard": [
            [{"text": label, "callback_data": callback_data(message.id, next(slots))} for label in row]
            for row in message.buttons
        ]
    }
