"""Who signed what: keys and signatures of https://spec.matrix.org/latest/client-server-api/#cross-signing, as
an answer to `keys/query` tells them."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from Crypto.PublicKey import ECC
from Crypto.Signature import eddsa


def signed_by_owner(known: Mapping[str, Any], user: str, device: str) -> bool:
    """Whether an answer leads from somebody's master key to one of their devices by valid signatures."""
    master, self_signing = key_of(known, "master_keys", user), key_of(known, "self_signing_keys", user)
    try:
        between = known["self_signing_keys"][user]
        last = known["device_keys"][user][device]
    except (KeyError, TypeError):
        return False
    return verified(between, user, master) and verified(last, user, self_signing)


def key_of(known: Mapping[str, Any], kind: str, user: str) -> str:
    """Return the public key of a kind that an answer tells of somebody; "" for none."""
    try:
        return str(next(iter(known[kind][user]["keys"].values()), ""))
    except (KeyError, TypeError, AttributeError):
        return ""


def signed(thing: Mapping[str, Any], user: str, key: ECC.EccKey) -> dict[str, Any]:
    """Return `thing` with this signature and no other: the homeserver keeps those it has."""
    signature = to_base64(eddsa.new(key, "rfc8032").sign(_canonical(thing)))
    bare = {name: value for name, value in thing.items() if name not in ("signatures", "unsigned")}
    return {**bare, "signatures": {user: {f"ed25519:{public(key)}": signature}}}


def verified(thing: Mapping[str, Any], user: str, key: str) -> bool:
    """Whether somebody signed a thing with this public key."""
    try:
        signature = thing["signatures"][user][f"ed25519:{key}"]
        eddsa.new(eddsa.import_public_key(from_base64(key)), "rfc8032").verify(
            _canonical(thing), from_base64(signature)
        )
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    return True


def public(key: ECC.EccKey) -> str:
    """Return the public half of a key."""
    return to_base64(key.public_key().export_key(format="raw"))


def to_base64(raw: bytes) -> str:
    """Return bytes as they stand in keys and signatures: without padding."""
    return base64.b64encode(raw).decode().rstrip("=")


def from_base64(text: str) -> bytes:
    """Return what `to_base64` wrote. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4))


def _canonical(thing: Mapping[str, Any]) -> bytes:
    """What is signed (https://spec.matrix.org/latest/appendices/#signing-json)."""
    bare = {name: value for name, value in thing.items() if name not in ("signatures", "unsigned")}
    return json.dumps(bare, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
