"""The roadmap: the phase in which a network is, one next step, and all that it needs. It is looked up each
time."""

from datetime import timedelta

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Place,
    Priority,
    Role,
    Text,
    _,
    command,
    form,
    heading,
    lines,
    on,
    paragraphs,
)
from bot.lists import Condition, Phase, RoadmapConditions
from bot.making.charts import FEWEST_MEMBERS
from bot.text import Value
from db.growing import reached
from db.models import RoadmapReached
from db.network import networks, tallies
from handlers.growing import looking, reaching, road
from handlers.growing.looking import Looked
from handlers.growing.steps import ShowConditions, WhyThisOrder, WishFor
from handlers.protecting import coordinators

A_WEEK = timedelta(days=7)
"""For how long a wish holds: the same one is not told again."""
HOW: dict[str, AnyText] = {"named": _("Yes"), "unnamed": _("Yes, without my name"), "no": _("No")}
"""How a wish is told; among few it would show all the same whose it is."""


@command("roadmap", needs=Role.MEMBER, menu=_("Where we stand, what is next"), place=Place.ANYWHERE)
def show_roadmap(ctx: Context) -> None:
    """Show the phase in which the network is, and the next step; in a room without buttons."""
    there = looking.look(ctx)
    first = looking.first_missing(there)
    picture = road.chart(ctx.network.name, there, first) if _is_large(ctx) else None
    more = [
        Button(_("All conditions"), ShowConditions(), keep=True),
        Button(_("Why this order?"), WhyThisOrder(), keep=True),
    ]
    if first is None:
        ctx.say(reaching.has_all(ctx.network), *([] if ctx.room is not None else more), file=picture)
        return
    condition, _is_met = there[first]
    text = paragraphs(_stands(ctx, condition.phase, there), condition.next)
    if ctx.room is not None:
        ctx.say(text, file=picture)
        return
    ctx.say(text, *_remedy(ctx, first, condition), *more, file=picture)


def _stands(ctx: Context, phase: Phase, there: Looked) -> AnyText:
    """Return in which phase the network is; how far in it, where there are enough members."""
    if not _is_large(ctx):
        return _("<b>{network} is here: {phase}.</b>", network=ctx.network.name, phase=phase.value)
    met, of = looking.share(phase, there)
    return _(
        "<b>{network} is here: {phase} ({met} of {of}).</b>",
        network=ctx.network.name,
        phase=phase.value,
        met=met,
        of=of,
    )


def _is_large(ctx: Context) -> bool:
    return networks.size(ctx.db, ctx.network, FEWEST_MEMBERS) >= FEWEST_MEMBERS


def _remedy(ctx: Context, name: str, condition: Condition) -> list[Button]:
    """Return what does it with one tap: for those who may not, the way to wish for it."""
    if condition.remedy is None:
        return []
    if ctx.may(condition.needs):
        return [condition.remedy]
    return [Button(condition.remedy.label, WishFor(name), keep=True)]


@on(ShowConditions)
def show_conditions(ctx: Context, step: ShowConditions) -> None:
    """Show all conditions by their phases: what is there, and what is not, with the command for it."""
    there, known = looking.look(ctx), reached.of(ctx.db, ctx.network.id)
    ctx.say(
        paragraphs(
            lines(
                form("<b>{phase}</b>", phase=phase.value),
                [
                    _line(ctx, condition, is_met, known.get(name))
                    for name, (condition, is_met) in there.items()
                    if condition.phase is phase
                ],
            )
            for phase in Phase
        )
    )


def _line(ctx: Context, condition: Condition, is_met: bool, known: RoadmapReached | None) -> Text:
    """Return a condition: whether it is met, until when it was, and the command for it."""
    if is_met:
        return form("✓ {text}", text=condition.text)
    line = form("– {text}", text=condition.text)
    if known is not None and known.lost_at is not None:
        line = _("{condition} (until {day})", condition=line, day=ctx.day_of(known.lost_at))
    return line if condition.way is None else form("{line}: {way}", line=line, way=condition.way)


@on(WhyThisOrder)
def why_this_order(ctx: Context, step: WhyThisOrder) -> None:
    """Say why the phases come in this order."""
    ctx.say(
        heading(
            _("Why this order?"),
            _(
                "First somebody decides that there will be a network. Then people have to come, and one "
                "question has to find its answer: nobody stays for rules. Once there is something to lose, "
                "it is put in order, so that it does not hang on one person. What is in order can last, and "
                "only what lasts should invite strangers."
            ),
            _("What comes later may be there earlier: it counts all the same."),
        )
    )


@on(WishFor)
def wish_for(ctx: Context, step: WishFor) -> None:
    """Tell those who coordinate, after a yes, that a member would like a condition to be met."""
    add = RoadmapConditions.named().get(step.condition)
    condition = add() if add is not None else None
    if condition is None or condition.remedy is None or condition.met(ctx):
        ctx.say(_("This is done already, or no longer on the roadmap."), _back())
        return
    if ctx.may(condition.needs):
        ctx.say(condition.next, condition.remedy)
        return
    there = coordinators.reachable(ctx, ctx.member)
    people: list[Value] = [each.person.name for each in there]
    if not people:
        ctx.say(_("Those who coordinate can do that. I cannot reach any of them at the moment."))
        return
    what = f"wish {ctx.network.id} {step.condition}"
    again = tallies.full(ctx.db, ctx.person, what, most=1, within=A_WEEK, now=ctx.now)
    if again is not None:
        ctx.say(_("I have said so already. You can do it again on {day}.", day=ctx.day_of(again)))
        return
    text = _("{people} can do that. Should I say that you would like it?", people=people)
    how = {name: label for name, label in HOW.items() if name != "unnamed" or _is_large(ctx)}
    answer = ctx.choose("how", text, how)
    if answer == "no":
        ctx.say(_("All right. Nothing has been sent."))
        return
    tallies.take(ctx.db, ctx.person, what, most=1, within=A_WEEK, now=ctx.now)
    ctx.tell(
        [each.person for each in there],
        paragraphs(
            _("{name} would like this for <b>{network}</b>:", name=ctx.person.name, network=ctx.network.name)
            if answer == "named"
            else _("Somebody would like this for <b>{network}</b>:", network=ctx.network.name),
            condition.next,
        ),
        condition.remedy,
        priority=Priority.CARRIED,
    )
    ctx.say(_("Done: {people} will read it.", people=people))


def _back() -> Button:
    return Button(_("See the roadmap"), Command("roadmap"))
