"""Who carries a network: how many questions each helper took, without names, as bars."""

from collections.abc import Iterator

from bot import AnyText, Text, _, _n, form, lines
from bot.making.charts import FEWEST_MEMBERS, FEWEST_VALUES, Bars, in_words
from bot.making.sheets import Row
from bot.text import Value
from db.help.pulse import NetworkFigures


def chart(now: NetworkFigures) -> Bars | None:
    """Return the bars, with the share of the three who helped most; None where there are too few people."""
    if not _may_be_seen(now):
        return None
    numbers: list[Value] = list(now.each)
    of_three = top_three(now)
    return Bars(
        "pulse.png",
        _("Who helped, in the last 30 days"),
        _("How many questions each helper took: {numbers}. {share}", numbers=numbers, share=of_three),
        [Row(form("{n}", n=many), [many], now.each[0]) for many in now.each],
        lines(of_three, _more(now)),
    )


def words(now: NetworkFigures) -> Iterator[AnyText]:
    """Yield the same in words, a bar a line."""
    if not _may_be_seen(now):
        return
    yield _("How many questions each helper took, without names:")
    for many in now.each:
        yield form("{n} {bar}", n=many, bar=in_words([many], now.each[0]))
    yield from _more(now)


def top_three(now: NetworkFigures) -> Text:
    """Return how much of all help comes from the three who helped most."""
    of_three = share(now.of_top_three, now.answers)
    return _("Of all help, from the three who helped most: {share}", share=of_three)


def share(part: int, whole: int) -> Text:
    """Return a part as people count it, and in percent."""
    return _("{part} of {whole} ({percent}%)", part=part, whole=whole, percent=round(100 * part / whole))


def _may_be_seen(now: NetworkFigures) -> bool:
    """Whether so many people helped, and so often, that a bar is nobody's in particular."""
    return now.members >= FEWEST_MEMBERS <= now.answers and now.answering >= FEWEST_VALUES


def _more(now: NetworkFigures) -> Iterator[AnyText]:
    if more := now.answering - len(now.each):
        yield _n("and {n} more", "and {n} more", more)
