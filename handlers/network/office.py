"""Where a network is found: contact, place and hours. Facts, which nobody signs."""

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Place,
    Role,
    Unclear,
    _,
    command,
    form,
    lines,
    on,
    paragraphs,
)
from bot.lists import act
from bot.markup import clean
from db.agreeing import offices
from db.models import Network
from handlers.network.steps import ChangeOffice, NoOffice
from handlers.vocabulary import REMOVE, SKIP

LONGEST = 200
TITLE = _("Where to find us")

CHANGED = act("office.changed", _("{who} changed where the network is found on {day}."))


@command("office", needs=Role.MEMBER, menu=None, place=Place.ANYWHERE)
def office(ctx: Context) -> None:
    """Show where the network is found; to those who coordinate with the way to change it."""
    found = facts(offices.of(ctx.db, ctx.network.id))
    changes = ctx.room is None and ctx.may(Role.META_MENTOR)
    if found:
        buttons = [Button(_("Change it"), ChangeOffice(), keep=True)] if changes else []
        ctx.say(paragraphs(found), *buttons)
        return
    ctx.say(
        _("Nobody has said so far where <b>{network}</b> is found.", network=ctx.network.name)
        if offices.of(ctx.db, ctx.network.id) is None
        else _("<b>{network}</b> has no office.", network=ctx.network.name),
        *(
            [
                Button(_("Say where you are found"), ChangeOffice(), keep=True),
                Button(_("We have no office"), NoOffice()),
            ]
            if changes
            else []
        ),
    )


def facts(found: offices.Place | None) -> list[AnyText]:
    """Return where a network is found, one fact a line; nothing where it has no office."""
    if found is None or not found.contact:
        return []
    return [
        lines(
            form("<b>{title}</b>", title=TITLE),
            _("Contact: {contact}", contact=found.contact),
            [_("Place: {place}", place=found.place)] if found.place else [],
            [_("Hours: {hours}", hours=found.hours)] if found.hours else [],
        )
    ]


@on(ChangeOffice)
def change_office(ctx: Context, step: ChangeOffice) -> None:
    """Ask how the network is reached, where and when, and whether strangers see it."""
    before = offices.of(ctx.db, ctx.network.id) or offices.Place()
    contact = ctx.ask(
        "contact",
        _("How is the network reached? A telephone number, an e-mail address or a name is enough."),
        parse=_contact,
        suggest={before.contact: form("{contact}", contact=before.contact)}
        if 0 < len(before.contact) <= 30
        else None,
        max_length=LONGEST,
    )
    place = _ask(ctx, "place", _("And where?"), before.place)
    hours = _ask(ctx, "hours", _("When is somebody there?"), before.hours)
    public = ctx.confirm(
        "public",
        _("Who may see this? Everybody can see it on the profile, or only members see it."),
        yes=_("Everybody"),
        no=_("Only members"),
    )
    ctx.hold(Network, ctx.network.id)
    now = offices.Place(str(contact), place, hours, public)
    offices.keep(ctx.db, ctx.network, now, ctx.now)
    CHANGED.record(ctx, ctx.network)
    ctx.say(paragraphs(_("Saved. Nobody has to sign it."), facts(now)))


def _contact(words: str) -> str:
    """Return how somebody is reached. Raises Unclear for what is no contact."""
    said = " ".join(clean(words).split())
    if not any(map(str.isalnum, said)):
        raise Unclear(_("That is no contact. A telephone number, an e-mail address or a name is enough."))
    return said


def _ask(ctx: Context, name: str, text: AnyText, before: str) -> str:
    """Ask for a fact that may be missing; skipped, it stays as it was."""
    said = ctx.ask(name, text, suggest={"": REMOVE} if before else None, skip=SKIP, max_length=LONGEST)
    return before if said is None else " ".join(str(said).split())


@on(NoOffice)
def no_office(ctx: Context, step: NoOffice) -> None:
    """Keep that the network has no office."""
    ctx.hold(Network, ctx.network.id)
    offices.keep(ctx.db, ctx.network, offices.Place(), ctx.now)
    CHANGED.record(ctx, ctx.network)
    ctx.say(_("Noted: there is no office. {office} changes it.", office=Command("office")))
