"""How people apply to a network: what they are asked, and whether members vouch for them."""

from bot import Button, Context, Unclear, _, heading, lines, on
from bot.lists import act, has_changed
from bot.markup import clean
from db.network import networks
from handlers.applying import questions
from handlers.applying.steps import SetQuestions, SetVouching, UsualQuestions
from handlers.network.steps import ShowApplying
from handlers.protecting import personal_data

MOST, LONGEST = 5, 200
"""Questions of a network, and characters of one."""

ONLY_RECOMMENDED = _("As long as only members see the profile, only people whom a member recommends can ask.")

QUESTIONS = act("network.questions_changed", _("{who} changed the questions to applicants on {day}."))
VOUCHING = act("network.vouching_changed", _("{who} changed whether members vouch on {day}."))


@on(ShowApplying)
def show_applying(ctx: Context, step: ShowApplying) -> None:
    """Show how people apply, and what can be changed."""
    network = ctx.network
    ctx.say(
        heading(
            _("How people ask to join {network}", network=network.name),
            lines(questions.of(network)),
            _("Two members who vouch let somebody in after a day, unless you object.")
            if network.vouching
            else _("Only those who coordinate let people in."),
            *([] if network.public else [ONLY_RECOMMENDED]),
        ),
        Button(_("Write our own questions"), SetQuestions(), keep=True),
        *([Button(_("Ask the usual questions"), UsualQuestions())] if network.questions else []),
        Button(_("Without vouching"), SetVouching(on=False))
        if network.vouching
        else Button(_("With vouching"), SetVouching(on=True)),
    )


@on(SetQuestions)
def set_questions(ctx: Context, step: SetQuestions) -> None:
    """Ask for the network's own questions, and keep them."""
    words = ctx.ask(
        "questions",
        _("What should people be asked? Please write one question a line, {n} at most.", n=MOST),
        parse=_listed,
        max_length=MOST * (LONGEST + 1),
    )
    asked = personal_data.without_it(ctx, str(words)).splitlines()
    networks.ask_applicants(ctx.network, [line for line in asked if line.strip()])
    QUESTIONS.record(ctx, ctx.network)
    has_changed(ctx, ctx.network)
    show_applying(ctx, ShowApplying())


def _listed(words: str) -> str:
    """Return questions, one a line. Raises Unclear for too many, or one that is too long."""
    lines_ = [" ".join(line.split()) for line in clean(words).splitlines()]
    asked = [line for line in lines_ if line]
    if not any(char.isalpha() for char in words):
        raise Unclear(_("I found no question in that."))
    if len(asked) > MOST:
        raise Unclear(
            _("Those are {n} questions. More than {most} keep people away.", n=len(asked), most=MOST)
        )
    if any(len(line) > LONGEST for line in asked):
        raise Unclear(_("One of them is too long. Please use {limit} characters at most.", limit=LONGEST))
    return "\n".join(asked)


@on(UsualQuestions)
def usual_questions(ctx: Context, step: UsualQuestions) -> None:
    """Ask the usual questions again."""
    networks.ask_applicants(ctx.network, None)
    QUESTIONS.record(ctx, ctx.network)
    has_changed(ctx, ctx.network)
    show_applying(ctx, ShowApplying())


@on(SetVouching)
def set_vouching(ctx: Context, step: SetVouching) -> None:
    """Let members vouch, or not."""
    networks.let_vouch(ctx.network, step.on)
    VOUCHING.record(ctx, ctx.network)
    has_changed(ctx, ctx.network)
    show_applying(ctx, ShowApplying())
