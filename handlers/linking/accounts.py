"""The accounts of somebody who is on several messengers: where they are written to, and taking one off."""

from bot import AnyText, Context, Text, Verbatim, _, on, paragraphs
from bot.installation import account_in
from db import people
from db.linking import merges, unlinking
from handlers.linking.steps import TakeApart, TakeOff
from handlers.settings import reached

LAST = "last"
"""The choice to be written to where one last wrote."""


def not_linked(ctx: Context) -> list[str]:
    """Return the connected messengers on which the one who acts has no account yet."""
    mine = {each.messenger for each in ctx.person.identities}
    return [messenger for messenger in ctx.installation.titles if messenger not in mine]


def way_to(ctx: Context, messenger: str) -> Text:
    """Return where somebody finds the bot on another messenger, to write to it there."""
    title, link = ctx.installation.title(messenger), ctx.installation.way(messenger)
    if not link:
        return _("Open {messenger} and write this to me there:", messenger=title)
    return _(
        "Open {messenger}, look for {account} ({link}) and write this to me there:",
        messenger=title,
        account=account_in(link),
        link=link,
    )


def wants_another(ctx: Context) -> bool:
    """Show somebody with several accounts what can be done with them, and do that. Return whether they want
    to add one more."""
    left, merge = not_linked(ctx), merges.latest(ctx.db, ctx.person)
    undo = merge is not None and merges.can_be_undone(merge, ctx.now)
    what = ctx.choose(
        "what",
        paragraphs(reached.where(ctx) or [], _("What should I change?")),
        {
            "where": _("Where I write to you"),
            "off": _("Take a messenger off"),
            **({"more": _("One more messenger")} if left else {}),
            **({"apart": _("Take it apart again")} if undo else {}),
        },
        skip=_("Nothing"),
    )
    if what == "where":
        _prefer(ctx)
    elif what == "off":
        _choose_off(ctx)
    elif what == "apart" and merge is not None:
        ctx.redirect(TakeApart(merge.id))
    elif what is None:
        ctx.say(_("All right. I have changed nothing."))
    return bool(what == "more")


def _mine(ctx: Context) -> dict[str, AnyText]:
    titles = {each.messenger: ctx.installation.title(each.messenger) for each in ctx.person.identities}
    return {messenger: Verbatim(title) for messenger, title in titles.items()}


def _prefer(ctx: Context) -> None:
    chosen = ctx.choose(
        "where",
        _("Where should I write to you? If I cannot reach you there, I use the other one."),
        {**_mine(ctx), LAST: _("Where I last wrote")},
    )
    people.prefer(ctx.person, None if chosen == LAST else chosen)
    ctx.say(reached.where(ctx) or _("All right. I have changed nothing."))


def _choose_off(ctx: Context) -> None:
    chosen = ctx.choose("off", _("Which one should I take off?"), _mine(ctx))
    ctx.redirect(TakeOff(chosen))


@on(TakeOff)
def take_off(ctx: Context, step: TakeOff) -> None:
    """Let an account be somebody new, after a question; the last one stays."""
    found = [each for each in ctx.person.identities if each.messenger == step.messenger]
    title = ctx.installation.title(step.messenger)
    if not found or len(ctx.person.identities) == 1:
        ctx.say(_("{messenger} is not linked.", messenger=title))
        return
    sure = ctx.sure(
        _(
            "Then I no longer know you on {messenger}: there you are somebody new to me. All that is yours "
            "stays with your other account.",
            messenger=title,
        ),
        yes=_("Take {messenger} off", messenger=title),
        no=_("Leave it as it is"),
        otherwise=_("All right. I have changed nothing."),
    )
    if not sure:
        return
    merge = merges.latest(ctx.db, ctx.person)
    if merge is not None:
        merges.end_undo(ctx.db, merge)  # else who they were might be left without an account
    unlinking.take_off(ctx.db, found[0], ctx.now)
    ctx.say(_("Done. On {messenger} you are somebody new to me now.", messenger=title))
