"""Groups: who is in them and may do what, their topics, and what of it the bot is told."""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.telegram_server.posts import ANONYMOUS, BOT, CHANNEL, TELEGRAM, Message
from tests.telegram_server.seen import Refuse, Screen, bad

if TYPE_CHECKING:
    from tests.telegram_server.people import User
    from tests.telegram_server.server import TelegramServer

_BOT_ID = int(BOT["id"])
# What an administrator may be given.
_ADMIN_RIGHTS = (
    "can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
    "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
    "can_delete_stories", "can_send_welcome_messages", "can_pin_messages", "can_manage_topics",
)  # fmt: skip
# What somebody may be kept from: the right, and what Telegram says of each kind that needs it.
_SENDING = {
    "text": ("can_send_messages", "text messages"),
    "audio": ("can_send_audios", "music"),
    "document": ("can_send_documents", "documents"),
    "photo": ("can_send_photos", "photos"),
    "video": ("can_send_videos", "videos"),
    "video_note": ("can_send_video_notes", "video notes"),
    "voice": ("can_send_voice_notes", "voice notes"),
    "sticker": ("can_send_other_messages", "stickers"),
    "animation": ("can_send_other_messages", "animations"),
}
_MEMBER_RIGHTS = (
    *dict.fromkeys(right for right, _ in _SENDING.values()),
    "can_send_polls", "can_add_web_page_previews", "can_react_to_messages", "can_edit_tag",
    "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics",
)  # fmt: skip
_INSIDE = frozenset({"creator", "administrator", "member", "restricted"})


@dataclass
class Member:
    """Somebody's part in a group: "creator", "administrator", "member", "restricted", "left" or "kicked"."""

    user: Mapping[str, Any]
    status: str
    rights: Mapping[str, bool] = field(default_factory=dict)

    @property
    def inside(self) -> bool:
        """Whether they are in it."""
        return self.status in _INSIDE

    def may(self, right: str) -> bool:
        """Whether they are an administrator with this right."""
        return self.status == "creator" or (self.status == "administrator" and self.rights.get(right, False))

    @property
    def json(self) -> dict[str, Any]:
        """The `ChatMember` of the Bot API."""
        out: dict[str, Any] = {"user": self.user, "status": self.status}
        if self.status == "creator":
            out["is_anonymous"] = False
        elif self.status == "administrator":
            out |= {"can_be_edited": False, "is_anonymous": False}
            out |= {right: self.rights.get(right, False) for right in _ADMIN_RIGHTS}
        elif self.status == "restricted":
            out |= {"is_member": True, "until_date": 0}
            out |= {right: self.rights.get(right, False) for right in _MEMBER_RIGHTS}
        elif self.status == "kicked":
            out["until_date"] = 0
        return out


@dataclass
class Topic:
    """A topic of a forum."""

    name: str
    closed: bool = False


class Room(Screen):
    """A group or supergroup. `seen` is what the bot wrote into it.

    members:  by id, the bot among them; also those who left
    topics:   of a forum, by id; General is none of them

    Where `by` is left out it was an administrator who does not show their name.
    """

    def __init__(
        self, server: "TelegramServer", id: int, title: str, kind: str, forum: bool, bot: str
    ) -> None:
        super().__init__(id, title)
        self.title, self.kind, self.forum = title, kind, forum
        self.members: dict[int, Member] = {_BOT_ID: Member(BOT, bot, _rights(bot, {}))}
        self.topics: dict[int, Topic] = {}
        self.ever = bot != "left"
        self._lost_topics: set[int] = set()
        self._asked: dict[int, User] = {}
        self._answered: set[int] = set()
        self._server = server

    @property
    def bot(self) -> Member:
        """The bot's own part in it."""
        return self.members[_BOT_ID]

    @property
    def chat(self) -> dict[str, Any]:
        """The `Chat` of the Bot API."""
        out: dict[str, Any] = {"id": self.id, "type": self.kind, "title": self.title}
        return out | {"is_forum": True} if self.forum else out

    # The bot's part.

    def adds_bot(self, by: "User", payload: str | None = None) -> None:
        """Somebody brings the bot in, by a link with a `payload` or from the list of members."""
        assert not self.bot.inside, "it is in already"
        self.expects(by)
        self._bot_becomes(by, "member")
        self.ever = True
        self._notice({"from": by.json}, new_chat_members=[BOT])
        if payload is not None:
            by.says(f"/start@{BOT['username']} {payload}".strip(), room=self)

    def removes_bot(self, by: "User", *, status: str = "kicked") -> None:
        """Somebody throws the bot out: "kicked", so that it cannot come back by itself, or only "left"."""
        assert self.bot.inside, "it is not in"
        assert status in ("kicked", "left")
        if self.kind == "group":
            self._notice({"from": by.json}, left_chat_member=BOT)
        self._bot_becomes(by, status)

    def mutes_bot(self, by: "User", **still: bool) -> None:
        """Keep the bot from writing, except what `still` says: `can_send_photos=True`."""
        assert self.kind == "supergroup", "only in a supergroup can one be kept from writing"
        self._bot_becomes(by, "restricted", **still)

    def unmutes_bot(self, by: "User") -> None:
        """Let the bot write again."""
        self._bot_becomes(by, "member")

    def promotes_bot(self, by: "User", **rights: bool) -> None:
        """Make the bot an administrator with these rights, `can_invite_users=True`, or change them."""
        self._bot_becomes(by, "administrator", **rights)

    def demotes_bot(self, by: "User") -> None:
        """Make the bot a member like others."""
        self._bot_becomes(by, "member")

    # The people's.

    def joins(self, *people: "User", by: "User | None" = None) -> None:
        """People come in: each by themselves, or all together when somebody brings them."""
        for user in people:
            assert user.id not in self.members or not self.members[user.id].inside, "they are in already"
            self._becomes(user, "member", by or user)
        for group in [people] if by else [[user] for user in people]:
            sender = {"from": (by or group[0]).json}
            self._notice(sender, new_chat_members=[user.json for user in group])

    def leaves(self, user: "User", *, by: "User | None" = None) -> None:
        """Somebody goes, or is thrown out by somebody."""
        self.expects(user)
        self._becomes(user, "kicked" if by else "left", by or user)
        self._notice({"from": (by or user).json}, left_chat_member=user.json)

    def sets(self, user: "User", status: str, *, by: "User | None" = None, **rights: bool) -> None:
        """Somebody's part becomes another one: "administrator" with `can_invite_users=True`, "restricted"
        with `can_send_messages=True`, "creator", "member"."""
        self.expects(user)
        self._becomes(user, status, by, rights)

    def asks_in(self, user: "User") -> None:
        """Somebody asks to be let in. The bot is told if it may let people in, and may write to them then."""
        assert user.id not in self.members or not self.members[user.id].inside, "they are in already"
        self._asked[user.id] = user
        self._answered.discard(user.id)
        if not self.bot.may("can_invite_users"):
            return
        user.opens()
        self._server.push(
            "chat_join_request",
            {"chat": self.chat, "from": user.json, "user_chat_id": user.id, "date": int(time.time())},
        )

    def answers_request(self, user: "User", *, by: "User", let_in: bool) -> None:
        """An administrator decides before the bot does."""
        self._decide(user.id, by.json, let_in)

    def decides(self, user_id: int, let_in: bool) -> None:
        """Called by the server: the bot decides. Raises `Refuse`."""
        if not self.bot.may("can_invite_users"):
            raise bad("not enough rights", provoked=self.bot.status != "administrator")
        member = self.members.get(user_id)
        if member is not None and member.inside:
            raise bad("USER_ALREADY_PARTICIPANT", provoked=user_id in self._answered)
        if user_id not in self._asked:
            raise bad("HIDE_REQUESTER_MISSING", provoked=user_id in self._answered)
        self._decide(user_id, BOT, let_in)

    def channel_says(self, text: str, *, title: str = "News", automatic: bool = False) -> int:
        """Somebody writes as a channel; `automatic`: the channel that belongs to the group brings a post."""
        channel = {"id": self.id - 1, "type": "channel", "title": title}
        sender = {"from": TELEGRAM if automatic else CHANNEL, "sender_chat": channel}
        extra: dict[str, Any] = {}
        if automatic:
            origin = {"type": "channel", "chat": channel, "message_id": 1, "date": int(time.time())}
            extra = {"is_automatic_forward": True, "forward_origin": origin}
        message = self._server.message(self.id, sender, text=text, extra=extra)
        self._server.happens("message", message)
        return message.id

    # The group itself.

    def renames(self, title: str, *, by: "User | None" = None) -> None:
        """It has another name."""
        self.title = title
        self._notice(self._sender(by), new_chat_title=title)

    def migrates(self, new_id: int, *, by: "User | None" = None) -> "Room":
        """It becomes a supergroup, which is another chat; what is asked of the old one is refused."""
        assert self.kind == "group", "it is a supergroup already"
        new = self._server.group(new_id, self.title)
        assert new.kind == "supergroup", "ids of supergroups begin with -100"
        new.members, new.ever = self.members, self.ever
        self._notice(self._sender(by), migrate_to_chat_id=new_id)
        self._server.migrated[self.id] = new_id
        new._notice(new._sender(by), migrate_from_chat_id=self.id)
        return new

    def topic(self, id: int, name: str, *, by: "User | None" = None) -> int:
        """Open a topic; its id is that of the message that says so."""
        assert self.forum, "only forums have topics"
        assert id > 1, "1 is General"
        assert (self.id, id) not in self._server.messages, "there is such a message"
        self.topics[id] = Topic(name)
        created = {"name": name, "icon_color": 7322096}
        message = self._server.message(
            self.id, self._sender(by), id=id, topic=id, service=True, extra={"forum_topic_created": created}
        )
        self._server.happens("message", message)
        return id

    def closes_topic(self, id: int, *, by: "User | None" = None) -> None:
        """Nobody may write in it, except those who keep the topics."""
        self.topics[id].closed = True
        self._notice(self._sender(by), id, forum_topic_closed={})

    def reopens_topic(self, id: int, *, by: "User | None" = None) -> None:
        """All may write in it again."""
        self.topics[id].closed = False
        self._notice(self._sender(by), id, forum_topic_reopened={})

    def deletes_topic(self, id: int) -> None:
        """It is gone with all its messages; nobody tells the bot."""
        del self.topics[id]
        self._lost_topics.add(id)
        for place in [place for place, message in self._server.messages.items() if message.topic == id]:
            if place[0] == self.id:
                del self._server.messages[place]
                self._server.deleted.add(place)

    # What the server asks.

    def expects(self, user: "User") -> None:
        """Raises `AssertionError` unless they are in."""
        member = self.members.get(user.id)
        assert member is not None, f"{user.first_name} was never in {self.title}"
        assert member.inside, f"{user.first_name} is not in {self.title}"

    def lets_write(self, user: "User", topic: int | None, anonymous: bool) -> None:
        """Raises `AssertionError` where the app would not let them write."""
        self.expects(user)
        member = self.members[user.id]
        assert topic is None or topic in self.topics, f"there is no topic {topic}"
        closed = topic is not None and self.topics[topic].closed
        assert not closed or member.may("can_manage_topics"), "the topic is closed"
        assert not anonymous or member.status in ("creator", "administrator"), "only for administrators"
        muted = member.status == "restricted" and not member.rights.get("can_send_messages")
        assert not muted, f"{user.first_name} may not write here"

    def brings(self, message: Message) -> bool:
        """Whether the bot is told of it: with privacy mode, only of what is meant for it."""
        if not self.bot.inside or message.by_bot:
            return False
        if self.bot.status == "administrator" or not self._server.privacy or message.service:
            return True
        answered = self._server.messages.get((self.id, message.reply_to or 0))
        if answered is not None and answered.by_bot:
            return True
        command = re.match(r"/\w+(?:@(\w+))?(?=\s|$)", "" if message.media else message.text)
        return command is not None and (command[1] or BOT["username"]).lower() == BOT["username"]

    def check_inside(self) -> None:
        """Raises `Refuse` unless the bot is in it."""
        if self.bot.status == "kicked":
            raise Refuse(403, f"Forbidden: bot was kicked from the {self.kind} chat", provoked=True)
        if not self.bot.inside:
            words = f"Forbidden: bot is not a member of the {self.kind} chat"
            raise Refuse(403, words, provoked=self.ever)

    def check_thread(self, thread: int | None) -> None:
        """Raises `Refuse` where the bot cannot write in this topic."""
        if thread is None:
            return
        # General has no id: to write there one leaves it out.
        if thread not in self.topics:
            raise bad("message thread not found", provoked=thread in self._lost_topics)
        if self.topics[thread].closed and not self.bot.may("can_manage_topics"):
            raise bad("TOPIC_CLOSED", provoked=True)

    def check_right(self, kind: str) -> None:
        """Raises `Refuse` where the bot is kept from sending this kind: "text", "voice", …"""
        right, words = _SENDING[kind]
        if self.bot.status == "restricted" and not self.bot.rights.get(right, False):
            raise bad(f"not enough rights to send {words} to the chat", provoked=True)

    def administrators(self) -> Iterator[Member]:
        """Its creator and administrators; of the bots only ours."""
        return (each for each in self.members.values() if each.status in ("creator", "administrator"))

    def bot_leaves(self) -> None:
        """Called by the server: the bot goes by itself."""
        self._bot_becomes(None, "left")

    def _sender(self, by: "User | None") -> dict[str, Any]:
        if by is not None:
            return {"from": by.json}
        return {"from": ANONYMOUS, "sender_chat": self.chat}

    def _notice(self, sender: Mapping[str, Any], topic: int | None = None, **what: Any) -> None:
        message = self._server.message(self.id, sender, topic=topic, service=True, extra=what)
        self._server.happens("message", message)

    def _decide(self, user_id: int, by: Mapping[str, Any], let_in: bool) -> None:
        user = self._asked.pop(user_id)
        self._answered.add(user_id)
        user.open_until = 0.0
        if let_in:
            self._becomes(user, "member", None, who=by, via_join_request=True)
            self._notice({"from": user.json}, new_chat_members=[user.json])

    def _bot_becomes(self, by: "User | None", status: str, **rights: bool) -> None:
        old = self.bot
        self.members[_BOT_ID] = new = Member(BOT, status, _rights(status, rights))
        self._changed("my_chat_member", old, new, by.json if by else BOT)

    def _becomes(
        self,
        user: "User",
        status: str,
        by: "User | None",
        rights: Mapping[str, bool] | None = None,
        *,
        who: Mapping[str, Any] | None = None,
        via_join_request: bool = False,
    ) -> None:
        old = self.members.get(user.id, Member(user.json, "left"))
        self.members[user.id] = new = Member(user.json, status, _rights(status, rights or {}))
        if self.bot.status == "administrator":
            more = {"via_join_request": True} if via_join_request else {}
            self._changed("chat_member", old, new, who or (by.json if by else ANONYMOUS), **more)

    def _changed(self, kind: str, old: Member, new: Member, by: Mapping[str, Any], **more: bool) -> None:
        change = {"old_chat_member": old.json, "new_chat_member": new.json}
        self._server.push(kind, {"chat": self.chat, "from": by, "date": int(time.time()), **change, **more})


def _rights(status: str, rights: Mapping[str, bool]) -> dict[str, bool]:
    """The rights that go with a status. Raises `AssertionError` for those that do not."""
    known: Sequence[str] = ()
    if status == "administrator":
        known = _ADMIN_RIGHTS
    elif status == "restricted":
        known = _MEMBER_RIGHTS
    assert not (unknown := rights.keys() - set(known)), f"{status} has no {', '.join(sorted(unknown))}"
    return dict(rights) | ({"can_manage_chat": True} if status == "administrator" else {})
