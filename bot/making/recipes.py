"""Files that the program makes itself. A letter keeps the recipe, never the bytes: its file is made when it
leaves, in its reader's language, from what is remembered by then."""

from abc import abstractmethod
from collections.abc import Mapping
from threading import Lock
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from bot.handler import Stored
from bot.installation import Installation
from bot.message import Made
from bot.text import AnyText, Reader, _

LARGEST = 10 * 2**20
"""Bytes of a file that the program makes, at most."""

_ONE_BY_ONE = Lock()
Recipes = Mapping[str, type["Recipe"]]
"""All there are, by the names that letters keep."""


class Recipe(Stored):
    """What a file is made of. Its name and its fields are stored with letters, as those of steps are. It is
    made beside the turns, which do not wait for it.

    `says_the_same`: whether the words beside it say all of it, so that they go alone, without a word about
    that, where it is not made or its reader wants no pictures. `otherwise` is what they say else where it is
    not made."""

    says_the_same: ClassVar[bool] = False
    otherwise: ClassVar[AnyText] = _("I could not make the file. Please try again.")

    @abstractmethod
    def make(self, db: Session, installation: Installation, reader: Reader) -> Made:
        """Return the file, as this reader understands it. `db` only reads."""


class Withheld(Exception):
    """Whoever asked for a file may no longer have it; `text` says so in its place."""

    def __init__(self, text: AnyText) -> None:
        super().__init__(text)
        self.text = text


class Drawing(Recipe):
    """A file that is made of its recipe alone: it needs no database."""

    @abstractmethod
    def draw(self, reader: Reader) -> Made:
        """Return the file, as this reader understands it."""

    def make(self, db: Session | None, installation: Installation, reader: Reader) -> Made:
        """Draw it. Letters of one font are not for several threads, so this is done one by one."""
        with _ONE_BY_ONE:
            return self.draw(reader)


def packed(recipe: Recipe) -> dict[str, Any]:
    """Return a recipe as it is stored with a letter."""
    return {"make": recipe.name, "args": recipe.to_json()}


def made(
    db: Session | None,
    stored: Mapping[str, Any],
    recipes: Recipes,
    installation: Installation,
    reader: Reader,
) -> Made:
    """Return the file of a stored recipe; a drawing needs no database. Raises LookupError for a recipe that
    is gone, ValueError for one with other fields or a file that is too large, and whatever its maker
    raises."""
    recipe = recipes[stored["make"]].from_json(stored["args"])
    if isinstance(recipe, Drawing):
        file = recipe.make(None, installation, reader)
    else:
        assert db is not None, "what is remembered is in it"
        file = recipe.make(db, installation, reader)
    if len(file.content) > LARGEST:
        raise ValueError(f"{stored['make']} makes a file that is too large")
    return file
