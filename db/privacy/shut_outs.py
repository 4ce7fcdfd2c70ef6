"""Who was forgotten after they had to go: an invitation they may still have does not bring them back. Only
what their account is known by is kept, and only as long as such an invitation works."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from db.models import Identity, Invitation, Member, Person, ShutOut
from db.old import Forgotten, Old
from db.privacy import forgotten


def due(db: Session, person: Person, now: datetime) -> Sequence[tuple[Member, datetime]]:
    """Return the memberships of a person that their network ended, or lets rest while a report is looked at,
    with how long an invitation from before could undo that; those that none could undo are left out."""
    gone = or_(Member.state == "removed", (Member.state == "resting") & Member.silence.is_(None))
    works = (
        Invitation.network_id == Member.network_id,
        Invitation.created_at <= func.coalesce(Member.ended_at, now),
        Invitation.expires_at > now,
        Invitation.withdrawn_at.is_(None),
        Invitation.used < Invitation.uses,
    )
    found = select(Member, func.max(Invitation.expires_at)).join(Invitation, and_(*works))
    rows = db.execute(found.where(Member.person_id == person.id, gone).group_by(Member.id))
    return [(member, until) for member, until in rows]


def note(db: Session, person: Person, now: datetime) -> None:
    """Keep what the accounts of a person are known by who is about to be forgotten, for each of those."""
    for member, until in due(db, person, now):
        for each in person.identities:
            salt = forgotten.new_salt()
            digest = forgotten.digest_of(salt, each.messenger, each.account)
            at = member.ended_at or now
            db.add(ShutOut(network_id=member.network_id, digest=digest, salt=salt, at=at, until=until))
    db.flush()


def since(db: Session, network_id: int, identity: Identity) -> datetime | None:
    """Return since when an account is shut out of a network, by invitations from before; None where it is
    not."""
    rows = db.scalars(select(ShutOut).where(ShutOut.network_id == network_id))
    return max(
        (
            row.at
            for row in rows
            if row.digest == forgotten.digest_of(row.salt, identity.messenger, identity.account)
        ),
        default=None,
    )


def forget(db: Session, old: Old) -> Forgotten:
    """Delete what no invitation is left for."""
    return old.forget(db, delete(ShutOut), ShutOut.until, ShutOut.digest)
