"""How many messages Telegram takes in a while."""

import math
import time
from collections import defaultdict, deque

from tests.telegram_server.seen import Call, Fault

_SECOND, _MINUTE = 1.0, 60.0


class Limits:
    """A rule: one message more than this within a second in a chat, within a minute in a group, or within a
    second in all, and the answer is 429. None: as many as one likes."""

    def __init__(self, per_chat: int | None, per_group: int | None, overall: int | None) -> None:
        self._per_chat, self._per_group, self._overall = per_chat, per_group, overall
        self._taken: defaultdict[int | str, deque[float]] = defaultdict(deque)

    def __call__(self, call: Call) -> Fault | None:
        """Counts what is taken; what is refused counts for nothing."""
        if not call.method.startswith("send") or call.method == "sendChatAction" or call.chat is None:
            return None
        windows: list[tuple[int | str, int, float]] = []
        if self._per_chat is not None:
            windows.append((call.chat, self._per_chat, _SECOND))
        if self._per_group is not None and call.chat < 0:
            windows.append((f"group {call.chat}", self._per_group, _MINUTE))
        if self._overall is not None:
            windows.append(("all", self._overall, _SECOND))
        now = time.monotonic()
        wait = 0.0
        for key, most, span in windows:
            times = self._taken[key]
            while times and times[0] <= now - span:
                times.popleft()
            if len(times) >= most:
                wait = max(wait, times[-most] + span - now if most else span)
        if wait:
            return Fault(429, retry_after=math.ceil(wait))
        for key, _, _ in windows:
            self._taken[key].append(now)
        return None
