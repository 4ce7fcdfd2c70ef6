"""The keys of our device, where the library leaves gaps: what is uploaded survives a crash, what runs out is
made up for, and keys from a backup are renewed.

How keys work is in https://spec.matrix.org/latest/client-server-api/#end-to-end-encryption.
"""

from collections.abc import Mapping
from typing import Any, Final

from nio import AsyncClient, KeysUploadResponse
from nio.crypto import Olm

from adapters.matrix.homeserver.client import ask, call, optional, part

_KIND: Final = "signed_curve25519"
_MOST_TAKEN_BACK: Final = 1000


async def upload(client: AsyncClient) -> None:
    """Upload our device, where it is not known, and as many one-time keys as the homeserver lacks; after an
    upload that failed, the same again. Raises `Failed`."""
    olm, body = client.olm, {}
    if not olm.account.shared:
        body["device_keys"] = _signed(olm, _device(olm))
    lacking = max(0, olm.account.max_one_time_keys - (olm.uploaded_key_count or 0))
    if (more := lacking - len(olm.account.one_time_keys["curve25519"])) > 0:
        olm.account.generate_one_time_keys(more)
        olm.save_account()  # before anybody can use them
    ours = sorted(olm.account.one_time_keys["curve25519"].items())[:lacking]
    body["one_time_keys"] = {f"{_KIND}:{name}": _signed(olm, {"key": key}) for name, key in ours}
    left = _left(await call(client, "POST", ["keys", "upload"], body))
    olm.handle_response(KeysUploadResponse(0, left))


def _device(olm: Olm) -> dict[str, Any]:
    identity = olm.account.identity_keys
    return {
        "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
        "device_id": olm.device_id,
        "user_id": olm.user_id,
        "keys": {f"{kind}:{olm.device_id}": identity[kind] for kind in ("curve25519", "ed25519")},
    }


def _signed(olm: Olm, thing: dict[str, Any]) -> dict[str, Any]:
    return {**thing, "signatures": {olm.user_id: {f"ed25519:{olm.device_id}": olm.sign_json(thing)}}}


def _left(answer: Mapping[str, Any]) -> int:
    """How many one-time keys the homeserver has, by its answer to an upload. Raises `Failed`."""
    counts = part(answer, "one_time_key_counts", dict)
    return part({_KIND: 0, **counts}, _KIND, int)


async def upload_fallback(client: AsyncClient) -> None:
    """Upload a key for when the one-time keys have run out, as they do while nobody fills them up: without
    it, the first words of new devices could never be read. Raises `Failed`."""
    olm, account = client.olm, client.olm.account._account
    if account.fallback_key is None or not account.fallback_key:
        account.generate_fallback_key()
        olm.save_account()
    keys = {
        f"{_KIND}:{name}": _signed(olm, {"key": key.to_base64(), "fallback": True})
        for name, key in account.fallback_key.items()
    }
    _left(await call(client, "POST", ["keys", "upload"], {"fallback_keys": keys}))
    # There is one mark for all: one-time keys that were not taken are never used, and others are made.
    olm.mark_keys_as_published()
    olm.save_account()


async def renew(client: AsyncClient) -> None:
    """After keys came from a backup: begin anew whatever may have gone on since then, unknown to us. The
    one-time keys that others would take are not ours any more, and what we write in an old session is taken
    for a repetition. Raises `Failed`."""
    olm, ours = client.olm, {client.user_id: {client.device_id: _KIND}}
    for _ in range(_MOST_TAKEN_BACK):
        if not await _taken_back(client, ours):
            break
    olm.uploaded_key_count = 0
    await upload_fallback(client)
    await upload(client)
    olm.wedged_devices = [device for device in olm.device_store if olm.session_store.get(device.curve25519)]
    if client.should_claim_keys:
        await ask(client.keys_claim(client.get_users_for_key_claiming()))
    olm.wedged_devices.clear()  # who cannot be reached begins a new session with us
    await ask(client.send_to_device_messages())


async def _taken_back(client: AsyncClient, ours: dict[str, Any]) -> bool:
    """Take one of our one-time keys from the homeserver; whether there was one left."""
    told = await call(client, "POST", ["keys", "claim"], {"one_time_keys": ours})
    devices = optional(part(told, "one_time_keys", dict), client.user_id, dict)
    keys = optional(devices, client.device_id, dict)
    return any(not part(keys, name, dict).get("fallback") for name in keys)


async def count(client: AsyncClient, told: int | None) -> int:
    """How many one-time keys the homeserver still has; where a sync does not tell, or tells of too few, it is
    asked, so that one which is wrong about that does not get more and more. The library does not take in a
    count of none, and would never upload again. Raises `Failed`."""
    olm = client.olm
    if told is None or told < olm.account.max_one_time_keys:
        told = _left(await call(client, "POST", ["keys", "upload"], {}))
    olm.uploaded_key_count = told
    if told >= olm.account.max_one_time_keys and olm.account.one_time_keys["curve25519"]:
        olm.mark_keys_as_published()  # they were taken by an upload whose answer was lost
        olm.save_account()
    return told


async def keep_up(client: AsyncClient) -> None:
    """What has to be done between two syncs. Raises `Failed`; what is left is done after the next one."""
    if client.should_upload_keys:
        await upload(client)
    if client.should_query_keys:
        await ask(client.keys_query())
    if client.should_claim_keys:
        await ask(client.keys_claim(client.get_users_for_key_claiming()))
    if client.outgoing_to_device_messages:
        await ask(client.send_to_device_messages())
