"""A messenger, as its folder under `adapters/` offers it to the program: by the name `MESSENGER`.

The program finds the folders by itself. So a messenger that is added changes no line outside its folder, and
one that is taken out leaves no line behind.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar

from bot.adapter import Adapter, Alert, Capabilities
from bot.settings import MessengerSection

Settings = TypeVar("Settings", bound=MessengerSection)


class Memory(Protocol):
    """What an adapter remembers, by keys of its own: in the database, and so in every backup. Both raise what
    the database raises."""

    async def get(self, key: str) -> str | None:
        """Return what is remembered under a key; None for nothing."""

    async def put(self, key: str, value: str | None) -> None:
        """Remember a value, once this returns; None forgets it."""


@dataclass(frozen=True)
class Host:
    """What the program lends to an adapter.

    knows:    whether an account on this messenger is an operator's, or that of somebody in a network
    refusal:  what somebody is told whose invitation is refused: of their language nothing is known
    only_verified: what somebody is told to whose devices the bot may not write, as they have verified none
    memory:   what the adapter has to remember
    alert:    tells the operators what only they can mend
    """

    knows: Callable[[str], Awaitable[bool]]
    refusal: str
    only_verified: str
    memory: Memory
    alert: Alert


class Keeper(Protocol):
    """What an adapter keeps beside the database. In a backup it has a folder of the messenger's name. Saving
    works while the bot runs. What fails raises `Unauthorised`, with a sentence for the operator, or
    `OSError`."""

    @property
    def what(self) -> str:
        """What is kept, and where, as a part of a sentence."""

    def saving(self, to: Path) -> AbstractContextManager[None]:
        """Save into `to`, which is not there yet, around the block in which the database is saved."""

    def restoring(self, saved: Path) -> AbstractContextManager[None]:
        """Bring back what was saved, at the end of the block in which the database is restored, and only if
        that succeeds."""

    def after_saving(self, saved: Path) -> Sequence[str]:
        """Return what an operator should know once a backup is made, in sentences; there may be no folder
        `saved`."""

    def after_restoring(self, saved: Path) -> Sequence[str]:
        """Return what an operator should know once a backup is restored, in sentences; there may be no folder
        `saved`."""


class Door(NamedTuple):
    """Where a messenger calls us, from outside: at the public address `url`. A proxy passes its path on to
    `listen`, which is the `setting` of that name."""

    url: str
    listen: str
    setting: str


@dataclass(frozen=True, kw_only=True)
class Messenger(Generic[Settings]):
    """All that the program needs to know of a messenger.

    name:         as in `Identity.messenger`; also that of its folder and of its section of the settings
    title:        its name as people write it
    rank:         where it stands in lists: the lowest first, those of the same rank by their names
    settings:     its section of the settings, whose docstrings explain them to the operator
    needs:        what has to be set for the bot to be there, after "put into the config": "the token of your
                  bot, as telegram.token"
    account:      the pattern of an account, as in `Identity.account`
    example:      such an account
    accounts:     how accounts are named in the settings, after "accounts": "by number on Telegram"
    make:         makes the adapter from its settings
    can:          what a private chat shows
    link:         an adapter's `link` for an account that is invented, for the terminal: (payload, into_room)
    keeper:       what is kept beside the database; None: nothing
    door:         where it calls us, as it is set up; None: nowhere, we ask it
    notice:       what people are told once, because its company can read along: the operator's words, "" for
                  the program's own; None: it cannot
    """

    name: str
    title: str
    rank: int = 100
    settings: type[Settings]
    needs: str
    account: str
    example: str
    accounts: str
    make: Callable[[Settings, Host], Adapter]
    can: Capabilities
    link: Callable[[str, bool], str] = lambda payload, into_room: ""
    keeper: Callable[[Settings], Keeper] | None = None
    door: Callable[[Settings], Door | None] = lambda settings: None
    notice: Callable[[Settings], str] | None = None
