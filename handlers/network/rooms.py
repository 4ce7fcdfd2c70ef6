"""Rooms: groups and community rooms that belong to a network. Everything personal stays in the private
chat."""

from collections.abc import Sequence

from bot import (
    Added,
    AnyText,
    AsksIn,
    Command,
    Context,
    MovedTo,
    Place,
    Priority,
    Removed,
    Role,
    _,
    command,
    on,
    paragraphs,
)
from bot.lists import act
from bot.text import Value
from db.models import Network, Room
from db.network import members, rooms
from handlers.asking import posting
from handlers.vocabulary import room_name

BOUND = act("room.bound", _("{who} tied a group to the network on {day}."))
UNBOUND = act("room.unbound", _("{who} untied a group from the network on {day}."))


@command(
    "bind",
    needs=Role.META_MENTOR,
    menu=_("Connect a group"),
    payload="bind",  # whoever follows the link chooses the group
    place=Place.ROOM,
)
def bind(ctx: Context) -> None:
    """Tie this room, or this topic of it, to the network that the caller coordinates."""
    if ctx.room is None:
        _explain(ctx)
        return
    if not _leads(ctx):
        return
    room = rooms.topic(ctx.db, ctx.room, ctx.thread)
    if room.network_id == ctx.network.id:
        ctx.say(_("This group belongs to <b>{network}</b> already.", network=ctx.network.name))
    elif room.network is not None:
        ctx.say(
            _(
                "This group belongs to <b>{network}</b>. Whoever coordinates it can write {unbind} here "
                "first.",
                network=room.network.name,
                unbind=Command("unbind"),
            )
        )
    else:
        rooms.bind(room, ctx.network, ctx.now)
        BOUND.record(ctx, ctx.network)
        ctx.say(
            _(
                "This group now belongs to <b>{network}</b>. Here I welcome new people, post "
                "questions if the person asking wants that, and report in numbers how everybody is "
                "doing. Everything personal happens in our private chat.",
                network=ctx.network.name,
            )
        )


@command("unbind", needs=Role.META_MENTOR, menu=_("Disconnect a group"), place=Place.ROOM)
def unbind(ctx: Context) -> None:
    """Untie this room."""
    if ctx.room is None:
        _explain(ctx)
    elif ctx.room.network_id != ctx.network.id:
        ctx.say(_("This group does not belong to <b>{network}</b>.", network=ctx.network.name))
    elif _leads(ctx):
        rooms.unbind(ctx.room)
        UNBOUND.record(ctx, ctx.network)
        ctx.say(_("This group does not belong to <b>{network}</b> any more.", network=ctx.network.name))


def _leads(ctx: Context) -> bool:
    """Whether the caller may change the settings of the room; false after saying what is missing."""
    if ctx.is_admin is None:
        ctx.say(_("I cannot find out now whether you are an admin here. Please try again in a while."))
    elif not ctx.is_admin:
        ctx.say(_("Only an admin of this group can do that."))
    return bool(ctx.is_admin)


def _explain(ctx: Context) -> None:
    """Say which rooms there are, and how one more is tied: somebody has called it in the private chat."""
    mine = rooms.of_network(ctx.db, ctx.network.id)
    names: list[Value] = [room_name(room) for room in mine]
    into_room = ctx.installation.link_into_room("bind")
    others = {name: link for name, link in ctx.installation.link("").items() if name not in into_room}
    ctx.say(
        paragraphs(
            _("These groups belong to {network}: {rooms}.", network=ctx.network.name, rooms=names)
            if names
            else _("No group belongs to {network} so far.", network=ctx.network.name),
            _(
                "To connect a group: add me to it and write {bind} there. {unbind} disconnects it. "
                "You need to be an admin of the group.",
                bind=Command("bind"),
                unbind=Command("unbind"),
            ),
            *(
                _("With this link you can add me to a group: {link}", link=link)
                for link in into_room.values()
            ),
            *(
                _(
                    "On {messenger} this is the account to invite: {link}",
                    messenger=ctx.installation.title(name),
                    link=link,
                )
                for name, link in others.items()
            ),
        )
    )


@on(Added)
def added(ctx: Context, event: Added) -> None:
    """Note that the bot is in a room, or may write there again, or in one topic of it."""
    assert ctx.room is not None
    silenced = [room for room in _concerned(ctx, ctx.room) if room.silenced]
    for room in silenced:
        rooms.set_silenced(room, False)
    if not silenced and not ctx.thread and ctx.room.network is None:
        ctx.say(
            _(
                "Hello. I am {bot}. I help mentors help each other. Whoever coordinates a network and "
                "is an admin here can connect this group with {bind}.",
                bot=ctx.installation.name,
                bind=Command("bind"),
            )
        )


@on(Removed)
def removed(ctx: Context, event: Removed) -> None:
    """Note that the bot is out of a room, or may not write there, or in one topic of it. Those who coordinate
    its network are told only once."""
    assert ctx.room is not None
    silenced = event.silenced
    gone = [room for room in _concerned(ctx, ctx.room) if not (silenced and room.silenced)]
    told = {room.network: room for room in gone if room.network is not None}
    for network, room in told.items():
        coordinators = members.coordinators(ctx.db, network.id)
        ctx.tell(
            [each.person for each in coordinators], _gone(room, network, event), priority=Priority.CHECK_IN
        )
    for room in gone:
        rooms.set_silenced(room, silenced)
        if not silenced or event.no_topic:
            rooms.unbind(room)
    ctx.letters.give_up_on(ctx.room.messenger, ctx.room.chat, ctx.thread)


def _gone(room: Room, network: Network, event: Removed) -> AnyText:
    """Return what those who coordinate hear of a room in which the bot cannot write any more."""
    if event.no_topic:
        return _(
            "The topic in the group <b>{room}</b> where I wrote is gone: somebody deleted it, or the group "
            "has no topics any more. {bind} in the group ties it to <b>{network}</b> again.",
            room=room_name(room),
            bind=Command("bind"),
            network=network.name,
        )
    if event.silenced:
        return _(
            "I may no longer write in the group <b>{room}</b>. Its admins can change that.",
            room=room_name(room),
        )
    return _(
        "I was taken out of the group <b>{room}</b>, so it does not belong to <b>{network}</b> any more.",
        room=room_name(room),
        network=network.name,
    )


def _concerned(ctx: Context, room: Room) -> Sequence[Room]:
    """Return the topic in which something happened, if it was ever bound; else all topics of the room."""
    there = rooms.of_chat(ctx.db, room.messenger, room.chat)
    return [each for each in there if each.thread == ctx.thread] if ctx.thread else there


@on(MovedTo)
def moved(ctx: Context, event: MovedTo) -> None:
    """Note that the room has another id now."""
    assert ctx.room is not None
    rooms.moved(ctx.db, ctx.room.messenger, ctx.room.chat, event.id)


@on(AsksIn)
def asks_in(ctx: Context, event: AsksIn) -> None:
    """Let members into the room of their network; tell others how they become one."""
    assert ctx.room is not None
    if ctx.room.network is None:
        return
    if posting.is_member(ctx, ctx.room.network):
        ctx.admit()
        return
    ctx.say(
        _(
            "The group <b>{room}</b> is for members of <b>{network}</b>. Do you have an "
            "invitation code? Type it here, then ask to join the group again.",
            room=room_name(ctx.room),
            network=ctx.room.network.name,
        )
    )
