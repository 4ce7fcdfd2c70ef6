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

OF_MEMBERS = (Role.MEMBER, Role.META_MENTOR)
"""What only members of a network do."""


def no_longer_theirs(db: Session, router: Router, parked: Sequence[Any]) -> Iterator[tuple[Any, AnyText]]:
    """Yield those of parked handlers for which their people have lost the role, each with what is said of it.
    One whose membership was over when the turn began says so when it is answered."""
    called = {each.id: router.handlers.get(each.handler) for each in parked if each.has_member}
    bound = {id_: each for id_, each in called.items() if each is not None and each.needs in OF_MEMBERS}
    roles = conversations.roles_in(db, list(bound)) if bound else {}
    for each in parked:
        handler, role = bound.get(each.id), roles.get(each.id)
        if handler is None:
            continue
        if role is None:
            yield each, refusals.not_inside(networks.name_of(db, each.network_id), handler)
        elif handler.needs is Role.META_MENTOR and role not in members.COORDINATORS:
            yield each, refusals.no_longer_coordinates(networks.name_of(db, each.network_id), handler)
