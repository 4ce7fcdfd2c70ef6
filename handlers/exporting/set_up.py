"""The set-up of a network as a file: its card, and the texts with which another network could begin. Nothing
of people is in it."""

import json

from sqlalchemy.orm import Session

from bot import Made, Recipe, _, _n
from bot.installation import Installation
from bot.lists import Parts
from bot.making.recipes import Withheld
from bot.markup import plain
from bot.text import Reader, Value, render
from db.models import Network
from handlers.exporting.files import LOST, may_have

FILE, TYPE = "setup.json", "application/json"
FORMAT = 1
"""It goes up when what is in the file can no longer be read as before."""


class SetUp(Recipe):
    """What a network is and runs by, for one who coordinates it."""

    person_id: int
    network_id: int

    def make(self, db: Session, installation: Installation, reader: Reader) -> Made:
        """Write it: the same set-up makes the same bytes. Raises Withheld where whoever asked for it may no
        longer have it."""
        network = db.get_one(Network, self.network_id)
        if not may_have(db, self.person_id, network):
            raise Withheld(LOST)
        parts = {name: part() for name, part in Parts.named().items()}
        values = {name: value for name, part in parts.items() if (value := part.of(db, network)) is not None}
        card = {
            "name": network.name,
            "purpose": network.purpose,
            "place": network.place,
            "languages": network.languages,
            "time_zone": network.time_zone,
        }
        written = {"mentornet_set_up": FORMAT, "card": card, "parts": values}
        content = json.dumps(written, ensure_ascii=False, indent=1, sort_keys=True).encode()
        names: list[Value] = [_("The card of the network"), *(parts[name].name for name in values)]
        said = _n("{n} part: {names}", "{n} parts: {names}", len(names), names=names)
        return Made(content, FILE, plain(render(said, reader)), TYPE)
