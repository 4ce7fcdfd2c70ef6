"""What can be pressed and what comes due: who is to coordinate."""

from bot import Role, Slice, Step, Timer, _


class BringNews(Slice):
    """Bring a letter to the next members of a network, without some people (by id)."""

    network_id: int
    letter_id: int
    but: list[int]
    made_at: str


class Stand(Step, needs=Role.MEMBER, menu=_("I could do it")):
    """Stand in a vote, with one sentence."""

    vote_id: int


class Suggest(Step, needs=Role.MEMBER, menu=_("I suggest somebody")):
    """Suggest somebody who is asked whether they stand."""

    vote_id: int


class RatherNotStand(Step, needs=Role.MEMBER):
    """Stand in a vote no longer, or not at all."""

    vote_id: int


class TalkAboutIt(Step, needs=Role.MEMBER):
    """Talk with somebody about it that nobody coordinates."""

    vote_id: int


class CastVote(Step, needs=Role.MEMBER, discreet=True):
    """Vote, or vote anew: for a candidate (by id, as a word), or in another way."""

    vote_id: int
    choice: str


class RaiseConcern(Step, needs=Role.MEMBER, discreet=True, menu=_("I have a serious concern")):
    """Have a serious concern, and say it to those who receive reports."""

    vote_id: int


class CarryTogether(Step, needs=Role.MEMBER):
    """Say whether one would share the role with those who have as many votes."""

    vote_id: int
    together: bool


class Appoint(Step, menu=_("Appoint somebody")):
    """Choose, for the founding organisation or as an operator, who coordinates for some time."""

    vote_id: int


class AnswerAppointment(Step, needs=Role.MEMBER):
    """Say whether one coordinates for some time."""

    vote_id: int
    agrees: bool


class CloseCandidates(Timer):
    """Ask the members, once nobody can stand any more."""

    vote_id: int


class BringPapers(Slice):
    """Make papers for the next members, and bring them the letter."""

    vote_id: int
    letter_id: int


class CloseVote(Timer):
    """End a vote."""

    vote_id: int


class CountPapers(Slice):
    """Count the next papers of a vote that has ended."""

    vote_id: int


class DrawLot(Timer):
    """Let the lot decide between candidates who have not said that they share the role."""

    vote_id: int


class BeginRecall(Timer, discreet=True):
    """Ask all members about a member who coordinates (by id): some time after the last wish, so that nobody
    sees whose that was."""

    about: int


class AskAgain(Timer):
    """Let the members vote anew, once somebody was appointed for some time."""

    vote_id: int
