"""Before somebody asks others: what two have found out already may be enough, and then nobody is asked."""

from collections.abc import Sequence

from bot import AnyText, Context, UserMessage, _, paragraphs
from bot.lists import Sparing, adds
from bot.reading import beside
from db.models import Item
from db.sharing import cards, shelf
from handlers.sharing import kinds, searching

FITS, MOST = 2, 2
"""So many words, or everyday things, of a question have to be in a card; and so many cards are shown."""


@adds(Sparing, place=10)
def cards_before_asking(ctx: Context, topic: str, message: UserMessage) -> bool:
    """Show the cards that fit a question, one after the other. Return whether one was enough."""
    if not ctx.has_cards or not message.words or beside.tells_urgency(message.words, ctx.reader.locale):
        return False
    fitting = shelf.these(ctx.db, ctx.keep("cards", _fitting(ctx, topic, message.words)))
    for number, item in enumerate(fitting):
        choices = {"helps": _("That helps"), "ask": _("Ask all the same")}
        if number + 1 < len(fitting):
            choices["more"] = _("Show one more")
        how = ctx.choose(f"card {number}", _told(ctx, item), choices)
        if how == "more":
            continue
        _count(ctx, fitting[: number + 1])
        if how == "helps":
            cards.spare(ctx.db, cards.of(ctx.db, item), ctx.network, topic, ctx.today)
            shelf.say(ctx.db, item, ctx.person, "helped", ctx.now)
            ctx.say(_("Good. Nobody was asked."))
        return bool(how == "helps")
    return False


def _fitting(ctx: Context, topic: str, words: str) -> list[int]:
    """Return the cards of a topic in which enough of the words are, by id, the best first."""
    found = searching.scored(
        ctx.db, ctx.network, words, locale=ctx.reader.locale, now=ctx.now, kinds=["card"]
    )
    enough = [each for each in found if each.topic == topic and max(each.words, each.things) >= FITS]
    return [each.item_id for each in enough[:MOST]]


def _told(ctx: Context, item: Item) -> AnyText:
    return paragraphs(
        _("This may be what you look for:"),
        kinds.quoted(item.title, item.texts[0]),
        kinds.checked(ctx, item),
    )


def _count(ctx: Context, shown: Sequence[Item]) -> None:
    for item in shown:
        cards.note_shown(cards.of(ctx.db, item))
