"""Odd deeds, one a command."""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import (
    Button,
    Command,
    Context,
    Left,
    Made,
    Priority,
    Recipe,
    Returned,
    Role,
    Timer,
    Unasked,
    Unsupported,
    _,
    command,
    on,
)
from bot.installation import Installation
from bot.making.charts import Bars
from bot.making.recipes import Withheld
from bot.making.sheets import Row
from bot.text import Reader
from db import models, people
from db.models import Person


@command("start", needs=Role.ANYONE, menu=_("Begin"))
def start(ctx: Context) -> None:
    ctx.say(_("Hello"))


@command("boom", needs=Role.ANYONE, menu=_("Fail"), rest=("word",))
def boom(ctx: Context) -> None:
    ctx.person.place = "nowhere"
    word = ctx.ask("word", _("Say a word"))
    ctx.person.place = word
    ctx.db.flush()
    if word != "fine":
        raise RuntimeError(f"a secret: {word}")
    ctx.say(_("It went well"))


does: Callable[[Context], object] = lambda ctx: None  # noqa: E731  # what `/do` does


@command("do", needs=Role.ANYONE, menu=_("Do something"))
def do(ctx: Context) -> None:
    does(ctx)


@command("write", needs=Role.ANYONE, menu=_("Write before a question"))
def write(ctx: Context) -> None:
    ctx.later(ctx.now, Tick(), about="written")
    first = ctx.ask("first", _("First?"))
    second = ctx.ask("second", _("Second?"))
    ctx.say(_("{timers} {first} {second}", timers=timers(ctx), first=first, second=second))


def timers(ctx: Context) -> int:
    return ctx.db.scalar(select(func.count()).select_from(models.Timer)) or 0


class Tick(Timer):
    """Nothing."""


class BrokenTick(Timer):
    """What fails."""


@on(Tick)
def tick(ctx: Context, timer: Tick) -> None:
    """Nothing."""


@on(BrokenTick)
def broken_tick(ctx: Context, timer: BrokenTick) -> None:
    ctx.db.add(Person(name="half", created_at=ctx.now))
    ctx.db.flush()
    raise RuntimeError("always")


@command("plan", needs=Role.ANYONE, menu=_("Plan a timer that fails"))
def plan(ctx: Context) -> None:
    ctx.later(ctx.now, BrokenTick(), about="broken")


@command("tell", needs=Role.ANYONE, menu=_("Tell others too early"))
def tell(ctx: Context) -> None:
    ctx.tell(ctx.db.scalars(select(Person)).all(), _("Too early"), priority=Priority.CARRIED)
    ctx.ask("why", _("Why?"))


@command("twice", needs=Role.ANYONE, menu=_("Ask twice by one name"))
def twice(ctx: Context) -> None:
    ctx.say(_("{both}", both=[ctx.ask("word", _("First?")), ctx.ask("word", _("Second?"))]))


@command("early", needs=Role.ANYONE, menu=_("Say a button too early"))
def early(ctx: Context) -> None:
    ctx.say(_("Look"), Button(_("Begin"), Command("start")))
    ctx.ask("why", _("Why?"))


@command("choose", needs=Role.ANYONE, menu=_("Choose"), rest=("colour", "size"))
def choose(ctx: Context) -> None:
    colour = ctx.choose("colour", _("Which colour?"), {c: _("{c}", c=c) for c in COLOURS})
    size = ctx.choose("size", _("Which size?"), {"s": _("Small"), "l": _("Large")}, skip=_("Skip"))
    some = ctx.choose_many("some", _("Some of these?"), {"a": _("Apple"), "b": _("Bread"), "c": _("Corn")})
    ctx.say(_("{colour} {size} {some}", colour=colour, size=size or "none", some=list(some)))


class Greeting(Recipe):
    """A file with a word in its reader's language, and how many people there are."""

    word: str

    def make(self, db: Session, installation: Installation, reader: Reader) -> Made:
        """Write it; "boom" cannot be written, and "mine" is for nobody else."""
        if self.word == "mine":
            raise Withheld(_("It is not for you any more."))
        if self.word == "boom":
            raise RuntimeError("a secret")
        many = db.scalar(select(func.count()).select_from(Person))
        content = f"{reader.locale}: {self.word}, {many}".encode()
        return Made(content, "greeting.txt", "A greeting", "text/plain")


@command("file", needs=Role.ANYONE, menu=_("Send a file"), rest=("word",))
def send_file(ctx: Context) -> None:
    ctx.say(_("Here it is"), file=Greeting(ctx.ask("word", _("Which word?"))))


@command("chart", needs=Role.ANYONE, menu=_("Send a chart"), rest=("of",))
def send_chart(ctx: Context) -> None:
    of = int(ctx.ask("of", _("Of how many?")))
    chart = Bars("chart.png", _("Four"), _("Four of them"), [Row(_("Four"), [4], of)])
    ctx.say(_("Four of them"), file=chart)


@command("plain", needs=Role.ANYONE, menu=_("Want no pictures"))
def plainly(ctx: Context) -> None:
    people.want_pictures(ctx.person, False)


COLOURS = ["red", "green", "blue"]


@command("skip", needs=Role.ANYONE, menu=_("Skip a question"))
def skip(ctx: Context) -> None:
    if len(COLOURS) > 1:
        ctx.choose("colour", _("Which colour?"), {c: _("{c}", c=c) for c in COLOURS})
    ctx.person.place = COLOURS[0]
    ctx.say(_("Painted {c}", c=COLOURS[0]))


@command("look", needs=Role.ANYONE, menu=_("Only look"))
def look(ctx: Context) -> None:
    if len(COLOURS) > 1:
        ctx.choose("colour", _("Which colour?"), {c: _("{c}", c=c) for c in COLOURS})
    ctx.say(_("There is only {c}", c=COLOURS[0]))


@command("count", needs=Role.ANYONE, menu=_("Show a number"))
def show_number(ctx: Context) -> None:
    ctx.ask("word", _("Which word?"))
    if ctx.shown("number", len(COLOURS)):
        ctx.say(_("It was another number."))
    if len(COLOURS) < 2 or ctx.sure(
        _("There are {n}. Sure?", n=len(COLOURS)), yes=_("Yes"), no=_("No"), otherwise=_("All right")
    ):
        ctx.person.place = str(len(COLOURS))
        ctx.say(_("Kept {n}", n=len(COLOURS)))


@command("paint", needs=Role.ANYONE, menu=_("Paint something"), rest=("colour",))
def paint(ctx: Context) -> None:
    thing = ctx.ask("thing", _("Paint what?"))
    colour = ctx.choose("colour", _("Which colour?"), {c: _("{c}", c=c) for c in COLOURS})
    ctx.say(_("A {colour} {thing}", colour=colour, thing=thing))


@command("shout", needs=Role.ANYONE, menu=_("Shout"), rest=("words",))
def shout(ctx: Context) -> None:
    words = ctx.ask("words", _("What?"))
    others = [person for person in ctx.db.scalars(select(Person)) if person.id != ctx.person.id]
    ctx.tell(
        others,
        _("<b>{words}</b>", words=words),
        Button(_("Answer"), Command("start")),
        priority=Priority.CARRIED,
    )


@command("operate", needs=Role.OPERATOR, menu=_("Operate"))
def operate(ctx: Context) -> None:
    ctx.say(_("Done"))


@on(Unasked)
def hear(ctx: Context, step: Unasked) -> None:
    ctx.say(_("You said {words}", words=step.said.words))


@on(Unsupported)
def unsupported(ctx: Context, event: Unsupported) -> None:
    ctx.say(_("Words, please"))


@on(Left)
def left(ctx: Context, event: Left) -> None:
    """Nothing."""


@on(Returned)
def returned(ctx: Context, event: Returned) -> None:
    """Nothing."""
