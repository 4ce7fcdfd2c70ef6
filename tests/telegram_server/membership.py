"""What the bot asks about chats and those in them, and its word on who is let in."""

from typing import TYPE_CHECKING, Any

from aiogram import methods

from tests.telegram_server.rooms import Member, Room
from tests.telegram_server.seen import Call, Run, bad

if TYPE_CHECKING:
    from tests.telegram_server.server import TelegramServer

_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}


class Membership:
    """The methods for it."""

    def __init__(self, server: "TelegramServer") -> None:
        self._server = server
        self.methods: list[tuple[type[Any], Run]] = [
            (methods.GetChat, self._get_chat),
            (methods.GetChatMember, self._get_member),
            (methods.GetChatAdministrators, self._get_administrators),
            (methods.GetChatMemberCount, self._count),
            (methods.LeaveChat, self._leave),
            (methods.ApproveChatJoinRequest, self._approve),
            (methods.DeclineChatJoinRequest, self._decline),
        ]

    async def _get_chat(self, wants: methods.GetChat, call: Call) -> Any:
        chat = self._server.visible(wants.chat_id)
        return chat.chat | {
            "accent_color_id": 0,
            "max_reaction_count": 11,
            "accepted_gift_types": _NO_GIFTS,
        }

    async def _get_member(self, wants: methods.GetChatMember, call: Call) -> Any:
        room = self._room(wants)
        if (member := room.members.get(wants.user_id)) is not None:
            return member.json
        user = self._server.users.get(wants.user_id)
        if user is None:
            raise bad("PARTICIPANT_ID_INVALID")
        return Member(user.json, "left").json

    async def _get_administrators(self, wants: methods.GetChatAdministrators, call: Call) -> Any:
        return [member.json for member in self._room(wants).administrators()]

    async def _count(self, wants: methods.GetChatMemberCount, call: Call) -> Any:
        return sum(member.inside for member in self._room(wants).members.values())

    async def _leave(self, wants: methods.LeaveChat, call: Call) -> Any:
        self._room(wants).bot_leaves()
        return True

    async def _approve(self, wants: methods.ApproveChatJoinRequest, call: Call) -> Any:
        self._room(wants).decides(wants.user_id, let_in=True)
        return True

    async def _decline(self, wants: methods.DeclineChatJoinRequest, call: Call) -> Any:
        self._room(wants).decides(wants.user_id, let_in=False)
        return True

    def _room(self, wants: Any) -> Room:
        chat = self._server.visible(wants.chat_id)
        if not isinstance(chat, Room):
            raise bad("chat not found")
        return chat
