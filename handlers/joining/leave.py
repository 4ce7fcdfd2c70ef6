"""Leaving a network: it is done first, and why is asked afterwards."""

from bot import Button, Command, Context, Role, Text, Unasked, _, command, on, paragraphs
from bot.lists import act
from bot.reading import talk
from db.models import Member, Network
from db.network import members
from handlers.joining import membership
from handlers.joining.steps import TellWhy

REASONS = {
    "time": _("Not enough time"),
    "stress": _("Too much stress"),
    "organisation": _("The organisation"),
}
LONGEST_REASON = 500
"""Characters that are kept of why somebody left."""

LEFT = act("member.left", _("{who} left on {day}."))


@command("leave", needs=Role.ANYONE, shown_to=Role.MEMBER, menu=_("Leave the network"))
def leave(ctx: Context) -> None:
    """End the membership of the one who acts, also one that rests, after one question; then ask why, if they
    like to tell."""
    if ctx.may(Role.MEMBER):
        ctx.hold_roles()
        if members.needed(ctx.db, ctx.member):
            ctx.say(only_one(ctx.network))
            return
        _leave(ctx, ctx.member)
    elif (resting := members.resting(ctx.db, ctx.person.id)) is not None:
        _leave(ctx, resting)
    else:
        ctx.say(_("You are not a member, so there is nothing to leave."))


def _leave(ctx: Context, member: Member) -> None:
    network, rests = member.network, member.state == "resting"
    wish = ctx.choose(
        "sure",
        _("Do you want to leave <b>{network}</b>?", network=network.name)
        if rests  # all that was open has ended
        else _(
            "Do you want to leave <b>{network}</b>? Your open questions will end. For people you are "
            "helping, I will look for somebody else.",
            network=network.name,
        ),
        {"yes": _("Leave"), "no": _("Stay")} | ({} if rests else {"pause": _("Take a break instead")}),
        reads=lambda words: _said(words, ctx.reader.locale),
    )
    if wish == "pause":
        ctx.redirect(Command("pause"))
    if wish == "no":
        ctx.say(_("Good that you are staying."))
        return
    held = ctx.hold(Member, member.id)
    if held is None or held.state not in ("active", "resting"):
        ctx.say(_("You are not a member, so there is nothing to leave."))
        return
    # Who goes while a report is looked at comes back only by an invitation that is newer.
    was_held = member.is_held
    over = membership.end(ctx, LEFT, member, "removed" if was_held else "left", None)
    ctx.say(
        paragraphs(
            _(
                "You have left <b>{network}</b>. With a new invitation you can come back.",
                network=network.name,
            )
            if was_held
            else _(
                "You have left <b>{network}</b>. Thank you for everything you have given. With an invitation "
                "code you can come back at any time.",
                network=network.name,
            ),
            over,
            _("Would you like to tell me why? You can also just write."),
        ),
        *(Button(label, TellWhy(member.id, reason)) for reason, label in REASONS.items()),
        Button(_("Rather not"), TellWhy(member.id), means=("no", "skip", "skip_or_answer", "nothing")),
        on_reply=TellWhy(member.id),
    )


@on(TellWhy)
def tell_why(ctx: Context, step: TellWhy) -> None:
    """Keep why somebody left, with the membership that has ended. Who says it is never shown. What they write
    after that is about something else."""
    member = ctx.hold(Member, step.member_id)
    if member is None or member.person_id != ctx.person.id or member.ended_at is None:
        ctx.say(_("This question is over."))
        return
    if step.said and not step.replied and member.ended_because is not None:
        ctx.redirect(Unasked(said=step.said))
    reason = step.reason or step.said.words[:LONGEST_REASON]
    members.explain(member, reason)
    ctx.show(
        _("Thank you for telling me. All the best.") if reason else _("All right. All the best."),
    )


def _said(words: str, locale: str) -> list[str]:
    """Return what words say to the question whether to leave: a wish to go is a yes, one to rest a break, and
    who does not know or wants to think about it stays."""
    wish, lists = talk.wish(words, locale), talk.lists(words, locale)
    if wish is not None and wish.name == "pause":
        return ["pause"]
    if wish is not None and wish.name == "leave" and lists.isdisjoint(("no", "stay")):
        return ["yes"]
    return ["no"] if lists & {"stay", "later", "dont_know"} else []


def only_one(network: Network) -> Text:
    """Return why the only meta-mentor has to stay for now."""
    return _(
        "You are the only meta-mentor of <b>{network}</b>. Please give your role to somebody first: "
        "{handover} leads there.",
        network=network.name,
        handover=Command("handover"),
    )
