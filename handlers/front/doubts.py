"""Words that may mean something, and are asked about once."""

from bot import AnyText, Context, Meant, Stops, _, form, on
from handlers.asking.wording import shortened

LONGEST_SHOWN = 100
"""Characters of somebody's words that are enough for them to know which are meant."""
OTHER = _("No, something else")


@on(Meant)
def meant(ctx: Context, step: Meant) -> None:
    """Ask whether words choose what a letter offers, or are an answer to it; where they do and are not, they
    go where they would have gone without it."""
    if step.also is not None:
        _either(ctx, step, step.also)
    elif step.slot is None:
        _answers(ctx, step)
    elif (offered := ctx.offered(step.delivery_id, step.slot)) is not None:
        about, label = offered
        text = (
            _("Do you mean {what}?", what=about)
            if about is not None
            else _("Do you mean “{what}”?", what=label)
        )
        if ctx.confirm("meant", text, yes=label, no=OTHER):
            ctx.take_offer(step.delivery_id, step.slot, step.said)
    ctx.take_no_offer(step.delivery_id, step.said)


def _answers(ctx: Context, step: Meant) -> None:
    """Ask whether words answer an announcement."""
    about = ctx.about(step.delivery_id)
    if about is not None and ctx.confirm(
        "meant", _("Is that your answer to {what}?", what=about), yes=_("Yes, send it"), no=OTHER
    ):
        ctx.take_answer(step.delivery_id, step.said)


def _either(ctx: Context, step: Meant, also: int) -> None:
    """Ask which of two letters words are for."""
    offered = ctx.offered(step.delivery_id, step.slot or 0)
    news = ctx.about(also)
    if offered is None or news is None:
        return
    about, label = offered
    what: AnyText = _("For {what}", what=about if about is not None else label)
    if step.slot is not None:
        what = form("{label}: {what}", what=about if about is not None else label, label=label)
    chosen = ctx.choose(
        "which",
        _("What is “{words}” for?", words=shortened(step.said.words, LONGEST_SHOWN)),
        {"news": _("For {what}", what=news), "offer": what, "no": OTHER},
    )
    if chosen == "news":
        ctx.take_answer(also, step.said)
    if chosen == "offer" and step.slot is None:
        ctx.take_answer(step.delivery_id, step.said)
    if chosen == "offer" and step.slot is not None:
        ctx.take_offer(step.delivery_id, step.slot, step.said)


@on(Stops)
def stops(ctx: Context, step: Stops) -> None:
    """Ask whether the open question is to be stopped, or is answered."""
    if ctx.question(step.question) is None:
        ctx.say(_("Nothing is open that I could cancel."))
        return
    no = _("No, this is my answer") if step.free else _("No, go on")
    if ctx.confirm("stop", _("Do you want to cancel?"), yes=_("Yes, cancel"), no=no):
        ctx.stop(step.question)
    if step.free:
        ctx.answer(step.question, step.said)
