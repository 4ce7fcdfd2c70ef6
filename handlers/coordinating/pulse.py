"""The pulse of a network: in one sentence, how many wait for a human; then one by one."""

from bot import Button, Command, Context, Role, _, command, paragraphs
from db.network import members
from handlers.coordinating import cards
from handlers.coordinating.steps import OneByOne, ShowFigures

FIGURES = Button(_("The figures"), ShowFigures(), keep=True)


@command("pulse", needs=Role.META_MENTOR, menu=_("Who waits, and how it goes"))
def show_pulse(ctx: Context) -> None:
    """Say how many wait, and for what; show who it is where it is only one."""
    now = cards.all_owed(ctx)
    operating = [notice.button for notice in now.notices]
    notices = [notice.text for notice in now.notices]
    if now.many > 1:
        at_once = [kind.at_once for kind in now.kinds.values() if kind.at_once and kind.rows.many > 1]
        ctx.say(
            paragraphs(
                _("<b>Today in {network}:</b> {debts}.", network=ctx.network.name, debts=[*now.counted()]),
                notices,
            ),
            Button(_("One by one"), OneByOne(), means="yes"),
            *at_once,
            FIGURES,
            *operating,
            about=cards.WAITING,
        )
    elif now.kinds:
        ((kind, debts),) = now.kinds.items()
        text, buttons = cards.card(kind, debts, 1)
        ctx.say(
            paragraphs(_("<b>Today in {network}:</b>", network=ctx.network.name), text, notices),
            *buttons,
            FIGURES,
            *operating,
            about=cards.WAITING,
        )
    elif members.is_alone(ctx.db, ctx.member):
        ctx.say(
            paragraphs(_("Nobody is here besides you yet."), notices),
            Button(_("Invite somebody"), Command("invite")),
            *operating,
        )
    else:
        ctx.say(
            paragraphs(
                _("<b>Today in {network}:</b> nobody is waiting for you.", network=ctx.network.name), notices
            ),
            FIGURES,
            *operating,
        )
