"""What somebody whose membership was ended has left behind."""

from bot import Button, Context, Verbatim, _, _n
from db.models import Person
from db.network import invitations, rooms
from handlers.joining.steps import ShowInvitations, WithdrawInvitation


def say(ctx: Context, person: Person) -> None:
    """Say what somebody removed has left behind: groups, which only an admin can close to them, and
    invitations, by which others could still come."""
    groups = [room.name for room in rooms.of_network(ctx.db, ctx.network.id) if room.name]
    if groups:
        ctx.say(
            _(
                "I cannot take {name} out of a group. Who is in {groups} reads what is posted there: please "
                "look whether {name} is.",
                name=person.name,
                groups=[Verbatim(each) for each in groups],
            )
        )
    left = [
        each for each in invitations.open_of(ctx.db, ctx.network, ctx.now) if each.made_by_id == person.id
    ]
    if left:
        ctx.say(
            _n(
                "An invitation by {name} still works, until {day}.",
                "{n} invitations by {name} still work, the last until {day}.",
                len(left),
                name=person.name,
                day=ctx.day_of(max(each.expires_at for each in left)),
            ),
            *(Button(_("Cancel this invitation"), WithdrawInvitation(each.id)) for each in left[:1]),
            *([Button(_("Show all invitations"), ShowInvitations())] if len(left) > 1 else []),
        )
