"""Applications that are taken back: by the applicant, or because they cannot be reached any more."""

from bot import Context, Priority, _
from bot.lists import Gone, adds
from db.applying import applications
from db.models import Application, Person
from handlers.applying import deciding, entering


def withdraw(ctx: Context, application: Application) -> None:
    """End an application as its sender wishes: what was written is deleted as after a no, and those who have
    read it are told."""
    if not applications.decide(ctx.db, application, "withdrawn", ctx.now):
        return
    _end(ctx, application)
    ctx.tell(
        deciding.deciders(ctx, application),
        _(
            "{name} has taken back the application to <b>{network}</b>. There is nothing to do.",
            name=application.person.name,
            network=application.network.name,
        ),
        priority=Priority.CHECK_IN,
        forget=True,
    )


@adds(Gone, place=10)
def out_of_reach(ctx: Context, person: Person) -> None:
    """End the applications of somebody whom no answer would reach, and tell those who decide."""
    for application in applications.open_by(ctx.db, person):
        if not applications.decide(ctx.db, application, "withdrawn", ctx.now):
            continue
        _end(ctx, application)
        ctx.tell(
            deciding.deciders(ctx, application),
            _(
                "{name} can no longer be reached, so the application to <b>{network}</b> has ended.",
                name=person.name,
                network=application.network.name,
            ),
            priority=Priority.CHECK_IN,
            forget=True,
        )


def _end(ctx: Context, application: Application) -> None:
    entering.over(ctx, application)
    ctx.turn_to(application.network)
