"""Questions that somebody may no longer answer, because they do not coordinate their network any more."""

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
    it. One whose membership is over says so when it is answered."""
    for each in parked:
        handler = router.handlers.get(each.handler)
        if handler is not None and handler.needs is Role.META_MENTOR:
            role = conversations.role_in(db, each.id)
            if role is not None and role not in members.COORDINATORS:
                yield each, refusals.no_longer_coordinates(networks.name_of(db, each.network_id), handler)
