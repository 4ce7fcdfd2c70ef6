"""Entries that hang on one another: each digest covers what the entry says and the digest before it.

Whoever changes an entry, or takes one out of the middle, changes every digest after it. No key is in it,
so the chain alone does not find somebody who computes all of them anew, nor a tail that was cut off: the
newest digest, and how many there are, have to be kept where they cannot reach, too.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Protocol, TypeAlias

BEGINNING = ""
"""What stands before the first entry of a chain."""
SHORT = 8
"""Letters of a digest that people read: four thousand million of them differ."""

Fact: TypeAlias = "str | int | bool | list[Fact] | dict[str, Fact] | None"
"""What can be digested: what JSON says in one way only, so no fractions; moments in the form of ISO 8601."""


def canonical(facts: Mapping[str, Fact]) -> str:
    """Return facts as the only JSON there is of them: keys in order, no space, letters as they are."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def entry(previous: str, facts: Mapping[str, Fact]) -> str:
    """Return the very text of an entry, whose SHA-256 is its digest: `sha256sum` tells the same of a file
    with nothing but this in it, in UTF-8. Raises ValueError for facts that say what stood before."""
    if "previous" in facts:
        raise ValueError("facts of a chain cannot be called “previous”")
    return canonical({**facts, "previous": previous})


def digest(previous: str, facts: Mapping[str, Fact]) -> str:
    """Return the digest (SHA-256, hexadecimal) of an entry after the one with the digest `previous`."""
    return sha256(entry(previous, facts).encode()).hexdigest()


def short(whole: str) -> str:
    """Return what people read of a digest."""
    return whole[:SHORT]


class Link(Protocol):
    """A row that hangs on the one before it."""

    @property
    def id(self) -> int: ...
    @property
    def previous(self) -> str: ...
    @property
    def digest(self) -> str: ...
    def facts(self) -> Mapping[str, Fact]: ...


def first_broken(links: Iterable[Link]) -> int | None:
    """Return the first row (its id) that does not say what its digest covers, or does not hang on the row
    before it, of rows in their order; None where all do."""
    before = BEGINNING
    for link in links:
        if link.previous != before or digest(before, link.facts()) != link.digest:
            return link.id
        before = link.digest
    return None
