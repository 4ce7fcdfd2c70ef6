"""Whom somebody does not want to meet: only they see it, and they can take it off."""

from bot import AnyText, Button, Context, Day, Line, Verbatim, _, on, page
from db.models import Exclusion, Person
from db.network import exclusions
from handlers.settings.steps import AddApart, ShowApart
from handlers.talking import sides
from handlers.talking.steps import KeepApart, MeetAgain

ADD = Button(_("Add somebody"), AddApart())


@on(ShowApart)
def show_apart(ctx: Context, step: ShowApart) -> None:
    """Show with whom the one who acts is never brought together, the latest first, and the way to take that
    back."""
    found = exclusions.of(ctx.db, ctx.person)[step.after :]
    another = [ADD] if sides.met(ctx) else []
    if not found:
        ctx.say(_("There is nobody you do not want to meet."), *another)
        return
    ctx.say_list(
        _("I never bring you together with these people. Nobody but you sees this."),
        page(
            [*enumerate(found, step.after + 1)],
            lambda row: _line(ctx, *row[1]),
            more=lambda row: ShowApart(row[0]),
        ),
        buttons=another,
        choose=_("To meet somebody again, choose their number."),
    )


@on(AddApart)
def add_apart(ctx: Context, step: AddApart) -> None:
    """Ask whom of those they talked to lately they do not want to meet again, and see to it. It is asked
    also where there is only one."""
    met = {str(relay.id): sides.named(ctx, relay) for relay in sides.met(ctx)}
    if not met:
        ctx.say(_("You have not talked to anybody here whom I could keep away from you."))
        return
    chosen = ctx.choose(
        "whom", _("Who do you not want to meet again? Nobody hears of it."), met, skip=_("Nobody")
    )
    if chosen is None:
        ctx.say(_("All right. I have changed nothing."))
        return
    ctx.redirect(KeepApart(int(chosen)))


def _line(ctx: Context, exclusion: Exclusion, other: Person) -> Line:
    """Return the line of one; whoever stayed without a name has none here either."""
    day = Day(ctx.day_of(exclusion.set_at))
    name: AnyText = Verbatim(other.name) if exclusion.named else _("the person who asked")
    return Line(
        _("{name}, since {day}", name=name, day=day),
        [Button(_("Meet again"), MeetAgain(other.id, exclusion.named))],
    )
