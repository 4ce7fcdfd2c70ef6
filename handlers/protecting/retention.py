"""Every night, what is no longer needed is deleted, some at a time; the log says how much that was."""

from datetime import datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot import Context, on
from bot.installation import Keep
from bot.lists import Forgetting, Retention, adds
from bot.support.log import get
from bot.times import next_local
from db.engine import conversations, dead_letters, timers
from db.engine import letters as rows
from db.engine import seen as seen_events
from db.engine import used as used_buttons
from db.linking import codes, merges
from db.network import members, tallies
from db.old import Forgotten, Old
from db.privacy import shut_outs
from db.privacy import strangers as unknown
from handlers.protecting.steps import ForgetStranger, GoOn, Nightly

log = get("retention")

NIGHT, WORK = "retention", "retention:work"
AT = time(3, 30)
"""When it begins, in the installation's time zone."""

SOON = timedelta(days=1)
"""After which whoever says no is forgotten."""
COUNTS_BACK = 8
"""Days: the longest limit is a week."""
LINKS_BACK = 2
"""Days: a code by which somebody links a messenger is good for minutes."""

MOST = 50
"""Rows that are deleted in one turn: nobody waits longer than for this many."""


@on(Nightly)
def nightly(ctx: Context, step: Nightly) -> None:
    """Begin to delete what has outlived the operator's settings, anew where the last night is still at it,
    and plan the next night."""
    plan(ctx.db, ctx.now, ctx.installation.zone())
    ctx.call_off(WORK)
    ctx.later(ctx.now, GoOn([*Retention.named()], {}, _second(ctx)), about=WORK)


@on(GoOn)
def go_on(ctx: Context, step: GoOn) -> None:
    """Delete the next rows of the first that is `left`, after a place in it, and leave the others to turns of
    their own: in between, the bot answers. `so_far` counts the rows of each, and a night that is long says so
    once a minute."""
    left, so_far, all_of_them = step.left, step.so_far, Retention.named()
    forgotten = Forgotten(0, step.place, all=True)
    while left and forgotten.all and not forgotten.many:  # where nothing is too old, nobody waits for it
        forgetting = all_of_them[left[0]](ctx.installation.keep)
        before = ctx.now - timedelta(days=forgetting.days)
        forgotten = forgetting.forget(ctx.db, Old(before, forgotten.place, MOST))
        so_far = {**so_far, left[0]: so_far.get(left[0], 0) + forgotten.many}
        if forgotten.all:
            left, forgotten = left[1:], Forgotten(forgotten.many, None, all=True)
    if left:
        minutes = (_second(ctx) - step.since) // 60 if step.since else 0
        if minutes > step.minutes:
            log.info("deleting", minutes=minutes, now=left[0], to_come=len(left) - 1, **so_far)
        ctx.go_on(GoOn(left, so_far, step.since, minutes), forgotten.place, about=WORK)
    else:
        log.info("deleted", **so_far)


def _second(ctx: Context) -> int:
    return int(ctx.now.timestamp())


def plan(db: Session, now: datetime, zone: ZoneInfo) -> None:
    """Plan the next night. The program calls this at its start, in case none was planned yet. A night that
    passed while no program was running is made up for now."""
    missed = timers.is_due(db, NIGHT, now)
    timers.call_off(db, NIGHT)
    timers.schedule(db, now if missed else next_local(now, AT, zone), Nightly.name, {}, NIGHT)


# --- what the engine itself keeps ----------------------------------------------------------------


@adds(Retention, place=20)
def letters(keep: Keep) -> Forgetting:
    """Return for how long letters are kept that have arrived, or never will."""
    return Forgetting(rows.forget, keep.delivery_days)


@adds(Retention, place=30)
def used(keep: Keep) -> Forgetting:
    """Return for how long it is kept which buttons were pressed."""
    return Forgetting(used_buttons.forget, keep.delivery_days)


@adds(Retention, place=40)
def seen(keep: Keep) -> Forgetting:
    """Return for how long it is kept which events have been seen."""
    return Forgetting(seen_events.forget, keep.seen_days)


@adds(Retention, place=50)
def set_aside(keep: Keep) -> Forgetting:
    """Return for how long events are kept that could not be handled."""
    return Forgetting(dead_letters.forget, keep.seen_days)


@adds(Retention, place=130)
def drafts(keep: Keep) -> Forgetting:
    """Return for how long a question waits for its answer, and what was answered so far."""
    return Forgetting(conversations.forget, keep.draft_days)


# --- what is kept of people beside what they do --------------------------------------------------


@adds(Retention, place=140)
def reasons(keep: Keep) -> Forgetting:
    """Return for how long it is kept why a membership ended."""
    return Forgetting(members.forget_reasons, keep.reason_days)


@adds(Retention, place=150)
def counted(keep: Keep) -> Forgetting:
    """Return for how long it is kept how often somebody did something: longer than any limit looks back."""
    return Forgetting(tallies.forget, COUNTS_BACK)


@adds(Retention, place=152)
def link_codes(keep: Keep) -> Forgetting:
    """Return for how long codes are kept by which somebody links a messenger: longer than they are good."""
    return Forgetting(codes.forget, LINKS_BACK)


@adds(Retention, place=154)
def linked_names(keep: Keep) -> Forgetting:
    """Return for how long it is kept what somebody was called on another messenger: as long as anything that
    was sent under that name."""
    return Forgetting(merges.forget_names, keep.delivery_days)


@adds(Retention, place=156)
def shut_out(keep: Keep) -> Forgetting:
    """Return for how long it is kept which accounts had to go, once no invitation is left for that."""
    return Forgetting(shut_outs.forget, 0)


@adds(Retention, place=160)
def strangers(keep: Keep) -> Forgetting:
    """Return for how long people are known who never agreed to anything."""
    return Forgetting(partial(unknown.forget_all, spared=_spared(keep)), keep.stranger_days)


def forget_tomorrow(ctx: Context) -> None:
    """Let the one who acts, who has agreed to nothing, be forgotten in a day: until then they can think
    again."""
    ctx.later(SOON, ForgetStranger(ctx.person.id), about=f"stranger:{ctx.person.id}")


@on(ForgetStranger)
def forget_stranger(ctx: Context, step: ForgetStranger) -> None:
    """Forget somebody who said no a day ago, unless they have written since."""
    silent_since = ctx.now - SOON + timedelta(minutes=1)
    unknown.forget(ctx.db, step.person_id, silent_since, _spared(ctx.installation.keep))


def _spared(keep: Keep) -> list[tuple[str, str]]:
    return [(each.messenger, each.account) for each in keep.spared]
