"""Somebody is asked in the weeks in which volunteers tend to go whether the amount is right for them. The
answer stays between them and the bot; those who coordinate see it in fives."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from bot import (
    Button,
    Command,
    Context,
    Priority,
    Text,
    Unasked,
    _,
    _n,
    form,
    lines,
    on,
    paragraphs,
)
from bot.installation import Keep
from bot.lists import Forgetting, Retention, adds
from db.help import amounts, schedules
from db.models import Fit, Member, Network, Person, Schedule
from db.network import members
from handlers.asking.wording import shortened
from handlers.checking_in import times, who
from handlers.checking_in.steps import AmountInWords, AskAmount, SayAmount
from handlers.talking import to_coordinators, understanding

AMOUNTS: dict[Fit, Text] = {
    "right": _("Just right"),
    "less": _("Too much"),
    "more": _("I would like more"),
    "talk": _("Talk"),
}
MEANS: dict[Fit, list[str]] = {"right": ["good", "yes"], "talk": ["talk_to_human"]}
"""The lists of words that mean an answer."""
ABOUT = _("my question whether the amount is right")
"""What it is, as a part of a sentence."""


@adds(Retention, place=9)
def amounts_one_by_one(keep: Keep) -> Forgetting:
    """Return for how long it is kept whether the amount was right for somebody."""
    return Forgetting(amounts.forget, keep.history_days)


def ask(ctx: Context, rows: Iterable[tuple[Member, Schedule | None]]) -> None:
    """Ask those of some members for whom it is time, with their network's rhythm: not those on a break or out
    of reach, and those in the middle of a dialogue a little later."""
    since = {
        member: moment
        for member, schedule in rows
        if (moment := times.amount_due(schedule, who.zone(ctx, member), member.came_at, ctx.now)) is not None
    }
    if not since:
        return
    earliest = min(since.values())
    asked = amounts.asked_since(ctx.db, [member.id for member in since], earliest)
    there = who.can_be_asked(ctx, [member for member in since if member.id not in asked])
    busy = who.is_in_dialogue(ctx, there)
    ctx.later_all((ctx.now + who.LATER, AskAmount(each.id), who.about(each)) for each in busy)
    free = [member for member in there if member not in busy]
    amounts.ask(ctx.db, free, ctx.now)
    together: defaultdict[tuple[Network, int], list[Member]] = defaultdict(list)
    for member in free:
        together[member.network, (ctx.now - member.came_at) // times.WEEK].append(member)
    for (network, weeks), of_them in together.items():
        ctx.turn_to(network)
        coordinating = {each.person_id for each in members.coordinators(ctx.db, network.id)}
        alone = [each.person for each in of_them if not coordinating - {each.person_id}]
        others = [each.person for each in of_them if each.person not in alone]
        for readers, can_talk in (alone, False), (others, True):
            if readers:
                _send(ctx, readers, network, weeks, can_talk=can_talk)


def _send(ctx: Context, to: Sequence[Person], network: Network, weeks: int, *, can_talk: bool) -> None:
    ctx.tell(
        to,
        paragraphs(
            _n(
                "You have been in <b>{network}</b> for {n} week. Is the amount right for you?",
                "You have been in <b>{network}</b> for {n} weeks. Is the amount right for you?",
                weeks,
                network=network.name,
            ),
            _("I tell nobody what you answer. Those who coordinate see five answers or more together."),
        ),
        *(
            Button(label, SayAmount(says), means=MEANS.get(says, ()))
            for says, label in AMOUNTS.items()
            if says != "talk" or can_talk
        ),
        priority=Priority.CHECK_IN,
        about=ABOUT,
        on_reply=AmountInWords(),
    )


@on(AskAmount)
def ask_amount(ctx: Context, step: AskAmount) -> None:
    """Ask a member who was in the middle of a dialogue."""
    ask(ctx, [(row[0], row[1]) for row in schedules.of_members(ctx.db, [step.member_id])])


@on(AmountInWords)
def amount_in_words(ctx: Context, step: AmountInWords) -> None:
    """Ask which answer words mean, unless they say it."""
    understood = understanding.answer(step.said.words, ctx.reader.locale, MEANS)
    if understood is not None:
        ctx.redirect(SayAmount(understood))
    says = ctx.choose(
        "says",
        paragraphs(
            form("<blockquote>{words}</blockquote>", words=shortened(step.said.words)),
            _("Which of these fits best?"),
        ),
        AMOUNTS | {"else": _("I mean something else")},
    )
    if says == "else":
        ctx.redirect(Unasked(said=step.said))
    ctx.redirect(SayAmount(says))


@on(SayAmount)
def say_amount(ctx: Context, step: SayAmount) -> None:
    """Keep the answer, and offer what fits it."""
    amounts.answer(ctx.db, ctx.member, step.says, ctx.now)
    talk = to_coordinators.way_to(ctx)
    if step.says == "talk" and talk is not None:
        ctx.redirect(talk.target)
    talks = [talk] if talk is not None else []
    if step.says == "right":
        ctx.show(_("Good. Then it stays like this."))
    elif step.says == "less":
        ctx.show(
            _("Thank you for saying so. What would help you?"),
            Button(_("Help fewer people"), Command("profile"), given={"what": "helping"}, keep=True),
            Button(_("Take a break"), Command("pause"), keep=True),
            *talks,
        )
    elif step.says == "more":
        ctx.show(
            lines(
                _("Good to hear. I ask those first who can help with the topic and have room."),
                _("You can help more people at a time, or with more topics."),
            ),
            Button(_("Help more people"), Command("profile"), given={"what": "helping"}, keep=True),
            Button(_("Say what I can help with"), Command("profile"), given={"what": "topics"}, keep=True),
            *talks,
        )
    else:
        ctx.show(to_coordinators.NOBODY)
