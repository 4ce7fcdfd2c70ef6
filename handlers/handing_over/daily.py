"""What is looked at once a day: roles that end by themselves, and those who coordinate and are silent."""

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot import Context, Priority, _, on
from bot.lists import act
from bot.times import next_local
from db.engine import timers
from db.leading import handovers, vacancies
from db.models import Member
from db.network import members
from handlers.handing_over.away import SILENT
from handlers.handing_over.steps import LookAround, LookAtVacancy

TAG = "leading"
AT = time(9)
MOST = 500
"""Networks that are looked at in one turn."""

ROLE_ENDED = act("role.ended", _("The role of {whom} ended on {day}, as it was agreed."))


def plan(db: Session, now: datetime, zone: ZoneInfo) -> None:
    """Plan the next look. The program calls this at its start, in case none was planned yet."""
    if not timers.is_planned(db, TAG):
        timers.schedule(db, next_local(now, AT, zone), LookAround.name, {}, TAG)


@on(LookAround)
def look_around(ctx: Context, step: LookAround) -> None:
    """End the roles whose day has come, plan the next look, and look where nothing is heard from those who
    coordinate, in some networks in each turn."""
    if step.place is None:
        ctx.later(next_local(ctx.now, AT, ctx.installation.zone()), LookAround(), about=TAG)
        _end_roles(ctx, handovers.whose_role_is_over(ctx.db, ctx.now))
    silent, place = vacancies.to_look_at(ctx.db, step.place or 0, MOST, ctx.now - SILENT, ctx.now)
    ctx.later_all((ctx.now, LookAtVacancy(each), f"vacancy:{each}") for each in silent)
    if place is not None:
        ctx.go_on(step, place, about=TAG)


def _end_roles(ctx: Context, over: Sequence[Member]) -> None:
    for member in over:
        members.give_role(member, "member")
        ROLE_ENDED.record(ctx, member.network, about=member.person)
        ctx.turn_to(member.network)
        ctx.tell(
            member.person,
            _(
                "Your time as a deputy of <b>{network}</b> is over, as it was agreed. Thank you. You stay a "
                "member.",
                network=member.network.name,
            ),
            priority=Priority.CHECK_IN,
        )
