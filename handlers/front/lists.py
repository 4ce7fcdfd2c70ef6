"""Lists: the number of a line opens it."""

from bot import Context, OpenLine, on
from bot.text import from_json


@on(OpenLine)
def open_line(ctx: Context, step: OpenLine) -> None:
    """Show a line of a list, with what can be done about it."""
    deeds = (ctx.router.button(deed) for deed in step.deeds)
    ctx.say(from_json(step.line), *(deed for deed in deeds if deed is not None))
