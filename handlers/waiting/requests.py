"""How the open requests of somebody stand."""

from collections.abc import Iterator
from datetime import datetime

from bot import AnyText, Button, Command, Context, Line, Role, Section, _, _n, command, form, lines
from bot.lists import Missed, Waiting, Waits, adds
from db.help import help_requests
from db.models import HelpRequest, Person
from db.network import members
from handlers.asking import wording
from handlers.asking.steps import Solve, Withdraw
from handlers.vocabulary import topic_name
from handlers.waiting import standing


@adds(Waiting, place=10)
def still_open(ctx: Context, person: Person) -> Waits | None:
    """Return how many requests of a person are open."""
    mine = members.memberships(ctx.db, person)
    n = sum(len(help_requests.open_by(ctx.db, member)) for member in mine)
    if not n:
        return None
    return Waits(
        _n("{n} question of yours is still open.", "{n} questions of yours are still open.", n),
        Button(_("See my questions"), Command("requests"), keep=True),
    )


@adds(Missed, place=30)
def still_unanswered(ctx: Context, since: datetime) -> Iterator[AnyText]:
    """Yield how many requests of the member who acts still look for somebody."""
    mine = [each for each in help_requests.open_by(ctx.db, ctx.member) if each.state != "taken"]
    if mine:
        yield _n(
            "{n} question of yours is still open: {requests}.",
            "{n} questions of yours are still open: {requests}.",
            len(mine),
            requests=Command("requests"),
        )


@command("requests", needs=Role.MEMBER, menu=_("See my questions"))
def requests(ctx: Context) -> None:
    """Show how the open requests of the one who acts stand: whether peers were asked, and what comes next.
    Never who."""
    mine = help_requests.open_by(ctx.db, ctx.member)
    if not mine:
        ctx.say(_("You have no open question."), Button(_("Ask a question"), Command("ask"), keep=True))
        return
    title = _n("<b>Your open question</b>", "<b>Your open questions</b>", len(mine))
    ctx.say_list(title, Section([_line(ctx, request) for request in mine]))


def _line(ctx: Context, request: HelpRequest) -> Line:
    """Return a request of one's own, how it stands, and what can be done about it."""
    asked = form("<b>{topic}</b>: {gist}", topic=topic_name(request.topic), gist=wording.in_a_line(request))
    done = (
        Button(_("It is settled"), Solve(request.id))
        if request.state == "taken"
        else Button(_("Withdraw my question"), Withdraw(request.id))
    )
    return Line(lines(asked, standing.of(ctx, request)), [done])
