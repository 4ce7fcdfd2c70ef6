"""A place rests from whose person nothing is heard for half a year: nobody asks them anything, they are not
counted, and one tap or any word brings them back. In the end it is forgotten."""

from datetime import timedelta

from bot import Button, Command, Context, Day, Priority, _, form, on
from bot.lists import Concern, Outside, act, adds
from db import people
from db.help import silences
from db.models import Member
from db.network import members, networks
from handlers.checking_in import rounds, silence
from handlers.checking_in.steps import Climb
from handlers.joining import membership
from handlers.settings.steps import Wake
from handlers.staying.steps import ForgetRested

A_WEEK = timedelta(weeks=1)
"""From the notice to the rest."""
TWO_WEEKS = timedelta(weeks=2)
"""From the last letter to the end."""
AGAIN = timedelta(days=30)
"""How often it is looked at somebody who coordinates, or is on a break meanwhile."""

RESTED = act("member.rested", _("The place of {whom} rests since {day}: nothing was heard for half a year."))
WOKE = act("member.woke", _("{who} came back on {day}."))


@on(Climb)
def climb(ctx: Context, step: Climb) -> None:
    """Do the next about somebody of whom nothing is heard: tell them that their place will rest, let it rest,
    tell them that it will be forgotten. Whoever coordinates keeps their place, and whoever is on a break
    waits for its end."""
    member = ctx.hold(Member, step.member_id)
    if member is None or member.silence_at is None or member.ended_at is not None:
        return
    if silences.last_heard(ctx.db, member) > member.silence_at:
        count_anew(ctx, member)
    elif member.state == "resting":
        _tell_of_the_end(ctx, member)
    elif member.role != "member" or people.is_paused(member.person, ctx.now):
        _later(ctx, member, AGAIN)
    elif member.silence == "asked" and people.account(member.person) is not None:
        _warn(ctx, member)
    else:
        _let_rest(ctx, member)


def _later(ctx: Context, member: Member, after: timedelta) -> None:
    ctx.later(after, Climb(member.id), about=silence.about(member))


def count_anew(ctx: Context, member: Member) -> None:
    """Begin anew to count the silence of somebody who has written: also of one whose place still rests."""
    if member.state == "resting":
        silences.note(member, "rests", ctx.now)
        _later(ctx, member, _rests_for(ctx))
    else:
        silences.end(member)


def _warn(ctx: Context, member: Member) -> None:
    silences.note(member, "warned", ctx.now)
    _later(ctx, member, A_WEEK)
    ctx.turn_to(member.network)
    ctx.tell(
        member.person,
        _(
            "I have not heard from you for half a year. Your place in <b>{network}</b> rests from {day} on, "
            "unless you tell me that you are here.",
            network=member.network.name,
            day=Day(ctx.day_of(ctx.now + A_WEEK)),
        ),
        silence.HERE,
        Button(_("Leave the network"), Command("leave"), means="no"),
        priority=Priority.CHECK_IN,
    )


def _let_rest(ctx: Context, member: Member) -> None:
    """Let a place rest: whoever cannot be reached hears of it when they come back."""
    membership.rest(ctx, member)
    silences.note(member, "rests", ctx.now)
    RESTED.record(ctx, member.network, by=member.person, about=member.person)
    _later(ctx, member, _rests_for(ctx))
    ctx.tell(
        member.person,
        _(
            "Your place in <b>{network}</b> rests now: nobody asks you anything. It stays yours, and any "
            "word to me brings you back.",
            network=member.network.name,
        ),
        _back(member),
        priority=Priority.CHECK_IN,
    )


def _rests_for(ctx: Context) -> timedelta:
    """Return how long a place rests before its person hears that it will be forgotten."""
    return max(timedelta(days=ctx.installation.keep.rested_days) - TWO_WEEKS, A_WEEK)


def _tell_of_the_end(ctx: Context, member: Member) -> None:
    silences.note(member, "goes", ctx.now)
    ctx.later(TWO_WEEKS, ForgetRested(member.id), about=silence.about(member))
    ctx.tell(
        member.person,
        _(
            "Your place in <b>{network}</b> has rested for very long. On {day} I delete what I know of you "
            "there, unless you come back.",
            network=member.network.name,
            day=Day(ctx.day_of(ctx.now + TWO_WEEKS)),
        ),
        _back(member),
        priority=Priority.CHECK_IN,
    )


# --- coming back ---------------------------------------------------------------------------------


def _back(member: Member) -> Button:
    return Button(_("I am back"), Wake(member.id), means=("yes", "good"))


@on(Wake)
def wake(ctx: Context, step: Wake) -> None:
    """Let the place of the one who acts go on as it was."""
    member = ctx.hold(Member, step.member_id)
    if member is None or member.person_id != ctx.person.id or member.state not in ("active", "resting"):
        ctx.say(_("This place is no longer there. With an invitation code you can come back at any time."))
    elif member.state == "active":
        ctx.say(_("Your place in <b>{network}</b> is as it was.", network=member.network.name))
    elif not member.may_wake:
        ctx.say(membership.held(member))
    else:
        ctx.call_off(silence.about(member))
        members.end_rest(member)
        silences.end(member)
        networks.activate(ctx.person, member.network)
        rounds.plan(ctx, member)
        WOKE.record(ctx, member.network)
        ctx.say(
            _(
                "Good to have you back. Your place in <b>{network}</b> is as it was.",
                network=member.network.name,
            ),
            Button(_("Ask a question"), Command("ask"), keep=True),
        )


@adds(Outside, place=6)
def place_to_come_back_to(ctx: Context) -> Concern | None:
    """Return the places of the one who acts that rest and that they can wake; None where there is none."""
    mine = silences.to_wake(ctx.db, ctx.person)
    if not mine:
        return None
    if len(mine) == 1:
        return Concern(membership.may_wake(mine[0]), [_back(mine[0])])
    return Concern(
        _("Good to have you back. Your places rest. Which one should I wake?"),
        [Button(form("{network}", network=each.network.name), Wake(each.id)) for each in mine],
    )
