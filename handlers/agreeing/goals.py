"""The goals of a network: everybody reads them, those who coordinate set them, and one member keeps each."""

from collections.abc import Sequence
from datetime import date

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Line,
    Place,
    Role,
    Section,
    Text,
    Unclear,
    Verbatim,
    _,
    _n,
    command,
    form,
    lines,
    on,
    paragraphs,
)
from bot.lists import Debts, Notice, OnCard, act, adds, has_changed
from bot.making.charts import FEWEST_MEMBERS, FEWEST_VALUES, Bars, in_words
from bot.making.sheets import Row
from db.agreeing import counting, goals
from db.models import Goal, GoalKind, Network
from db.network import networks
from handlers.agreeing import keeping
from handlers.agreeing.conditions import STILL
from handlers.agreeing.steps import (
    GoalsOnCard,
    HelpWithGoal,
    KeepGoal,
    MoveGoal,
    RestGoal,
    SetGoal,
    TellGoal,
)
from handlers.protecting import personal_data
from handlers.talking import opening
from handlers.talking.steps import Reply

LONGEST, FAR, MOST = 80, 5 * 365, 1_000_000
"""Characters of a title, days until a goal is due, and what is counted, at most."""
KINDS: dict[str, AnyText] = {
    "number": _("A number"),
    "members": _("How many members we are"),
    "partners": _("How many partner organisations"),
    "organisations": _("Organisations checked this year"),
    "shared": _("How many things on the shelf"),
    "within_day": _("Answers within a day, in percent"),
    "newcomers": _("Answered newcomers, in percent"),
    "check_ins": _("Answers to check-ins, in percent"),
    "yes_no": _("Done or not done"),
}
SET = act("goal.set", _("{who} set a goal on {day}."))
SHOWN = act("goal.shown", _("{who} put the goals on the profile on {day}."))
TAKEN_OFF = act("goal.taken_off", _("{who} took the goals off the profile on {day}."))
FULL = _("{n} goals are open. Which one should rest?", n=goals.MOST)


@command("goals", needs=Role.MEMBER, menu=_("What we want to reach"), place=Place.ANYWHERE)
def show_goals(ctx: Context) -> None:
    """Show the open goals, and what can be done with each; in a room only how far they are."""
    there = goals.open_of(ctx.db, ctx.network.id)
    sets = ctx.room is None and ctx.may(Role.META_MENTOR)
    if not there:
        ctx.say(
            _("This network has set no goal so far."),
            *([Button(_("Set a goal"), SetGoal(), keep=True)] if sets else []),
        )
        return
    title = form("<b>{title}</b>", title=_("What we want to reach"))
    if ctx.room is not None:
        ctx.say(paragraphs(title, *(_told(ctx, goal) for goal in there)), file=_chart(ctx, there))
        return
    ctx.say_list(
        title,
        Section([Line(_told(ctx, goal), _deeds(ctx, goal)) for goal in there]),
        buttons=[Button(_("Set a goal"), SetGoal(), keep=True), *_on_card(ctx)] if sets else [],
        file=_chart(ctx, there),
    )


def _chart(ctx: Context, there: Sequence[Goal]) -> Bars | None:
    """Return how far the goals are as bars; None where few of them are counted, or the members are few."""
    numbered = ((goal, _now(ctx, goal)) for goal in there if goal.kind != "yes_no")
    counted = [(goal, now) for goal, now in numbered if now is not None]
    if len(counted) < FEWEST_VALUES or networks.size(ctx.db, ctx.network, FEWEST_MEMBERS) < FEWEST_MEMBERS:
        return None
    numbers = [(Verbatim(goal.title), _of(goal, now)) for goal, now in counted]
    return Bars(
        "goals.png",
        _("What we want to reach"),
        lines(form("{title}: {number}.", title=title, number=number) for title, number in numbers),
        [
            Row(number, [now], goal.target, title)
            for (goal, now), (title, number) in zip(counted, numbers, strict=True)
        ],
    )


def _told(ctx: Context, goal: Goal) -> AnyText:
    """Return a goal, how far it is, who keeps it, and what was told last."""
    keeper, word = goals.keeper(ctx.db, goal), goals.last_word(ctx.db, goal)
    now = _now(ctx, goal)
    facts: list[AnyText] = [] if now is None or goal.kind == "yes_no" else [_how_far(goal, now)]
    facts.append(_("until {day}", day=goal.until))
    facts.append(_("kept by {name}", name=keeper.name) if keeper is not None else _("looks for a keeper"))
    if word is not None and word.words:
        facts.append(_("{day}: “{words}”", day=ctx.day_of(word.at), words=word.words))
    told = form("<b>{title}</b>", title=goal.title)
    for fact in facts:
        told = form("{told} · {fact}", told=told, fact=fact)
    return told


def _how_far(goal: Goal, now: int) -> Text:
    """Return how far a number is, in words and as signs."""
    return form("{number} {bar}", number=_of(goal, now), bar=in_words([now], goal.target))


def _of(goal: Goal, now: int) -> Text:
    if goal.kind in counting.SHARES:
        return _("{now} % of {target} %", now=now, target=goal.target)
    return _("{now} of {target}", now=now, target=goal.target)


def _now(ctx: Context, goal: Goal) -> int | None:
    if goal.kind not in counting.COUNTED:
        return goal.value
    return counting.counted(ctx.db, goal.network, goal.kind, ctx.now)


def _deeds(ctx: Context, goal: Goal) -> list[Button]:
    """Return what the one who acts can do with a goal."""
    keeper = goals.keeper(ctx.db, goal)
    if keeper is None:
        deeds = [Button(_("I keep it"), KeepGoal(goal.id), keep=True)]
    elif keeper is ctx.person:
        deeds = [Button(_("Tell how it goes"), TellGoal(goal.id), keep=True)]
    else:
        deeds = [Button(_("I can help with this"), HelpWithGoal(goal.id), keep=True)]
    if ctx.may(Role.META_MENTOR):
        deeds += [
            Button(_("New date"), MoveGoal(goal.id), keep=True),
            Button(_("Let it rest"), RestGoal(goal.id), keep=True),
        ]
    return deeds


@on(SetGoal)
def set_goal(ctx: Context, step: SetGoal) -> None:
    """Ask for a goal, how it is seen that it is reached, and until when; it looks for a keeper then."""
    there = goals.open_of(ctx.db, ctx.network.id)
    if len(there) >= goals.MOST:
        rests = [Button(Verbatim(goal.title), RestGoal(goal.id)) for goal in there]
        ctx.say(FULL, *rests)
        return
    words = str(ctx.ask("title", _("What do you want to reach? One line is enough."), max_length=LONGEST))
    title = " ".join(personal_data.without_it(ctx, words).split())
    kind: GoalKind = ctx.choose("kind", _("How do we see that it is reached?"), KINDS)
    target = 1
    if kind != "yes_no":
        most = 100 if kind in counting.SHARES else MOST
        target = ctx.ask_number("target", _("Which number do you want to reach?"), most=most, suggest={})
    until = ask_until(ctx)
    ctx.hold(Network, ctx.network.id)
    if len(goals.open_of(ctx.db, ctx.network.id)) >= goals.MOST:
        ctx.say(FULL, Button(_("See the goals"), Command("goals")))
        return
    goal = goals.make(ctx.db, ctx.network, title, kind=kind, target=target, until=until, now=ctx.now)
    keeping.plan(ctx, goal)
    SET.record(ctx, ctx.network)
    has_changed(ctx, ctx.network)
    ctx.say(
        paragraphs(
            _told(ctx, goal),
            _("Now it looks for a keeper: somebody whom I ask once a month how it goes."),
        ),
        Button(_("I keep it"), KeepGoal(goal.id)),
    )


def ask_until(ctx: Context) -> date:
    """Ask until when a goal should be reached."""

    def check(day: date) -> None:
        if day <= ctx.today:
            raise Unclear(_("{day} is not ahead of us.", day=day))
        if (day - ctx.today).days > FAR:
            raise Unclear(_("That is too far away. Five years are enough for a goal."))

    answer = ctx.ask_day("until", _("Until when?"), suggest={}, check=check)
    assert isinstance(answer, date), "nothing else is offered"
    return answer


@on(HelpWithGoal)
def help_with_goal(ctx: Context, step: HelpWithGoal) -> None:
    """Connect somebody who can help with the keeper of a goal."""
    goal = keeping.open_goal(ctx, step.goal_id)
    if goal is None:
        return
    keeper = goals.keeper(ctx.db, goal)
    if keeper is None or keeper is ctx.person:
        ctx.say(_("This goal looks for a keeper."), Button(_("I keep it"), KeepGoal(goal.id)))
        return
    words = _("{name} can help with “{title}”. Just answer here.", name=ctx.person.name, title=goal.title)
    relay = opening.connect(ctx, keeper, ctx.network, words)
    goals.note_helper(ctx.db, goal, ctx.person, ctx.now)
    ctx.say(opening.connected(Verbatim(keeper.name)), on_reply=Reply(relay.id))


@on(MoveGoal)
def move_goal(ctx: Context, step: MoveGoal) -> None:
    """Give a goal another day: whoever keeps it, and those who coordinate."""
    if not keeping.mine(ctx, step.goal_id):
        return
    until = ask_until(ctx)
    goal = keeping.open_goal(ctx, step.goal_id)
    if goal is not None:
        goals.move(goal, until)
        keeping.plan_day(ctx, goal)
        ctx.say(_("Saved: until {day}.", day=until))


@adds(Debts, place=85)
def silent_goals(ctx: Context) -> Notice | None:
    """Return of how many goals nobody has heard for long."""
    many = goals.silent_ones(ctx.db, ctx.network.id, ctx.now - STILL)
    if not many:
        return None
    text = _n(
        "No news of {n} goal for {days} days.", "No news of {n} goals for {days} days.", many, days=STILL.days
    )
    return Notice(text, Button(_("See the goals"), Command("goals"), keep=True))


# --- what strangers read -------------------------------------------------------------------------


@adds(OnCard, place=20)
def goals_on_card(ctx: Context, network: Network) -> AnyText | None:
    """Tell strangers what a network wants to reach, and how far it is."""
    there = goals.open_of(ctx.db, network.id) if network.shows_goals else []
    if not there:
        return None
    return lines(_("What we want to reach"), (_shown(ctx, goal) for goal in there))


def _shown(ctx: Context, goal: Goal) -> AnyText:
    now = _now(ctx, goal)
    if now is None or goal.kind == "yes_no":
        return form("· {title}", title=goal.title)
    return form("· {title}: {number}", title=goal.title, number=_of(goal, now))


def _on_card(ctx: Context) -> list[Button]:
    """Return the way to show the goals to strangers, or no longer; none where they see no card."""
    if not ctx.network.public:
        return []
    shown = ctx.network.shows_goals
    label = _("Take them off the profile") if shown else _("Show them on the profile")
    return [Button(label, GoalsOnCard(not shown))]


@on(GoalsOnCard)
def show_on_card(ctx: Context, step: GoalsOnCard) -> None:
    """Show the goals to strangers, or no longer."""
    ctx.hold(Network, ctx.network.id)
    if ctx.network.shows_goals != step.shown:
        goals.show(ctx.network, step.shown)
        (SHOWN if step.shown else TAKEN_OFF).record(ctx, ctx.network)
    ctx.say(
        _("Now everybody reads your goals on the profile: titles and numbers, and no words of members.")
        if step.shown
        else _("The profile no longer shows your goals."),
        Button(_("See the profile"), Command("card"), keep=True),
    )
