"""Invitation codes, from what was typed to an invitation that works."""

from collections.abc import Callable
from datetime import date
from typing import Any

from bot import Button, Context, Priority, Unclear, _, _n
from bot.lists import Ahead, adds
from db import people
from db.models import Invitation, Member, Network
from db.network import invitations, members
from db.privacy import shut_outs
from handlers.joining import membership
from handlers.settings.steps import Wake

GUESSED = 50
"""Wrong codes in an hour, by all people together, of which operators hear."""
TRIED = 3
"""Codes in one message that are looked for."""


@adds(Ahead, place=10)
def hashed(words: str) -> Callable[[], object] | None:
    """Return what finds the hashes of the codes in somebody's words, which is slow on purpose."""
    codes = invitations.codes_in(words)[:TRIED]
    return (lambda: [invitations.hash_of(code) for code in codes]) if codes else None


def code_of(ctx: Context, words: str) -> list[Any]:
    """Return the code in what somebody typed, in its stored form, and whether it stood among other words.
    Raises Unclear where there is none."""
    found = invitations.codes_in(words)
    if not found:
        if invitations.mistyped_in(words):
            raise Unclear(
                _(
                    "There is no 0, O, 1, I, L or U in a code. "
                    "Please look at it again: it may be another letter or digit."
                )
            )
        raise Unclear(
            _("A code has 8 letters and digits, like 7KQ2-M9XD. I cannot find one in your message.")
        )
    return [_best(ctx, found), invitations.normal(words) not in found]


def _best(ctx: Context, found: list[str]) -> str:
    """Return the one of several codes that exists; the first where none does, or none may be tried."""
    if len(found) == 1 or invitations.may_try_at(ctx.db, ctx.person, ctx.now) is not None:
        return found[0]
    return next((each for each in found[:TRIED] if invitations.find(ctx.db, each) is not None), found[0])


def check(ctx: Context, code: str) -> Invitation | None:
    """Return the invitation of a code; None after saying why it does not work."""
    wait = invitations.may_try_at(ctx.db, ctx.person, ctx.now)
    if wait is not None:
        ctx.say(
            _(
                "None of the last {n} codes was right. They are easily mistyped. So that nobody finds one by "
                "trying, I take the next from {time} on. Whoever invited you can look at it with you.",
                n=invitations.TRIES_AN_HOUR,
                time=wait,
            )
        )
        return None
    invitation = invitations.find(ctx.db, code)
    if invitation is None:
        unknown(ctx, code)
        return None
    return usable(ctx, invitation)


def unknown(ctx: Context, code: str) -> None:
    """Say that there is no such code, and count it."""
    invitations.wrong(ctx.db, ctx.person, ctx.now)
    watch(ctx)
    ctx.say(
        _(
            "I do not know the code {code}. Please compare it with your invitation.",
            code=invitations.shown(code),
        )
    )


def watch(ctx: Context) -> None:
    """Tell the operators where so many codes are wrong that somebody may be guessing with many accounts."""
    if invitations.wrong_of_all(ctx.db, ctx.now) == GUESSED:
        accounts = [(each.messenger, each.account) for each in ctx.installation.operators]
        ctx.tell(
            people.behind(ctx.db, accounts),
            _(
                "Within an hour, {n} wrong invitation codes were typed. Somebody may be guessing with many "
                "accounts: each of them has five tries an hour.",
                n=GUESSED,
            ),
            priority=Priority.CARRIED,
        )


def usable(ctx: Context, invitation: Invitation) -> Invitation | None:
    """Return an invitation by which the one who acts can join, or has joined; None after saying why not."""
    network = ctx.db.get_one(Network, invitation.network_id)
    mine = members.of(ctx.db, network, ctx.person)
    if (day := _shut_out_on(ctx, mine, invitation)) is not None:
        ctx.say(
            _(
                "Your membership in <b>{network}</b> ended on {day}, and this code is older. With a new "
                "invitation you can join again.",
                network=network.name,
                day=day,
            )
        )
        return None
    if mine is not None and mine.is_held:
        ctx.say(membership.held(mine))
        return None
    if mine is not None and mine.may_wake:
        ctx.say(membership.may_wake(mine), Button(_("I am back"), Wake(mine.id), means=("yes", "good")))
        return None
    if (mine is None or mine.state != "active") and not works(invitation, ctx):
        say_why_not(ctx, invitation)
        return None
    return invitation


def _shut_out_on(ctx: Context, member: Member | None, invitation: Invitation) -> date | None:
    """Return the day on which the one who acts was removed, if they may have had this code then: it must not
    undo that, also where they were forgotten since. None for everybody else."""
    if member is None:
        removed_at = shut_outs.since(ctx.db, invitation.network_id, ctx.identity)
    else:
        removed_at = member.ended_at if member.state == "removed" else None
    return ctx.day_of(removed_at) if removed_at and removed_at >= invitation.created_at else None


def works(invitation: Invitation, ctx: Context) -> bool:
    """Whether somebody can still join by it."""
    return (
        invitation.withdrawn_at is None
        and invitation.expires_at > ctx.now
        and invitation.used < invitation.uses
    )


def say_why_not(ctx: Context, invitation: Invitation) -> None:
    """Say why an invitation no longer works, and whom to ask for a new one."""
    ctx.db.refresh(invitation)
    if invitation.withdrawn_at is not None:
        why = _("This invitation was withdrawn.")
    elif invitation.expires_at <= ctx.now:
        why = _("This invitation ended on {day}.", day=ctx.day_of(invitation.expires_at))
    else:
        why = _n(
            "This invitation has been used by somebody.",
            "This invitation has been used {n} times, as often as it may be.",
            invitation.uses,
        )
    whom = [member.person.name for member in members.coordinators(ctx.db, invitation.network_id)]
    if whom:
        ctx.say(_("{why} You can ask {people} for a new invitation.", why=why, people=list(whom)))
    else:
        ctx.say(_("{why} Please ask in the network for a new invitation.", why=why))
