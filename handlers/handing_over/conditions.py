"""What a network needs so that it does not end with one person: a note for the next one."""

from bot import Button, Command, _
from bot.lists import Condition, Phase, RoadmapConditions, adds
from db.leading import notes
from handlers.handing_over.note import FRESH_FOR
from handlers.handing_over.steps import WriteNote


@adds(RoadmapConditions, place=135)
def note_fresh() -> Condition:
    """There is a note for the next one that was right lately."""
    return Condition(
        Phase.LASTING,
        text=_("A note for the next one, no older than half a year"),
        next=_(
            "Next: <b>write down what the next one should know</b>. Whoever coordinates may be away from one "
            "day to the other."
        ),
        met=lambda ctx: notes.is_fresh(ctx.db, ctx.network.id, ctx.now - FRESH_FOR),
        way=Command("handover"),
        remedy=Button(_("Write the note"), WriteNote(), keep=True),
    )
