"""Devices that their owners have not signed get no keys, unless a setting says otherwise
(https://github.com/matrix-org/matrix-spec-proposals/pull/4153)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.matrix import outgoing
from adapters.matrix.account import Account
from adapters.matrix.adapter import Matrix
from adapters.matrix.encryption import trust
from bot.adapter import Later
from tests.adapters.test_matrix_keys import message, synced
from tests.support.aio import on_loop
from tests.support.matrix_person import PASSWORD, Person, acquainted, running

VERIFY = "Please verify this session."


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[Person, Matrix, str]]:
    async with acquainted("Ana") as (ana, account, room):
        strict = replace(account, unsigned_devices=False)
        async with running(strict, only_verified=VERIFY) as (adapter, _inbox):
            await synced(adapter)
            yield ana, adapter, room


async def signs(ana: Person, folder: Path) -> None:
    """Ana verifies her device, as apps call it."""
    assert await trust.sign(ana.client, folder / "hers.json", PASSWORD)


def allowed(adapter: Matrix, ana: Person) -> list[str]:
    olm = adapter._open.olm
    devices = olm.device_store.active_user_devices(ana.account)
    return [device.id for device in devices if not olm.is_device_blacklisted(device)]


@on_loop
async def test_who_has_verified_no_device_is_asked_to_once_and_reads_on_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "_KEY_SECONDS", 0.1)
    async with talking() as (ana, adapter, room):
        for _ in range(3):
            with pytest.raises(Later) as later:
                await adapter.send(message(1, room, "In private"))
            assert not later.value.everywhere
        asked = await ana.hears(room)
        assert (asked.text, asked.encrypted) == (VERIFY, False)
        await signs(ana, tmp_path)
        await ana.until(lambda: allowed(adapter, ana) == [ana.client.device_id])
        await adapter.send(message(1, room, "In private"))
        assert (await ana.hears(room)).text == "In private"
        assert [shown.text for shown in ana.messages] == [VERIFY, "In private"]
        assert not ana.unreadable


@on_loop
async def test_of_two_devices_only_the_signed_one_reads(tmp_path: Path) -> None:
    async with talking() as (ana, adapter, room):
        await signs(ana, tmp_path)
        other = Person(ana.server, "Ana", ana.account)
        await other.enter()
        try:
            olm = adapter._open.olm
            await ana.until(lambda: len([*olm.device_store.active_user_devices(ana.account)]) == 2)
            await ana.until(lambda: allowed(adapter, ana) == [ana.client.device_id])
            await adapter.send(message(1, room, "In private"))
            shown = await ana.hears(room)
            assert (shown.text, shown.encrypted) == ("In private", True)
            await ana.until(lambda: shown.id in other.unreadable)
        finally:
            await other.close()


@on_loop
async def test_where_the_setting_says_so_all_devices_read() -> None:
    async with acquainted("Ana") as (ana, account, room):
        assert account.unsigned_devices
        assert not Account("", "", account.folder).unsigned_devices, "not by itself"
        async with running(replace(account, unsigned_devices=False)) as (adapter, _inbox):
            await synced(adapter)
            await ana.until(lambda: allowed(adapter, ana) == [])
        async with running(account) as (adapter, _inbox):
            await synced(adapter)
            await adapter.send(message(1, room, "In private"))
            assert (await ana.hears(room)).text == "In private"
