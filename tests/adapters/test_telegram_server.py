"""The stand-in for Telegram: groups, topics, files, and what it refuses of them."""

import io
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiogram.types import Update

import tests.telegram_server.server
from tests.support.aio import on_loop
from tests.telegram_server import Fault, File, Room, TelegramServer, User

ROOM, FORUM, SMALL = -1001, -1002, -7
JPEG = b"\xff\xd8\xff\xe0 a picture"
BUTTON = {"inline_keyboard": [[{"text": "Yes", "callback_data": "7:0"}]]}


@dataclass
class Here:
    """A server with Ana and Ben, who have a supergroup, a forum and a group; the bot is in all three."""

    server: TelegramServer
    session: aiohttp.ClientSession
    ana: User
    ben: User
    room: Room
    forum: Room
    small: Room

    async def ask(
        self, method: str, files: Mapping[str, bytes] | None = None, /, **fields: Any
    ) -> dict[str, Any]:
        """The answer of the server."""
        url = f"{self.server.url}/bot{self.server.token}/{method}"
        form = aiohttp.FormData(default_to_multipart=True)
        for name, value in fields.items():
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
        for name, data in (files or {}).items():
            form.add_field(name, io.BytesIO(data), filename=f"{name}.bin")
        body = {"data": form} if files else {"json": fields}
        async with self.session.post(url, **body) as response:
            answer: dict[str, Any] = await response.json()
            assert answer.get("error_code", 200) == response.status
            return answer

    async def result(self, method: str, files: Mapping[str, bytes] | None = None, /, **fields: Any) -> Any:
        """What a request that is taken results in."""
        answer = await self.ask(method, files, **fields)
        assert answer["ok"], answer
        return answer["result"]

    async def refused(self, method: str, files: Mapping[str, bytes] | None = None, /, **fields: Any) -> str:
        """What a request is refused with."""
        answer = await self.ask(method, files, **fields)
        assert not answer["ok"], answer
        return str(answer["description"])

    async def news(self, *kinds: str) -> list[dict[str, Any]]:
        """What the bot is told now, and has not been told before: kinds and bodies. All of it is as the Bot
        API says it is."""
        offset = self.server.waiting[-1] + 1 if self.server.waiting else 0
        asked = {"allowed_updates": kinds} if kinds else {}
        updates: list[dict[str, Any]] = await self.result("getUpdates", **asked)
        if offset:
            await self.result("getUpdates", offset=offset)
        for update in updates:
            Update.model_validate(update)
        return [{key: value for key, value in update.items() if key != "update_id"} for update in updates]

    async def messages(self) -> list[dict[str, Any]]:
        """The messages among them."""
        return [update["message"] for update in await self.news() if "message" in update]

    async def texts(self) -> list[str]:
        """What they say."""
        return [message["text"] for message in await self.messages()]

    async def download(self, path: str, token: str = "") -> tuple[int, bytes]:
        """The status and the bytes of a file."""
        url = f"{self.server.url}/file/bot{token or self.server.token}/{path}"
        async with self.session.get(url) as response:
            return response.status, await response.read()


@asynccontextmanager
async def here(bot: str = "member") -> AsyncIterator[Here]:
    async with TelegramServer() as server, aiohttp.ClientSession() as session:
        ana, ben = server.user(1001, "Ana", met=True), server.user(1002, "Ben")
        rooms = [
            server.group(id, title, forum=id == FORUM, members=[ana, ben], bot=bot)
            for id, title in ((ROOM, "Mentors"), (FORUM, "Forum"), (SMALL, "Few"))
        ]
        yield Here(server, session, ana, ben, *rooms)


# --- groups ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "brought"),
    [
        ("hello", False),
        ("/help", True),
        ("/help me", True),
        ("/help@mentor_test_bot me", True),
        ("/help@Mentor_Test_Bot", True),
        ("/help@another_bot", False),
        ("/help@", False),
        ("say /help", False),
        ("hello @mentor_test_bot", False),
    ],
)
@on_loop
async def test_privacy(text: str, brought: bool) -> None:
    async with here() as place:
        place.ana.says(text, room=place.room)
        assert await place.texts() == ([text] if brought else [])
        place.room.promotes_bot(place.ana)
        place.ana.says(text, room=place.room)
        assert await place.texts() == [text], "an administrator hears all"
        place.room.demotes_bot(place.ana)
        place.server.privacy = False
        place.ana.says(text, room=place.room)
        assert await place.texts() == [text]


@on_loop
async def test_privacy_lets_answers_to_the_bot_through() -> None:
    async with here() as place:
        await place.result("sendMessage", chat_id=ROOM, text="Who?")
        asked = await place.room.hears()
        mine = place.ana.says("I", room=place.room, reply_to=asked)
        place.ben.says("you?", room=place.room, reply_to=mine)
        [message] = await place.messages()
        assert message["text"] == "I"
        assert message["reply_to_message"]["message_id"] == asked.message_id
        assert message["reply_to_message"]["from"]["is_bot"]
        assert message["chat"] == {"id": ROOM, "type": "supergroup", "title": "Mentors"}
        # A chain of replies is a thread, though no topic.
        assert message["message_thread_id"] == asked.message_id
        assert "is_topic_message" not in message


@on_loop
async def test_each_supergroup_counts_its_messages() -> None:
    async with here() as place:
        ids = [place.ana.says("/a", room=room) for room in (place.room, place.forum)]
        assert ids[0] == ids[1] == 1
        assert place.ana.says("/a", room=place.small) + 1 == place.ana.says("/a")


@on_loop
async def test_the_bot_is_added_with_and_without_a_payload() -> None:
    async with here("left") as place:
        place.room.adds_bot(by=place.ana, payload="join_1")
        place.small.adds_bot(by=place.ben)
        changed, added, started, other, _ = await place.news()
        change = changed["my_chat_member"]
        assert (change["old_chat_member"]["status"], change["new_chat_member"]["status"]) == (
            "left",
            "member",
        )
        assert change["from"]["id"] == 1001
        assert added["message"]["new_chat_members"][0]["username"] == "mentor_test_bot"
        assert started["message"]["text"] == "/start@mentor_test_bot join_1"
        assert other["my_chat_member"]["chat"]["type"] == "group"


@on_loop
async def test_the_part_of_the_bot_changes() -> None:
    async with here() as place:
        place.room.promotes_bot(place.ana, can_invite_users=True)
        place.room.mutes_bot(place.ana, can_send_photos=True)
        place.room.unmutes_bot(place.ana)
        place.room.removes_bot(place.ana)
        news = [update["my_chat_member"]["new_chat_member"] for update in await place.news()]
        assert [change["status"] for change in news] == ["administrator", "restricted", "member", "kicked"]
        assert news[0]["can_invite_users"]
        assert not news[0]["can_delete_messages"]
        assert news[1]["can_send_photos"]
        assert not news[1]["can_send_messages"]
        place.ana.says("/help", room=place.room)
        assert await place.news() == [], "it is out"


@on_loop
async def test_people_come_and_go() -> None:
    async with here() as place:
        cy, di = place.server.user(1003, "Cy"), place.server.user(1004, "Di")
        place.room.joins(cy, di, by=place.ana)
        place.room.leaves(cy)
        place.room.joins(cy)
        together, gone, alone = await place.messages()
        assert [user["id"] for user in together["new_chat_members"]] == [1003, 1004]
        assert together["from"]["id"] == 1001
        assert "message_thread_id" not in together
        assert gone["left_chat_member"]["id"] == 1003
        assert alone["from"]["id"] == 1003
        place.room.promotes_bot(place.ana)
        await place.news("chat_member")
        place.room.leaves(cy, by=place.ana)
        [update] = await place.news()
        assert update["chat_member"]["new_chat_member"]["status"] == "kicked"


@on_loop
async def test_writing_without_a_name_and_as_a_channel() -> None:
    async with here("administrator") as place:
        place.ana.says("hidden", room=place.room, anonymous=True)
        place.room.channel_says("as a channel")
        place.room.channel_says("a post", automatic=True)
        hidden, channel, post = await place.messages()
        assert (hidden["from"]["id"], hidden["from"]["is_bot"]) == (1087968824, True)
        assert hidden["sender_chat"]["id"] == ROOM
        assert channel["sender_chat"]["type"] == "channel"
        assert post["is_automatic_forward"]
        with pytest.raises(AssertionError):
            place.ben.says("hidden too", room=place.room, anonymous=True)


@on_loop
async def test_a_press_in_a_group() -> None:
    async with here() as place:
        await place.result("sendMessage", chat_id=ROOM, text="x", reply_markup=BUTTON)
        shown = await place.room.hears()
        query = place.ben.presses(shown, "Yes")
        [update] = await place.news()
        assert update["callback_query"]["message"]["chat"]["id"] == ROOM
        assert update["callback_query"]["from"]["id"] == 1002
        assert await place.result("answerCallbackQuery", callback_query_id=query)
        with pytest.raises(AssertionError):
            place.server.user(1009, "Eve").presses(shown, "Yes")


@on_loop
async def test_a_group_becomes_a_supergroup() -> None:
    async with here() as place:
        new = place.small.migrates(-100777)
        old, first = await place.messages()
        assert (old["chat"]["id"], old["migrate_to_chat_id"]) == (SMALL, -100777)
        assert (first["chat"]["id"], first["migrate_from_chat_id"]) == (-100777, SMALL)
        for method, fields in (
            ("sendMessage", {"text": "x"}),
            ("getChat", {}),
            ("getChatAdministrators", {}),
        ):
            answer = await place.ask(method, chat_id=SMALL, **fields)
            assert answer["description"].endswith("group chat was upgraded to a supergroup chat")
            assert answer["parameters"] == {"migrate_to_chat_id": -100777}
        await place.result("sendMessage", chat_id=-100777, text="x")
        assert (await new.hears()).chat == -100777
        assert len(place.server.provoked) == 3
        assert place.server.refusals == []


@on_loop
async def test_a_new_title() -> None:
    async with here() as place:
        place.room.renames("Others", by=place.ana)
        [message] = await place.messages()
        assert message["new_chat_title"] == message["chat"]["title"] == "Others"
        assert (await place.result("getChat", chat_id=ROOM))["title"] == "Others"


# --- who is in them --------------------------------------------------------------------------------


@on_loop
async def test_members_and_administrators() -> None:
    async with here() as place:
        place.room.sets(place.ben, "administrator", can_invite_users=True)
        place.server.user(1003, "Cy")
        status = [
            (await place.result("getChatMember", chat_id=ROOM, user_id=id))["status"]
            for id in (1001, 1002, 1003, 1234567890)
        ]
        assert status == ["creator", "administrator", "left", "member"]
        admins = await place.result("getChatAdministrators", chat_id=ROOM)
        assert [admin["user"]["id"] for admin in admins] == [1001, 1002]
        assert await place.result("getChatMemberCount", chat_id=ROOM) == 3
        assert "PARTICIPANT_ID_INVALID" in await place.refused("getChatMember", chat_id=ROOM, user_id=9)
        assert await place.result("leaveChat", chat_id=ROOM)
        words = await place.refused("getChatMember", chat_id=ROOM, user_id=1001)
        assert words == "Forbidden: bot is not a member of the supergroup chat"
        assert "chat not found" in await place.refused("getChat", chat_id=-100999)
        assert "chat not found" in await place.refused("getChat", chat_id=1002)


@on_loop
async def test_somebody_asks_to_be_let_in() -> None:
    async with here() as place:
        cy, di = place.server.user(1003, "Cy"), place.server.user(1004, "Di")
        place.room.asks_in(cy)
        assert await place.news() == [], "a member is not told"
        words = await place.refused("approveChatJoinRequest", chat_id=ROOM, user_id=1003)
        assert words == "Bad Request: not enough rights"
        assert "can't initiate" in await place.refused("sendMessage", chat_id=1003, text="x")
        place.room.promotes_bot(place.ana, can_invite_users=True)
        await place.news("message", "chat_member", "chat_join_request")
        place.room.asks_in(cy)
        place.room.asks_in(di)
        asked = [update["chat_join_request"] for update in await place.news()]
        assert [(each["user_chat_id"], each["chat"]["id"]) for each in asked] == [(1003, ROOM), (1004, ROOM)]
        await place.result("sendMessage", chat_id=1003, text="Who are you?")
        assert (await cy.hears()).text == "Who are you?"
        cy.open_until = 0.0
        assert "can't initiate" in await place.refused("sendMessage", chat_id=1003, text="x")
        assert await place.result("approveChatJoinRequest", chat_id=ROOM, user_id=1003)
        assert await place.result("declineChatJoinRequest", chat_id=ROOM, user_id=1004)
        changed, came = await place.news()
        assert changed["chat_member"]["via_join_request"]
        assert came["message"]["new_chat_members"][0]["id"] == 1003
        assert not place.server.provoked[1:]


@on_loop
async def test_a_request_that_is_none_any_more() -> None:
    async with here() as place:
        place.room.promotes_bot(place.ana, can_invite_users=True)
        people = [place.server.user(id, "Cy") for id in (1003, 1004)]
        for user, let_in in zip(people, (True, False), strict=True):
            place.room.asks_in(user)
            place.room.answers_request(user, by=place.ana, let_in=let_in)
        for id, words in (
            (1003, "USER_ALREADY_PARTICIPANT"),
            (1004, "HIDE_REQUESTER_MISSING"),
            (1002, "USER_ALREADY_PARTICIPANT"),
            (1009, "HIDE_REQUESTER_MISSING"),
        ):
            assert words in await place.refused("declineChatJoinRequest", chat_id=ROOM, user_id=id)
        assert (len(place.server.provoked), len(place.server.refusals)) == (2, 2)


# --- writing to them -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chat", "what", "words"),
    [
        (ROOM, lambda here: here.room.removes_bot(here.ana), "Forbidden: bot was kicked from the supergroup"),
        (
            SMALL,
            lambda here: here.small.removes_bot(here.ana),
            "Forbidden: bot was kicked from the group chat",
        ),
        (
            ROOM,
            lambda here: here.room.removes_bot(here.ana, status="left"),
            "Forbidden: bot is not a member of the supergroup chat",
        ),
        (
            ROOM,
            lambda here: here.room.mutes_bot(here.ana, can_send_photos=True),
            "Bad Request: not enough rights to send text messages to the chat",
        ),
    ],
)
@on_loop
async def test_where_the_bot_cannot_write(chat: int, what: Callable[[Here], None], words: str) -> None:
    async with here() as place:
        what(place)
        assert (await place.refused("sendMessage", chat_id=chat, text="x")).startswith(words)
        assert place.server.refusals == []


@on_loop
async def test_a_group_that_the_bot_was_never_in() -> None:
    async with here("left") as place:
        assert "not a member" in await place.refused("sendMessage", chat_id=ROOM, text="x")
        assert len(place.server.refusals) == 1


@on_loop
async def test_kept_from_one_kind() -> None:
    async with here() as place:
        place.room.mutes_bot(place.ana, can_send_messages=True)
        await place.result("sendMessage", chat_id=ROOM, text="x")
        for method, kind, words in (("sendVoice", "voice", "voice notes"), ("sendAudio", "audio", "music")):
            said = await place.refused(method, {kind: b"x"}, chat_id=ROOM)
            assert said == f"Bad Request: not enough rights to send {words} to the chat"


# --- topics ----------------------------------------------------------------------------------------


@on_loop
async def test_what_comes_from_a_topic() -> None:
    async with here("administrator") as place:
        topic = place.forum.topic(50, "Questions")
        first = place.ana.says("in it", room=place.forum, topic=topic)
        place.ben.says("an answer", room=place.forum, topic=topic, reply_to=first)
        place.ana.says("in General", room=place.forum)
        created, plain, answer, general = await place.messages()
        assert created["message_id"] == created["message_thread_id"] == 50
        assert created["forum_topic_created"]["name"] == "Questions"
        for message in (created, plain, answer):
            assert (message["message_thread_id"], message["is_topic_message"]) == (50, True)
        assert plain["reply_to_message"]["forum_topic_created"]
        assert plain["reply_to_message"]["message_id"] == 50
        assert answer["reply_to_message"]["message_id"] == first
        assert not {"message_thread_id", "is_topic_message", "reply_to_message"} & general.keys()
        assert general["chat"]["is_forum"]


@on_loop
async def test_what_goes_to_a_topic() -> None:
    async with here() as place:
        topic = place.forum.topic(50, "Questions")
        asked = place.ana.says("/ask", room=place.forum, topic=topic)
        sent = await place.result("sendMessage", chat_id=FORUM, text="x", message_thread_id=topic)
        assert (sent["message_thread_id"], sent["is_topic_message"]) == (50, True)
        assert (await place.forum.hears()).topic == 50
        # An answer goes where the question is.
        await place.result("sendMessage", chat_id=FORUM, text="x", reply_parameters={"message_id": asked})
        assert (await place.forum.hears()).topic == 50
        await place.result("sendMessage", chat_id=FORUM, text="x")
        assert (await place.forum.hears()).topic is None
        for chat, thread in ((FORUM, 51), (FORUM, 1), (ROOM, 50), (SMALL, 50), (1001, 50)):
            words = await place.refused("sendMessage", chat_id=chat, text="x", message_thread_id=thread)
            assert words == "Bad Request: message thread not found"
        assert len(place.server.refusals) == 5


@on_loop
async def test_topics_that_are_closed_or_gone() -> None:
    async with here() as place:
        topic = place.forum.topic(50, "Questions")
        sent = await place.result("sendMessage", chat_id=FORUM, text="x", message_thread_id=topic)
        place.forum.closes_topic(topic)
        fields = {"chat_id": FORUM, "text": "x", "message_thread_id": topic}
        assert await place.refused("sendMessage", **fields) == "Bad Request: TOPIC_CLOSED"
        with pytest.raises(AssertionError):
            place.ben.says("me too", room=place.forum, topic=topic)
        place.forum.reopens_topic(topic)
        assert await place.result("sendMessage", **fields)
        kinds = [key for message in await place.messages() for key in message if key.startswith("forum")]
        assert kinds == ["forum_topic_created", "forum_topic_closed", "forum_topic_reopened"]
        place.forum.deletes_topic(topic)
        assert "thread not found" in await place.refused("sendMessage", **fields)
        gone = await place.refused("editMessageText", chat_id=FORUM, message_id=sent["message_id"], text="y")
        assert gone == "Bad Request: message to edit not found"
        assert place.server.refusals == []


# --- files that come -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["voice", "document", "audio", "video", "video_note", "sticker", "animation"]
)
@on_loop
async def test_a_file_comes_and_is_fetched(kind: str) -> None:
    async with here() as place:
        place.ana.sends(kind, data=b"bytes of it", name="a.bin")
        [message] = await place.messages()
        assert message[kind]["file_size"] == 11
        file = await place.result("getFile", file_id=message[kind]["file_id"])
        assert await place.download(file["file_path"]) == (200, b"bytes of it")
        assert ("document" in message) == (kind in ("document", "animation"))


@on_loop
async def test_a_picture_comes_in_several_sizes() -> None:
    async with here() as place:
        place.ana.sends("photo", data=JPEG, caption="me")
        [message] = await place.messages()
        assert message["caption"] == "me"
        assert "text" not in message
        sizes = message["photo"]
        assert sizes[0]["width"] < sizes[-1]["width"]
        fetched = [
            await place.download((await place.result("getFile", file_id=size["file_id"]))["file_path"])
            for size in sizes
        ]
        assert fetched[-1][1] == JPEG != fetched[0][1]


@pytest.mark.parametrize("kind", ["location", "venue", "contact", "poll", "dice"])
@on_loop
async def test_what_comes_without_a_file(kind: str) -> None:
    async with here() as place:
        place.ana.sends(kind)
        assert kind in (await place.messages())[0]


@on_loop
async def test_what_is_said_of_a_file() -> None:
    async with here() as place:
        place.ana.sends("voice", data=b"OggS", duration=3)
        place.ana.sends("sticker", emoji="👍")
        place.ana.sends("document", data=b"OggS", name="plan.pdf")
        voice, sticker, document = await place.messages()
        assert (voice["voice"]["duration"], voice["voice"]["mime_type"]) == (3, "audio/ogg")
        assert sticker["sticker"]["emoji"] == "👍"
        assert document["document"]["file_name"] == "plan.pdf"
        assert document["document"]["mime_type"] == "application/pdf"
        assert document["document"]["file_id"] != voice["voice"]["file_id"]


@on_loop
async def test_an_album_comes_as_one_message_each() -> None:
    async with here() as place:
        ids = place.ana.sends_album([("photo", JPEG, "first"), ("video", b"x", "")])
        messages = await place.messages()
        assert [message["message_id"] for message in messages] == ids
        assert len({message["media_group_id"] for message in messages}) == 1
        assert [message.get("caption") for message in messages] == ["first", None]


@on_loop
async def test_what_cannot_be_fetched() -> None:
    async with here() as place:
        place.ana.sends("document", size=25 * 2**20)
        [message] = await place.messages()
        assert message["document"]["file_size"] == 25 * 2**20
        words = await place.refused("getFile", file_id=message["document"]["file_id"])
        assert words == "Bad Request: file is too big"
        assert place.server.refusals == []
        assert "invalid file_id" in await place.refused("getFile", file_id="x")
        assert "temporarily unavailable" in await place.refused("getFile", file_id="x" * 60)
        place.ana.sends("document", data=b"x")
        [message] = await place.messages()
        path = (await place.result("getFile", file_id=message["document"]["file_id"]))["file_path"]
        assert (await place.download(path, token="1:wrong"))[0] == 404
        assert (await place.download("documents/file_99.bin"))[0] == 404
        place.server.fails("file", Fault(502))
        assert (await place.download(path))[0] == 502
        assert (await place.download(path))[0] == 200
        assert place.server.calls.count("file") == 4


# --- files that go ---------------------------------------------------------------------------------

KINDS = [
    ("sendVoice", "voice"),
    ("sendAudio", "audio"),
    ("sendPhoto", "photo"),
    ("sendVideo", "video"),
    ("sendVideoNote", "video_note"),
    ("sendDocument", "document"),
    ("sendAnimation", "animation"),
    ("sendSticker", "sticker"),
]


def ids_in(message: Mapping[str, Any], kind: str) -> Sequence[str]:
    """The ids of the file in a message."""
    held = message[kind]
    return [size["file_id"] for size in held] if kind == "photo" else [held["file_id"]]


@pytest.mark.parametrize(("method", "kind"), KINDS)
@on_loop
async def test_a_file_goes_by_upload_and_by_id(method: str, kind: str) -> None:
    async with here() as place:
        sent = await place.result(method, {kind: JPEG}, chat_id=1001)
        shown = await place.ana.hears()
        assert shown.files == (File(kind, f"{kind}.bin", JPEG),)
        assert shown.picture == (JPEG if kind == "photo" else None)
        await place.result(method, {"other": JPEG}, chat_id=1001, **{kind: "attach://other"})
        await place.result(method, chat_id=ROOM, **{kind: ids_in(sent, kind)[-1]})
        assert (await place.room.hears()).files[0].data == JPEG
        assert not place.server.refusals


@pytest.mark.parametrize(
    ("method", "kind", "source", "words"),
    [
        ("sendPhoto", "photo", "voice", "can't use file of type VoiceNote as Photo"),
        ("sendPhoto", "photo", "document", "can't use file of type Document as Photo"),
        ("sendDocument", "document", "photo", "can't use file of type Photo as Document"),
        ("sendAudio", "audio", "voice", "type of file mismatch"),
    ],
)
@on_loop
async def test_a_file_of_another_kind(method: str, kind: str, source: str, words: str) -> None:
    async with here() as place:
        place.ana.sends(source, data=JPEG)
        [message] = await place.messages()
        said = await place.refused(method, chat_id=1001, **{kind: ids_in(message, source)[-1]})
        assert said == f"Bad Request: {words}"
        assert len(place.server.refusals) == 1


@pytest.mark.parametrize(
    ("method", "files", "fields", "words"),
    [
        ("sendVoice", {}, {"voice": "x" * 60}, "wrong file identifier/HTTP URL specified"),
        ("sendVoice", {}, {"voice": "https://example.org/a.ogg"}, "failed to get HTTP URL content"),
        ("sendVoice", {}, {"voice": "attach://voice"}, "there is no voice in the request"),
        ("sendVoice", {"voice": b""}, {}, "file must be non-empty"),
        ("sendVoice", {"voice": b"x"}, {"caption": "x" * 1025}, "message caption is too long"),
        ("sendVideoNote", {"video_note": b"x"}, {"caption": "x"}, "field caption is not known"),
        ("sendPhoto", {"photo": b"GIF89a"}, {}, "IMAGE_PROCESS_FAILED"),
        ("sendPhoto", {"photo": b"\x89PNG\r\n\x1a\n broken"}, {}, "IMAGE_PROCESS_FAILED"),
        ("sendChatAction", {}, {"action": "thinking"}, "wrong parameter action"),
        ("setChatMenuButton", {}, {"menu_button": {"type": "round"}}, "menu_button"),
    ],
)
@on_loop
async def test_what_is_refused_of_a_file(
    method: str, files: Mapping[str, bytes], fields: Mapping[str, Any], words: str
) -> None:
    async with here() as place:
        assert words in await place.refused(method, files, chat_id=1001, **fields)
        assert len(place.server.refusals) == 1
        assert place.server.sent == []


@on_loop
async def test_too_large_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tests.telegram_server.server.LARGEST_UPLOAD == 50 * 2**20
    monkeypatch.setattr(tests.telegram_server.server, "LARGEST_UPLOAD", 1000)
    async with here() as place:
        answer = await place.ask("sendDocument", {"document": bytes(1001)}, chat_id=1001)
        assert (answer["error_code"], answer["description"]) == (413, "Request Entity Too Large")
        await place.result("sendDocument", {"document": bytes(1000)}, chat_id=1001)


@on_loop
async def test_too_large_a_photo() -> None:
    async with here() as place:
        words = await place.refused("sendPhoto", {"photo": JPEG + bytes(10 * 2**20)}, chat_id=1001)
        assert "too big for a photo; the maximum size is 10485760 bytes" in words


@on_loop
async def test_a_file_goes_in_chunks() -> None:
    async with here() as place:

        async def chunks() -> AsyncIterator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n1001\r\n'
            yield b'--b\r\nContent-Disposition: form-data; name="voice"; filename="v.ogg"\r\n\r\nOgg'
            yield b"S\r\n--b--\r\n"

        url = f"{place.server.url}/bot{place.server.token}/sendVoice"
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        async with place.session.post(url, data=chunks(), headers=headers) as response:
            assert response.status == 200
        assert (await place.ana.hears()).files == (File("voice", "v.ogg", b"OggS"),)


def item(kind: str, name: str, caption: str = "") -> dict[str, str]:
    """One of an album."""
    return {"type": kind, "media": f"attach://{name}", "caption": caption}


@on_loop
async def test_an_album_goes() -> None:
    async with here() as place:
        media = [item("photo", "a", "<b>one</b>") | {"parse_mode": "HTML"}, item("video", "b")]
        sent = await place.result("sendMediaGroup", {"a": JPEG, "b": b"x"}, chat_id=1001, media=media)
        assert len({message["media_group_id"] for message in sent}) == 1
        shown = await place.ana.hears()
        assert (shown.message_id, shown.text) == (sent[0]["message_id"], "one")
        assert shown.entities == (("bold", "one"),)
        assert shown.files == (File("photo", "a.bin", JPEG, "one"), File("video", "b.bin", b"x"))
        await place.result(
            "editMessageCaption", chat_id=1001, message_id=sent[1]["message_id"], caption="two"
        )
        assert (await place.ana.hears()).files == (File("video", "b.bin", b"x", "two"),)
        assert place.ana.unheard == 0


@pytest.mark.parametrize(
    ("media", "words"),
    [
        ([item("photo", "a")], "group send failed"),
        ([item("photo", "a")] * 11, "too many messages to send as an album"),
        ([item("photo", "a"), item("document", "a")], "document can't be mixed with other media types"),
        ([item("audio", "a"), item("video", "a")], "audio can't be mixed with other media types"),
        ([item("voice", "a"), item("voice", "a")], "media"),
        ([item("photo", "a"), item("photo", "missing")], "media not found"),
        ([item("photo", "a"), item("photo", "a", "x" * 1025)], "caption is too long"),
    ],
)
@on_loop
async def test_what_is_no_album(media: list[dict[str, str]], words: str) -> None:
    async with here() as place:
        assert words in await place.refused("sendMediaGroup", {"a": JPEG}, chat_id=1001, media=media)
        assert place.server.sent == []


@on_loop
async def test_captions_are_edited_and_texts_of_files_are_not() -> None:
    async with here() as place:
        for method, kind in KINDS:
            sent = await place.result(method, {kind: JPEG}, chat_id=1001)
            at = {"chat_id": 1001, "message_id": sent["message_id"]}
            if kind in ("video_note", "sticker"):
                assert "no caption" in await place.refused("editMessageCaption", caption="x", **at)
            else:
                assert (await place.result("editMessageCaption", caption="x", **at))["caption"] == "x"
            assert "no text" in await place.refused("editMessageText", text="x", **at)


# --- the rest --------------------------------------------------------------------------------------


@on_loop
async def test_people_edit_what_they_wrote() -> None:
    async with here() as place:
        mine = place.ana.says("Helo")
        photo = place.ana.sends("photo", caption="me")
        told = place.ana.says("/helo", room=place.room)
        untold = place.ana.says("Helo", room=place.room)
        await place.news()
        place.ana.edits(mine, "Hello")
        place.ana.edits(photo, "us")
        place.ana.edits(told, "/hello", room=place.room)
        place.ana.edits(untold, "Hello", room=place.room)
        edits = [update["edited_message"] for update in await place.news()]
        assert [edit.get("text", edit.get("caption")) for edit in edits] == ["Hello", "us", "/hello"]
        assert [edit["message_id"] for edit in edits] == [mine, photo, told]
        assert all(edit["edit_date"] for edit in edits)
        with pytest.raises(AssertionError):
            place.ben.edits(told, "mine", room=place.room)


@pytest.mark.parametrize(
    ("most", "chats", "taken"),
    [
        ({"per_chat": 2}, [1001, 1001, 1001, ROOM], [True, True, False, True]),
        ({"per_group": 1}, [1001, 1001, ROOM, ROOM, FORUM], [True, True, True, False, True]),
        ({"overall": 2}, [1001, ROOM, FORUM], [True, True, False]),
    ],
)
@on_loop
async def test_too_many_requests(most: dict[str, int], chats: list[int], taken: list[bool]) -> None:
    async with here() as place:
        place.server.limits(**most)
        answers = [await place.ask("sendMessage", chat_id=chat, text="x") for chat in chats]
        assert [answer["ok"] for answer in answers] == taken
        refused = next(answer for answer in answers if not answer["ok"])
        seconds = refused["parameters"]["retry_after"]
        assert refused["description"] == f"Too Many Requests: retry after {seconds}"
        assert 1 <= seconds <= (60 if "per_group" in most else 1)
        assert await place.result("sendChatAction", chat_id=1001, action="typing")


@on_loop
async def test_kinds_of_updates() -> None:
    async with here() as place:
        place.server.push("some_new_kind", {"id": 1})
        place.server.push("message_reaction", {"id": 1})
        updates = await place.result("getUpdates", allowed_updates=["message", "some_other_kind"])
        assert [key for update in updates for key in update if key != "update_id"] == ["some_new_kind"]
        place.ana.says("Hello")
        place.server.push("some_new_kind", {"id": 2})
        place.server.push("poll", {"id": 3})
        assert len(place.server.waiting) == 3
        await place.result("getUpdates", allowed_updates=["some_other_kind"])
        place.server.push("poll", {"id": 4})
        assert len(place.server.waiting) == 4, "none that it knows is the default"


@pytest.mark.parametrize(
    ("scope", "key"),
    [
        (None, "default"),
        ({"type": "all_private_chats"}, "all_private_chats"),
        ({"type": "all_group_chats"}, "all_group_chats"),
        ({"type": "all_chat_administrators"}, "all_chat_administrators"),
        ({"type": "chat", "chat_id": ROOM}, f"chat:{ROOM}"),
        ({"type": "chat", "chat_id": 1001}, "chat:1001"),
        ({"type": "chat_administrators", "chat_id": ROOM}, f"chat_administrators:{ROOM}"),
        ({"type": "chat_member", "chat_id": ROOM, "user_id": 1001}, f"chat_member:{ROOM}:1001"),
    ],
)
@on_loop
async def test_commands_for_each_scope(scope: Mapping[str, Any] | None, key: str) -> None:
    async with here() as place:
        where = {"scope": scope} if scope else {}
        commands = [{"command": "ask", "description": "Ask"}]
        await place.result("setMyCommands", commands=commands, language_code="de", **where)
        assert place.server.menus == {(key, "de"): {"ask": "Ask"}}
        assert await place.result("getMyCommands", language_code="de", **where) == commands
        assert await place.result("getMyCommands", **where) == []
        await place.result("deleteMyCommands", language_code="de", **where)
        assert place.server.menus == {}


@pytest.mark.parametrize(
    "scope",
    [
        {"type": "chat", "chat_id": 1009},
        {"type": "chat", "chat_id": 1002},
        {"type": "chat_administrators", "chat_id": -100999},
    ],
)
@on_loop
async def test_commands_for_a_chat_that_is_not_there(scope: Mapping[str, Any]) -> None:
    async with here() as place:
        words = await place.refused("setMyCommands", commands=[], scope=scope)
        assert words == "Bad Request: chat not found"


@on_loop
async def test_the_button_the_rights_and_what_the_bot_does() -> None:
    async with here() as place:
        assert await place.result("getChatMenuButton", chat_id=1001) == {"type": "commands"}
        page = {"type": "web_app", "text": "Open", "web_app": {"url": "https://example.org/"}}
        await place.result("setChatMenuButton", menu_button=page)
        assert await place.result("getChatMenuButton", chat_id=1001) == page
        await place.result("setChatMenuButton", chat_id=1001, menu_button={"type": "commands"})
        assert place.server.buttons == {None: page, 1001: {"type": "commands"}}
        insecure = page | {"web_app": {"url": "http://example.org/"}}
        assert "BUTTON_URL_INVALID" in await place.refused("setChatMenuButton", menu_button=insecure)
        assert "chat not found" in await place.refused("setChatMenuButton", chat_id=ROOM, menu_button=page)
        await place.result("sendChatAction", chat_id=ROOM, action="typing")
        assert place.server.actions == [(ROOM, "typing")]


@on_loop
async def test_a_lost_answer_in_a_group() -> None:
    async with here() as place:
        place.server.fails("sendMessage", Fault(accepted=True))
        with pytest.raises(aiohttp.ClientError):
            await place.ask("sendMessage", chat_id=ROOM, text="x")
        shown = await place.room.hears()
        await place.refused("editMessageText", chat_id=ROOM, message_id=shown.message_id, text="x")
        assert "not modified" in place.server.provoked[0].description
        place.ben.deletes(shown)
        gone = {"chat_id": ROOM, "text": "x", "reply_parameters": {"message_id": shown.message_id}}
        assert "to be replied not found" in await place.refused("sendMessage", **gone)
        assert place.server.refusals == []


@pytest.mark.parametrize(
    ("id", "more"), [(7, {}), (-7, {"kind": "supergroup"}), (-1007, {"kind": "group"}), (-7, {"forum": True})]
)
def test_groups_that_cannot_be(id: int, more: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        TelegramServer().group(id, "Mentors", **more)


def test_people_can_only_do_in_a_group_what_the_app_lets_them() -> None:
    server = TelegramServer()
    ana, ben = server.user(1001), server.user(1002, "Ben")
    room = server.group(-1007, "Mentors", members=[ana])
    for deed in (
        lambda: ben.says("Hello", room=room),
        lambda: ana.says("Hello", room=room, topic=3),
        lambda: room.topic(3, "Questions"),
        lambda: room.removes_bot(ana),
        lambda: room.joins(ana),
        lambda: room.promotes_bot(ana, can_fly=True),
        lambda: ana.sends("sticker", caption="x"),
    ):
        with pytest.raises(AssertionError):
            deed()
