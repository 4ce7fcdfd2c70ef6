"""What a network needs of questions and answers: a first one, and none that is left alone."""

from datetime import timedelta

from bot import Button, Command, Role, _
from bot.lists import Condition, Phase, RoadmapConditions, adds
from db.help import help_requests

SOME_TIME, A_DAY = timedelta(days=30), timedelta(days=1)
"""How far back it is looked, and how long those who coordinate have for an answer that they owe."""


@adds(RoadmapConditions, place=50)
def first_answer() -> Condition:
    """Somebody has asked, and a human has answered."""
    return Condition(
        Phase.BEGINNING,
        text=_("A first question with an answer"),
        next=_("Next: <b>ask a first question</b>. It shows everybody what the network is for."),
        met=lambda ctx: help_requests.was_answered(ctx.db, ctx.network.id),
        way=Command("ask"),
        remedy=Button(_("Ask a question"), Command("ask"), keep=True),
        needs=Role.MEMBER,
    )


@adds(RoadmapConditions, place=120)
def nobody_alone() -> Condition:
    """No question that found nobody has stayed without an answer lately."""
    return Condition(
        Phase.LASTING,
        text=_("{n} days without a question that nobody answered", n=SOME_TIME.days),
        next=_("Next: <b>answer what found nobody</b>. Whoever asks once in vain rarely asks again."),
        met=lambda ctx: (
            not help_requests.was_left_alone(
                ctx.db, ctx.network.id, since=ctx.now - SOME_TIME, before=ctx.now - A_DAY
            )
        ),
        way=Command("pulse"),
        remedy=Button(_("See who waits"), Command("pulse"), keep=True),
    )
