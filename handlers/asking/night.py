"""What quiet hours put off: until when, and the words that say so. Nothing is called done that waits."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from bot import AnyText, Button, Command, Context, _, on
from bot.times import Quiet
from db.models import HelpRequest, Member
from handlers.asking import wording
from handlers.asking.steps import CanWait, MakeUrgent, Withdraw

NOON = 12


@dataclass(frozen=True, slots=True)
class Plan:
    """How a request goes on.

    peers:  who is asked now
    until:  where all who fit sleep, when the first of them wakes up (UTC)
    widens: whether these are all who named the topic
    """

    peers: Sequence[Member] = field(default_factory=list)
    until: datetime | None = None
    widens: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether somebody is asked, now or later."""
        return bool(self.peers) or self.until is not None


def quiet(ctx: Context, member: Member) -> Quiet:
    """Return a member's quiet hours."""
    return ctx.quiet(member.person, member.network)


def awake(ctx: Context, peers: Sequence[Member]) -> list[Member]:
    """Return those who are awake."""
    return [member for member in peers if not quiet(ctx, member).at(ctx.now)]


def there(ctx: Context, members: Sequence[Member]) -> list[Member]:
    """Return those to whom something urgent may be brought now: they are awake, or allow to be woken."""
    asleep = ctx.asleep([(member.person, member.network) for member in members])
    return [member for member in members if member.person.wake_if_urgent or member.person_id not in asleep]


def first_awake(ctx: Context, peers: Sequence[Member]) -> Member:
    """Return the first of these who is awake, or wakes up first."""
    return min(peers, key=lambda member: quiet(ctx, member).over(ctx.now))


def clock(ctx: Context, member: Member, moment: datetime) -> time:
    """Return what a member's clock shows at a moment."""
    return moment.astimezone(ctx.zone(member.person, member.network)).time().replace(second=0, microsecond=0)


# --- what the asker hears ------------------------------------------------------------------------


def say_begin(ctx: Context, request: HelpRequest, plan: Plan, asking: AnyText) -> None:
    """Say to the asker that it has begun, as it is: `asking` where somebody is asked now, else from when
    on. Nothing where nobody can be asked: then they have just been told who sees to it."""
    withdraw = Button(_("Withdraw my question"), Withdraw(request.id))
    if plan.peers:
        ctx.say(asking, withdraw, about=wording.mine(request))
    elif plan.until is not None:
        ctx.say(
            _(
                "It is {now}. The others rest now, so I will ask from {time} on. Can it wait until then?",
                now=clock(ctx, request.asker, ctx.now),
                time=clock(ctx, request.asker, plan.until),
            ),
            Button(_in_the_morning(ctx, request, plan.until), CanWait(request.id), means=("yes", "later")),
            Button(_("No, it is urgent"), MakeUrgent(request.id), means=("urgent", "no")),
            withdraw,
            about=wording.mine(request),
        )


def _in_the_morning(ctx: Context, request: HelpRequest, until: datetime) -> AnyText:
    zone = ctx.zone(request.asker.person, request.asker.network)
    now, then = ctx.now.astimezone(zone), until.astimezone(zone)
    if then.hour >= NOON:
        return _("Yes, it can wait")
    return _("Yes, in the morning") if then.date() == now.date() else _("Yes, tomorrow morning")


@on(CanWait)
def can_wait(ctx: Context, step: CanWait) -> None:
    """Say once more what happens."""
    ctx.say(
        _("All right. {requests} shows how it is going.", requests=Command("requests")),
        Button(_("Withdraw my question"), Withdraw(step.request_id)),
    )


def somebody_else(ctx: Context, request: HelpRequest, plan: Plan) -> AnyText | None:
    """Return that somebody else is asked now, or when; None where nobody is left."""
    if plan.until is not None:
        return _(
            "I will ask somebody else from {time} on, when the others are awake.",
            time=clock(ctx, request.asker, plan.until),
        )
    return _("I am asking somebody else now.") if plan.peers else None


# --- what peers hear -----------------------------------------------------------------------------


def thanked(plan: Plan | None) -> AnyText:
    """Return what a peer hears who cannot help. Nobody is told when others sleep."""
    if plan is not None and plan.until is not None:
        return _("No problem. The others rest now. I will ask somebody else when they are awake.")
    return _("No problem. I will ask somebody else.") if plan is not None and plan.peers else _("No problem.")
