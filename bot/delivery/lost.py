"""Letters that do not arrive, and what is lost with a key: who wrote it, or waits for it, hears that."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import asked
from bot.delivery.letters import Priority, packed, write
from bot.message import Chat
from bot.text import AnyText, _, form, paragraphs
from bot.user_message import key
from db import people
from db.engine import deliveries, letters
from db.engine.deliveries import Lost
from db.privacy import lost_key


def report(db: Session, those: Sequence[Lost], now: datetime, *, only_files: bool = False) -> set[int]:
    """Tell the authors that these letters have not reached these people, and will not, or that `only_files`
    have not: in the transaction in which that is written down, and so only once. Return the people who were
    told."""
    ids = [each.letter_id for each in those]
    written = letters.with_author(db, ids) if ids else {}
    for each in those:
        if (letter := written.get(each.letter_id)) is not None and each.person_id is not None:
            _tell_author(db, letter, each.person_id, now, only_files)
    if ids:
        deliveries.forget_delivered(db.connection(), ids)
    return {letter.author["person"] for letter in written.values()}


def give_up_on(db: Session, messenger: str, chat: str, thread: str = "", *, now: datetime) -> None:
    """Lose what waits for a chat, or for this topic of it, because nothing reaches it; unless its reader is
    reached on another messenger: then it goes there."""
    bring_elsewhere(db, messenger, chat)
    report(db, deliveries.give_up_on(db, messenger, chat, thread, now=now), now)


def bring_elsewhere(db: Session, messenger: str, chat: str) -> None:
    """Bring what waits for somebody's chat to another one of theirs, if there is one."""
    to = people.elsewhere(db, messenger, chat)
    if to is not None:
        deliveries.bring_elsewhere(db, messenger, chat, to)


def _tell_author(db: Session, letter: Any, reader_id: int, now: datetime, only_files: bool) -> None:
    author = letter.author
    wrote = people.merged_into(db, [author["person"]]).get(author["person"], author["person"])
    reached = people.reach(db, [wrote]).get(wrote)
    if reached is None:
        return
    if only_files:
        text = _without_files("" if author["unnamed"] else people.name_of(db, reader_id))
    elif author["unnamed"]:
        text = _not_there(author["words"])
    else:
        text = _not_reached(people.name_of(db, reader_id), author["words"])
    here = key(Chat(reached.messenger, reached.chat), "")
    letters.post(
        db,
        letters.write(db, **packed(text, (), now, forget=True)),
        person_id=reached.person_id,
        messenger=reached.messenger,
        chat=reached.chat,
        priority=Priority.CARRIED,
        reply_to=letter.carries.removeprefix(here) if (letter.carries or "").startswith(here) else None,
    )
    asked.repeat(db, reached.person_id, Priority.CARRIED, now)


def _without_files(name: str) -> AnyText:
    """Return that only the words have arrived; `name` is that of their reader, "" where the author does not
    know it."""
    if not name:
        return _("Your words got there, but the file you sent with them did not.")
    return _("{reader} got your words, but not the file you sent with them.", reader=name)


def _not_reached(name: str, words: str) -> AnyText:
    if not words:
        return _("{reader} did not get what you sent.", reader=name)
    return _("{reader} did not get what you wrote: “{words}”", reader=name, words=words)


def _not_there(words: str) -> AnyText:
    """Return the same of somebody whose name the author does not know: why would tell them from others."""
    again = _("Your words did not get there this time. Please write them again later.")
    return paragraphs(again, form("<blockquote>{words}</blockquote>", words=words)) if words else again


def tell_of_key(
    db: Session,
    gone: lost_key.Lost,
    stopped: Sequence[int],
    receivers: Mapping[int, Sequence[str]],
    operators: Sequence[int],
    now: datetime,
) -> None:
    """Tell that the key was lost those who have reports that are `gone` with it (by id, with the numbers of
    these), those whose questions or messages are, and who runs the bot."""
    for person_id, numbers in receivers.items():
        text = paragraphs(
            _("The key was lost with which reports are sealed, and there is a new one. I am sorry."),
            _(
                "What was reported as {numbers} can no longer be read, and I no longer know who reported it. "
                "Please write down what you remember. If you know who it was, ask them to report it again.",
                numbers=[f"R-{number}" for number in numbers],
            ),
        )
        write(db, [person_id], text, priority=Priority.CARRIED, now=now)
    if stopped:
        text = paragraphs(
            _(
                "Something has gone wrong here, and I have lost what I last asked or wanted to tell you. I "
                "am sorry."
            ),
            _("Please begin again. What you wrote to somebody and what has not arrived, please write anew."),
        )
        write(db, stopped, text, priority=Priority.CARRIED, now=now)
    if operators:
        told = _(
            "The key of what is sealed was lost, and there is a new one. Reports that can no longer be read: "
            "{reports}, not closed: {unfinished}. Open questions that were dropped: {questions}.",
            reports=gone.reports,
            unfinished=gone.unfinished,
            questions=gone.questions,
        )
        write(db, operators, told, priority=Priority.CARRIED, now=now)
