"""Some days after a request is settled its asker is asked whether it helped, and thanks reach the helper."""

from bot import AnyText, Button, Context, Priority, Text, Unasked, _, form, on, paragraphs
from bot.lists import Learned
from bot.reading import talk
from db.help import help_requests
from db.models import HelpRequest, Verdict
from handlers.asking import wording
from handlers.asking.steps import AskAgain, FollowUp, SayThanks, TellHowItWent, TellInWords
from handlers.talking import understanding

ANSWERS: dict[Verdict, Text] = {"yes": _("Yes"), "a_bit": _("A bit"), "no": _("No")}
MEANS: dict[Verdict, tuple[str, ...]] = {
    "yes": ("yes", "solved", "good"),
    "a_bit": ("so_so",),
    "no": ("no", "not_solved", "not_good"),
}


@on(FollowUp)
def follow_up(ctx: Context, step: FollowUp) -> None:
    """Ask whether the answer helped."""
    request = ctx.db.get(HelpRequest, step.request_id)
    if request is None or request.helper is None or request.asker.state != "active":
        return
    name = request.helper.person.name
    ctx.tell(
        request.asker.person,
        paragraphs(wording.gist(request), _("Did the answer from {name} help you?", name=name)),
        *_answers(request),
        priority=Priority.CHECK_IN,
        about=_("the answer from {name}", name=name),
        on_reply=TellInWords(request.id),
    )


@on(TellInWords)
def tell_in_words(ctx: Context, step: TellInWords) -> None:
    """Ask which of the answers words mean."""
    request = _mine(ctx, step.request_id)
    if request is None or request.helper is None:
        return
    understood = understanding.answer(step.said.words, ctx.reader.locale, MEANS)
    if understood is not None:
        ctx.redirect(TellHowItWent(request.id, understood, said=step.said))
    how = ctx.choose(
        "how",
        _("Did the answer from {name} help you?", name=request.helper.person.name),
        ANSWERS | {"else": _("I mean something else")},
    )
    if how == "else":
        ctx.redirect(Unasked(said=step.said))
    ctx.redirect(TellHowItWent(request.id, how, said=step.said))


@on(TellHowItWent)
def tell_how_it_went(ctx: Context, step: TellHowItWent) -> None:
    """Keep whether it helped. Where it did, the helper hears it, and is thanked in words if the asker likes;
    where it did not, somebody else is asked."""
    request = _mine(ctx, step.request_id)
    if request is None or request.helper is None:
        return
    is_news = request.helped != "yes"
    help_requests.judge(request, step.how)
    others = _answers(request, but=step.how) if step.said else []
    if step.how != "yes":
        thanks = _("Thank you for being honest. Shall I ask somebody else?")
        ctx.say(
            paragraphs(_understood(step.how), thanks) if step.said else thanks,
            Button(_("Yes, ask again"), AskAgain(request.id), means="yes"),
            *(_learned(ctx, request) if step.how == "a_bit" else ()),
            *others,
            about=wording.mine(request),
        )
        return
    name = request.helper.person.name
    if is_news:
        ctx.tell(
            request.helper.person,
            _("Your answer helped. The person you helped has just told me so. Thank you."),
            priority=Priority.CHECK_IN,
        )
    say_it = _(
        "Good to hear. {name} will know. If you would like to say thank you, just write it here.", name=name
    )
    ctx.say(
        paragraphs(_understood(step.how), say_it) if step.said else say_it,
        Button(
            _("Send my words to {name}", name=name) if step.said else _("Say thank you to {name}", name=name),
            SayThanks(request.id, said=step.said, replied=bool(step.said)),
            means="thanks",
        ),
        *_learned(ctx, request),
        *others,
        on_reply=SayThanks(request.id),
    )


def _learned(ctx: Context, request: HelpRequest) -> list[Button]:
    """Return what can be done with an answer that helped."""
    return [button for each in Learned if (button := each(ctx, request)) is not None]


@on(SayThanks)
def say_thanks(ctx: Context, step: SayThanks) -> None:
    """Bring words of thanks to the helper. Those that do not answer the message are sent only after a tap."""
    request = _mine(ctx, step.request_id)
    if request is None or request.helper is None:
        return
    name = request.helper.person.name
    said = step.said or ctx.ask_message("words", _("What would you like to write to {name}?", name=name))
    if (
        step.said
        and not (step.replied or _is_thanks(ctx, step.said.words))
        and not ctx.confirm(
            "thanks",
            paragraphs(
                form("<blockquote>{words}</blockquote>", words=wording.shortened(step.said.words)),
                _("Shall I send this to {name}?", name=name),
            ),
            yes=_("Yes, send it to {name}", name=name),
            no=_("No, something else"),
        )
    ):
        ctx.redirect(Unasked(said=step.said))
    said = said.unnamed() if request.anonymous else said
    _letter, reached = ctx.carry(
        request.helper.person,
        paragraphs(
            _("The person you helped writes:")
            if request.anonymous
            else _("{name}, whom you helped, writes:", name=ctx.person.name),
            *([form("<blockquote>{words}</blockquote>", words=said.words)] if said.words else []),
        ),
        said,
        unnamed=False,
        forget=True,
    )
    ctx.say(
        _("I have sent it to {name}.", name=name)
        if reached
        else _("I cannot reach {name} at the moment. Your message did not arrive.", name=name)
    )


def _is_thanks(ctx: Context, words: str) -> bool:
    """Whether words are clearly thanks."""
    locale = ctx.reader.locale
    return "thanks" in talk.lists(words, locale) or talk.begins(words, locale, ["thanks"]) is not None


def _answers(request: HelpRequest, but: Verdict | None = None) -> list[Button]:
    """Return the buttons that say whether it helped; those that correct an answer leave it out."""
    return [
        Button(
            label if but is None else _("I meant: {answer}", answer=label),
            TellHowItWent(request.id, how),
            means=MEANS[how] if but is None else (),
        )
        for how, label in ANSWERS.items()
        if how != but
    ]


def _understood(how: Verdict) -> AnyText:
    """Return what was understood."""
    return _("I understood “{answer}”.", answer=ANSWERS[how])


def _mine(ctx: Context, request_id: int) -> HelpRequest | None:
    """Return a request of the one who acts, locked; None after saying that it is not theirs."""
    request = ctx.hold(HelpRequest, request_id)
    if request is not None and request.asker.person_id == ctx.person.id:
        return request
    ctx.say(_("This question is settled already."))
    return None
