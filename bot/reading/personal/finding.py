"""A piece of personal data in a text."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["email", "account", "iban", "birth", "date", "number", "phone", "address"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """What kind it is, and where it stands: whole, from `start` to before `end`."""

    start: int
    end: int
    kind: Kind

    @property
    def span(self) -> tuple[int, int]:
        """Return where it stands."""
        return self.start, self.end
