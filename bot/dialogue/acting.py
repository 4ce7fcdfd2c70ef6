"""Who acts in a run of a handler, where and when, and the rows about which it decides."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Self, TypeVar, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.delivery.letters import Content, Priority
from bot.delivery.offers import Button
from bot.dialogue.access import Actor, may
from bot.dialogue.dialogue import Dialogue, Said
from bot.dialogue.meaning.in_need import dismissed, need_of
from bot.dialogue.replies import Repeats
from bot.dialogue.router import Router
from bot.handler import Role
from bot.installation import Installation, reader_of
from bot.message import Identity as Account
from bot.reading.need import Need, phrases, understood
from bot.text import AnyText, Reader
from bot.times import Quiet
from db import holds, models, people
from db.engine import actors, seen
from db.holds import Row
from db.models import InNetwork, Member, Network, Person, Room

Ours = TypeVar("Ours", bound=InNetwork)


@dataclass
class Acting:
    """The ground of a run: what it stands on.

    `actor` is who acts (none when a timer does, or a stranger in a room); `now` is UTC; `room` is where it
    happens, none in a private chat, `thread` which topic of it, and `is_admin` whether the actor may change
    its settings, none where that is not known.
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
    is_admin: bool | None = None
    sealed: bool = False  # whether what is said and written is sealed while it is kept
    notified: dict[int, Priority] = field(default_factory=dict)  # who else got a letter in this run
    repeats: Repeats = "as usual"  # whether the open question is asked again below what is said in this run
    not_theirs: set[int] = field(default_factory=set)  # questions that they no longer have, by id
    network_id: int | None = None  # where buttons act, whoever presses them: in the network of the actor

    def __post_init__(self) -> None:
        if self.network_id is None and self.actor is not None:
            self.network_id = self.actor.known.network_id

    # --- who and where ---------------------------------------------------------------------------

    @property
    def person(self) -> Person:
        """Return the one who acts."""
        assert self.actor is not None, "a timer has no person"
        return self.actor.person

    @property
    def identity(self) -> models.Identity:
        """Return the account they act from."""
        assert self.actor is not None, "a timer has no account"
        return self.actor.identity

    @property
    def member(self) -> Member:
        """Return their membership in the active network; only for handlers that need a member."""
        assert self.actor is not None and self.actor.member is not None, "the handler must need a member"
        return self.actor.member

    @property
    def network(self) -> Network:
        """Return the network they are active in; only for handlers that need a member."""
        return self.member.network

    @property
    def in_several(self) -> bool:
        """Whether they are in other networks than this one too."""
        return self.actor is not None and self.actor.known.elsewhere

    @property
    def has_rooms(self) -> bool:
        """Whether there is a room of the network they are active in where the bot may write."""
        return self.actor is not None and self.actor.known.has_rooms

    @property
    def has_cards(self) -> bool:
        """Whether something that was found out is written down in the network they are active in."""
        return self.actor is not None and self.actor.known.has_cards

    @property
    def rest(self) -> str:
        """Return what was written after the command and has answered no question so far."""
        return self.dialogue.rest

    @property
    def today(self) -> date:
        """Return which day it is for the one who acts."""
        return self.day_of(self.now)

    def day_of(self, moment: datetime) -> date:
        """Return which day a moment is for the one who acts, in the time zone in which they read."""
        return moment.astimezone(ZoneInfo(self.reader.time_zone)).date()

    def turn_to(self, network: Network) -> None:
        """Say and do what follows in this network, whichever the one who acts is active in."""
        self.network_id = network.id
        if self.actor is not None:
            self.actor = self.actor.inside(network.id)

    def as_member(self, member: Member) -> Self | None:
        """Return a run in which a member would act, for a timer that looks at what they would see; None where
        they cannot be reached."""
        there = people.account(member.person)
        accounts = [(there.messenger, there.account)] if there is not None else []
        for account, (known, _parked) in actors.known(self.db, accounts, member.network_id).items():
            actor = Actor(self.db, known, Account(*account) in self.installation.operators)
            reader = reader_of(known, self.installation)
            return replace(self, actor=actor, reader=reader, network_id=member.network_id)
        return None

    def may(self, needs: Role) -> bool:
        """Whether the one who acts has this role."""
        return self.actor is not None and may(needs, self.actor)

    def quiet(self, person: Person, network: Network | None) -> Quiet:
        """Return when a person is not to be disturbed."""
        return Quiet.of(person, self.zone(person, network))

    def zone(self, person: Person, network: Network | None = None) -> ZoneInfo:
        """Return the time zone a person lives in, as far as is known."""
        return self.installation.zone(person.time_zone, network.time_zone if network else None)

    # --- deciding --------------------------------------------------------------------------------

    def hold(self, kind: type[Row], key: int) -> Row | None:
        """Lock a row and read it afresh; other programs wait until this turn ends. Return None where there is
        none."""
        return holds.lock_row(self.db, kind, key)

    def ours(
        self,
        kind: type[Ours],
        key: int,
        *,
        gone: AnyText,
        still: Callable[[Ours], bool] = lambda row: True,
    ) -> Ours | None:
        """Lock a row of the active network. Say `gone` and return None where there is no such row, where it
        belongs to another network, or where it is `still` what it has to be no longer."""
        row = self.hold(kind, key)
        if row is not None and row.network_id == self.network.id and still(row):
            return row
        self.say(gone)
        return None

    def hold_roles(self) -> None:
        """Lock the roles of the active network until this turn ends. Where the one who acts has another role
        by now, the turn begins anew."""
        began_as = self.member.state, self.member.role
        self.hold(Network, self.network.id)
        self.hold(Member, self.member.id)
        if (self.member.state, self.member.role) != began_as:
            raise holds.StaleRead

    # --- answering ---------------------------------------------------------------------------------

    def say(self, text: AnyText, *buttons: Button, **content: Unpack[Content]) -> None:
        """Say something to the one who acts. What is said before a question stands above it; what is said
        after each other is one message, up to the first with buttons."""
        self.dialogue.said.append(Said(text, buttons, content))

    def show(self, text: AnyText, *buttons: Button, **content: Unpack[Content]) -> None:
        """Say something in the place of the message whose button was pressed; below, where words led here.
        A button that stays when it is pressed keeps its message."""
        self.dialogue.said.append(Said(text, buttons, content, instead=True))

    # --- words of need ---------------------------------------------------------------------------

    def need(self, words: str) -> Need | None:
        """Return what need words speak of; None too where the one who acts has said today that theirs are not
        meant so."""
        assert self.actor is not None, "somebody has written them"
        return need_of(self.db, self.actor.known.person_id, words, self.now)

    def need_marks(self, need: Need) -> list[str]:
        """Return marks of the phrases by which a need was understood: they tell nobody what these are."""
        return [dismissed(self.db, self.person.id, phrase) for phrase in sorted(need.phrases)]

    def dismiss_marks(self, marks: Collection[str]) -> None:
        """Note for a day that the one who acts does not mean so what these marks stand for."""
        for mark in sorted(
            {dismissed(self.db, self.person.id, phrase) for phrase in phrases()}.intersection(marks)
        ):
            seen.mark(self.db, mark, self.now)

    def dismiss_need(self, words: str) -> None:
        """Note for a day that the one who acts does not mean such words so."""
        need = understood(words)
        for phrase in sorted(need.phrases) if need is not None else []:
            seen.mark(self.db, dismissed(self.db, self.person.id, phrase), self.now)
