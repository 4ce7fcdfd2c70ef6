"""What the bot says of itself: its name, its commands, its button, the rights it would like to have."""

import re
from typing import TYPE_CHECKING, Any

from aiogram import methods

from tests.telegram_server.checks import language, units
from tests.telegram_server.posts import BOT
from tests.telegram_server.seen import Call, Run, bad

if TYPE_CHECKING:
    from tests.telegram_server.server import TelegramServer

# The field that a method gets or sets, and the longest it may be.
_ABOUT = {
    "MyName": ("name", 64),
    "MyDescription": ("description", 512),
    "MyShortDescription": ("short_description", 120),
}


class About:
    """The methods that get or set it."""

    def __init__(self, server: "TelegramServer") -> None:
        self._server = server
        self.methods: list[tuple[type[Any], Run]] = [
            (methods.GetMe, self._get_me),
            (methods.SetMyCommands, self._set_commands),
            (methods.GetMyCommands, self._get_commands),
            (methods.DeleteMyCommands, self._delete_commands),
            (methods.SetChatMenuButton, self._set_button),
            (methods.GetChatMenuButton, self._get_button),
            (methods.SetMyDefaultAdministratorRights, self._set_rights),
            (methods.GetMyName, self._get_about),
            (methods.GetMyDescription, self._get_about),
            (methods.GetMyShortDescription, self._get_about),
            (methods.SetMyName, self._set_about),
            (methods.SetMyDescription, self._set_about),
            (methods.SetMyShortDescription, self._set_about),
        ]

    async def _get_me(self, _: methods.GetMe, call: Call) -> Any:
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": not self._server.privacy}

    async def _set_commands(self, wants: methods.SetMyCommands, call: Call) -> Any:
        if len(wants.commands) > 100:
            raise bad("BOT_COMMANDS_TOO_MUCH")
        for entry in wants.commands:
            if not re.fullmatch("[a-z0-9_]{1,32}", entry.command):
                raise bad("BOT_COMMAND_INVALID")
            if not 1 <= units(entry.description.strip()) <= 256:
                raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
        menu = {entry.command: entry.description for entry in wants.commands}
        self._server.menus[self._scope(wants), language(wants)] = menu
        return True

    async def _get_commands(self, wants: methods.GetMyCommands, call: Call) -> Any:
        menu = self._server.menus.get((self._scope(wants), language(wants)), {})
        return [{"command": command, "description": words} for command, words in menu.items()]

    async def _delete_commands(self, wants: methods.DeleteMyCommands, call: Call) -> Any:
        self._server.menus.pop((self._scope(wants), language(wants)), None)
        return True

    def _scope(self, wants: Any) -> str:
        """The name of a scope, with its chat and its member if it has any. Raises `Refuse`."""
        scope = wants.scope
        if scope is None:
            return "default"
        if not hasattr(scope, "chat_id"):
            return str(scope.type)
        chat = self._server.visible(scope.chat_id)
        if scope.type != "chat" and chat.id > 0:
            raise bad("can't use specified scope in the private chat")
        member = f":{scope.user_id}" if hasattr(scope, "user_id") else ""
        if member and scope.user_id not in self._server.users:
            raise bad("user not found")
        return f"{scope.type}:{chat.id}{member}"

    async def _set_button(self, wants: methods.SetChatMenuButton, call: Call) -> Any:
        button: dict[str, Any] = {"type": "default"}
        if wants.menu_button is not None:
            button = wants.menu_button.model_dump(exclude_none=True)
        if button["type"] == "web_app":
            if not button["text"].strip():
                raise bad("BUTTON_TEXT_INVALID")
            if not button["web_app"]["url"].startswith("https://"):
                raise bad("BUTTON_URL_INVALID")
        self._server.buttons[self._private(wants)] = button
        return True

    async def _get_button(self, wants: methods.GetChatMenuButton, call: Call) -> Any:
        buttons = self._server.buttons
        own = buttons.get(self._private(wants), {"type": "default"})
        return own if own["type"] != "default" else buttons.get(None, {"type": "commands"})

    def _private(self, wants: Any) -> int | None:
        if wants.chat_id is None:
            return None
        chat = self._server.visible(wants.chat_id)
        if chat.id < 0:
            raise bad("chat not found")
        return chat.id

    async def _set_rights(self, wants: methods.SetMyDefaultAdministratorRights, call: Call) -> Any:
        rights = wants.rights.model_dump(exclude_none=True) if wants.rights else {}
        self._server.wished_rights[bool(wants.for_channels)] = {name for name, wish in rights.items() if wish}
        return True

    async def _get_about(self, wants: Any, call: Call) -> Any:
        name = _ABOUT[call.method[3:]][0]
        about = self._server.about
        return {name: about.get((name, language(wants)), about.get((name, ""), ""))}

    async def _set_about(self, wants: Any, call: Call) -> Any:
        name, longest = _ABOUT[call.method[3:]]
        text = getattr(wants, name) or ""
        if units(text) > longest:
            raise bad(f"{name} is too long")
        self._server.about[name, language(wants)] = text
        return True
