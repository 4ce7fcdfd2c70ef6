"""Forgetting one answer, or the words of one question."""

from datetime import datetime, timedelta

from bot import AnyText, Button, Command, Context, Line, _, form, on, page
from db.models import CheckIn, HelpRequest
from db.privacy import answers
from db.privacy.answers import Said
from handlers.asking import wording
from handlers.checking_in.rounds import MOODS
from handlers.privacy import forgetting
from handlers.privacy.steps import ClearWords, ForgetAnswers, ForgetCheckIn, ForgetQuestion

LATELY = timedelta(days=90)
"""How far back answers and questions are listed."""
MOST = 5
"""Lines of a list: on Matrix, what can be chosen by a tap."""


@on(ForgetAnswers)
def forget_answers(ctx: Context, step: ForgetAnswers) -> None:
    """List the answers and the questions of the one who acts, the newest first."""
    before = datetime.fromisoformat(step.before) if step.before else ctx.now + timedelta(seconds=1)
    found = answers.lately(ctx.db, ctx.person, ctx.now - LATELY, before, MOST + 1)
    if not found:
        ctx.say(
            _("There is nothing more from the last {days} days.", days=LATELY.days)
            if step.before
            else _("In the last {days} days you have answered and asked nothing.", days=LATELY.days)
        )
        return
    ctx.say_list(
        form("<b>{title}</b>", title=_("What you answered and asked")),
        page(
            found,
            lambda said: _line(ctx, said),
            more=lambda said: ForgetAnswers(answers.when(said).isoformat()),
            size=MOST,
        ),
        choose=_("To delete one of them, choose its number."),
    )


def _line(ctx: Context, said: Said) -> Line:
    day = ctx.day_of(answers.when(said))
    if isinstance(said, CheckIn):
        text: AnyText = _("{day}: “{answer}”", day=day, answer=MOODS[said.mood] if said.mood else "…")
        return Line(text, [Button(_("Delete the answer of {day}", day=day), ForgetCheckIn(said.id))])
    text = _("{day}: {question}", day=day, question=wording.in_a_line(said))
    return Line(text, [Button(_("Delete the question of {day}", day=day), ForgetQuestion(said.id))])


@on(ForgetCheckIn)
def forget_check_in(ctx: Context, step: ForgetCheckIn) -> None:
    """Delete an answer to a check-in."""
    check_in = ctx.hold(CheckIn, step.check_in_id)
    if check_in is None or check_in.member.person_id != ctx.person.id:
        ctx.say(_("This answer is deleted already."))
        return
    answers.forget_check_in(ctx.db, check_in)
    ctx.say(
        _("Your answer is deleted. Reports that were sent before stay as they are: they name nobody."),
        Button(_("Delete another one"), ForgetAnswers(), keep=True),
    )


@on(ForgetQuestion)
def forget_question(ctx: Context, step: ForgetQuestion) -> None:
    """Delete the words of a question that is over."""
    request = ctx.hold(HelpRequest, step.request_id)
    if request is None or request.asker.person_id != ctx.person.id or request.forgotten:
        ctx.say(_("This question is deleted already."))
    elif request.closed_at is None:
        ctx.say(
            _("This question is still open. Please withdraw it first, or say that it is settled."),
            Button(_("See my questions"), Command("requests"), keep=True),
        )
    else:
        answers.forget(request)
        forgetting.clear_arrived(ctx, ClearWords(ctx.person.id, 0, request_id=request.id))
        ctx.say(
            _("I am deleting the words of your question. In the chats of those who read it they stay."),
            Button(_("Delete another one"), ForgetAnswers(), keep=True),
        )
