"""A member recommends somebody, who applies with the member's voice."""

from datetime import timedelta

from bot import Context, _, on, paragraphs
from bot.lists import act
from db.network import invitations
from handlers.applying import vouching
from handlers.joining.steps import Recommend
from handlers.network import forwarding
from handlers.talking import to_coordinators

GOOD_FOR, MOST_OPEN = timedelta(days=14), 3
"""How long a recommendation works, and how many of them a member may have open."""

RECOMMENDED = act("member.recommended", _("{who} recommended somebody on {day}."))


@on(Recommend)
def recommend(ctx: Context, step: Recommend) -> None:
    """Give a member a code for somebody whom they recommend."""
    why = vouching.why_not(ctx, ctx.member)
    if why is not None:
        way = to_coordinators.way_to(ctx)
        ctx.say(
            paragraphs(_("Those who coordinate the network invite people."), why),
            *([way] if way is not None else []),
        )
        return
    if not ctx.sure(
        _(
            "You can recommend somebody whom you would trust with people who need help. They get a code, say "
            "a little about themselves, and your voice counts. With one more voice they are in a day later, "
            "unless those who coordinate object."
        ),
        yes=_("Recommend somebody"),
        no=_("Not now"),
        otherwise=_("All right."),
    ):
        return
    mine = invitations.open_by(ctx.db, ctx.network, ctx.person, ctx.now)
    if sum(each.role == "applicant" for each in mine) >= MOST_OPEN:
        ctx.say(
            _(
                "You have recommended {n} people who have not come yet. Please wait for one of them.",
                n=MOST_OPEN,
            )
        )
        return
    made = forwarding.make(ctx, GOOD_FOR, label="experienced", role="applicant")
    if made is None:
        return
    invitation, code = made
    RECOMMENDED.record(ctx, ctx.network)
    forwarding.say(
        ctx,
        _("{name} recommends you", name=ctx.person.name),
        _(
            "In <b>{network}</b> mentors help each other. Ask whether you can join: {name} vouches for you.",
            network=ctx.network.name,
            name=ctx.person.name,
        ),
        code,
        invitation.expires_at,
        network=ctx.network,
    )
    ctx.say(forwarding.ABOVE)
