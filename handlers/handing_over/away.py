"""When nothing is heard from whoever coordinates and people wait: they are asked, then deputies, then all."""

from datetime import timedelta

from bot import AnyText, Button, Command, Context, Priority, Text, _, _n, on
from bot.installation import Keep
from bot.lists import Debts, Forgetting, Notice, Retention, adds
from bot.text import Value
from db import people
from db.electing import votes
from db.help import pulse
from db.leading import vacancies
from db.models import Member, Network, Vacancy
from handlers.coordinating import cards
from handlers.electing import appointing, standing
from handlers.handing_over import acting
from handlers.handing_over.acting import so_long
from handlers.handing_over.steps import AskDeputies, HereAgain, LookAtVacancy
from handlers.protecting import coordinators

SILENT, LONG = timedelta(days=10), timedelta(days=14)
"""Without a sign of life: then they are asked, then their deputies are."""
PATIENCE = timedelta(days=3)
"""How long deputies have to say yes."""
ACTS_FOR = timedelta(days=60)
"""How long a deputy acts at most: then the members are asked."""


@adds(Retention, place=196)
def vacancies_over(keep: Keep) -> Forgetting:
    """Return for how long it is kept that somebody was away."""
    return Forgetting(vacancies.forget, keep.journal_days)


@on(LookAtVacancy)
def look_at_vacancy(ctx: Context, step: LookAtVacancy) -> None:
    """See how it is with whoever coordinates a network, and do the next."""
    network = ctx.hold(Network, step.network_id)
    if network is None:
        return
    ctx.turn_to(network)
    vacancy = vacancies.open_in(ctx.db, network.id)
    leading = vacancies.leaders(ctx.db, network)
    if vacancy is None:
        _begin(ctx, network, leading)
    elif _is_back(ctx, vacancy, leading):
        acting.end(ctx, vacancy, vacancy.away or leading[0])
    else:
        _go_on(ctx, vacancy)


def _is_back(ctx: Context, vacancy: Vacancy, leading: list[Member]) -> bool:
    heard = vacancies.last_sign(ctx.db, leading)
    return heard is not None and heard > vacancy.since and not all(_has_break(ctx, each) for each in leading)


def _has_break(ctx: Context, member: Member) -> bool:
    """Whether somebody is on a break that has an end."""
    return people.is_paused(member.person, ctx.now) and member.person.paused_until is not None


def _begin(ctx: Context, network: Network, leading: list[Member]) -> None:
    """Begin with the first who does not answer: where all are on a break, deputies act for them from the
    first debt that is a day old; where nobody coordinates, they are asked at once."""
    if not leading:
        acting.ask_deputies(
            ctx, vacancies.begin(ctx.db, network, None, "deputies", since=ctx.now, now=ctx.now)
        )
    elif all(_has_break(ctx, each) for each in leading):
        if pulse.has_waited(ctx.db, network.id, ctx.now - timedelta(days=1)):
            since = vacancies.last_sign(ctx.db, leading) or ctx.now
            vacancy = vacancies.begin(ctx.db, network, leading[0], "asked", since=since, now=ctx.now)
            acting.act_during_break(ctx, vacancy)
    else:
        heard = vacancies.last_sign(ctx.db, leading)
        n = waiting(ctx, network)
        if n and (heard is None or heard <= ctx.now - SILENT):
            since = heard or ctx.now - SILENT
            vacancy = vacancies.begin(ctx.db, network, leading[0], "asked", since=since, now=ctx.now)
            _ask(ctx, vacancy, leading, n)


def waiting(ctx: Context, network: Network) -> int:
    """Return how many wait for those who coordinate a network."""
    for member in [*vacancies.deputies(ctx.db, network), *vacancies.leaders(ctx.db, network)]:
        run = ctx.as_member(member)
        if run is not None:
            return cards.all_owed(run).many
    return pulse.unanswered(ctx.db, network, ctx.now, ()).many


def _ask(ctx: Context, vacancy: Vacancy, leading: list[Member], n: int) -> None:
    has_deputies = bool(vacancies.deputies(ctx.db, vacancy.network))
    ctx.tell(
        [each.person for each in leading],
        _n(
            "{n} person waits in <b>{network}</b>. Are you there?",
            "{n} people wait in <b>{network}</b>. Are you there?",
            n,
            network=vacancy.network.name,
        ),
        Button(_("I am here"), HereAgain(), means=("yes", "good")),
        *([Button(_("A deputy, please"), AskDeputies(vacancy.id))] if has_deputies else []),
        Button(_("I need a break"), Command("pause"), keep=True),
        priority=Priority.CHECK_IN,
    )


def _go_on(ctx: Context, vacancy: Vacancy) -> None:
    """Do the next where nothing was heard since."""
    since = ctx.now - vacancy.changed_at
    match vacancy.state:
        case "asked" if ctx.now - vacancy.since >= LONG and waiting(ctx, vacancy.network):
            acting.ask_deputies(ctx, vacancy)
        case "deputies" if since >= PATIENCE or not vacancies.deputies(ctx.db, vacancy.network):
            tell_all(ctx, vacancy)
        case "acting" if not acting.is_there(vacancy):
            acting.ask_deputies(ctx, vacancy)
        case "acting" | "open" if since >= ACTS_FOR:
            tell_all(ctx, vacancy)


def tell_all(ctx: Context, vacancy: Vacancy) -> None:
    """Tell those who run the bot and all members that nobody coordinates the network, and look for somebody;
    in a very small one only the former."""
    network = vacancy.network
    vacancies.turn(vacancy, "open", ctx.now)
    why = _("Nobody coordinates <b>{network}</b> at the moment.", network=network.name)
    if votes.in_network(ctx.db, network.id) is not None:
        return
    if not standing.is_asked(ctx, network):
        appointing.begin(ctx, votes.begin(ctx.db, network, "election", ctx.now), why)
        return
    ctx.tell(coordinators.all_operators(ctx), _for_operators(ctx, vacancy), priority=Priority.CHECK_IN)
    away = [vacancy.away.person_id] if vacancy.away is not None else []
    standing.begin(ctx, network, why, but=away)


def _for_operators(ctx: Context, vacancy: Vacancy) -> AnyText:
    facts: dict[str, Value] = {"network": vacancy.network.name}
    if vacancy.away is None:
        return _("Nobody coordinates <b>{network}</b>. The members are asked who could.", **facts)
    return _(
        "Nothing was heard from {name}, who coordinates <b>{network}</b>, {long}. The members are asked who "
        "could do it.",
        **facts,
        name=vacancy.away.person.name,
        long=so_long(ctx, vacancy),
    )


@on(AskDeputies)
def ask_deputies_now(ctx: Context, step: AskDeputies) -> None:
    """Ask deputies at once to act, as whoever coordinates wishes."""
    vacancy = ctx.ours(Vacancy, step.vacancy_id, gone=acting.OVER, still=lambda each: each.state == "asked")
    if vacancy is None:
        return
    vacancies.note_sign(vacancy, ctx.now)
    acting.ask_deputies(ctx, vacancy)
    ctx.say(_("All right. I have asked those who stand in for you. Take your time."))


@adds(Debts, place=5)
def away_since(ctx: Context) -> Notice | None:
    """Return, for a deputy, since when nothing is heard from whoever coordinates."""
    vacancy = vacancies.open_in(ctx.db, ctx.network.id)
    if vacancy is None or vacancy.away is None or vacancy.away.id == ctx.member.id:
        return None
    text: Text = _(
        "{name} has been away since {day}.",
        name=vacancy.away.person.name,
        day=ctx.day_of(vacancy.since),
    )
    return Notice(text, Button(_("What I can do"), Command("handover"), keep=True))
