"""People who never agreed to anything: they are forgotten after a while."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, exists, or_, tuple_
from sqlalchemy.orm import Session

from db.models import Application, Identity, Member, Merge, Person, Relay
from db.old import Forgotten, Old


def forget_all(db: Session, old: Old, spared: Collection[tuple[str, str]] = ()) -> Forgotten:
    """Delete people who never agreed to anything and have written nothing since too long ago, with all that
    is theirs. Those stay who are in a network, found one or have asked one, who talk with somebody, and whose
    account (messenger, account) is `spared`."""
    rows = old.rows(db, Person.created_at, Person.id, where=[Person.consent_at.is_(None)])
    gone = _delete_strangers(db, [row.key for row in rows], old.before, spared) if rows else 0
    return old.forgotten(gone, rows)


def forget(
    db: Session, person_id: int, silent_since: datetime, spared: Collection[tuple[str, str]] = ()
) -> None:
    """Delete one of them, who said no and has written nothing after `silent_since`."""
    _delete_strangers(db, [person_id], silent_since, spared)


def _delete_strangers(
    db: Session, person_ids: list[int], silent_since: datetime, spared: Collection[tuple[str, str]]
) -> int:
    theirs = exists().where(
        Identity.person_id == Person.id,
        or_(
            Identity.last_wrote_at > silent_since,
            tuple_(Identity.messenger, Identity.account).in_(list(spared)),
        ),
    )
    talks = exists().where(
        or_(Relay.asker_id == Person.id, Relay.helper_id == Person.id), Relay.closed_at.is_(None)
    )
    gone = delete(Person).where(
        Person.id.in_(person_ids),
        Person.consent_at.is_(None),
        ~exists().where(Member.person_id == Person.id),
        ~exists().where(Application.person_id == Person.id),
        ~exists().where(Merge.other_id == Person.id),
        ~talks,
        ~theirs,
    )
    return db.connection().execute(gone).rowcount
