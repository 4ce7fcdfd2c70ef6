"""What a handler gets: who acts, the database, the time, and the ways to ask and to tell."""

import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import i18n
from bot import letters
from bot.access import Actor, Role, may
from bot.dialogue import Dialogue, Instead, Question, Said
from bot.letters import Button, Priority
from bot.message import Identity
from bot.note import Note
from bot.quiet import AWAKE, Quiet
from bot.router import Router, name_of
from bot.text import AnyText, Reader, Text, form, paragraphs
from db import holds, models, people, timers
from db.holds import Row
from db.models import Letter, Member, Network, Person, Room


@dataclass(frozen=True)
class Keep:
    """How many days things are kept (product.md, "Privacy and safety")."""

    closed_request_days: int = 90
    delivery_days: int = 30
    seen_days: int = 30
    journal_days: int = 730


SILENT = timedelta(minutes=2)
"""A messenger from which nothing came for so long is not there: each answers at least twice a minute."""


@dataclass(frozen=True)
class Installation:
    """What the operator decided, for handlers. `link` gives each connected messenger's link for a payload,
    `link_into_room` the one that also brings the bot into a room; `heard` is how long ago each messenger
    last answered; `operators` are accounts;
    `messages_per_second` is how fast letters leave; `rng` makes codes."""

    name: str = "mentorNET"
    languages: Sequence[str] = (i18n.SOURCE,)
    time_zone: str = "UTC"
    open_founding: bool = False
    messages_per_second: float = 29.0
    operators: Collection[Identity] = frozenset()
    keep: Keep = Keep()
    link: Callable[[str], Mapping[str, str]] = lambda payload: {}
    heard: Callable[[], Mapping[str, timedelta]] = dict
    link_into_room: Callable[[str], Mapping[str, str]] = lambda payload: {}
    rng: random.Random = field(default_factory=random.SystemRandom)

    def reader(
        self, languages: Iterable[str | None], time_zones: Iterable[str | None], prefix: str = "/"
    ) -> Reader:
        """How to write to somebody, from what is known of them, strongest first: their choice, their
        messenger's hint, their network's; at last the installation's."""
        return Reader(i18n.choose(languages, self.languages), self.zone(*time_zones).key, prefix)

    def way(self, messenger: str, payload: str = "") -> str:
        """The link to our chat on a messenger, with the payload where its links carry one; "" for none."""
        return self.link(payload).get(messenger) or self.link("").get(messenger, "")

    def zone(self, *time_zones: str | None) -> ZoneInfo:
        """The first that is known of these time zones, else the installation's."""
        return ZoneInfo(next(filter(None, time_zones), self.time_zone))


@dataclass
class Context:
    """One run of a handler.

    `actor` is who acts (none when a timer does, or a stranger in a room); `now` is UTC; `room` is where it
    happens, none in a private chat, `thread` which topic of it, and `leads` whether the actor may change its
    settings, none where that is not known. Before its last question a handler may only read: whatever it
    wrote is rolled back when it asks.
    """

    db: Session
    now: datetime
    installation: Installation
    router: Router
    dialogue: Dialogue
    actor: Actor | None = None
    reader: Reader = field(default_factory=Reader)
    room: Room | None = None
    thread: str = ""
    leads: bool | None = None
    told: dict[int, Priority] = field(default_factory=dict)  # who else got a letter in this run

    # --- who and where ---------------------------------------------------------------------------

    @property
    def person(self) -> Person:
        """The one who acts."""
        assert self.actor is not None, "a timer has no person"
        return self.actor.person

    @property
    def identity(self) -> models.Identity:
        """The account they act from."""
        assert self.actor is not None, "a timer has no account"
        return self.actor.identity

    @property
    def member(self) -> Member:
        """Their membership in the active network; only for handlers that need a member."""
        assert self.actor is not None and self.actor.member is not None, "the handler must need a member"
        return self.actor.member

    @property
    def network(self) -> Network:
        """The network they are active in; only for handlers that need a member."""
        return self.member.network

    @property
    def words(self) -> str:
        """What was written after the command and answered no question so far."""
        return self.dialogue.words

    def may(self, needs: Role) -> bool:
        """Whether the one who acts has this role."""
        return self.actor is not None and may(needs, self.actor)

    def quiet(self, person: Person, network: Network | None) -> Quiet:
        """A person's quiet hours."""
        return Quiet(person.quiet_from, person.quiet_to, self.zone(person, network))

    def zone(self, person: Person, network: Network | None = None) -> ZoneInfo:
        """The time zone a person lives in, as far as is known."""
        return self.installation.zone(person.time_zone, network.time_zone if network else None)

    # --- deciding --------------------------------------------------------------------------------

    def hold(self, kind: type[Row], key: int) -> Row | None:
        """A row that is decided about, as it is now: in other programs that has to wait until this turn is
        over. None where there is none."""
        return holds.hold(self.db, kind, key)

    def hold_roles(self) -> None:
        """Have nobody else change who is who in the active network. Where somebody just did, and the one who
        acts has another role by now, the turn begins anew."""
        began_as = self.member.state, self.member.role
        self.hold(Network, self.network.id)
        self.hold(Member, self.member.id)
        if (self.member.state, self.member.role) != began_as:
            raise holds.OnceMore

    # --- asking ----------------------------------------------------------------------------------

    def ask(
        self,
        name: str,
        text: AnyText,
        *,
        parse: Callable[[str], Any] | None = None,
        suggest: Mapping[str, AnyText] | None = None,
        skip: AnyText | None = None,
        max_length: int = 1000,
    ) -> Any:
        """A question that is answered in words; `parse` turns them into a JSON value or raises Unclear.
        `suggest` (value → label) offers answers to tap. None when skipped."""
        return self.dialogue.answer(
            Question(name, text, suggest or {}, skip=skip, parse=parse or _as_it_is, max_length=max_length)
        )

    def ask_note(self, name: str, text: AnyText, *, max_length: int = 1000) -> Note:
        """A question that is answered in words, by a voice note, a picture or a file."""
        return Note.from_json(self.dialogue.answer(Question(name, text, note=True, max_length=max_length)))

    def choose(
        self, name: str, text: AnyText, options: Mapping[str, AnyText], *, skip: AnyText | None = None
    ) -> Any:
        """One of `options` (value → label), or None when skipped."""
        return self.dialogue.answer(Question(name, text, options, skip=skip))

    def choose_many(
        self, name: str, text: AnyText, options: Mapping[str, AnyText], *, skip: AnyText | None = None
    ) -> list[str]:
        """Some of `options`; an empty list when skipped."""
        return self.dialogue.answer(Question(name, text, options, many=True, skip=skip)) or []

    def confirm(self, name: str, text: AnyText, *, yes: AnyText, no: AnyText) -> bool:
        """Yes or no, in the handler's own words."""
        return bool(self.choose(name, text, {"yes": yes, "no": no}) == "yes")

    def speak(self, locale: str) -> None:
        """Ask what follows in this language: who chose it reads it at once, also before it is kept."""
        self.reader = self.dialogue.reader = replace(self.reader, locale=locale)
        self.dialogue.language = locale

    def instead(self, handler: Callable[..., None], *args: Any, words: str = "") -> NoReturn:
        """Leave this to another handler, as if it had been called with these words."""
        raise Instead(handler, args, words)

    # --- telling ---------------------------------------------------------------------------------

    def say(self, text: AnyText, *buttons: Button, picture: Any = None, forget: bool = False) -> None:
        """Words for the one who acts. What is said before a question stands above it; what is said after
        each other is one message, up to the first with buttons."""
        self.dialogue.said.append(Said(text, buttons, picture, forget))

    def tell(
        self,
        whom: Person | Iterable[Person],
        text: AnyText,
        *buttons: Button,
        priority: Priority,
        **more: Any,
    ) -> list[int]:
        """A letter to others, stored once for all of them; the ids of those who can be reached. `more` is
        that of `letters.write`."""
        return self.write(whom, text, *buttons, priority=priority, **more)[1]

    def write(
        self,
        whom: Person | Iterable[Person],
        text: AnyText,
        *buttons: Button,
        priority: Priority,
        **more: Any,
    ) -> tuple[int, list[int]]:
        """Like `tell`; also the letter's id."""
        ids = [whom.id] if isinstance(whom, Person) else [person.id for person in whom]
        letter_id, reached = letters.write(
            self.db, ids, text, buttons, priority=priority, now=self.now, **more
        )
        self.told |= dict.fromkeys(reached, priority)
        return letter_id, reached

    def tell_rooms(
        self, rooms: Iterable[Room], text: AnyText, *buttons: Button, priority: Priority, **more: Any
    ) -> int:
        """A letter to all who are in these rooms, stored once; its id. `more` is that of
        `letters.write_in_rooms`."""
        return letters.write_in_rooms(self.db, rooms, text, buttons, priority=priority, now=self.now, **more)

    def close(self, letter_id: int, shown: AnyText) -> None:
        """Take the buttons off a letter wherever it is, and show this in their place."""
        letters.close_question(self.db, letter_id, shown)

    def change(self, letter: Letter, text: AnyText) -> None:
        """Say something else in the place of a letter that carries words."""
        letters.change(self.db, letter, text, self.now)

    def take_back(self, letter: Letter) -> None:
        """Have a letter vanish wherever it was sent."""
        letters.take_back(self.db, letter, self.now)

    def completes_album(self, note: Note) -> bool:
        """Whether what was said belongs to an album that is about to leave: then it leaves with it."""
        return letters.completes_album(self.db, note, self.now)

    def admit(self) -> None:
        """Let the one who acts into the room that they asked to come into."""
        assert self.room is not None
        letters.admit(self.db, self.room, self.identity.account, self.now)

    # --- later -----------------------------------------------------------------------------------

    def later(self, when: datetime | timedelta, handler: Callable[..., None], *args: Any, about: str) -> None:
        """Call a handler at a time (UTC) or after a while; `about` names what it belongs to."""
        due_at = when if isinstance(when, datetime) else self.now + when
        timers.set_(self.db, due_at, name_of(handler), list(args), about)

    def call_off(self, about: str, handler: Callable[..., None] | None = None) -> None:
        """Forget what was planned about something, or only one handler's part of it."""
        timers.call_off(self.db, about, name_of(handler) if handler else None)

    def sleeps(self, person: Person, network: Network) -> bool:
        """Whether a letter to them has to wait for the end of their quiet hours, although it carries the
        words of a person."""
        reached = people.reach(self.db, [person.id]).get(person.id)
        awake = reached is not None and self.now - reached.last_wrote_at < AWAKE
        return not awake and self.quiet(person, network).at(self.now)


def _as_it_is(words: str) -> str:
    return words


def heading(title: Text, *rest: AnyText) -> AnyText:
    """A message with a bold first line."""
    return paragraphs(form("<b>{title}</b>", title=title), *rest)
