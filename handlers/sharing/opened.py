"""Something on the shelf, read: what it says, whose it is, how old it is, and what can be said of it."""

from collections.abc import Iterator

from bot import AnyText, Button, Command, Context, Language, Role, _, form, on, paragraphs
from db.models import Item
from db.sharing import shelf
from handlers.sharing import keeping, kinds
from handlers.sharing.steps import HideItem, OpenItem, PassItemOn, SayHelped, SayOutOfDate, TakeDown
from handlers.vocabulary import topic_name

GONE = _("This is no longer on the shelf.")


@on(OpenItem)
def open_item(ctx: Context, step: OpenItem) -> None:
    """Show something, with its files."""
    item = seen(ctx, step.item_id)
    if item is None:
        return
    if (elsewhere := kinds.of(item).opens(ctx, item)) is not None:
        ctx.redirect(elsewhere)
    title = form("<b>{title}</b>", title=item.title)
    ctx.say(
        paragraphs(title, kinds.of(item).told(ctx, item), _facts(ctx, item)),
        *deeds(ctx, item),
        carries=kinds.carried(item),
    )


def seen(ctx: Context, item_id: int) -> Item | None:
    """Return something that members of the network see; None after saying that it is gone."""
    item = ctx.db.get(Item, item_id)
    if item is not None and shelf.is_seen_in(item, ctx.network):
        return item
    ctx.say(GONE, Button(_("Find something else"), Command("find")))
    return None


def deeds(ctx: Context, item: Item) -> Iterator[Button]:
    """Yield what can be done with something by who reads it."""
    yield Button(_("It helped"), SayHelped(item.id), keep=True)
    yield Button(_("It is out of date"), SayOutOfDate(item.id), keep=True)
    yield Button(_("Forward it"), PassItemOn(item.id), keep=True)
    yield from kinds.of(item).deeds(ctx, item)
    if item.network_id != ctx.network.id:
        return
    if keeping.is_of(ctx, item):
        if item.state == "old":
            yield keeping.send_again(item)
        yield Button(_("Take it down"), TakeDown(item.id), keep=True)
    if ctx.may(Role.META_MENTOR) and item.state != "old":
        yield Button(_("Hide it"), HideItem(item.id), keep=True)


def _facts(ctx: Context, item: Item) -> AnyText:
    """Return of which kind and topic something is, in which language, who gave it, and how old it is."""
    kind, topic = kinds.of(item).called, topic_name(item.topic)
    facts: list[AnyText] = [form("{kind} · {topic}", kind=kind, topic=topic)]
    facts.append(_("in {language}", language=Language(item.language)))
    if item.named and item.given_by is not None:
        facts.append(_("given by {name}", name=item.given_by.name))
    if item.network_id != ctx.network.id:
        facts.append(_("from the network {network}", network=item.network.name))
    facts.append(kinds.checked(ctx, item))
    told, *rest = facts
    for fact in rest:
        told = form("{told} · {fact}", told=told, fact=fact)
    return told


@on(SayHelped)
def say_helped(ctx: Context, step: SayHelped) -> None:
    """Keep that something helped: it is found earlier, and they may be asked later whether it is right."""
    item = seen(ctx, step.item_id)
    if item is not None:
        shelf.say(ctx.db, item, ctx.person, "helped", ctx.now)
        ctx.say(_("Good to hear. Now others find it more easily."))


@on(SayOutOfDate)
def say_out_of_date(ctx: Context, step: SayOutOfDate) -> None:
    """Keep that something is out of date; once two say so, somebody is asked about it."""
    item = seen(ctx, step.item_id)
    if item is None:
        return
    doubts = shelf.say(ctx.db, item, ctx.person, "out_of_date", ctx.now)
    if doubts >= shelf.DOUBTS and item.asked_at is None:
        mine = ctx.network
        ctx.turn_to(item.network)
        keeping.ask(ctx, item)
        ctx.turn_to(mine)
    ctx.say(
        _("Thank you. I ask somebody who knows it whether it is still right.")
        if item.asked_at is not None
        else _("Thank you. If somebody else says so too, I ask whoever gave it.")
    )


@on(PassItemOn)
def pass_item_on(ctx: Context, step: PassItemOn) -> None:
    """Give something as a message that can be forwarded: without buttons, and without who gave it."""
    item = seen(ctx, step.item_id)
    if item is None:
        return
    ctx.say(
        paragraphs(form("<b>{title}</b>", title=item.title), kinds.of(item).told(ctx, item)),
        carries=kinds.carried(item).unnamed(),
    )
