"""What Telegram takes from a bot, enforced (https://core.telegram.org/bots/faq)."""

import math
import time
from collections import defaultdict, deque

MINUTE = 60.0


class Window:
    """At most so many in any stretch of so many seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._taken: deque[float] = deque()

    def free_in(self, now: float) -> float:
        """After how many seconds another one is taken; 0 for now."""
        while self._taken and self._taken[0] <= now - self._seconds:
            self._taken.popleft()
        return 0.0 if len(self._taken) < self._most else self._taken[0] + self._seconds - now

    def take(self, now: float) -> None:
        self._taken.append(now)


class Limits:
    """`a_second` messages to all chats together, one a second to a chat, where three may come at once, and 20
    a minute to a group. Chats that are `closed` take nothing. `refused` is when something was refused."""

    def __init__(self, a_second: int) -> None:
        self.closed: set[int] = set()
        self.refused: list[float] = []
        self._all = Window(a_second, 1.0)
        self._chats: defaultdict[int, list[Window]] = defaultdict(lambda: [Window(3, 3.0)])

    def wait(self, chat: int) -> int:
        """0 when a message to this chat is taken now; else after how many seconds it may be tried again."""
        now = time.perf_counter()
        if chat < 0 and chat not in self._chats:
            self._chats[chat].append(Window(20, MINUTE))
        windows = [self._all, *self._chats[chat]]
        wait = 1.0 if chat in self.closed else max(window.free_in(now) for window in windows)
        if wait:
            self.refused.append(now)
            return math.ceil(wait)
        for window in windows:
            window.take(now)
        return 0
