"""What whoever invites a course group gets: all codes as a table, and as a sheet of cards to print."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bot import AnyText, Context, Made, Recipe, Verbatim, _, _n, lines
from bot.installation import Installation, account_in, best_of
from bot.making import tables
from bot.making.cards import Cards
from bot.markup import plain
from bot.text import Reader, render
from db.network import invitations
from handlers.network import forwarding

TABLE, SHEET = "codes.csv", "codes.pdf"


class GroupCodes(Recipe):
    """The names and the codes of a group as a table, with a link on each messenger."""

    people: Sequence[Sequence[str]]

    def make(self, db: Session, installation: Installation, reader: Reader) -> Made:
        """Write it in the reader's language."""
        here = [name for name, (_link, carries) in installation.ways("join").items() if carries]
        links = [Verbatim(installation.title(name)) for name in here]
        to_do = _("Open the link and tap “Start”, or write the code to {bot}.", bot=bots(installation))
        header: list[AnyText] = [_("Name"), _("Code"), *links, _("What to do")]
        rows: list[list[tables.Cell]] = [
            [
                name,
                invitations.shown(code),
                *(installation.ways(f"join_{code}")[each][0] for each in here),
                to_do,
            ]
            for name, code in self.people
        ]
        said = _n("{n} name with a code", "{n} names, each with a code", len(rows))
        return Made(tables.written(header, rows, reader), TABLE, plain(render(said, reader)), tables.TYPE)


class GroupSheet(Cards):
    """The cards of a group. Where they cannot be made, its codes are in the table all the same."""

    otherwise = _("The sheet for printing did not work. The table has all codes.")


def sheet(ctx: Context, people: Sequence[Sequence[str]]) -> GroupSheet | None:
    """Return the cards of a group; None where no messenger has a link for them."""
    ways = {code: ctx.installation.ways(f"join_{code}") for _name, code in people}
    if not all(ways.values()):
        return None
    to_do = _("Scan this, or write the code to {bot}.", bot=bots(ctx.installation))
    return GroupSheet(
        SHEET,
        _n("{n} card with a code", "{n} cards, each with a code", len(people)),
        _("{name} invites you to {network}.", name=ctx.person.name, network=ctx.network.name),
        lines(to_do, forwarding.also(ctx, ctx.network, to_do)),
        [(name, invitations.shown(code), best_of(ways[code])) for name, code in people],
    )


def bots(installation: Installation) -> AnyText:
    """Return the accounts of the bot on its messengers."""
    ways = installation.ways("").items()
    found = [f"{account_in(link)} ({installation.title(name)})" for name, (link, _carries) in ways]
    return Verbatim(" / ".join(found))
