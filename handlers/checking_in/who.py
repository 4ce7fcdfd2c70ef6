"""Who can be asked something now: nobody on a break or out of reach, and nobody amid a dialogue."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot import Context
from db import people
from db.engine import conversations
from db.help import check_ins
from db.models import Member

IN_DIALOGUE = timedelta(hours=1)
"""Who was asked something so recently is still at it, and is not interrupted."""
LATER = timedelta(minutes=15)


def about(member: Member) -> str:
    """Return the tag of the timers that ask a member something."""
    return check_ins.about_member(member.network_id, member.id)


def zone(ctx: Context, member: Member) -> ZoneInfo:
    """Return the time zone in which a member is asked."""
    return ctx.zone(member.person, member.network)


def can_be_asked(ctx: Context, asked: Sequence[Member]) -> list[Member]:
    """Return those of the members who are not on a break and can be reached."""
    awake = [member for member in asked if not people.is_paused(member.person, ctx.now)]
    reached = people.reach(ctx.db, [member.person_id for member in awake])
    return [member for member in awake if member.person_id in reached]


def is_in_dialogue(ctx: Context, asked: Sequence[Member]) -> list[Member]:
    """Return those of the members who were asked something a moment ago."""
    ids = [member.person_id for member in asked]
    busy = conversations.people_in_one(ctx.db, ids, ctx.now - IN_DIALOGUE)
    return [member for member in asked if member.person_id in busy]
