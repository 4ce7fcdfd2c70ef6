"""What the bot can do, and what it says when it does not understand."""

from bot import Button, Command, Context, Role, Unsupported, _, command, heading, lines, on
from handlers import ask_peers, welcome


@command("help", needs=Role.ANYONE, menu=_("Show what I can do"))
def help_(ctx: Context) -> None:
    """Every command that the reader may use, each with a few words, and the most used as buttons."""
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


@on(Unsupported)
def unsupported(ctx: Context, kind: str) -> None:
    """Something the bot cannot carry."""
    ctx.say(_("I can only read words here. Please write what you mean."))


def lost(ctx: Context, words: str) -> None:
    """Words that belong to nothing: offer what they may have been meant for."""
    if not words:
        ctx.say(_("I see no words in that. {help} shows what I can do.", help=Command("help")))
    elif ctx.may(Role.MEMBER):
        ctx.say(
            _("Do you want to ask your peers this? {help} shows what else I can do.", help=Command("help")),
            Button(_("Ask your peers"), ask_peers.ask, given={"need": words[: ask_peers.LONGEST_NEED]}),
        )
    else:
        ctx.instead(welcome.start)
