"""Two networks, and people in all states that there are. What may not be known outside is marked: names,
requests and questions of the first network hold "~A", those of the second "~B"."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select, text, update

import handlers
from bot.delivery.letters import Priority
from bot.dialogue.engine import Engine
from bot.dialogue.router import Router
from bot.installation import Installation
from bot.markup import plain
from bot.message import Chat, Event, Identity, Incoming
from bot.support.clock import WoundClock
from bot.support.metrics import TurnResult
from bot.text import Reader, Verbatim, from_json, render, to_json
from db import people, shape, store
from db.engine import letters, timers, turns
from db.engine.turns import TurnSession
from db.help import check_ins, help_requests, relays, schedules
from db.help.schedules import Rhythm
from db.models import Base, CheckIn, Delivery, EndState, Member, MemberRole, Network, Person
from db.network import announcements, invitations, members, networks, reports, rooms, trusted
from db.network.networks import Facts

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OPERATOR = "op"
A, B = "A", "B"
NETWORKS = {A: "Alpha~AN", B: "Beta~BN"}
CODES = {A: "AAAA2222", B: "BBBB3333"}
INVITERS = {A: "mia~AN", B: "max~BN"}

ROLES = {
    "stranger": "str",
    "member": "ana",
    "helper": "hel",
    "paused": "pau",
    "removed": "rem",
    "left": "lef",
    "deputy": "dep",
    "meta-mentor": "mia",
    "other member": "bea",
    "other meta-mentor": "max",
    "in both": "two",
    "removed coordinator of the other": "exa",
    "operator": OPERATOR,
    "founder": "fou",
    "nobody so far": "new",
}
"""What somebody is → their account."""
INSIDE = {
    **dict.fromkeys(("ana", "hel", "pau", "dep", "mia"), A),
    **dict.fromkeys(("bea", "bhe", "max", "exa"), B),
    "two": A + B,
}
"""Account → the networks they are in."""
OWN = {"rem": ("rem~AN", "REASON~A of rem"), "lef": ("lef~AN",), "exa": ("REASON~A of exa",)}
"""What the marks do not forbid: it is about themselves."""
APART = {"letters", "deliveries", "seen", "conversations", "timers"}
"""Tables of the engine: what is in them is looked at as what is heard."""

TABLES = {
    table.name: [column.name for column in (*table.primary_key, *table.columns)]
    for table in Base.metadata.sorted_tables
    if table.name not in APART
}
"""The columns of each table, its key first and once more in its place."""
KEYS = {table.name: len(table.primary_key) for table in Base.metadata.sorted_tables}

Rows = Mapping[tuple[str, tuple[Any, ...]], tuple[Any, ...]]


@dataclass(frozen=True)
class Heard:
    """A message as it waits to leave: in which chat, its words with those on its buttons, and the buttons."""

    chat: str
    words: str
    offers: Sequence[dict[str, Any]]
    delivery: int


class World:
    """The engine without messengers, on a database that was built once. `ids` are rows by what they are
    called here: "request A open", "member ana A", "person mia"; `began` is what was remembered at first."""

    def __init__(self, url: str) -> None:
        self.database = store.connect(url)
        shape.migrate(self.database)
        self.sessions = turns.sessions(self.database)
        self.router = Router(handlers)
        operators = frozenset({Identity("telegram", OPERATOR)})
        installation = Installation(languages=("en", "de"), operators=operators, rng=random.Random(5))
        self.engine = Engine(self.sessions, self.router, WoundClock(NOW), installation)
        self.ids: dict[str, int] = {}
        self._events = 0
        with self.sessions.begin() as db:
            self._build(db)
            self.began = self.rows(db)

    # --- building --------------------------------------------------------------------------------

    def _build(self, db: TurnSession) -> None:
        for tag, name in NETWORKS.items():
            facts = Facts(name, f"PURPOSE~{tag}", ["en"], "UTC", f"PLACE~{tag}", public=False)
            network = networks.found(db, facts, confirmed=True, now=NOW - timedelta(days=50))
            self.ids[f"network {tag}"] = network.id
        for who in ("ana", "hel", "pau"):
            self._enters(db, who, A)
        for who in ("bea", "bhe"):
            self._enters(db, who, B)
        self._enters(db, "dep", A, "deputy")
        self._enters(db, "mia", A, "meta_mentor")
        self._enters(db, "max", B, "meta_mentor")
        self._enters(db, "exa", B, "meta_mentor")
        ends: list[tuple[str, str, EndState]]
        ends = [("rem", A, "removed"), ("lef", A, "left"), ("exa", A, "removed")]
        for who, tag, state in ends:
            member = self._enters(db, who, tag)
            members.end(
                db, member, state=state, because=f"REASON~{tag} of {who}", now=NOW - timedelta(days=1)
            )
        for tag in (A, B):
            self._enters(db, "two", tag)
        self._person(db, "pau").paused_at = NOW
        for who in ("str", "fou", OPERATOR):
            self._person(db, who)
        facts = Facts("Gamma", "", ["en"], "UTC", "", public=False)
        waits = networks.found(db, facts, confirmed=False, now=NOW)
        networks.propose(db, waits, self._person(db, "fou"), NOW)
        self.ids["network that waits"] = waits.id
        self._ask(db, "ana", A, "open", anonymous=False)
        self._ask(db, "ana", A, "taken", helper="hel")
        self._ask(db, "pau", A, "handed").state = "handed"
        self._ask(db, "bea", B, "open")
        self._ask(db, "bea", B, "taken", helper="bhe")
        for tag, one, other in ((A, "mia", "hel"), (B, "max", "bhe")):
            self._connect(db, tag, "talk", one, other)
            self._fill(db, tag, by=one, not_well={A: "ana", B: "bea"}[tag])
        db.flush()

    def _person(self, db: TurnSession, who: str, mark: str = "") -> Person:
        identity = people.find(db, "telegram", who)
        if identity is None:
            identity = people.meet(
                db, "telegram", who, chat=who, name=who + mark, language="en", now=NOW - timedelta(days=40)
            )
            person = identity.person
            people.consent(person, NOW)
            person.language = "en"
            self.ids[f"person {who}"] = person.id
        return identity.person

    def _network(self, db: TurnSession, tag: str) -> Network:
        return db.get_one(Network, self.ids[f"network {tag}"])

    def _enters(self, db: TurnSession, who: str, tag: str, role: MemberRole = "member") -> Member:
        person = self._person(db, who, "" if who in ("two", "exa") else f"~{tag}N")
        joined = NOW - timedelta(days=40)
        member = members.join(db, self._network(db, tag), person, label="experienced", role=role, now=joined)
        members.set_topics(db, member, ["papers"])
        self.ids[f"member {who} {tag}"] = member.id
        return member

    def _ask(
        self, db: TurnSession, by: str, tag: str, what: str, *, anonymous: bool = True, helper: str = ""
    ) -> Any:
        asker = db.get_one(Member, self.ids[f"member {by} {tag}"])
        request = help_requests.open_request(
            db,
            asker,
            topic="papers",
            need=f"NEED~{tag} {what}",
            anonymous=anonymous,
            posting="now",
            now=NOW - timedelta(hours=1),
        )
        self.ids[f"request {tag} {what}"] = request.id
        if helper:
            help_requests.take(db, request, db.get_one(Member, self.ids[f"member {helper} {tag}"]), NOW)
            self._connect(db, tag, what, by, helper, request.id)
        return request

    def _connect(
        self, db: TurnSession, tag: str, what: str, one: str, other: str, request_id: int | None = None
    ) -> None:
        relay = relays.open_relay(
            db,
            self._network(db, tag),
            request_id=request_id,
            asker=self._person(db, one),
            helper=self._person(db, other),
            asker_named=request_id is None,
            now=NOW,
        )
        self.ids[f"relay {tag} {what}"] = relay.id

    def _fill(self, db: TurnSession, tag: str, *, by: str, not_well: str) -> None:
        """An invitation, a check-in, an announcement and a room."""
        network, author = self._network(db, tag), db.get_one(Member, self.ids[f"member {by} {tag}"])
        invitation = invitations.make(
            db,
            network,
            CODES[tag],
            by=author.person,
            label="graduate",
            uses=5,
            expires_at=NOW + timedelta(days=9),
            now=NOW,
        )
        self.ids[f"invitation {tag}"] = invitation.id
        questions = [f"Q~{tag}"]
        schedules.keep(db, network.id, Rhythm(0, time(12), 1, questions, NOW.date()))
        round_, _begins = check_ins.claim(db, network.id, NOW.date(), questions)
        self.ids[f"round {tag}"] = round_.id
        everybody = {member.id: member for member in members.active(db, network)}
        for member_id, check_in_id in check_ins.ask(db, round_, list(everybody), NOW).items():
            who = everybody[member_id].person.identities[0].account
            self.ids[f"check_in {who} {tag}"] = check_in_id
        check_in = db.get_one(CheckIn, self.ids[f"check_in {not_well} {tag}"])
        check_in.mood, check_in.wants, check_in.answered_at = "not_good", "meta_mentor", NOW
        letter = letters.write(db, body=to_json(Verbatim(f"ANNOUNCEMENT~{tag}")), offers=[], now=NOW)
        made = announcements.make(db, author, letter_id=letter, audience="all", readers=3, now=NOW)
        self.ids[f"announcement {tag}"] = made.id
        trusted_person = trusted.ask(db, network, author.person, NOW, agrees=True)
        self.ids[f"trusted {tag}"] = trusted_person.id
        report = reports.send(
            db,
            network,
            f"{tag * 4}",
            category="other",
            naming="unnamed",
            reporter=self._person(db, not_well),
            about=reports.signed(author.person),
            said={"messages": [{"words": f"REPORT~{tag}", "media": [], "message": "", "album": ""}]},
            due_at=NOW + timedelta(hours=2),
            now=NOW,
        )
        reports.give(db, report, author.person, NOW)
        self.ids[f"report {tag}"] = report.id
        rooms.bind(rooms.at(db, "telegram", f"room{tag}", "", f"ROOM~{tag}"), network, NOW)

    # --- acting ----------------------------------------------------------------------------------

    def acts(
        self, db: TurnSession, who: str, event: Event, room: Chat | None = None, leads: bool | None = None
    ) -> TurnResult:
        """A turn of somebody's, within the caller's transaction."""
        self._events += 1
        incoming = Incoming(
            f"event {self._events}",
            event,
            room or Chat("telegram", who),
            Identity("telegram", who),
            name=who,
            language="en",
            sender_is_admin=leads,
        )
        self.engine.begin(db, [incoming])
        told = self.engine.turn(db, incoming)
        db.write()
        return told

    def comes_due(self, db: TurnSession, handler: str, args: dict[str, Any]) -> TurnResult | None:
        """The turn of a timer with this in its row."""
        timers.schedule(db, NOW, handler, args, "forged")
        due = [row.id for row in timers.due(db, NOW, 1000) if row.handler == handler]
        told = self.engine.timers(db, due)
        db.write()
        return told

    def letter(
        self, db: TurnSession, who: str, *, offer: Any = None, on_reply: Any = None
    ) -> tuple[int, str]:
        """Forge a letter in somebody's chat: its delivery and its message. `offer` and `on_reply` are what
        their rows hold."""
        offers = [{"label": to_json(Verbatim("x")), **offer}] if offer else []
        body = to_json(Verbatim("forged"))
        letter_id = letters.write(db, body=body, offers=offers, on_reply=on_reply, now=NOW)
        letters.post(db, letter_id, person_id=None, messenger="telegram", chat=who, priority=Priority.ANSWER)
        delivery = self.latest(db)
        message = f"m{delivery}"
        db.connection().execute(
            update(Delivery).where(Delivery.id == delivery).values(state="sent", message=message)
        )
        return delivery, message

    # --- looking ---------------------------------------------------------------------------------

    def latest(self, db: TurnSession) -> int:
        """The number of the newest delivery."""
        return db.scalar(select(func.max(Delivery.id))) or 0

    def heard(self, db: TurnSession, after: int) -> list[Heard]:
        """All that was said since that delivery."""
        rows = db.connection().execute(
            text(
                "SELECT d.id, d.chat, l.body, l.offers FROM deliveries d JOIN letters l ON l.id = d.letter_id"
                " WHERE d.id > :after AND d.closes = 0 AND l.body IS NOT NULL ORDER BY d.id"
            ),
            {"after": after},
        )
        found = []
        for row in rows:
            offers = json.loads(row.offers)
            texts = [json.loads(row.body), *(offer["label"] for offer in offers)]
            words = " ".join(plain(render(from_json(each), Reader())) for each in texts)
            found.append(Heard(row.chat, words, offers, row.id))
        return found

    def rows(self, db: TurnSession) -> Rows:
        """All that is remembered."""
        cursor = db.connection().connection.cursor()  # the quick way: this is done for each probe
        found = {}
        for table, columns in TABLES.items():
            for row in cursor.execute(f"SELECT {', '.join(columns)} FROM {table}"):
                found[table, row[: KEYS[table]]] = row
        return found
