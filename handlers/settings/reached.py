"""On which messenger somebody is written to who has several."""

from bot import AnyText, Context, _
from bot.text import Value


def where(ctx: Context) -> AnyText | None:
    """Return where the one who acts is written to; None where they have one account only."""
    titles: Value = [ctx.installation.title(each.messenger) for each in ctx.person.identities]
    if len(ctx.person.identities) == 1:
        return None
    if ctx.person.preferred is None:
        return _("You are here with {messengers}. I write to you where you last wrote.", messengers=titles)
    return _(
        "You are here with {messengers}. I write to you on {messenger}.",
        messengers=titles,
        messenger=ctx.installation.title(ctx.person.preferred),
    )
