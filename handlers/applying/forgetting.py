"""What is left of applications, and when it is deleted: what was written, names in letters, and at last the
row itself."""

from bot import Context, on
from bot.installation import Keep
from bot.lists import Forgetting, Retention, adds
from db import people
from db.applying import applications
from db.models import Application, Person
from db.privacy import forgetting
from db.privacy.traces import Traces
from handlers.applying import questions
from handlers.applying.apply import AGAIN
from handlers.applying.steps import ForgetApplicant


@on(ForgetApplicant)
def forget_applicant(ctx: Context, step: ForgetApplicant) -> None:
    """Delete what was written from some letters, and leave the others to turns of their own; at last, what it
    belonged to. Who is known for nothing else loses the name, and has agreed to nothing any more."""
    application = ctx.hold(Application, step.application_id)
    if application is None:
        return
    person = application.person
    nothing_else = applications.is_nothing_else(ctx.db, person)
    traces = _traces(application, person if nothing_else else None)
    if step.place is None:
        forgetting.clear_notes(ctx.db, [traces])
    upto = forgetting.clear_letters(ctx.db, [traces], step.place or 0)
    if upto is not None:
        ctx.go_on(step, upto, about=f"forget application:{application.id}")
        return
    applications.hollow(application)
    if nothing_else:
        people.forget_name(person)


def _traces(application: Application, person: Person | None) -> Traces:
    """Return what tells of an application, and with a `person` of who sent it."""
    asked = questions.written(application.answers or ())
    asked += [application.reason] if application.reason else []
    if person is None:
        return Traces(0, asked=asked, arrived=True)
    chats = [(each.messenger, each.chat) for each in person.identities]
    return Traces(person.id, person.name, chats, [], asked, arrived=True)


@adds(Retention, place=97)
def ended_applications(keep: Keep) -> Forgetting:
    """Return for how long a row says that somebody was not taken in: as long as they have to wait."""
    return Forgetting(applications.forget, AGAIN.days)
