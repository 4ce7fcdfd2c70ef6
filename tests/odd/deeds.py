"""Odd deeds, one a command."""

from typing import Any

from sqlalchemy import func, select

from bot import (
    Button,
    Context,
    Left,
    Note,
    Priority,
    Returned,
    Role,
    Unsupported,
    Words,
    _,
    action,
    command,
    on,
)
from db.models import Person, Timer


@command("start", needs=Role.ANYONE, menu=_("Begin"))
def start(ctx: Context) -> None:
    ctx.say(_("Hello"))


@command("boom", needs=Role.ANYONE, menu=_("Fail"))
def boom(ctx: Context) -> None:
    ctx.person.place = "nowhere"
    word = ctx.ask("word", _("Say a word"))
    ctx.person.place = word
    ctx.db.flush()
    if word != "fine":
        raise RuntimeError(f"a secret: {word}")
    ctx.say(_("It went well"))


@command("write", needs=Role.ANYONE, menu=_("Write before a question"))
def write(ctx: Context) -> None:
    ctx.later(ctx.now, tick, about="written")
    first = ctx.ask("first", _("First?"))
    second = ctx.ask("second", _("Second?"))
    ctx.say(_("{timers} {first} {second}", timers=timers(ctx), first=first, second=second))


def timers(ctx: Context) -> int:
    return ctx.db.scalar(select(func.count()).select_from(Timer)) or 0


@action()
def tick(ctx: Context) -> None:
    """Nothing."""


@action()
def broken_tick(ctx: Context) -> None:
    ctx.db.add(Person(name="half", created_at=ctx.now))
    ctx.db.flush()
    raise RuntimeError("always")


@command("plan", needs=Role.ANYONE, menu=_("Plan a timer that fails"))
def plan(ctx: Context) -> None:
    ctx.later(ctx.now, broken_tick, about="broken")


@command("tell", needs=Role.ANYONE, menu=_("Tell others too early"))
def tell(ctx: Context) -> None:
    ctx.tell(ctx.db.scalars(select(Person)).all(), _("Too early"), priority=Priority.CARRIED)
    ctx.ask("why", _("Why?"))


@command("choose", needs=Role.ANYONE, menu=_("Choose"))
def choose(ctx: Context) -> None:
    colour = ctx.choose("colour", _("Which colour?"), {c: _("{c}", c=c) for c in COLOURS})
    size = ctx.choose("size", _("Which size?"), {"s": _("Small"), "l": _("Large")}, skip=_("Skip"))
    some = ctx.choose_many("some", _("Some of these?"), {"a": _("Apple"), "b": _("Bread"), "c": _("Corn")})
    ctx.say(_("{colour} {size} {some}", colour=colour, size=size or "none", some=list(some)))


COLOURS = ["red", "green", "blue"]


@command("shout", needs=Role.ANYONE, menu=_("Shout"))
def shout(ctx: Context) -> None:
    words = ctx.ask("words", _("What?"))
    others = [person for person in ctx.db.scalars(select(Person)) if person.id != ctx.person.id]
    ctx.tell(others, _("<b>{words}</b>", words=words), Button(_("Answer"), start), priority=Priority.CARRIED)


@command("operate", needs=Role.OPERATOR, menu=_("Operate"))
def operate(ctx: Context) -> None:
    ctx.say(_("Done"))


@on(Words)
def hear(ctx: Context, said: dict[str, Any]) -> None:
    ctx.say(_("You said {words}", words=Note.from_json(said).words))


@on(Unsupported)
def unsupported(ctx: Context, kind: str, text: str) -> None:
    ctx.say(_("Words, please"))


@on(Left)
@on(Returned)
def gone(ctx: Context) -> None:
    """Nothing."""
