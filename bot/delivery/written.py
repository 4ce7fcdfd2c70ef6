"""What can still be done with letters that are written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.delivery import lost
from bot.delivery.letters import ALBUM, Author, Priority
from bot.delivery.offers import Admit, Delete, Look
from bot.handler import Answerable, Timer, leads_to
from bot.message import Media
from bot.text import AnyText, Verbatim, from_json, paragraphs, to_json
from bot.user_message import UserMessage
from db.engine import deliveries, letters, used
from db.models import Letter, Room
from db.models.sealed import Secret, keeps

OF_FILES = "files"
"""Where looks for files go, one after the other; no messenger has a chat of this name."""


@dataclass(frozen=True, slots=True)
class Written:
    """Letters that are written, in a turn at `now`; `person_id` is who acts in it."""

    db: Session
    now: datetime
    person_id: int | None = None

    def close(self, letter_id: int, shown: AnyText) -> None:
        """Take the buttons off a letter wherever it is, and show this in their place."""
        letters.close(self.db, [letter_id], to_json(shown))

    def change(self, letter: Letter, text: AnyText, words: str) -> None:
        """Say something else in the place of a letter that carries words of the one who acts: these now. Its
        buttons stay."""
        assert self.person_id is not None, "somebody changes their words"
        unnamed = letter.author is not None and letter.author["unnamed"]
        kept = keeps(secretly=isinstance(letter.author, Secret))
        if any(old.state == "waiting" for old in letters.deliveries_of(self.db, letter.id)):
            letters.reword(self.db, letter, kept(to_json(text)))  # what has not left is never read as it was
        self._after(
            letter,
            body=kept(to_json(text)),
            offers=letter.offers,
            author=kept(Author(self.person_id, words, unnamed).to_json()),
            forget=letter.forget,
        )

    def take_back(self, letter: Letter) -> None:
        """Delete a letter wherever it was sent; where it still waits, it does not leave."""
        waiting = [old.id for old in letters.deliveries_of(self.db, letter.id) if old.state == "waiting"]
        deliveries.lose(self.db, waiting, "dropped", now=self.now, reason="taken back")
        # Also for those: one of them may be on its way at this moment.
        self._after(letter, body=None, offers=[], act=Delete().to_json())

    def withdraw(self, priority: Priority, *answered_by: Answerable) -> list[int]:
        """Let what still waits not leave, of this priority, where words in answer to it would lead to one of
        these steps. Return whom it does not reach."""
        leads = [leads_to(step) for step in answered_by]
        rows = letters.waiting_for_words(self.db, priority)
        waiting = [row.id for row in rows if row.on_reply in leads]
        lost = deliveries.lose(self.db, waiting, "dropped", now=self.now, reason="over")
        return [each.person_id for each in lost if each.person_id is not None]

    def completes_album(self, said: UserMessage) -> bool:
        """Put what was said into the letter that waits for the whole of its album. Return whether there is
        one."""
        letter = letters.of_album(self.db, said.album, self.now) if said.album else None
        if letter is None:
            return False
        body = letter.body
        if said.words:  # each part can have words of its own
            body = to_json(paragraphs(from_json(body), Verbatim(said.words)))
        if said.message:
            used.note(self.db.connection(), [used.row(said.message, said.words, by="", now=self.now)])
        letters.extend(self.db, letter, body, [each.to_json() for each in said.media], self.now + ALBUM)
        return True

    def give_up_on(self, messenger: str, chat: str, thread: str = "") -> None:
        """Lose what waits for a chat, or for one topic of it, because nothing reaches it."""
        lost.give_up_on(self.db, messenger, chat, thread, now=self.now)

    def admit(self, room: Room, account: str) -> None:
        """Let an account into a room."""
        letter_id = letters.write(self.db, body=None, offers=[], act=Admit(account).to_json(), now=self.now)
        letters.post(
            self.db,
            letter_id,
            person_id=None,
            messenger=room.messenger,
            chat=room.chat,
            room_id=room.id,
            priority=Priority.ANSWER,
        )

    def look_for(self, files: Sequence[Media], missing: Timer, *, about: str) -> None:
        """Look, when nothing else has to leave, whether the messengers still have these files. Where one is
        missing, a timer about this is due; a look that comes to nothing within a day is dropped."""
        look = Look(missing.name, missing.to_json(), about).to_json()
        for messenger in sorted({each.messenger for each in files}):
            media = [each.to_json() for each in files if each.messenger == messenger]
            letter_id = letters.write(self.db, body=None, offers=[], media=media, act=look, now=self.now)
            letters.post(
                self.db,
                letter_id,
                person_id=None,
                messenger=messenger,
                chat=OF_FILES,
                priority=Priority.ANNOUNCEMENT,
                expires_at=self.now + timedelta(days=1),
            )

    def _after(self, letter: Letter, **content: Any) -> None:
        """Post a letter that does something to what an earlier one has become."""
        next_ = letters.write(self.db, now=self.now, **content)
        for old in letters.deliveries_of(self.db, letter.id):
            letters.post(
                self.db,
                next_,
                person_id=old.person_id,
                messenger=old.messenger,
                chat=old.chat,
                room_id=old.room_id,
                thread=old.thread,
                priority=old.priority,
                replaces=old.id,
            )
