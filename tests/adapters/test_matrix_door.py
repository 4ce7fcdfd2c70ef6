"""How the bot comes into rooms, and into its account: what is refused for a while is tried again, also after
a restart, and through servers that know the room."""

import asyncio
import json
from pathlib import Path

import pytest
from aiohttp import web

from adapters.matrix import door
from adapters.matrix.account import Account
from adapters.matrix.door import JOINS
from bot.adapter import Unauthorised
from tests.adapters.test_matrix_odd import ANA, GROUP, _until, adapter_of, heard, listening
from tests.support.aio import on_loop
from tests.support.matrix_line import line_to
from tests.support.matrix_person import acquainted, running
from tests.support.matrix_stand_in import BOT, StandIn, stand_in
from tests.support.synapse import homeserver

FAR = "!far:elsewhere"


def account(server: StandIn, folder: Path) -> Account:
    return Account(server.url, BOT, folder / "matrix", password="of-the-bot")


async def invites(server: StandIn, by: str) -> None:
    event = {
        "type": "m.room.member",
        "state_key": BOT,
        "sender": by,
        "content": {"membership": "invite", "is_direct": True},
    }
    await server.tells(invite={FAR: {"invite_state": {"events": [event]}}})


def kept(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "matrix" / JOINS).read_text())
    return found


@on_loop
async def test_an_invitation_that_is_refused_at_first_is_tried_again() -> None:
    """As where another server does not know yet that we are invited."""
    async with acquainted("Ana") as (ana, account, _room), line_to(homeserver()) as line:
        refused: list[str] = []

        def once(request: web.Request) -> web.Response | None:
            if "/join/" in request.path and not refused:
                refused.append(request.path)
                return web.json_response({"errcode": "M_FORBIDDEN", "error": "Not invited."}, status=403)
            return None

        line.fault = once
        over = Account(line.url, account.user, account.folder, account.password)
        async with running(over):
            second = await ana.opens_private_chat(ana.bot)
            await ana.until(lambda: ana.has_joined(second, ana.bot))
        assert refused


@on_loop
async def test_a_room_is_entered_through_the_server_of_whoever_invites(tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        await invites(server, "@bo:elsewhere")
        await heard(inbox, server)
        await _until(lambda: not kept(tmp_path))
        assert server.joined_through == [(FAR, ["elsewhere"])]


@on_loop
async def test_a_room_that_takes_the_place_of_another_is_entered_through_the_server_that_says_so(
    tmp_path: Path,
) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        tombstone = server.event(
            "@bo:elsewhere", "m.room.tombstone", {"replacement_room": FAR, "body": ""}, state_key=""
        )
        await server.tells({GROUP: [tombstone]})
        await heard(inbox, server)
        await _until(lambda: bool(server.joined_through))
        assert server.joined_through == [(FAR, ["elsewhere"])]


@on_loop
async def test_what_was_not_let_in_before_a_restart_is_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_INVITE_SECONDS", 0.05)  # nobody waits for the one that is never let in
    async with stand_in() as server:
        refusing = True

        def fault(request: str) -> tuple[int, object] | None:
            if refusing and request.startswith("POST join"):
                return 403, {"errcode": "M_FORBIDDEN", "error": "Not yet."}
            return None

        server.faults.append(fault)
        async with listening(server, tmp_path) as (matrix, inbox):
            matrix._door._pause = _for_ever  # one try, and then the program ends
            await invites(server, ANA)
            await heard(inbox, server)
        assert [*kept(tmp_path)] == [FAR]
        refusing = False
        async with listening(server, tmp_path) as (_, inbox):
            await heard(inbox, server)
            await _until(lambda: not kept(tmp_path))
        assert server.joined_through == [(FAR, ["stand-in"])]


async def _for_ever(seconds: float) -> None:
    await asyncio.Event().wait()


@on_loop
async def test_whoever_never_lets_us_in_is_given_up(tmp_path: Path) -> None:
    async with stand_in() as server, listening(server, tmp_path) as (_, inbox):
        server.breaks("POST join", *[{"errcode": "M_FORBIDDEN", "error": "No."}] * 100, status=403)
        await invites(server, ANA)
        await heard(inbox, server)
        await _until(lambda: not kept(tmp_path))
        assert server.asked[f"POST join/{FAR}"] == 8


@pytest.mark.parametrize("file", ["", "[]", "{", '{"!a:b": 5}'])
@on_loop
async def test_a_damaged_list_of_rooms_keeps_nobody_out(file: str, tmp_path: Path) -> None:
    async with stand_in() as server:
        (tmp_path / "matrix").mkdir()
        (tmp_path / "matrix" / JOINS).write_text(file)
        async with listening(server, tmp_path) as (_, inbox):
            await heard(inbox, server)


@on_loop
async def test_a_homeserver_without_passwords_is_named_with_the_way_in(tmp_path: Path) -> None:
    async with stand_in() as server:
        server.flows = ["m.login.sso", "m.login.token"]
        matrix = adapter_of(account(server, tmp_path))
        with pytest.raises(Unauthorised, match=r"matrix\.access_token"):
            await matrix.start()
        await matrix.close()


@pytest.mark.parametrize(
    ("status", "answer", "sentence"),
    [
        (502, b"<html>", "What answers at matrix.homeserver is no homeserver (HTTP 502)."),
        (503, {"errcode": "M_UNKNOWN", "error": "x"}, "refuses what the bot asks of it (M_UNKNOWN)."),
    ],
)
@on_loop
async def test_no_class_of_the_program_stands_in_a_sentence(
    status: int, answer: object, sentence: str, tmp_path: Path
) -> None:
    async with stand_in() as server:
        server.breaks("GET login", answer, status=status)
        matrix = adapter_of(account(server, tmp_path))
        with pytest.raises(OSError) as caught:
            await matrix.start()
        assert sentence in str(caught.value)
    with pytest.raises(OSError, match="The homeserver does not answer"):
        await matrix.start()
    await matrix.close()
