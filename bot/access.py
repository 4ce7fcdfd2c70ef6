"""Who may do what: one predicate, for running, for `/help` and for the messengers' menus."""

from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from sqlalchemy.orm import Session

from db import members, people
from db.models import Identity, Member, Person


class Role(Enum):
    """What a handler needs from the one who calls it."""

    ANYONE = auto()
    MEMBER = auto()
    META_MENTOR = auto()  # a deputy holds the same rights
    OPERATOR = auto()


@dataclass
class Actor:
    """The one who acts: what is known of them, and whether the config names them as operator. The person, the
    account they act from, and their membership (in the network they are active in, or the room's) are read
    when somebody asks for them: most turns only lead to the next question."""

    db: Session
    known: people.Known
    operator: bool

    @cached_property
    def identity(self) -> Identity:
        """The account."""
        return people.identity(self.db, self.known.identity_id)

    @property
    def person(self) -> Person:
        """The person."""
        return self.identity.person

    @cached_property
    def member(self) -> Member | None:
        """The membership."""
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
            return actor.known.role in COORDINATING
        case Role.OPERATOR:
            return actor.operator


COORDINATING = ("meta_mentor", "deputy")
