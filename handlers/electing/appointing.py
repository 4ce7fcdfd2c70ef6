"""Where a vote has come to nothing, the founding organisation appoints somebody for sixty days, or those who
run the bot do; then the members are asked again."""

from datetime import timedelta

from bot import AnyText, Button, Context, Priority, Text, Verbatim, _, _n, on, paragraphs
from bot.lists import act
from bot.text import Value
from db.electing import votes
from db.leading import vacancies
from db.models import Member, Person, Vote
from handlers.electing import choosing, news, standing, taking_over
from handlers.electing.standing import tag
from handlers.electing.steps import AnswerAppointment, Appoint, AskAgain
from handlers.protecting import coordinators

FOR = timedelta(days=60)
GONE = _("This is settled already.")

FAILED = act("role.nobody_chosen", _("Nobody was chosen to coordinate, on {day}."))
APPOINTED = act("role.appointed", _("{who} appointed {whom} on {day} to coordinate for sixty days."))


def begin(ctx: Context, vote: Vote, why: Text) -> None:
    """Ask the founding organisation to appoint somebody; those who run the bot where nobody speaks for it.
    Tell the members."""
    votes.end(vote, "failed", ctx.now)
    ctx.call_off(tag(vote))
    FAILED.record(ctx, vote.network, **vote.counts)
    ctx.turn_to(vote.network)
    ask(ctx, vote, why)
    if standing.is_asked(ctx, vote.network):
        _tell_members(ctx, vote, why)


def _tell_members(ctx: Context, vote: Vote, why: Text) -> None:
    """Tell the members that a vote has come to nothing, and what follows."""
    whom = _who_may(ctx, vote)
    names: list[Value] = [each.name for each in whom]
    follows = (
        _n(
            "{people} can appoint somebody for {days} days.",
            "{people} can appoint somebody for {days} days.",
            len(names),
            people=names,
            days=FOR.days,
        )
        if whom
        else _(
            "I can reach nobody who could appoint somebody. In {n} days I ask all of you again.", n=FOR.days
        )
    )
    vacancy = vacancies.open_in(ctx.db, vote.network_id)
    away = vacancy.away if vacancy is not None else None
    news.tell_members(ctx, vote.network, paragraphs(why, follows), but=news.but(*whom, away))


def _who_may(ctx: Context, vote: Vote) -> list[Person]:
    """Return those who may appoint somebody."""
    speaking = vacancies.founding(ctx.db, vote.network)
    return [each.person for each in speaking] or coordinators.all_operators(ctx)


def ask(ctx: Context, vote: Vote, why: AnyText) -> None:
    """Ask those who may appoint somebody to do so."""
    ctx.tell(
        _who_may(ctx, vote),
        paragraphs(
            why,
            _(
                "You can appoint somebody who coordinates <b>{network}</b> for {n} days. Then the members "
                "are asked again.",
                network=vote.network.name,
                n=FOR.days,
            ),
        ),
        Button(_("Appoint somebody"), Appoint(vote.id), keep=True),
        priority=Priority.CARRIED,
    )


@on(Appoint)
def appoint(ctx: Context, step: Appoint) -> None:
    """Ask who is appointed, and ask that member."""
    vote = ctx.db.get(Vote, step.vote_id)
    if vote is None or vote.state != "failed" or ctx.person not in _who_may(ctx, vote):
        ctx.say(GONE)
        return
    there = votes.standing(ctx.db, vote)
    stood: dict[str, AnyText] = {
        str(each.member.person_id): Verbatim(each.member.person.name) for each in there
    }
    member = choosing.whom(
        ctx,
        _("Who should coordinate <b>{network}</b>? Please type a name.", network=vote.network.name),
        without=[],
        suggest=stood,
        network=vote.network,
    )
    vote = ctx.hold(Vote, step.vote_id)
    if member is None:
        return
    if vote is None or vote.state != "failed":
        ctx.say(GONE)
        return
    votes.appoint(vote, member)
    ctx.turn_to(vote.network)
    ctx.tell(
        member.person,
        _(
            "{by} would like you to coordinate <b>{network}</b> for {n} days. Then the members are asked "
            "again. Would you like that?",
            by=ctx.person.name,
            network=vote.network.name,
            n=FOR.days,
        ),
        Button(_("Yes, gladly"), AnswerAppointment(vote.id, agrees=True), means="yes"),
        Button(_("Rather not"), AnswerAppointment(vote.id, agrees=False), means="no"),
        priority=Priority.CARRIED,
    )
    ctx.say(_("I have asked {name}.", name=member.person.name))


@on(AnswerAppointment)
def answer_appointment(ctx: Context, step: AnswerAppointment) -> None:
    """Coordinate for sixty days, or rather not."""
    vote = ctx.ours(
        Vote,
        step.vote_id,
        gone=GONE,
        still=lambda each: each.state == "failed" and each.appointed_id == ctx.member.id,
    )
    if vote is None:
        return
    if not step.agrees:
        votes.appoint(vote, None)
        ctx.say(_("All right, no reason needed. You stay a member as before."))
        ask(ctx, vote, _("{name} would rather not.", name=ctx.person.name))
        return
    votes.turn(vote, "appointed")
    before = taking_over.take(ctx, vote.network, [ctx.member])
    APPOINTED.record(ctx, vote.network, about=ctx.person)
    ctx.later(FOR, AskAgain(vote.id), about=tag(vote))
    result = _(
        "{name} coordinates <b>{network}</b> for {n} days. Then you are asked who should.",
        name=ctx.person.name,
        network=vote.network.name,
        n=FOR.days,
    )
    taking_over.tell_chosen(ctx, vote.network, [ctx.member], result)
    ctx.say(_("Thank you."))
    news.tell_members(ctx, vote.network, result, but=news.but(ctx.person, *before))
    news.tell_rooms(ctx, vote.network, result)


@on(AskAgain)
def ask_again(ctx: Context, step: AskAgain) -> None:
    """Let the members be asked, once somebody was appointed for some time."""
    vote = ctx.hold(Vote, step.vote_id)
    if vote is None or vote.state != "appointed" or votes.in_network(ctx.db, vote.network_id) is not None:
        return
    member: Member | None = vote.appointed
    if member is None or member.role != "meta_mentor" or member.state != "active":
        return
    again = standing.begin(
        ctx,
        vote.network,
        _(
            "{name} has coordinated <b>{network}</b> for {n} days, as it was agreed.",
            name=member.person.name,
            network=vote.network.name,
            n=FOR.days,
        ),
        but=[],
    )
    if votes.may_stand(ctx.db, member, ctx.now):
        votes.stand(ctx.db, again, member, "", ctx.now)
