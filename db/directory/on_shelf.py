"""Organisations among all that a network knows: each stands on the shelf, where it is found by its words."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.help.help_requests import ANYTHING
from db.models import Item, Organisation

NO_MONTHS = 12
"""Not asked by the shelf: the directory asks itself."""


def put(db: Session, entries: Sequence[Organisation], language: str) -> None:
    """Put organisations on the shelf, or bring what stands there up to date."""
    ids = [each.item_id for each in entries if each.item_id is not None]
    there = {each.id: each for each in db.scalars(select(Item).where(Item.id.in_(ids)))} if ids else {}
    items = [there.get(each.item_id or 0) or _item(each, language) for each in entries]
    for item, entry in zip(items, entries, strict=True):
        item.title, item.topic = entry.name, next(iter(entry.topics), ANYTHING)
        if entry.do_not_list:
            item.state = "hidden"
        elif item.state == "hidden":
            item.state = "shown"
        item.shared, item.checked_at, item.helped = entry.shared, entry.assured_at, entry.helped
    db.add_all(items)
    db.flush()
    for item, entry in zip(items, entries, strict=True):
        entry.item_id = item.id
    db.flush()


def _item(entry: Organisation, language: str) -> Item:
    """Return what stands on the shelf for an organisation. Whoever adds one has looked at it; what nobody has
    looked at came with a list."""
    brought = entry.assured_by_id is None
    return Item(
        network_id=entry.network_id,
        kind="organisation",
        title=entry.name,
        texts=[],
        media=[],
        topic=ANYTHING,
        language=language,
        named=False,
        brought=brought,
        state="shown" if brought else "new",
        given_at=entry.added_at,
        months=NO_MONTHS,
    )


def entry_of(db: Session, item: Item) -> int | None:
    """Return the organisation (by id) that stands there."""
    return db.scalar(select(Organisation.id).where(Organisation.item_id == item.id))
