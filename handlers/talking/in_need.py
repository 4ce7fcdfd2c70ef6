"""Somebody in need opens a conversation with a person: one who coordinates their network, one who may be
woken, or one who runs the bot."""

from bot import AnyText, Button, Command, Context, Priority, Role, Text, Verbatim, _, lines, on, paragraphs
from db.models import Member, Network, Person
from db.network import members, reports
from handlers.protecting import awake, coordinators, emergency, limits, need
from handlers.protecting.awake import Somebody
from handlers.protecting.steps import AskToWrite, CallSomebody, ShowNumbers, WriteInNeed, WriteToOperators
from handlers.talking import opening


@on(CallSomebody)
def call_somebody(ctx: Context, step: CallSomebody) -> None:
    """Connect the one who acts with whoever is most likely awake."""
    there = awake.somebody(ctx) if ctx.may(Role.MEMBER) else None
    if there is None:
        _nobody(ctx)
    else:
        _connect(ctx, there, ctx.network, _would_like(ctx, ctx.network, there))


@on(AskToWrite)
def ask_to_write(ctx: Context, step: AskToWrite) -> None:
    """Ask whoever is most likely awake to write to the one who acts."""
    there = awake.somebody(ctx) if ctx.may(Role.MEMBER) else None
    if there is None:
        _nobody(ctx)
        return
    _write(
        ctx,
        there,
        ctx.network,
        _(
            "{name} from <b>{network}</b> asks you to write as soon as you can. Write here, I carry your "
            "words. {close} ends the conversation.",
            name=ctx.person.name,
            network=ctx.network.name,
            close=Command("close"),
        ),
    )
    name = there.person.name
    _say_connected(ctx, there, ctx.network, _("I have asked {name} to write to you.", name=name))


@on(WriteInNeed)
def write_in_need(ctx: Context, step: WriteInNeed) -> None:
    """Connect somebody with one who coordinates their network, and who is told nothing else."""
    coordinator = ctx.db.get_one(Member, step.coordinator_id)
    network, person = coordinator.network, coordinator.person
    mine = members.of(ctx.db, network, ctx.person)
    is_member = mine is not None and mine.state == "active"
    if is_member and coordinators.can_be_reached(ctx, coordinator):
        one = Somebody(person, "asleep" if ctx.sleeps(person, network) else "awake", coordinator)
        _connect(ctx, one, network, _would_like(ctx, network, one))
        return
    there = coordinators.reachable(ctx, mine) if mine is not None and is_member else []
    ctx.say(
        paragraphs(_("{name} cannot be reached now. Please call:", name=person.name), _numbers(ctx)),
        *(_way(ctx, each) for each in coordinators.preferred(ctx, there)[:1]),
        forget=True,
    )


@on(WriteToOperators)
def write_to_operators(ctx: Context, step: WriteToOperators) -> None:
    """Connect a member with one who runs the bot, where nobody in the network is the right one."""
    there = _operators(ctx) if ctx.may(Role.MEMBER) else []
    if not there:
        _nobody(ctx)
        return
    if opening.between(ctx, ctx.network, there[0]) is None and not limits.allows(ctx, limits.OPERATORS):
        return
    one = Somebody(there[0], "asleep" if ctx.sleeps(there[0], ctx.network) else "awake")
    _connect(ctx, one, ctx.network, _would_like(ctx, ctx.network, one))


def _operators(ctx: Context) -> list[Person]:
    return coordinators.operators(ctx, without=reports.accused(ctx.db, ctx.network.id, ctx.person))


def _would_like(ctx: Context, network: Network, there: Somebody) -> Text:
    """Return what a person reads first with whom somebody is connected."""
    if there.member is None:
        return _(
            "{name} from <b>{network}</b> would like to talk with you as an operator of this bot, as soon as "
            "you can. Write here, I carry your words. {close} ends the conversation.",
            name=ctx.person.name,
            network=network.name,
            close=Command("close"),
        )
    return _(
        "{name} would like to talk with you, as soon as you can. Write here, I carry your words. {close} "
        "ends the conversation.",
        name=ctx.person.name,
        close=Command("close"),
    )


def _nobody(ctx: Context) -> None:
    ctx.say(paragraphs(_("Nobody can be reached here now. Please call:"), _numbers(ctx)), forget=True)


def _way(ctx: Context, member: Member) -> Button:
    """Return the button that leads to one who coordinates."""
    return need.way_to(Somebody(member.person, "awake", member))


def _numbers(ctx: Context) -> AnyText:
    return lines(emergency.numbers(ctx, {"life"}, of_other=False))


def _connect(ctx: Context, there: Somebody, network: Network, letter: Text) -> None:
    """Connect the one who acts with a person who reads this letter first."""
    _write(ctx, there, network, letter)
    _say_connected(ctx, there, network, opening.connected(Verbatim(there.person.name)))


def _write(ctx: Context, there: Somebody, network: Network, letter: Text) -> None:
    """Write this letter to a person, unless the two talk already; who has to be woken reads it all the
    same."""
    if there.how == "woken" and not awake.is_woken(ctx, there.person):
        awake.wake(ctx, there.person)
        opening.connect(ctx, there.person, network, letter, priority=Priority.URGENT)
    elif opening.between(ctx, network, there.person) is None:
        opening.connect(ctx, there.person, network, letter)


def _say_connected(ctx: Context, there: Somebody, network: Network, what: AnyText) -> None:
    """Say what was done, what can be known of whether the other one reads it, and whom to call."""
    ctx.say(
        paragraphs(what, _how(there), lines(_("If you need somebody at once:"), _numbers(ctx))),
        Button(_("Show the numbers again"), ShowNumbers(), keep=True),
        *need.way_back(waits=ctx.let_wait()),
        forget=True,
    )


def _how(there: Somebody) -> AnyText:
    name = there.person.name
    match there.how:
        case "asleep":
            return _("{name} has quiet hours now. Your message will arrive afterwards.", name=name)
        case "woken":
            return _(
                "{name} may be woken, and I have written to them. I cannot tell whether anybody is awake.",
                name=name,
            )
        case "awake":
            return _("I cannot tell whether {name} sees it at once.", name=name)
