"""Pausing: nothing is sent but what the person asks for, until a day or until they say so."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Priority,
    Role,
    Text,
    Unclear,
    _,
    _n,
    action,
    command,
    lines,
)
from db import deliveries, help_requests, members, people
from db.models import Member, Person
from handlers import ask_peers, dates

BACK, OPEN = "back", "open"
"""Answers that are no day: the pause ends now, or when they say so."""
SPANS = {"week": timedelta(weeks=1), "month": timedelta(days=30)}
LONGEST = timedelta(days=366)
UNTIL_I_SAY = _("Until I say")


@command("pause", needs=Role.MEMBER, menu=_("Pause for a while"))
def pause(ctx: Context) -> None:
    """Begins a pause; or changes or ends the one there is."""
    paused = people.is_paused(ctx.person, ctx.now)
    until = ctx.ask(
        "until",
        lines(
            _as_it_is(ctx) if paused else _consequence(ctx),
            _("How long would you like to pause? You can also type a day."),
        ),
        parse=lambda words: _day(ctx, words).isoformat(),
        suggest=({BACK: _("I am back")} if paused else {})
        | {"week": _("A week"), "month": _("A month"), OPEN: UNTIL_I_SAY},
    )
    if until == BACK:
        resume(ctx)
    elif until == OPEN:
        _begin(ctx, None)
    elif until in SPANS:
        _begin(ctx, _today(ctx) + SPANS[until])
    else:
        _begin(ctx, date.fromisoformat(until))


@command("resume", needs=Role.MEMBER, menu=_("End your pause"))
def resume(ctx: Context) -> None:
    """Ends the pause."""
    if people.is_paused(ctx.person, ctx.now):
        _end(ctx, ctx.person)
        waiting, buttons = _waiting(ctx, ctx.person)
        ctx.say(lines(_("Good to have you back."), waiting), *buttons)
    else:
        ctx.say(_("You do not pause at the moment."), Button(_("Pause for a while"), pause))


# --- the question --------------------------------------------------------------------------------


def _as_it_is(ctx: Context) -> Iterator[AnyText]:
    if ctx.person.paused_until is None:
        yield _("You pause until you say so.")
    else:
        yield _("You pause until {day}.", day=_local_date(ctx, ctx.person.paused_until))


def _consequence(ctx: Context) -> Iterator[AnyText]:
    helped = sum(len(help_requests.taken_by(ctx.db, member)) for member in _memberships(ctx))
    if helped:
        yield _n(
            "{n} person you help now gets somebody else.",
            "{n} people you help now get somebody else.",
            helped,
        )


def _day(ctx: Context, words: str) -> date:
    """The day that was typed; raises Unclear for one that is past or far away."""
    today = _today(ctx)
    day = dates.day(words, today, ctx.reader.locale)
    if day <= today:
        raise Unclear(_("{day} is not ahead of us. Please choose a later day.", day=day))
    if day > today + LONGEST:
        raise Unclear(
            _(
                "{day} is more than a year away. Please choose an earlier day, or tap “{until_i_say}”.",
                day=day,
                until_i_say=UNTIL_I_SAY,
            )
        )
    return day


def _today(ctx: Context) -> date:
    return _local_date(ctx, ctx.now)


def _local_date(ctx: Context, moment: datetime) -> date:
    """The date of a moment where the one who acts lives."""
    return moment.astimezone(ctx.zone(ctx.person, ctx.network)).date()


def _memberships(ctx: Context) -> Sequence[Member]:
    return members.memberships(ctx.db, ctx.person)


# --- beginning -----------------------------------------------------------------------------------


def _begin(ctx: Context, until: date | None) -> None:
    """Pause until the morning of a day; None: until they say so."""
    person = ctx.person
    zone = ctx.zone(person, ctx.network)
    person.paused_at = ctx.now
    person.paused_until = datetime.combine(until, person.quiet_to, zone) if until else None
    ctx.db.flush()  # who pauses is not asked again by what follows
    for member in _memberships(ctx):
        ask_peers.hand_on(ctx, member)
    ctx.call_off(_about(person))
    if person.paused_until is not None:
        ctx.later(person.paused_until, over, person.id, about=_about(person))
    ctx.say(
        lines(
            _("All right. Until {day} I send you nothing but what you ask for.", day=until)
            if until
            else _("All right. Until you say so, I send you nothing but what you ask for."),
            _left_alone(ctx),
        ),
        Button(_("I am back"), resume),
    )


def _left_alone(ctx: Context) -> Iterator[Text]:
    """Networks in which nobody is left to see to what needs a meta-mentor."""
    for member in _memberships(ctx):
        coordinators = members.coordinators(ctx.db, member.network_id)
        there = [other for other in coordinators if not people.is_paused(other.person, ctx.now)]
        if member in coordinators and not there:
            yield _(
                "In the meantime nobody sees to <b>{network}</b>. With {members} you can name a deputy.",
                network=member.network.name,
                members=Command("members"),
            )


def _about(person: Person) -> str:
    return f"pause:{person.id}"


# --- ending --------------------------------------------------------------------------------------


@action()
def over(ctx: Context, person_id: int) -> None:
    """The day has come: hello again."""
    person = ctx.hold(Person, person_id)
    if person is None or person.paused_until is None or person.paused_until > ctx.now:
        return
    _end(ctx, person)
    waiting, buttons = _waiting(ctx, person)
    hello = _("Hello again, {name}. Your pause is over.", name=person.name)
    first = Priority.CARRIED  # before what was put off until now
    ctx.tell(person, lines(hello, waiting), *buttons, priority=first)


def _end(ctx: Context, person: Person) -> None:
    person.paused_at = person.paused_until = None
    ctx.call_off(_about(person))
    deliveries.no_longer_put_off(ctx.db, person.id)


def _waiting(ctx: Context, person: Person) -> tuple[list[Text], list[Button]]:
    """What waits for somebody who comes back, and a way to it."""
    mine = members.memberships(ctx.db, person)
    requests = sum(len(help_requests.open_by(ctx.db, member)) for member in mine)
    if not requests:
        return [], []
    said = _n("{n} request of yours is still open.", "{n} requests of yours are still open.", requests)
    return [said], [Button(_("See my requests"), ask_peers.requests, keep=True)]
