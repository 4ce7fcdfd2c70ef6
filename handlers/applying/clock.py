"""The clock on those who decide, so that everybody hears an answer: who is reminded, what the applicant reads
meanwhile, and when it ends without one."""

from datetime import timedelta

from bot import Button, Command, Context, Priority, _, _n, on, paragraphs
from bot.lists import act
from bot.times import after_working_days
from db.applying import applications
from db.models import Application
from db.network import networks
from handlers.applying import deciding, entering
from handlers.applying.steps import Lapse, RemindOfApplication, StillUndecided
from handlers.protecting import coordinators

META_MENTORS, DEPUTIES = 2, 3
"""Working days after which they are reminded: an answer is promised within three."""
NO_ANSWER_YET, TOO_LONG = timedelta(days=7), timedelta(days=21)
A_MONTH = timedelta(days=30)

LAPSED = act("application.lapsed", _("Nobody decided until {day} whether {whom} can join."))


def start(ctx: Context, application: Application) -> None:
    """Plan what follows if nobody decides."""
    zone = ctx.installation.zone(application.network.time_zone)
    began, about = application.opened_at, entering.about(application)
    ctx.later_all(
        [
            (
                after_working_days(began, META_MENTORS, zone),
                RemindOfApplication(application.id, "meta_mentor"),
                about,
            ),
            (
                after_working_days(began, DEPUTIES, zone),
                RemindOfApplication(application.id, "deputy"),
                about,
            ),
            (began + NO_ANSWER_YET, StillUndecided(application.id), about),
            (began + TOO_LONG, Lapse(application.id), about),
        ]
    )


def _waiting(ctx: Context, application_id: int) -> Application | None:
    """Return an application that is not decided, locked, also not by members who vouch; None for all
    others."""
    application = ctx.hold(Application, application_id)
    if application is None or application.decided_at is not None or application.lets_in_at is not None:
        return None
    ctx.turn_to(application.network)
    return application


@on(RemindOfApplication)
def remind_of_application(ctx: Context, step: RemindOfApplication) -> None:
    """Remind those in a role; those who run the bot, once, where nobody who coordinates can be reached."""
    application = _waiting(ctx, step.application_id)
    if application is None:
        return
    there = deciding.coordinating(ctx, application)
    whom = [member.person for member in there if member.role == step.role]
    if not there and step.role == "meta_mentor":
        whom = deciding.deciders(ctx, application)
    ctx.tell(
        whom,
        paragraphs(deciding.waits(ctx, application), _("Nobody has decided yet.")),
        deciding.read(application),
        priority=Priority.HELP_REQUEST,
        about=_("the application of {name}", name=application.person.name),
        forget=True,
    )


@on(StillUndecided)
def still_undecided(ctx: Context, step: StillUndecided) -> None:
    """Tell an applicant that there is no answer yet, and ask all who decide once more."""
    application = _waiting(ctx, step.application_id)
    if application is None:
        return
    network = application.network
    ctx.tell(
        application.person,
        _("I have not had an answer from <b>{network}</b> yet. I have asked again.", network=network.name),
        priority=Priority.CHECK_IN,
    )
    ctx.tell(
        deciding.deciders(ctx, application),
        paragraphs(
            deciding.waits(ctx, application),
            _("A week is long for somebody who waits: please decide, or talk first."),
        ),
        deciding.read(application),
        priority=Priority.HELP_REQUEST,
        about=_("the application of {name}", name=application.person.name),
        forget=True,
    )


@on(Lapse)
def lapse(ctx: Context, step: Lapse) -> None:
    """End an application that nobody has decided; tell the applicant, and those who run the bot how many
    these are."""
    application = _waiting(ctx, step.application_id)
    if application is None or not applications.decide(ctx.db, application, "lapsed", ctx.now):
        return
    person, network = application.person, application.network
    entering.over(ctx, application)
    LAPSED.record(ctx, network, by=person, about=person)
    again = Button(_("Ask again"), Command("apply"), given={"network": networks.in_links(network)}, keep=True)
    ctx.tell(
        person,
        _(
            "Nobody in <b>{network}</b> has decided. I am sorry. You can ask again, or look at other "
            "networks.",
            network=network.name,
        ),
        *([again] if network.public else []),
        Button(_("Show networks"), Command("card"), keep=True),
        priority=Priority.CHECK_IN,
    )
    n = applications.lapsed(ctx.db, ctx.now - A_MONTH)
    ctx.tell(
        coordinators.all_operators(ctx),
        paragraphs(
            _(
                "In <b>{network}</b> somebody has waited three weeks to be taken in, and nobody has decided.",
                network=network.name,
            ),
            _n(
                "In the last 30 days that happened {n} time.",
                "In the last 30 days that happened {n} times.",
                n,
            ),
        ),
        priority=Priority.CHECK_IN,
    )
