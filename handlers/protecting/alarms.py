"""What those who coordinate hear of at once, and what waits a little so that it comes in one message.

The first of it comes at once. What follows within an hour waits for its end, and what comes in quiet hours
for theirs; then all that still matters comes together. Nothing urgent goes this way. Whoever writes to them
meanwhile is not read without it: what explains words comes before them.
"""

from collections.abc import Iterable
from datetime import timedelta

from bot import Context
from bot.lists import Alarms
from db.engine import timers
from db.models import Member, Network, Person
from db.network import members
from handlers.protecting.steps import TellAlarms

TOGETHER = timedelta(hours=1)
"""What follows within this time comes in one message."""


def at_once(
    ctx: Context, whom: Iterable[Member], kind: str, row_id: int, *, explains: Person | None = None
) -> list[Member]:
    """Return who is to be told of a row of a kind now; the others hear of it together with what else comes.
    `kind` is the name of a function in `Alarms`. Where it `explains` why somebody writes to them, they hear
    of it before the words of that person, at the latest."""
    who = explains.id if explains is not None else 0
    told_now = []
    for member in whom:
        about = _about(member.network_id, member.person_id)
        planned = timers.due_at(ctx.db, about)
        if planned is None and ctx.sleeps(member.person, member.network):
            planned = ctx.quiet(member.person, member.network).over(ctx.now)
        if planned is None:
            told_now.append(member)
            told(ctx, member)
        else:
            ctx.later(planned, TellAlarms(member.id, kind, row_id, who), about=about)
    return told_now


def told(ctx: Context, member: Member) -> None:
    """Let what follows wait for a while: one who coordinates hears of something now."""
    ctx.later(TOGETHER, TellAlarms(member.id), about=_about(member.network_id, member.person_id))


def explain(ctx: Context, to: Person, network: Network) -> None:
    """Tell somebody who coordinates a network, before the one who acts writes to them, why that one does."""
    about = _about(network.id, to.id)
    for waiting in timers.take(ctx.db, about, TellAlarms.name, explains_id=ctx.person.id):
        step = TellAlarms.from_json(waiting)
        member = still_coordinates(ctx, step.member_id)
        if member is not None:
            alarm = Alarms.named()[step.kind](ctx, member, [step.row_id])
            for row in alarm.rows:
                alarm.alone(row)


def still_coordinates(ctx: Context, member_id: int) -> Member | None:
    """Return a member, by id, who coordinates their network; None where they no longer do."""
    member = ctx.db.get(Member, member_id)
    is_one = member is not None and member.state == "active" and member.role in members.COORDINATORS
    return member if is_one else None


def _about(network_id: int, person_id: int) -> str:
    """Return the tag of the timers of one who coordinates a network."""
    return f"alarms:{network_id}:{person_id}"
