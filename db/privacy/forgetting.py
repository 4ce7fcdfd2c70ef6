"""Forgetting people. The schema says what goes with their rows; this file finds what is not a row of theirs:
their words and their names in what others were sent, in open questions, and in what notes of messages say."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from db.bulk import batches
from db.models import (
    Agreement,
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
    NotYet,
    Past,
    Person,
    PersonLanguage,
    Signature,
    Used,
    sealed,
)
from db.models.indexed import begins
from db.privacy.traces import Traces, looked_for, together

WINDOW = 400
"""Letters, or open questions, that are looked through in one turn: some hundredths of a second, of which most
goes into opening what is sealed."""
WORDS = ("body", "offers", "about", "on_reply", "author", "recipe")
"""What of a letter may hold somebody's name."""
OPEN = ("args", "answers", "kept", "words", "draft", "heard")
"""What of an open question may."""
OTHER = aliased(Delivery)


def about(person: Person) -> str:
    """Return the tag of the timers that forget a person."""
    return f"forget {person.id}"


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


def traces(db: Session, departed: Mapping[int, int]) -> dict[int, Traces]:
    """Return what tells of people who have departed, each of whom is another one now (by id); those who are
    gone are left out. It is read in as many statements for a thousand as for one."""
    names: dict[int, str] = {}
    accounts: defaultdict[int, list[Row[int, str, str, str]]] = defaultdict(list)
    asked: defaultdict[int, list[str]] = defaultdict(list)
    for some in batches(departed):
        found = db.execute(select(Person.id, Person.name).where(Person.id.in_(some)))
        names |= {row.id: row.name for row in found}
        for person_id, words in _asked(db, Member.person_id.in_(some)):
            asked[person_id].append(words)
    of_them = select(Identity.person_id, Identity.messenger, Identity.account, Identity.chat)
    for some in batches(departed.values()):
        for row in db.execute(of_them.where(Identity.person_id.in_(some))):
            accounts[row.person_id].append(row)
    return {
        each: Traces(
            each,
            name,
            [(row.messenger, row.chat) for row in accounts[departed[each]]],
            [row.account for row in accounts[departed[each]]],
            asked[each],
        )
        for each, name in names.items()
    }


def asked_by(db: Session, *whose: ColumnElement[bool]) -> list[str]:
    """Return what was asked by these members, or in these requests: words, and where files lie."""
    return [words for _person_id, words in _asked(db, *whose)]


def _asked(db: Session, *whose: ColumnElement[bool]) -> Iterator[tuple[int, str]]:
    found = select(Member.person_id, HelpRequest.need, HelpRequest.media)
    of_them = found.join(Member, Member.id == HelpRequest.asker_id).where(*whose).order_by(HelpRequest.id)
    for row in db.execute(of_them):
        for words in (" ".join(row.need.split()), *(each["file"] for each in row.media)):
            if words:
                yield row.person_id, words


def clear_open(db: Session, everybody: Sequence[Traces], after: int) -> int | None:
    """Take these people out of what others have open, of the questions that come after this one. Return after
    which question to go on; None where these were all."""
    window = select(Conversation.id).where(Conversation.id > after).order_by(Conversation.id).limit(WINDOW)
    upto: int | None = db.scalar(select(func.max(window.subquery().c.id)))
    if upto is None:
        return None
    stored = select(Conversation.id, together(*(getattr(Conversation, name) for name in OPEN)))
    these = stored.where(Conversation.id > after, Conversation.id <= upto)
    found = _speaking(db, these, everybody)
    for open_ in db.scalars(select(Conversation).where(Conversation.id.in_(found))):
        _hide(open_, OPEN, found[open_.id])
    db.flush()
    return upto


def clear_notes(db: Session, everybody: Iterable[Traces]) -> None:
    """Take these people out of the notes of messages and invitations."""
    for of in everybody:
        for place in of.places:
            db.execute(delete(Used).where(begins(Used.message, place)))
        came_by = select(Member.invitation_id).where(Member.person_id == of.person_id)
        alone = Invitation.id.in_(came_by), Invitation.uses == 1
        db.execute(update(Invitation).where(*alone).values(note=""))
    db.flush()


def clear_letters(db: Session, everybody: Sequence[Traces], after: int) -> int | None:
    """Take these people out of the letters that come after this one: their words are deleted, also where they
    have not arrived, and their names stand in no other. Return after which letter to go on; None where these
    were all. It takes not much longer for many than for one: the letters are read once."""
    window = select(Letter.id).where(Letter.id > after).order_by(Letter.id).limit(WINDOW)
    upto: int | None = db.scalar(select(func.max(window.subquery().c.id)))
    if upto is None:
        return None
    columns = (getattr(Letter, name) for name in (*WORDS, "media", "carries", "act"))
    stored = select(Letter.id, together(*columns)).where(Letter.id > after, Letter.id <= upto)
    found = _speaking(db, stored, everybody)
    waiting = select(Delivery.letter_id).where(Delivery.letter_id.in_(found), Delivery.state == "waiting")
    on_their_way = set(db.scalars(waiting))
    for letter in db.scalars(select(Letter).where(Letter.id.in_(found))):
        _clear(letter, found[letter.id], waits=letter.id in on_their_way)
    chosen = select(Delivery.id, together(Delivery.chosen)).where(
        Delivery.letter_id > after, Delivery.letter_id <= upto, Delivery.chosen.is_not(None)
    )
    pressed = _speaking(db, chosen, everybody)
    for row in db.scalars(select(Delivery).where(Delivery.id.in_(pressed))):
        _hide(row, ["chosen"], pressed[row.id])
    db.flush()
    return upto


def _speaking(db: Session, stored: Select[int, str], everybody: Sequence[Traces]) -> dict[int, list[Traces]]:
    """Return, by row, who of these people stands in what is stored, or may."""
    may_be_of = looked_for(everybody, sealed.of(db.get_bind().engine))
    rows = db.connection().execute(stored)
    return {id_: those for id_, text in rows if (those := may_be_of(text))}


def _clear(letter: Letter, everybody: Sequence[Traces], *, waits: bool) -> None:
    """Take these people out of one letter, which `waits` until it has arrived or not."""
    for of in everybody:
        if letter.act is not None and letter.act.get("admit") in of.accounts:
            letter.act = None
        if of.wrote(letter) and not (of.arrived and waits):
            letter.body = letter.author = letter.about = letter.carries = letter.album = None
            letter.media = []
        if of.hides(letter.media) != letter.media:
            letter.media = []
    _hide(letter, WORDS, everybody)


def _hide(row: Base, columns: Iterable[str], everybody: Sequence[Traces]) -> None:
    """Leave nothing of these people in these columns of a row."""
    for name in columns:
        value = kept = getattr(row, name)
        for of in everybody:
            kept = of.hides(kept)
        if kept != value:
            setattr(row, name, kept)


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
    db.execute(update(Member).where(Member.person_id == person_id).values(folded="", ended_because=None))
    gone: list[tuple[type[Base], ColumnElement[bool]]] = [
        (PersonLanguage, PersonLanguage.person_id == person_id),
        (Exclusion, or_(Exclusion.person_id == person_id, Exclusion.other_id == person_id)),
        (Conversation, Conversation.person_id == person_id),
        (MemberTopic, MemberTopic.member_id.in_(mine)),
        (CheckIn, CheckIn.member_id.in_(mine)),
        (Past, Past.member_id.in_(mine)),
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


def forget_at_once(db: Session, person_ids: Iterable[int]) -> None:
    """Delete people and all that tells of them, where nobody is at work: in a restored backup."""
    everybody = [*traces(db, {each: each for each in person_ids}).values()]
    clear_notes(db, everybody)
    for clear in (clear_open, clear_letters):
        upto: int | None = 0
        while upto is not None:
            upto = clear(db, everybody, upto)
    for of in everybody:
        erase(db, of.person_id)


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
    """Delete a membership that has ended, with all that was asked and answered in it. What its person signed
    there stays, and says no longer who it was."""
    theirs = Signature.network_id == member.network_id, Signature.person_id == member.person_id
    db.execute(update(Signature).where(*theirs).values(person_id=None))
    versions = select(Agreement.id).where(Agreement.network_id == member.network_id)
    said = NotYet.person_id == member.person_id, NotYet.agreement_id.in_(versions)
    db.execute(delete(NotYet).where(*said))
    db.execute(delete(Member).where(Member.id == member.id))
    db.expire_all()
