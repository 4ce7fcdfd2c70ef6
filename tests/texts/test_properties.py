"""What holds for every text, every time and every script, whoever invents it.

Hypothesis looks for what breaks it, and looks at the same places each time.
"""

import json
import random
import string
from datetime import UTC, datetime, time, timedelta
from functools import cache
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

import i18n
from adapters.terminal import script
from adapters.terminal.script import Cast, Passes, Reaches, Says, Unreadable
from bot.dialogue.router import command_word
from bot.markup import clean, plain, quote, split, units
from bot.text import (
    Also,
    AnyText,
    Command,
    Joined,
    Reader,
    Text,
    Value,
    Verbatim,
    form,
    from_json,
    render,
    to_json,
)
from bot.times import Quiet, next_local, next_weekly
from db.network import invitations

quick = settings(derandomize=True, deadline=None, max_examples=150)
thorough = settings(quick, max_examples=300)

HOSTILE = "<>&\"'`{}%\\;#/=! \n\t\r\x00\x1b\u00a0\u2028\u202e\u2067\u2069\u200f\ud83dא١a1"
words = st.lists(st.sampled_from(HOSTILE) | st.characters(), max_size=40).map("".join)
"""Anything a person can send, and more: lone surrogates, marks that turn the line around."""


# --- markup --------------------------------------------------------------------------------------


class Reading(HTMLParser):
    """A judge that owes nothing to our code: each character with the tags it stands in."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.chars: list[tuple[str, tuple[str, ...]]] = []
        self.feed(markup)
        self.close()
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag in {"b", "i", "code", "pre", "blockquote"}, f"<{tag}> is not house markup"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "tags cross"

    def handle_data(self, data: str) -> None:
        self.chars += [(char, tuple(self.open)) for char in data]

    @property
    def text(self) -> str:
        return "".join(char for char, _tags in self.chars)

    @property
    def visible(self) -> list[tuple[str, tuple[str, ...]]]:
        """What is seen, without the space between."""
        return [(char, tags) for char, tags in self.chars if not char.isspace()]


def without_isolates(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")


@quick
@given(words, st.booleans())
def test_a_quoted_value_comes_out_as_the_words_it_was(text: str, isolate: bool) -> None:
    quoted = quote(text, isolate=isolate)
    assert without_isolates(Reading(quoted).text) == clean(text)
    assert without_isolates(plain(quoted)) == clean(text)


@quick
@given(words)
def test_a_quoted_value_holds_nothing_that_markup_could_take_for_its_own(text: str) -> None:
    bare = quote(text)
    for entity in ("&lt;", "&gt;", "&amp;", "&#34;", "&#39;"):
        bare = Markup(bare.replace(entity, ""))
    assert not set("<>&\"'") & set(bare)


@quick
@given(words)
def test_clean_words_stay_as_they_are(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    clean(text).encode()  # every part of the way takes it: no lone surrogates


@quick
@given(words, st.booleans())
def test_a_value_cannot_turn_the_sentence_around_it(text: str, isolate: bool) -> None:
    """Marks that turn the line are taken out, and only a pair of ours, closed again, is put around."""
    quoted = str(quote(text, isolate=isolate))
    marks = [char for char in quoted if char in "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e"]
    pairs = [char for char in quoted if char in "\u2066\u2067\u2068\u2069"]
    assert marks == []
    assert pairs == [] or (quoted[0], quoted[-1], pairs) == ("\u2068", "\u2069", ["\u2068", "\u2069"])
    assert pairs or not isolate


def tagged(inner: st.SearchStrategy[Markup]) -> st.SearchStrategy[Markup]:
    tag = st.sampled_from(["b", "i", "code", "blockquote", "pre"])
    between = st.sampled_from(["", " ", "\n", "\n\n"])
    return st.builds(lambda tag, text: Markup(f"<{tag}>{text}</{tag}>"), tag, inner) | st.builds(
        lambda between, parts: Markup(between).join(parts), between, st.lists(inner, max_size=6)
    )


house_markup = st.recursive(st.builds(quote, words), tagged, max_leaves=12)


@quick
@given(house_markup)
def test_the_plain_form_says_what_the_rich_one_says(markup: Markup) -> None:
    assert plain(markup) == Reading(markup).text


@quick
@given(house_markup, st.integers(2, 60))
def test_every_part_of_a_long_text_fits_and_is_well_formed(markup: Markup, limit: int) -> None:
    for part in split(markup, limit):
        assert units(Reading(part).text) <= limit
        assert plain(part) == Reading(part).text


@quick
@given(house_markup, st.integers(2, 60))
def test_the_parts_of_a_long_text_say_all_of_it_in_the_same_markup(markup: Markup, limit: int) -> None:
    parts = [Reading(part) for part in split(markup, limit)]
    assert [seen for part in parts for seen in part.visible] == Reading(markup).visible


@quick
@given(house_markup, st.integers(2, 60))
def test_no_part_of_a_long_text_is_empty(markup: Markup, limit: int) -> None:
    parts = split(markup, limit)
    assert parts == [Markup("")] or all(plain(part).strip() for part in parts)


@quick
@given(house_markup)
def test_a_text_that_fits_stays_in_one_part(markup: Markup) -> None:
    assert len(split(markup, max(2, units(plain(markup))))) == 1


@quick
@given(
    st.lists(st.text(string.ascii_letters + "&é😀", min_size=1, max_size=9), min_size=1), st.integers(40, 80)
)
def test_a_word_is_not_torn_apart(some: list[str], limit: int) -> None:
    parts = [plain(part) for part in split(quote(" ".join(some)), limit)]
    assert [word for part in parts for word in part.split(" ")] == some


# --- texts ---------------------------------------------------------------------------------------

spans = st.timedeltas(timedelta(-36500), timedelta(36500))
simple: st.SearchStrategy[Value] = st.one_of(
    words,
    st.integers(-(10**18), 10**18),
    st.floats(-1e15, 1e15),
    spans.map(lambda span: datetime(2026, 1, 1, tzinfo=UTC) + span),
    st.dates(),
    st.times(),
    spans,
    st.builds(Verbatim, words),
    st.builds(Command, words),
)
values: st.SearchStrategy[Value] = st.recursive(
    simple,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.builds(lambda value: form("<b>{x}</b> {x}", x=value), inner)
        | st.builds(
            lambda value, n: Text("{n} {x}", {"n": n, "x": value}, "{n} × {x}"), inner, st.integers(0, 99)
        )
    ),
    max_leaves=6,
)
texts: st.SearchStrategy[AnyText] = st.recursive(
    st.builds(Verbatim, words)
    | st.builds(lambda value: form("<i>{x}</i>", x=value), values)
    | st.builds(Text, st.sampled_from(["Yes", "{what}", "50 %"])),
    lambda inner: (
        st.builds(Joined, st.lists(inner, max_size=3).map(tuple), st.sampled_from(["\n", "\n\n"]))
        | st.builds(Also, inner, st.lists(st.sampled_from(i18n.available()), max_size=2).map(tuple))
    ),
    max_leaves=4,
)
readers = st.builds(
    Reader,
    st.sampled_from(i18n.available()),
    st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "America/St_Johns"]),
    st.sampled_from("/!"),
)


@quick
@given(values, readers)
def test_any_value_can_stand_in_any_placeholder(value: Value, reader: Reader) -> None:
    shown = render(form("<b>{x}</b>", x=value), reader)
    assert plain(shown) == Reading(shown).text


@quick
@given(words, readers)
def test_words_in_a_placeholder_are_shown_as_they_are(text: str, reader: Reader) -> None:
    shown = Reading(render(form("<b>{x}</b>: {x}", x=text), reader))
    assert without_isolates(shown.text) == f"{clean(text)}: {clean(text)}"


@quick
@given(texts, readers)
def test_a_text_survives_its_storage(text: AnyText, reader: Reader) -> None:
    stored = json.loads(json.dumps(to_json(text)))
    assert from_json(stored) == text
    assert render(from_json(stored), reader) == render(text, reader)


# --- invitation codes ----------------------------------------------------------------------------

codes = st.integers().map(lambda seed: invitations.new_code(random.Random(seed)))
LOOK_ALIKES = "01OILUoilu"


@st.composite
def typed(draw: st.DrawFn, code: str) -> str:
    """A code as people type it: in any case, with or without its dash, with space around."""
    between = draw(st.sampled_from(["", "-", " ", " - "]))
    one_case = draw(st.sampled_from([str.upper, str.lower, str.title]))
    return draw(st.sampled_from(["", " "])) + one_case(code[:4] + between + code[4:])


@quick
@given(st.data(), codes)
def test_a_code_is_understood_however_it_is_typed(data: st.DataObject, code: str) -> None:
    words = data.draw(typed(code))
    assert invitations.normal(words) == code
    assert invitations.looks_like_code(words)


@quick
@given(codes)
def test_a_code_has_no_sign_that_looks_like_another(code: str) -> None:
    assert len(code) == invitations.LENGTH
    assert not set(code) & set(LOOK_ALIKES)
    assert not invitations.has_look_alike(code)
    assert invitations.normal(invitations.shown(code)) == code


@quick
@given(codes, st.integers(0, 7), st.sampled_from(LOOK_ALIKES))
def test_a_sign_that_no_code_has_is_noticed(code: str, place: int, sign: str) -> None:
    mistyped = code[:place] + sign + code[place + 1 :]
    assert invitations.has_look_alike(invitations.normal(mistyped))


@quick
@given(words | st.text(string.ascii_letters + string.digits + " -", min_size=6, max_size=12))
def test_what_looks_like_a_code_has_the_length_of_one(text: str) -> None:
    code = invitations.normal(text)
    assert not invitations.looks_like_code(text) or (len(code) == invitations.LENGTH and code.isascii())


# --- time ----------------------------------------------------------------------------------------

QUARTER = timedelta(minutes=15)
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"]
"""An hour, half an hour, the wrong way round, and none any more since 2021."""


@cache
def changes(zone: ZoneInfo) -> list[datetime]:
    """When the clocks of a zone change (UTC), from 2012 to 2030."""
    first, day = datetime(2012, 1, 1, tzinfo=UTC), timedelta(days=1)
    days = [first + day * i for i in range(18 * 365)]
    quarters = [start + QUARTER * i for start in days if _changes(start, day, zone) for i in range(96)]
    return [quarter + QUARTER for quarter in quarters if _changes(quarter, QUARTER, zone)]


def _changes(start: datetime, span: timedelta, zone: ZoneInfo) -> bool:
    return start.astimezone(zone).utcoffset() != (start + span).astimezone(zone).utcoffset()


@st.composite
def occasions(draw: st.DrawFn, *, settled: bool = False) -> tuple[ZoneInfo, datetime, time, time]:
    """A zone, a moment (UTC) and two times of day, mostly close to a change of its clocks. Settled times are
    those that no change skips or doubles."""
    zone = draw(st.sampled_from(ZONES).map(ZoneInfo))
    change = draw(st.sampled_from(changes(zone)))
    near = st.integers(-6, 6) | st.integers(-6, 6) | st.integers(-300, 200) | st.integers(-9000, 9000)
    face = (change - QUARTER).astimezone(zone).replace(tzinfo=None)
    clock = near.map(lambda quarters: (face + QUARTER * quarters).time())
    if settled:
        clock = clock.filter(lambda time: not 1 <= time.hour < 4)
    return zone, change + QUARTER * draw(near), draw(clock), draw(clock)


JUMP = datetime(2026, 3, 29, 1, tzinfo=UTC)
"""In Berlin it is 2:00 and at once 3:00."""
BERLIN = ZoneInfo("Europe/Berlin")


def skipped(moment: datetime, clock: time, zone: ZoneInfo) -> bool:
    """Whether the clocks jumped over this time on the local day of `moment`."""
    local = datetime.combine(moment.astimezone(zone).date(), clock)
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local


@pytest.mark.parametrize("name", ZONES)
def test_the_clocks_of_these_zones_do_change(name: str) -> None:
    assert len(changes(ZoneInfo(name))) > 18


@thorough
@given(occasions())
def test_the_next_time_of_day_is_the_first_that_the_clocks_show(
    occasion: tuple[ZoneInfo, datetime, time, time],
) -> None:
    zone, moment, clock, _ = occasion
    found = next_local(moment, clock, zone)
    assert found > moment
    assert found.astimezone(zone).time() == clock or skipped(found, clock, zone)
    before = [moment + QUARTER * i for i in range(1, (found - moment) // QUARTER)]
    assert not [quarter for quarter in before if quarter.astimezone(zone).time() == clock]


QUIET_DAYS = st.just(frozenset[int]()) | st.frozensets(st.integers(0, 6), max_size=6)


@thorough
@given(occasions(), QUIET_DAYS)
@example((BERLIN, JUMP, time(2, 30), time(2, 15)), frozenset())  # all that is not quiet is skipped
def test_quiet_hours_are_over_when_they_are_over(
    occasion: tuple[ZoneInfo, datetime, time, time], days: frozenset[int]
) -> None:
    zone, moment, start, end = occasion
    quiet = Quiet(start, end, zone, days)
    over = quiet.over(moment)
    assert not quiet.at(over)
    assert (over == moment) is not quiet.at(moment)
    assert moment <= over < moment + timedelta(days=2 + len(days))


@thorough
@given(occasions(settled=True), QUIET_DAYS)
def test_quiet_hours_do_not_last_longer_than_they_should(
    occasion: tuple[ZoneInfo, datetime, time, time], days: frozenset[int]
) -> None:
    zone, moment, start, end = occasion
    quiet = Quiet(start, end, zone, days)
    assert all(quiet.at(moment + QUARTER * i) for i in range((quiet.over(moment) - moment) // QUARTER))


@quick
@given(occasions(settled=True), st.integers(1, 160), QUIET_DAYS)
def test_waking_time_is_counted_exactly(
    occasion: tuple[ZoneInfo, datetime, time, time], quarters: int, days: frozenset[int]
) -> None:
    zone, moment, start, end = occasion
    quiet = Quiet(start, end, zone, days)
    after = quiet.awake(moment, quarters * QUARTER)
    passed = [moment + QUARTER * i for i in range((after - moment) // QUARTER)]
    assert sum(not quiet.at(quarter) for quarter in passed) == quarters
    assert not quiet.at(passed[-1]), "no longer than that"


@quick
@given(occasions(), st.integers(0, 40))
@example((BERLIN, JUMP - QUARTER * 4, time(2, 30), time(2, 15)), 5)
def test_waking_time_is_counted_to_an_hour_where_a_change_moves_the_edge_of_the_night(
    occasion: tuple[ZoneInfo, datetime, time, time], quarters: int
) -> None:
    zone, moment, start, end = occasion
    quiet = Quiet(start, end, zone)
    after = quiet.awake(moment, quarters * QUARTER)
    awake = sum(not quiet.at(moment + QUARTER * i) for i in range((after - moment) // QUARTER))
    assert abs(awake - quarters) <= 4


@thorough
@example((BERLIN, JUMP + QUARTER, time(2, 30), time()), 6, 1, -30)  # still to come today, at 3:30
@given(occasions(), st.integers(0, 8), st.integers(1, 4), st.integers(-60, 20))
def test_what_happens_weekly_happens_on_its_day_and_at_its_time(
    occasion: tuple[ZoneInfo, datetime, time, time], day: int, weeks: int, begun: int
) -> None:
    zone, after, clock, _ = occasion
    weekday = day if day < 7 else after.astimezone(zone).weekday()
    starts_on = after.date() + timedelta(days=begun)

    def following(moment: datetime) -> datetime:
        return next_weekly(
            moment, weekday=weekday, at=clock, every_weeks=weeks, starts_on=starts_on, zone=zone
        )

    moment = following(after)
    assert moment > after
    local = moment.astimezone(zone)
    assert local.weekday() == weekday
    assert local.time() == clock or skipped(moment, clock, zone)
    assert starts_on <= local.date()
    earlier = datetime.combine(local.date() - timedelta(weeks=weeks), clock, zone)
    assert earlier.date() < starts_on or earlier.astimezone(UTC) <= after, "none is left out"
    assert following(moment).astimezone(zone).date() == local.date() + timedelta(weeks=weeks)


@quick
@given(occasions(), st.integers(2, 4), st.integers(-300, 30))
def test_the_weeks_of_a_rhythm_are_counted_from_its_first(
    occasion: tuple[ZoneInfo, datetime, time, time], weeks: int, begun: int
) -> None:
    zone, after, clock, _ = occasion
    starts_on = after.date() + timedelta(days=begun)
    moment = next_weekly(after, weekday=2, at=clock, every_weeks=weeks, starts_on=starts_on, zone=zone)
    monday = starts_on - timedelta(days=starts_on.weekday())
    assert (moment.astimezone(zone).date() - monday).days // 7 % weeks == 0


# --- scripts and commands ------------------------------------------------------------------------

PIECES = [
    *"@+=#:,[]() \t\r\\\x00\ud83d",
    "Ana",
    "member on telegram",
    '(answers "',
    '") ',
    "forges 1:2",
    "\\n",
]
written = st.lists(st.sampled_from(PIECES) | words, max_size=8).map("".join)
NUMBERS = ["3", "0", "²", "٣", "-1", "1.5", "9" * 5, "9" * 12, "9" * 5000]
FACTS = ["Europe/Berlin", "Mars/Base", "America/Indiana", "../etc", "a//b", "/\x00", "speaks", "helps with x"]
lines = st.one_of(
    written,
    st.sampled_from(
        ["", " ", "    > Ana: Hello", "# a remark", "Ana: Hello", "Ana: [Yes]", "Ana: (sticker)"]
    ),
    st.builds("+ {} {}".format, st.sampled_from(NUMBERS), st.sampled_from(["day", "weeks", "years", ""])),
    st.builds("= {}".format, st.datetimes(timezones=st.none() | st.just(UTC))),
    st.builds("@ Ana, member on telegram, en, {}".format, st.sampled_from(FACTS) | written),
)
scripts = st.lists(lines, max_size=4).map("\n".join)


@thorough
@given(scripts)
def test_a_script_is_read_or_refused_with_the_number_of_the_line(text: str) -> None:
    lines = text.split("\n")
    try:
        read = list(script.read(lines))
    except Unreadable as wrong:
        assert 1 <= wrong.line <= len(lines)
        assert str(wrong).startswith(f"line {wrong.line}: ")
    else:
        assert [line.text for line in read] == [
            line for line in lines if not line.startswith((" ", "\t")) or not line.strip()
        ]


@thorough
@given(lines)
def test_what_a_script_asks_for_can_be_done(line: str) -> None:
    """There are such time zones, and the calendar reaches so far."""
    try:
        step = script.step(line.strip())
    except Unreadable:
        return
    match step:
        case Cast(time_zone=str(zone)):
            assert ZoneInfo(zone).key == zone
        case Reaches(local):
            assert local.replace(tzinfo=ZoneInfo("Pacific/Apia")).astimezone(UTC).year < 3001
        case Passes(span):
            assert datetime(3000, 1, 1, tzinfo=UTC) + span >= datetime(3000, 1, 1, tzinfo=UTC)


@quick
@given(st.sampled_from(["Ana", "Bo B.", "Änne"]), st.text(string.ascii_letters + "äß@+=# :,.?!", min_size=1))
def test_words_in_a_script_are_said_as_they_are_written(name: str, text: str) -> None:
    assert script.step(f"{name}: {text}") == Says(name, text.strip())


@quick
@given(words.map(lambda text: "".join(text.split())))
def test_what_the_bot_said_is_never_read(text: str) -> None:
    assert [line.number for line in script.read(["Ana: Hello", f"    > Ana: {text}", "Bo: Hello"])] == [1, 3]


@quick
@given(
    st.sampled_from("/!"),
    st.sampled_from(["ask", "Ask", "requests", "spür"]),
    st.sampled_from(["", "@mentor_bot"]),
    st.sampled_from([" ", "\n", "\t", "\u00a0", "  "]),
    words,
)
def test_a_command_is_one_word_and_the_rest(prefix: str, name: str, whom: str, space: str, rest: str) -> None:
    assert command_word(prefix + name + whom + space + rest) == (name.lower(), rest.strip())


@quick
@given(words)
def test_words_are_no_command_unless_they_begin_like_one(text: str) -> None:
    assert command_word(text) is None or (text[0] in "/!" and text[1].isalpha())


@pytest.mark.parametrize("text", ["", "/", "!", "/ ask", "//ask", "/1", "/_", "ask", " /ask"])
def test_words_that_only_look_like_a_command_are_none(text: str) -> None:
    assert command_word(text) is None
