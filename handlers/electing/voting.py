"""The vote itself: one letter, secret, which can be changed until the end. Who may vote is fixed before."""

from datetime import timedelta

from bot import AnyText, Button, Context, Priority, Text, UserMessage, Verbatim, _, lines, on, paragraphs
from db.electing import papers, votes
from db.models import Candidate, Vote
from handlers.electing import standing
from handlers.electing.standing import tag
from handlers.electing.steps import BringPapers, CastVote, CloseVote, RaiseConcern
from handlers.reporting import routing, sending, wording
from handlers.reporting.about import About
from handlers.reporting.sending import Draft

FOR = timedelta(days=7)
"""How long members can vote."""
MOST = 300
"""Members for whom papers are made in one turn."""
LONGEST = 2000
"""Characters of a concern."""
OVER = _("This vote is over.")
NOT_YOURS = _(
    "Whoever votes has to be here for {n} days when a vote begins, so that nobody comes only for that.",
    n=papers.VOTES_AFTER.days,
)


def open_for_members(ctx: Context, vote: Vote) -> None:
    """Let members vote, and begin to bring them the letter."""
    votes.open_until(vote, ctx.now + FOR)
    ctx.turn_to(vote.network)
    letter, _reached = ctx.tell([], question(ctx, vote), *buttons(ctx, vote), priority=Priority.ANNOUNCEMENT)
    ctx.go_on(BringPapers(vote.id, letter), 0, about=tag(vote))
    ctx.later(FOR, CloseVote(vote.id), about=tag(vote))


def question(ctx: Context, vote: Vote) -> AnyText:
    """Return what the members are asked."""
    there, network = votes.standing(ctx.db, vote), vote.network.name
    if vote.kind == "recall":
        who = _(
            "Members of <b>{network}</b> would like all to be asked: should {name} go on coordinating it?",
            network=network,
            name=there[0].member.person.name,
        )
    elif len(there) == 1:
        who = _(
            "Should {name} coordinate <b>{network}</b>?", name=there[0].member.person.name, network=network
        )
    else:
        who = _("Who should coordinate <b>{network}</b>?", network=network)
    return paragraphs(
        who,
        *(standing.told(each) for each in there if vote.kind == "election"),
        _(
            "Nobody sees what you choose. You can change it until {time}.",
            time=vote.closes_at if vote.closes_at is not None else ctx.now,
        ),
    )


def buttons(ctx: Context, vote: Vote) -> list[Button]:
    """Return what can be chosen."""
    there = votes.standing(ctx.db, vote)
    if vote.kind == "recall" or len(there) == 1:
        choices = [(_("Yes"), "yes"), (_("No"), "no")]
    else:
        choices = [(_name(each), str(each.id)) for each in there] + [(_("Any of them is fine"), "any")]
    return [
        *(Button(label, CastVote(vote.id, choice), keep=True) for label, choice in choices),
        Button(_("I have a serious concern"), RaiseConcern(vote.id), keep=True),
    ]


def _name(each: Candidate) -> Text:
    return _("For {name}", name=Verbatim(each.member.person.name[:20]))


def going_on(ctx: Context) -> tuple[AnyText, list[Button]] | None:
    """Return the vote that goes on in the network, and what the one who acts can do; None for none."""
    vote = votes.in_network(ctx.db, ctx.network.id)
    if vote is None or vote.state not in ("standing", "open"):
        return None
    if vote.state == "standing":
        there = votes.standing(ctx.db, vote)
        return (
            paragraphs(
                standing.looked_for(vote),
                lines(standing.told(each) for each in there) if there else _("Nobody stands yet."),
            ),
            standing.buttons(vote),
        )
    if papers.of(ctx.db, vote, ctx.member) is None:
        return paragraphs(question(ctx, vote), NOT_YOURS), []
    return question(ctx, vote), buttons(ctx, vote)


@on(BringPapers)
def bring_papers(ctx: Context, step: BringPapers) -> None:
    """Make papers for the next members who may vote, and bring them the letter."""
    vote = ctx.hold(Vote, step.vote_id)
    if vote is None or vote.state != "open":
        return
    voters, place = papers.make(ctx.db, vote, step.place, MOST, vote.opened_at)
    ctx.tell_more(step.letter_id, voters, priority=Priority.ANNOUNCEMENT)
    if place is not None:
        ctx.go_on(step, place, about=tag(vote))


# --- voting --------------------------------------------------------------------------------------


@on(CastVote)
def cast_vote(ctx: Context, step: CastVote) -> None:
    """Keep what the one who acts votes, in the place of what they chose before."""
    if _keep(ctx, step.vote_id, step.choice):
        ctx.say(_("Thank you. Your vote is kept, and nobody sees it. You can change it until the end."))


def _keep(ctx: Context, vote_id: int, choice: str) -> bool:
    vote = ctx.ours(Vote, vote_id, gone=OVER, still=lambda each: _is_open(ctx, each))
    if vote is None:
        return False
    paper = papers.of(ctx.db, vote, ctx.member)
    if paper is None:
        ctx.say(NOT_YOURS)
        return False
    if choice not in _choices(ctx, vote):
        ctx.say(_("This choice is gone. Please choose again."), *buttons(ctx, vote))
        return False
    papers.choose(paper, choice, ctx.now)
    return True


def _is_open(ctx: Context, vote: Vote) -> bool:
    return vote.state == "open" and vote.closes_at is not None and ctx.now < vote.closes_at


def _choices(ctx: Context, vote: Vote) -> set[str]:
    return {"concern", "yes", "no", "any", *(str(each.id) for each in votes.standing(ctx.db, vote))}


@on(RaiseConcern)
def raise_concern(ctx: Context, step: RaiseConcern) -> None:
    """Keep a serious concern as a vote, and give its words to those who receive reports, without a name."""
    vote = ctx.ours(Vote, step.vote_id, gone=OVER, still=lambda each: _is_open(ctx, each))
    if vote is None:
        return
    if papers.of(ctx.db, vote, ctx.member) is None:
        ctx.say(NOT_YOURS)
        return
    without = {ctx.person.id, *(each.member.person_id for each in votes.standing(ctx.db, vote))}
    there = routing.first(ctx, ctx.network, without)
    counts = _("Thank you. Your concern counts as your vote; you can change it until the end.")
    if not there:
        if _keep(ctx, step.vote_id, "concern"):
            nobody = _(
                "I ask for no words: this network has no trusted person, no deputy, and nobody else to whom "
                "I could give them."
            )
            ctx.say(lines(counts, nobody), forget=True)
        return
    people = wording.names(there)
    words = ctx.ask(
        "concern",
        _("What is your concern? {people} read it, and nobody else, without your name.", people=people),
        max_length=LONGEST,
    )
    if not _keep(ctx, step.vote_id, "concern"):
        return
    said = [UserMessage(words)]
    sending.send(ctx, Draft("network", "unnamed", About(None), said, "", without), there)
    ctx.say(
        lines(counts, _("{people} read your words, without your name.", people=people)),
        forget=True,
    )
