"""Who may read and do something at the port of the stage: its own page, and nobody else's."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession

from adapters.browser.server import PAGE
from tests.browser.playing import theatre
from tests.support.aio import on_loop

ASKED = json.dumps({"do": "say", "who": "Ana", "words": "/help"})


@pytest.mark.parametrize(
    ("headers", "may_read", "may_act"),
    [
        ({"Origin": "{own}", "Sec-Fetch-Site": "same-origin"}, True, True),
        ({}, True, False),  # no browser acts without its origin
        ({"Sec-Fetch-Site": "none"}, True, False),
        ({"Origin": "https://evil.example"}, False, False),
        ({"Origin": "null"}, False, False),
        ({"Origin": "http://127.0.0.1:1"}, False, False),  # another port of this machine
        ({"Origin": "{own}", "Host": "evil.example"}, False, False),
        ({"Origin": "{own}", "Sec-Fetch-Site": "same-site"}, False, False),
        ({"Sec-Fetch-Site": "cross-site"}, False, False),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, False, False),
    ],
)
@on_loop
async def test_the_door(headers: Mapping[str, str], may_read: bool, may_act: bool, tmp_path: Path) -> None:
    async with theatre(tmp_path) as address, ClientSession() as session:
        own = address.rstrip("/")
        given = {name: value.format(own=own) for name, value in headers.items()}
        async with session.get(f"{own}/script", headers=given) as answer:
            assert (answer.status == 200) is may_read
        async with session.post(f"{own}/act", headers=given, data=ASKED) as answer:
            assert (answer.status == 200) is may_act
        async with session.get(f"{own}/script") as answer:
            assert ("Ana: /help" in await answer.text()) is may_act


@on_loop
async def test_a_link_elsewhere_leads_to_the_page_and_to_nothing_else(tmp_path: Path) -> None:
    given = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    async with theatre(tmp_path) as address, ClientSession(headers=given) as session:
        async with session.get(address) as answer:
            assert answer.status == 200
        async with session.get(f"{address}events") as answer:
            assert answer.status == 403


@on_loop
async def test_nothing_of_the_page_comes_from_elsewhere_or_stands_inside_it(tmp_path: Path) -> None:
    async with theatre(tmp_path) as address, ClientSession() as session, session.get(address) as answer:
        policy, page = answer.headers["Content-Security-Policy"], await answer.text()
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy and "*" not in policy and "frame-ancestors 'none'" in policy
    assert "style=" not in page and "<style" not in page and "<script>" not in page
    for name in [each.name for each in PAGE.iterdir()]:
        words = (PAGE / name).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http:" not in words and "https:" not in words and "innerHTML" not in words, name


@pytest.mark.parametrize(
    "path", ["words/../server.py", "server.py", "x.css", "files/1/0", "files/a/b", "..%2f"]
)
@on_loop
async def test_what_is_no_part_of_the_page_is_not_there(path: str, tmp_path: Path) -> None:
    async with theatre(tmp_path) as own, ClientSession() as session, session.get(own + path) as answer:
        assert answer.status == 404


@on_loop
async def test_a_file_that_is_no_transcript_changes_nothing(tmp_path: Path) -> None:
    async with (
        theatre(tmp_path) as address,
        ClientSession(headers={"Origin": address.rstrip("/")}) as session,
    ):
        async with session.post(f"{address}begin", json={"script": "# fine\n\nno line of ours"}) as answer:
            assert (answer.status, await answer.json()) == (409, {"why": "unreadable", "line": 3})
        async with session.get(f"{address}script") as answer:
            assert "@ Ana" in await answer.text()
        async with session.post(f"{address}begin", json={"script": "@ Zoe, member on matrix, de"}) as answer:
            assert answer.status == 200
        async with session.get(f"{address}script") as answer:
            assert await answer.text() == "@ Zoe, member on matrix, de\n"


@pytest.mark.parametrize("body", ["", "[]", "{", '"do"', "\x00"])
@on_loop
async def test_what_is_no_request_is_refused(body: str, tmp_path: Path) -> None:
    async with theatre(tmp_path) as address, ClientSession() as session:
        own: dict[str, Any] = {"Origin": address.rstrip("/")}
        async with session.post(f"{address}act", data=body, headers=own) as answer:
            assert answer.status == 400
