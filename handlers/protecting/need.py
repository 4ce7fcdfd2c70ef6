"""Words of need: whoever writes of suicide, violence or danger reads at once who can help, and finds a way to
a person. Nobody else is told of it unless they tap."""

from datetime import timedelta

from bot import AnyText, Button, Command, Context, Role, UserMessage, _, lines, on, paragraphs
from bot.reading.need import Need
from db.engine import seen
from handlers.protecting import awake, emergency
from handlers.protecting import ways as people_here
from handlers.protecting.awake import Somebody
from handlers.protecting.steps import (
    AskToWrite,
    CallSomebody,
    ComeBack,
    Misunderstood,
    NotMeant,
    WriteInNeed,
    WriteToOperators,
)
from handlers.vocabulary import as_need

AGAIN = timedelta(hours=1)
"""Whoever writes such words twice within this is asked whether somebody may write to them."""


def answered(ctx: Context, message: UserMessage) -> bool:
    """Answer words of need with numbers and a way to a person; return False, and say nothing, for others."""
    need = ctx.need(message.words)
    if need is None:
        return False
    if "life" in need.kinds:
        people, ways = _of_life(ctx, need)
    else:
        ways = people_here.ways(ctx)
        people = people_here.about_people(ctx, ways)
    waits = ctx.let_wait()
    ctx.say(
        paragraphs(
            _opening(need),
            lines(emergency.numbers(ctx, need.kinds, of_other=need.of_other)),
            people,
            [_("What I asked you can wait.")] if waits else [],
        ),
        *ways,
        *way_back(waits=waits),
        *(
            [Button(_("Report danger or harm"), Command("report"), keep=True)]
            if "life" not in need.kinds and ctx.may(Role.MEMBER)
            else []
        ),
        *(
            [Button(_("Go on with my request"), Command("ask"), given={"need": as_need(message).to_json()})]
            if need.of_other and ctx.may(Role.MEMBER)
            else []
        ),
        Button(
            _("It was not meant like that"),
            NotMeant(said=message) if need.of_other else Misunderstood(ctx.need_marks(need)),
            means="no",
        ),
        forget=True,
    )
    return True


def way_back(*, waits: bool) -> list[Button]:
    """Return the button that leads back to a question that `waits`."""
    return [Button(_("Back to your question"), ComeBack())] if waits else []


@on(ComeBack)
def come_back(ctx: Context, step: ComeBack) -> None:
    """Ask again what was open before words of need."""
    ctx.come_back()
    ctx.say(_("All right."))


@on(Misunderstood)
def misunderstood(ctx: Context, step: Misunderstood) -> None:
    """Take such words for what others are, for a day. They were not kept, so they are written once more."""
    ctx.dismiss_marks(step.marks)
    ctx.come_back()
    ctx.say(
        _(
            "All right, I misunderstood you. I do not keep such words, so please write once more what you "
            "meant."
        )
    )


def beside(ctx: Context, words: str) -> None:
    """Say who can help where words of need are carried: for the eyes of who wrote them only."""
    _beside(ctx, words, _("This sounds serious. If somebody needs help at once:"))


def before_sending(ctx: Context, words: str) -> None:
    """Say who can help where words of need are about to go out: for the eyes of who wrote them only."""
    _beside(ctx, words, _("Before I send this: if somebody needs help at once, please call."))


def _beside(ctx: Context, words: str, opening: AnyText) -> None:
    need = ctx.need(words)
    if need is not None:
        numbers = emergency.numbers(ctx, need.kinds, of_other=need.of_other)
        ctx.say(lines(opening, numbers), forget=True)


def _opening(need: Need) -> AnyText:
    """Return the first sentence, by the kinds of need."""
    if need.of_other:
        return _(
            "What you write is serious, and I am only a program. Here are people who help, and who also tell "
            "you what you can do:"
        )
    if "life" in need.kinds:
        return _("What you write is serious, and I am only a program. Please talk to a person now:")
    return _("What you write is serious, and I am only a program. Please call somebody who helps now:")


def _of_life(ctx: Context, need: Need) -> tuple[AnyText, list[Button]]:
    """Return who else is there, and that nobody is told of it; and the ways to them."""
    if not ctx.may(Role.MEMBER):
        return people_here.about_people(ctx, ()), []
    there = awake.somebody(ctx)
    if there is None:
        return _("I will tell nobody."), []
    ways = [way_to(there)]
    text = _there(there)
    if not need.of_other and _is_again(ctx):
        text = paragraphs(text, _("May I ask {name} to write to you?", name=there.person.name))
        ways.append(Button(_("Yes, please ask"), AskToWrite(), means="yes"))
    return text, ways


def _there(there: Somebody) -> AnyText:
    if there.member is not None and (there.how == "woken" or not there.coordinates):
        return _(
            "Those who coordinate your network rest now. {name} may be woken. I will tell nobody unless you "
            "want me to.",
            name=there.person.name,
        )
    if there.member is None:
        return _("You can also write to those who run this bot. I will tell nobody unless you want me to.")
    if there.how == "asleep":
        return _(
            "You can also write to {name}, who coordinates your network and has quiet hours now. I will tell "
            "nobody unless you want me to.",
            name=there.person.name,
        )
    return _(
        "You can also write to {name}, who coordinates your network. I will tell nobody unless you want me "
        "to.",
        name=there.person.name,
    )


def way_to(there: Somebody) -> Button:
    """Return the button that opens a conversation with somebody: by name, unless they are to be woken."""
    if there.member is None:
        return Button(_("Write to the operators"), WriteToOperators(), keep=True)
    if there.how == "woken" or not there.coordinates:
        return Button(_("Call somebody I know"), CallSomebody(), keep=True)
    return Button(_("Write to {name}", name=there.person.name), WriteInNeed(there.member.id), keep=True)


def _is_again(ctx: Context) -> bool:
    """Whether the one who acts has written such words within the last hour; that they did now is marked. The
    mark tells nobody who it was, and of what."""
    mark = seen.secret(ctx.db, ctx.person.id, "again")
    before = seen.marked(ctx.db, [mark], ctx.now - AGAIN)
    seen.mark(ctx.db, mark, ctx.now)
    return bool(before)
