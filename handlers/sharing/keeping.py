"""What is on the shelf ages visibly: whoever knows it is asked after a year, one thing a week at most, at the
time of day at which check-ins come; where they are silent, somebody whom it has helped. Silence is shown, and
nothing is deleted for it."""

from datetime import datetime, timedelta

from bot import Button, Context, Priority, Role, Text, _, on
from bot.times import next_weekly
from db.help import schedules
from db.models import SEEN, Item, Network, Person
from db.sharing import cards, shelf
from handlers.checking_in import times
from handlers.sharing import kinds
from handlers.sharing.steps import AskWhetherRight, ChangeItem, SayStillRight, TakeDown

MONTH = timedelta(days=30)
ONE_A_WEEK = timedelta(days=6)
"""Whoever was asked about something within this is asked about the next one later."""
GONE = _("This is no longer on the shelf.")


def about(item: Item) -> str:
    """Return the name of what is planned about something."""
    return f"shelf:{item.id}"


def plan(ctx: Context, item: Item) -> None:
    """Plan when it is asked whether something is still right, in the place of what was planned."""
    ctx.call_off(about(item), AskWhetherRight)
    _plan(ctx, item, item.checked_at + item.months * MONTH)


def _plan(ctx: Context, item: Item, after: datetime) -> None:
    """Plan it for the next time at which nobody is asked how it goes: at that time of day, on another day."""
    rhythm = schedules.of(ctx.db, item.network_id) or times.UNPLANNED
    network = ctx.db.get_one(Network, item.network_id)
    zone = (
        ctx.zone(item.given_by, network)
        if item.given_by is not None
        else ctx.installation.zone(network.time_zone)
    )
    when = next_weekly(
        after,
        weekday=(rhythm.weekday + times.APART.days) % 7,
        at=rhythm.at,
        every_weeks=1,
        starts_on=times.UNPLANNED.starts_on,
        zone=zone,
    )
    ctx.later(when, AskWhetherRight(item.id), about=about(item))


@on(AskWhetherRight)
def ask_whether_right(ctx: Context, step: AskWhetherRight) -> None:
    """Ask who knows something whether it is still right, unless they are asked about something else. Where
    they are silent, the next one is asked."""
    item = ctx.hold(Item, step.item_id)
    if item is None or item.state not in SEEN:
        return
    ctx.turn_to(item.network)
    person = shelf.knows(ctx.db, item)
    if person is not None and shelf.is_asked_since(ctx.db, person, ctx.now - ONE_A_WEEK):
        _plan(ctx, item, ctx.now)
    else:
        ask(ctx, item)


def ask(ctx: Context, item: Item) -> None:
    """Ask who knows something whether it is still right, or for its file where that is missing, and plan to
    ask the next one. Where nobody knows it, it only shows its age."""
    person = shelf.knows(ctx.db, item)
    shelf.ask(item, person, ctx.now)
    if person is None:
        return
    ctx.call_off(about(item), AskWhetherRight)
    _plan(ctx, item, ctx.now + kinds.PATIENCE)
    text, *answers = _missing(item, person) if item.state == "old" else _still_right(ctx, item)
    ctx.tell(
        person,
        text,
        *answers,
        Button(_("Take it down"), TakeDown(item.id), keep=True, means="no"),
        priority=Priority.CHECK_IN,
        about=_("“{title}” on the shelf", title=item.title),
    )


def _still_right(ctx: Context, item: Item) -> tuple[Text, Button, Button]:
    text = _(
        "Is this still right? “{title}” is on the shelf of <b>{network}</b>, and was last checked on {day}.",
        title=item.title,
        network=item.network.name,
        day=ctx.day_of(item.checked_at),
    )
    yes = Button(_("Still true"), SayStillRight(item.id), means="yes")
    return text, yes, Button(_("Change it"), ChangeItem(item.id), keep=True)


def _missing(item: Item, person: Person) -> tuple[Text, Button]:
    facts = {"title": item.title, "network": item.network.name}
    text = (
        _(
            "Your file “{title}” on the shelf of <b>{network}</b> is not there any more: the messenger has "
            "deleted it. Please send it again.",
            **facts,
        )
        if person.id == item.given_by_id
        else _(
            "The file “{title}” on the shelf of <b>{network}</b> is not there any more, and whoever gave it "
            "cannot send it. It helped you once: do you still have it?",
            **facts,
        )
    )
    return text, send_again(item)


def mine(ctx: Context, item_id: int) -> Item | None:
    """Return something, locked, that the one who acts gave, is asked about, or may change; None after saying
    that it is gone."""
    may = ctx.may(Role.META_MENTOR)
    return ctx.ours(Item, item_id, gone=GONE, still=lambda item: may or is_of(ctx, item))


def is_of(ctx: Context, item: Item) -> bool:
    """Whether the one who acts gave something, helped to find it out, or is asked about it."""
    return ctx.person.id in (item.given_by_id, item.asked_id) or is_helper(ctx, item)


def is_helper(ctx: Context, item: Item) -> bool:
    """Whether the one who acts helped to find out what a card says."""
    return item.kind == "card" and cards.of(ctx.db, item).helper_id == ctx.person.id


def keep(ctx: Context, item: Item) -> None:
    """Keep that something is right, as the one who acts says, and plan when it is asked again."""
    shelf.check(ctx.db, item, ctx.person, ctx.now)
    plan(ctx, item)


def send_again(item: Item) -> Button:
    """Return the way to send the file of something once more."""
    return Button(_("Send it again"), ChangeItem(item.id), given={"what": "rest"}, keep=True)


@on(SayStillRight)
def say_still_right(ctx: Context, step: SayStillRight) -> None:
    """Keep that something is still right."""
    item = mine(ctx, step.item_id)
    if item is None:
        return
    keep(ctx, item)
    if item.state == "old":
        ctx.say(
            _("Thank you. But the file of “{title}” is not there any more.", title=item.title),
            send_again(item),
        )
    else:
        ctx.say(_("Thank you. “{title}” is marked as checked today.", title=item.title))


@on(TakeDown)
def take_down(ctx: Context, step: TakeDown) -> None:
    """Take something down for good, once more asked."""
    item = mine(ctx, step.item_id)
    if item is None or not ctx.sure(
        _("Should I take down “{title}”? Then nobody finds it any more.", title=item.title),
        yes=_("Yes, take it down"),
        no=_("No, leave it"),
        otherwise=_("All right. It stays."),
    ):
        return
    held = mine(ctx, step.item_id)
    if held is not None:
        if held.given_by is not None and held.given_by is not ctx.person:
            told = _(
                "“{title}”, which you gave to the shelf of <b>{network}</b>, was taken down.",
                title=held.title,
                network=held.network.name,
            )
            ctx.tell(held.given_by, told, priority=Priority.CHECK_IN)
        ctx.call_off(about(held))
        shelf.take_down(ctx.db, held)
        ctx.say(_("It is no longer on the shelf."))
