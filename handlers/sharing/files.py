"""Files that died are noticed: once a month their messengers are asked whether they still have them. What is
missing twice is shown as missing, and whoever gave it is asked to send it again."""

import hashlib
from datetime import timedelta

from bot import Context, on
from bot.user_message import unpacked
from db.models import Item
from db.sharing import shelf
from handlers.sharing import keeping
from handlers.sharing.steps import FilesMissing, LookForFiles

MONTH, A_DAY = timedelta(days=30), timedelta(days=1)
"""How often files are looked for, and how much later once more: servers also say for a while that there is
none."""


def plan(ctx: Context, item: Item) -> None:
    """Plan when it is looked whether the files of something are still there, in the place of what was
    planned."""
    ctx.call_off(keeping.about(item), LookForFiles)
    if item.media:
        ctx.later(MONTH, LookForFiles(item.id), about=keeping.about(item))


@on(LookForFiles)
def look_for_files(ctx: Context, step: LookForFiles) -> None:
    """Ask the messengers of some files whether they are still there, and plan to ask again in a month."""
    item = ctx.hold(Item, step.item_id)
    if item is None or not item.media or item.state == "old":
        return
    plan(ctx, item)
    missing = FilesMissing(item.id, _digest(item), step.again)
    ctx.letters.look_for(unpacked(item.media), missing, about=keeping.about(item))


@on(FilesMissing)
def files_missing(ctx: Context, step: FilesMissing) -> None:
    """Look once more tomorrow; where it is missing again, show that, and ask who knows the thing for it."""
    item = ctx.hold(Item, step.item_id)
    if item is None or item.state == "old" or _digest(item) != step.digest:
        return
    if not step.again:
        ctx.call_off(keeping.about(item), LookForFiles)
        ctx.later(A_DAY, LookForFiles(item.id, again=True), about=keeping.about(item))
        return
    ctx.turn_to(item.network)
    shelf.lose_file(item)
    keeping.ask(ctx, item)


def _digest(item: Item) -> str:
    """Return what tells whether the files of something are still the same ones."""
    return hashlib.sha256("\n".join(each["file"] for each in item.media).encode()).hexdigest()[:16]
