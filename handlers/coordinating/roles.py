"""Roles in a network: who is appointed, who gives one back, and who decides about whom.

A deputy holds the same rights as a meta-mentor, but not over one.
"""

from bot import AnyText, Button, Command, Context, Priority, Text, _, on, paragraphs
from bot.lists import Act, act
from bot.text import Value
from db.models import Member, MemberRole
from db.network import members
from handlers.coordinating.steps import (
    AcceptRole,
    AppointDeputy,
    AppointMetaMentor,
    DeclineRole,
    ResignRole,
    RevokeRole,
)
from handlers.joining import leave, membership

APPOINTED: dict[MemberRole, Act] = {
    "deputy": act("member.appointed_deputy", _("{who} appointed {whom} as a deputy on {day}.")),
    "meta_mentor": act("member.appointed_meta_mentor", _("{who} made {whom} a meta-mentor on {day}.")),
}
REVOKED = act("member.role_taken_back", _("{who} ended the role of {whom} on {day}."))
RESIGNED = act("member.role_given_back", _("{who} stepped down from coordinating on {day}."))


def is_over(ctx: Context, member: Member) -> bool:
    """Whether the one who acts may decide about this member."""
    return ctx.member.role == "meta_mentor" or member.role != "meta_mentor"


def other(ctx: Context, member_id: int, *, resting: bool = False) -> Member | None:
    """Return another active member of this network about whom the one who acts may decide, with `resting`
    also one whose membership rests; None after saying why not."""
    states = ("active", "resting") if resting else ("active",)
    ctx.hold_roles()
    member = ctx.ours(
        Member,
        member_id,
        gone=_("This person is no longer a member of <b>{network}</b>.", network=ctx.network.name),
        still=lambda member: member.ended_at is None,
    )
    if member is None:
        return None
    if member.state not in states:
        ctx.say(_("{name} does not take part in <b>{network}</b> at the moment.", **_names(ctx, member)))
    elif member.id == ctx.member.id:
        ctx.say(_("This is you. {leave} ends your membership.", leave=Command("leave")))
    elif not is_over(ctx, member):
        ctx.say(_("Only another meta-mentor can decide about a meta-mentor."))
    else:
        return member
    return None


@on(AppointDeputy)
def appoint_deputy(ctx: Context, step: AppointDeputy) -> None:
    """Ask a member whether they would like to be a deputy."""
    member = other(ctx, step.member_id)
    if member is None:
        return
    if member.role != "member":
        ctx.say(_("{name} coordinates <b>{network}</b> already.", **_names(ctx, member)))
        return
    _offer(
        ctx,
        member,
        "deputy",
        _(
            "{by} would like you to stand in for {by} in <b>{network}</b>, as a deputy. You could invite "
            "people, write to everyone, see who is waiting, and end memberships. You could not decide about "
            "{by}. Would you like that?",
            **_names(ctx, member),
        ),
    )


@on(AppointMetaMentor)
def appoint_meta_mentor(ctx: Context, step: AppointMetaMentor) -> None:
    """Ask a member or a deputy whether they would like to be a meta-mentor."""
    member = other(ctx, step.member_id)
    if member is None:
        return
    if ctx.member.role != "meta_mentor":
        ctx.say(_("Only a meta-mentor can appoint another one."))
        return
    if member.role == "meta_mentor":
        ctx.say(_("{name} is a meta-mentor of <b>{network}</b> already.", **_names(ctx, member)))
        return
    if not ctx.sure(
        _(
            "A meta-mentor of <b>{network}</b> has all your rights, also over you. Shall I ask {name}?",
            **_names(ctx, member),
        ),
        yes=_("Ask {name}", name=member.person.name),
        no=_("Leave it as it is"),
        otherwise=_("All right. Nothing has changed."),
    ):
        return
    _offer(
        ctx,
        member,
        "meta_mentor",
        _(
            "{by} would like you to coordinate <b>{network}</b> together, as a meta-mentor with the same "
            "rights. Would you like that?",
            **_names(ctx, member),
        ),
    )


def _names(ctx: Context, member: Member) -> dict[str, str]:
    return {"by": ctx.person.name, "name": member.person.name, "network": ctx.network.name}


def _offer(ctx: Context, member: Member, role: MemberRole, question: Text) -> None:
    """Ask a member whether they would like a role."""
    members.offer_role(member, role)
    _letter, reached = ctx.tell(
        member.person,
        question,
        Button(_("Yes, gladly"), AcceptRole(role, ctx.member.id), means="yes"),
        Button(_("Rather not"), DeclineRole(role, ctx.member.id), means="no"),
        priority=Priority.CARRIED,
        about=_("the question of {name}", name=ctx.person.name),
    )
    name = member.person.name
    ctx.say(
        _("I have asked {name}, and will tell you the answer.", name=name)
        if reached
        else _("I cannot reach {name} at the moment.", name=name)
    )


@on(AcceptRole)
def accept_role(ctx: Context, step: AcceptRole) -> None:
    """Take a role that was offered, where it still stands, and tell who offered it."""
    ctx.hold_roles()
    by = _who_offers(ctx, step.role, step.by_id)
    if by is None:
        ctx.say(_("This is no longer on offer. You can ask {people} about it.", people=_coordinating(ctx)))
        return
    members.give_role(ctx.member, step.role)
    APPOINTED[step.role].record(ctx, ctx.network, by=by.person, about=ctx.person)
    ctx.tell(
        by.person,
        _("{name} has said yes and is a deputy of <b>{network}</b> now.", **_by_me(ctx))
        if step.role == "deputy"
        else _("{name} has said yes and coordinates <b>{network}</b> too now.", **_by_me(ctx)),
        priority=Priority.CARRIED,
    )
    ctx.say(paragraphs(_("Thank you. I have told {name}.", name=by.person.name), rights(ctx, step.role)))


@on(DeclineRole)
def decline_role(ctx: Context, step: DeclineRole) -> None:
    """Say no to a role that was offered, and tell who offered it."""
    ctx.hold_roles()
    by = _who_offers(ctx, step.role, step.by_id)
    members.offer_role(ctx.member, None)
    if by is not None:
        ctx.tell(
            by.person,
            _("{name} would rather not coordinate <b>{network}</b>.", **_by_me(ctx)),
            priority=Priority.CARRIED,
        )
    ctx.say(_("All right, no reason needed. You stay a member as before."))


def _by_me(ctx: Context) -> dict[str, str]:
    return {"name": ctx.person.name, "network": ctx.network.name}


def _who_offers(ctx: Context, role: MemberRole, by_id: int) -> Member | None:
    """Return who offers the one who acts a role, where that still stands and they may; else None."""
    by = ctx.db.get(Member, by_id)
    may_offer = members.COORDINATORS if role == "deputy" else ("meta_mentor",)
    if by is None or by.network_id != ctx.network.id or by.state != "active" or by.role not in may_offer:
        return None
    return by if ctx.member.offered_role == role else None


def _coordinating(ctx: Context) -> list[Value]:
    return [member.person.name for member in members.coordinators(ctx.db, ctx.network.id)]


def rights(ctx: Context, role: MemberRole) -> AnyText:
    """Return what somebody may do who has this role now."""
    if role == "meta_mentor":
        return membership.rights()
    there = members.coordinators(ctx.db, ctx.network.id)
    return paragraphs(
        _(
            "You are a deputy of <b>{network}</b> now. You can invite people, write to everyone, appoint "
            "deputies and end memberships. You cannot decide about {people}. Questions that find nobody come "
            "to you, too. {pulse} shows who is waiting, {help} shows everything.",
            network=ctx.network.name,
            people=[each.person.name for each in there if each.role != "deputy"],
            pulse=Command("pulse"),
            help=Command("help"),
        )
    )


@on(RevokeRole)
def revoke_role(ctx: Context, step: RevokeRole) -> None:
    """Make a deputy or another meta-mentor an ordinary member again, and tell them."""
    member = other(ctx, step.member_id)
    if member is None:
        return
    name, network = member.person.name, ctx.network.name
    if not ctx.sure(
        _("{name} stays a member but no longer coordinates. Shall I end the role?", name=name),
        yes=_("End this role"),
        no=_("Leave it as it is"),
        otherwise=_("All right. Nothing has changed."),
    ):
        return
    members.give_role(member, "member")
    REVOKED.record(ctx, ctx.network, about=member.person)
    ctx.tell(
        member.person,
        _(
            "{by} has ended your role in <b>{network}</b>. You stay a member. "
            "Thank you for what you did for everybody.",
            by=ctx.person.name,
            network=network,
        ),
        priority=Priority.CARRIED,
    )
    ctx.say(_("{name} no longer coordinates and has been told.", name=name))


@on(ResignRole)
def resign_role(ctx: Context, step: ResignRole) -> None:
    """Give the role of the one who acts back, where another meta-mentor stays."""
    ctx.hold_roles()
    coordinators = members.coordinators(ctx.db, ctx.network.id)
    if all(member.id == ctx.member.id or member.role != "meta_mentor" for member in coordinators):
        ctx.say(leave.only_one(ctx.network))
        return
    members.give_role(ctx.member, "member")
    RESIGNED.record(ctx, ctx.network, about=ctx.person)
    ctx.tell(
        [member.person for member in coordinators if member.id != ctx.member.id],
        _(
            "{name} no longer coordinates <b>{network}</b>.",
            name=ctx.person.name,
            network=ctx.network.name,
        ),
        priority=Priority.ANNOUNCEMENT,
    )
    ctx.say(
        _(
            "You no longer coordinate <b>{network}</b>. Thank you for everything you have done.",
            network=ctx.network.name,
        )
    )
