"""How an application ends: somebody is let in, or what they wrote is deleted some time later."""

from datetime import timedelta

from bot import Button, Context, Priority, Text, _, paragraphs
from bot.lists import Act
from db.models import Application, Person
from handlers.applying.steps import ForgetApplicant, LetIn
from handlers.joining import membership
from handlers.settings.steps import SpeakIn

AFTER_YES, AFTER_NO = timedelta(days=30), timedelta(days=7)
"""How long what somebody wrote is kept after the decision."""
NO_MORE = _(
    "There is nothing more to do now. I will write when somebody needs your advice. If you need advice, just "
    "write your question here."
)
ELSEWHERE = _("What you write here goes to your other network until you change that.")


def let_in(ctx: Context, act: Act, application: Application, welcome: Text, *, by: Person) -> None:
    """Make an applicant who was accepted a member, by an `act` of somebody, and welcome them."""
    person, network = application.person, application.network
    membership.begin(ctx, act, network, person, by=by, label="experienced", turn_to=False)
    ctx.turn_to(network)
    if person.network_id == network.id:
        ctx.tell(person, paragraphs(welcome, NO_MORE), *membership.first_steps(), priority=Priority.CARRIED)
    else:
        speak_there = Button(_("Speak there now"), SpeakIn(network.id))
        ctx.tell(person, paragraphs(welcome, ELSEWHERE), speak_there, priority=Priority.CARRIED)
    over(ctx, application)


def over(ctx: Context, application: Application) -> None:
    """Plan nothing more for an application that has ended, but that it is forgotten."""
    ctx.call_off(about(application))
    kept = AFTER_YES if application.state == "accepted" else AFTER_NO
    ctx.later(kept, ForgetApplicant(application.id), about=f"forget {about(application)}")


def stop(ctx: Context, application: Application) -> None:
    """Let nobody in by the clock."""
    ctx.call_off(about(application), LetIn)


def about(application: Application) -> str:
    """Return the tag of an application's timers."""
    return f"application:{application.id}"
