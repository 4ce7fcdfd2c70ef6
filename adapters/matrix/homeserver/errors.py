"""What a homeserver says where it does not do what was asked, as an error in our own words.

The codes are those of https://spec.matrix.org/latest/client-server-api/#standard-error-response. An answer
that is no homeserver's says nothing about the request: it is a broken line.
"""

from collections.abc import Mapping
from typing import Any, Final

from bot.adapter import PROGRAM_AGAIN, About, Later, Refused, SendError, Unreachable

LONGEST_WAIT: Final = 3600
"""Seconds that a homeserver can have us wait at most."""

ABOUT: Final[Mapping[str, About]] = {
    "M_LIMIT_EXCEEDED": About.LINE,
    "M_USER_LOCKED": About.ACCOUNT,
    "M_USER_SUSPENDED": About.ACCOUNT,
    "M_CONSENT_NOT_GIVEN": About.ACCOUNT,
    "M_RESOURCE_LIMIT_EXCEEDED": About.ACCOUNT,
    "ORG_MATRIX_EXPIRED_ACCOUNT": About.ACCOUNT,
    "M_UNKNOWN_TOKEN": About.ACCOUNT,
    "M_MISSING_TOKEN": About.ACCOUNT,
    "M_USER_DEACTIVATED": About.ACCOUNT,
    "M_FORBIDDEN": About.CHAT,
    "M_NOT_FOUND": About.CHAT,
    "M_NOT_JOINED": About.CHAT,
    "M_UNKNOWN_ROOM": About.CHAT,
    "M_UNRECOGNIZED": About.PROGRAM,
}
"""What a code is about that is not about the letter."""

MENDS: Final[Mapping[str, str]] = {
    "M_USER_LOCKED": (
        "The homeserver has locked the bot's account. Ask the people who run it to unlock it: until then "
        "nobody is heard or answered there, and nothing is lost."
    ),
    "M_USER_SUSPENDED": (
        "The homeserver has suspended the bot's account. Ask the people who run it to lift that: until then "
        "all that the bot has to say there waits."
    ),
    "M_CONSENT_NOT_GIVEN": (
        "The homeserver wants the bot's account to agree to its terms. Log the account in with an app and "
        "agree: until then all that the bot has to say there waits."
    ),
    "M_RESOURCE_LIMIT_EXCEEDED": (
        "The homeserver has reached a limit of its own. Ask the people who run it to raise it: until then "
        "all that the bot has to say there waits."
    ),
    "ORG_MATRIX_EXPIRED_ACCOUNT": (
        "The bot's account has expired. Ask the people who run the homeserver to renew it: until then all "
        "that the bot has to say there waits."
    ),
    "M_UNRECOGNIZED": (
        "The homeserver does not know something that the bot asks of it. Look whether it is up to date, and "
        "whether matrix.homeserver is its own address."
    ),
}
"""What only an operator can mend, and how."""

_NO_LONGER_OURS: Final = ("M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED")


class Failed(Exception):
    """A request did not succeed. `str()` is the homeserver's code of the error, never its sentence: that may
    hold names.

    code:    "" where what answered is no homeserver: a proxy before one that is away, or a page in its place
    status:  of HTTP; 0 where there was no answer
    body:    what the homeserver answered

    Its cause, where it has one, is what broke inside the library.
    """

    def __init__(self, code: str, status: int = 0, body: Mapping[str, Any] | None = None) -> None:
        super().__init__(code or f"not an answer of a homeserver, HTTP {status}")
        self.code = code
        self.status = status
        self.body = body or {}

    @property
    def about(self) -> About:
        """What it is about."""
        if self.__cause__ is not None:
            return About.PROGRAM
        if not self.code or self.status in (0, 429) or self.status >= 500:
            return About.LINE
        return ABOUT.get(self.code, About.LETTER)

    @property
    def sentence(self) -> str:
        """What happened, for who runs the bot."""
        if self.code in MENDS:
            return MENDS[self.code]
        if not self.status:
            return "The homeserver does not answer."
        if not self.code:
            return f"What answers at matrix.homeserver is no homeserver (HTTP {self.status})."
        return f"The homeserver refuses what the bot asks of it ({self.code})."

    @property
    def seconds(self) -> float | None:
        """How long the homeserver wants us to wait, an hour at most, where it said so."""
        wait = self.body.get("retry_after_ms")
        if isinstance(wait, bool) or not isinstance(wait, int | float) or not wait >= 0:
            return None
        return min(wait, LONGEST_WAIT * 1000) / 1000

    @property
    def unauthorised(self) -> bool:
        """Whether our access token is worth nothing any more."""
        return self.code in _NO_LONGER_OURS

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed later with the login that we have, and nothing changed."""
        by_itself = self.about in (About.LINE, About.ACCOUNT) or self.__cause__ is not None
        return by_itself and not self.unauthorised


def kind(failed: Failed) -> SendError:
    """The error as the seam knows it. Limits and outages go for all chats: Matrix counts by sender."""
    match failed.about:
        case About.LETTER:
            return Refused(str(failed))
        case About.CHAT:
            return Unreachable(str(failed))
        case About.PROGRAM:
            return Later(PROGRAM_AGAIN)
        case About.ACCOUNT if failed.unauthorised:
            # `run` stops on it; what waits to go out must survive until the login is put right.
            return Later(PROGRAM_AGAIN, everywhere=True)
    return Later(failed.seconds, everywhere=True, too_fast=failed.seconds is not None)
