"""Every command of the program, called by who may call it: what rows 21 and 22 measure. A new one is among
them by itself."""

from collections.abc import Mapping, Sequence

import handlers
from bot.dialogue.router import Router
from bot.handler import Place, Role

WHO = {Role.OPERATOR: "op"}
"""Who calls a command; all others whoever coordinates the network."""


def every() -> Mapping[str, Sequence[str]]:
    """Return each command that does something in a private chat, as a conversation of one line."""
    there = Router(handlers).commands
    private = {name: each for name, each in there.items() if each.place is not Place.ROOM}
    return {f"/{name}": (f"{WHO.get(each.needs, 'mia')}: /{name}",) for name, each in sorted(private.items())}
