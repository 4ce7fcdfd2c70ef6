"""What another network can begin with: the numbers that one has set for itself."""

from typing import Any

from sqlalchemy.orm import Session

from bot import AnyText, Context, _, form, lines
from bot.lists import Part, Parts, adds
from db.models import Network
from db.network import numbers
from db.network.numbers import NUMBERS
from handlers.network import running


@adds(Parts, place=15)
def how_it_runs() -> Part:
    """Return how long the bot waits in a network, and how many it asks."""
    return Part(_("How the network runs"), _of, _told, _give)


def _of(_db: Session, network: Network) -> Any:
    return {key: numbers.value(network, key) for key in numbers.changed(network)} or None


def _told(value: Any) -> AnyText:
    return lines(
        form("{name}: {value}", name=running.NAMES[key], value=running.said(key, each))
        for key, each in value.items()
        if key in running.NAMES
    )


def _give(_ctx: Context, network: Network, value: Any) -> None:
    for key, number in NUMBERS.items():
        numbers.change(network, key, value.get(key, number.usual))
