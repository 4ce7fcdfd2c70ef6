"""How a handler tells others, and what it leaves for later."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Unpack

from bot.delivery import asked, letters
from bot.delivery.letters import Author, Content, Priority
from bot.delivery.offers import Button
from bot.delivery.written import Written
from bot.dialogue.acting import Acting
from bot.handler import Slice, Timer
from bot.listing import Section, laid_out
from bot.making.recipes import Recipe
from bot.text import AnyText, Text
from bot.times import AWAKE
from bot.user_message import UserMessage
from db import people
from db.engine import conversations, timers
from db.models import Network, Person, Room

Readers = Person | Iterable[Person]


class Telling(Acting):
    """The ways to write to others, and to plan."""

    # --- telling ---------------------------------------------------------------------------------

    def say_list(
        self,
        title: AnyText,
        *sections: Section,
        buttons: Sequence[Button] = (),
        choose: Text | None = None,
        file: Recipe | None = None,
    ) -> None:
        """Say a list, below a `file`. `buttons` belong to the whole of it. With `choose` the number of a line
        does what it says, which is the only deed of each; without, it opens the line with all of its
        deeds."""
        text, offered = laid_out(title, sections, buttons, choose)
        self.say(text, *offered, file=file)

    def tell(
        self, whom: Readers, text: AnyText, *buttons: Button, priority: Priority, **content: Unpack[Content]
    ) -> tuple[int, list[int]]:
        """Write a letter to others, stored once for all of them. Return its id, and the ids of those who can
        be reached."""
        ids = [whom.id] if isinstance(whom, Person) else [person.id for person in whom]
        content["network_id"] = self.network_id
        content["secret"] = self.sealed or content.get("secret", False)
        written = letters.write(self.db, ids, text, buttons, priority=priority, now=self.now, **content)
        self.notified |= dict.fromkeys(written[1], priority)
        return written

    def tell_more(self, letter_id: int, person_ids: Sequence[int], *, priority: Priority) -> list[int]:
        """Bring a letter that is written to more people. Return the ids of those who can be reached."""
        reached = letters.post(self.db, letter_id, person_ids, priority=priority)
        self.notified |= dict.fromkeys(reached, priority)
        return reached

    def carry(
        self,
        whom: Readers,
        text: AnyText,
        said: UserMessage,
        /,
        *buttons: Button,
        unnamed: bool = False,
        answers_in: int | None = None,
        priority: Priority = Priority.CARRIED,
        **content: Unpack[Content],
    ) -> tuple[int, list[int]]:
        """Write like `tell`, with what the one who acts said (an empty message where only the letter
        speaks for them). They hear it where it does not arrive, without who it was where the other is
        `unnamed` to them. `answers_in` is the number of a network in which it counts that a human answered,
        once it has arrived."""
        content["carries"] = said
        content["author"] = Author(self.person.id, said.words, unnamed, answers_in)
        return self.tell(whom, text, *buttons, priority=priority, **content)

    def tell_rooms(
        self,
        rooms: Iterable[Room],
        text: AnyText,
        *buttons: Button,
        priority: Priority,
        **content: Unpack[Content],
    ) -> int:
        """Write a letter to all who are in these rooms, stored once. Return its id."""
        content["network_id"] = self.network_id
        return letters.write_in_rooms(
            self.db, rooms, text, buttons, priority=priority, now=self.now, **content
        )

    def ask_again(self, person_id: int, text: AnyText, *, priority: Priority) -> None:
        """Ask somebody's open question once more, below these words."""
        parked = conversations.open_of_each(self.db, [person_id])
        asked.repeat_each(self.db, parked, {person_id: priority}, self.now, before={person_id: [text]})

    @property
    def letters(self) -> Written:
        """Return what can still be done with letters that are written."""
        return Written(self.db, self.now, self.actor.known.person_id if self.actor is not None else None)

    def admit(self) -> None:
        """Let the one who acts into the room that they asked to come into."""
        assert self.room is not None, "somebody asked to come into a room"
        self.letters.admit(self.room, self.identity.account)

    # --- later -----------------------------------------------------------------------------------

    def later(self, when: datetime | timedelta, timer: Timer, *, about: str) -> None:
        """Let a timer come due at a time (UTC) or after a while; `about` names what it belongs to."""
        due_at = when if isinstance(when, datetime) else self.now + when
        timers.schedule(self.db, due_at, timer.name, timer.to_json(), about)

    def later_all(self, plans: Iterable[tuple[datetime, Timer, str]]) -> None:
        """Let many timers come due: for each, when (UTC), the timer, and what it is about."""
        timers.schedule_all(self.db, ((at, timer.name, timer.to_json(), about) for at, timer, about in plans))

    def go_on(self, slice_: Slice, place: Any, *, about: str) -> None:
        """Leave the rest of a slice, which comes after a place, to the next turn of its kind."""
        self.later(self.now, replace(slice_, place=place), about=about)

    def call_off(self, about: str, timer: type[Timer] | None = None) -> None:
        """Forget what was planned about something, or only the timers of one kind."""
        timers.call_off(self.db, about, timer.name if timer else None)

    def sleeps(self, person: Person, network: Network) -> bool:
        """Whether a letter to them has to wait for the end of their quiet hours, although it carries the
        words of a person."""
        return person.id in self.asleep([(person, network)])

    def asleep(self, whom: Sequence[tuple[Person, Network]]) -> set[int]:
        """Return those of many, by id, to whom a letter has to wait, although it carries the words of a
        person."""
        wrote = people.last_heard(self.db, [person.id for person, _network in whom])
        awake = {id_ for id_, at in wrote.items() if self.now - at < AWAKE}
        return {
            person.id
            for person, network in whom
            if person.id not in awake and self.quiet(person, network).at(self.now)
        }
