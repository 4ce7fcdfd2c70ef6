"""Those who coordinate hear once a day what is new on the shelf, and can hide it with a reason, which whoever
gave it reads and can answer."""

from datetime import time

from bot import Button, Context, Priority, Verbatim, _, _n, on, paragraphs
from bot.lists import act
from bot.times import next_local
from db.engine import timers
from db.models import Item, Member, Network
from db.network import members
from db.sharing import shelf
from handlers.protecting import limits
from handlers.sharing.steps import AnswerHiding, HideItem, LookAround, ShowItemAgain, TellNews
from handlers.talking import opening

AT = time(9)
LONGEST = 300
GONE = _("This is no longer on the shelf.")
HIDDEN = act("shelf.hidden", _("{who} hid something on the shelf on {day}."))
SHOWN = act("shelf.shown", _("{who} showed something on the shelf again on {day}."))


def plan(ctx: Context, network: Network) -> None:
    """Plan that those who coordinate hear of what is new, if that is not planned yet."""
    about = f"shelf_news:{network.id}"
    if not timers.is_planned(ctx.db, about):
        zone = ctx.installation.zone(network.time_zone)
        ctx.later(next_local(ctx.now, AT, zone), TellNews(network.id), about=about)


@on(TellNews)
def tell_news(ctx: Context, step: TellNews) -> None:
    """Tell those who coordinate how much is new."""
    network = ctx.db.get(Network, step.network_id)
    n = shelf.seen_as_new(ctx.db, step.network_id)
    if network is None or not n:
        return
    ctx.turn_to(network)
    ctx.tell(
        [each.person for each in members.coordinators(ctx.db, network.id)],
        _n(
            "{n} new thing is on the shelf of <b>{network}</b>.",
            "{n} new things are on the shelf of <b>{network}</b>.",
            n,
            network=network.name,
        ),
        Button(_("See what is new"), LookAround(), keep=True),
        priority=Priority.CHECK_IN,
    )


@on(HideItem)
def hide_item(ctx: Context, step: HideItem) -> None:
    """Hide something, with a reason that whoever gave it reads."""
    text = _("Why should it be hidden? Whoever gave it reads your words.")
    why = str(ctx.ask("why", text, max_length=LONGEST))
    item = ctx.ours(Item, step.item_id, gone=GONE, still=lambda each: each.state in ("new", "shown"))
    if item is None:
        return
    shelf.hide(item)
    HIDDEN.record(ctx, ctx.network)
    if item.given_by is not None and item.given_by is not ctx.person:
        ctx.tell(
            item.given_by,
            paragraphs(
                _(
                    "{name} has hidden “{title}” on the shelf, because:",
                    name=ctx.person.name,
                    title=item.title,
                ),
                _("“{words}”", words=why),
            ),
            Button(_("Write back"), AnswerHiding(item.id, ctx.member.id)),
            priority=Priority.CARRIED,
        )
    ctx.say(
        _("“{title}” is hidden.", title=item.title),
        Button(_("Show it again"), ShowItemAgain(item.id), keep=True),
    )


@on(ShowItemAgain)
def show_item_again(ctx: Context, step: ShowItemAgain) -> None:
    """Show something that was hidden."""
    item = ctx.ours(Item, step.item_id, gone=GONE, still=lambda each: each.state in ("hidden", "shown"))
    if item is not None:
        shelf.show(item)
        SHOWN.record(ctx, ctx.network)
        ctx.say(_("“{title}” is on the shelf again.", title=item.title))


@on(AnswerHiding)
def answer_hiding(ctx: Context, step: AnswerHiding) -> None:
    """Bring a word to who hid something, in a conversation."""
    item = ctx.ours(Item, step.item_id, gone=GONE, still=lambda each: each.given_by_id == ctx.person.id)
    if item is None or not limits.allows(ctx, limits.CONVERSATIONS):
        return
    hid = ctx.ours(Member, step.member_id, gone=_("There is nobody I can reach at the moment."))
    if hid is not None:
        words = _(
            "{name} has a word about “{title}”. Just answer here.", name=ctx.person.name, title=item.title
        )
        opening.connect(ctx, hid.person, ctx.network, words)
        ctx.say(opening.connected(Verbatim(hid.person.name)))
