"""What the bot can do."""

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Place,
    Role,
    Text,
    _,
    command,
    form,
    heading,
    lines,
    on,
    paragraphs,
)
from bot.handler import Handler
from db.models import Room
from handlers.front import home
from handlers.front.steps import HelpWith, MoreHelp

QUESTIONS, ME, NETWORK, COORDINATING, RUNNING = "questions", "me", "network", "coordinating", "running"
GROUPS: dict[str, Text] = {
    QUESTIONS: _("Questions"),
    ME: _("Me"),
    NETWORK: _("Network"),
    COORDINATING: _("Coordinating"),
    RUNNING: _("Running this bot"),
}
"""What the commands are about."""
GROUP_OF = {
    **dict.fromkeys(("ask", "requests", "close"), QUESTIONS),
    **dict.fromkeys(("profile", "pause", "resume", "language", "networks", "privacy", "leave"), ME),
}
"""The groups of commands that are not told by who may use them."""
FIRST = (
    "ask",
    "requests",
    "profile",
    "pause",
    "resume",
    "pulse",
    "members",
    "invite",
    "announce",
    "schedule",
    "join",
)
"""The commands that stand first in their groups, in this order."""
HERE = ("help", "start")
"""What leads here, and so needs no line."""


@command("help", needs=Role.ANYONE, menu=_("Show everything I can do"), place=Place.ANYWHERE)
def show_help(ctx: Context) -> None:
    """Show what the reader most likely wants, and the way to everything else; in a room only what the bot
    does there."""
    if ctx.room is not None:
        _in_room(ctx, ctx.room)
    elif ctx.may(Role.MEMBER):
        ctx.say(
            paragraphs(
                home.as_it_is(ctx),
                _("What would you like to do? You can also just write your question here."),
            ),
            *home.buttons(ctx),
        )
    else:
        ctx.say(
            _("What would you like to do? If you have an invitation code, just type it here."),
            *home.buttons(ctx),
        )


@on(MoreHelp)
def more_help(ctx: Context, step: MoreHelp) -> None:
    """Show every command that the reader may use, in groups; a button for each group shows its commands as
    buttons."""
    groups = _groups(ctx)
    ctx.say(
        heading(
            _("This is what I can do"),
            *(_listed(GROUPS[group], handlers) for group, handlers in groups.items()),
            _(
                "{cancel} cancels a question, {back} goes back one question.",
                cancel=Command("cancel"),
                back=Command("back"),
            ),
        ),
        *(Button(GROUPS[group], HelpWith(group), keep=True) for group in groups),
    )


@on(HelpWith)
def help_with(ctx: Context, step: HelpWith) -> None:
    """Show the commands of a group as buttons."""
    handlers = _groups(ctx).get(step.group, [])
    ctx.say(
        form("<b>{title}</b>", title=GROUPS.get(step.group, _("More"))),
        *(Button(each.menu, Command(each.command), keep=True) for each in handlers if each.menu),
        Button(_("Back to the list"), MoreHelp(), keep=True),
    )


def _groups(ctx: Context) -> dict[str, list[Handler]]:
    """Return the commands that the one who acts may use, by what they are about."""
    assert ctx.actor is not None
    found: dict[str, list[Handler]] = {group: [] for group in GROUPS}
    order = {name: place for place, name in enumerate(FIRST)}
    entries = [
        each for each in ctx.router.menu(ctx.actor) if each.menu is not None and each.command not in HERE
    ]
    for handler in sorted(entries, key=lambda each: (order.get(each.command, len(order)), each.command)):
        found[_group_of(handler)].append(handler)
    return {group: handlers for group, handlers in found.items() if handlers}


def _group_of(handler: Handler) -> str:
    """Return what a command is about: its group, else that of those who may use it."""
    by_role = {Role.META_MENTOR: COORDINATING, Role.OPERATOR: RUNNING}
    return GROUP_OF.get(handler.command) or by_role.get(handler.shown_to or handler.needs, NETWORK)


def _listed(title: Text, handlers: list[Handler]) -> AnyText:
    """Return the lines of a group."""
    return lines(
        form("<b>{title}</b>", title=title),
        (
            _("{command}: {what}", command=Command(handler.command), what=handler.menu or "")
            for handler in handlers
        ),
    )


def _in_room(ctx: Context, room: Room) -> None:
    """Say what the bot does in a room."""
    link = ctx.installation.way(room.messenger)
    ctx.say(
        paragraphs(
            _(
                "In this group of <b>{network}</b> I welcome new people, post questions if the person asking "
                "wants that, and report in numbers how everybody is doing.",
                network=room.network.name,
            )
            if room.network
            else _(
                "This group is not part of a network yet. Whoever coordinates a network and is an admin here "
                "can connect it with {bind}.",
                bind=Command("bind"),
            ),
            _("Everything else happens in our private chat: {link}", link=link)
            if link
            else _("Everything else happens in our private chat: please write to me there."),
        )
    )
