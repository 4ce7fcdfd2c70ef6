"""Check-ins are answered by taps, and by words for those who coordinate."""

from datetime import timedelta

from bot import Button, Command, Context, Unasked, UserMessage, Verbatim, _, form, lines, on, paragraphs
from db.help import check_ins
from db.models import CheckIn, Mood
from db.network import members
from handlers.asking.wording import shortened
from handlers.checking_in import digest, not_well, rounds
from handlers.checking_in.steps import (
    AddWords,
    AnswerInWords,
    AnswerMood,
    ChangeAnswer,
    GoOn,
    Rate,
    SendWords,
    TellInWords,
    WantNothing,
)
from handlers.protecting import coordinators, need
from handlers.talking import understanding

WAIT_FOR_MORE = timedelta(hours=1)
"""From the last member's first tap to the digest: their other answers are still to come."""
MEANS: dict[Mood, list[str]] = {mood: [mood] for mood in rounds.MOODS}
"""The lists of words that mean a mood."""
NO_WORDS = UserMessage()
LONGEST = 4000
"""Characters of an answer in words that are kept."""


@on(AnswerMood)
def answer_mood(ctx: Context, step: AnswerMood) -> None:
    """Keep the first answer. It counts at once, whatever becomes of the other questions. What was understood
    of words is shown, and can be corrected by a tap; the words themselves go nowhere without one."""
    check_in = _still_open(ctx, check_ins.of(ctx.db, step.round_id, ctx.person))
    if check_in is None:
        return
    is_first = check_in.mood is None
    check_ins.answer(ctx.db, check_in, step.mood, ctx.now)
    if is_first:
        ctx.call_off(rounds.about(check_in.id))
        if check_in.round.digest_at is None and check_ins.is_complete(ctx.db, check_in.round):
            digest.plan(ctx, check_in.round, WAIT_FOR_MORE)
    if step.mood == "not_good":
        not_well.offer_person(ctx, check_in, step.said)
    elif step.said and not step.asked:
        _show_understood(ctx, check_in, step)
    else:
        _go_on(ctx, check_in, 0, step.said)


@on(AnswerInWords)
def answer_in_words(ctx: Context, step: AnswerInWords) -> None:
    """Ask which mood words mean."""
    check_in = _still_open(ctx, check_ins.of(ctx.db, step.round_id, ctx.person))
    if check_in is None:
        return
    understood = understanding.answer(step.said.words, ctx.reader.locale, MEANS)
    if understood is not None:
        ctx.redirect(AnswerMood(step.round_id, understood, said=step.said))
    mood = ctx.choose(
        "mood",
        paragraphs(
            *(
                [form("<blockquote>{words}</blockquote>", words=shortened(step.said.words))]
                if step.said.words
                else []
            ),
            _("Which of these fits best?"),
        ),
        rounds.MOODS | {"else": _("I mean something else")},
    )
    if mood == "else":
        ctx.redirect(Unasked(said=step.said))
    ctx.redirect(AnswerMood(step.round_id, mood, asked=True, said=step.said))


@on(GoOn)
def go_on(ctx: Context, step: GoOn) -> None:
    """Go on with the network's own questions: the first answer was understood right."""
    check_in = _open(ctx, step.check_in_id)
    if check_in is not None:
        _go_on(ctx, check_in, 0)


def _show_understood(ctx: Context, check_in: CheckIn, step: AnswerMood) -> None:
    """Say what was understood of words, with the ways to correct it."""
    right = _("Right, go on") if check_in.round.questions else _("Right")
    ctx.say(
        _("Thank you. I understood “{answer}”.", answer=rounds.MOODS[step.mood]),
        Button(right, GoOn(check_in.id), means=("yes", step.mood)),
        *(each for each in rounds.moods(check_in.round_id) if each.label != rounds.MOODS[step.mood]),
        *not_well.pass_on(ctx, check_in, step.said),
        about=rounds.ABOUT,
    )


@on(Rate)
def rate(ctx: Context, step: Rate) -> None:
    """Keep a tap on one of the network's own questions (counted from 0); None skips it."""
    check_in = _open(ctx, step.check_in_id)
    if check_in is None:
        return
    if step.value is not None:
        check_ins.rate(ctx.db, check_in, step.number, step.value)
    _go_on(ctx, check_in, step.number + 1)


@on(ChangeAnswer)
def change_answer(ctx: Context, step: ChangeAnswer) -> None:
    """Ask the questions once more; a new answer takes the place of the old one."""
    check_in = _open(ctx, step.check_in_id)
    if check_in is not None:
        ctx.show(
            rounds.question(ctx, check_in.member),
            *rounds.moods(check_in.round_id),
            about=rounds.ABOUT,
            on_reply=AnswerInWords(check_in.round_id),
        )


@on(WantNothing)
def want_nothing(ctx: Context, step: WantNothing) -> None:
    """Keep that no talk is wanted. The network's own questions are not asked: this is no time for them."""
    check_in = _open(ctx, step.check_in_id)
    if check_in is not None:
        check_ins.wish(check_in, "nothing")
        ctx.show(_("All right. You can write to me at any time."))


@on(AddWords)
def add_words(ctx: Context, step: AddWords) -> None:
    """Carry words or a voice note to those who coordinate, as the member wishes."""
    check_in = _open(ctx, step.check_in_id)
    if check_in is None:
        return
    need.before_sending(ctx, step.said.words)
    _carry(ctx, check_in, step.said)


@on(TellInWords)
def tell_in_words(ctx: Context, step: TellInWords) -> None:
    """Keep an answer in words to one of the network's own questions: nobody else reads it without a tap."""
    check_in = _open(ctx, step.check_in_id)
    if check_in is None:
        return
    if not step.said.words:
        ctx.say(_("Please write it in words: I can only keep text."))
        return
    check_ins.tell(ctx.db, check_in, step.number, step.said.words[:LONGEST])
    coordinator = coordinators.first(ctx, check_in.member)
    send = _("Send this to {name}", name=coordinator.person.name) if coordinator is not None else None
    ctx.say(
        _(
            "I have kept it for you. Nobody else reads it; {mydata} shows it to you.",
            mydata=Command("mydata"),
        ),
        *([Button(send, SendWords(check_in.id, step.number))] if send is not None else []),
    )
    _go_on(ctx, check_in, step.number + 1)


@on(SendWords)
def send_words(ctx: Context, step: SendWords) -> None:
    """Carry an answer in words to those who coordinate, as the member wishes."""
    check_in = not_well.mine(ctx, ctx.db.get(CheckIn, step.check_in_id))
    if check_in is None:
        return
    words = check_ins.told(ctx.db, check_in, step.number)
    if not words:
        ctx.say(_("This answer is deleted already."))
        return
    need.before_sending(ctx, words)
    _carry(ctx, check_in, UserMessage(words), check_in.round.questions[step.number])


def _carry(ctx: Context, check_in: CheckIn, message: UserMessage, question: str = "") -> None:
    """Carry words to those who coordinate, with the question that they answer, and say to whom."""
    network = check_in.member.network
    there = [m for m in members.coordinators(ctx.db, network.id) if m.id != check_in.member_id]
    _letter, reached = ctx.carry(
        [each.person for each in there],
        paragraphs(
            _(
                "{name} wants you to know, about the check-in in <b>{network}</b>:",
                name=ctx.person.name,
                network=network.name,
            ),
            *([Verbatim(question)] if question else []),
            *([form("<blockquote>{words}</blockquote>", words=message.words)] if message.words else []),
        ),
        message,
        forget=True,
    )
    names = [each.person.name for each in there if each.person_id in reached]
    if names:
        ctx.say(_("I have passed it on to {people}.", people=list(names)))
    else:
        ctx.say(_("Nobody who coordinates your network can be reached now."))


def _go_on(ctx: Context, check_in: CheckIn, number: int, said: UserMessage = NO_WORDS) -> None:
    """Ask the network's next question, or say thanks. `said` are words that came with the answer."""
    questions = check_in.round.questions
    if number in (check_in.round.in_words or ()):
        ctx.show(
            lines(Verbatim(questions[number]), _("Just write it here. Only you read it.")),
            Button(_("Skip"), Rate(check_in.id, number, None), means="skip"),
            on_reply=TellInWords(check_in.id, number),
        )
    elif number < len(questions):
        ctx.show(
            lines(Verbatim(questions[number]), _("1 = not at all, {best} = very much.", best=rounds.BEST)),
            *(Button(form("{n}", n=n), Rate(check_in.id, number, n)) for n in range(1, rounds.BEST + 1)),
            Button(_("Skip"), Rate(check_in.id, number, None), means="skip"),
        )
    else:
        ctx.show(
            _("Thank you. You can change your answer until I ask again."),
            Button(_("Change my answer"), ChangeAnswer(check_in.id)),
            *not_well.pass_on(ctx, check_in, said),
        )


def _open(ctx: Context, check_in_id: int) -> CheckIn | None:
    """Return the check-in of the one who acts, while answers to it count; None after saying that it is
    over."""
    return _still_open(ctx, ctx.db.get(CheckIn, check_in_id))


def _still_open(ctx: Context, check_in: CheckIn | None) -> CheckIn | None:
    """Return a check-in of the one who acts, while answers to it count; None after saying that it is over."""
    check_in = not_well.mine(ctx, check_in)
    if check_in is not None and check_ins.is_over(ctx.db, check_in):
        ctx.say(_("This round is over. You can answer when I ask again."))
        return None
    return check_in
