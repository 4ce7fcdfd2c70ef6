"""Choosing a member by name."""

from collections.abc import Collection, Mapping

from bot import AnyText, Context, Text, _
from db.models import Member
from db.network import members, roster
from handlers.reporting import about


def whom(
    ctx: Context,
    question: AnyText,
    *,
    without: Collection[int],
    suggest: Mapping[str, AnyText] | None = None,
    why: Text | None = None,
) -> Member | None:
    """Ask for a member, by a name that is typed or one that is suggested (by person), without some people (by
    id). Return None after saying that they are no longer here."""

    def typed(words: str) -> str:
        fitting = roster.called(ctx.db, ctx.network, words, about.MOST, without=without)
        return about.found([each.person for each in fitting], words)

    chosen = ctx.ask("whom", question, parse=typed, suggest=suggest or {}, max_length=60, why=why)
    person = roster.here(ctx.db, ctx.network, int(chosen))
    member = members.of(ctx.db, ctx.network, person) if person is not None else None
    if member is None:
        ctx.say(_("This person is no longer here."))
    return member
