"""Fills networks with people and with what they did in some years, by SQL itself, so that it is quick."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, text

from db.models import Base, Month, Utc
from db.people import CONSENT

STEP = timedelta(hours=1)
DAY = timedelta(days=1) // STEP
AHEAD = 40 * DAY
"""Moments after now, one each hour: things are due at one of them."""
MOMENTS = Table(
    "moments", MetaData(), Column("id", Integer, primary_key=True), Column("at", Utc), prefixes=["TEMPORARY"]
)
FIRST = 1001
"""The account of the first member who is added; the others follow."""


@dataclass(frozen=True)
class Size:
    """How much there is to be. The members are shared out evenly among the networks, which have the ids from
    1 on; those that are not there are founded, and `founded` more without anybody in them, of which every
    other waits for its confirmation. Each of the `years` had `requests` of each member; each member was
    asked in the last `rounds`, and was sent so many `letters` in the last month. What is over for a month is
    `summed`, as it is where the program has run at night."""

    members: int
    networks: int = 1
    founded: int = 0
    requests: int = 3
    rounds: int = 26
    letters: int = 8
    summed: bool = False
    years: int = 2

    @property
    def past(self) -> int:
        """How many moments ago it began that something happened, one each hour."""
        return 365 * self.years * DAY

    @property
    def ago(self) -> int:
        """How many moments ago the first were there: a month before."""
        return self.past + 30 * DAY


def fill(connection: Connection, size: Size, *, now: datetime, time_zone: str = "Europe/Berlin") -> None:
    """Add the people and their history to a database in this program's shape. The first member of a network
    that is founded for them is its meta-mentor, the next two are deputies."""
    kinds = {"json": {"sqlite": "TEXT", "postgresql": "JSON"}[connection.dialect.name]}
    MOMENTS.create(connection)
    moments = [{"id": n, "at": now - n * STEP} for n in range(-AHEAD, size.ago + 1)]
    connection.execute(insert(MOMENTS), moments)
    before = {
        table: connection.execute(text(f"SELECT coalesce(max(id), 0) FROM {table}")).scalar_one()
        for table in ("people", "members", "networks", "letters", "help_requests", "rounds", "check_ins")
    }
    for statement in statements(size, before, time_zone):
        connection.execute(text(statement.replace("{json}", kinds["json"])))
    if size.summed:
        connection.execute(insert(Month), [*_months(connection, size, now)])
    for table in ("numbers", "crowd", "moments"):
        connection.execute(text(f"DROP TABLE {table}"))
    if connection.dialect.name == "postgresql":
        _count_on(connection)


def _count_on(connection: Connection) -> None:
    """Give new rows of PostgreSQL ids after those that were given here."""
    for table in Base.metadata.sorted_tables:
        if "id" in table.columns:
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            connection.execute(
                text(f"SELECT setval({sequence}, max(id)) FROM {table.name} HAVING max(id) IS NOT NULL")
            )


# --- parts of statements ---------------------------------------------------------------------------


def one_of(values: Sequence[str], number: str) -> str:
    """An expression: the value whose turn it is at this number, which is not negative."""
    width = max(map(len, values))
    packed = "".join(value.ljust(width) for value in values)
    return f"trim(substr('{packed}', 1 + ({number}) % {len(values)} * {width}, {width}))"


def spread(number: str, salt: int, most: int | str) -> str:
    """An expression: a number from 0 to below `most` that looks random and is always the same."""
    return f"((({number}) % 10007 * 7919 + ({number}) / 10007 * 31 + {salt} * 104729) % 1000003 % ({most}))"


def at(moment: str) -> str:
    """An expression: when this many steps ago was."""
    return f"(SELECT at FROM moments WHERE id = {moment})"


FIRST_NAMES = ("Ana", "Amir", "Beate", "Chidi", "Dilan", "Elif", "Fatma", "Goran", "Hanna", "Igor", "Jamila")
LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")
NAME = (
    f"{one_of(FIRST_NAMES, 'n')} || ' ' || {one_of([each.upper() for each in LETTERS], 'n')} || 'o'"
    f" || {one_of(LETTERS, 'n / 26')} || 'ev' || {one_of(LETTERS, 'n / 676')}"
    f" || {one_of(LETTERS, 'n / 17576')}"
)
SPOKEN = ("en", "de", "ar", "uk", "tr", "fa", "fr", "es")
ASKED = ("papers", "housing", "work", "language")
SENT = "person_id, messenger, chat, shard, thread, priority, state, message, attempts, arrived, settled_at"
NUMBERS = "WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < {} - 1)"


def _months(connection: Connection, size: Size, now: datetime) -> Iterator[dict[str, Any]]:
    """What the questions of these years came to in each network, which is why they are counted no more."""
    sums = {"questions": 100, "within_a_day": 80, "unanswered": 10, "answers": 95}
    earliest, last = ((now - timedelta(days=days)).date() for days in (365 * size.years, 62))
    firsts = [date(now.year - n // 12, 12 - n % 12, 1) for n in range(12 * size.years + 12)]
    for [network_id] in connection.execute(text("SELECT DISTINCT network_id FROM crowd")).all():
        for first in firsts:
            if earliest < first < last:
                yield {"network_id": network_id, "first": first, **sums, "waits": {"60": 50, "300": 40}}


# --- statements --------------------------------------------------------------------------------------


def statements(size: Size, before: dict[str, int], time_zone: str) -> Iterator[str]:
    """All that fill a database, in their order. `before` holds the highest id of each table so far."""
    most = max(size.members, size.networks, size.founded, 1000)
    yield "CREATE TEMPORARY TABLE numbers (n INTEGER PRIMARY KEY)"
    yield f"INSERT INTO numbers {NUMBERS.format(most)} SELECT n FROM counted"
    yield from _people(size, before, time_zone)
    yield from _crowd()
    yield from _requests(size, before)
    yield from _check_ins(size, before)
    yield from _coordinating(size)
    yield from _messages(size, before)
    yield from _timers()
    yield from _told_apart()


def _people(size: Size, before: dict[str, int], time_zone: str) -> Iterator[str]:
    person, member = f"{before['people']} + 1 + n", f"{before['members']} + 1 + n"
    networks, founded, ago = before["networks"], size.networks, at(str(size.ago))
    row = "folded, purpose, languages, time_zone, place, numbers, founded_at, confirmed_at, public"
    values = f"'We help', '[\"en\"]', '{time_zone}', '', '{{}}'"
    yield f"""INSERT INTO networks (id, name, {row})
        SELECT n + 1, 'Network ' || (n + 1), 'network ' || (n + 1), {values}, {ago}, {ago},
            TRUE
        FROM numbers WHERE n >= {networks} AND n < {founded} ORDER BY n"""
    yield f"""INSERT INTO networks (id, name, {row})
        SELECT {max(networks, founded)} + 1 + n, 'Founded ' || n, 'founded ' || n, {values},
            {at(f"{DAY} + n % {DAY}")}, CASE WHEN n % 2 = 0 THEN {at(f"{DAY} + n % {DAY}")} END, TRUE
        FROM numbers WHERE n < {size.founded} ORDER BY n"""
    crowd = f"FROM numbers WHERE n < {size.members} ORDER BY n"
    network = f"n % {size.networks} + 1"
    lead = 0 if networks >= size.networks else size.networks  # who was there before, has somebody who leads
    # every other one joined before these years, two lately, the others since; one in 25 has a break,
    # and another one in 25 cannot be reached
    place = f"n / {size.networks}"
    since = f"CASE WHEN {place} IN (5, 7) THEN {10 * DAY} ELSE {spread('n', 5, size.past)} END"
    joined = f"CASE WHEN {place} % 2 = 0 OR n < {3 * lead} THEN {size.ago} ELSE {since} END"
    pauses = f"{place} % 25 = 24 AND n >= {3 * lead}"
    yield f"""INSERT INTO people (id, name, language, quiet_from, quiet_to, load, wake_if_urgent, created_at,
            consent_version, consent_at, network_id, paused_at, paused_until)
        SELECT {person}, {NAME}, 'en', '21:00:00.000000', '08:00:00.000000', 2, n % 3 = 0, {at(joined)},
            {CONSENT}, {at(joined)}, {network}, CASE WHEN {pauses} THEN {at(str(5 * DAY))} END,
            CASE WHEN {pauses} THEN {at(str(-9 * DAY))} END {crowd}"""
    yield f"""INSERT INTO identities (id, person_id, messenger, account, chat, language, last_wrote_at,
            reachable, menu)
        SELECT {person}, {person}, 'telegram', CAST({FIRST} + n AS TEXT), CAST({FIRST} + n AS TEXT), 'en',
            {at(spread("n", 19, 60 * DAY))}, {place} % 25 <> 12 OR n < {3 * lead}, '' {crowd}"""
    role = f"CASE WHEN n < {lead} THEN 'meta_mentor' WHEN n < {3 * lead} THEN 'deputy' ELSE 'member' END"
    is_new = f"n >= {3 * lead} AND {place} % 2 = 1 AND {since} < {30 * DAY}"
    yield f"""INSERT INTO members (id, network_id, person_id, folded, role, label, state, joined_at,
            last_asked_at, last_contact_at)
        SELECT {member}, {network}, {person}, lower({NAME}), {role},
            {one_of(("graduate", "graduate", "experienced", "organisation"), "n")}, 'active', {at(joined)},
            {at(spread("n", 13, 90 * DAY))},
            CASE WHEN {is_new} THEN NULL ELSE {at(spread("n", 11, 120 * DAY))} END {crowd}"""
    for shift in (0, 1):
        yield f"""INSERT INTO person_languages (person_id, language)
            SELECT {person}, {one_of(SPOKEN, f"n / {size.networks} + {shift}")} {crowd}"""
        yield f"""INSERT INTO member_topics (member_id, topic)
            SELECT {member}, {one_of(ASKED, f"n / {size.networks} + {shift}")} {crowd}"""


def _crowd() -> Iterator[str]:
    """Everybody in the networks, also who was there before, with their place among those of their network."""
    yield """CREATE TEMPORARY TABLE crowd (n INTEGER PRIMARY KEY, member_id INTEGER, person_id INTEGER,
        network_id INTEGER, place INTEGER, among INTEGER, joined_at TIMESTAMP, is_new INTEGER)"""
    yield """INSERT INTO crowd SELECT row_number() OVER (ORDER BY id) - 1, id, person_id, network_id,
            row_number() OVER (PARTITION BY network_id ORDER BY id) - 1,
            count(*) OVER (PARTITION BY network_id), joined_at,
            CASE WHEN last_contact_at IS NULL AND role = 'member' THEN 1 ELSE 0 END
        FROM members WHERE state = 'active'"""
    yield "CREATE UNIQUE INDEX crowd_places ON crowd (network_id, place)"


def mate(name: str, salt: int) -> str:
    """A join: somebody else of the network, called `name`."""
    place = f"(crowd.place + 1 + {spread('crowd.n + numbers.n * 17', salt, 'crowd.among - 1')}) % crowd.among"
    return f"JOIN crowd AS {name} ON {name}.network_id = crowd.network_id AND {name}.place = {place}"


def _requests(size: Size, before: dict[str, int]) -> Iterator[str]:
    """Each asked so often; nine of ten found somebody. Of those of the last day some are open, of those of
    the last month some are with the coordinators, and who helps since less than four days still does."""
    first, many = before["help_requests"], size.years * size.requests
    between = size.past // max(many, 1)
    opened = f"numbers.n * {between} + {spread('crowd.n + numbers.n', 29, between)}"
    luck = spread("crowd.n + numbers.n", 31, 100)
    state = f"""CASE WHEN opened < {DAY} AND luck < 40 THEN 'open'
        WHEN opened < {30 * DAY} AND luck >= 97 THEN 'handed'
        WHEN opened < {4 * DAY} AND luck < 90 THEN 'taken'
        WHEN luck < 90 THEN 'solved' ELSE 'withdrawn' END"""
    helped = "state IN ('taken', 'solved')"
    taken = f"opened - {spread('number', 41, 10)}"
    over = f"opened - {4 * DAY}"
    yield f"""INSERT INTO help_requests (id, network_id, asker_id, helper_id, topic, need, media, posting,
            anonymous, without_coordinators, state, opened_at, waves, widened_at, handed_at, answered_at,
            taken_at, closed_at, forgotten, counted, helped)
        SELECT {first} + 1 + number, network_id, asker_id, CASE WHEN {helped} THEN helper_id END,
            {one_of(ASKED, "number")},
            CASE WHEN opened > {94 * DAY} THEN '' ELSE 'Who knows which office takes it? ' || number END,
            '[]', 'now', FALSE, FALSE, state, {at("opened")}, 0,
            CASE WHEN state IN ('handed', 'withdrawn') THEN {at("opened - 1")} END,
            CASE WHEN state = 'handed' THEN {at(f"opened - {DAY}")} END,
            CASE WHEN {helped} THEN {at(taken)} END, CASE WHEN {helped} THEN {at(taken)} END,
            CASE WHEN state IN ('solved', 'withdrawn') THEN {at(over)} END,
            opened > {94 * DAY}, {size.summed} AND state IN ('solved', 'withdrawn') AND opened > {35 * DAY},
            CASE WHEN state = 'solved' THEN 'yes' END
        FROM (SELECT asked.*, {state} AS state FROM (
            SELECT crowd.n * {max(many, 1)} + numbers.n AS number, crowd.network_id AS network_id,
                crowd.member_id AS asker_id, helper.member_id AS helper_id, {opened} AS opened, {luck} AS luck
            FROM crowd JOIN numbers ON numbers.n < {many} {mate("helper", 37)}) AS asked) AS requests
        ORDER BY number"""
    new = f"help_requests.id > {first}"
    yield f"""INSERT INTO asked (request_id, member_id, at, answer, answered_at)
        SELECT id, helper_id, opened_at, 'yes', answered_at FROM help_requests
        WHERE {new} AND helper_id IS NOT NULL"""
    # somebody who said no, or nothing, was asked before
    yield f"""INSERT INTO asked (request_id, member_id, at, answer, answered_at)
        SELECT help_requests.id, other.member_id, opened_at,
            CASE WHEN help_requests.id % 3 > 0 THEN 'no' END,
            CASE WHEN help_requests.id % 3 > 0 THEN opened_at END
        FROM help_requests JOIN crowd ON crowd.member_id = help_requests.asker_id
        JOIN crowd AS other ON other.network_id = crowd.network_id
            AND other.place = (crowd.place + 1 + help_requests.id % (crowd.among - 1)) % crowd.among
        WHERE {new} AND (help_requests.helper_id IS NULL OR help_requests.helper_id <> other.member_id)"""
    yield f"""INSERT INTO relays (network_id, request_id, asker_id, helper_id, asker_named, opened_at,
            last_words_at, last_letter, closed_at)
        SELECT help_requests.network_id, help_requests.id, asker.person_id, helper.person_id, TRUE, taken_at,
            taken_at, 0, closed_at
        FROM help_requests JOIN members AS asker ON asker.id = asker_id
        JOIN members AS helper ON helper.id = helper_id WHERE {new} ORDER BY help_requests.id"""


def _check_ins(size: Size, before: dict[str, int]) -> Iterator[str]:
    """A round each four weeks, the latest a week ago; two thirds answered, and one in twenty is not well; in
    the latest some others of each network are, however few they are."""
    first, first_in = before["rounds"], before["check_ins"]
    questions = "'[\"Do you feel supported?\"]'"
    asked = f"(7 + 28 * numbers.n) * {DAY}"
    yield f"""INSERT INTO schedules (network_id, weekday, at, every_weeks, starts_on, questions)
        SELECT id, 0, '08:00:00.000000', 4, '2024-03-04', {questions} FROM networks
        WHERE id <= {size.networks} AND id NOT IN (SELECT network_id FROM schedules)"""
    yield f"""INSERT INTO rounds (id, network_id, day, questions, digest_at)
        SELECT {first} + numbers.n * {size.networks} + networks.id, networks.id, date(moments.at),
            {questions}, CASE WHEN numbers.n > 0 THEN moments.at END
        FROM networks JOIN numbers ON numbers.n < {size.rounds} JOIN moments ON moments.id = {asked}
        WHERE networks.id <= {size.networks}"""
    is_one = "numbers.n = 0 AND crowd.place BETWEEN 20 AND 23"
    answered = f"({is_one} OR {spread('crowd.n + numbers.n', 59, 100)} < 65)"
    luck = f"CASE WHEN {is_one} THEN 0 ELSE {spread('crowd.n + numbers.n', 47, 20)} END"
    mood = f"CASE WHEN {luck} = 0 THEN 'not_good' WHEN {luck} < 4 THEN 'so_so' ELSE 'good' END"
    talk = f"{answered} AND {luck} = 0 AND (crowd.n % 3 > 0 OR {is_one})"
    yield f"""INSERT INTO check_ins (id, round_id, member_id, asked_at, answered_at, mood, wants, seen_at)
        SELECT {first_in} + 1 + crowd.n + numbers.n * (SELECT count(*) FROM crowd),
            {first} + numbers.n * {size.networks} + crowd.network_id, crowd.member_id, moments.at,
            CASE WHEN {answered} THEN moments.at END, CASE WHEN {answered} THEN {mood} END,
            CASE WHEN {talk} THEN 'meta_mentor' END,
            CASE WHEN {talk} AND (numbers.n > 0 OR crowd.n % 2 = 0) AND NOT ({is_one}) THEN moments.at END
        FROM numbers JOIN moments ON moments.id = {asked} JOIN crowd ON crowd.joined_at <= moments.at
        WHERE numbers.n < {size.rounds} AND crowd.network_id <= {size.networks}"""
    yield f"""INSERT INTO check_in_answers (check_in_id, question, value)
        SELECT id, 0, 1 + id % 5 FROM check_ins
        WHERE id > {first_in} AND mood IS NOT NULL AND id % 4 > 0"""


def _coordinating(size: Size) -> Iterator[str]:
    """What stands in journals, invitations, announcements and reports, and the rooms."""
    yield """INSERT INTO journal (network_id, by_id, act, details, at)
        SELECT network_id, person_id, 'member.joined', '{}', joined_at FROM crowd ORDER BY joined_at"""
    made = spread("crowd.n", 61, size.past)
    yield f"""INSERT INTO journal (network_id, by_id, about_id, act, details, at)
        SELECT crowd.network_id, lead.person_id, crowd.person_id, 'member.appointed_deputy', '{{}}',
            {at(made)}
        FROM crowd JOIN crowd AS lead ON lead.network_id = crowd.network_id AND lead.place = 0
        WHERE crowd.place % 5 = 0"""
    yield f"""INSERT INTO invitations (network_id, made_by_id, code_hash, note, label, role, uses, used,
            expires_at, created_at)
        SELECT crowd.network_id, lead.person_id, 'made ' || crowd.n, '', 'graduate', 'member', 25,
            crowd.n % 26, {at(f"{made} - {30 * DAY}")}, {at(made)}
        FROM crowd JOIN crowd AS lead ON lead.network_id = crowd.network_id AND lead.place = 0
        WHERE crowd.place % 10 = 0"""
    yield f"""INSERT INTO announcements (network_id, made_by_id, audience, readers, made_at)
        SELECT crowd.network_id, crowd.member_id, 'all', crowd.among, moments.at
        FROM crowd JOIN numbers ON numbers.n < {12 * size.years}
        JOIN moments ON moments.id = (12 + 30 * numbers.n) * {DAY}
        WHERE crowd.place = 0"""
    # The first is about nobody, and new: each turn asks whom the new ones are about.
    sent = f"CASE WHEN n = 0 THEN {5 * DAY} ELSE {spread('n', 83, size.past - 30 * DAY)} END"
    is_new = f"{sent} < {14 * DAY}"
    yield f"""INSERT INTO reports (network_id, number, category, naming, state, sent_at, due_at, closed_at,
            outcome, forgotten)
        SELECT network_id, CAST(n AS TEXT), 'boundaries', 'unnamed',
            CASE WHEN {is_new} THEN 'sent' ELSE 'closed' END, {at(sent)}, {at(sent)},
            CASE WHEN NOT ({is_new}) THEN {at(sent)} END, CASE WHEN NOT ({is_new}) THEN 'settled' END,
            NOT ({is_new})
        FROM crowd WHERE n % 100 = 0"""
    yield f"""INSERT INTO rooms (messenger, chat, thread, name, network_id, bound_at, silenced)
        SELECT 'telegram', 'room of ' || id, '', 'Group ' || id, id, {at(str(400 * DAY))}, FALSE
        FROM networks WHERE id IN (SELECT network_id FROM crowd)"""


def _messages(size: Size, before: dict[str, int]) -> Iterator[str]:
    """What was said in the last month: so many letters to each, one in three with buttons that were pressed;
    an announcement to all of each network."""
    first = before["letters"]
    number = f"{first} + 1 + numbers.n * (SELECT count(*) FROM crowd) + crowd.n"
    offers = """'[{"label": {"text": "I can help"}, "do": "asking.Take", "args": {"request_id": 1}}]'"""
    age = spread("crowd.n * 7 + numbers.n", 71, 31 * DAY)
    each = f"FROM crowd JOIN numbers ON numbers.n < {size.letters}"
    to = f"crowd.person_id, 'telegram', chat, {spread('crowd.n', 3, 12)}, ''"
    # Not found by the messenger, which all of them share.
    chat = "JOIN identities ON identities.person_id = crowd.person_id AND messenger || '' = 'telegram'"
    yield f"""INSERT INTO letters (id, body, offers, media, forget, made_at)
        SELECT {number},
            CAST('{{"text": "Nothing was sent. ' || crowd.n || '", "values": {{}}}}' AS {{json}}),
            CAST(CASE WHEN numbers.n % 3 = 0 THEN {offers} ELSE '[]' END AS {{json}}), '[]', FALSE, {at(age)}
        {each}"""
    settled = f"0, 'sent', CAST({number} AS TEXT), 0, 1, {at(age)}"
    yield f"""INSERT INTO deliveries (letter_id, {SENT}, closes)
        SELECT {number}, {to}, {settled}, FALSE {each} {chat} ORDER BY numbers.n, crowd.n"""
    yield f"""INSERT INTO deliveries (letter_id, {SENT}, closes, replaces, chosen)
        SELECT letter_id, {SENT}, TRUE, id, '{{"text": "Not now"}}'
        FROM deliveries WHERE letter_id > {first} AND letter_id IN (
            SELECT id FROM letters WHERE length(CAST(offers AS TEXT)) > 2)"""
    to_all = f"{first} + {size.letters} * (SELECT count(*) FROM crowd) + network_id"
    sent = at(str(12 * DAY))
    yield f"""INSERT INTO letters (id, body, offers, media, forget, made_at)
        SELECT {to_all}, '{{"text": "We all meet on Friday.", "values": {{}}}}', '[]', '[]', FALSE, {sent}
        FROM crowd WHERE place = 0 ORDER BY network_id"""
    yield f"""UPDATE announcements SET letter_id = {to_all} WHERE made_at = {sent} AND letter_id IS NULL"""
    yield f"""INSERT INTO deliveries (letter_id, {SENT}, closes)
        SELECT {to_all}, {to}, 4, 'sent', 'to all ' || crowd.n, 0, 1, {sent}, FALSE FROM crowd {chat}"""


def _timers() -> Iterator[str]:
    """What is due for each of them, in days or weeks."""

    def timer(name: str, field: str, source: str, days: str, about: str) -> str:
        args = f"""CAST('{{"{field}": ' || {source.split()[0]}.id || '}}' AS {{json}})"""
        return f"""INSERT INTO timers (due_at, handler, args, about, attempts)
            SELECT {at(f"-({days}) * {DAY}")}, '{name}', {args}, {about}, 0 FROM {source}"""

    about = "'check_in_of:' || network_id || ':' || id"
    yield timer("checking_in.AskMember", "member_id", "members", "21", about)
    open_ones, about = "help_requests WHERE state = 'open'", "'request:' || id"
    for name, days in (("NextAfterSilence", "1"), ("HandOver", "2"), ("LastQuestion", "14")):
        yield timer(f"asking.{name}", "request_id", open_ones, days, about)
    handed = "help_requests WHERE state = 'handed'"
    yield timer("asking.RemindCoordinators", "request_id", handed, "1 + id % 3", about)
    yield timer("talking.FellSilent", "relay_id", "relays WHERE closed_at IS NULL", "25", "'relay:' || id")
    yield timer(
        "settings.PauseOver", "person_id", "people WHERE paused_until IS NOT NULL", "9", "'pause:' || id"
    )


def _told_apart() -> Iterator[str]:
    """Open questions, who is kept apart from whom, and what is counted of somebody."""
    yield f"""INSERT INTO conversations (person_id, network_id, handler, args, answers, kept, words, question,
            takes, asked_at, heard)
        SELECT person_id, network_id, 'ask', '{{}}', '{{}}', '{{}}', '', 'need', 'words',
            {at(spread("n", 73, 20 * DAY))}, '{{}}'
        FROM crowd WHERE place % 20 = 19"""
    yield f"""INSERT INTO exclusions (person_id, other_id, named, set_at)
        SELECT crowd.person_id, other.person_id, TRUE, {at(spread("crowd.n", 79, 300 * DAY))}
        FROM crowd JOIN crowd AS other ON other.network_id = crowd.network_id
            AND other.place = crowd.place + 1
        WHERE crowd.place % 50 = 49"""
    yield "INSERT INTO seen (event, at) SELECT 'telegram of ' || id, made_at FROM letters"
    yield """INSERT INTO used (message, handler, digest, at)
        SELECT 'telegram message ' || id, 'ask', '', made_at FROM letters WHERE id % 3 = 0"""
    yield f"""INSERT INTO tallies (person_id, what, since, times)
        SELECT person_id, 'asked', {at(spread("n", 89, 30 * DAY))}, 1 FROM crowd WHERE place % 4 = 0"""
    yield f"""INSERT INTO dead_letters (event, at, error, number, reported)
        SELECT 'telegram broken ' || n, {at(spread("n", 97, 30 * DAY))}, 'ValueError', 'X' || n, TRUE
        FROM crowd WHERE n % 100 = 0"""
    yield f"""INSERT INTO forgotten (digest, salt, at)
        SELECT CAST(n AS TEXT), '00', {at(spread("n", 101, 30 * DAY))} FROM crowd WHERE n % 50 = 0"""
