"""What a messenger's errors are about, row by row: only what is about the letter ends it. A row of a table
that has no line here fails."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from adapters.matrix.homeserver.errors import ABOUT, MENDS, Failed
from adapters.matrix.homeserver.errors import kind as kind_on_matrix
from adapters.telegram.errors import WORDINGS, about, failed
from adapters.telegram.errors import kind as kind_on_telegram
from bot.adapter import About, Later, Moved, Refused, SendError, Unreachable

LETTER, CHAT, ACCOUNT, LINE, PROGRAM = About
KINDS: Mapping[About, type[SendError]] = {
    LETTER: Refused,
    CHAT: Unreachable,
    ACCOUNT: Later,
    LINE: Later,
    PROGRAM: Later,
}

# --- Telegram --------------------------------------------------------------------------------------

ON_TELEGRAM: Mapping[About, Mapping[str, tuple[int, str]]] = {
    LETTER: {
        "not enough rights to send": (400, "Bad Request: not enough rights to send photos to the chat"),
        "chat_send_": (400, "Bad Request: CHAT_SEND_VOICES_FORBIDDEN"),
        "voice_messages_forbidden": (400, "Bad Request: VOICE_MESSAGES_FORBIDDEN"),
        "not enough rights": (400, "Bad Request: not enough rights to manage pinned messages in the chat"),
        "chat_admin_required": (400, "Bad Request: CHAT_ADMIN_REQUIRED"),
        "message is not modified": (400, "Bad Request: message is not modified"),
        "message to edit not found": (400, "Bad Request: message to edit not found"),
        "message to delete not found": (400, "Bad Request: message to delete not found"),
        "message to be replied not found": (400, "Bad Request: message to be replied not found"),
        "message_id_invalid": (400, "Bad Request: MESSAGE_ID_INVALID"),
        "there is no text in the message": (400, "Bad Request: there is no text in the message to edit"),
        "message can't be edited": (400, "Bad Request: message can't be edited"),
        "message can't be deleted": (400, "Bad Request: message can't be deleted for everyone"),
        "message text is empty": (400, "Bad Request: message text is empty"),
        "text must be non-empty": (400, "Bad Request: inline keyboard button text must be non-empty"),
        "message is too long": (400, "Bad Request: message is too long"),
        "caption is too long": (400, "Bad Request: message caption is too long"),
        "reply markup is too long": (400, "Bad Request: reply markup is too long"),
        "can't parse entities": (400, "Bad Request: can't parse entities: Unsupported start tag"),
        "button": (400, "Bad Request: BUTTON_DATA_INVALID"),
        "must be encoded in utf-8": (400, "Bad Request: strings must be encoded in UTF-8"),
        "image_process_failed": (400, "Bad Request: IMAGE_PROCESS_FAILED"),
        "photo_invalid_dimensions": (400, "Bad Request: PHOTO_INVALID_DIMENSIONS"),
        "too big": (400, "Bad Request: file is too big"),
        "entity too large": (413, "Request Entity Too Large"),
        "file must be non-empty": (400, "Bad Request: file must be non-empty"),
        "wrong file": (400, "Bad Request: wrong file_id or the file is temporarily away"),
        "file identifier": (400, "Bad Request: invalid remote file identifier specified: can't unserialize"),
        "temporarily unavailable": (400, "Bad Request: the file is temporarily unavailable"),
        "user_already_participant": (400, "Bad Request: USER_ALREADY_PARTICIPANT"),
        "hide_requester_missing": (400, "Bad Request: HIDE_REQUESTER_MISSING"),
        "query is too old": (400, "Bad Request: query is too old and response timeout expired"),
        "method not found": (404, "Not Found: method not found"),
        "bot_command": (400, "Bad Request: BOT_COMMAND_INVALID"),
    },
    CHAT: {
        "bot was blocked": (403, "Forbidden: bot was blocked by the user"),
        "user is deactivated": (403, "Forbidden: user is deactivated"),
        "can't initiate conversation": (403, "Forbidden: bot can't initiate conversation with a user"),
        "bot was kicked": (403, "Forbidden: bot was kicked from the supergroup chat"),
        "is not a member": (403, "Forbidden: bot is not a member of the group chat"),
        "chat not found": (400, "Bad Request: chat not found"),
        "chat_id is empty": (400, "Bad Request: chat_id is empty"),
        "peer_id_invalid": (400, "Bad Request: PEER_ID_INVALID"),
        "user not found": (400, "Bad Request: user not found"),
        "participant_id_invalid": (400, "Bad Request: PARTICIPANT_ID_INVALID"),
        "group chat was deactivated": (400, "Bad Request: group chat was deactivated"),
        "message thread not found": (400, "Bad Request: message thread not found"),
        "topic_closed": (400, "Bad Request: TOPIC_CLOSED"),
        "not enough rights to send text": (400, "Bad Request: not enough rights to send text messages"),
        "have no rights to send": (400, "Bad Request: have no rights to send a message"),
        "chat_send_plain_forbidden": (400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN"),
        "chat_write_forbidden": (400, "Bad Request: CHAT_WRITE_FORBIDDEN"),
        "chat_restricted": (400, "Bad Request: CHAT_RESTRICTED"),
        "premium_required": (400, "Bad Request: PRIVACY_PREMIUM_REQUIRED"),
        "payment_required": (400, "Bad Request: ALLOW_PAYMENT_REQUIRED_10"),
    },
    ACCOUNT: {"logged out": (400, "Logged out")},
    LINE: {},
    PROGRAM: {
        "use getupdates method while webhook is active": (
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first",
        ),
        "bad webhook": (400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"),
    },
}
WITHOUT_A_WORDING: Mapping[About, list[tuple[int, str]]] = {
    LETTER: [(400, "Bad Request: something of next year")],
    CHAT: [(403, "Forbidden: something of next year")],
    ACCOUNT: [(401, "Unauthorized"), (404, "Not Found")],
    LINE: [(429, "Too Many Requests: retry after 5"), (500, "Internal Server Error"), (418, "I'm a teapot")],
    PROGRAM: [(409, "Conflict: terminated by other getUpdates request")],
}


def says(status: int, description: str) -> bytes:
    return json.dumps({"ok": False, "error_code": status, "description": description}).encode()


@pytest.mark.parametrize("wording", WORDINGS)
def test_a_wording_of_telegram(wording: str) -> None:
    rows = [(what, rows[wording]) for what, rows in ON_TELEGRAM.items() if wording in rows]
    assert len(rows) == 1, "each has one line here"
    (what, (status, description)) = rows[0]
    first = next(each for each in WORDINGS if each in description.lower())
    assert first == wording, "no other is found before"
    error = failed(status, says(status, description))
    assert about(error) is what
    assert isinstance(kind_on_telegram(error), KINDS[what])
    assert description not in str(error)


def test_no_line_of_telegram_is_left_over() -> None:
    assert {wording for rows in ON_TELEGRAM.values() for wording in rows} == WORDINGS.keys()


@pytest.mark.parametrize("what", About)
def test_what_telegram_says_in_no_known_words(what: About) -> None:
    for status, description in WITHOUT_A_WORDING[what]:
        error = failed(status, says(status, description))
        assert about(error) is what, description
        assert isinstance(kind_on_telegram(error), KINDS[what])


@pytest.mark.parametrize(
    ("description", "silenced", "no_topic"),
    [
        ("Bad Request: not enough rights to send text messages to the chat", True, False),
        ("Bad Request: TOPIC_CLOSED", True, False),
        ("Bad Request: message thread not found", True, True),
        ("Bad Request: chat not found", False, False),
        ("Bad Request: PRIVACY_PREMIUM_REQUIRED", False, False),
    ],
)
def test_why_a_chat_of_telegram_takes_nothing(description: str, silenced: bool, no_topic: bool) -> None:
    error = kind_on_telegram(failed(400, says(400, description)))
    assert isinstance(error, Unreachable)
    assert (error.silenced, error.no_topic) == (silenced, no_topic)


def test_a_group_of_telegram_that_moves_ends_nothing() -> None:
    moved = {**json.loads(says(400, "Bad Request: group chat was upgraded"))}
    moved["parameters"] = {"migrate_to_chat_id": -1005}
    assert isinstance(kind_on_telegram(failed(400, json.dumps(moved).encode())), Moved)


# --- Matrix ----------------------------------------------------------------------------------------

ON_MATRIX: Mapping[str, tuple[int, About]] = {
    "M_LIMIT_EXCEEDED": (429, LINE),
    "M_USER_LOCKED": (401, ACCOUNT),
    "M_USER_SUSPENDED": (403, ACCOUNT),
    "M_CONSENT_NOT_GIVEN": (403, ACCOUNT),
    "M_RESOURCE_LIMIT_EXCEEDED": (403, ACCOUNT),
    "ORG_MATRIX_EXPIRED_ACCOUNT": (403, ACCOUNT),
    "M_UNKNOWN_TOKEN": (401, ACCOUNT),
    "M_MISSING_TOKEN": (401, ACCOUNT),
    "M_USER_DEACTIVATED": (403, ACCOUNT),
    "M_FORBIDDEN": (403, CHAT),
    "M_NOT_FOUND": (404, CHAT),
    "M_NOT_JOINED": (403, CHAT),
    "M_UNKNOWN_ROOM": (404, CHAT),
    "M_UNRECOGNIZED": (404, PROGRAM),
}
LOST_LOGIN = {"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED"}


@pytest.mark.parametrize("code", ABOUT)
def test_a_code_of_matrix(code: str) -> None:
    status, what = ON_MATRIX[code]
    error = Failed(code, status, {"errcode": code, "error": "words"})
    later = kind_on_matrix(error)
    assert error.about is what
    assert isinstance(later, KINDS[what])
    assert error.unauthorised == (code in LOST_LOGIN)
    assert error.passing == (what in (LINE, ACCOUNT) and code not in LOST_LOGIN)
    if isinstance(later, Later):
        assert later.everywhere == (what is not PROGRAM), "we are counted by account, not by room"
    mended_by_somebody = what in (ACCOUNT, PROGRAM) and not error.unauthorised
    assert (code in MENDS) == mended_by_somebody, "what does not pass by itself has a sentence"
    if code in MENDS:
        assert error.sentence == MENDS[code]
        assert code not in error.sentence


def test_no_line_of_matrix_is_left_over() -> None:
    assert ON_MATRIX.keys() == ABOUT.keys()
    assert MENDS.keys() <= ABOUT.keys()


@pytest.mark.parametrize(
    ("code", "status", "what"),
    [
        ("M_TOO_LARGE", 413, LETTER),
        ("M_BAD_JSON", 400, LETTER),
        ("M_UNKNOWN", 400, LETTER),
        ("M_OF_NEXT_YEAR", 400, LETTER),
        ("M_OF_NEXT_YEAR", 429, LINE),
        ("M_UNKNOWN", 500, LINE),
        ("M_FORBIDDEN", 502, LINE),
        ("ClientConnectorError", 0, LINE),
        *(("", status, LINE) for status in (0, 200, 400, 403, 404, 405, 413, 502)),
    ],
)
def test_what_a_homeserver_says_without_a_row(code: str, status: int, what: About) -> None:
    error = Failed(code, status)
    assert error.about is what
    assert isinstance(kind_on_matrix(error), KINDS[what])


def test_what_breaks_inside_the_library_ends_no_letter_and_stops_no_other_chat() -> None:
    error: Any = Failed("KeyError")
    error.__cause__ = KeyError("words")
    later = kind_on_matrix(error)
    assert error.about is PROGRAM
    assert isinstance(later, Later)
    assert not later.everywhere
    assert "words" not in str(later)
