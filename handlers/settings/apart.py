"""Whom somebody does not want to meet: only they see it, and they can take it off."""

from bot import AnyText, Button, Context, Day, Line, Verbatim, _, on, page
from db.models import Exclusion, Person
from db.network import exclusions
from handlers.settings.steps import ShowApart
from handlers.talking.steps import MeetAgain


@on(ShowApart)
def show_apart(ctx: Context, step: ShowApart) -> None:
    """Show with whom the one who acts is never brought together, the latest first, and the way to take that
    back."""
    found = exclusions.of(ctx.db, ctx.person)[step.after :]
    if not found:
        ctx.say(_("There is nobody you do not want to meet."))
        return
    ctx.say_list(
        _("I never bring you together with these people. Nobody but you sees this."),
        page(
            [*enumerate(found, step.after + 1)],
            lambda row: _line(ctx, *row[1]),
            more=lambda row: ShowApart(row[0]),
        ),
        choose=_("To meet somebody again, choose their number."),
    )


def _line(ctx: Context, exclusion: Exclusion, other: Person) -> Line:
    """Return the line of one; whoever stayed without a name has none here either."""
    day = Day(ctx.day_of(exclusion.set_at))
    name: AnyText = Verbatim(other.name) if exclusion.named else _("the person who asked")
    return Line(
        _("{name}, since {day}", name=name, day=day),
        [Button(_("Meet again"), MeetAgain(other.id, exclusion.named))],
    )
