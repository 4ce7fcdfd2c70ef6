"""The count of a vote, some papers in each turn, and what follows: somebody is chosen, two share the role,
the lot decides, or nobody is chosen."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from bot import Button, Context, Priority, Text, _, on
from bot.installation import Keep
from bot.lists import Forgetting, Retention, act, adds
from bot.text import Value
from db.electing import papers, votes
from db.leading import vacancies
from db.models import Candidate, Vote
from handlers.electing import appointing, news, standing, taking_over, voting
from handlers.electing.standing import tag
from handlers.electing.steps import (
    CarryTogether,
    CloseCandidates,
    CloseVote,
    CountPapers,
    DrawLot,
)

MOST = 500
"""Papers that are counted in one turn: each is opened."""
PAPERS_DAYS = 14
"""For how long the papers are kept after the end; what was counted stays."""
PATIENCE = timedelta(days=3)
"""How long those with as many votes have to say whether they share the role."""

KEPT = act("role.kept", _("The members said on {day} that {whom} goes on coordinating."))
RECALLED = act("role.recalled", _("The members ended the role of {whom} on {day}."))


@adds(Retention, place=192)
def vote_papers(keep: Keep) -> Forgetting:
    """Return for how long papers are kept after the end of a vote."""
    return Forgetting(papers.forget, PAPERS_DAYS)


@adds(Retention, place=194)
def old_votes(keep: Keep) -> Forgetting:
    """Return for how long it is kept what was counted."""
    return Forgetting(votes.forget, keep.journal_days)


@on(CloseCandidates)
def close_candidates(ctx: Context, step: CloseCandidates) -> None:
    """Let the members vote; where nobody stands, somebody is appointed."""
    vote = ctx.hold(Vote, step.vote_id)
    if vote is None or vote.state != "standing":
        return
    if votes.standing(ctx.db, vote):
        voting.open_for_members(ctx, vote)
    else:
        appointing.begin(ctx, vote, _nobody_stands(vote))


def _nobody_stands(vote: Vote) -> Text:
    return _("Nobody stands for coordinating <b>{network}</b>.", network=vote.network.name)


@on(CloseVote)
def close_vote(ctx: Context, step: CloseVote) -> None:
    """End a vote, and begin to count."""
    vote = ctx.hold(Vote, step.vote_id)
    if vote is None or vote.state != "open":
        return
    votes.turn(vote, "counting")
    ctx.go_on(CountPapers(vote.id), 0, about=tag(vote))


@on(CountPapers)
def count_papers(ctx: Context, step: CountPapers) -> None:
    """Count the next papers; after the last, see what was decided."""
    vote = ctx.hold(Vote, step.vote_id)
    if vote is None or vote.state != "counting":
        return
    place = papers.count(ctx.db, vote, step.place, MOST)
    if place is not None:
        ctx.go_on(step, place, about=tag(vote))
    elif vote.kind == "recall":
        _decide_recall(ctx, vote)
    else:
        _decide(ctx, vote)


def _decide(ctx: Context, vote: Vote) -> None:
    chosen = votes.first(ctx.db, vote) if votes.has_quorum(vote) else []
    if not chosen:
        why = _(
            "Nobody was chosen for coordinating <b>{network}</b>: {n} of {many} have voted.",
            network=vote.network.name,
            n=votes.voted(vote),
            many=vote.electorate,
        )
        appointing.begin(ctx, vote, why)
    elif len(chosen) == 1:
        taking_over.elected(ctx, vote, chosen)
    else:
        _ask_to_share(ctx, vote, chosen)


# --- as many votes -------------------------------------------------------------------------------


def _ask_to_share(ctx: Context, vote: Vote, chosen: Sequence[Candidate]) -> None:
    votes.turn(vote, "tied")
    ctx.turn_to(vote.network)
    for each in chosen:
        ctx.tell(
            each.member.person,
            _(
                "{people} have the same number of votes. Would you coordinate <b>{network}</b> together? If "
                "one of you would rather not, or has not answered by {time}, the lot decides.",
                people=standing.names([*chosen]),
                network=vote.network.name,
                time=ctx.now + PATIENCE,
            ),
            Button(_("Yes, together"), CarryTogether(vote.id, together=True), means="yes"),
            Button(_("Let the lot decide"), CarryTogether(vote.id, together=False), means="no"),
            priority=Priority.CARRIED,
        )
    ctx.later(PATIENCE, DrawLot(vote.id), about=tag(vote))


@on(CarryTogether)
def carry_together(ctx: Context, step: CarryTogether) -> None:
    """Keep whether the one who acts would share the role; decide once all have said so."""
    vote = ctx.ours(Vote, step.vote_id, gone=voting.OVER, still=lambda each: each.state == "tied")
    if vote is None:
        return
    tied = votes.first(ctx.db, vote)
    mine = next((each for each in tied if each.member_id == ctx.member.id), None)
    if mine is None:
        ctx.say(voting.OVER)
        return
    votes.say_together(mine, step.together)
    ctx.say(_("Thank you."))
    if not step.together:
        _draw(ctx, vote)
    elif all(each.together for each in tied):
        taking_over.elected(ctx, vote, tied)


@on(DrawLot)
def draw_lot(ctx: Context, step: DrawLot) -> None:
    """Let the lot decide where not all have said that they share the role."""
    vote = ctx.hold(Vote, step.vote_id)
    if vote is not None and vote.state == "tied":
        _draw(ctx, vote)


def _draw(ctx: Context, vote: Vote) -> None:
    tied = votes.first(ctx.db, vote)
    if not tied:
        appointing.begin(
            ctx, vote, _("Nobody stands for coordinating <b>{network}</b>.", network=vote.network.name)
        )
        return
    seed = ctx.installation.rng.randrange(10**6)
    taking_over.elected(ctx, vote, [tied[lot(seed, len(tied))]], seed=seed, among=tied)


def lot(seed: int, many: int) -> int:
    """Return which of so many a number that was drawn stands for, counted from 0: everybody can look."""
    return int(sha256(str(seed).encode()).hexdigest(), 16) % many


# --- whether somebody goes on ----------------------------------------------------------------------


def _decide_recall(ctx: Context, vote: Vote) -> None:
    """Let somebody go on, or end their role, and look for somebody else where nobody coordinates then."""
    there = votes.standing(ctx.db, vote)
    if not there or there[0].member.role != "meta_mentor":
        votes.end(vote, "called_off", ctx.now)
        return
    member, network, counts = there[0].member, vote.network, vote.counts
    facts: dict[str, Value] = {
        "name": member.person.name,
        "network": network.name,
        "n": votes.voted(vote),
        "many": vote.electorate,
    }
    if votes.goes_on(vote):
        votes.end(vote, "kept", ctx.now)
        KEPT.record(ctx, network, about=member.person, **counts)
        text = _("{name} goes on coordinating <b>{network}</b>: {n} of {many} have voted.", **facts)
        news.tell_members(ctx, network, text)
        return
    votes.end(vote, "recalled", ctx.now)
    RECALLED.record(ctx, network, about=member.person, **counts)
    taking_over.end_role(ctx, member)
    why = _("{name} no longer coordinates <b>{network}</b>: {n} of {many} have voted.", **facts)
    if vacancies.leaders(ctx.db, network):
        news.tell_members(ctx, network, why, but=news.but(member))
    else:
        standing.begin(ctx, network, why, but=news.but(member))
