"""The agreement that a network can begin with: fourteen sentences, to be changed."""

from bot import _
from bot.markup import plain
from bot.text import Reader, render
from handlers.agreeing.texts import Parts

AGREED = (
    _("We help each other as equals, and nobody owes anybody anything."),
    _("What somebody tells us stays between the two who talk."),
    _("We name no people we help, and give away nothing by which they could be recognised."),
    _("If somebody is in danger, we promise no secrecy: we get help, and say so."),
    _("We say what we do not know, and send people to those who know it."),
    _("We promise nothing that we cannot keep."),
    _("We take no money and no presents for our help."),
    _("Everybody can take a break at any time, without an excuse."),
    _("Everybody can leave at any time, and hands over what is open if that is possible."),
    _("If we disagree, we talk to each other first, then with those who coordinate."),
)
"""What is agreed on."""
TALK = (
    _("We answer within a day, even if we only say that we cannot help."),
    _("We write as we would speak to a good colleague."),
    _("We ask before we give advice on somebody’s private life."),
    _("We do not write at night, unless it is urgent."),
)
"""How people talk."""


def example(locale: str) -> Parts:
    """Return it in a language."""
    reader = Reader(locale)
    return Parts(
        [plain(render(each, reader)) for each in AGREED], [plain(render(each, reader)) for each in TALK]
    )
