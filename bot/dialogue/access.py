"""Who acts and who is meant, and who may do what: one predicate, for running, for `/help` and for the
messengers' menus."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy.orm import Session

from bot.handler import Role, Step
from bot.installation import Installation, reader_of
from bot.markup import clean
from bot.message import Identity as Account
from bot.message import Incoming
from bot.text import Reader
from db import people
from db.engine import actors
from db.engine.turns import TurnSession
from db.linking import merges
from db.models import Identity, Member, Person
from db.network import members


@dataclass
class Actor:
    """The one who acts: what is known of them, and whether the config names them as operator. The person, the
    account they act from, and their membership (in the network they are active in, or the room's) are read
    when somebody asks for them: most turns only lead to the next question."""

    db: Session
    known: actors.ActorRow
    operator: bool

    def inside(self, network_id: int | None) -> "Actor":
        """Return the same person, acting as a member of this network; without a membership where they have
        none."""
        if network_id == self.known.network_id:
            return self
        return Actor(self.db, actors.in_network(self.db, self.known, network_id), self.operator)

    @cached_property
    def identity(self) -> Identity:
        """Return the account."""
        return people.identity(self.db, self.known.identity_id)

    @property
    def person(self) -> Person:
        """Return the person."""
        return self.identity.person

    @cached_property
    def member(self) -> Member | None:
        """Return the membership."""
        return None if self.known.member_id is None else members.membership(self.db, self.known.member_id)


def may(needs: Role, actor: Actor | None) -> bool:
    """Whether `actor` may call what `needs` this role; a stranger in a room is none."""
    if actor is None:
        return needs is Role.ANYONE
    match needs:
        case Role.ANYONE:
            return True
        case Role.MEMBER:
            return actor.known.member_id is not None
        case Role.META_MENTOR:
            return actor.known.role in members.COORDINATORS
        case Role.OPERATOR:
            return actor.operator


class Who:
    """Finds out who acts in a turn.

    actor:          who does; None who never wrote to the bot, in a room
    parked:         what they have parked, the open question first, also where that is nobody's business
    reader:         how to write to whoever reads the answer
    network_id:     as whose member they act, where that is not theirs to choose
    acts_elsewhere: whether they acted in another network than the one they are active in
    """

    def __init__(
        self, db: TurnSession, now: datetime, incoming: Incoming, installation: Installation
    ) -> None:
        self.actor: Actor | None = None
        self.parked: list[Any] = []
        self.reader = Reader()
        self.network_id: int | None = None
        self.acts_elsewhere = False
        self._db = db
        self._now = now
        self._incoming = incoming
        self._installation = installation

    @property
    def acting(self) -> Actor:
        """Return who acts, where somebody does."""
        assert self.actor is not None, "a stranger in a room cannot do that"
        return self.actor

    def identify(self, chat: str) -> None:
        """Recognise who acts, or meet them; `chat` is their private one."""
        sender = self._incoming.sender
        assert sender is not None, "somebody acts"
        if not self.recognise(sender):
            people.meet(
                self._db,
                sender.messenger,
                sender.account,
                chat=chat,
                name=clean(self._incoming.name)[:60],
                language=self._incoming.language or None,
                now=self._now,
            )
            self.recognise(sender)
        self.reader = reader_of(self.acting.known, self._installation)

    def recognise(self, sender: Account) -> bool:
        """Recognise who acts. Return False for somebody who never wrote."""
        account = sender.messenger, sender.account
        if self.network_id is None:
            found = self._db.recognise(account)
        else:
            found = actors.known(self._db, [account], self.network_id).get(account)
        if found is not None:
            known, self.parked = found
            self.actor = Actor(self._db, known, sender in self._installation.operators)
        return found is not None

    def look_again(self) -> None:
        """Read again who acts: it may have changed."""
        known = self.acting.known
        self.recognise(Account(known.messenger, known.account))
        self.reader = reader_of(self.acting.known, self._installation)

    def act_as(self, actor: Actor) -> None:
        """Take them as this actor from now on: the same person in another network."""
        if actor is not self.actor:
            self.actor, self.acts_elsewhere = actor, True


# --- who is meant ----------------------------------------------------------------------------------

OF_PEOPLE = frozenset({"by_id", "coordinator_id", "other_id", "person_id", "remover_id"})
"""Fields of steps that hold the number of a person."""
OF_MEMBERSHIPS = frozenset({"member_id"})
"""Fields that hold that of a membership."""


def as_of_today(db: Session, what: Any) -> Any:
    """Return a step with those for whom its numbers stand today: a button may have been made for somebody who
    has become one person with another account since. Anything else stays as it is."""
    if not isinstance(what, Step):
        return what
    for names, find in ((OF_PEOPLE, people.merged_into), (OF_MEMBERSHIPS, merges.merged_into)):
        held = {name: value for name, value in vars(what).items() if name in names and value is not None}
        today = find(db, [*held.values()]) if held else {}
        if today:
            what = replace(what, **{name: today.get(value, value) for name, value in held.items()})
    return what
