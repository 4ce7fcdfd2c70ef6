"""What can be pressed and what comes due: the shelf."""

from bot import Role, Step, Timer, _


class OpenItem(Step, needs=Role.MEMBER):
    """Read something on the shelf."""

    item_id: int


class ShowHits(Step, needs=Role.MEMBER):
    """Show what else fits words, after so many."""

    words: str
    after: int


class LookAround(Step, needs=Role.MEMBER):
    """Show what is on the shelf, the newest first, of a topic or of all, before one (by id)."""

    topic: str = ""
    before: int = 0


class SayHelped(Step, needs=Role.MEMBER):
    """Say that something on the shelf helped."""

    item_id: int


class SayOutOfDate(Step, needs=Role.MEMBER):
    """Say that something on the shelf is out of date."""

    item_id: int


class PassItemOn(Step, needs=Role.MEMBER):
    """Get something on the shelf as a message to pass on."""

    item_id: int


class TakeDown(Step, needs=Role.MEMBER, menu=_("Take something off the shelf")):
    """Take down something that one gave to the shelf."""

    item_id: int


class SayStillRight(Step, needs=Role.MEMBER):
    """Say that something on the shelf is still right."""

    item_id: int


class ChangeItem(Step, needs=Role.MEMBER, menu=_("Change something on the shelf")):
    """Change something that one gave to the shelf."""

    item_id: int


class AskWhetherRight(Timer):
    """Ask whether something on the shelf is still right."""

    item_id: int


class LookForFiles(Timer):
    """Look whether the files of something on the shelf are still there; `again`: once more, to be sure."""

    item_id: int
    again: bool = False


class FilesMissing(Timer):
    """A messenger no longer has a file of something on the shelf, of the files of this digest."""

    item_id: int
    digest: str
    again: bool


class WriteCard(Step, needs=Role.MEMBER, menu=_("Write down what helped you")):
    """Write down what two found out together, for others."""

    request_id: int


class ConfirmCard(Step, needs=Role.MEMBER):
    """Say, as who helped, that a card is right, or that it is not to be written down."""

    item_id: int
    says: str


class ChangeCard(Step, needs=Role.MEMBER, menu=_("Change what was written down")):
    """Change, as who helped, what a card says."""

    item_id: int


class ShareCard(Step, needs=Role.META_MENTOR):
    """Let all networks here find a card, or only this one."""

    item_id: int
    shared: bool


class CardWaits(Timer):
    """Show a card of which the helper has said nothing."""

    item_id: int


class HideItem(Step, needs=Role.META_MENTOR, menu=_("Hide something on the shelf")):
    """Hide something on the shelf."""

    item_id: int


class ShowItemAgain(Step, needs=Role.META_MENTOR):
    """Show something again that was hidden."""

    item_id: int


class AnswerHiding(Step, needs=Role.MEMBER, menu=_("Answer why it was hidden")):
    """Write a word to who hid something that one gave."""

    item_id: int
    member_id: int


class TellNews(Timer):
    """Tell those who coordinate what is new on the shelf."""

    network_id: int
