"""Codes to be passed on: an invitation is made, and a message says what it is on a phone that has never seen
a bot."""

from datetime import datetime, timedelta

from bot import Also, AnyText, Context, Day, Qr, Text, _, heading, lines, paragraphs
from bot.installation import account_in, best_of
from db.models import Invitation, InvitedRole, Label, Network
from db.network import invitations
from handlers.protecting import limits

NEXT = _(
    "The next message explains itself: please forward it, or let somebody scan the picture. I cannot show "
    "the code again."
)
"""What stands above such a message, where it has buttons."""
ABOVE = _("Please forward this message. I cannot show the code again.")
"""What stands below it."""


def make(
    ctx: Context, span: timedelta, *, label: Label, role: InvitedRole = "member", uses: int = 1
) -> tuple[Invitation, str] | None:
    """Make an invitation into the active network that works for so long. Return it with its code, which is
    known only now; None after saying that the one who acts has made too many today."""
    if not limits.allows(ctx, limits.INVITATIONS):
        return None
    code = invitations.new_code(ctx.installation.rng)
    invitation = invitations.make(
        ctx.db,
        ctx.network,
        code,
        by=ctx.person,
        label=label,
        role=role,
        uses=uses,
        expires_at=ctx.now + span,
        now=ctx.now,
    )
    return invitation, code


def also(ctx: Context, network: Network | None, text: AnyText) -> Also:
    """Return a text once more in another language of a network, for somebody who may read only that one. Of
    its languages the first two count in which the bot writes; without a network it is not said again."""
    spoken = network.languages if network is not None else []
    return Also(text, tuple(each for each in spoken if each in ctx.installation.languages)[:2])


def say(
    ctx: Context,
    title: Text,
    what: Text,
    code: str,
    until: datetime | None = None,
    *,
    payload: str = "join",
    then: Text | None = None,
    network: Network | None = None,
) -> None:
    """Say what a code is for, how one gets to the bot on each messenger, and until when it works. The picture
    is the link, for whoever stands beside and for paper.

    payload: what the link carries before the code
    then:    what is tapped when the chat has begun
    network: where the code leads, so that this is said in its other language too
    """
    ways = ctx.installation.ways(f"{payload}_{code}")
    shown = invitations.shown(code)
    valid = [_("Valid until {day}.", day=Day(ctx.day_of(until), far=True))] if until is not None else []
    ways_in = [_way_in(ctx.installation.title(name), *way) for name, way in ways.items()]
    picture = None
    if ways:
        link = best_of(ways)
        steps = lines(what, _steps(then, carries=(link, True) in ways.values()), valid)
        picture = Qr(
            link,
            _("QR code: {title}. The code is {code}.", title=title, code=shown),
            "invitation.png",
            title,
            shown,
            [steps, also(ctx, network, steps)],
        )
    ctx.say(
        heading(
            title,
            what,
            *ways_in,
            lines(_("Code: <code>{code}</code>", code=shown), valid),
            also(ctx, network, paragraphs(what, ways_in, valid)),
        ),
        file=picture,
        forget=True,
    )


def _steps(then: Text | None, *, carries: bool) -> list[Text]:
    """Return what somebody does with the picture on paper, whose link carries the code or not."""
    scan = _("1. Scan the picture with your camera.")
    if carries:
        return [scan, _("2. Tap “Start”."), *([then] if then is not None else [])]
    return [scan, _("2. Begin a chat."), _("3. Write the code there.")]


def _way_in(messenger: str, link: str, carries: bool) -> Text:
    """Return how somebody gets to the bot on a messenger, and what they do there with the code."""
    account = account_in(link)
    if carries:
        return _(
            "With {messenger}: tap {link} and then “Start”. If that does not work, look for "
            "{account} there and write the code.",
            messenger=messenger,
            link=link,
            account=account,
        )
    return _(
        "With {messenger}: open {link}, begin a chat with {account} and write the code there.",
        messenger=messenger,
        link=link,
        account=account,
    )
