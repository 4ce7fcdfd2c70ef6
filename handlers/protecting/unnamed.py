"""Asking without a name: what still tells who asks, and whether those who coordinate read it."""

import re
from collections.abc import Iterator

from bot import AnyText, Context, UserMessage, _, paragraphs
from db.network import members

FEW = 5
"""With this many others it is no use to guess who asks."""


def how(ctx: Context, message: UserMessage, question: str, *, in_room: bool) -> str | None:
    """Return how it is sent without a name: "yes", or "sparing" where nobody who coordinates reads it. Ask
    where something still tells who asks, or the latter can be chosen; None to go back to the preview."""
    tells, sparing = list(_what_still_tells(ctx, message)), {} if in_room else _sparing(ctx)
    if not tells and not sparing:
        return "yes"
    how = ctx.choose(
        question,
        paragraphs(tells, _("I will ask without your name. Send it like this?")),
        {"yes": _("Send it without my name"), **sparing, "no": _("Back to the preview")},
    )
    return None if how == "no" else str(how)


def _what_still_tells(ctx: Context, message: UserMessage) -> Iterator[AnyText]:
    """Yield by what others may know somebody who asks without a name."""
    name = ctx.person.name
    if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message.words, re.IGNORECASE):
        yield _("Your name is in your words: {name}.", name=name)
    if message.media:
        yield _(
            "I take off the name of the file, and the place and time that phones write into JPEG and PNG "
            "pictures. Nothing else: your voice, a face, or what a document or video holds inside can still "
            "show who you are."
        )
    others = members.others_within_reach(ctx.db, ctx.member, ctx.now, FEW)
    only = others[0].person.name if len(others) == 1 else None
    ctx.shown("others", only or len(others))
    if only:
        yield _("Only {name} can be asked at the moment, and will guess that this is from you.", name=only)
    elif 1 < len(others) < FEW:
        yield _(
            "Your network is small: whoever reads this will know that it is from one of {n} people.",
            n=len(others),
        )


def _sparing(ctx: Context) -> dict[str, AnyText]:
    """Return the choice that nobody who coordinates reads it. Only for those who do not coordinate, only
    where somebody else is left, and not in rooms, where they are too."""
    coordinators = [each for each in members.coordinators(ctx.db, ctx.network.id) if each.id != ctx.member.id]
    others = members.others_within_reach(ctx.db, ctx.member, ctx.now, 1, without=members.COORDINATORS)
    if not coordinators or not others or ctx.member.role in members.COORDINATORS:
        return {}
    if len(coordinators) > 1:
        return {"sparing": _("Send it, but not to coordinators")}
    return {"sparing": _("Send it, but not to {name}", name=coordinators[0].person.name)}
