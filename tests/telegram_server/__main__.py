"""By hand: the people of the server are played from the keyboard."""

import argparse
import asyncio
import re
import sys

from tests.telegram_server.people import User
from tests.telegram_server.seen import Shown
from tests.telegram_server.server import TelegramServer


async def _by_hand(port: int) -> None:
    """Play people from the keyboard: "Ana: /start", "Ana: [Yes]"."""
    async with TelegramServer(port=port) as server:
        print(f'api_url = "{server.url}"\ntoken = "{server.token}"', flush=True)
        lines = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(lines)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        people: dict[str, User] = {}
        watchers: list[asyncio.Task[None]] = []
        while line := (await lines.readline()).decode():
            name, colon, words = (part.strip() for part in line.partition(":"))
            if not colon or not words:
                print("NAME: words, or NAME: [button]", flush=True)
                continue
            if name not in people:
                people[name] = server.user(1001 + len(people), name)
                watchers.append(asyncio.create_task(_watch(people[name])))
            _act(people[name], words)
        for watcher in watchers:
            watcher.cancel()


def _act(user: User, words: str) -> None:
    if not (button := re.fullmatch(r"\[(.+)\]", words)):
        user.says(words)
        return
    for shown in reversed(user.seen):
        if button[1] in shown.labels:
            user.presses_data(shown, _data_of(user, shown, button[1]))
            return
    print("no such button", flush=True)


def _data_of(user: User, shown: Shown, label: str) -> str:
    rows = user.server.messages[user.id, shown.message_id].keyboard
    return next((b["callback_data"] for row in rows for b in row if b["text"] == label), "old")


async def _watch(user: User) -> None:
    while True:
        shown = await user.hears(timeout=1e9)
        rows = "".join("\n    " + " ".join(f"[{label}]" for label in row) for row in shown.keyboard)
        mark = "~" if shown.edited else ">"
        print(f"  {mark} {user.first_name}: {shown.text}{rows}", flush=True)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="A strict Bot API server to try the bot by hand.")
    arguments.add_argument("--port", type=int, default=8081)
    asyncio.run(_by_hand(arguments.parse_args().port))
