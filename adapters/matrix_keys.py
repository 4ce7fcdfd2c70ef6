"""The keys of encryption, where the library leaves gaps: what is uploaded survives a crash, what runs out is
made up for, a room's key counts as shared only when it was, and keys from a backup are renewed.

How keys work is in https://spec.matrix.org/latest/client-server-api/#end-to-end-encryption.
"""

from contextlib import nullcontext
from typing import Any

from nio import AsyncClient, KeysUploadResponse, Response

from adapters.matrix_client import Failed, ask, call

_KIND = "signed_curve25519"


class Client(AsyncClient):  # type: ignore[misc]  # it comes without types
    """The library's client, which stores all keys that one answer brings in one go.

    It uses up what a key came wrapped in, stores that, and only then the key: after a crash in between, what
    the key opens could never be read. Nothing is waited for inside, so nothing else gets in.
    """

    async def receive_response(self, response: Response) -> None:
        """Take in an answer."""
        # There is no store before the login.
        with self.store.database.atomic() if self.store is not None else nullcontext():
            await super().receive_response(response)


async def upload(client: AsyncClient) -> None:
    """Upload our device and as many one-time keys as the homeserver lacks. Raises `Failed`."""
    olm = client.olm
    keys = olm.share_keys()
    olm.save_account()  # before anybody can use them; the library does so after
    olm.handle_response(KeysUploadResponse.from_dict(await call(client, "POST", ["keys", "upload"], keys)))


async def upload_fallback(client: AsyncClient) -> None:
    """Upload a key for when the one-time keys have run out, as they do while nobody fills them up: without
    it, the first words of new devices could never be read. Raises `Failed`."""
    olm, account = client.olm, client.olm.account._account
    if account.fallback_key is None or not account.fallback_key:
        account.generate_fallback_key()
        olm.save_account()
    signed: dict[str, Any] = {}
    for name, key in account.fallback_key.items():
        whole = {"key": key.to_base64(), "fallback": True}
        signature = olm.sign_json(whole)
        mine = {client.user_id: {f"ed25519:{client.device_id}": signature}}
        signed[f"{_KIND}:{name}"] = {**whole, "signatures": mine}
    await call(client, "POST", ["keys", "upload"], {"fallback_keys": signed})
    olm.mark_keys_as_published()
    olm.save_account()


async def renew(client: AsyncClient) -> None:
    """After keys came from a backup: begin anew whatever may have gone on since then, unknown to us. The
    one-time keys that others would take are not ours any more, and what we write in an old session is taken
    for a repetition. Raises `Failed`."""
    olm, ours = client.olm, {client.user_id: {client.device_id: _KIND}}
    while await _taken_back(client, ours):
        pass
    olm.uploaded_key_count = 0
    await upload_fallback(client)
    await upload(client)
    olm.wedged_devices = [device for device in olm.device_store if olm.session_store.get(device.curve25519)]
    if client.should_claim_keys:
        await ask(client.keys_claim(client.get_users_for_key_claiming()))
    olm.wedged_devices.clear()  # who cannot be reached begins a new session with us
    await client.send_to_device_messages()


async def _taken_back(client: AsyncClient, ours: dict[str, Any]) -> bool:
    """Take one of our one-time keys from the homeserver; whether there was one left."""
    told = await call(client, "POST", ["keys", "claim"], {"one_time_keys": ours})
    keys = told["one_time_keys"].get(client.user_id, {}).get(client.device_id, {})
    return any(not key.get("fallback") for key in keys.values())


def count(client: AsyncClient, response: Any) -> int:
    """How many one-time keys the homeserver still has, by its answer to a sync. The library does not take in
    a count of none, and would never upload again."""
    left = response.device_key_count.signed_curve25519 or 0
    client.olm.uploaded_key_count = left
    return int(left)


async def keep_up(client: AsyncClient) -> None:
    """What has to be done between two syncs. Raises `Failed`; what is left is done after the next one."""
    if client.should_upload_keys:
        await upload(client)
    if client.should_query_keys:
        await ask(client.keys_query())
    if client.should_claim_keys:
        await ask(client.keys_claim(client.get_users_for_key_claiming()))
    if client.outgoing_to_device_messages:
        await client.send_to_device_messages()


async def share(client: AsyncClient, room: str) -> None:
    """Give the room's key to the devices of all its members, if they do not have it. Raises `Failed`: the
    library goes on where that failed, and what is sent then is never readable."""
    olm, known = client.olm, client.rooms[room]
    if not olm.should_share_group_session(room):
        return
    if not known.members_synced:
        await ask(client.joined_members(room))
    if client.should_query_keys:
        await ask(client.keys_query())
    if missing := client.get_missing_sessions(room):
        await ask(client.keys_claim(missing))
    token = client.access_token
    try:
        shared = await ask(client.share_group_session(room, ignore_unverified_devices=True))
    finally:
        client.access_token = token  # of an error here, the library thinks that we are logged out
    reachable = {
        (user, device.id)
        for user in known.users
        for device in olm.device_store.active_user_devices(user)
        if device.id != client.device_id and olm.session_store.get(device.curve25519)
    }
    if reachable - shared.users_shared_with:
        olm.outbound_group_sessions.pop(room, None)
        raise Failed("the room's key did not reach all")


def unlock(client: AsyncClient, room: str) -> None:
    """After a send that failed: the library would wait for ever for a key that nobody shares any more."""
    if (waiting := client.sharing_session.pop(room, None)) is not None:
        waiting.set()
