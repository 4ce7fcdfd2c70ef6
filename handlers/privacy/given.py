"""What somebody gave to the shelf, when they are forgotten: it stays without their name, or goes too, as they
wish."""

from bot import Context, _, _n
from db.models import Network, Person
from db.sharing import shelf


def ask(ctx: Context, network: Network | None = None) -> bool:
    """Ask whether what the one who acts gave, to a network or to all of them, goes too; return whether it
    does."""
    n = shelf.many_given_by(ctx.db, ctx.person, network)
    if not n:
        return False
    text = _n(
        "You gave {n} thing to the shelf. May others keep it, without your name?",
        "You gave {n} things to the shelf. May others keep them, without your name?",
        n,
    )
    return not ctx.confirm("shelf", text, yes=_("Yes, without my name"), no=_("No, delete it too"))


def let_go(ctx: Context, person: Person, *, takes_down: bool, network: Network | None = None) -> None:
    """Take down what somebody gave, to a network or to all of them, or take their name off it."""
    if takes_down:
        shelf.take_all_down(ctx.db, person, network)
    else:
        shelf.leave(ctx.db, person, network)
