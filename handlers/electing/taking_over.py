"""Somebody takes over who was chosen or appointed: the role, the note for the next one, and what all hear."""

from collections.abc import Sequence

from bot import AnyText, Button, Command, Context, Priority, _, paragraphs
from bot.lists import act
from bot.text import Value
from db.electing import votes
from db.leading import notes, vacancies
from db.models import Candidate, Member, Network, Vote
from db.network import members
from handlers.electing import news, standing
from handlers.joining import membership

ELECTED = act("role.elected", _("The members chose {whom} to coordinate, on {day}."))


def take(ctx: Context, network: Network, chosen: Sequence[Member]) -> list[Member]:
    """Let members coordinate a network in the place of those who did, whom this returns; they can read what
    those left."""
    before = [each for each in vacancies.leaders(ctx.db, network) if each not in chosen]
    for each in before:
        _leave_note(ctx, each, chosen[0])
        _replace(ctx, each, chosen)
    for each in chosen:
        members.give_role(each, "meta_mentor")
    vacancy = vacancies.open_in(ctx.db, network.id)
    if vacancy is not None:
        vacancies.turn(vacancy, "over", ctx.now)
    return before


def _replace(ctx: Context, before: Member, chosen: Sequence[Member]) -> None:
    """End the role of somebody in whose place others coordinate, and tell them."""
    members.give_role(before, "member")
    people: list[Value] = [each.person.name for each in chosen]
    ctx.turn_to(before.network)
    ctx.tell(
        before.person,
        _(
            "<b>{network}</b> has found somebody who coordinates it in your place: {people}. You stay a "
            "member. Thank you for what you did for everybody.",
            network=before.network.name,
            people=people,
        ),
        priority=Priority.CHECK_IN,
    )


def _leave_note(ctx: Context, before: Member, after: Member) -> None:
    note = notes.of(ctx.db, before.network, before.person)
    if note is not None:
        notes.open_for(note, after.person)


def end_role(ctx: Context, member: Member) -> None:
    """End the role of a meta-mentor, and tell them."""
    members.give_role(member, "member")
    ctx.turn_to(member.network)
    ctx.tell(
        member.person,
        _(
            "The members of <b>{network}</b> have decided that you no longer coordinate it. You stay a "
            "member. Thank you for what you did for everybody.",
            network=member.network.name,
        ),
        priority=Priority.CARRIED,
    )


def elected(
    ctx: Context,
    vote: Vote,
    chosen: Sequence[Candidate],
    *,
    seed: int | None = None,
    among: Sequence[Candidate] = (),
) -> None:
    """Let those who were chosen coordinate, and tell everybody; `seed` is by which the lot was drawn `among`
    those with as many votes."""
    network = vote.network
    votes.end(vote, "elected", ctx.now, seed=seed)
    ctx.call_off(standing.tag(vote))
    before = take(ctx, network, [each.member for each in chosen])
    for each in chosen:
        ELECTED.record(ctx, network, about=each.member.person, voted=votes.voted(vote), may=vote.electorate)
    people = standing.names([*chosen])
    drawn = (
        [
            _(
                "{people} had the same number of votes, and the lot decided: the number {seed} was drawn.",
                people=standing.names([*among]),
                seed=str(seed),
            )
        ]
        if seed is not None
        else []
    )
    result = paragraphs(
        _(
            "{people} coordinates <b>{network}</b> from now on: {n} of {many} have voted.",
            people=people,
            network=network.name,
            n=votes.voted(vote),
            many=vote.electorate,
        )
        if len(chosen) == 1
        else _(
            "{people} coordinate <b>{network}</b> together from now on: {n} of {many} have voted.",
            people=people,
            network=network.name,
            n=votes.voted(vote),
            many=vote.electorate,
        ),
        drawn,
    )
    tell_chosen(ctx, network, [each.member for each in chosen], result)
    news.tell_members(ctx, network, result, but=news.but(*before, *(each.member for each in chosen)))
    news.tell_rooms(ctx, network, result)


def tell_chosen(ctx: Context, network: Network, chosen: Sequence[Member], result: AnyText) -> None:
    """Tell those who coordinate from now on what they can do, and what was left to them."""
    ctx.turn_to(network)
    for each in chosen:
        readable = notes.readable(ctx.db, network, each.person)
        left: list[Value] = [note.writer.name for note in readable if note.writer_id != each.person_id]
        ctx.tell(
            each.person,
            paragraphs(
                result,
                membership.rights(),
                [_("You can read what {people} wrote down for you.", people=left)] if left else [],
            ),
            *([Button(_("Read what was left to me"), Command("handover"), keep=True)] if left else []),
            Button(_("See who waits"), Command("pulse"), keep=True),
            priority=Priority.CARRIED,
        )
