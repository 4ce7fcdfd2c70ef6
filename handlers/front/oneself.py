"""What somebody wants to change for themselves, said in their own words: a break, a name, a language."""

from datetime import date

from bot import Button, Command, Context, Day, Doubtful, Language, Text, Unclear, Wished, _, on
from bot.reading import dates
from db import people
from handlers.front import rest
from handlers.front.steps import AllIsWell


def stop(ctx: Context, step: Wished) -> None:
    paused = people.is_paused(ctx.person, ctx.now)
    rest.say(
        ctx,
        step,
        _("You are on a break: I write only what you ask for. Would you like to leave the network?")
        if paused
        else _("Would you like to take a break or leave the network?"),
        *([] if paused else [Button(_("Take a break"), Command("pause"))]),
        Button(_("Leave the network"), Command("leave")),
        Button(_("No, all is well"), AllIsWell()),
    )


def pause(ctx: Context, step: Wished) -> None:
    """Offer a break until the day that was named, or ask for one."""
    try:
        day = _day(ctx, step.rest)
    except Doubtful:
        ctx.redirect(Command("pause"), rest=step.rest)
    if day is None and rest.is_sure(ctx, step):
        ctx.redirect(Command("pause"))
    given = {"until": day.isoformat() if day is not None else ""}
    rest.say(
        ctx,
        step,
        _("Would you like a break until {day}?", day=Day(day, far=day.year != ctx.today.year))
        if day
        else _("Would you like to take a break?"),
        *([Button(_("Yes, until then"), Command("pause"), given=given)] if day is not None else []),
        Button(_("Yes, until another day") if day else _("Take a break"), Command("pause")),
        Button(_("No, all is well"), AllIsWell()),
    )


def _day(ctx: Context, words: str) -> date | None:
    """Return the day that is named. Raises Doubtful where it can be one or another."""
    try:
        day = dates.day(words, ctx.today, ctx.reader.locale) if words else None
    except Doubtful:
        raise
    except Unclear:
        return None
    return day if day is None or day > ctx.today else None


def resume(ctx: Context, step: Wished) -> None:
    if not people.is_paused(ctx.person, ctx.now):
        rest.say(
            ctx,
            step,
            _("Good to hear from you. You are not on a break."),
            Button(rest.ASK, Command("ask"), keep=True),
        )
    elif rest.is_sure(ctx, step):
        ctx.redirect(Command("resume"))
    else:
        rest.say(ctx, step, _("Would you like to end your break?"), Button(_("I am back"), Command("resume")))


def change_name(ctx: Context, step: Wished) -> None:
    """Change the name; one that was said is shown first."""
    _change(ctx, step, "name", _("Should the others see you as “{name}”?", name=step.rest))


def change_place(ctx: Context, step: Wished) -> None:
    """Change the place; one that was said is shown first."""
    _change(ctx, step, "place", _("Should I note “{place}” as your place?", place=step.rest))


def _change(ctx: Context, step: Wished, what: str, question: Text) -> None:
    if not step.rest:
        rest.open_command(ctx, step, "profile", what)
        return
    rest.say(
        ctx,
        step,
        question,
        Button(_("Yes"), Command("profile"), given={"what": what, what: step.rest}),
        Button(_("Write it differently"), Command("profile"), given={"what": what}),
        Button(_("No, all is well"), AllIsWell()),
    )


def change_language(ctx: Context, step: Wished) -> None:
    """Write in the language that was named, or show those there are."""
    code = step.rest
    if code in ("", ctx.reader.locale):
        ctx.redirect(Command("language"))
    if code in ctx.installation.languages:
        ctx.redirect(Command("language"), rest=code)
    ctx.say(_("I cannot write {language}.", language=Language(code)), *rest.languages_to_choose(ctx))


def my_data(ctx: Context, step: Wished) -> None:
    """Show what is kept, and what can be done about it."""
    rest.say(
        ctx,
        step,
        _("Do you mean one of these?"),
        Button(_("What I keep about you"), Command("privacy"), keep=True),
        Button(_("My data"), Command("mydata"), keep=True),
        Button(_("Forget me"), Command("forget"), keep=True),
        Button(_("My profile"), Command("profile"), keep=True),
        *rest.coordinator(ctx),
    )


def delete_data(ctx: Context, step: Wished) -> None:
    """Offer to forget somebody, and what they may mean instead."""
    rest.say(
        ctx,
        step,
        _("Do you mean one of these?"),
        Button(_("Forget me"), Command("forget"), keep=True),
        Button(_("My data"), Command("mydata"), keep=True),
        Button(_("Take a break"), Command("pause")),
        Button(_("Leave the network"), Command("leave")),
        Button(_("Report danger or harm"), Command("report"), keep=True),
    )


@on(AllIsWell)
def all_is_well(ctx: Context, step: AllIsWell) -> None:
    """Leave everything as it is."""
    ctx.say(_("Good. Nothing has changed."))
