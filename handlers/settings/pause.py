"""Pausing: nothing is sent but what the person asks for, until a day or until they say so."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Day,
    Priority,
    Role,
    Text,
    Unasked,
    Unclear,
    _,
    _n,
    command,
    lines,
    on,
)
from bot.lists import Waiting
from bot.reading import dates
from db import people
from db.engine import deliveries
from db.help import help_requests, silences
from db.models import Member, Person
from db.network import members
from handlers.asking import handing_on
from handlers.settings.steps import PauseOver, PauseUntil, Wake

BACK, OPEN, NO = "back", "open", "no"
"""Answers that are no day: the pause ends now, or when they say so; nothing changes."""
SPANS = {"week": timedelta(weeks=1), "month": timedelta(days=30)}
LONGEST = timedelta(days=366)
UNTIL_I_SAY = _("Until I am back")


@command("pause", needs=Role.MEMBER, menu=_("Take a break"), rest=("until",))
def pause(ctx: Context) -> None:
    """Begin a pause, or change or end the one there is."""
    paused = people.is_paused(ctx.person, ctx.now)
    until = ctx.ask_day(
        "until",
        lines(
            _as_it_is(ctx) if paused else _consequence(ctx),
            _("How long would you like to take a break? You can also type a day."),
        ),
        suggest=({BACK: _("I am back")} if paused else {})
        | {"week": _("A week"), "month": _("A month"), OPEN: UNTIL_I_SAY},
        check=lambda day: _check(day, ctx.today),
        no=NO,
        why=_("So that I leave you alone until then, and know when I may write to you again."),
    )
    if isinstance(until, date):
        _begin(ctx, until)
    elif until == NO:
        ctx.say(_("All right. I have changed nothing."))
    elif until == BACK:
        resume(ctx)
    elif until == OPEN:
        _begin(ctx, None)
    else:
        _begin(ctx, ctx.today + SPANS[until])


@command("resume", needs=Role.ANYONE, menu=_("End my break"), shown_to=Role.MEMBER)
def resume(ctx: Context) -> None:
    """End the pause, or wake the place of somebody who is in no network now."""
    if not ctx.may(Role.MEMBER):
        _wake(ctx)
    elif people.is_paused(ctx.person, ctx.now):
        _end(ctx, ctx.person)
        waiting, buttons = _waiting(ctx, ctx.person)
        ctx.say(lines(_("Good to have you back."), waiting), *buttons)
    else:
        ctx.say(_("You are not on a break."), Button(_("Take a break"), Command("pause")))


def _wake(ctx: Context) -> None:
    """Wake the only place of the one who acts that rests; show several, and the ways in where there is
    none."""
    places = silences.to_wake(ctx.db, ctx.person)
    ctx.redirect(Wake(places[0].id) if len(places) == 1 else Command("start"))


def _as_it_is(ctx: Context) -> Iterator[AnyText]:
    if ctx.person.paused_until is None:
        yield _("You are on a break until you tell me.")
    else:
        yield _("You are on a break until {day}.", day=_named(ctx, ctx.day_of(ctx.person.paused_until)))


def _consequence(ctx: Context) -> Iterator[AnyText]:
    helped = sum(len(help_requests.taken_by(ctx.db, member)) for member in _memberships(ctx))
    if helped:
        yield _n(
            "You are helping {n} person now. I will look for somebody else for them.",
            "You are helping {n} people now. I will look for somebody else for them.",
            helped,
        )


def _named(ctx: Context, day: date) -> Day:
    return Day(day, far=day > ctx.today + timedelta(days=300))


def _check(day: date, today: date) -> None:
    """Check that a pause may last until this day. Raises Unclear for one that is past or far away."""
    if day <= today:
        raise Unclear(_("{day} is not in the future. Please choose a later day.", day=day))
    if day > today + LONGEST:
        raise Unclear(
            _(
                "{day} is more than a year away. Please choose an earlier day, or tap “{until_i_say}”.",
                day=day,
                until_i_say=UNTIL_I_SAY,
            )
        )


def _memberships(ctx: Context) -> Sequence[Member]:
    return members.memberships(ctx.db, ctx.person)


def _begin(ctx: Context, until: date | None) -> None:
    """Pause until the morning of a day; None: until they say so."""
    person = ctx.person
    zone = ctx.zone(person, ctx.network)
    morning = datetime.combine(until, person.quiet_to, zone) if until else None
    people.pause(ctx.db, person, morning, ctx.now)
    for member in _memberships(ctx):
        handing_on.hand_on(ctx, member)
    plan_end(ctx, person)
    ctx.say(
        lines(
            _(
                "All right, enjoy your break. Until {day} I will only write if you write to me.",
                day=_named(ctx, until),
            )
            if until
            else _("All right, enjoy your break. I will only write if you write to me."),
            _left_alone(ctx),
        ),
        Button(_("I am back"), Command("resume")),
        Button(_("Another day"), Command("pause")),
        on_reply=PauseUntil(),
    )


@on(PauseUntil)
def pause_until(ctx: Context, step: PauseUntil) -> None:
    """Change the day on which a pause ends, where words are nothing but a day, or are about one that they do
    not name; others are about something else."""
    words, locale = step.said.words, ctx.reader.locale
    is_day = dates.is_vague(words, locale)
    with suppress(Unclear):
        dates.day(words, ctx.today, locale)
        is_day = True
    if is_day and people.is_paused(ctx.person, ctx.now):
        ctx.redirect(Command("pause"), rest=words)
    ctx.redirect(Unasked(said=step.said))


def _left_alone(ctx: Context) -> Iterator[Text]:
    """Yield the networks in which nobody is left to see to what needs a meta-mentor."""
    for member in _memberships(ctx):
        coordinators = members.coordinators(ctx.db, member.network_id)
        there = [other for other in coordinators if not people.is_paused(other.person, ctx.now)]
        if member in coordinators and not there:
            yield _(
                "Nobody looks after <b>{network}</b> meanwhile. With {members} you can appoint a deputy.",
                network=member.network.name,
                members=Command("members"),
            )


def plan_end(ctx: Context, person: Person) -> None:
    """Plan the end of somebody's break, in the place of what was planned."""
    ctx.call_off(_about(person))
    if person.paused_at is not None and person.paused_until is not None:
        ctx.later(person.paused_until, PauseOver(person.id), about=_about(person))


def _about(person: Person) -> str:
    return f"pause:{person.id}"


@on(PauseOver)
def pause_over(ctx: Context, step: PauseOver) -> None:
    """Greet somebody whose pause ends today."""
    person = ctx.hold(Person, step.person_id)
    if person is None or person.paused_until is None or person.paused_until > ctx.now:
        return
    _end(ctx, person)
    waiting, buttons = _waiting(ctx, person)
    hello = _("Hello {name}, your break is over. Good to have you back.", name=person.name)
    first = Priority.CARRIED  # before what was put off until now
    ctx.tell(person, lines(hello, waiting), *buttons, priority=first)


def _end(ctx: Context, person: Person) -> None:
    people.end_pause(person)
    ctx.call_off(_about(person))
    deliveries.no_longer_put_off(ctx.db, person.id)


def _waiting(ctx: Context, person: Person) -> tuple[list[Text], list[Button]]:
    """Return what waits for somebody who comes back, and the ways to it."""
    waiting = [each for find in Waiting if (each := find(ctx, person)) is not None]
    return [each.text for each in waiting], [each.button for each in waiting]
