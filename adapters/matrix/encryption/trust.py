"""The bot's device, signed by the bot's own identity: other people's apps give keys to signed devices only.

The keys and signatures are those of https://spec.matrix.org/latest/client-server-api/#cross-signing: a master
key signs a self-signing key, which signs the device. They grow from seeds that are kept in a file, so that a
new device of the same account is signed by the same identity.
"""

import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from Crypto.PublicKey import ECC
from nio import AsyncClient

from adapters.matrix.files import write
from adapters.matrix.homeserver.client import call, optional, part
from adapters.matrix.homeserver.errors import Failed
from adapters.matrix.homeserver.signatures import (
    from_base64,
    key_of,
    public,
    signed,
    signed_by_owner,
    to_base64,
)
from bot.adapter import Unauthorised
from bot.support import log as logs

_SEED_BYTES: Final = 32
_USES: Final = ("master", "self_signing", "user_signing")

log = logs.get("matrix")


class NoPassword(Exception):
    """The identity has to be made known to the homeserver, which wants the password for that, once."""


async def sign(client: AsyncClient, seeds: Path, password: str) -> bool:
    """Have our device signed; False where it was already. Asks the password only when the homeserver does
    not know our identity yet. Raises `NoPassword`, `Failed`, or `Unauthorised` where the seeds cannot be
    read."""
    known = await _known(client)
    if signed_by_owner(known, client.user_id, client.device_id):
        return False
    keys = _keys(seeds)
    master, self_signing = keys["master"], keys["self_signing"]
    if key_of(known, "master_keys", client.user_id) != public(master) or (
        key_of(known, "self_signing_keys", client.user_id) != public(self_signing)
    ):
        await _publish(client, keys, password)
        if known.get("master_keys"):
            log.warning("trust.replaced", why="the homeserver held an identity that is not in our folder")
        known = await _known(client)
    device = known["device_keys"][client.user_id][client.device_id]
    ours = signed(device, client.user_id, self_signing)
    told = await call(
        client, "POST", ["keys", "signatures", "upload"], {client.user_id: {client.device_id: ours}}
    )
    if told.get("failures"):
        raise Failed("the signature was not taken", 400)
    return True


async def is_signed(client: AsyncClient) -> bool:
    """Whether others see our device signed by our identity, as the homeserver tells it. Raises `Failed`."""
    return signed_by_owner(await _known(client), client.user_id, client.device_id)


# --- requests --------------------------------------------------------------------------------------


async def _known(client: AsyncClient) -> dict[str, Any]:
    """What the homeserver knows of us. Raises `Failed` where it does not tell of this very device, or what it
    tells is no key: to make a new identity then would be to lose the one there is."""
    known = await call(client, "POST", ["keys", "query"], {"device_keys": {client.user_id: []}})
    devices = part(part(known, "device_keys", dict), client.user_id, dict)
    keys = part(part(devices, client.device_id, dict), "keys", dict)
    for kind, key in client.olm.account.identity_keys.items():
        if keys.get(f"{kind}:{client.device_id}") != key:
            raise Failed("", 200, known)
    for kind in ("master_keys", "self_signing_keys"):
        ours = optional(known, kind, dict)
        if client.user_id in ours:
            keys = part(part(ours, client.user_id, dict), "keys", dict)
            if not keys or not all(isinstance(key, str) for key in keys.values()):
                raise Failed("", 200, known)
    return known


async def _publish(client: AsyncClient, keys: Mapping[str, ECC.EccKey], password: str) -> None:
    """Make our identity known. The homeserver says what it wants for that, which is the password."""
    user = client.user_id
    body: dict[str, Any] = {
        f"{use}_key": {
            "user_id": user,
            "usage": [use],
            "keys": {f"ed25519:{public(keys[use])}": public(keys[use])},
        }
        for use in _USES
    }
    for use in _USES[1:]:
        body[f"{use}_key"] = signed(body[f"{use}_key"], user, keys["master"])
    path = ["keys", "device_signing", "upload"]
    try:
        await call(client, "POST", path, body)
    except Failed as failed:
        if failed.status != 401 or "session" not in failed.body:
            raise
        if not password:
            raise NoPassword from None
        body["auth"] = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user},
            "password": password,
            "session": failed.body["session"],
        }
        await call(client, "POST", path, body)


# --- keys and signatures ---------------------------------------------------------------------------


def look(seeds: Path) -> dict[str, str] | None:
    """The seeds in the file; None where there are none yet. Raises `Unauthorised` where it cannot be read."""
    try:
        kept = json.loads(seeds.read_text("ascii"))
        if all(len(from_base64(kept[use])) == _SEED_BYTES for use in _USES):
            return {use: str(kept[use]) for use in _USES}
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, AttributeError):
        pass
    raise Unauthorised(
        f"{seeds} cannot be read: put it back from the backup. Without one, move it away and start once with "
        "matrix.password: the bot gets a new identity, and people's apps say so."
    )


def _keys(seeds: Path) -> dict[str, ECC.EccKey]:
    """Our keys, from the seeds in the file; made there the first time."""
    kept = look(seeds)
    if kept is None:
        kept = {use: to_base64(secrets.token_bytes(_SEED_BYTES)) for use in _USES}
        write(seeds, json.dumps(kept, indent=1))
    return {use: ECC.construct(curve="Ed25519", seed=from_base64(kept[use])) for use in _USES}
