"""Adding an organisation: eight short questions, of which four can be skipped. What is in the list already,
or was taken off, is shown before it is added again."""

from bot import Button, Command, Context, Role, _, _n, on, paragraphs
from bot import lines as below
from bot.lists import act
from db.directory import organisations
from db.models import Network, Organisation
from db.network import numbers
from handlers.directory import checking, entry, found
from handlers.directory.asking_facts import WHEN_ADDED, Facts, ask_name, ask_place, unread
from handlers.directory.steps import AddOrganisation, PutBack, ShowOrganisation
from handlers.protecting import limits
from handlers.sharing import news
from handlers.talking import to_coordinators

ADDED = act("organisation.added", _("{who} added an organisation on {day}."))
PUT_BACK = act("organisation.put_back", _("{who} put an organisation back on {day} that was taken off."))
FULL = _("The list is full: {n} organisations.", n=organisations.MOST)


@on(AddOrganisation)
def add_organisation(ctx: Context, step: AddOrganisation) -> None:
    """Ask about an organisation, show how it will stand there, and add it."""
    facts: Facts = ask_name(ctx) | ask_place(ctx)
    if _is_there(ctx, facts):
        return
    for ask in WHEN_ADDED.values():
        facts |= {column: value for column, value in ask(ctx).items() if value not in ("", [])}
    if (like := _looks_like(ctx, facts)) is not None:
        same = ctx.confirm(
            "same",
            paragraphs(_("This looks like one that is here already:"), below(entry.facts(like))),
            yes=_("It is the same"),
            no=_("It is another one"),
        )
        if same:
            ctx.redirect(ShowOrganisation(like.id))
    if not ctx.sure(
        paragraphs(
            _("Members will read:"),
            below(entry.facts(organisations.draft(facts))),
            unread(facts),
            _("They also read that you have checked it."),
        ),
        yes=_("Add it"),
        no=_("Do not add it"),
        otherwise=_("All right, I have not added it."),
    ):
        return
    ctx.hold(Network, ctx.network.id)
    if _is_there(ctx, facts) or not limits.allows(ctx, limits.ORGANISATIONS):
        return
    if organisations.count(ctx.db, ctx.network.id) >= organisations.MOST:
        ctx.say(FULL)
        return
    every = numbers.span(ctx.network, "organisation_hours")
    added = organisations.add(ctx.db, ctx.network, facts, by=ctx.person, every=every, now=ctx.now)
    found.let_find(ctx.db, [added])
    checking.plan(ctx, ctx.network)
    news.plan(ctx, ctx.network)
    if ctx.may(Role.META_MENTOR):
        ADDED.record(ctx, ctx.network)
    many = organisations.count(ctx.db, ctx.network.id)
    ctx.say(
        _n(
            "Thank you. It is the first organisation here: {orgs} shows it.",
            "Thank you. {n} organisations are here now: {orgs} shows them.",
            many,
            orgs=Command("orgs"),
        )
    )


def _is_there(ctx: Context, facts: Facts) -> bool:
    """Say so where an organisation of this name and place is here already, or was taken off."""
    there, is_same = organisations.known(ctx.db, ctx.network.id, facts)
    if there is None or not is_same:
        return False
    if not there.do_not_list:
        ctx.say(_("It is here already:"))
        entry.show(ctx, there)
        return True
    assert there.ended_at is not None, "it was taken off then"
    way = to_coordinators.way_to(ctx)
    back = Button(_("It is there again"), PutBack(there.id))
    ctx.say(
        _("{name} was taken off on {day}.", name=there.name, day=ctx.day_of(there.ended_at)),
        *([back] if ctx.may(Role.META_MENTOR) else [way] if way is not None else []),
    )
    return True


def _looks_like(ctx: Context, facts: Facts) -> Organisation | None:
    """Return the organisation that has the same website or number; None for none."""
    there, is_same = organisations.known(ctx.db, ctx.network.id, facts)
    return there if there is not None and not is_same and not there.do_not_list else None


@on(PutBack)
def put_back(ctx: Context, step: PutBack) -> None:
    """Put an organisation back that was taken off."""
    there = ctx.ours(Organisation, step.organisation_id, gone=entry.GONE)
    if there is None:
        return
    if there.do_not_list:
        every = numbers.span(ctx.network, "organisation_hours")
        organisations.put_back(ctx.db, there, ctx.person, every=every, now=ctx.now)
        found.let_find(ctx.db, [there])
        checking.plan(ctx, ctx.network)
        PUT_BACK.record(ctx, ctx.network)
    entry.show(ctx, there)
