"""Keeping a goal: its keeper alone is asked, once a month, and may let it rest or pass it on, without
blame."""

from datetime import UTC, datetime, time, timedelta

from bot import Button, Command, Context, Priority, Role, Text, _, on
from bot.lists import act
from bot.reading.when import numbers
from db.agreeing import counting, goals
from db.help import schedules
from db.models import Goal, Person
from db.network import members, rooms
from handlers.agreeing.steps import (
    AskAboutGoal,
    AskKeeper,
    GoalDue,
    KeepGoal,
    MoveGoal,
    NothingNew,
    PassGoalOn,
    RestGoal,
    TellGoal,
)
from handlers.checking_in import times
from handlers.vocabulary import SKIP

A_MONTH = timedelta(weeks=4)
ENOUGH = 2
"""After so many months with nothing new it is asked whether a goal should rest."""
LONGEST, MOST = 300, 1_000_000
MORNING = time(10)

REACHED = act("goal.reached", _("A goal was reached on {day}."))
RESTED = act("goal.rested", _("{who} let a goal rest on {day}."))
GONE = _("This goal is no longer open.")


def _about(goal: Goal) -> str:
    return f"goal:{goal.id}"


def plan(ctx: Context, goal: Goal) -> None:
    """Plan what comes due about a new goal."""
    plan_month(ctx, goal)
    plan_day(ctx, goal)


def plan_month(ctx: Context, goal: Goal) -> None:
    """Plan the next question to the keeper, in a month: when they are asked how they are as well."""
    keeper = goals.keeper(ctx.db, goal)
    zone = ctx.installation.zone(keeper.time_zone if keeper else None, goal.network.time_zone)
    rhythm = schedules.of(ctx.db, goal.network_id)
    moment = times.next_hour(rhythm, zone, ctx.now + A_MONTH - timedelta(days=1))
    ctx.later(moment, AskKeeper(goal.id), about=_about(goal))


def plan_day(ctx: Context, goal: Goal) -> None:
    """Plan the question on the day of a goal, in the place of another day."""
    ctx.call_off(_about(goal), GoalDue)
    zone = ctx.installation.zone(goal.network.time_zone)
    due = datetime.combine(goal.until, MORNING, zone).astimezone(UTC)
    ctx.later(due, GoalDue(goal.id), about=_about(goal))


def open_goal(ctx: Context, goal_id: int) -> Goal | None:
    """Return an open goal of the network, locked; None after saying that it is none."""
    return ctx.ours(Goal, goal_id, gone=GONE, still=lambda goal: goal.state == "open")


def mine(ctx: Context, goal_id: int) -> Goal | None:
    """Return an open goal that the one who acts keeps, or may change; None after saying why not."""
    goal = open_goal(ctx, goal_id)
    if goal is None or goal.keeper_id == ctx.person.id or ctx.may(Role.META_MENTOR):
        return goal
    ctx.say(_("Somebody else keeps this goal now."))
    return None


@on(KeepGoal)
def keep_goal(ctx: Context, step: KeepGoal) -> None:
    """Become the keeper of a goal that has none."""
    goal = open_goal(ctx, step.goal_id)
    if goal is None:
        return
    keeper = goals.keeper(ctx.db, goal)
    if keeper is not None and keeper is not ctx.person:
        ctx.say(_("{name} keeps it already. Thank you.", name=keeper.name))
        return
    goals.keep(goal, ctx.person)
    ctx.say(_("Thank you. You keep “{title}”. I ask you once a month, and nobody else.", title=goal.title))


# --- how it goes ---------------------------------------------------------------------------------


@on(AskKeeper)
def ask_keeper(ctx: Context, step: AskKeeper) -> None:
    """Ask the keeper how it goes; where there is none, ask those who coordinate for one. What the program
    counts itself is counted."""
    goal = ctx.hold(Goal, step.goal_id)
    if goal is None or goal.state != "open":
        return
    ctx.turn_to(goal.network)
    if goal.kind not in counting.SHARES and _is_reached(ctx, goal):
        reach(ctx, goal)
        return
    plan_month(ctx, goal)
    keeper = goals.keeper(ctx.db, goal)
    if keeper is None:
        _look_for_keeper(ctx, goal)
        return
    ctx.tell(
        keeper,
        _("How is it with <b>{title}</b>?", title=goal.title),
        *_answers(goal),
        priority=Priority.CHECK_IN,
        about=_("the goal “{title}”", title=goal.title),
    )


def _is_reached(ctx: Context, goal: Goal) -> bool:
    """Count a goal, and return whether it is reached by that: one that a keeper tells is not. A share goes up
    and down, so it is looked at on its day only."""
    if goal.kind not in counting.COUNTED:
        return False
    goals.count(goal, counting.counted(ctx.db, goal.network, goal.kind, ctx.now) or 0)
    return goal.value >= goal.target


def _answers(goal: Goal) -> list[Button]:
    return [
        Button(_("Tell how it goes"), TellGoal(goal.id), keep=True),
        Button(_("Nothing new"), NothingNew(goal.id), means="nothing"),
        Button(_("I need help"), AskAboutGoal(goal.id), keep=True),
        Button(_("Pass it on"), PassGoalOn(goal.id)),
    ]


def _look_for_keeper(ctx: Context, goal: Goal) -> None:
    there = members.coordinators(ctx.db, goal.network_id)
    ctx.tell(
        [each.person for each in there],
        _("The goal “{title}” looks for a keeper.", title=goal.title),
        Button(_("I keep it"), KeepGoal(goal.id)),
        Button(_("Let it rest"), RestGoal(goal.id)),
        priority=Priority.CHECK_IN,
    )


@on(TellGoal)
def tell_goal(ctx: Context, step: TellGoal) -> None:
    """Ask how far a goal is, and for a few words; where it is reached, say so to everybody."""
    goal = mine(ctx, step.goal_id)
    if goal is None:
        return
    value = goal.value
    if goal.kind == "number":
        value = int(
            ctx.ask("value", _("How far is it? It was {n}.", n=goal.value), parse=lambda w: _value(ctx, w))
        )
    elif goal.kind == "yes_no":
        value = int(ctx.confirm("done", _("Is it done?"), yes=_("It is done"), no=_("Not done yet")))
    words = ctx.ask("words", _("Anything to add? Members read it."), skip=SKIP, max_length=LONGEST)
    held = mine(ctx, step.goal_id)
    if held is None:
        return
    goals.tell(ctx.db, held, ctx.person, value, words or "", ctx.now)
    if held.kind not in counting.COUNTED and held.value >= held.target:
        reach(ctx, held)
        ctx.say(_("“{title}” is reached. Thank you for keeping it.", title=held.title))
        return
    ctx.say(_("Thank you. {goals} shows it.", goals=Command("goals")))


def _value(ctx: Context, words: str) -> str:
    """Return the number in words; 0 is one too."""
    return "0" if words.strip() == "0" else str(numbers.number(words, MOST, ctx.reader.locale))


def reach(ctx: Context, goal: Goal) -> None:
    """End a goal that is reached: say so in the rooms and to those who coordinate, thank whoever helped."""
    goals.end(goal, "reached")
    ctx.call_off(_about(goal))
    REACHED.record(ctx, goal.network)
    text = _("<b>{network}</b> has reached a goal: {title}.", network=goal.network.name, title=goal.title)
    ctx.tell_rooms(rooms.of_network(ctx.db, goal.network_id), text, priority=Priority.ANNOUNCEMENT)
    told: list[Person] = [each.person for each in members.coordinators(ctx.db, goal.network_id)]
    ctx.tell(told, text, priority=Priority.CHECK_IN)
    ctx.tell(
        goals.helpers(ctx.db, goal),
        _(
            "“{title}” is reached in <b>{network}</b>. You helped with that: thank you.",
            title=goal.title,
            network=goal.network.name,
        ),
        priority=Priority.CHECK_IN,
    )


@on(NothingNew)
def nothing_new(ctx: Context, step: NothingNew) -> None:
    """Note that there is nothing new; after the second time ask whether the goal should rest."""
    goal = mine(ctx, step.goal_id)
    if goal is None:
        return
    if goals.nothing_new(goal) < ENOUGH:
        ctx.say(_("All right. I ask again in a month."))
        return
    ctx.say(
        _("Should we let “{title}” rest? That is fine.", title=goal.title),
        Button(_("Let it rest"), RestGoal(goal.id), means="yes"),
        Button(_("I go on with it"), KeepGoal(goal.id), means="no"),
        Button(_("Pass it on"), PassGoalOn(goal.id)),
    )


@on(PassGoalOn)
def pass_goal_on(ctx: Context, step: PassGoalOn) -> None:
    """Keep a goal no longer: those who coordinate look for somebody else."""
    goal = mine(ctx, step.goal_id)
    if goal is not None:
        goals.keep(goal, None)
        _look_for_keeper(ctx, goal)
        ctx.say(_("All right, and thank you. “{title}” looks for somebody else.", title=goal.title))


@on(AskAboutGoal)
def ask_about_goal(ctx: Context, step: AskAboutGoal) -> None:
    """Ask others for help with a goal: they see it as their question before it is sent."""
    goal = mine(ctx, step.goal_id)
    if goal is not None:
        ctx.redirect(Command("ask"), rest=goal.title)


@on(RestGoal)
def rest_goal(ctx: Context, step: RestGoal) -> None:
    """Let a goal rest, without blame."""
    goal = mine(ctx, step.goal_id)
    if goal is None:
        return
    goals.end(goal, "rested")
    ctx.call_off(_about(goal))
    RESTED.record(ctx, ctx.network)
    ctx.say(_("“{title}” rests. That is fine.", title=goal.title))


@on(GoalDue)
def goal_due(ctx: Context, step: GoalDue) -> None:
    """Ask the keeper and those who coordinate what becomes of a goal whose day has come."""
    goal = ctx.hold(Goal, step.goal_id)
    if goal is None or goal.state != "open":
        return
    ctx.turn_to(goal.network)
    if _is_reached(ctx, goal):
        reach(ctx, goal)
        return
    keeper = goals.keeper(ctx.db, goal)
    told = {each.person_id: each.person for each in members.coordinators(ctx.db, goal.network_id)}
    if keeper is not None:
        told[keeper.id] = keeper
    text: Text = _("“{title}” was to be reached by today. What now?", title=goal.title)
    ctx.tell(
        list(told.values()),
        text,
        Button(_("New date"), MoveGoal(goal.id), keep=True),
        Button(_("Tell how it goes"), TellGoal(goal.id), keep=True),
        Button(_("Let it rest"), RestGoal(goal.id)),
        priority=Priority.CHECK_IN,
    )
