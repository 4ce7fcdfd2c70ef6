"""The shelf of a network: what is given to it, who found it of use, and what is no longer right."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, false, func, select, true, update
from sqlalchemy.orm import Session, joinedload

from db.models import SEEN, Item, ItemKind, ItemOpinion, Member, Network, Opinion, Person
from db.sharing import index

DOUBTS = 2
"""Members who say that something is out of date, until somebody is asked about it."""
GIVEN = Item.brought == false()
"""Somebody gave it: what came with a list is no news, and nobody has shared it."""
IS_SEEN = Item.state.in_(SEEN)
"""Members see what is new at once."""


def give(
    db: Session,
    network: Network,
    kind: ItemKind,
    title: str,
    *,
    texts: Sequence[str] = (),
    link: str = "",
    media: Sequence[dict[str, Any]] = (),
    topic: str,
    language: str,
    by: Person | None,
    named: bool,
    months: int,
    now: datetime,
) -> Item:
    """Put something on the shelf. By whom it is found is said by `index.put`."""
    item = Item(
        network_id=network.id,
        kind=kind,
        title=title,
        texts=list(texts),
        link=link,
        media=list(media),
        topic=topic,
        language=language,
        given_by_id=by.id if by is not None else None,
        named=named,
        months=months,
        given_at=now,
        checked_at=now,
        checked_by_id=by.id if by is not None else None,
    )
    db.add(item)
    db.flush()
    return item


def many(db: Session, networks: Sequence[int]) -> int:
    """Return how many things these networks have."""
    return db.scalar(select(func.count()).where(Item.network_id.in_(networks))) or 0


def these(db: Session, ids: Sequence[int]) -> list[Item]:
    """Return things by their ids, in this order."""
    found = select(Item).where(Item.id.in_(ids)).options(joinedload(Item.given_by))
    by_id = {item.id: item for item in db.scalars(found)}
    return [by_id[each] for each in ids if each in by_id]


def is_seen_in(item: Item, network: Network) -> bool:
    """Whether members of a network see something."""
    return item.state in SEEN and (item.network_id == network.id or item.shared)


def newest(db: Session, network_id: int, *, topic: str = "", before: int = 0, most: int) -> Sequence[Item]:
    """Return what was given last to a network, of a topic or of all; `before` leaves out one thing (by id)
    and all that came after it."""
    found = select(Item).where(Item.network_id == network_id, IS_SEEN)
    found = found.where(Item.topic == topic if topic else GIVEN)
    if before:
        found = found.where(Item.id < before)
    return db.scalars(found.options(joinedload(Item.given_by)).order_by(Item.id.desc()).limit(most)).all()


def with_link(db: Session, network: Network, link: str) -> Item | None:
    """Return what leads to the same place and is on the shelf already."""
    found = select(Item).where(Item.network_id == network.id, Item.link == link, IS_SEEN)
    return db.scalar(found.order_by(Item.id).limit(1))


def say(db: Session, item: Item, by: Person, says: Opinion, now: datetime) -> int:
    """Keep what somebody says of something, in the place of what they said before; return how many say so."""
    opinion = db.get(ItemOpinion, (item.id, by.id))
    if opinion is None:
        opinion = ItemOpinion(item_id=item.id, person_id=by.id)
        db.add(opinion)
    opinion.says, opinion.at = says, now
    db.flush()
    item.helped = _many_say(db, item, "helped")
    return item.helped if says == "helped" else _many_say(db, item, says)


def _many_say(db: Session, item: Item, says: Opinion) -> int:
    there = ItemOpinion.item_id == item.id, ItemOpinion.says == says
    return db.scalar(select(func.count()).select_from(ItemOpinion).where(*there)) or 0


# --- how it ages ---------------------------------------------------------------------------------


def knows(db: Session, item: Item) -> Person | None:
    """Return who can be asked about something: whoever gave it, else the last whom it helped, as long as they
    are members. Where whoever gave it is asked already, it is the other; None for nobody."""
    here = Member.network_id == item.network_id, Member.state == "active"
    is_asked = item.asked_id is not None
    if is_asked and item.asked_id != item.given_by_id:
        return None
    helped = (
        select(Person)
        .join(ItemOpinion, ItemOpinion.person_id == Person.id)
        .join(Member, Member.person_id == Person.id)
        .where(ItemOpinion.item_id == item.id, ItemOpinion.says == "helped", *here)
        .where(Person.id != item.given_by_id if item.given_by_id is not None else true())
        .order_by(ItemOpinion.at.desc())
        .limit(1)
    )
    gave = (
        select(Person).join(Member, Member.person_id == Person.id).where(Person.id == item.given_by_id, *here)
    )
    return (db.scalar(gave) if not is_asked else None) or db.scalar(helped)


def is_asked_since(db: Session, person: Person, moment: datetime) -> bool:
    """Whether somebody is asked about something on a shelf since a moment."""
    there = select(Item.id).where(Item.asked_id == person.id, Item.asked_at > moment)
    return db.scalar(there.limit(1)) is not None


def ask(item: Item, person: Person | None, now: datetime) -> None:
    """Note that somebody is asked about something; None: that there is nobody. Since when it is asked stays,
    where somebody before them was silent."""
    item.asked_at = item.asked_at or now
    if person is not None:
        item.asked_id = person.id


def check(db: Session, item: Item, by: Person, now: datetime) -> None:
    """Keep that something is right, as somebody says now; who said that it is out of date is heard. That its
    file is missing stays."""
    item.checked_at, item.checked_by_id = now, by.id
    if item.state != "old":
        item.asked_at, item.asked_id = None, None
    db.execute(delete(ItemOpinion).where(ItemOpinion.item_id == item.id, ItemOpinion.says == "out_of_date"))


def lose_file(item: Item) -> None:
    """Note that a file of something is missing, and nobody is asked for it yet. It stays where it is, and
    shows that."""
    item.state, item.asked_at, item.asked_id = "old", None, None


def change(
    item: Item, *, title: str, texts: Sequence[str], link: str, media: Sequence[dict[str, Any]]
) -> None:
    """Let something say this. With other files, or none, none is missing."""
    if item.state == "old" and list(media) != item.media:
        item.state = "shown"
    item.title, item.texts, item.link, item.media = title, list(texts), link, list(media)


def seen_as_new(db: Session, network_id: int) -> int:
    """Note that those who coordinate hear of what is new; return how much that is."""
    new = update(Item).where(Item.network_id == network_id, Item.state == "new").values(state="shown")
    return db.connection().execute(new).rowcount


def hide(item: Item) -> None:
    """Let members see something no longer."""
    item.state = "hidden"


def show(item: Item) -> None:
    """Let members see something again."""
    item.state = "shown"


def given_since(db: Session, network_id: int, moment: datetime) -> int:
    """Return how much was given to a shelf since a moment that members see."""
    there = Item.network_id == network_id, IS_SEEN, GIVEN, Item.given_at > moment
    return db.scalar(select(func.count()).select_from(Item).where(*there)) or 0


def take_down(db: Session, item: Item) -> None:
    """Delete something, with the words by which it was found."""
    index.drop(db, item)
    db.delete(item)
    db.flush()


# --- whoever gave it goes ------------------------------------------------------------------------


def many_given_by(db: Session, person: Person, network: Network | None = None) -> int:
    """Return how much somebody gave, to one network or to all of them."""
    return db.scalar(select(func.count()).select_from(Item).where(_given_by(person, network))) or 0


def _given_by(person: Person, network: Network | None) -> ColumnElement[bool]:
    theirs = Item.given_by_id == person.id
    return theirs if network is None else and_(theirs, Item.network_id == network.id)


def leave(db: Session, person: Person, network: Network | None = None) -> None:
    """Let stay what somebody gave, to one network or to all of them; nobody knows any more who gave it."""
    db.execute(update(Item).where(_given_by(person, network)).values(given_by_id=None, named=False))


def take_all_down(db: Session, person: Person, network: Network | None = None) -> None:
    """Delete what somebody gave, to one network or to all of them, with the words by which it was found."""
    there = db.execute(select(Item.network_id, Item.id).where(_given_by(person, network))).all()
    of_each = defaultdict(list)
    for network_id, id_ in there:
        of_each[network_id].append(id_)
    for network_id, ids in of_each.items():
        index.put_all(db, network_id, dict.fromkeys(ids, ({}, [])))
    db.execute(delete(Item).where(_given_by(person, network)))
