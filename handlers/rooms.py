"""Rooms: groups and community rooms that belong to a network. Newcomers are welcomed there, requests are
posted whose askers want that, and everything personal stays in the private chat."""

from collections.abc import Sequence
from typing import Any

from bot import (
    Added,
    AnyText,
    AsksIn,
    Button,
    Command,
    Context,
    MovedTo,
    Newcomers,
    Note,
    Place,
    Priority,
    Removed,
    Role,
    Text,
    _,
    _n,
    action,
    command,
    form,
    on,
    paragraphs,
)
from db import deliveries, journal, members, networks, rooms, seen
from db.models import HelpRequest, Network, Room
from handlers import ask_peers, routing

# --- binding -------------------------------------------------------------------------------------


@command("bind", needs=Role.META_MENTOR, menu=_("Tie a group to your network"), place=Place.ROOM)
def bind(ctx: Context) -> None:
    """Ties this room, or this topic of it, to the network that the caller coordinates."""
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
                "This group belongs to <b>{network}</b>. Somebody who coordinates that network can write "
                "{unbind} here first.",
                network=room.network.name,
                unbind=Command("unbind"),
            )
        )
    else:
        rooms.bind(room, ctx.network, ctx.now)
        journal.record(ctx.db, ctx.network, "room.bound", by=ctx.person, now=ctx.now)
        ctx.say(
            _(
                "This group belongs to <b>{network}</b> now. Here I welcome newcomers, post requests for "
                "help whose askers want that, and say how the check-ins went. Everything personal goes by "
                "our own chat.",
                network=ctx.network.name,
            )
        )


@command("unbind", needs=Role.META_MENTOR, menu=_("Untie a group from your network"), place=Place.ROOM)
def unbind(ctx: Context) -> None:
    """Unties this room."""
    if ctx.room is None:
        _explain(ctx)
    elif ctx.room.network_id != ctx.network.id:
        ctx.say(_("This group does not belong to <b>{network}</b>.", network=ctx.network.name))
    elif _leads(ctx):
        rooms.unbind(ctx.room)
        journal.record(ctx.db, ctx.network, "room.unbound", by=ctx.person, now=ctx.now)
        ctx.say(_("This group does not belong to <b>{network}</b> any more.", network=ctx.network.name))


def _leads(ctx: Context) -> bool:
    """Whether the caller may change the settings of the room; false after saying what is missing."""
    if ctx.leads is None:
        ctx.say(_("I cannot find out now whether you are an admin here. Please try again in a while."))
    elif not ctx.leads:
        ctx.say(_("Only an admin of this group can do that."))
    return bool(ctx.leads)


def _explain(ctx: Context) -> None:
    """Called in the private chat: which groups there are, and how one more is tied."""
    mine = rooms.of_network(ctx.db, ctx.network.id)
    names: list[Any] = [name_of(room) for room in mine]
    links = ctx.installation.link_into_room("bind")
    ctx.say(
        paragraphs(
            _("These groups belong to {network}: {rooms}.", network=ctx.network.name, rooms=names)
            if names
            else _("No group belongs to {network} so far.", network=ctx.network.name),
            _(
                "To tie a group to the network, bring me into it and write {bind} there; {unbind} unties it. "
                "You need to be an admin of the group.",
                bind=Command("bind"),
                unbind=Command("unbind"),
            ),
            *(_("This link brings me into a group: {link}", link=link) for link in links.values()),
        )
    )


# --- coming and going ----------------------------------------------------------------------------


@on(Added)
def added(ctx: Context) -> None:
    """The bot is in a room, or may write there again, or in one topic of it."""
    assert ctx.room is not None
    silenced = [room for room in _concerned(ctx, ctx.room) if room.silenced]
    for room in silenced:
        room.silenced = False
    if not silenced and not ctx.thread and ctx.room.network is None:
        ctx.say(
            _(
                "Hello. I am {bot}, and I help networks of mentors to help each other. A meta-mentor who is "
                "an admin here ties this group to their network by {bind}.",
                bot=ctx.installation.name,
                bind=Command("bind"),
            )
        )


@on(Removed)
def removed(ctx: Context, silenced: bool) -> None:
    """The bot is out of a room, or may not write there, or in one topic of it: those who coordinate its
    network hear it once."""
    assert ctx.room is not None
    gone = [room for room in _concerned(ctx, ctx.room) if not (silenced and room.silenced)]
    told = {room.network: room for room in gone if room.network is not None}
    for network, room in told.items():
        text = (
            _(
                "In the group <b>{room}</b> I may not write any more. One of its admins can allow it again.",
                room=name_of(room),
            )
            if silenced
            else _(
                "I was taken out of the group <b>{room}</b>, so it does not belong to <b>{network}</b> any "
                "more.",
                room=name_of(room),
                network=network.name,
            )
        )
        coordinators = members.coordinators(ctx.db, network.id)
        ctx.tell([each.person for each in coordinators], text, priority=Priority.CHECK_IN)
    for room in gone:
        room.silenced = silenced
        if not silenced:
            rooms.unbind(room)
    deliveries.give_up_on(ctx.db, ctx.room.messenger, ctx.room.chat, ctx.thread, now=ctx.now)


def _concerned(ctx: Context, room: Room) -> Sequence[Room]:
    """The topic in which something happened, if it was bound at some time; else all of the room."""
    there = rooms.of_chat(ctx.db, room.messenger, room.chat)
    return [each for each in there if each.thread == ctx.thread] if ctx.thread else there


@on(MovedTo)
def moved(ctx: Context, chat: str) -> None:
    """The room has another id now."""
    assert ctx.room is not None
    rooms.moved(ctx.db, ctx.room.messenger, ctx.room.chat, chat)


@on(Newcomers)
def welcome(ctx: Context, people: Sequence[tuple[tuple[str, str], str]]) -> None:
    """Greets those who come into a bound room, each of them once."""
    assert ctx.room is not None
    network = ctx.room.network
    if network is None:
        return
    names = [
        name
        for (_messenger, account), name in people
        if seen.first_time(ctx.db, f"welcome {ctx.room.id} {account}", ctx.now)
    ]
    if not names:
        return
    link = ctx.installation.way(ctx.room.messenger, f"card_{networks.in_links(network)}")
    hello = _(
        "Welcome, {names}. This is the group of <b>{network}</b>, mentors who help each other.",
        names=list(names),
        network=network.name,
    )
    ctx.say(paragraphs(hello, _("The way into the network: {link}", link=link)) if link else hello)


@on(AsksIn)
def asks_in(ctx: Context) -> None:
    """Members are let into the room of their network; others hear how they become one."""
    assert ctx.room is not None
    if ctx.room.network is None:
        return
    if _is_member(ctx, ctx.room.network):
        ctx.admit()
        return
    ctx.say(
        _(
            "The group <b>{room}</b> is for members of <b>{network}</b>. If you have an invitation code, "
            "type it here; then ask once more to be let in.",
            room=name_of(ctx.room),
            network=ctx.room.network.name,
        )
    )


def _is_member(ctx: Context, network: Network) -> bool:
    """Whether the one who acts is in this network: in its room there may be members of others."""
    return ctx.may(Role.MEMBER) and ctx.network.id == network.id


def name_of(room: Room) -> AnyText:
    """How a room is called."""
    return form("{name}", name=room.name) if room.name else _("without a name")


# --- help requests -------------------------------------------------------------------------------


def ask_where(ctx: Context) -> str | None:
    """Whether a request shall be posted in the network's rooms too: "now", "later" (when the peers who were
    asked cannot help), or not at all; not asked where there is none."""
    there = rooms.of_network(ctx.db, ctx.network.id)
    if not there:
        return None
    where = ctx.choose(
        "where",
        _n(
            "Shall I post it in the group too, where everybody reads it?",
            "Shall I post it in the groups too, where everybody reads it?",
            len(there),
        ),
        {
            "no": _("No, ask one by one"),
            "later": _("Only if nobody can help"),
            "now": _("Yes, at once"),
        },
    )
    return None if where == "no" else str(where)


def post(ctx: Context, request: HelpRequest) -> None:
    """Put a request into the rooms of its network."""
    there = rooms.of_network(ctx.db, request.network_id)
    if not there or request.post_id is not None:
        return
    request.post_id = ctx.tell_rooms(
        there,
        routing.question(request),
        Button(_("I can help"), ask_peers.take, (request.id,), keep=True),
        priority=Priority.HELP_REQUEST,
        expires_at=ctx.now + networks.span(request.asker.network, "last_question_hours"),
        note=routing.enclosed(request),
        on_reply=(answer, request.id),
    )


def close_post(ctx: Context, request: HelpRequest, how: Text) -> None:
    """Show in the rooms that nobody needs to take a request any more, and why."""
    if request.post_id is not None:
        ctx.close(request.post_id, how)


@action(needs=Role.MEMBER)
def answer(ctx: Context, request_id: int, said: dict[str, object]) -> None:
    """Words in the room in answer to a posted request: the asker hears them wherever they are."""
    request, note = ctx.hold(HelpRequest, request_id), Note.from_json(said)
    if request is None or request.closed_at is not None or request.asker.person_id == ctx.person.id:
        return
    if ctx.room is None or not _is_member(ctx, request.asker.network):
        return
    request.answered_at = request.answered_at or ctx.now
    members.in_contact(ctx.db, request.network_id, request.asker.person, ctx.now)
    ctx.tell(
        request.asker.person,
        paragraphs(
            _(
                "{name} answers to your request in the group {room}:",
                name=ctx.person.name,
                room=name_of(ctx.room),
            ),
            form("<blockquote>{words}</blockquote>", words=note.words or "…"),
        ),
        Button(_("It is solved"), ask_peers.solve, (request.id,)),
        priority=Priority.CARRIED,
        note=note,
        forget=True,
    )
