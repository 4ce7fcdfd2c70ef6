"""What all members hear of who coordinates: some of them in each turn."""

from collections.abc import Collection
from datetime import datetime

from bot import AnyText, Button, Context, Priority, on
from db.models import Member, Network, Person
from db.network import readers, rooms
from db.network.readers import Whom
from handlers.electing.steps import BringNews

MOST = 300
"""Members to whom it is written in one turn."""


def tell_members(
    ctx: Context, network: Network, text: AnyText, *buttons: Button, but: Collection[int] = ()
) -> None:
    """Begin to tell the members of a network something, without some people (by id)."""
    ctx.turn_to(network)
    letter, _reached = ctx.tell([], text, *buttons, priority=Priority.ANNOUNCEMENT)
    slice_ = BringNews(network.id, letter, sorted(but), ctx.now.isoformat())
    ctx.go_on(slice_, None, about=f"news:{letter}")


@on(BringNews)
def bring_news(ctx: Context, step: BringNews) -> None:
    """Bring a letter to the next members."""
    made_at = datetime.fromisoformat(step.made_at)
    whom = Whom(step.network_id, [])
    some = readers.after(ctx.db, whom, step.place, MOST, made_at=made_at, now=ctx.now)
    there = [each for each in some.person_ids if each not in step.but]
    ctx.tell_more(step.letter_id, there, priority=Priority.ANNOUNCEMENT)
    if some.place is not None:
        ctx.go_on(step, some.place, about=f"news:{step.letter_id}")


def tell_rooms(ctx: Context, network: Network, text: AnyText) -> None:
    """Say something in the rooms of a network."""
    ctx.turn_to(network)
    ctx.tell_rooms(rooms.of_network(ctx.db, network.id), text, priority=Priority.ANNOUNCEMENT)


def but(*whom: Person | Member | None) -> list[int]:
    """Return these people by their ids: who is told in other words."""
    return [each.person_id if isinstance(each, Member) else each.id for each in whom if each is not None]
