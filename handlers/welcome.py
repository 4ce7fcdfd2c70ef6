"""The first word: who the bot is, and the next useful step."""

from bot import Button, Command, Context, Role, Verbatim, _, action, command, lines, paragraphs
from handlers import ask_peers, join, language
from i18n import language_name

DESCRIPTION = _(
    "Through me, volunteer mentors for migrants help each other. You ask, and I ask fitting members of your "
    "network one after the other until somebody can help. Then I carry your words between you two.\n\n"
    "You need an invitation code. The meta-mentor, who coordinates a network, gives it to you."
)
"""What a messenger shows to somebody who has not written yet; up to 512 characters in every language."""

SHORT = _("Volunteer mentors for migrants help each other: you ask, and somebody who knows answers.")
"""What it shows on the bot's card; up to 120 characters."""


NOT_INVITED = _("I come only to people I know already. Please ask whoever runs this bot.")
"""What somebody reads whose invitation into a chat or room may not be accepted."""


@command("start", needs=Role.ANYONE, menu=_("Begin"))
def start(ctx: Context) -> None:
    """Greets. A member sees what they can do next, anybody else the ways in."""
    if ctx.may(Role.MEMBER):
        ctx.say(
            paragraphs(
                _(
                    "Hello {name}. You are in the network <b>{network}</b>.",
                    name=ctx.person.name,
                    network=ctx.network.name,
                ),
                _("What would you like to do? {help} shows everything.", help=Command("help")),
            ),
            Button(_("Ask your peers"), ask_peers.ask, keep=True),
        )
    else:
        ctx.say(
            _(
                "Hello. I am {bot}. Through me, volunteer mentors help each other: they ask, somebody who "
                "knows answers, and nobody has to install anything.\n\n"
                "Do you have an invitation code? Then just type it here.",
                bot=ctx.installation.name,
            ),
            Button(_("I have a code"), join.join, keep=True),
            Button(_("How does it work?"), explain, keep=True),
            Button(_others(ctx), language.language, keep=True),
        )


@action()
def explain(ctx: Context) -> None:
    """What this is, for somebody who has not joined."""
    ctx.say(
        lines(
            _("A network is a group of mentors around an organisation near you."),
            _("You ask, and I ask fitting members one after the other until somebody can help."),
            _("Then I carry your words between you two, whatever messenger each of you uses."),
            _("Now and then I ask how you are. That is all: no news, no advertising."),
            _("You need an invitation code. The meta-mentor, who coordinates a network, gives it to you."),
        ),
        Button(_("I have a code"), join.join, keep=True),
    )


def _others(ctx: Context) -> Verbatim:
    """The names of the languages, each in itself: who needs this button cannot read the rest."""
    return Verbatim(" · ".join(language_name(locale) for locale in ctx.installation.languages[:3]))
