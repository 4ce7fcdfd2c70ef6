"""An event is one line, in text and in JSON, and no line holds what a person wrote or a secret."""

import io
import json
import logging
import re
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.support import log
from bot.support.log import configure, get, in_one_go

PRIVATE = "Ana's words"
TOKEN = "123456789:AAEabcdefghijklmnopqrstuvwxyz012345"


class Role(Enum):
    """Any enumeration."""

    MEMBER = "member"


events = log.get("engine")
library = logging.getLogger("somebody.elses")

pytestmark = pytest.mark.usefixtures("logging_as_before")


def written(
    act: Callable[[], object],
    format: Literal["text", "json", "auto"] = "text",
    level: Literal["debug", "info", "warning", "error"] = "info",
) -> list[str]:
    """The lines that `act` leaves in the log, with their time checked and taken off the text ones."""
    stream = io.StringIO()
    log.configure(level, format, stream)
    act()
    lines = stream.getvalue().splitlines()
    return [re.sub(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ", "", line) for line in lines]


def as_json(act: Callable[[], object]) -> dict[str, Any]:
    """The one event that `act` leaves in the JSON log."""
    (line,) = written(act, "json")
    found: dict[str, Any] = json.loads(line)
    return found


def a_mistake() -> ValueError:
    """An exception that was raised and caught, with a person's words in it and in its cause."""

    def inner() -> None:
        try:
            raise KeyError(PRIVATE)
        except KeyError as error:
            raise ValueError(PRIVATE) from error

    try:
        inner()
    except ValueError as error:
        return error
    raise AssertionError


def test_an_event_in_text_is_a_line_to_read() -> None:
    assert written(lambda: events.info("turn", handler="ask", outcome="parked", seconds=0.004)) == [
        "info turn handler=ask outcome=parked seconds=0.004"
    ]


def test_an_event_in_json_holds_the_same() -> None:
    found = as_json(lambda: events.info("turn", handler="ask", seconds=0.004))
    assert abs(datetime.fromisoformat(found.pop("time")) - datetime.now(UTC)) < timedelta(seconds=60)
    assert found == {"level": "info", "part": "engine", "event": "turn", "handler": "ask", "seconds": 0.004}


def test_the_time_is_that_of_the_event_in_utc() -> None:
    stream = io.StringIO()
    log.configure("info", "text", stream)
    moment = datetime(2026, 11, 23, 18, 0, 0, 999_000, UTC)
    happened = {"msg": "turn", "levelno": logging.INFO, "levelname": "INFO", "created": moment.timestamp()}
    logging.getLogger().handle(logging.makeLogRecord({"name": f"{log.ROOT}.engine"} | happened))
    assert stream.getvalue() == "2026-11-23T18:00:00Z info turn\n"


def test_a_field_cannot_take_the_place_of_the_head() -> None:
    found = as_json(lambda: events.info("turn", event="other", level="none", time="never"))
    assert (found["event"], found["level"]) == ("turn", "info")


@pytest.mark.parametrize(
    ("value", "text", "plain"),
    [
        ("ask", "ask", "ask"),
        ("", '""', ""),
        ("two words", '"two words"', "two words"),
        ("two\nlines", r'"two\nlines"', "two\nlines"),
        ('a"b', r'"a\"b"', 'a"b'),
        ("a=b", '"a=b"', "a=b"),
        ("a\u2028b\u0085c", r'"a\u2028b\u0085c"', "a\u2028b\u0085c"),
        ("\u202eabc", r'"\u202eabc"', "\u202eabc"),
        (3, "3", 3),
        (True, "true", True),
        (None, "null", None),
        (0.1 + 0.2, "0.3", 0.3),
        (float("inf"), "inf", "inf"),
        (timedelta(minutes=1.5), "90.0", 90.0),
        (date(2026, 11, 23), "2026-11-23", "2026-11-23"),
        (datetime(2026, 11, 23, 18, tzinfo=UTC), "2026-11-23T18:00:00+00:00", "2026-11-23T18:00:00+00:00"),
        (["a", 2, None], "a,2,null", ["a", 2, None]),
        (("a b", "c"), r'"\"a b\",c"', ["a b", "c"]),
        (Role.MEMBER, "member", "member"),
        (object(), "object", "object"),
        ({"words": PRIVATE}, "dict", "dict"),
        ([ValueError(PRIVATE)], "ValueError", ["ValueError"]),
    ],
)
def test_a_value_is_one_word(value: object, text: str, plain: object) -> None:
    assert written(lambda: events.info("turn", value=value)) == [f"info turn value={text}"]
    assert as_json(lambda: events.info("turn", value=value))["value"] == plain


@given(st.text(), st.sampled_from(["text", "json"]))
def test_whatever_a_value_is_its_event_stays_one_line(value: str, format: Literal["text", "json"]) -> None:
    (line,) = written(lambda: events.info("turn", value=value, next=1), format)
    assert line.isascii()
    assert line.isprintable()


@pytest.mark.parametrize(("level", "heard"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_only_events_of_the_level_and_above_are_written(
    level: Literal["debug", "info", "warning", "error"], heard: int
) -> None:
    def act() -> None:
        events.debug("one")
        events.info("two")
        events.warning("three")
        events.error("four")

    lines = ["debug one", "info two", "warning three", "error four"]
    assert written(act, level=level) == lines[-heard:]


@pytest.mark.parametrize(("terminal", "is_json"), [(True, False), (False, True)])
def test_auto_is_text_in_a_terminal_and_json_elsewhere(
    terminal: bool, is_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    log.configure(stream=stream)
    events.info("turn")
    assert stream.getvalue().startswith("{") is is_json


def test_configuring_again_replaces_and_standard_error_is_the_default(
    capsys: pytest.CaptureFixture[str],
) -> None:
    stream = io.StringIO()
    log.configure("info", "text", stream)
    log.configure("info", "text")
    events.info("turn")
    assert stream.getvalue() == ""
    assert capsys.readouterr().err.endswith("Z info turn\n")


# --- what is kept out ----------------------------------------------------------------------------


def test_a_mistake_shows_its_kind_and_its_way_but_not_its_words() -> None:
    mistake = a_mistake()
    (line,) = written(lambda: events.error("turn.failed", number="7KQ2", error=mistake))
    assert PRIVATE not in line
    assert re.fullmatch(
        r"error turn\.failed number=7KQ2 error=ValueError "
        r"frames=test_log\.py:\d+:a_mistake,test_log\.py:\d+:inner cause=KeyError",
        line,
    )
    found = as_json(lambda: events.error("turn.failed", error=mistake))
    assert (found["error"], found["cause"], len(found["frames"])) == ("ValueError", "KeyError", 2)


def test_a_mistake_that_was_never_raised_has_no_way() -> None:
    assert written(lambda: events.error("odd", error=ValueError(PRIVATE))) == [
        'error odd error=ValueError frames=""'
    ]


def test_of_a_group_of_mistakes_the_first_is_shown() -> None:
    group = ExceptionGroup(PRIVATE, [ExceptionGroup(PRIVATE, [a_mistake()]), KeyError(PRIVATE)])
    found = as_json(lambda: events.error("stopped", error=group))
    assert found["error"] == "ExceptionGroup/ExceptionGroup/ValueError"
    assert len(found["frames"]) == 2


def test_of_a_long_way_only_the_last_steps_are_shown() -> None:
    def deeper(steps: int) -> None:
        if steps:
            deeper(steps - 1)
        else:
            raise ValueError(PRIVATE)

    with pytest.raises(ValueError, match=PRIVATE) as caught:
        deeper(50)
    frames = as_json(lambda: events.error("deep", error=caught.value))["frames"]
    assert len(frames) == 20
    assert all(frame.endswith(":deeper") for frame in frames)


def test_a_library_is_heard_from_warning_on_whatever_our_level_is() -> None:
    def act() -> None:
        library.info("chatter")
        library.warning("Slow down")

    assert written(act, level="debug") == ['warning somebody.elses says="Slow down"']
    assert written(act, level="error") == []


def test_where_people_are_invented_a_mistake_is_shown_whole() -> None:
    def act() -> None:
        try:
            raise ValueError(PRIVATE)
        except ValueError as error:
            with log.mistakes_whole():
                events.error("turn", error=error)
            events.error("turn", error=error)

    first, *below, last = written(act)
    assert first == last
    assert PRIVATE not in first
    assert below[0] == "Traceback (most recent call last):"
    assert below[-1] == f"ValueError: {PRIVATE}"


def test_a_library_never_fills_in_values_nor_a_second_line() -> None:
    def act() -> None:
        library.warning("Job %s failed\nwith %r", PRIVATE, PRIVATE)
        library.warning(ValueError(PRIVATE))
        try:
            raise ValueError(PRIVATE)
        except ValueError:
            library.exception("Task failed")

    first, second, third = written(act)
    assert first == 'warning somebody.elses says="Job %s failed"'
    assert second == 'warning somebody.elses says=ValueError frames=""'
    assert re.fullmatch(
        r'error somebody\.elses says="Task failed" error=ValueError frames=test_log\.py:\d+:act', third
    )
    assert PRIVATE not in first + second + third


@pytest.mark.parametrize("format", ["text", "json"])
@pytest.mark.parametrize(
    "words",
    [
        f"POST https://api.telegram.org/bot{TOKEN}/sendMessage",
        f"https://localhost/file/bot{TOKEN.replace(':', '%3A')}/photo.jpg",
        "http://localhost:8081/bot1:short/getMe",
        f"token {TOKEN}",
    ],
)
def test_no_token_is_ever_written(words: str, format: Literal["text", "json"]) -> None:
    def act() -> None:
        library.warning(words)
        events.info("sent", where=words)

    for line in written(act, format):
        assert "<token>" in line
        assert "AAE" not in line
        assert "short" not in line


def test_what_is_told_together_is_written_in_one_go() -> None:
    written: list[str] = []

    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            written.append(text)
            return len(text)

    configure(format="text", stream=Stream())
    events = get("engine")
    with in_one_go():
        events.info("turn", number=1)
        events.info("turn", number=2)
        thread = threading.Thread(target=events.info, args=("elsewhere",))
        thread.start()
        thread.join()
    assert [text.count("\n") for text in written] == [1, 2]
    assert "elsewhere" in written[0]
    assert "number=1" in written[1]


def test_a_stream_that_takes_nothing_stops_no_work() -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError("no space left")

    configure(format="text", stream=Full())
    with in_one_go():
        get("engine").info("turn")
    get("engine").info("turn")
