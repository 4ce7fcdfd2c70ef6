"""Checking is spread thin: once a year somebody is asked whether an entry is still right, at their check-in
time, nobody more than three times a month; first whoever added it, then whom it has helped, who lives near,
and at last those who coordinate."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot import Button, Context, Priority, Role, _, lines, on, paragraphs
from bot.lists import act
from bot.times import next_weekly
from db import people
from db.directory import checks, organisations
from db.help import schedules
from db.models import Network, Organisation, Person, Says, Schedule
from db.network import members, numbers
from handlers.checking_in import times
from handlers.directory import entry, saying
from handlers.directory import found as found_again
from handlers.directory.asking_facts import CHANGED, WHAT, unread
from handlers.directory.steps import (
    AskWhether,
    ChangeOrganisation,
    DoNotKnow,
    LookAfter,
    OrganisationGone,
    StillRight,
)

AT_ONCE = 20
"""Entries for which somebody is found in one turn."""
A_DAY = timedelta(days=1)
WENT = act("organisation.gone", _("{who} took an organisation off the list on {day}."))
CHANGED_BY = act("organisation.changed", _("{who} changed the entry of an organisation on {day}."))
OTHERS = _("Somebody else looks after this entry now.")


def plan(ctx: Context, network: Network) -> None:
    """Plan when somebody is next asked about an entry of a network, in the place of what was planned."""
    ctx.call_off(_about(network.id))
    when = checks.next_at(ctx.db, network.id)
    if when is not None:
        ctx.later(max(when, ctx.now + A_DAY), LookAfter(network.id), about=_about(network.id))


def _about(network_id: int) -> str:
    return f"organisations:{network_id}"


@on(LookAfter)
def look_after(ctx: Context, step: LookAfter) -> None:
    """Find somebody to ask about the entries whose time has come."""
    network = ctx.db.get(Network, step.network_id)
    if network is None:
        return
    entries = checks.due(ctx.db, network.id, ctx.now, AT_ONCE)
    coordinators = [each.person_id for each in members.coordinators(ctx.db, network.id)]
    orders = checks.to_be_asked(ctx.db, network.id, entries, coordinators)
    there = _can_be_asked(ctx, {each.id: each for order in orders.values() for each in order})
    asked = checks.asked_lately(ctx.db, there, ctx.now)
    schedule = schedules.of(ctx.db, network.id)
    plans = []
    for each in entries:
        can_say = [person for person in orders[each.id] if person.id in there]
        free = next((person for person in can_say if asked[person.id] < checks.MOST), None)
        if free is not None:
            asked[free.id] += 1
            at = _check_in_time(ctx, schedule, network, free)
            plans.append((at, checks.ask(ctx.db, each, free.id, at)))
        elif can_say:
            checks.look_later(each, ctx.now)
        else:
            checks.begin_anew(ctx.db, each, ctx.now)
    ctx.db.flush()
    ctx.later_all((at, AskWhether(word.id), f"organisation:{word.organisation_id}") for at, word in plans)
    if len(entries) == AT_ONCE:
        ctx.go_on(step, None, about=_about(network.id))
    else:
        plan(ctx, network)


def _can_be_asked(ctx: Context, those: Mapping[int, Person]) -> set[int]:
    """Return which of these people (by id) can be reached and are on no break."""
    reached = people.reach(ctx.db, sorted(those))
    return {id_ for id_, person in those.items() if id_ in reached and not people.is_paused(person, ctx.now)}


def _check_in_time(ctx: Context, schedule: Schedule | None, network: Network, person: Person) -> datetime:
    """Return when (UTC) somebody is next asked how it goes, or would be if that were every week."""
    rhythm = schedule or times.UNPLANNED
    return next_weekly(
        ctx.now,
        weekday=rhythm.weekday,
        at=rhythm.at,
        every_weeks=1,
        starts_on=ctx.now.date(),
        zone=ctx.zone(person, network),
    )


@on(AskWhether)
def ask_whether(ctx: Context, step: AskWhether) -> None:
    """Ask somebody whether an entry is still right, unless that is settled."""
    word = checks.word(ctx.db, step.word_id)
    if word is None or word.settled or word.says != "asked":
        return
    found, person = ctx.db.get_one(Organisation, word.organisation_id), ctx.db.get_one(Person, word.person_id)
    ctx.turn_to(found.network)
    ctx.tell(
        person,
        paragraphs(_("Is this still right?"), lines(entry.facts(found))),
        *saying.answers(found),
        Button(_("I do not know"), DoNotKnow(found.id)),
        priority=Priority.CHECK_IN,
        about=saying.about(found),
    )


# --- what is answered ----------------------------------------------------------------------------


def _mine(ctx: Context, organisation_id: int) -> Organisation | None:
    """Return an entry, locked, about which the one who acts can decide: they look after it, or are asked
    about it; None after saying why not."""
    found = entry.ours(ctx, organisation_id)
    if found is None:
        return None
    if entry.keeps(ctx, found) or checks.open_word(ctx.db, found, ctx.person) is not None:
        return found
    ctx.say(OTHERS)
    return None


def _every(ctx: Context) -> timedelta:
    return numbers.span(ctx.network, "organisation_hours")


def _assure(ctx: Context, found: Organisation, says: Says) -> None:
    """Keep that an entry is right as it is now, and plan when it is asked about again."""
    organisations.assure(ctx.db, found, ctx.person, says, every=_every(ctx), now=ctx.now)
    found_again.let_find(ctx.db, [found])
    plan(ctx, ctx.network)


@on(StillRight)
def still_right(ctx: Context, step: StillRight) -> None:
    """Note that an entry is right, and tell those who doubted it."""
    found = _mine(ctx, step.organisation_id)
    if found is None:
        return
    saying.thank(
        ctx,
        found,
        _(
            "{name} has looked: the entry of {organisation} is right.",
            name=ctx.person.name,
            organisation=found.name,
        ),
    )
    _assure(ctx, found, "right")
    ctx.say(_("Thank you. “Last checked” says today now."))


@on(ChangeOrganisation)
def change(ctx: Context, step: ChangeOrganisation) -> None:
    """Ask what an entry should say, and tell those who said that it was wrong."""
    if _mine(ctx, step.organisation_id) is None:
        return
    what = ctx.choose(WHAT, _("What should I change?"), {key: name for key, (name, _ask) in CHANGED.items()})
    facts = CHANGED[what][1](ctx)
    found = _mine(ctx, step.organisation_id)
    if found is None:
        return
    saying.thank(
        ctx,
        found,
        _(
            "{name} has changed the entry of {organisation}. Thank you.",
            name=ctx.person.name,
            organisation=found.name,
        ),
    )
    organisations.change(ctx.db, found, facts, ctx.now)
    _assure(ctx, found, "changed")
    if ctx.may(Role.META_MENTOR):
        CHANGED_BY.record(ctx, ctx.network)
    ctx.say(
        paragraphs(_("Saved."), entry.told(ctx, found), unread(facts)),
        Button(_("Change something else"), ChangeOrganisation(found.id), keep=True),
    )


@on(OrganisationGone)
def organisation_gone(ctx: Context, step: OrganisationGone) -> None:
    """Take an organisation off the list, so that nobody adds it again unknowingly."""
    found = _mine(ctx, step.organisation_id)
    if found is None or not ctx.sure(
        _("Take {organisation} off the list? Nobody finds it then.", organisation=found.name),
        yes=_("Take it off"),
        no=_("Leave it there"),
        otherwise=_("All right. It stays."),
    ):
        return
    saying.thank(
        ctx,
        found,
        _(
            "{name} has taken {organisation} off the list. Thank you.",
            name=ctx.person.name,
            organisation=found.name,
        ),
    )
    organisations.take_off(ctx.db, found, ctx.person, ctx.now)
    found_again.let_find(ctx.db, [found])
    if ctx.may(Role.META_MENTOR):
        WENT.record(ctx, ctx.network)
    ctx.say(_("{organisation} is off the list. Thank you.", organisation=found.name))


@on(DoNotKnow)
def do_not_know(ctx: Context, step: DoNotKnow) -> None:
    """Let somebody else be asked."""
    found = ctx.ours(
        Organisation, step.organisation_id, gone=entry.GONE, still=lambda each: not each.do_not_list
    )
    if found is None:
        return
    word = checks.open_word(ctx.db, found, ctx.person)
    if word is not None:
        checks.does_not_know(found, word, ctx.now)
        plan(ctx, ctx.network)
    ctx.say(_("That is fine. I ask somebody else."))
