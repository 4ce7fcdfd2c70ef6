"""The first word: who the bot is, and the next useful step."""

from dataclasses import replace
from itertools import islice

from bot import Button, Command, Context, Role, _, command, lines, on, paragraphs
from bot.lists import Concern, Outside
from db.network import networks
from handlers.front import home
from handlers.front.steps import Explain, NoCode
from handlers.talking import to_coordinators

DESCRIPTION = _(
    "Here volunteer mentors help each other. You write your question, and I ask one person after the other "
    "until somebody can help. Then I pass on your messages.\n\n"
    "With an invitation code you are in at once. Without one you can ask a network whether you can join."
)
"""What a messenger shows to somebody who has not written yet; up to 512 characters in every language."""

SHORT = _("Volunteer mentors help each other: you ask, somebody answers.")
"""What it shows on the bot's card; up to 120 characters."""
NOT_INVITED = _("I only join chats of people I know. Please ask the people who run this bot.")
"""What somebody reads whose invitation into a chat or room may not be accepted."""
ONLY_VERIFIED = _(
    "I only write to apps that you have verified, because any other one might be somebody else's. Please "
    "open the security settings of your app and verify this session. Then I can answer you."
)
"""What somebody reads of whose devices none is verified: all can read it, so it says nothing else."""
ASKED = 4
"""Networks that somebody without a code can ask by one tap."""
LOOKED_AT = 20
"""Networks of which these are chosen: those where somebody can be reached."""


@command("start", needs=Role.ANYONE, menu=_("Start page"))
def start(ctx: Context) -> None:
    """Greet: a member with what they can do next, anybody else with the ways in."""
    if ctx.may(Role.MEMBER):
        ctx.say(
            paragraphs(
                _(
                    "Hello {name}. You are in the network <b>{network}</b>.",
                    name=ctx.person.name,
                    network=ctx.network.name,
                ),
                home.as_it_is(ctx),
                _("What would you like to do?"),
            ),
            *home.buttons(ctx),
        )
    elif (concern := _concern(ctx)) is not None:
        ctx.say(concern.text, *concern.buttons, Button(_("I have a code"), Command("join")))
    else:
        ctx.say(
            _(
                "Hello. I am {bot}, a program. Here volunteer mentors help each other: you ask, and somebody "
                "who knows answers.\n\n"
                "Do you have an invitation code? Then just type it here.",
                bot=ctx.installation.name,
            ),
            *home.buttons(ctx),
        )


def is_concerned(ctx: Context) -> bool:
    """Whether something is open between a network and the one who acts, who is in none."""
    return _concern(ctx) is not None


def _concern(ctx: Context) -> Concern | None:
    return next((each for find in Outside if (each := find(ctx)) is not None), None)


@on(Explain)
def explain(ctx: Context, step: Explain) -> None:
    """Explain what this is."""
    is_member = ctx.may(Role.MEMBER)
    ctx.say(
        lines(
            _("A network is a group of mentors around an organisation near you."),
            _("You write your question, and I ask one person after the other until somebody can help."),
            _("Then I pass on what you two write to each other, whatever messenger each of you uses."),
            _("Now and then I ask how you are."),
            _("If somebody needs your advice, I ask you. You can always say: not now.")
            if is_member
            else _(
                "With an invitation code you are in at once. Without one you can ask a network whether you "
                "can join."
            ),
        ),
        *(
            [Button(_("Ask a question"), Command("ask"), keep=True)]
            if is_member
            else [
                Button(_("I have a code"), Command("join"), keep=True),
                Button(_("I have no code"), NoCode(), keep=True),
            ]
        ),
    )


@on(NoCode)
def no_code(ctx: Context, step: NoCode) -> None:
    """Say how somebody gets an invitation, and whom they can ask through the bot: those who coordinate a
    network that shows itself to everybody."""
    ways = to_ask(ctx)
    ctx.say(
        paragraphs(
            _(
                "With an invitation code you are in at once: 8 letters and digits, like 7KQ2-M9XD. You get "
                "it from whoever coordinates a network."
            ),
            _("You can also ask a network whether you can join, or write to those who coordinate it.")
            if ways
            else _("Please ask the person who told you about it."),
        ),
        *([Button(_("I would like to join"), Command("apply"), keep=True)] if ways else []),
        *ways,
        Button(_("I have a code"), Command("join"), keep=True),
    )


def to_ask(ctx: Context) -> list[Button]:
    """Return a button for each network whose coordinators a stranger can ask."""
    ways = ((each, to_coordinators.way_into(ctx, each)) for each in networks.public(ctx.db, LOOKED_AT))
    asks = (
        replace(way, label=_("Ask {network}", network=each.name)) for each, way in ways if way is not None
    )
    return [*islice(asks, ASKED)]
