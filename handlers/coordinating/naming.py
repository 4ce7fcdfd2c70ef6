"""Members by their names, or by a part of them."""

from collections.abc import Sequence

from bot import Context, _
from bot.reading.names import folded
from db.models import Member
from handlers.vocabulary import told_apart

TYPED = "typed:"
"""Before a name that was typed, where a choice is kept as one word."""


def containing(words: str, rows: Sequence[Member]) -> list[Member]:
    """Return those whose name contains the words."""
    wanted = folded(words)
    return [member for member in rows if wanted in folded(member.person.name)] if wanted else []


def named(words: str, rows: Sequence[Member]) -> list[Member]:
    """Return those who are called so; where nobody is, those whose name contains the words."""
    found = containing(words, rows)
    return [member for member in found if folded(member.person.name) == folded(words)] or found


def choose(ctx: Context, words: str, rows: Sequence[Member]) -> int | None:
    """Return the id of the member who is meant by typed words: the only one who is called so, else it is
    asked; None where nobody is called so any more."""
    found = named(words, rows)
    if not found:
        return None
    if len(found) == 1 and folded(found[0].person.name) == folded(words):
        return found[0].id
    return int(
        ctx.choose(
            "which",
            _("Who do you mean?"),
            {str(each): called for each, called in told_apart(ctx, found).items()},
        )
    )
