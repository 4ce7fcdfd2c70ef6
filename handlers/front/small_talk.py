"""Short true answers to what people say to a program."""

from bot import AnyText, Button, Command, Context, Role, Wished, _, lines, paragraphs
from bot.lists import Waiting
from db.models import Member
from handlers.front import home, rest
from handlers.front.steps import Explain
from handlers.protecting import coordinators, emergency
from handlers.talking import to_coordinators


def thanks(ctx: Context, step: Wished) -> None:
    rest.say(ctx, step, _("You are welcome."))


def all_right(ctx: Context, step: Wished) -> None:
    """Answer a yes or no to nothing."""
    rest.say(ctx, step, _("All right."))


def nothing_to_go_back_to(ctx: Context, step: Wished) -> None:
    """Answer "back" where no question is open."""
    rest.say(ctx, step, _("No question is open, so there is nothing to go back to."), *home.buttons(ctx))


def good(ctx: Context, step: Wished) -> None:
    rest.say(ctx, step, _("Good to hear."))


def not_good(ctx: Context, step: Wished) -> None:
    """Offer a person to somebody who is not well."""
    rest.say(
        ctx, step, _("I am sorry to hear that. Would it help to talk to a person?"), *rest.coordinator(ctx)
    )


def help_offer(ctx: Context, step: Wished) -> None:
    rest.say(ctx, step, _("Thank you. When somebody needs your advice, I will ask you."))


def human(ctx: Context, step: Wished) -> None:
    there = coordinators.first(ctx, ctx.member)
    rest.say(
        ctx,
        step,
        paragraphs(
            _("I am a program, not a human."),
            _("{name} coordinates your network and is human.", name=there.person.name) if there else [],
        ),
        *rest.coordinator(ctx),
    )


def talk_to_human(ctx: Context, step: Wished) -> None:
    there = coordinators.first(ctx, ctx.member)
    if there is None:
        text: AnyText = to_coordinators.NOBODY
        if ctx.may(Role.META_MENTOR):
            text = _("You coordinate this network yourself, and nobody else does that I could reach now.")
        rest.say(ctx, step, text, Button(rest.ASK, Command("ask"), keep=True))
    else:
        talk_to(ctx, step, there)


def talk_to(ctx: Context, step: Wished, coordinator: Member) -> None:
    """Offer to put the one who acts in touch with one who coordinates their network."""
    name = coordinator.person.name
    rest.say(
        ctx,
        step,
        _("I can put you in touch with {name}, who coordinates your network.", name=name),
        to_coordinators.way(ctx, coordinator),
    )


def call_somebody(ctx: Context, step: Wished) -> None:
    """Say whom to call, and whom to write to."""
    rest.say(
        ctx,
        step,
        paragraphs(
            _("If somebody is in danger, call {numbers}.", numbers=emergency.at_once(ctx)),
            _("I cannot call anybody myself. You can write; I cannot tell whether anybody is awake now."),
            *rest.night(ctx, danger=False),
        ),
        *rest.coordinator(ctx),
        rest.as_question(ctx, step.said),
    )


def what_now(ctx: Context, step: Wished) -> None:
    """Say what waits for somebody, or that nothing does."""
    waits = [each for find in Waiting if (each := find(ctx, ctx.person)) is not None]
    rest.say(
        ctx,
        step,
        lines(
            *(each.text for each in waits),
            _("There is nothing to do now. I will write when somebody needs your advice.")
            if not waits
            else _("There is nothing else to do now."),
        ),
        *(each.button for each in waits),
        *(
            [Button(_("Who waits, and how it goes"), Command("pulse"), keep=True)]
            if ctx.may(Role.META_MENTOR)
            else []
        ),
        Button(rest.ASK, Command("ask"), keep=True),
        Button(_("How does it work?"), Explain(), keep=True),
    )


def what_can_you_do(ctx: Context, step: Wished) -> None:
    """Say in a sentence what this is, and what can be done."""
    rest.say(
        ctx,
        step,
        paragraphs(
            _("You write your question, and I ask one person after the other until somebody can help."),
            _("What would you like to do? You can also just write your question here."),
        ),
        *home.buttons(ctx),
    )


def who_sees(ctx: Context, step: Wished) -> None:
    rest.say(
        ctx,
        step,
        lines(
            _("A question is read by the people I ask, one after the other, with your name or without it."),
            _("If nobody answers, those who coordinate your network read it too."),
            _("In a conversation only the other person reads what you write."),
            _("Everything else that you write to me goes to nobody, unless you choose where it goes."),
        ),
        *rest.coordinator(ctx),
    )
