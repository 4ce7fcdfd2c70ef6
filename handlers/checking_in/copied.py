"""What another network can begin with: when check-ins are, and what they ask."""

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import AnyText, Context, _
from bot.lists import Part, Parts, adds
from db.help import schedules
from db.help.schedules import Rhythm
from db.models import Network
from handlers.checking_in import rounds, schedule, times


@adds(Parts, place=10)
def check_ins() -> Part:
    """Return the rhythm of the check-ins, with the questions."""
    return Part(_("Check-ins: days, questions"), _of, _told, _give)


def _of(db: Session, network: Network) -> Any:
    kept = schedules.of(db, network.id)
    if kept is None:
        return None
    return {
        "weekday": kept.weekday,
        "at": kept.at.isoformat("minutes"),
        "every_weeks": kept.every_weeks,
        "questions": list(kept.questions),
        "in_words": list(kept.in_words or ()) or None,
    }


def _told(value: Any) -> AnyText:
    return schedule.as_told(_rhythm(value))


def _give(ctx: Context, network: Network, value: Any) -> None:
    kept = schedules.of(ctx.db, network.id)
    wanted = replace(_rhythm(value), starts_on=ctx.today + timedelta(days=1))
    if kept is not None and (kept.weekday, kept.every_weeks) == (wanted.weekday, wanted.every_weeks):
        wanted = replace(wanted, starts_on=kept.starts_on)
    schedules.keep(ctx.db, network.id, wanted)
    rounds.plan_all(ctx, network)


def _rhythm(value: Any) -> Rhythm:
    return Rhythm(**{**value, "at": time.fromisoformat(value["at"])}, starts_on=times.UNPLANNED.starts_on)
