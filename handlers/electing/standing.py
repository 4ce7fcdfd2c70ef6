"""Who stands: for three days members say that they could coordinate, or suggest somebody."""

from datetime import timedelta

from bot import AnyText, Button, Context, Priority, Text, Verbatim, _, form, lines, on, paragraphs
from bot.lists import Ended, act, adds
from bot.text import Value
from db.electing import votes
from db.models import Candidate, Member, Network, Vote
from db.network import networks, trusted
from handlers.electing import choosing, news
from handlers.electing.steps import CloseCandidates, RatherNotStand, Stand, Suggest, TalkAboutIt
from handlers.protecting import coordinators, personal_data
from handlers.talking import opening
from handlers.talking.steps import Reply

FOR = timedelta(days=3)
"""How long people can stand."""
LONGEST, MOST = 200, 6
"""Characters of what a candidate says, and candidates in one vote."""
FEW = 4
"""In a network with fewer members nobody votes, and nobody is asked."""
OVER = _("This is over: nobody can stand any more.")
TOO_NEW = _(
    "Whoever stands has to be here for {n} days, so that nobody comes only for that.",
    n=votes.STANDS_AFTER.days,
)

BEGUN = act("role.vote_begun", _("The members are asked since {day} who is to coordinate."))


def begin(ctx: Context, network: Network, why: Text, *, but: list[int]) -> Vote:
    """Tell the members that somebody is looked for who coordinates, and why; they can stand, or suggest
    somebody."""
    vote = votes.begin(ctx.db, network, "election", ctx.now)
    BEGUN.record(ctx, network)
    ctx.later(FOR, CloseCandidates(vote.id), about=tag(vote))
    news.tell_members(
        ctx,
        network,
        paragraphs(why, looked_for(vote)),
        *buttons(vote),
        but=but,
    )
    return vote


def is_asked(ctx: Context, network: Network) -> bool:
    """Whether the members of a network are asked: not among few."""
    return networks.size(ctx.db, network, FEW) == FEW


def looked_for(vote: Vote) -> Text:
    """Return that somebody is looked for, and until when."""
    return _("Who could do it? You can say so until {time}. Then all of you vote.", time=vote.opened_at + FOR)


def buttons(vote: Vote) -> list[Button]:
    """Return what members can do while people can stand."""
    return [
        Button(_("I could do it"), Stand(vote.id), keep=True),
        Button(_("I suggest somebody"), Suggest(vote.id), keep=True),
        Button(_("I want to talk about it"), TalkAboutIt(vote.id), keep=True),
    ]


def tag(vote: Vote) -> str:
    """Return the tag of a vote's timers."""
    return f"vote:{vote.id}"


def _open(ctx: Context, vote_id: int) -> Vote | None:
    """Return a vote, locked, in which people can stand; None after saying that they cannot."""
    return ctx.ours(Vote, vote_id, gone=OVER, still=lambda each: each.state == "standing")


@on(Stand)
def stand(ctx: Context, step: Stand) -> None:
    """Let the one who acts stand, with a sentence of theirs that all read."""
    if _open(ctx, step.vote_id) is None:
        return
    if not votes.may_stand(ctx.db, ctx.member, ctx.now):
        ctx.say(TOO_NEW)
        return
    words = str(
        ctx.ask(
            "sentence",
            _("Thank you. What should the others know? One sentence, which all of them read."),
            max_length=LONGEST,
        )
    )
    sentence = " ".join(personal_data.without_it(ctx, words).split())
    vote = _open(ctx, step.vote_id)
    if vote is None:
        return
    others = [each for each in votes.standing(ctx.db, vote) if each.member_id != ctx.member.id]
    if len(others) >= MOST:
        ctx.say(_("{n} people stand already: that is enough to choose from. Thank you.", n=MOST))
        return
    votes.stand(ctx.db, vote, ctx.member, sentence, ctx.now)
    ctx.say(
        _("You stand. From {time} on the members vote.", time=vote.opened_at + FOR),
        Button(_("I do not stand after all"), RatherNotStand(vote.id), keep=True),
    )


@on(Suggest)
def suggest(ctx: Context, step: Suggest) -> None:
    """Ask who is suggested, and ask that member."""
    if _open(ctx, step.vote_id) is None:
        return
    member = choosing.whom(ctx, _("Who do you think of? Please type a name."), without=[ctx.person.id])
    vote = _open(ctx, step.vote_id) if member is not None else None
    if vote is None or member is None:
        return
    name = member.person.name
    if not votes.may_stand(ctx.db, member, ctx.now):
        ctx.say(TOO_NEW)
    elif votes.candidate(ctx.db, vote, member) is not None:
        ctx.say(_("{name} was asked already.", name=name))
    else:
        votes.suggest(ctx.db, vote, member)
        ctx.tell(
            member.person,
            _(
                "{by} thinks that you could coordinate <b>{network}</b>. Would you stand for it?",
                by=ctx.person.name,
                network=ctx.network.name,
            ),
            Button(_("I could do it"), Stand(vote.id), keep=True, means="yes"),
            Button(_("Rather not"), RatherNotStand(vote.id), means="no"),
            priority=Priority.CARRIED,
        )
        ctx.say(_("Thank you. I have asked {name}.", name=name))


@on(RatherNotStand)
def rather_not_stand(ctx: Context, step: RatherNotStand) -> None:
    """Let the one who acts stand no longer."""
    vote = ctx.ours(Vote, step.vote_id, gone=OVER, still=lambda each: each.state in ("standing", "open"))
    if vote is None:
        return
    each = votes.candidate(ctx.db, vote, ctx.member)
    if each is not None and each.withdrawn_at is None:
        _withdraw(ctx, each)
    ctx.say(_("All right, no reason needed. You do not stand."))


def _withdraw(ctx: Context, each: Candidate) -> None:
    """Let a candidate stand no longer; where members vote already, they hear of it and can vote anew."""
    votes.withdraw(each, ctx.now)
    is_on_papers = each.vote.kind == "election" and each.vote.state == "open"
    if is_on_papers and each.stands_at is not None:
        news.tell_members(
            ctx,
            each.vote.network,
            _(
                "{name} no longer stands. Whoever has voted for {name} can vote anew.",
                name=each.member.person.name,
            ),
            but=news.but(each.member),
        )


@adds(Ended, place=20)
def candidate_gone(ctx: Context, member: Member) -> None:
    """Let whoever is no longer a member stand no longer."""
    vote = votes.in_network(ctx.db, member.network_id)
    each = votes.candidate(ctx.db, vote, member) if vote is not None else None
    if each is not None and each.withdrawn_at is None:
        _withdraw(ctx, each)


@on(TalkAboutIt)
def talk_about_it(ctx: Context, step: TalkAboutIt) -> None:
    """Connect the one who acts with a trusted person, or with one who runs the bot."""
    there = [each for each in trusted.agreed(ctx.db, ctx.network.id) if each.id != ctx.person.id]
    person = next(iter([*there, *coordinators.operators(ctx, without=[])]), None)
    if person is None:
        ctx.say(_("There is nobody I can reach at the moment."))
        return
    words = _(
        "{name} would like to talk with you about who coordinates <b>{network}</b>. Just answer here.",
        name=ctx.person.name,
        network=ctx.network.name,
    )
    relay = opening.connect(ctx, person, ctx.network, words)
    ctx.say(opening.connected(Verbatim(person.name)), on_reply=Reply(relay.id))


def told(each: Candidate) -> AnyText:
    """Return a candidate with what they say."""
    name = form("<b>{name}</b>", name=each.member.person.name)
    return lines(name, form("{sentence}", sentence=each.sentence)) if each.sentence else name


def names(there: list[Candidate]) -> Value:
    """Return what candidates are called, as a list within a sentence."""
    return [each.member.person.name for each in there]
