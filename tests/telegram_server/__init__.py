"""A strict Bot API server for tests, and the people and groups at its other end.

It takes what Telegram takes and refuses what Telegram refuses, in Telegram's words: fields are judged by
aiogram's models and text by Telegram's own parser (tdjson), two implementations that owe nothing to the
library that the bot uses. Wordings are those of Telegram's server (github.com/tdlib/telegram-bot-api) and
of the library below it (github.com/tdlib/td).

    async with TelegramServer() as server:
        ana = server.user(1001, "Ana", "de")
        ana.says("Hello")                 # the bot gets an update
        answer = await ana.hears()        # what the bot sent or changed in Ana's chat
        ana.presses(answer, "Yes")
        room = server.group(-100777, "Mentors", members=[ana])
        room.adds_bot(by=ana, payload="join_7KQ2M9XD")
        ana.says("/help", room=room)
        answer = await room.hears()
        assert server.refusals == []

By hand, with a bot that has `telegram.api_url` set to it: `python -m tests.telegram_server --port 8081`, then
write "Ana: /start" or "Ana: [Yes]".
"""

from tests.telegram_server.checks import png_size, read_html
from tests.telegram_server.files import Media
from tests.telegram_server.people import User
from tests.telegram_server.posts import BOT, Message
from tests.telegram_server.rooms import Member, Room
from tests.telegram_server.seen import Call, Fault, File, Refusal, Rule, Shown
from tests.telegram_server.server import TOKEN, TelegramServer

__all__ = [
    "BOT",
    "TOKEN",
    "Call",
    "Fault",
    "File",
    "Media",
    "Member",
    "Message",
    "Refusal",
    "Room",
    "Rule",
    "Shown",
    "TelegramServer",
    "User",
    "png_size",
    "read_html",
]
