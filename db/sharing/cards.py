"""Solved cards: what two found out together, written down without names."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Card, HelpRequest, Item, Member, Network, Person
from db.sharing import looked_for


def write(db: Session, item: Item, request: HelpRequest, helper: Person | None) -> Card:
    """Keep from which question something comes. It waits for the helper, if they can be asked."""
    card = Card(item_id=item.id, request_id=request.id, helper_id=helper.id if helper is not None else None)
    item.state = "waiting" if helper is not None else "new"
    db.add(card)
    db.flush()
    return card


def of(db: Session, item: Item) -> Card:
    """Return what belongs to a card alone."""
    return db.get_one(Card, item.id)


def of_request(db: Session, request: HelpRequest) -> Card | None:
    """Return the card that comes from a question; None where there is none."""
    return db.scalar(select(Card).where(Card.request_id == request.id).limit(1))


def show(item: Item, card: Card, *, confirmed: bool) -> None:
    """Put a card on the shelf: the helper has said that it is right, or nothing."""
    item.state, card.confirmed = "new", confirmed


def reword(item: Item, answer: str) -> None:
    """Let a card say this."""
    item.texts = [answer]


def makers(db: Session, item: Item) -> list[Person]:
    """Return the two who found out what a card says, as far as they are known."""
    theirs = [item.given_by_id, of(db, item).helper_id]
    return list(
        db.scalars(select(Person).where(Person.id.in_([each for each in theirs if each is not None])))
    )


def share(item: Item, *, shared: bool) -> None:
    """Let members of all networks here find a card, or only those of its own."""
    item.shared = shared


def change(db: Session, item: Item, by: Person) -> None:
    """Note that somebody has changed what a card says: only whoever helped confirms it by that."""
    card = of(db, item)
    card.confirmed = card.helper_id == by.id


def helper(db: Session, request: HelpRequest) -> Person | None:
    """Return who helped with a question and is still a member; None for nobody."""
    here = Member.id == request.helper_id, Member.state == "active"
    return db.scalar(select(Person).join(Member, Member.person_id == Person.id).where(*here))


def note_shown(card: Card) -> None:
    """Count that a card was shown to somebody who was about to ask."""
    card.shown += 1


def spare(db: Session, card: Card, network: Network, topic: str, today: date) -> None:
    """Count that a card was enough, and nobody was asked."""
    card.spared += 1
    looked_for.count(db, network, "spared", topic, today)
