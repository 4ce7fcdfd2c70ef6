"""Every night: what is not needed any more is deleted, and the log says how much that was."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot import Context, action
from bot.log import get
from bot.quiet import next_local
from bot.router import name_of
from db import help_requests, journal, letters, seen, set_aside, timers

log = get("retention")

ABOUT = "retention"
AT = time(3, 30)
"""When it happens, in the installation's time zone."""


@action()
def nightly(ctx: Context) -> None:
    """Delete what has outlived the operator's settings, and plan the next night."""
    plan(ctx.db, ctx.now, ctx.installation.zone())
    keep = ctx.installation.keep
    log.info(
        "deleted",
        request_texts=help_requests.forget_words(ctx.db, ctx.now - timedelta(days=keep.closed_request_days)),
        letters=letters.forget(ctx.db, ctx.now - timedelta(days=keep.delivery_days)),
        seen=seen.forget(ctx.db, ctx.now - timedelta(days=keep.seen_days)),
        set_aside=set_aside.forget(ctx.db, ctx.now - timedelta(days=keep.seen_days)),
        journal=journal.forget(ctx.db, ctx.now - timedelta(days=keep.journal_days)),
    )


def plan(db: Session, now: datetime, zone: ZoneInfo) -> None:
    """Plan the next night; the program does it at its start, in case there was none yet."""
    timers.call_off(db, ABOUT)
    timers.set_(db, next_local(now, AT, zone), name_of(nightly), [], ABOUT)
