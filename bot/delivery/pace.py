"""How fast messages may leave: on one messenger in all, and in one chat. What a messenger says is learned at
once and forgotten slowly."""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Final

UNLIMITED: Final = 1000.0
"""From this many messages a second on, nothing is spaced."""
WINDOW: Final = 10.0
"""Seconds over which we count what a messenger took."""
BELOW: Final = 0.97
"""How far below what it took we stay after it was too much."""
ALL: Final = 0.95
"""From this part of what we sent on, a messenger took all that we sent."""
ECHO: Final = 1.0
"""Seconds after which a refusal says something new: before, it is of what was on its way."""
FORGOTTEN_A_MINUTE: Final = 0.02
"""The part by which we try to be faster with each of the first minutes."""
BOLDER: Final = 5.0
"""Minutes without a refusal after which that part is twice as large; it grows with the square of the time, as
in https://www.rfc-editor.org/rfc/rfc9438: slowly near what was refused, and ever faster away from it."""
SLOWEST: Final = 0.1
"""Messages a second below which nothing is learned: half of the lowest limit that is known (rc_message in
https://element-hq.github.io/synapse/latest/usage/configuration/config_documentation.html). Otherwise a storm
of refusals that are not about our pace would have us stand still."""
SEVERAL: Final = 10.0
"""Seconds: two chats refused within them are not at fault themselves, the whole is too fast."""
GAPS: Final = (1.0, 60.0)
"""Seconds between two messages to a chat that was refused, at first (https://core.telegram.org/bots/faq says
one a second), and at most."""
CALM: Final = 600.0
"""Seconds after which a gap is halved."""
MINUTE: Final = 60.0
LATE: Final = 0.03
"""Seconds by which a message that left late lets the next one leave earlier. Without that the rate is never
reached; with more, too many would meet in one second."""


@dataclass(slots=True)
class _Chat:
    """What is known of one chat: until when it rests, the gap that was learned, and what left lately."""

    rests_until: float = 0.0
    gap: float = 0.0
    learned_at: float = 0.0
    left: deque[float] = field(default_factory=deque)

    def learn(self, now: float) -> None:
        first, longest = GAPS
        self.gap = min(longest, max(first, 2 * self.gap_at(now)))
        self.learned_at = now

    def gap_at(self, now: float) -> float:
        gap = self.gap * 0.5 ** ((now - self.learned_at) // CALM)
        return gap if gap >= GAPS[0] else 0.0


class Pace:
    """The limits of one messenger. All times are `time.monotonic()`, in seconds; `share` is the part of the
    messenger's rate that is ours, where several programs send.

    A messenger counts its own way, and says only when it was too much. So what it took during the last
    seconds is the measure: a little less is sent from then on, and slowly more again. A refusal goes for one
    chat alone, until a second chat is refused as well.
    """

    def __init__(self, rate: float) -> None:
        self.share = 1.0
        self._rate = rate
        self._learned, self._slowed_at = rate, -math.inf
        self._next_at = 0.0
        self._rests_until = -math.inf  # all chats
        self._taken: deque[float] = deque()  # when
        self._idle: deque[tuple[float, float]] = (
            deque()
        )  # when there was something to send again, after how long
        self._refused: tuple[str, float] = ("", -math.inf)
        self._chats: dict[str, _Chat] = {}

    def rate(self, now: float) -> float:
        """Return how many messages a second leave from here at most."""
        return self.whole(now) * self.share

    def whole(self, now: float) -> float:
        """Return how many messages a second leave from all programs together at most."""
        minutes = (now - self._slowed_at) / MINUTE
        bolder = 1 + (minutes / BOLDER) ** 2
        return min(self._rate, self._learned * (1 + FORGOTTEN_A_MINUTE * minutes * bolder))

    def free(self, now: float, most: int) -> int:
        """Return how many messages may leave now, up to `most`: evenly spaced, no burst after a rest."""
        if now < self._rests_until or not self.share:
            return 0
        if self._rate >= UNLIMITED:
            return most
        return int(self._next_at <= now)

    def resting(self, now: float) -> list[str]:
        """Return the chats to which nothing may leave now. Other threads may ask, too."""
        return [chat for chat, known in list(self._chats.items()) if known.rests_until > now]

    def allows(self, now: float, chat: str) -> bool:
        """Whether a message may leave to this chat now."""
        known = self._chats.get(chat)
        return self.free(now, 1) > 0 and (known is None or known.rests_until <= now)

    def changes_at(self, now: float) -> float:
        """Return when something that may not leave now may; infinity where nothing waits for time."""
        moments = [self._rests_until, self._next_at, *(chat.rests_until for chat in self._chats.values())]
        return min((moment for moment in moments if moment > now), default=math.inf)

    def sent(self, now: float, chat: str, a_minute: float = math.inf) -> None:
        """Count a message that leaves to a chat which takes no more than `a_minute`."""
        idle = now - max(self._next_at, self._rests_until)
        if idle > LATE:
            self._idle.append((now, idle))
        self._next_at = max(self._next_at, now - LATE) + 1 / self.rate(now)
        known = self._chats.get(chat)
        if known is None:
            if a_minute == math.inf:
                return
            known = self._chats[chat] = _Chat()
        if gap := known.gap_at(now):
            known.rests_until = now + gap
        if a_minute < math.inf:
            known.left.append(now)
            if len(known.left) >= a_minute:
                known.rests_until = max(known.rests_until, known.left.popleft() + MINUTE)

    def taken(self, now: float) -> None:
        """Count a message that the messenger took."""
        self._taken.append(now)
        while self._taken[0] < now - WINDOW:
            self._taken.popleft()
        while self._idle and self._idle[0][0] < now - WINDOW:
            self._idle.popleft()

    def pause(self, now: float, seconds: float, chat: str | None) -> None:
        """Let nothing leave for this many seconds, to one chat or, with None, at all."""
        if chat is None:
            self._rests_until = max(self._rests_until, now + seconds)
        else:
            known = self._chats.setdefault(chat, _Chat())
            known.rests_until = max(known.rests_until, now + seconds)

    def throttled(self, now: float, seconds: float, chat: str, *, everywhere: bool) -> None:
        """Learn from a refusal: there were too many messages, and the messenger names how long to wait."""
        other, when = self._refused
        self._refused = (chat, now)
        self.pause(now, seconds, chat)
        if everywhere or (other != chat and now - when < SEVERAL):
            if now >= self._slowed_at + ECHO:
                self._slow_down(now)
            self.pause(now, seconds, None)
        else:
            self._chats[chat].learn(now)

    def tidy(self, now: float) -> None:
        """Forget the chats of which we no longer need to know anything."""
        self._chats = {
            chat: known
            for chat, known in self._chats.items()
            if known.rests_until > now or known.gap_at(now) or (known.left and known.left[-1] > now - MINUTE)
        }

    def _slow_down(self, now: float) -> None:
        rate = self.rate(now) / self.share
        took = self._took(now, max(self._slowed_at, self._rests_until))
        if self._slowed_at > now - WINDOW:
            overall = self._took(now, self._slowed_at, idle=True)
            if took < ALL * rate:
                took = max(took, overall)
            else:
                # Who took all that we sent has a bucket. It was empty at the last refusal, and fills while we
                # rest; while there is nothing to send too, until it is full, which nobody says: the middle.
                took = (overall + self._took(now, self._slowed_at)) / 2
                took = max(took, self._took(now, now - WINDOW, idle=True))
        # Where little was to be sent, what was taken says little about what would have been.
        learned = BELOW * min(rate, took) if took > rate / 4 else rate / 2
        self._learned = max(learned, min(SLOWEST, self._rate))
        self._slowed_at = now

    def _took(self, now: float, since: float, *, idle: bool = False) -> float:
        """Return how many messages a second the messenger took since then, while there was something to send;
        with `idle` in all."""
        taken = [moment for moment in self._taken if moment > since]
        if since < now - WINDOW:
            since = min(taken, default=now)
        left_out = 0.0 if idle else sum(min(span, at - since) for at, span in self._idle if at > since)
        return len(taken) / max(1.0, now - since - left_out) / self.share
