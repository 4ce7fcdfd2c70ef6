"""What the Bot API says where it does not do what was asked, as an error in our own words.

A server may quote what people wrote, and a proxy before it the whole request. So nothing of an answer is
handed on but its code, and the sentence of ours that its wording stands for. An answer that is not the Bot
API's says nothing about the request: it is a broken line.

The wordings are those of https://github.com/tdlib/telegram-bot-api.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from adapters.telegram.json import loads
from adapters.telegram.updates import NAME
from bot.adapter import PROGRAM_AGAIN, About, Later, Moved, Refused, SendError, Unreachable
from bot.message import Chat

LONGEST_WAIT: Final = 3600.0
"""Seconds that a server can have us wait at most: a number that makes no sense must not stop us for ever."""
UNAUTHORISED: Final = (
    "Telegram refuses the token: ask @BotFather for a valid one and put it into telegram.token."
)


class Why(StrEnum):
    """Why a request was refused."""

    BLOCKED = "they have blocked the bot"
    DEACTIVATED = "their account is deactivated"
    NOT_STARTED = "they have never written to the bot"
    KICKED = "the bot was removed from the chat"
    NOT_A_MEMBER = "the bot is not a member of the chat"
    NO_CHAT = "there is no such chat"
    NO_USER = "there is no such account"
    NO_GROUP = "the group is deactivated"
    NO_TOPIC = "there is no such topic"
    TOPIC_CLOSED = "the topic is closed"
    NO_RIGHT_TO_WRITE = "the bot may not write in the chat"
    NO_RIGHT = "the bot has not enough rights in the chat"
    NO_SUCH_FILES = "the chat takes no such files"
    PAYING_ONLY = "they take messages from paying accounts only"
    NO_VOICE = "they take no voice messages"
    SAME = "the message is not modified"
    NO_MESSAGE = "there is no such message"
    NO_TEXT = "the message has no text"
    NOT_EDITABLE = "the message can't be edited"
    NOT_DELETABLE = "the message can't be deleted"
    EMPTY = "the message is empty"
    TOO_LONG = "the message is too long"
    KEYBOARD_TOO_LONG = "there are too many buttons"
    ENTITIES = "the markup of the message is wrong"
    BUTTON = "a button is wrong"
    NOT_UTF_8 = "the text is not UTF-8"
    PICTURE = "the picture can't be read"
    NO_FILE = "there is no such file"
    TOO_LARGE = "the file is too large"
    LET_IN = "they are in the chat already"
    ASKS_NO_MORE = "they no longer ask to be let in"
    TOO_OLD = "the press is too old"
    COMMAND = "a command of the menu is wrong"
    WEBHOOK = "a webhook takes the updates"
    WEBHOOK_WRONG = "the webhook is not acceptable"
    NO_METHOD = "the server does not know the method"
    LOGGED_OUT = "the bot is logged out from this server"


UNKNOWN: Final = "for a reason that I do not know"
# The first that a description holds is what it means.
WORDINGS: Final[Mapping[str, Why]] = {
    "bot was blocked": Why.BLOCKED,
    "user is deactivated": Why.DEACTIVATED,
    "can't initiate conversation": Why.NOT_STARTED,
    "bot was kicked": Why.KICKED,
    "is not a member": Why.NOT_A_MEMBER,
    "chat not found": Why.NO_CHAT,
    "chat_id is empty": Why.NO_CHAT,
    "peer_id_invalid": Why.NO_CHAT,
    "user not found": Why.NO_USER,
    "participant_id_invalid": Why.NO_USER,
    "group chat was deactivated": Why.NO_GROUP,
    "message thread not found": Why.NO_TOPIC,
    "topic_closed": Why.TOPIC_CLOSED,
    "not enough rights to send text": Why.NO_RIGHT_TO_WRITE,
    "not enough rights to send": Why.NO_SUCH_FILES,
    "have no rights to send": Why.NO_RIGHT_TO_WRITE,
    "chat_send_plain_forbidden": Why.NO_RIGHT_TO_WRITE,
    "chat_send_": Why.NO_SUCH_FILES,
    "chat_write_forbidden": Why.NO_RIGHT_TO_WRITE,
    "chat_restricted": Why.NO_RIGHT_TO_WRITE,
    "premium_required": Why.PAYING_ONLY,
    "payment_required": Why.PAYING_ONLY,
    "voice_messages_forbidden": Why.NO_VOICE,
    "not enough rights": Why.NO_RIGHT,
    "chat_admin_required": Why.NO_RIGHT,
    "message is not modified": Why.SAME,
    "message to edit not found": Why.NO_MESSAGE,
    "message to delete not found": Why.NO_MESSAGE,
    "message to be replied not found": Why.NO_MESSAGE,
    "message_id_invalid": Why.NO_MESSAGE,
    "there is no text in the message": Why.NO_TEXT,
    "message can't be edited": Why.NOT_EDITABLE,
    "message can't be deleted": Why.NOT_DELETABLE,
    "message text is empty": Why.EMPTY,
    "text must be non-empty": Why.BUTTON,
    "message is too long": Why.TOO_LONG,
    "caption is too long": Why.TOO_LONG,
    "reply markup is too long": Why.KEYBOARD_TOO_LONG,
    "can't parse entities": Why.ENTITIES,
    "button": Why.BUTTON,
    "must be encoded in utf-8": Why.NOT_UTF_8,
    "image_process_failed": Why.PICTURE,
    "photo_invalid_dimensions": Why.PICTURE,
    "too big": Why.TOO_LARGE,
    "entity too large": Why.TOO_LARGE,
    "file must be non-empty": Why.NO_FILE,
    "wrong file": Why.NO_FILE,
    "file identifier": Why.NO_FILE,
    "temporarily unavailable": Why.NO_FILE,
    "user_already_participant": Why.LET_IN,
    "hide_requester_missing": Why.ASKS_NO_MORE,
    "query is too old": Why.TOO_OLD,
    "bot_command": Why.COMMAND,
    "use getupdates method while webhook is active": Why.WEBHOOK,
    "bad webhook": Why.WEBHOOK_WRONG,
    "method not found": Why.NO_METHOD,
    "logged out": Why.LOGGED_OUT,
}
_WEBHOOK_WORDINGS: Final[Mapping[str, str]] = {
    "refused": "nobody answers there",
    "timed out": "it takes too long",
    "timeout": "it takes too long",
    "certificate": "its certificate is not trusted",
    "ssl": "there is no encrypted connection",
    "resolve": "the name of the host is not known",
    "reserved": "the address is not a public one",
    "closed": "the connection was closed",
    "reset": "the connection was closed",
}
_ABOUT: Final[Mapping[Why, About]] = {
    **dict.fromkeys(
        (
            Why.BLOCKED,
            Why.DEACTIVATED,
            Why.NOT_STARTED,
            Why.KICKED,
            Why.NOT_A_MEMBER,
            Why.NO_CHAT,
            Why.NO_USER,
            Why.NO_GROUP,
            Why.NO_TOPIC,
            Why.TOPIC_CLOSED,
            Why.NO_RIGHT_TO_WRITE,
            Why.PAYING_ONLY,
        ),
        About.CHAT,
    ),
    Why.LOGGED_OUT: About.ACCOUNT,
    Why.WEBHOOK: About.PROGRAM,
    Why.WEBHOOK_WRONG: About.PROGRAM,
}
"""What a refusal is about that is not about the letter."""
_MAY_NOT_WRITE: Final = (Why.NO_RIGHT_TO_WRITE, Why.TOPIC_CLOSED)


def failed(status: int, payload: bytes, *, files: bool = False) -> TelegramError:
    """Return the error that an answer other than 2xx stands for; `files`: the request had some with it."""
    try:
        answer = loads(payload)
    except ValueError:
        answer = None
    match answer:
        case {"ok": False, "error_code": code, "description": str() as said} if code == status:
            return _refusal(status, said.lower(), answer.get("parameters"))
    if files and status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return BadRequest(_in_words(status, Why.TOO_LARGE))  # whoever says so: it is about what was sent
    return NetworkError(f"status {status}")


def _refusal(status: int, said: str, parameters: Any) -> TelegramError:
    why = next((why for wording, why in WORDINGS.items() if wording in said), None)
    words = _in_words(status, why)
    match status, parameters:
        case HTTPStatus.TOO_MANY_REQUESTS, {"retry_after": seconds}:
            return RetryAfter(_bounded(seconds))
        case HTTPStatus.TOO_MANY_REQUESTS, _:
            return RetryAfter(_bounded(None))
        case HTTPStatus.BAD_REQUEST, {"migrate_to_chat_id": chat}:
            return ChatMigrated(chat) if type(chat) is int else NetworkError(words)
        case HTTPStatus.UNAUTHORIZED, _:
            return InvalidToken(words)
        case HTTPStatus.NOT_FOUND, _:
            return InvalidToken(words) if why is not Why.NO_METHOD else BadRequest(words)
        case HTTPStatus.FORBIDDEN, _:
            return Forbidden(words)
        case HTTPStatus.CONFLICT, _:
            return Conflict(words)
        case HTTPStatus.BAD_REQUEST | HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _:
            return BadRequest(words)
    return NetworkError(words)


def _in_words(status: int, why: Why | None) -> str:
    return f"{status}: {why}" if why else f"{status}, {UNKNOWN}"


def _bounded(seconds: Any) -> timedelta:
    """The wait that was asked for; none where that is no number of seconds."""
    asked = isinstance(seconds, int | float) and seconds > 0
    return timedelta(seconds=min(seconds, LONGEST_WAIT) if asked else 0.0)


def is_because(error: TelegramError, *reasons: Why) -> bool:
    """Whether the Bot API refused for one of these reasons."""
    return error.message.endswith(reasons)


def about(error: TelegramError) -> About:
    """Return what an error is about."""
    why = next((why for why in Why if is_because(error, why)), None)
    match error:
        case InvalidToken() | EndPointNotFound():
            return About.ACCOUNT
        case Forbidden():
            return About.CHAT
        case BadRequest():
            return About.LETTER if why is None else _ABOUT.get(why, About.LETTER)
        case Conflict():
            return About.PROGRAM
    return About.LINE


def kind(error: TelegramError) -> SendError:
    """Return the error as the seam knows it."""
    match error:
        case RetryAfter():
            return Later(seconds(error) or None, too_fast=True)
        case ChatMigrated():
            return Moved(Chat(NAME, str(error.new_chat_id), private=False))
    match about(error):
        case About.LETTER:
            return Refused(error.message)
        case About.CHAT:
            silenced, no_topic = is_because(error, *_MAY_NOT_WRITE), is_because(error, Why.NO_TOPIC)
            return Unreachable(error.message, silenced=silenced, no_topic=no_topic)
        case About.ACCOUNT:
            # `run` stops on it; what waits to go out must survive until the token is put right.
            return Later(PROGRAM_AGAIN, everywhere=True)
        case About.PROGRAM:
            return Later(PROGRAM_AGAIN)
        case About.LINE:
            return Later()


def seconds(error: RetryAfter) -> float:
    """Return how long Telegram wants us to wait, in seconds."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def webhook_failure(said: Any) -> str:
    """Return why Telegram could not reach the webhook, from what it says of that."""
    words = said.lower() if isinstance(said, str) else ""
    if code := re.search(r"wrong response from the webhook: (\d{3})\b", words):
        return f"it answers {code[1]}"
    return next((ours for wording, ours in _WEBHOOK_WORDINGS.items() if wording in words), UNKNOWN)
