"""What the bot can do, and what it says when it does not understand."""

from bot import (
    Button,
    Command,
    Context,
    Note,
    Place,
    Role,
    Unsupported,
    _,
    command,
    heading,
    lines,
    on,
    paragraphs,
)
from db import check_ins, relays
from db.models import Room
from handlers import ask_peers, check_in, relay, welcome


@command("help", needs=Role.ANYONE, menu=_("Show what I can do"), place=Place.ANYWHERE)
def help_(ctx: Context) -> None:
    """Every command that the reader may use, each with a few words, and the most used as buttons; in a room
    only what the bot does there."""
    if ctx.room is not None:
        _in_room(ctx, ctx.room)
        return
    assert ctx.actor is not None
    entries = [handler for handler in ctx.router.menu(ctx.actor) if handler.menu is not None]
    ctx.say(
        heading(
            _("This is what I can do"),
            lines(
                _("{command}: {what}", command=Command(handler.command), what=handler.menu or "")
                for handler in entries
            ),
            _(
                "{cancel} stops a question, {back} goes one question back.",
                cancel=Command("cancel"),
                back=Command("back"),
            ),
        ),
        *(
            Button(handler.menu, handler.run, keep=True)
            for handler in entries
            if handler.command in (FIRST if ctx.may(Role.MEMBER) else FIRST_OF_STRANGERS)
            and handler.menu is not None
        ),
    )


FIRST = ("ask", "pause", "pulse")
FIRST_OF_STRANGERS = ("join", "language")
"""The commands that stand under the help as buttons."""


def _in_room(ctx: Context, room: Room) -> None:
    link = ctx.installation.way(room.messenger)
    ctx.say(
        paragraphs(
            _(
                "In this group of <b>{network}</b> I welcome newcomers, post requests for help whose askers "
                "want that, and say how the check-ins went.",
                network=room.network.name,
            )
            if room.network
            else _(
                "This group belongs to no network so far. A meta-mentor who is an admin here ties it to "
                "theirs by {bind}.",
                bind=Command("bind"),
            ),
            _("All else goes by our own chat: {link}", link=link)
            if link
            else _("All else goes by our own chat: please write to me there."),
        )
    )


@on(Unsupported)
def unsupported(ctx: Context, kind: str, text: str) -> None:
    """Something the bot cannot carry as it is: in a conversation its words are carried, where it has some."""
    if kind == "undecryptable":
        ctx.say(
            _(
                "I could not read what you just wrote: its key has not reached me. Please send it once more. "
                "If that does not help, open a new chat with me."
            )
        )
        return
    if text and relays.open_of(ctx.db, ctx.person.id):
        ctx.instead(relay.hear, Note(text).to_json())
    ctx.say(
        _("I can carry words, voice notes, pictures and files, but not this. Please write what you mean.")
    )


def lost(ctx: Context, note: Note) -> None:
    """What belongs to nothing: offer what it may have been meant for."""
    if not note:
        ctx.say(_("I see no words in that. {help} shows what I can do.", help=Command("help")))
    elif ctx.may(Role.MEMBER):
        need = note.with_words(note.words[: ask_peers.LONGEST_NEED])
        open_ = check_ins.open_of(ctx.db, ctx.member)
        ctx.say(
            _("Do you want to ask your peers this? {help} shows what else I can do.", help=Command("help")),
            Button(_("Ask your peers"), ask_peers.ask, given={"need": need.to_json()}),
            *(
                [Button(_("Add it to my check-in"), check_in.add, (open_.id, need.to_json()))]
                if open_ is not None
                else []
            ),
        )
    else:
        ctx.instead(welcome.start)
