"""Partner organisations: they bring their own graduates into a network, as many as was agreed for a year."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from db.help.queues import Queue
from db.models import Cohort, Invitation, Member, Network, Partner, PartnerSays
from db.models.indexed import any_row, folded

YEAR = timedelta(days=365)
OPEN = Partner.ended_at.is_(None)


def add(
    db: Session, network: Network, name: str, *, quota: int, shows_progress: bool, now: datetime
) -> Partner:
    """Add a partner of a network."""
    partner = Partner(
        network_id=network.id,
        name=name,
        folded=folded(name),
        quota=quota,
        shows_progress=shows_progress,
        since=now,
        year_from=now,
    )
    db.add(partner)
    db.flush()
    return partner


def named(db: Session, network: Network, name: str) -> Partner | None:
    """Return the partner of that name, however it is written; None where there is none now."""
    return db.scalar(_of(network).where(Partner.folded == folded(name)))


def of(db: Session, network: Network, limit: int, after: int | None = None) -> Sequence[Partner]:
    """Return up to `limit` partners of a network, the oldest first; with `after` those that came after this
    one (its id)."""
    found = _of(network) if after is None else _of(network).where(Partner.id > after)
    return db.scalars(found.order_by(Partner.id).limit(limit)).all()


def listed(db: Session, network: Network, limit: int) -> Sequence[str]:
    """Return the names of up to `limit` partners who agree that strangers read them."""
    found = select(Partner.name).where(Partner.network_id == network.id, OPEN, Partner.listed)
    return db.scalars(found.order_by(Partner.name, Partner.id).limit(limit)).all()


def count(db: Session, network: Network) -> int:
    """Return how many partners a network has."""
    return db.scalar(select(func.count()).select_from(_of(network).subquery())) or 0


def _of(network: Network) -> Select[Partner]:
    return select(Partner).where(Partner.network_id == network.id, OPEN)


def invite(invitation: Invitation, partner: Partner) -> None:
    """Let whoever comes by an invitation speak for a partner."""
    invitation.partner_id = partner.id


# --- who speaks for them ---------------------------------------------------------------------------


def speak(member: Member, partner: Partner) -> None:
    """Let a member speak for a partner."""
    member.speaks_for_id = partner.id


def fall_silent(member: Member) -> None:
    """Let a member speak for nobody."""
    member.speaks_for_id = None


def spoken_for(db: Session, member: Member) -> Partner | None:
    """Return the partner for which a member speaks; None for none, and where it is none any more."""
    partner = db.get(Partner, member.speaks_for_id) if member.speaks_for_id is not None else None
    return partner if partner is not None and partner.ended_at is None else None


def speakers(db: Session, partner: Partner) -> Sequence[Member]:
    """Return those who speak for a partner, by when they came."""
    there = Member.speaks_for_id == partner.id, Member.state == "active"
    return db.scalars(select(Member).where(*there).order_by(Member.joined_at, Member.id)).all()


def expected(db: Session, partner: Partner, now: datetime) -> int:
    """Return how many can still come who would speak for a partner."""
    return db.scalar(select(func.count()).where(Invitation.partner_id == partner.id, *_works(now))) or 0


# --- whom they bring -------------------------------------------------------------------------------


def left(db: Session, partner: Partner, now: datetime) -> int:
    """Return how many graduates of a partner can still be invited this year: a code counts once it is used,
    and as long as it works. Nobody can where the year is over."""
    if is_over(partner, now):
        return 0
    counts = or_(Invitation.used > 0, and_(*_works(now)))
    theirs = select(func.count()).select_from(Invitation).join(Cohort, Cohort.id == Invitation.cohort_id)
    invited: int | None = db.scalar(
        theirs.where(Cohort.partner_id == partner.id, Invitation.created_at >= partner.year_from, counts)
    )
    return max(partner.quota - (invited or 0), 0)


def is_over(partner: Partner, now: datetime) -> bool:
    """Whether the year of a partner is over, and not both sides have said that they go on."""
    return now >= partner.year_from + YEAR


def groups(db: Session, partner: Partner, limit: int) -> Sequence[Cohort]:
    """Return up to `limit` course groups of a partner, the newest first."""
    theirs = select(Cohort).where(Cohort.partner_id == partner.id)
    return db.scalars(theirs.order_by(Cohort.id.desc()).limit(limit)).all()


def _works(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Invitation.withdrawn_at.is_(None), Invitation.expires_at > now, Invitation.used < Invitation.uses


# --- how it goes on --------------------------------------------------------------------------------


def agree_on(partner: Partner, quota: int) -> None:
    """Keep how many graduates of a partner may come in a year."""
    partner.quota = quota


def let_be_listed(partner: Partner, listed: bool) -> None:
    """Keep whether strangers may read that it is a partner."""
    partner.listed = listed


def ask(partner: Partner, now: datetime) -> None:
    """Note that both sides are asked whether they go on together."""
    partner.asked_at, partner.network_says, partner.partner_says = now, None, None


def say(partner: Partner, says: PartnerSays, *, of_network: bool, now: datetime) -> bool:
    """Keep what one side says, and return whether both go on: then a new year begins."""
    if of_network:
        partner.network_says = says
    else:
        partner.partner_says = says
    if partner.network_says == partner.partner_says == "yes":
        partner.year_from, partner.asked_at = now, None
        return True
    return False


def end(partner: Partner, now: datetime) -> None:
    """Let a partner be none any more: nobody invites for it. Who has come stays."""
    partner.ended_at = now


def waiting(db: Session, network: Network, before: datetime) -> Queue[Partner]:
    """Return the partners of whom those who coordinate have something to settle: nobody speaks for them, or
    they were asked before a time whether they go on, and have not answered."""
    has_speaker = any_row(Member, Member.speaks_for_id == Partner.id, Member.state == "active")
    was_invited = any_row(Invitation, Invitation.partner_id == Partner.id, Invitation.created_at > before)
    unanswered = and_(Partner.asked_at < before, Partner.network_says.is_(None))
    found = _of(network).where(or_(and_(~has_speaker, ~was_invited), unanswered))
    since = case((unanswered, Partner.asked_at), else_=Partner.since)
    return Queue(db, found, Partner.id, (since, Partner.id), None)
