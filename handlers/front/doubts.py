"""Words that may mean something, and are asked about once."""

from bot import Context, Meant, Stops, _, on


@on(Meant)
def meant(ctx: Context, step: Meant) -> None:
    """Ask whether words choose what a letter offers; where they do not, they go where they would have gone
    without it."""
    offered = ctx.offered(step.delivery_id, step.slot)
    if offered is None:
        ctx.take_no_offer(step.delivery_id, step.said)
    about, label = offered
    text = (
        _("Do you mean {what}?", what=about) if about is not None else _("Do you mean “{what}”?", what=label)
    )
    if ctx.confirm("meant", text, yes=label, no=_("No, something else")):
        ctx.take_offer(step.delivery_id, step.slot, step.said)
    ctx.take_no_offer(step.delivery_id, step.said)


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
