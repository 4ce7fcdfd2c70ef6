"""Two networks, and people in all states that there are. What may not be known outside is marked: names,
requests and questions of the first network hold "~A", those of the second "~B"."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from bot.text import Verbatim, to_json
from bot.user_message import UserMessage
from db import people
from db.agreeing import agreements, goals, offices, signatures
from db.applying import applications, vouches
from db.directory import checks, lists, organisations
from db.electing import papers, votes
from db.engine import letters
from db.engine.turns import TurnSession
from db.growing import copies, partners
from db.help import check_ins, help_requests, relays, schedules
from db.help.schedules import Rhythm
from db.leading import handovers, notes, vacancies
from db.linking import codes, merging
from db.models import Base, CheckIn, EndState, Identity, Member, MemberRole, Network, Person
from db.network import announcements, cohorts, invitations, members, networks, reports, rooms, trusted
from db.network.networks import Facts
from db.sharing import shelf
from handlers.sharing import searching
from tests.support.acting import Acting
from tests.support.ready import ready

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OPERATOR = "op"
A, B = "A", "B"
NETWORKS = {A: "Alpha~AN", B: "Beta~BN"}
CODES = {A: "AAAA2222", B: "BBBB3333"}
VOUCHING = {A: "AAAA4444", B: "BBBB5555"}
LINKING = "AAAA6666"
"""Of somebody on Matrix, who has typed it nowhere yet."""
TAKES = {A: "hel", B: "bhe"}
"""Who is asked to take the role of a meta-mentor."""
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
    **dict.fromkeys(("ana", "hel", "pau", "dep", "mia", "mia2"), A),
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


class World(Acting):
    """Two networks on a database that is built once. `ids` are rows by what they are
    called here: "request A open", "member ana A", "person mia"; `began` is what was remembered at first."""

    def __init__(self, url: str) -> None:
        super().__init__(ready(url), NOW, operators={OPERATOR})
        self.ids: dict[str, int] = {}
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
        self._link(db)
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
        cohort = cohorts.make(db, network, f"COURSE~{tag}", by=author.person, now=NOW)
        self.ids[f"cohort {tag}"] = cohort.id
        partner = partners.add(
            db, network, f"PARTNER~{tag}", quota=25, shows_progress=True, now=NOW - timedelta(days=400)
        )
        self.ids[f"partner {tag}"] = partner.id
        partners.ask(partner, NOW - timedelta(days=35))
        rhythm = {
            "weekday": 0,
            "at": "12:00",
            "every_weeks": 1,
            "questions": [f"TAKEN~{tag}"],
            "in_words": None,
        }
        self.ids[f"copy {tag}"] = copies.take(db, network, network, "check_ins", rhythm, NOW).id
        group = [(f"{CODES[tag][:-1]}{sign}", f"{sign}~{tag}") for sign in "XY"]
        ends = NOW + timedelta(days=9)
        invitations.make_for(db, cohort, group, by=author.person, expires_at=ends, now=NOW)
        questions = [f"Q~{tag}"]
        schedules.keep(db, network.id, Rhythm(0, time(12), 1, questions, NOW.date()))
        round_, _begins = check_ins.claim(db, network.id, NOW.date(), questions)
        self.ids[f"round {tag}"] = round_.id
        everybody = {
            member.id: member for member in db.scalars(select(Member).where(Member.network_id == network.id))
        }
        for member_id, check_in_id in check_ins.ask(db, round_, list(everybody), NOW).items():
            who = everybody[member_id].person.identities[0].account
            self.ids[f"check_in {who} {tag}"] = check_in_id
        check_in = db.get_one(CheckIn, self.ids[f"check_in {not_well} {tag}"])
        check_in.mood, check_in.wants, check_in.answered_at = "not_good", "meta_mentor", NOW
        letter = letters.write(db, body=to_json(Verbatim(f"ANNOUNCEMENT~{tag}")), offers=[], now=NOW)
        made = announcements.make(db, author, letter_id=letter, audience="all", readers=3, now=NOW)
        self.ids[f"announcement {tag}"], self.ids[f"letter {tag}"] = made.id, letter
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
        self._apply(db, tag, author)
        self._agree(db, network, tag, author.person)
        room = rooms.at(db, "telegram", f"room{tag}", "", f"ROOM~{tag}")
        rooms.bind(room, network, NOW)
        self.ids[f"room {tag}"] = room.id

    def _agree(self, db: TurnSession, network: Network, tag: str, by: Person) -> None:
        """An agreement, which its author has signed, and where the network is found."""
        agreement = agreements.send(
            db,
            network,
            {"en": {"agree": [f"AGREED~{tag}"], "talk": [f"TALK~{tag}"]}},
            by=by,
            why=f"WHY~{tag}",
            holds_from=NOW.date(),
            review_on=NOW.date(),
            now=NOW - timedelta(days=1),
        )
        self.ids[f"agreement {tag}"] = agreement.id
        signatures.sign(db, agreements.wording(db, agreement), by, language="en", now=NOW)
        offices.keep(db, network, offices.Place(f"CONTACT~{tag}"), NOW)
        until = NOW.date() + timedelta(days=90)
        goal = goals.make(db, network, f"GOAL~{tag}", kind="number", target=20, until=until, now=NOW)
        goals.keep(goal, by)
        goals.tell(db, goal, by, 12, f"WORD~{tag}", NOW)
        self.ids[f"goal {tag}"] = goal.id
        about: dict[str, Any] = {"texts": [f"TEXT~{tag}"], "topic": "papers", "language": "en"}
        given: dict[str, Any] = {"by": by, "named": True, "months": 12, "now": NOW}
        item = shelf.give(db, network, "resource", f"TITLE~{tag}", **about, **given)
        searching.let_find(db, item)
        self.ids[f"item {tag}"] = item.id
        facts: dict[str, Any] = {"name": f"ORGANISATION~{tag}", "status": "active", "agreed": False}
        facts |= {each: "" for each in organisations.WORDS if each != "name"}
        facts |= {each: [] for each in organisations.LISTS}
        organisation = organisations.add(db, network, facts, by=by, every=timedelta(days=365), now=NOW)
        word, sent = checks.ask(db, organisation, by.id, NOW), [{"Name": f"ROW~{tag}"}]
        row_list = lists.keep(db, network, sent, by=by, locale="en", is_guessed=False, now=NOW)
        db.flush()
        self.ids[f"organisation {tag}"], self.ids[f"list {tag}"] = organisation.id, row_list.id
        self.ids[f"word {tag}"] = word.id
        note = notes.write(db, network, by, {"next": f"NOTE~{tag}"}, NOW)
        self.ids[f"note {tag}"] = note.id
        giver, taker = (members.of(db, network, each) for each in (by, self._person(db, TAKES[tag])))
        assert giver is not None and taker is not None, "both are members"
        vacancy = vacancies.begin(db, network, giver, "deputies", since=NOW, now=NOW)
        vote = votes.begin(db, network, "election", NOW)
        self.ids[f"vacancy {tag}"], self.ids[f"vote {tag}"] = vacancy.id, vote.id
        votes.stand(db, vote, taker, f"SENTENCE~{tag}", NOW)
        votes.open_until(vote, NOW + timedelta(days=7))
        papers.make(db, vote, 0, 100, NOW + timedelta(days=31))
        self.ids[f"handover {tag}"] = handovers.offer(db, giver, taker, 4, NOW).id

    def _apply(self, db: TurnSession, tag: str, voucher: Member) -> None:
        """An application, for which somebody vouches."""
        applicant = self._person(db, f"app{tag}", f"~{tag}N")
        answers = [{"question": to_json(Verbatim("Why?")), **UserMessage(f"ANSWER~{tag}").to_json()}]
        network = self._network(db, tag)
        application = applications.open_one(db, network, applicant, answers, NOW)
        applications.give_code(application, VOUCHING[tag])
        vouches.add(db, application, voucher, NOW)
        self.ids[f"application {tag}"] = application.id

    def _link(self, db: TurnSession) -> None:
        """A code that was made, one that was typed on another messenger, and two who have become one."""
        kim, second, third = (self._on_matrix(db, who) for who in ("kim", "ana2", "mia2"))
        codes.make(db, kim.person, LINKING, "matrix", NOW)
        typed = codes.make(db, self._person(db, "ana"), "AAAA7777", "telegram", NOW)
        codes.use(db, typed, second, NOW)
        self.ids["code A"] = typed.id
        self.ids["merge A"] = merging.merge(db, self._person(db, "mia"), third.person, NOW).id

    def _on_matrix(self, db: TurnSession, who: str) -> Identity:
        made = people.meet(db, "matrix", who, chat=who, name=f"{who}~AN", language="en", now=NOW)
        self.ids[f"person {who}"] = made.person_id
        return made

    # --- looking ---------------------------------------------------------------------------------

    def rows(self, db: TurnSession) -> Rows:
        """All that is remembered."""
        cursor = db.connection().connection.cursor()  # the quick way: this is done for each probe
        found = {}
        for table, columns in TABLES.items():
            for row in cursor.execute(f"SELECT {', '.join(columns)} FROM {table}"):
                found[table, row[: KEYS[table]]] = row
        return found
