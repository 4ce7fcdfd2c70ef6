"""What can be pressed and what comes due: who is to coordinate."""

from bot import Slice


class BringNews(Slice):
    """Bring a letter to the next members of a network, without some people (by id)."""

    network_id: int
    letter_id: int
    but: list[int]
    made_at: str
