"""What only this installation can read: values that are encrypted where they are stored.

A column is sealed by its type. The key belongs to the engine, not to the database: whoever has its file alone
reads none of it. What is sealed has its length rounded up: else that would tell which of the program's own
texts it is.
"""

import os
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import blake2b, sha256
from typing import Any
from weakref import WeakKeyDictionary

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESOCB3
from sqlalchemy import JSON, Dialect, Engine, Text, TypeDecorator

NONCE, TAG = 12, 16
"""Bytes before what is encrypted: AES-OCB (RFC 7253) takes a nonce of 96 bits here, its tag has 128. Of the
modes that also prove that nothing was changed, it costs least."""
LEAST = 256
"""Bytes that are encrypted at least; what is longer fills the next power of two."""
MARK = "sealed"
"""The only name in the JSON object that stands for a sealed value, and how a sealed word begins."""


class WrongKey(Exception):
    """What is sealed cannot be opened: with another key, or with none."""


class Secret(dict[str, Any]):
    """A JSON object that a person is not shown unasked, because it says what they report, for example. Read
    again from a sealed column it is one still, so that whoever writes it on does not have to know."""


class Secrets(list[Any]):
    """A JSON list of that kind."""


def secret(value: Any) -> Any:
    """Return a JSON value as one that is secret."""
    match value:
        case dict():
            return Secret(value)
        case list():
            return Secrets(value)
    return value


def keeps(secretly: bool) -> Callable[[Any], Any]:
    """Return the function that makes of a JSON value one that is kept `secretly`, or like others."""
    return secret if secretly else lambda value: value


class Seal:
    """Encrypts and decrypts JSON values with a key, the words of which are at least as good as 128 random
    bits."""

    def __init__(self, key: str) -> None:
        self._key = sha256(key.encode()).digest()
        self._cipher = AESOCB3(self._key)

    def close(self, value: Any) -> str:
        """Return a value as it is stored."""
        inside = orjson.dumps([isinstance(value, Secret | Secrets), value])
        size = max(LEAST, 1 << (len(inside) - 1).bit_length())
        nonce = os.urandom(NONCE)
        hidden = self._cipher.encrypt(nonce, inside.ljust(size), None)
        return b64encode(nonce + hidden[size:] + hidden[:size]).decode()

    def open(self, stored: str) -> Any:
        """Return what `close` stored. Raises WrongKey."""
        packed = b64decode(stored)
        nonce, tag, hidden = packed[:NONCE], packed[NONCE : NONCE + TAG], packed[NONCE + TAG :]
        try:
            inside = self._cipher.decrypt(nonce, hidden + tag, None)
        except (InvalidTag, ValueError):
            raise WrongKey from None
        is_secret, value = orjson.loads(inside)
        return secret(value) if is_secret else value

    def mark(self, words: str) -> str:
        """Return what stands for words: always the same, and without the key nobody finds out which."""
        return blake2b(words.encode(), key=self._key, digest_size=32).hexdigest()


SEALS: WeakKeyDictionary[Dialect, Seal] = WeakKeyDictionary()
"""The seal of each engine that has one, by what its types are given."""


def give(engine: Engine, seal: Seal) -> None:
    """Let an engine seal what it stores from now on."""
    SEALS[engine.dialect] = seal


def of(engine: Engine) -> Seal | None:
    """Return the seal of an engine; None where it has none, as in the demo, where all people are invented."""
    return SEALS.get(engine.dialect)


class Sealed(TypeDecorator[Any]):
    """JSON that is encrypted, whatever is not empty; with `whole`, that too, where it would tell how far
    somebody has come. An engine without a seal stores it plainly; what was stored so is read with a seal too.

    Raises WrongKey where what is stored cannot be opened.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, *, whole: bool = False) -> None:
        super().__init__(none_as_null=True)
        self.whole = whole

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        seal = SEALS.get(dialect)
        is_open = value is None or not (value or self.whole)
        return value if seal is None or is_open else {MARK: seal.close(value)}

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if not isinstance(value, dict) or value.keys() != {MARK}:
            return value
        return _seal_for(dialect).open(value[MARK])


class SealedWord(TypeDecorator[str]):
    """A word that is encrypted in the same way: what a handler is called tells what somebody does."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        seal = SEALS.get(dialect)
        return value if seal is None or not value else f"{MARK} {seal.close(value)}"

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or not value.startswith(f"{MARK} "):
            return value
        return str(_seal_for(dialect).open(value.removeprefix(f"{MARK} ")))


STORED = re.compile(rf'\{{"{MARK}":"([\w+/=]+)"\}}|^{MARK} ([\w+/=]+)$', re.MULTILINE)
"""How a sealed value and a sealed word stand in what is stored, the word in a line of its own."""


def opened(stored: str, seal: Seal | None) -> str:
    """Return what is stored in some columns, with what is sealed there as it would stand without a seal.
    Raises WrongKey."""
    if MARK not in stored:
        return stored

    def plain(found: re.Match[str]) -> str:
        if seal is None:
            raise WrongKey
        value = seal.open(found[1] or found[2])
        return orjson.dumps(value).decode() if found[1] else str(value)

    return STORED.sub(plain, stored)


def _seal_for(dialect: Dialect) -> Seal:
    seal = SEALS.get(dialect)
    if seal is None:
        raise WrongKey
    return seal
