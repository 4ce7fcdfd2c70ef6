"""How much somebody wants to help: with how many people at a time, and how often they are asked."""

from bot import AnyText, Context, _, _n, form
from bot.reading import talk
from bot.reading.when import numbers
from db import people
from db.models import Person

MOST = 20
"""With how many people at a time somebody can help who types a number."""
OFFERED = range(1, 6)
NOBODY = "0"
WHENEVER = 0
OFTEN = dict(zip(people.ASK_GAPS, (_("At most once a week"), _("At most twice a month")), strict=True))
"""How often somebody may be asked, by the days between two questions; likewise below."""
ASKED = dict(
    zip(
        people.ASK_GAPS,
        (_("I ask you at most once a week."), _("I ask you at most twice a month.")),
        strict=True,
    )
)


def ask(ctx: Context) -> tuple[int, int]:
    """Ask with how many people at a time they want to help, and how many days are to lie between two
    questions to them."""
    most = ctx.ask(
        "load",
        form(
            "{now} {question}",
            now=facts(ctx.person),
            question=_("How many people do you want to help at the same time?"),
        ),
        parse=lambda words: _most(words, ctx.reader.locale),
        suggest={str(number): form("{n}", n=number) for number in OFFERED} | {NOBODY: _("Nobody for now")},
    )
    if most == NOBODY:
        return 0, ctx.person.ask_gap_days
    often = {str(days): label for days, label in ({WHENEVER: _("Whenever it fits")} | OFTEN).items()}
    return int(most), int(ctx.choose("often", _("And how often may I ask you?"), often))


def _most(words: str, locale: str) -> str:
    if talk.lists(words, locale) & {"no", "nothing"}:
        return NOBODY
    return str(numbers.number(words, MOST, locale))


def facts(person: Person) -> AnyText:
    """Return how much somebody helps."""
    if not person.load:
        return _("I do not ask you to help anybody at present.")
    most = _n("You help one person at a time.", "You help up to {n} people at a time.", person.load)
    return (
        form("{most} {often}", most=most, often=ASKED[person.ask_gap_days]) if person.ask_gap_days else most
    )
