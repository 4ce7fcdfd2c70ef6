"""A deputy acts for whoever coordinates and is away, until they are back: their first word ends it."""

from bot import AnyText, Button, Command, Context, Priority, Role, Said, Text, _, _n, afterwards, on
from bot.lists import act
from bot.text import Value
from db import people
from db.electing import votes
from db.leading import notes, vacancies
from db.models import Member, Person, Vacancy
from handlers.electing import news, standing
from handlers.electing.steps import RatherNotStand, Stand
from handlers.handing_over.steps import ActForNow, CannotAct, HereAgain

OVER = _("That is over already.")

ACTING = act("role.acting", _("{who} acts for {whom} from {day} on."))
ACTED = act("role.acting_ended", _("{whom} was back on {day}, and coordinates again."))


def so_long(ctx: Context, vacancy: Vacancy) -> Text:
    """Return for how long nothing was heard."""
    days = (ctx.now - vacancy.since).days
    return _n("for {n} day", "for {n} days", days)


def is_there(vacancy: Vacancy) -> bool:
    """Whether whoever acts still can."""
    member = vacancy.acting
    return member is not None and member.state == "active" and member.role == "deputy"


def ask_deputies(ctx: Context, vacancy: Vacancy) -> None:
    """Ask the deputies whether one of them acts for now."""
    vacancies.turn(vacancy, "deputies", ctx.now)
    network = vacancy.network
    names = {"name": vacancy.away.person.name if vacancy.away is not None else "", "network": network.name}
    why = (
        _("Nobody coordinates <b>{network}</b> at the moment.", network=network.name)
        if vacancy.away is None
        else _("{name} needs somebody to act in <b>{network}</b> for a while.", **names)
        if ctx.actor is not None
        else _(
            "Nothing was heard from {name} {long}, and people wait in <b>{network}</b>.",
            long=so_long(ctx, vacancy),
            **names,
        )
    )
    ctx.tell(
        [each.person for each in vacancies.deputies(ctx.db, network)],
        _("{why} Will you take over for now?", why=why),
        Button(_("Yes, for now"), ActForNow(vacancy.id), means="yes"),
        Button(_("I cannot"), CannotAct(vacancy.id), means="no"),
        priority=Priority.CARRIED,
    )


def act_during_break(ctx: Context, vacancy: Vacancy) -> None:
    """Let the first deputy act while whoever coordinates is on a break, and tell them."""
    deputy = next(iter(vacancies.deputies(ctx.db, vacancy.network)), None)
    if deputy is None or vacancy.away is None or vacancy.away.person.paused_until is None:
        return
    vacancies.act(vacancy, deputy, ctx.now)
    ACTING.record(ctx, vacancy.network, by=deputy.person, about=vacancy.away.person)
    ctx.tell(
        deputy.person,
        _(
            "{name} is on a break until {time}, and somebody has waited in <b>{network}</b> for a day. Until "
            "then you act for {name}.",
            name=vacancy.away.person.name,
            time=vacancy.away.person.paused_until,
            network=vacancy.network.name,
        ),
        Button(_("See who waits"), Command("pulse"), keep=True),
        priority=Priority.CARRIED,
    )


@on(ActForNow)
def act_for_now(ctx: Context, step: ActForNow) -> None:
    """Act until whoever coordinates is back."""
    vacancy = ctx.ours(Vacancy, step.vacancy_id, gone=OVER, still=lambda each: each.state == "deputies")
    if vacancy is None or ctx.member.role != "deputy":
        return
    vacancies.act(vacancy, ctx.member, ctx.now)
    away = vacancy.away
    ACTING.record(ctx, ctx.network, about=away.person if away is not None else None)
    if away is not None:
        _open_note(ctx, away, ctx.person)
    others = [each.person for each in vacancies.deputies(ctx.db, ctx.network) if each.id != ctx.member.id]
    ctx.tell(
        [*others, *([away.person] if away is not None else [])],
        _(
            "{name} acts in <b>{network}</b> for now.",
            name=ctx.person.name,
            network=ctx.network.name,
        ),
        priority=Priority.CHECK_IN,
    )
    ctx.say(
        _("Thank you. You act for now, at most sixty days; then the members are asked.")
        if away is None
        else _(
            "Thank you. You act for {name} until {name} is back, at most sixty days; then the members are "
            "asked.",
            name=away.person.name,
        ),
        Button(_("See who waits"), Command("pulse"), keep=True),
        Button(_("What was left to me"), Command("handover"), keep=True),
    )


def _open_note(ctx: Context, away: Member, reader: Person | None) -> None:
    note = notes.of(ctx.db, away.network, away.person)
    if note is not None:
        notes.open_for(note, reader)


@on(CannotAct)
def cannot_act(ctx: Context, step: CannotAct) -> None:
    """Say that one cannot act."""
    ctx.say(_("All right, no reason needed. I look for somebody else."))


# --- back ----------------------------------------------------------------------------------------


@on(HereAgain)
def here_again(ctx: Context, step: HereAgain) -> None:
    """Show who waits to whoever is back."""
    ctx.redirect(Command("pulse"))


@afterwards
def is_back(ctx: Context) -> Said | None:
    """End what was done because nothing was heard from the one who acts: their first act does, unless it
    was to ask for a deputy, or a break without an end."""
    if ctx.actor is None or ctx.actor.known.role != "meta_mentor" or ctx.actor.known.network_id is None:
        return None
    vacancy = vacancies.open_in(ctx.db, ctx.actor.known.network_id)
    if vacancy is None or vacancy.since == ctx.now or not ctx.may(Role.META_MENTOR):
        return None
    if people.is_paused(ctx.person, ctx.now) and ctx.person.paused_until is None:
        vacancies.note_sign(vacancy, ctx.now)
        if vacancy.state == "asked":
            ask_deputies(ctx, vacancy)
        return None
    return end(ctx, vacancy, ctx.member)


def end(ctx: Context, vacancy: Vacancy, who: Member) -> Said | None:
    """End a vacancy: somebody who coordinates is back. Tell whoever acted, and all where they were asked;
    return what the one who is back reads."""
    state, acting, network = vacancy.state, vacancy.acting, vacancy.network
    vacancies.turn(vacancy, "over", ctx.now)
    back = _how_it_goes_on(ctx, who)
    if acting is not None:
        _open_note(ctx, who, None)
        ACTED.record(ctx, network, by=who.person, about=who.person)
        ctx.tell(acting.person, _("{back} Thank you for acting.", back=back), priority=Priority.CARRIED)
        return Said(
            _("{name} has acted for you.", name=acting.person.name),
            [Button(_("See who waits"), Command("pulse"), keep=True)],
        )
    if state == "deputies":
        there = [each.person for each in vacancies.deputies(ctx.db, network)]
        ctx.tell(there, back, priority=Priority.CHECK_IN)
    vote = votes.in_network(ctx.db, network.id)
    if state != "open" or (vote is not None and vote.kind != "election"):
        return None
    if vote is None or not votes.standing(ctx.db, vote):
        if vote is not None:
            votes.end(vote, "called_off", ctx.now)
            ctx.call_off(standing.tag(vote))
        if standing.is_asked(ctx, network):
            news.tell_members(ctx, network, back, but=news.but(who))
        return None
    return Said(*_vote_goes_on(vote.id, can_stand=vote.state == "standing"))


def _how_it_goes_on(ctx: Context, who: Member) -> Text:
    """Return what others read of somebody who was heard from."""
    facts: dict[str, Value] = {"name": who.person.name, "network": who.network.name}
    until = who.person.paused_until
    if until is None or not people.is_paused(who.person, ctx.now):
        return _("{name} is back and coordinates <b>{network}</b>.", **facts)
    return _(
        "{name} is on a break until {time}. Once somebody has waited in <b>{network}</b> for a day, a deputy "
        "acts.",
        **facts,
        time=until,
    )


def _vote_goes_on(vote_id: int, *, can_stand: bool) -> tuple[AnyText, list[Button]]:
    if not can_stand:
        return _("Good to have you back. The members vote at the moment who is to coordinate."), []
    return _("Good to have you back. Others stand already for coordinating. Do you stand too?"), [
        Button(_("I stand too"), Stand(vote_id), keep=True, means="yes"),
        Button(_("Rather not"), RatherNotStand(vote_id), means="no"),
    ]
