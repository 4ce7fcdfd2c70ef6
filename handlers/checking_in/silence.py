"""Silence: who gives no sign of life is asked whether they are still there, in the place of the next
check-in, and hears nothing more until they write. What comes after that is done where places rest."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot import Button, Command, Context, Priority, Text, _, on
from db import people
from db.help import check_ins, silences
from db.models import Member, Network
from db.network import members
from handlers.checking_in.steps import Climb, StillHere

SILENT = timedelta(days=30)
"""Nothing was heard for so long, and a check-in was let pass."""
SILENT_UNPLANNED = timedelta(weeks=12)
"""The same where a network has no rhythm, so that nobody is asked anything: as long as the rarest rhythm."""
HERE = Button(_("Yes, I am here"), StillHere(), means=("yes", "good"))
LONG = timedelta(days=182)
"""After half a year of silence a place is to rest."""
AFTER_ASKING = timedelta(days=30)
"""The least time between the question and that."""


def about(member: Member) -> str:
    """Return the tag of the timers about a member's silence."""
    return f"silence:{member.id}"


def look(ctx: Context, asked: Sequence[tuple[Member, bool]]) -> set[int]:
    """Return those of the members (by id) of whom nothing is heard, after asking whom nobody has asked yet
    whether they are still there. Each comes with whether their network has a rhythm."""
    heard = people.last_heard(ctx.db, [member.person_id for member, _planned in asked])
    for member, _planned in asked:
        if member.silence_at is not None and heard.get(member.person_id, ctx.now) > member.silence_at:
            silences.end(member)
    quiet = [
        (member, planned)
        for member, planned in asked
        if heard.get(member.person_id, ctx.now) <= ctx.now - SILENT
        and not people.is_paused(member.person, ctx.now)
    ]
    if not quiet:
        return set()
    reached = people.reach(ctx.db, [member.person_id for member, _planned in quiet])
    last_asked = check_ins.last_asked(ctx.db, [member.id for member, _planned in quiet])

    def is_silent(member: Member, planned: bool) -> bool:
        since = heard[member.person_id]
        if member.person_id not in reached:
            return True
        if not planned:
            return since <= ctx.now - SILENT_UNPLANNED
        return last_asked.get(member.id, since) > since

    silent = [member for member, planned in quiet if member.silence or is_silent(member, planned)]
    new = [member for member in silent if member.silence is None]
    _ask(ctx, [member for member in new if member.person_id in reached])
    for member in new:
        silences.note(member, "asked", ctx.now)
    ctx.later_all((_climbs_at(ctx, heard[each.person_id]), Climb(each.id), about(each)) for each in new)
    return {member.id for member in silent}


def _climbs_at(ctx: Context, heard_at: datetime) -> datetime:
    return max(heard_at + LONG, ctx.now + AFTER_ASKING)


def _ask(ctx: Context, asked: Sequence[Member]) -> None:
    """Ask members whether they are still there: those who read the same in one letter."""
    several = members.in_several(ctx.db, [member.person_id for member in asked]) if asked else set()
    readers: defaultdict[tuple[Network, bool], list[Member]] = defaultdict(list)
    for member in asked:
        readers[member.network, member.person_id in several].append(member)
    for (network, in_several), silent in readers.items():
        ctx.turn_to(network)
        ctx.tell(
            [member.person for member in silent],
            _question(network, in_several=in_several),
            HERE,
            Button(_("Take a break"), Command("pause")),
            Button(_("Leave the network"), Command("leave"), means="no"),
            priority=Priority.CHECK_IN,
        )


def _question(network: Network, *, in_several: bool) -> Text:
    if in_several:
        return _(
            "We have not heard from each other for a while. Are you still with us in <b>{network}</b>?",
            network=network.name,
        )
    return _("We have not heard from each other for a while. Are you still with us?")


@on(StillHere)
def still_here(ctx: Context, step: StillHere) -> None:
    """Go on as before with somebody who is still there."""
    silences.end(ctx.member)
    ctx.call_off(about(ctx.member))
    ctx.show(_("Good to hear from you. I will go on asking you now and then how it goes."))
