"""Founding a network without a dialogue: from the command line."""

from datetime import datetime

from sqlalchemy.orm import Session

from db.leading import journal
from db.models import Network
from db.network import invitations, networks, numbers
from db.network.networks import Facts


def found_by_operator(
    db: Session, name: str, *, languages: list[str], time_zone: str, now: datetime, rng: invitations.Chance
) -> tuple[Network, str]:
    """Found a confirmed network whose name is free; return it, and the code (as it is stored) by which its
    first meta-mentor joins. The code works once."""
    facts = Facts(name, purpose="", languages=languages, time_zone=time_zone, place="", public=False)
    network = networks.found(db, facts, confirmed=True, now=now)
    code = invitations.new_code(rng)
    invitations.make(
        db,
        network,
        code,
        by=None,
        label="organisation",
        role="meta_mentor",
        uses=1,
        expires_at=now + numbers.span(network, "invitation_hours"),
        now=now,
    )
    journal.record(db, network, "network.founded_by_operators", by=None, now=now)
    return network, code
