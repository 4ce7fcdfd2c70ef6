"""Where each journal ends, and the signatures of each network, is kept outside the database too, so that it
shows when an end was cut off."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import Context, on
from bot.support.log import get
from db.engine import timers
from db.leading import ends
from handlers.leading.steps import KeepEnds

log = get("journals")

TAG = "journals"
EVERY = timedelta(hours=6)
"""What is written down in between could be cut off unseen."""


def plan(db: Session, now: datetime) -> None:
    """Plan to look now. The program calls this at its start."""
    timers.call_off(db, TAG)
    timers.schedule(db, now, KeepEnds.name, {}, TAG)


@on(KeepEnds)
def keep_ends(ctx: Context, step: KeepEnds) -> None:
    """Write where each chain ends into the file, and plan the next time; nothing where there is no file."""
    path = ctx.installation.journals
    if path is None:
        return
    ctx.later(EVERY, KeepEnds(), about=TAG)
    try:
        ends.write(ctx.db, path)
    except (OSError, ValueError) as error:
        log.warning("not kept", file=str(path), error=str(error))
