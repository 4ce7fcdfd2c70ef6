"""Where each journal of a network ends, and its wordings and signatures, kept outside the database too: how
many entries there are, and the digest of the last. So it shows when an end was cut off, although all that is
left fits together."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import files
from db.leading import journal
from db.leading.journal import End
from db.models import Network, Signature, Wording

Ends = Mapping[str, Mapping[str, End]]
"""Where the chains of each kind end, by the number of their network."""


class Kind(NamedTuple):
    """A kind of chain: where each ends now, and whether one lacks an end that it once had."""

    now: Callable[[Session], dict[str, End]]
    lacks: Callable[[Session, int, End], bool]


def _rows(row: type[Wording] | type[Signature]) -> Kind:
    """Return a kind of which no row ever goes."""
    return Kind(partial(_now, row=row), partial(_lacks, row=row))


def _now(db: Session, row: type[Wording] | type[Signature]) -> dict[str, End]:
    last = select(row.network_id, func.count().label("number"), func.max(row.id).label("id"))
    found = last.group_by(row.network_id).subquery()
    rows = select(found.c.network_id, found.c.number, row.digest).join(row, row.id == found.c.id)
    return {str(each.network_id): End(each.number, each.digest) for each in db.execute(rows)}


def _lacks(db: Session, network_id: int, was: End, row: type[Wording] | type[Signature]) -> bool:
    in_order = select(row.digest).where(row.network_id == network_id).order_by(row.id)
    return db.scalar(in_order.offset(was.number - 1).limit(1)) != was.digest


KINDS = {
    "journals": Kind(journal.ends, journal.lacks),
    "wordings": _rows(Wording),
    "signatures": _rows(Signature),
}


def ends(db: Session) -> Ends:
    """Return where each chain ends."""
    return {name: kind.now(db) for name, kind in KINDS.items()}


def read(path: Path) -> Ends:
    """Return what `write` kept; nothing where there is no such file. Raises OSError and ValueError."""
    if not path.exists():
        return {}
    kept = json.loads(path.read_text("utf-8"))
    if not kept.keys() <= KINDS.keys():  # an older program kept the journals alone
        kept = {"journals": kept}
    return {
        kind: {str(network): End(int(number), str(digest)) for network, (number, digest) in there.items()}
        for kind, there in kept.items()
    }


def write(db: Session, path: Path, *, anew: bool = False) -> None:
    """Keep where each chain ends, in a file for us alone, whole or not at all. What the file says and the
    database does not stays in it, so that it is still seen; `anew` is for a database that was restored.
    Raises OSError and ValueError."""
    kept = {} if anew else read(path)
    now = {kind: dict(there) for kind, there in ends(db).items()}
    for kind, network in lost(db, kept):
        now[kind][network] = kept[kind][network]
    files.write(path, json.dumps(now, indent=1, sort_keys=True))


def lost(db: Session, kept: Ends) -> list[tuple[str, str]]:
    """Return the chains, by their kind and the number of their network, that do not have the end that was
    `kept` outside."""
    return [
        (kind, network)
        for kind, there in kept.items()
        for network, was in there.items()
        if KINDS[kind].lacks(db, int(network), was) and db.get(Network, int(network)) is not None
    ]
