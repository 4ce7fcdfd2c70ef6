"""What somebody wants of the bot who is in no network: what they can do instead."""

from bot import Button, Command, Context, Wished, _, paragraphs
from db.help import silences
from db.network import members
from handlers.front import start
from handlers.front.steps import AllIsWell, Explain, NoCode
from handlers.protecting import emergency


def answer(ctx: Context, step: Wished) -> None:
    """Answer what a stranger wants."""
    match step.wish:
        case "thanks":
            ctx.say(_("You are welcome."))
        case "yes" | "no" | "later" | "good":
            ctx.say(_("All right."))
        case "human" if start.is_concerned(ctx):
            ctx.say(_("I am a program, not a human."))
            start.start(ctx)
        case "what_can_you_do" | "what_now" | "dont_know":
            start.explain(ctx, Explain())
        case "code_how" | "join" | "invite":
            start.no_code(ctx, NoCode())
        case "talk_to_human" | "write_to" | "call_somebody":
            ctx.say(
                paragraphs(
                    _("I am a program. The people you can reach through me are in the networks."),
                    _("Please ask the person or organisation that told you about me."),
                    _("If somebody is in danger, call {numbers}.", numbers=emergency.at_once(ctx)),
                ),
                *start.to_ask(ctx),
                *_ways(),
            )
        case "leave" if (held := members.resting(ctx.db, ctx.person.id)) is not None and held.is_held:
            ctx.redirect(Command("leave"))
        case "stop" | "leave" | "pause" | "resume" if not start.is_concerned(ctx):
            ctx.say(_("You are in no network. I write to you only when you write to me."))
        case "stop" | "leave" | "pause" if silences.to_wake(ctx.db, ctx.person):
            ctx.say(
                _("Your place rests, and I ask you nothing. If you want to go for good, I can forget you."),
                Button(_("Forget me"), Command("forget")),
                Button(_("No, all is well"), AllIsWell()),
            )
        case "my_data":
            ctx.redirect(Command("privacy"))
        case "delete_data":
            ctx.redirect(Command("forget"))
        case "who_sees":
            ctx.say(
                _("You are in no network, so nobody reads what you write here, and nobody sees your name.")
            )
        case "change_language":
            ctx.redirect(
                Command("language"), rest=step.rest if step.rest in ctx.installation.languages else ""
            )
        case "report" | "found":
            ctx.redirect(Command(step.wish))
        case _:
            start.start(ctx)


def _ways() -> tuple[Button, ...]:
    return (
        Button(_("I have a code"), Command("join"), keep=True),
        Button(_("How does it work?"), Explain(), keep=True),
    )
