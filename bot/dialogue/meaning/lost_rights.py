"""Questions that somebody may no longer answer: they do not coordinate their network any more, or have just
left it."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy.orm import Session

from bot.dialogue.meaning import refusals
from bot.dialogue.router import Router
from bot.handler import Role
from bot.text import AnyText
from db.engine import conversations
from db.network import members, networks


def no_longer_theirs(db: Session, router: Router, parked: Sequence[Any]) -> Iterator[tuple[Any, AnyText]]:
    """Yield those of a person's parked handlers for which they have lost the role, each with what is said of
    it. One whose membership was over when the turn began says so when it is answered."""
    for each in parked:
        handler = router.handlers.get(each.handler)
        if handler is None or handler.needs not in (Role.MEMBER, Role.META_MENTOR) or not each.has_member:
            continue
        role = conversations.role_in(db, each.id)
        if role is None:
            yield each, refusals.not_inside(networks.name_of(db, each.network_id), handler)
        elif handler.needs is Role.META_MENTOR and role not in members.COORDINATORS:
            yield each, refusals.no_longer_coordinates(networks.name_of(db, each.network_id), handler)
