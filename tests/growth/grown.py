"""A network that has grown, and everything that can happen in it: each handler is called by those who may,
for rows that are there, and what is asked then is answered in every way. Nothing of it is kept."""

import itertools
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

from sqlalchemy import event, func, select, update

from bot.handler import Handler, Place, Role, Stored
from bot.lists import Debts, Retention
from bot.message import (
    Added,
    AsksIn,
    Chat,
    Deleted,
    Edited,
    Event,
    Identity,
    Left,
    MovedTo,
    Newcomers,
    Opened,
    Pressed,
    Removed,
    Returned,
    Unsupported,
    Words,
    WordsOfNeed,
)
from bot.text import Verbatim, to_json
from db.engine import timers
from db.engine.turns import TurnSession
from db.models import Invitation, Member
from db.network import invitations
from tests.growth.history import Size, fill
from tests.growth.plans import shape
from tests.rights.world import CODES, LINKING, NOW, OPERATOR, VOUCHING, A, World

WIDTH = (9, 2, 1, 1, 1, 1, 1, 1)
"""How many answers to the first question are tried, to the second, and so on."""
SAID = {"words": "Ana", "media": [], "message": "", "album": ""}
ROOM = Chat("telegram", f"room{A}", private=False)
WHO: Mapping[Role, Sequence[str]] = {
    Role.ANYONE: ("ana", "mia", "hel"),
    Role.MEMBER: ("ana", "mia", "hel"),
    Role.META_MENTOR: ("mia",),
    Role.OPERATOR: (OPERATOR,),
}
"""Who tries what somebody in this role may do: a member with questions, who coordinates, and where it is
about a question, who helps with it."""
COMMANDS: Mapping[str, Sequence[str]] = {
    "ask": ("/ask papers",),
    "members": ("/members Ana",),
    "join": (f"/join {CODES[A]}",),
    "card": ("/card Alpha",),
    "apply": ("/apply Alpha",),
    "vouch": (f"/vouch {VOUCHING[A]}",),
    "link": ("/link", f"/link {LINKING}"),
}
"""Commands with words behind them that lead elsewhere than the command alone."""
EVENTS: Mapping[str, tuple[Event, Chat | None]] = {
    "Added": (Added(), Chat("telegram", "new", private=False)),
    "AsksIn": (AsksIn("str"), ROOM),
    "Deleted": (Deleted("m1"), None),
    "Edited": (Edited("other words", "m1"), None),
    "Left": (Left(), None),
    "MovedTo": (MovedTo("elsewhere"), ROOM),
    "Newcomers": (Newcomers(((Identity("telegram", "nia"), "Nia"),)), ROOM),
    "Removed": (Removed(), ROOM),
    "Returned": (Returned(), None),
    "Unsupported": (Unsupported("sticker"), None),
    "bot.InNeed": (WordsOfNeed("I want to die", "c1"), None),
    "bot.Unasked": (Words("Good morning, what is this?", "c1"), None),
}
"""What happens to the handlers of events, and in which room."""
OTHERS: Mapping[str, Sequence[Any]] = {
    "after": (0,),
    "agrees": (True, False),
    "before": (10**9,),
    "privacy.ForgetAnswers.before": ("2026-03-02T00:00:00+00:00",),
    "but": ([],),
    "called": ("",),
    "choice": ("yes", "no", "any"),
    "about": (1,),
    "together": (True, False),
    "code_hash": (invitations.hash_of(CODES[A]),),
    "condition": ("agreement_holds", "deputy_named"),
    "day": ("2026-03-02",),
    "days": (2, 5),
    "deeds": ([],),
    "fates": (["new", "changed"],),
    "free": (True,),
    "group": ("member",),
    "how": ("no", "yes"),
    "languages": (["de"],),
    "listed": (True, False),
    "handing_over.AnswerHandover.says": ("yes", "talk", "no"),
    "partnering.SayTogether.says": ("yes", "talk"),
    "checking_in.SayAmount.says": ("right", "less", "more", "talk"),
    "letters": ({"en": 1},),
    "made_at": ("2026-03-01T00:00:00+00:00",),
    "line": (to_json(Verbatim("A line")),),
    "marks": ([],),
    "messenger": ("matrix", "telegram"),
    "mood": ("good", "not_good"),
    "named": (True,),
    "near": ("", "Heidelberg"),
    "network.WelcomeRest.named": ([1, 2],),
    "network.WelcomeRest.others": ([3],),
    "n": (1,),
    "number": (0,),
    "on": (True, False),
    "place": (None,),
    "coordinating.MoreDebts.place": (10,),
    "electing.BringPapers.place": (100,),
    "shared": (True, False),
    "shown": (True, False),
    "sharing.ConfirmCard.says": ("yes", "no"),
    "reminds": (True, False),
    "replied": (True,),
    "role": ("deputy", "meta_mentor"),
    "row_id": (1,),
    "said": (SAID,),
    "since": ("2026-03-01T00:00:00+00:00",),
    "so_far": ({},),
    "value": (5,),
    "what": ("uses", "days", "label"),
    "was": (True, False),
    "weekday": (2,),
    "wish": ("who_sees",),
    "words": ("", "Ana"),
}
"""Arguments that are no ids, also those of one step → what is tried for them. Whatever else has a default
keeps it."""
KINDS = {
    **dict.fromkeys(("anew", "by", "coordinator", "explains", "other", "remover"), "person"),
    "for": "relay",
}
"""What an id is of, where its name does not say it."""
LISTS: Mapping[str, Callable[[], Sequence[Any]]] = {
    "kind": lambda: [*Debts.named()],
    "left": lambda: [[name] for name in Retention.named()],
}
"""The same for what areas add."""
MOST = 4
"""Of more combinations of arguments than these, so many are tried."""


@dataclass(frozen=True)
class Probe:
    """Something that happens, and the handler that it is meant for; a timer where nobody does it."""

    handler: str
    how: str
    who: str = ""
    room: Chat | None = None
    event: Callable[[World, TurnSession], Event] | None = None
    args: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """How a turn ended, and its statements."""

    outcome: str
    statements: Sequence[str]


class Grown(World):
    """The world of the rights, in which so many more people are. Turns are at the same moment, and choose by
    the same chance. `shapes` are all statements that are not alike, each as it was said first and with its
    values then."""

    def __init__(self, url: str, size: Size) -> None:
        super().__init__(url)
        self._statements: list[str] = []
        self._acts_now = False
        self.shapes: dict[str, tuple[str, Any]] = {}
        with self.database.begin() as connection:
            of_course = select(func.max(Invitation.id)).where(Invitation.cohort_id == self.ids["cohort A"])
            came = update(Member).where(Member.id == self.ids["member hel A"])
            connection.execute(came.values(invitation_id=of_course.scalar_subquery()))
            fill(connection, size, now=NOW, time_zone="UTC")
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("ANALYZE")
        event.listen(self.database, "before_cursor_execute", self._hears)

    def _hears(self, _connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        self._statements.append(statement)
        if self._acts_now:
            given = values[0] if isinstance(values, list) else values
            self.shapes.setdefault(shape(statement), (statement, given))

    # --- what can happen ---------------------------------------------------------------------------

    def probes(self) -> Iterator[Probe]:
        """Return all of them, handler by handler."""
        for name, handler in sorted((self.router.handlers | self.router.timers).items()):
            if name in EVENTS:
                event, room = EVENTS[name]
                yield Probe(name, "it happens", "ana", room, _always(event))
            elif handler.timed:
                for args in self._arguments(handler):
                    yield Probe(name, f"due with {args}", args=args)
            else:
                yield from self._acts(name, handler)

    def _acts(self, name: str, handler: Handler) -> Iterator[Probe]:
        arguments = self._arguments(handler)
        helps = any({"request_id", "relay_id"} & args.keys() for args in arguments)
        for who in WHO[handler.needs][: 3 if helps else 2]:
            if handler.command:
                for words in (f"/{name}", *COMMANDS.get(name, ())):
                    yield Probe(name, f"{who}: {words}", who, None, _always(Words(words, "c1")))
                    if handler.place is not Place.PRIVATE:
                        room = _always(Words(words, "c1"))
                        yield Probe(name, f"{who} in the room: {words}", who, ROOM, room)
                if handler.payload:
                    link = _always(Opened(f"{handler.payload}_{CODES[A]}"))
                    yield Probe(name, f"{who}: a link", who, None, link)
                continue
            for args in arguments:
                yield Probe(name, f"{who} with {args}", who, None, _pressed(who, name, args))

    def _arguments(self, handler: Handler) -> Sequence[Mapping[str, Any]]:
        """Return what may stand in a row of this handler: the rows of the first network."""
        takes = handler.takes
        stored = isinstance(takes, type) and issubclass(takes, Stored)
        tried: dict[str, Sequence[Any]] = {}
        for each in fields(takes) if stored else ():
            values = OTHERS.get(f"{handler.name}.{each.name}", OTHERS.get(each.name))
            if values is not None:
                tried[each.name] = values
            elif each.name in LISTS:
                tried[each.name] = LISTS[each.name]()
            elif each.name.endswith("_id"):
                kind = each.name.removesuffix("_id")
                tried[each.name] = self._ids(KINDS.get(kind, kind))
        every = [dict(zip(tried, values, strict=True)) for values in itertools.product(*tried.values())]
        if len(every) <= MOST or LISTS.keys() & tried.keys():
            return every
        return random.Random(handler.name).sample(every, MOST)

    def _ids(self, kind: str) -> Sequence[int]:
        """Return the rows of a kind that belong to the first network, or are people of it."""
        own = {
            "network": ("A", "that waits"),
            "person": ("ana", "hel", "mia", "fou"),
            "member": ("ana A", "hel A", "dep A", "rem A"),
            "check_in": ("ana A", "mia A"),
        }
        named = [name.removeprefix(f"{kind} ") for name in self.ids if name.startswith(f"{kind} ")]
        chosen = own.get(kind) or [name for name in named if name.startswith(A)]
        return [self.ids[f"{kind} {name}"] for name in chosen]

    # --- how it goes --------------------------------------------------------------------------------

    def goes(self, probe: Probe) -> dict[str, Turn]:
        """Return each turn that may come of it, by the way that led there."""
        self._events, found = 0, dict[str, Turn]()
        self.engine.installation.rng.seed(5)
        with self.sessions() as db:
            if probe.event is None:
                told = self._counted(lambda: self.comes_due(db, probe.handler, dict(probe.args)))
                found[probe.how] = told
                self._follow(db, probe.how, found)
            else:
                self._answer(db, probe, probe.event(self, db), probe.room, probe.how, 0, found)
            db.rollback()
        return found

    def _counted(self, act: Callable[[], Any]) -> Turn:
        heard: list[str] = []
        self._statements, self._acts_now = heard, True
        told = act()
        self._statements, self._acts_now = [], False
        return Turn(told.outcome if told is not None else "taken by others", heard)

    def _answer(
        self,
        db: TurnSession,
        probe: Probe,
        happens: Event,
        room: Chat | None,
        way: str,
        depth: int,
        found: dict[str, Turn],
    ) -> None:
        """Go on from here in every way."""
        point, latest = db.begin_nested(), self.latest(db)
        found[way] = self._counted(lambda: self.acts(db, probe.who, happens, room, True))
        self._follow(db, way, found)
        if found[way].outcome == "asked" and depth < len(WIDTH):
            heard = [each for each in self.heard(db, latest) if each.chat in (probe.who, ROOM.id)]
            question = heard[-1]
            room = ROOM if question.chat == ROOM.id else None
            slots = [slot for slot, offer in enumerate(question.offers) if "conversation" in offer]
            answers: list[Event] = [Pressed(slot, outgoing=question.delivery) for slot in slots]
            if len(answers) < 2:  # words are asked for, and perhaps something else is offered
                answers.insert(0, Words("Ana Other", f"a{depth}"))
            for answer in answers[: WIDTH[depth]]:
                told = f"{answer.slot}" if isinstance(answer, Pressed) else "words"
                self._answer(db, probe, answer, room, f"{way} > {told}", depth + 1, found)
        point.rollback()
        db.expunge_all()

    def _follow(self, db: TurnSession, way: str, found: dict[str, Turn]) -> None:
        """Run what a turn has left to be done at once: an act in slices is many turns, none of them long."""
        due = timers.due(db, NOW, 1000)
        for name in sorted({row.handler for row in due}):
            point = db.begin_nested()
            ids = [row.id for row in due if row.handler == name]
            together = ids if self.router.timers[name].together else ids[:1]
            found[f"{way} > then {name}"] = self._counted(partial(self._runs, db, together))
            point.rollback()
            db.expunge_all()

    def _runs(self, db: TurnSession, ids: Sequence[int]) -> Any:
        told = self.engine.timers(db, ids)
        db.write()
        return told


def _always(event: Event) -> Callable[[World, TurnSession], Event]:
    return lambda _world, _db: event


def _pressed(who: str, name: str, args: Mapping[str, Any]) -> Callable[[World, TurnSession], Event]:
    offer = {"do": name, "args": dict(args)}
    return lambda world, db: Pressed(0, outgoing=world.letter(db, who, offer=offer)[0])
