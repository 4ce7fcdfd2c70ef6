"""Changing something that is on the shelf, or sending its file once more."""

from bot import Context, _, form, on, paragraphs
from db.models import Item
from db.sharing import cards, shelf
from handlers.sharing import files, keeping, kinds, searching, share
from handlers.sharing.steps import ChangeItem


@on(ChangeItem)
def change_item(ctx: Context, step: ChangeItem) -> None:
    """Ask for what is to stand there: the sentence, or what it says. It is checked by that."""
    item = keeping.mine(ctx, step.item_id)
    if item is None:
        return
    what = ctx.choose(
        "what",
        paragraphs(
            form("<b>{title}</b>", title=item.title),
            kinds.of(item).told(ctx, item),
            _("What should I change?"),
        ),
        {"title": _("The sentence"), "rest": _("What it says")},
    )
    _change(ctx, item, step) if what == "rest" else _retitle(ctx, item, step)


def _retitle(ctx: Context, item: Item, step: ChangeItem) -> None:
    title = share.ask_title(ctx)
    held = keeping.mine(ctx, step.item_id)
    if held is not None:
        shelf.change(held, title=title, texts=held.texts, link=held.link, media=held.media)
        _changed(ctx, held)


def _change(ctx: Context, item: Item, step: ChangeItem) -> None:
    """Ask for all of it anew: for an experience each answer, for all else a link, a file or a text."""
    if item.kind == "experience":
        (message, texts), link = share.ask_experience(ctx), ""
    else:
        message, text, link = share.ask_thing(ctx)
        texts = (text,) if text or item.state != "old" else tuple(item.texts)
    held = keeping.mine(ctx, step.item_id)
    if held is not None:
        media = [each.to_json() for each in message.media]
        shelf.change(held, title=held.title, texts=texts, link=link, media=media)
        _changed(ctx, held)


def _changed(ctx: Context, item: Item) -> None:
    if item.kind == "card":
        cards.change(ctx.db, item, ctx.person)
    searching.let_find(ctx.db, item)
    keeping.keep(ctx, item)
    files.plan(ctx, item)
    ctx.say(_("Changed: “{title}”. It is marked as checked today.", title=item.title))
