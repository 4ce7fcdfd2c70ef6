"""Members may want to be asked whether somebody still is to coordinate: where enough of them wish it, all are
asked, once a year. Who wished it nobody learns."""

from datetime import timedelta

from bot import Context, Priority, Verbatim, _, on
from bot.installation import Keep
from bot.lists import Forgetting, Retention, act, adds
from db.agreeing import agreements
from db.electing import papers, votes, wishes
from db.leading import vacancies
from db.models import Member, Network
from handlers.electing import voting
from handlers.electing.steps import BeginRecall
from handlers.reporting.sending import UNSEEN
from handlers.reporting.steps import AskMembers

A_YEAR = timedelta(days=365)
GONE = _("This person no longer coordinates.")

ASKED = act("role.recall_begun", _("The members are asked since {day} whether {whom} goes on coordinating."))


@adds(Retention, place=198)
def recall_wishes(keep: Keep) -> Forgetting:
    """Return for how long a wish is kept: as long as it holds."""
    return Forgetting(wishes.forget, wishes.LASTS.days)


@on(AskMembers)
def ask_members(ctx: Context, step: AskMembers) -> None:
    """Keep that the one who acts would like all to be asked about somebody who coordinates; ask them where
    enough have wished it."""
    chosen = ctx.pick(
        "about",
        _("Who is it about?"),
        [each for each in vacancies.leaders(ctx.db, ctx.network) if each.id != ctx.member.id],
        lambda each: Verbatim(each.person.name),
        gone=GONE,
    )
    if chosen is None:
        return
    if ctx.member.came_at > ctx.now - papers.VOTES_AFTER:
        ctx.say(voting.NOT_YOURS, forget=True)
        return
    needed = wishes.needed(agreements.members(ctx.db, ctx.network.id))
    name = chosen.person.name
    if not ctx.sure(
        _(
            "Once {n} members wish it within {days} days, all are asked whether {name} should go on "
            "coordinating. Nobody learns who wished it, {name} neither. Should I count you?",
            n=needed,
            days=wishes.LASTS.days,
            name=name,
        ),
        yes=_("Yes, count me"),
        no=_("No"),
        otherwise=_("All right. Nothing of it is kept."),
    ):
        return
    ctx.hold(Network, ctx.network.id)
    before = votes.last_recall(ctx.db, chosen)
    if votes.in_network(ctx.db, ctx.network.id) is not None:
        ctx.say(_("The members vote already. {name} can be asked about later.", name=name), forget=True)
    elif before is not None and ctx.now - before.opened_at < A_YEAR:
        ctx.say(
            _(
                "The members were asked about {name} not long ago. They can be again on {day}.",
                name=name,
                day=ctx.day_of(before.opened_at + A_YEAR),
            ),
            forget=True,
        )
    else:
        wishes.wish(ctx.db, chosen, ctx.person, ctx.now)
        ctx.say(_("I have counted you. If enough members wish it, all are asked."), forget=True)
        if wishes.count(ctx.db, chosen, ctx.now) >= needed:
            soon = timedelta(seconds=ctx.installation.rng.uniform(*UNSEEN))
            ctx.call_off(_tag(chosen))
            ctx.later(soon, BeginRecall(chosen.id), about=_tag(chosen))


def _tag(member: Member) -> str:
    return f"recall:{member.id}"


@on(BeginRecall)
def begin_recall(ctx: Context, step: BeginRecall) -> None:
    """Ask all members whether somebody goes on coordinating, and tell that one."""
    about = ctx.db.get(Member, step.about)
    if about is None or about.state != "active" or about.role != "meta_mentor":
        return
    network = about.network
    ctx.hold(Network, network.id)
    if votes.in_network(ctx.db, network.id) is not None:
        return
    ctx.turn_to(network)
    wishes.clear(ctx.db, about)
    vote = votes.begin(ctx.db, network, "recall", ctx.now)
    votes.stand(ctx.db, vote, about, "", ctx.now)
    ASKED.record(ctx, network, about=about.person)
    ctx.tell(
        about.person,
        _(
            "Some members of <b>{network}</b> would like all to be asked whether you go on coordinating it. "
            "The vote lasts {n} days. You coordinate as before meanwhile.",
            network=network.name,
            n=voting.FOR.days,
        ),
        priority=Priority.CARRIED,
    )
    voting.open_for_members(ctx, vote)
