"""The way to the organisations: those near whoever asks, all of them, and what can be done with the list."""

from collections.abc import Sequence

from bot import Button, Context, Place, Role, Section, Text, _, command, form, on
from bot.listing import PAGE
from db.directory import organisations
from db.models import Organisation
from handlers.directory import entry
from handlers.directory.steps import (
    AddOrganisation,
    ExportOrganisations,
    ImportOrganisations,
    ShowAll,
    ShowNear,
)
from handlers.sharing import find

TITLE = _("Organisations")
LONGEST = 4000
"""Characters of a message."""


@command("orgs", needs=Role.MEMBER, menu=_("Find an organisation"), rest=("words",), place=Place.ANYWHERE)
def show_organisations(ctx: Context) -> None:
    """Show the organisations that fit words; without any, those near whoever asks, or all. In a room only
    what they are called."""
    if ctx.room is not None:
        find.titles(ctx, ctx.rest, only=["organisation"])
        return
    if ctx.rest:
        words = str(ctx.ask("words", _("What are you looking for?"), max_length=LONGEST))
        find.show(ctx, words[: find.LONGEST], only=["organisation"])
        return
    if ctx.person.place and organisations.near(ctx.db, ctx.network, ctx.person.place, ctx.now, 1):
        ctx.redirect(ShowNear())
    ctx.redirect(ShowAll())


@on(ShowNear)
def show_near(ctx: Context, step: ShowNear) -> None:
    """Show the organisations where somebody lives, and those that are reached from everywhere."""
    city = ctx.person.place or ""
    found = organisations.near(ctx.db, ctx.network, city, ctx.now, PAGE + 1, step.after)
    title = _("Organisations near {place}", place=city) if city else TITLE
    _list(ctx, title, found, ShowNear, Button(_("All organisations"), ShowAll(), keep=True))


@on(ShowAll)
def show_all(ctx: Context, step: ShowAll) -> None:
    """Show the organisations of the network."""
    found = organisations.of(ctx.db, ctx.network, ctx.now, PAGE + 1, step.after)
    if not found and step.after is None:
        ctx.say(
            _("No organisation is here yet. Which one has helped you?"),
            Button(_("Add an organisation"), AddOrganisation(), keep=True),
            *_with_the_list(ctx, empty=True),
        )
        return
    _list(ctx, TITLE, found, ShowAll, *_with_the_list(ctx, empty=False))


def _list(
    ctx: Context, title: Text, found: Sequence[Organisation], more: type[ShowNear | ShowAll], *buttons: Button
) -> None:
    """Show organisations, those that were not checked for long at the end of each page."""
    shown = [*found[:PAGE]]
    shown.sort(key=lambda each: ctx.now - each.assured_at > organisations.SINKS)
    ctx.say_list(
        form("<b>{title}</b>", title=title),
        Section(
            [entry.line(ctx, each) for each in shown],
            more=more(max(each.id for each in shown)) if len(found) > PAGE else None,
        ),
        buttons=[*buttons, Button(_("Add an organisation"), AddOrganisation(), keep=True)],
        choose=_("To see one, choose its number."),
    )


def _with_the_list(ctx: Context, *, empty: bool) -> list[Button]:
    """Return what can be done with the whole list."""
    out = Button(_("As a table"), ExportOrganisations(), keep=True)
    bring = Button(_("Bring a list"), ImportOrganisations(), keep=True)
    return [*([] if empty else [out]), *([bring] if ctx.may(Role.META_MENTOR) else [])]
