"""What another network can begin with: what people are asked who apply, and whether members vouch."""

from typing import Any

from sqlalchemy.orm import Session

from bot import AnyText, Context, Verbatim, _, lines
from bot.lists import Part, Parts, adds
from db.models import Network
from db.network import networks


@adds(Parts, place=20)
def applying() -> Part:
    """Return what applicants are asked."""
    return Part(_("Questions to applicants"), _of, _told, _give)


def _of(_db: Session, network: Network) -> Any:
    if network.questions is None and network.vouching:
        return None
    return {"questions": network.questions, "vouching": network.vouching}


def _told(value: Any) -> AnyText:
    return lines(
        map(Verbatim, value["questions"] or ()),
        [] if value["vouching"] else [_("Only those who coordinate let people in.")],
    )


def _give(_ctx: Context, network: Network, value: Any) -> None:
    networks.ask_applicants(network, value["questions"])
    networks.let_vouch(network, value["vouching"])
