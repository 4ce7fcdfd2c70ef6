"""Forgetting a person. The schema says what goes with their row; this file finds what is not a row of theirs:
their words and their name in what others were sent, in open questions, and in what notes of messages say."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, delete, exists, false, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from db.models import (
    Base,
    CheckIn,
    Conversation,
    Delivery,
    Exclusion,
    HelpRequest,
    Identity,
    Invitation,
    Letter,
    Member,
    MemberTopic,
    Person,
    PersonLanguage,
    Used,
)

TAKEN_OUT = "…"
"""What stands in the place of a name."""
WINDOW = 2000
"""Letters that are looked through in one turn: a few milliseconds."""
LONG, SHOWN = 12, 40
"""Characters: from when on words are nobody else's by chance, and how many of them every list shows."""
WORDS = ("body", "offers", "about", "on_reply", "author", "recipe")
"""What of a letter may hold somebody's name."""
OTHER = aliased(Delivery)


@dataclass(frozen=True, slots=True)
class Traces:
    """What tells of a person outside of their own rows: their words in letters, the name that others see ("":
    that stays), their private chats, their accounts, and what they asked: its words, and where its files lie.
    With `arrived`, of the words that they carried only those that have arrived are meant."""

    person_id: int
    name: str = ""
    chats: Sequence[tuple[str, str]] = ()
    accounts: Sequence[str] = ()
    asked: Sequence[str] = ()
    arrived: bool = False

    @property
    def places(self) -> list[str]:
        """Return what the names of messages begin with that they sent."""
        return [f"{messenger} {chat} " for messenger, chat in self.chats]

    def wrote(self, letter: Letter) -> bool:
        """Whether a letter carries their words."""
        is_author = letter.author is not None and letter.author["person"] == self.person_id
        return is_author or (letter.carries or "").startswith(tuple(self.places))

    def hides(self, value: Any) -> Any:
        """Return a JSON value in which neither their name stands, whoever wrote it, nor what they asked."""
        match value:
            case str() if any(is_in(value, each) for each in self.asked):
                return TAKEN_OUT
            case str() if self.name:
                return re.sub(rf"(?<!\w){re.escape(self.name)}(?!\w)", TAKEN_OUT, value)
            case list():
                return [self.hides(each) for each in value]
            case dict():
                return {key: self.hides(each) for key, each in value.items()}
        return value

    def stands_in(self, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
        """Return the condition that one of these columns holds their name, or what they asked."""
        names = [_in_json(each, self.name) for each in columns if self.name]
        asked = [_in_json(each, _beginning(words)) for each in columns for words in self.asked]
        return or_(false(), *names, *asked)


def is_in(value: str, asked: str) -> bool:
    """Whether a stored text is what somebody asked, or its beginning, as lists show it. A few letters are
    looked for only where they stand alone."""
    if len(asked) < LONG:
        return value == asked
    return _beginning(asked) in " ".join(value.split())


def _beginning(asked: str) -> str:
    """Return by what a question is looked for: its first words, which are in one line."""
    return asked[:SHOWN].rstrip()


def _in_json(column: InstrumentedAttribute[Any], words: str) -> ColumnElement[bool]:
    """Return the condition that words stand in a column of JSON."""
    return cast(column, Text).contains(json.dumps(words, ensure_ascii=False)[1:-1], autoescape=True)


def depart(db: Session, person: Person, now: datetime) -> Person:
    """Give the accounts of a person to somebody of whom nothing is known: whatever they do from now on is
    another person's. Return that one."""
    anew = Person(name="", created_at=now)
    db.add(anew)
    db.flush()
    db.execute(update(Identity).where(Identity.person_id == person.id).values(person_id=anew.id, menu=""))
    person.network_id = None
    db.flush()
    return anew


def traces(db: Session, person_id: int, now_id: int) -> Traces | None:
    """Return what tells of a person who has departed and is another one now; None where they are gone."""
    person = db.get(Person, person_id)
    if person is None:
        return None
    rows = db.scalars(select(Identity).where(Identity.person_id == now_id)).all()
    chats = [(row.messenger, row.chat) for row in rows]
    accounts = [row.account for row in rows]
    mine = Member.person_id == person_id
    return Traces(person_id, person.name, chats, accounts, asked_by(db, mine))


def asked_by(db: Session, *whose: ColumnElement[bool]) -> list[str]:
    """Return what was asked by these members, or in these requests: words, and where files lie."""
    found = select(HelpRequest).join(Member, Member.id == HelpRequest.asker_id).where(*whose)
    asked: list[str] = []
    for request in db.scalars(found):
        asked += [" ".join(request.need.split()), *(each["file"] for each in request.media)]
    return [each for each in asked if each]


def clear_notes(db: Session, of: Traces) -> None:
    """Take a person out of what others have open, and out of the notes of messages and invitations."""
    columns = (
        Conversation.args,
        Conversation.answers,
        Conversation.kept,
        Conversation.words,
        Conversation.draft,
        Conversation.heard,
    )
    for open_ in db.scalars(select(Conversation).where(of.stands_in(*columns))):
        for column in columns:
            setattr(open_, column.key, of.hides(getattr(open_, column.key)))
    for place in of.places:
        db.execute(delete(Used).where(Used.message.startswith(place, autoescape=True)))
    came_by = select(Member.invitation_id).where(Member.person_id == of.person_id)
    db.execute(update(Invitation).where(Invitation.id.in_(came_by), Invitation.uses == 1).values(note=""))
    db.flush()


def clear_letters(db: Session, of: Traces, after: int) -> int | None:
    """Take a person out of the letters that come after this one: their words are deleted, also where they
    have not arrived, and their name stands in no other. Return after which letter to go on; None where these
    were all."""
    window = select(Letter.id).where(Letter.id > after).order_by(Letter.id).limit(WINDOW)
    upto: int | None = db.scalar(select(func.max(window.subquery().c.id)))
    if upto is None:
        return None
    here = Letter.id > after, Letter.id <= upto
    wrote = or_(
        cast(Letter.author, Text).contains(f'"person":{of.person_id},'),
        *(Letter.carries.startswith(place, autoescape=True) for place in of.places),
    )
    if of.arrived:
        wrote &= ~exists().where(Delivery.letter_id == Letter.id, Delivery.state == "waiting")
    named = of.stands_in(*(getattr(Letter, name) for name in (*WORDS, "media")))
    admits = or_(false(), *(_in_json(Letter.act, account) for account in of.accounts))
    for letter in db.scalars(select(Letter).where(*here, or_(wrote, named, admits))):
        if letter.act is not None and letter.act.get("admit") in of.accounts:
            letter.act = None
        if of.wrote(letter):
            letter.body = letter.author = letter.about = letter.carries = letter.album = None
            letter.media = []
        for name in WORDS:
            setattr(letter, name, of.hides(getattr(letter, name)))
        if of.hides(letter.media) != letter.media:
            letter.media = []
    pressed = select(Delivery).where(Delivery.letter_id > after, Delivery.letter_id <= upto)
    for row in db.scalars(pressed.where(of.stands_in(Delivery.chosen))):
        row.chosen = of.hides(row.chosen)
    db.flush()
    return upto


def waits(db: Session, person_id: int) -> bool:
    """Whether anything is still on its way to a person."""
    there = select(Delivery.id).where(Delivery.person_id == person_id, Delivery.state == "waiting")
    return db.scalar(there.limit(1)) is not None


def unseen_until(db: Session, person_id: int, now: datetime) -> datetime | None:
    """Return when others will see the last end of what a person asked without a name; None where nothing is
    still to come."""
    return db.scalar(
        select(func.max(HelpRequest.closed_at))
        .join(Member, Member.id == HelpRequest.asker_id)
        .where(Member.person_id == person_id, HelpRequest.closed_at > now)
    )


def hollow(db: Session, person_id: int) -> None:
    """Delete all that tells anything of a person, and leave the rows by which others see, later, that a
    question without a name is over."""
    mine = select(Member.id).where(Member.person_id == person_id)
    db.execute(
        update(Person)
        .where(Person.id == person_id)
        .values(name="", language=None, time_zone=None, place=None, consent_version=None, consent_at=None)
    )
    db.execute(
        update(HelpRequest).where(HelpRequest.asker_id.in_(mine)).values(need="", media=[], forgotten=True)
    )
    db.execute(update(Member).where(Member.person_id == person_id).values(ended_because=None))
    gone: list[tuple[type[Base], ColumnElement[bool]]] = [
        (PersonLanguage, PersonLanguage.person_id == person_id),
        (Exclusion, or_(Exclusion.person_id == person_id, Exclusion.other_id == person_id)),
        (Conversation, Conversation.person_id == person_id),
        (MemberTopic, MemberTopic.member_id.in_(mine)),
        (CheckIn, CheckIn.member_id.in_(mine)),
    ]
    for kind, theirs in gone:
        db.execute(delete(kind).where(theirs))
    db.expire_all()


def erase(db: Session, person_id: int) -> None:
    """Delete a person with all that is theirs, and the letters that went to nobody else."""
    theirs = select(Delivery.letter_id).where(Delivery.person_id == person_id)
    to_others = exists().where(
        OTHER.letter_id == Letter.id, or_(OTHER.person_id.is_(None), OTHER.person_id != person_id)
    )
    db.execute(delete(Letter).where(Letter.id.in_(theirs), ~to_others))
    db.execute(delete(Person).where(Person.id == person_id))
    db.expire_all()


def forget_at_once(db: Session, person_id: int) -> None:
    """Delete a person and all that tells of them, where nobody is at work: in a restored backup."""
    of = traces(db, person_id, person_id)
    if of is None:
        return
    clear_notes(db, of)
    upto: int | None = 0
    while upto is not None:
        upto = clear_letters(db, of, upto)
    erase(db, person_id)


def erase_untouched(db: Session, person_id: int, since: datetime) -> bool:
    """Delete somebody of whom nothing is known, unless they have done something since then. Return whether
    they are gone."""
    wrote = exists().where(Identity.person_id == person_id, Identity.last_wrote_at > since)
    member = exists().where(Member.person_id == person_id)
    asks = exists().where(Conversation.person_id == person_id)
    if db.scalar(select(Person.id).where(Person.id == person_id, ~wrote, ~member, ~asks)) is None:
        return False
    erase(db, person_id)
    return True


def erase_membership(db: Session, member: Member) -> None:
    """Delete a membership that has ended, with all that was asked and answered in it."""
    db.execute(delete(Member).where(Member.id == member.id))
    db.expire_all()
