"""Who may do what: one predicate, for running, for `/help` and for the messengers' menus."""

from dataclasses import dataclass
from enum import Enum, auto

from db.models import Identity, Member, Person


class Role(Enum):
    """What a handler needs from the one who calls it."""

    ANYONE = auto()
    MEMBER = auto()
    META_MENTOR = auto()  # a deputy holds the same rights
    OPERATOR = auto()


@dataclass(slots=True)
class Actor:
    """The one who acts: a person, the account they act from, their membership in the network they are
    active in, and whether the config names them as operator."""

    person: Person
    identity: Identity
    member: Member | None
    operator: bool


def may(needs: Role, actor: Actor | None) -> bool:
    """Whether `actor` may call what `needs` this role; a stranger in a room is none."""
    if actor is None:
        return needs is Role.ANYONE
    match needs:
        case Role.ANYONE:
            return True
        case Role.MEMBER:
            return actor.member is not None
        case Role.META_MENTOR:
            return actor.member is not None and actor.member.role in COORDINATING
        case Role.OPERATOR:
            return actor.operator


COORDINATING = ("meta_mentor", "deputy")
