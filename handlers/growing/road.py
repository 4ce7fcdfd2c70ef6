"""The roadmap as a picture: a road with a stone for each phase, filled as far as the network has come."""

from bot import AnyText, _, form, lines
from bot.lists import Phase
from bot.making.charts import Road
from bot.making.sheets import Stone
from handlers.growing import looking
from handlers.growing.looking import Looked


def chart(network: str, there: Looked, first: str | None) -> Road:
    """Return the road; `first` is the condition that comes next, None where all are met."""
    following, here = (there[first][0], there[first][0].phase) if first is not None else (None, None)
    shares = {phase: looking.share(phase, there) for phase in Phase}
    stones = [Stone(phase.value, _of(*shares[phase]), *shares[phase]) for phase in Phase]
    return Road(
        "roadmap.png",
        _("Where {network} stands", network=network),
        lines(form("{phase}: {number}.", phase=each.label, number=each.number) for each in stones),
        stones,
        None if here is None else [*Phase].index(here),
        None if following is None else following.next,
    )


def _of(met: int, of: int) -> AnyText:
    return _("{now} of {target}", now=met, target=of)
