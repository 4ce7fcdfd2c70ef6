"""What a network reaches and loses on its way: looked up once a day, and told to those who lead it, in one
letter a week at most."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot import AnyText, Button, Context, Priority, _, form, lines, on, paragraphs
from bot.lists import Condition, Phase, act
from bot.times import next_local
from db.engine import timers
from db.growing import reached
from db.growing.reached import Reached
from db.leading import vacancies
from db.models import Member, Network, RoadmapReached
from db.network import members, networks, tallies
from handlers.growing import looking
from handlers.growing.looking import Looked
from handlers.growing.steps import LookAtRoad, LookAtRoads, ShowConditions

TAG = "roads"
AT = time(9)
SLICE = 500
"""Networks whose look is planned in one turn."""
PATIENCE = timedelta(days=14)
"""For how long something may be missing before it counts as lost."""
A_WEEK = timedelta(days=7)

Letter = tuple[AnyText, Condition | None]
"""What is said, and what comes next."""


def _named(details: Mapping[str, Any]) -> AnyText:
    """Return which phase was reached, for the journal."""
    return lines(form("{phase}", phase=phase.value) for phase in Phase if phase.name == details.get("phase"))


PHASE_REACHED = act("roadmap.phase_reached", _("The network reached a phase on {day}:"), _named)


def plan(db: Session, now: datetime, zone: ZoneInfo) -> None:
    """Plan the next look. The program calls this at its start, in case none was planned yet."""
    if not timers.is_planned(db, TAG):
        timers.schedule(db, next_local(now, AT, zone), LookAtRoads.name, {}, TAG)


@on(LookAtRoads)
def look_at_roads(ctx: Context, step: LookAtRoads) -> None:
    """Look at each network, and plan the next time."""
    if step.place is None:
        ctx.later(next_local(ctx.now, AT, ctx.installation.zone()), LookAtRoads(), about=TAG)
    ids = networks.confirmed(ctx.db, SLICE, step.place or 0)
    ctx.later_all((ctx.now, LookAtRoad(each), f"road:{each}") for each in ids)
    if len(ids) == SLICE:
        ctx.go_on(step, ids[-1], about=TAG)


@on(LookAtRoad)
def look_at_road(ctx: Context, step: LookAtRoad) -> None:
    """Keep what a network has reached and lost by now, and tell those who lead it."""
    network = ctx.hold(Network, step.network_id)
    there = members.coordinators(ctx.db, step.network_id)
    run = next((run for each in there if (run := ctx.as_member(each)) is not None), None)
    if network is None or run is None:
        return
    ctx.turn_to(network)
    looked = looking.look(run)
    known = reached.of(ctx.db, network.id)
    met = {name: is_met for name, (_condition, is_met) in looked.items()}
    reached.keep(ctx.db, network, known, met, ctx.now)
    _keep_phases(ctx, network, known, looked)
    news = _untold(known, looked, ctx.now)
    whom = [each for each in _leading(ctx, there) if news and _may_hear(ctx, each)]
    if not whom:
        return
    text, condition = _letter(network, news, looked, ctx.now)
    ctx.tell(
        [each.person for each in whom],
        text,
        *([condition.remedy] if condition is not None and condition.remedy is not None else []),
        Button(_("All conditions"), ShowConditions(), keep=True),
        priority=Priority.CHECK_IN,
    )
    reached.note_told(news)


def _leading(ctx: Context, coordinators: Sequence[Member]) -> list[Member]:
    """Return the meta-mentors among these; where nothing is heard from them, the deputies as well."""
    is_vacant = vacancies.open_in(ctx.db, coordinators[0].network_id) is not None
    return [each for each in coordinators if is_vacant or each.role == "meta_mentor"]


def _may_hear(ctx: Context, member: Member) -> bool:
    what = f"road {member.network_id}"
    return tallies.take(ctx.db, member.person, what, most=1, within=A_WEEK, now=ctx.now) is None


def _keep_phases(ctx: Context, network: Network, known: dict[str, RoadmapReached], looked: Looked) -> None:
    """Keep which phases are complete: all that they and those before them ask for is there, or was lately."""
    before = {name for name, each in known.items() if each.lost_at is None}
    complete, so_far = {}, True
    for phase in Phase:
        mine = [known.get(name) for name, (condition, _met) in looked.items() if condition.phase is phase]
        so_far = so_far and all(each is not None and not _is_lost(each, ctx.now) for each in mine)
        complete[phase.name] = so_far
    reached.keep(ctx.db, network, known, complete, ctx.now)
    for phase, following in zip(Phase, [*Phase][1:], strict=False):
        if complete[phase.name] and phase.name not in before:
            PHASE_REACHED.record(ctx, network, phase=following.name)


def _is_lost(row: RoadmapReached, now: datetime) -> bool:
    return row.lost_at is not None and row.lost_at <= now - PATIENCE


def _untold(known: Reached, looked: Looked, now: datetime) -> list[RoadmapReached]:
    """Return what those who lead have not heard of: phases that are complete, or else, where the network had
    come that far, what makes it last and was lost."""
    complete = [known[phase.name] for phase in Phase if phase.name in known]
    phases = [each for each in complete if each.lost_at is None and not each.told]
    if phases or Phase.ORGANISING.name not in known:
        return phases
    lasting = [name for name, (condition, _met) in looked.items() if condition.phase is Phase.LASTING]
    lost = [known[name] for name in lasting if name in known and _is_lost(known[name], now)]
    return [each for each in lost if not each.told]


def _letter(network: Network, news: Sequence[RoadmapReached], looked: Looked, now: datetime) -> Letter:
    last = news[-1]
    if last.name not in Phase.__members__:
        return _lost(network, [looked[each.name][0] for each in news])
    phases = [*Phase]
    following = phases[phases.index(Phase[last.name]) + 1 :]
    first = looking.first_missing(looked)
    if not following or first is None:
        return has_all(network), None
    condition, _met = looked[first]
    text = (
        _("<b>{network} has reached a phase: {phase}.</b>", network=network.name, phase=following[0].value)
        if last.first_at > now - PATIENCE
        else _(
            "<b>{network} is back in this phase: {phase}.</b> What was missing is there again.",
            network=network.name,
            phase=following[0].value,
        )
    )
    return paragraphs(text, condition.next), condition


def _lost(network: Network, lost: Sequence[Condition]) -> Letter:
    head = _("<b>{network}</b> has lacked this for {n} days:", network=network.name, n=PATIENCE.days)
    listed = lines(head, [form("– {text}", text=each.text) for each in lost])
    return paragraphs(listed, lost[0].next), lost[0]


def has_all(network: Network) -> AnyText:
    """Return what is said where all is there."""
    return _(
        "<b>{network} has all that the roadmap asks for.</b> Now it is about keeping it so.",
        network=network.name,
    )
