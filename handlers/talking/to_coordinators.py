"""Somebody writes to one who coordinates their network: “Write to Mia”, with the words that are said already.

Whoever offers it shows the button that `way_to` returns, or none where nobody can be reached.
"""

from bot import Button, Command, Context, Role, Text, UserMessage, Verbatim, _, on, paragraphs, way_out
from db.models import Member, Network
from db.network import members
from handlers.protecting import coordinators, limits
from handlers.talking import carrying, opening
from handlers.talking.steps import Reply, WriteToCoordinators

NOBODY = _("Nobody who coordinates this network can be reached at the moment.")
NOTHING = UserMessage()


def way_to(ctx: Context, said: UserMessage = NOTHING) -> Button | None:
    """Return the button by which the one who acts writes to whoever coordinates their active network; None
    for strangers, and where nobody else can be reached. Words that were `said` are carried there at once."""
    return way_into(ctx, ctx.network, said) if ctx.may(Role.MEMBER) else None


@way_out
def instead_of_an_answer(ctx: Context) -> Button | None:
    """Return the same where a question was not understood twice."""
    return way_to(ctx)


def way_into(ctx: Context, network: Network, said: UserMessage = NOTHING) -> Button | None:
    """Return the button by which the one who acts writes to whoever coordinates a network that they see, of
    which they are a member or which shows its card to everybody; None where nobody else can be reached."""
    coordinator = coordinators.first_of(ctx, _there(ctx, network))
    return way(ctx, coordinator, said) if coordinator is not None else None


def way(ctx: Context, coordinator: Member, said: UserMessage = NOTHING) -> Button:
    """Return the button that leads to one who coordinates; who coordinates is named to members only."""
    label = (
        _("Write to {name}", name=coordinator.person.name)
        if _is_member(ctx, coordinator.network)
        else _("Ask who coordinates it")
    )
    return Button(label, WriteToCoordinators(coordinator.id, said=said), keep=True)


def _there(ctx: Context, network: Network) -> list[Member]:
    return coordinators.to_turn_to(ctx, network.id, ctx.person)


@on(WriteToCoordinators)
def write_to_coordinators(ctx: Context, step: WriteToCoordinators) -> None:
    """Connect the one who acts with one who coordinates, and carry there what they said already. Where that
    one is no longer there, the words go to nobody else without a tap."""
    coordinator = ctx.db.get(Member, step.coordinator_id)
    if coordinator is None or not _sees(ctx, coordinator.network):
        ctx.say(NOBODY)
    elif coordinators.can_be_reached(ctx, coordinator):
        _connect(ctx, coordinator, step.said)
    elif there := _there(ctx, coordinator.network):
        ctx.say(
            _("I cannot reach this person at the moment. Somebody else coordinates this network too."),
            way(ctx, coordinators.first_of(ctx, there) or there[0], step.said),
        )
    else:
        ctx.say(NOBODY)


def _sees(ctx: Context, network: Network) -> bool:
    """Whether the one who acts may write to those who coordinate a network."""
    return network.public or _is_member(ctx, network)


def _is_member(ctx: Context, network: Network) -> bool:
    mine = members.of(ctx.db, network, ctx.person)
    return mine is not None and mine.state == "active"


def _connect(ctx: Context, coordinator: Member, said: UserMessage) -> None:
    network, person = coordinator.network, coordinator.person
    relay = opening.between(ctx, network, person)
    if relay is None:
        if not limits.allows(ctx, limits.CONVERSATIONS, said.words):
            return
        relay = opening.connect(ctx, person, network, _letter(ctx, network))
    if said:
        ctx.say(
            _("I have passed this on to {name}. Whatever you write now goes there too.", name=person.name)
        )
        carrying.carry(ctx, relay, said)
        return
    connected = opening.connected(Verbatim(person.name))
    asleep = _("{name} has quiet hours now. Your message will arrive afterwards.", name=person.name)
    ctx.say(
        paragraphs(connected, asleep) if ctx.sleeps(person, network) else connected, on_reply=Reply(relay.id)
    )


def _letter(ctx: Context, network: Network) -> Text:
    """Return what whoever coordinates reads first: who writes, and whether they are a member."""
    if _is_member(ctx, network):
        return _(
            "{name} would like to write with you. Just answer here. {close} ends the conversation.",
            name=ctx.person.name,
            close=Command("close"),
        )
    return _(
        "{name} is not a member of <b>{network}</b> and would like to ask something. Just answer here. "
        "{close} ends the conversation.",
        name=ctx.person.name,
        network=network.name,
        close=Command("close"),
    )
