"""Whoever has not come back to a place that rests is forgotten in the end."""

from bot import Context, on
from db.help import silences
from db.models import Member
from db.network import trusted
from handlers.joining import membership
from handlers.joining.leave import LEFT
from handlers.privacy import forgetting
from handlers.privacy.steps import ClearWords
from handlers.staying import resting
from handlers.staying.steps import ForgetRested


@on(ForgetRested)
def forget_rested(ctx: Context, step: ForgetRested) -> None:
    """Forget somebody who was told two weeks ago, unless they have written since: all of them, or only what
    they did in this network, where they have another part in the bot."""
    member = ctx.hold(Member, step.member_id)
    if member is None or not member.may_wake or member.silence_at is None:
        return
    if silences.last_heard(ctx.db, member) > member.silence_at:
        resting.count_anew(ctx, member)
    elif _is_here_besides(ctx, member):
        membership.end(ctx, LEFT, member, "left", None, by=member.person)
        forgetting.clear_arrived(ctx, ClearWords(member.person_id, 0, member_id=member.id))
    else:
        forgetting.forget(ctx, member.person)


def _is_here_besides(ctx: Context, member: Member) -> bool:
    """Whether somebody has another part in the bot: another membership, a network that waits, reports that
    they receive, or the bot itself."""
    person = member.person
    accounts = {(each.messenger, each.account) for each in person.identities}
    operators = {(each.messenger, each.account) for each in ctx.installation.operators}
    return (
        silences.has_others(ctx.db, member)
        or trusted.is_one(ctx.db, person)
        or not accounts.isdisjoint(operators)
    )
