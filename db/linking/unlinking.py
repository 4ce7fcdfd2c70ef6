"""An account that is taken off: whoever writes from it is somebody new."""

from datetime import datetime

from sqlalchemy.orm import Session

from db.models import Identity, Person


def take_off(db: Session, account: Identity, now: datetime) -> Person:
    """Give an account to somebody of whom nothing is known; return that one. All else stays with the
    person."""
    anew = Person(name="", created_at=now)
    db.add(anew)
    db.flush()
    if account.person.preferred == account.messenger:
        account.person.preferred = None
    account.person_id, account.menu, account.told_at = anew.id, "", None
    db.flush()
    db.expire_all()
    return anew
