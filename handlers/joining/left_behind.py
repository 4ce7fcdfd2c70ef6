"""What somebody whose membership was ended has left behind."""

from collections.abc import Iterator, Sequence

from bot import Button, Context, Priority, Text, Verbatim, _, _n
from db.models import Network, Person
from db.network import invitations, rooms
from handlers.joining.steps import ShowInvitations, WithdrawInvitation


def say(ctx: Context, person: Person) -> None:
    """Say what somebody removed has left behind in the network of the one who acts."""
    for text, buttons in _sentences(ctx, ctx.network, person):
        ctx.say(text, *buttons)


def tell(ctx: Context, network: Network, person: Person, to: Sequence[Person]) -> None:
    """Tell others, who coordinate a network, what somebody has left behind whose membership was ended."""
    for text, buttons in _sentences(ctx, network, person):
        ctx.tell(to, text, *buttons, priority=Priority.CARRIED)


def _sentences(ctx: Context, network: Network, person: Person) -> Iterator[tuple[Text, list[Button]]]:
    """Yield what is left behind, with what can be done about it: groups, which only an admin can close to
    somebody, and invitations, by which others could still come."""
    groups = [room.name for room in rooms.of_network(ctx.db, network.id) if room.name]
    if groups:
        yield (
            _(
                "I cannot take {name} out of a group. Who is in {groups} reads what is posted there: please "
                "look whether {name} is.",
                name=person.name,
                groups=[Verbatim(each) for each in groups],
            ),
            [],
        )
    left = invitations.open_by(ctx.db, network, person, ctx.now)
    if left:
        yield (
            _n(
                "An invitation by {name} still works, until {day}.",
                "{n} invitations by {name} still work, the last until {day}.",
                len(left),
                name=person.name,
                day=ctx.day_of(max(each.expires_at for each in left)),
            ),
            [
                *(Button(_("Cancel this invitation"), WithdrawInvitation(each.id)) for each in left[:1]),
                *([Button(_("Show all invitations"), ShowInvitations())] if len(left) > 1 else []),
            ],
        )
