"""What only this installation can read: values that are encrypted where they are stored.

A column is sealed by its type. The key belongs to the engine, not to the database: whoever has its file alone
reads none of it.
"""

import secrets
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from Crypto.Cipher import AES
from sqlalchemy import JSON, Dialect, Engine, TypeDecorator

NONCE, TAG = 12, 16
"""Bytes before what is encrypted: AES-GCM (NIST SP 800-38D) takes a nonce of 96 bits, its tag has 128."""
MARK = "sealed"
"""The only name in the JSON object that stands for a sealed value."""


class WrongKey(Exception):
    """What is sealed cannot be opened: with another key, or with none."""


class Secret(dict[str, Any]):
    """A JSON object that is sealed wherever it is stored in a column that seals secrets. Read again it is one
    still, so that whoever writes it on does not have to know."""


class Seal:
    """Encrypts and decrypts JSON values with a key, the words of which are at least as good as 128 random
    bits."""

    def __init__(self, key: str) -> None:
        self._key = sha256(key.encode()).digest()

    def close(self, value: Any) -> str:
        """Return a value as it is stored."""
        cipher = AES.new(self._key, AES.MODE_GCM, nonce=secrets.token_bytes(NONCE))
        hidden, tag = cipher.encrypt_and_digest(orjson.dumps(value))
        return b64encode(cipher.nonce + tag + hidden).decode()

    def open(self, stored: str) -> Any:
        """Return what `close` stored. Raises WrongKey."""
        packed = b64decode(stored)
        nonce, tag, hidden = packed[:NONCE], packed[NONCE : NONCE + TAG], packed[NONCE + TAG :]
        try:
            return orjson.loads(AES.new(self._key, AES.MODE_GCM, nonce=nonce).decrypt_and_verify(hidden, tag))
        except ValueError:
            raise WrongKey from None


SEALS: WeakKeyDictionary[Dialect, Seal] = WeakKeyDictionary()
"""The seal of each engine that has one, by what its types are given."""


def give(engine: Engine, seal: Seal) -> None:
    """Let an engine seal what it stores from now on."""
    SEALS[engine.dialect] = seal


class Sealed(TypeDecorator[Any]):
    """JSON that is encrypted: whatever is not empty, or where `secrets_only` what is a `Secret`. An engine
    without a seal stores it plainly, as in the demo, where all people are invented; what was stored so is
    read with a seal too.

    Raises WrongKey where what is stored cannot be opened.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, *, secrets_only: bool = False) -> None:
        super().__init__(none_as_null=True)
        self.secrets_only = secrets_only

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        seal = SEALS.get(dialect)
        is_open = not isinstance(value, Secret) if self.secrets_only else not value
        if seal is None or value is None or is_open:
            return value
        return {MARK: seal.close(value)}

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if not isinstance(value, dict) or value.keys() != {MARK}:
            return value
        seal = SEALS.get(dialect)
        if seal is None:
            raise WrongKey
        opened = seal.open(value[MARK])
        return Secret(opened) if isinstance(opened, dict) else opened
