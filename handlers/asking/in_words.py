"""A request is answered in words: these go to its asker, and whoever wrote them helps from then on."""

from bot import Context, Unasked, _, form, on, paragraphs
from bot.reading import talk
from db.help import asked
from handlers.asking import taking
from handlers.asking.steps import AnswerRequest, Decline
from handlers.asking.wording import shortened
from handlers.protecting import need
from handlers.talking import carrying, sides
from handlers.talking.steps import Reply

LONGEST_SHOWN = 300
"""Characters of somebody's words that they are shown before these are sent."""


@on(AnswerRequest)
def answer_request(ctx: Context, step: AnswerRequest) -> None:
    """Bring words to the asker of a request. Those that do not answer its very message are sent only after a
    tap."""
    how = "yes" if step.replied else _asked(ctx, step)
    if how in ("no", "else"):
        ctx.redirect(Unasked(said=step.said))
    if how == "later":
        ctx.redirect(Decline(step.request_id))
    relay = taking.taken(ctx, step.request_id)
    if relay is None:
        ctx.say(_("I have not passed your message on."))
        return
    need.beside(ctx, step.said.words)
    ctx.say(
        _(
            "I have sent this to {name}. Whatever you write now goes there too.",
            name=sides.other_name(relay, ctx.person),
        ),
        on_reply=Reply(relay.id),
    )
    carrying.carry(ctx, relay, step.said)


def _asked(ctx: Context, step: AnswerRequest) -> str:
    """Ask whether words are for the asker of a request, and return that: "yes", or "later", where they are
    why somebody cannot help, or "no", also where it is not theirs to answer any more. Where two of the
    answers begin with no, that word alone only keeps the words back: "else"."""
    request, member = taking.of_my_network(ctx, step.request_id)
    if request is None or member is None:
        return "no"
    words, named = step.said.words, not request.anonymous
    question = (
        _("Shall I send this to {name} as an answer?", name=request.asker.person.name)
        if named
        else _("Shall I send this to the person who asked, as an answer?")
    )
    yes = _("Yes, send it to {name}", name=request.asker.person.name) if named else _("Yes, send it")
    was_asked = asked.include(ctx.db, request, ctx.person)
    yes_or = {"yes": yes, **({"later": _("No, I cannot help now")} if was_asked else {})}
    quoted = form("<blockquote>{words}</blockquote>", words=shortened(words, LONGEST_SHOWN))
    return str(
        ctx.choose(
            "answer",
            paragraphs(*([quoted] if words else []), question),
            {**yes_or, "else" if was_asked else "no": _("No, something else")},
            reads=lambda words: _said(words, ctx.reader.locale),
        )
    )


def _said(words: str, locale: str) -> list[str]:
    lists = talk.lists(words, locale)
    return ["later"] if "later" in lists else [{"no": "else"}.get(each, each) for each in lists]
