"""What somebody most likely wants next: six buttons at most, the last one leads to everything else."""

from bot import AnyText, Button, Command, Context, Day, Role, Verbatim, _
from db import people
from db.network import members
from handlers.front.steps import Explain, MoreHelp, NoCode
from handlers.talking import to_coordinators
from i18n import language_name


def buttons(ctx: Context) -> list[Button]:
    """Return what the one who acts most likely wants."""
    if not ctx.may(Role.MEMBER):
        return _of_strangers(ctx)
    paused = people.is_paused(ctx.person, ctx.now)
    rest = (
        Button(_("End the pause"), Command("resume"), keep=True)
        if paused
        else Button(_("Take a break"), Command("pause"), keep=True)
    )
    ask = Button(_("Ask a question"), Command("ask"), keep=True)
    profile = Button(_("My profile"), Command("profile"), keep=True)
    more = Button(_("More"), MoreHelp(), keep=True)
    if ctx.may(Role.META_MENTOR):
        invite = Button(_("Invite somebody"), Command("invite"), keep=True)
        waits = Button(_("Who is waiting?"), Command("pulse"), keep=True)
        return [invite, rest, profile, more] if is_alone(ctx) else [waits, ask, invite, rest, profile, more]
    mine = Button(_("My questions"), Command("requests"), keep=True)
    write = to_coordinators.way_to(ctx)
    return [ask, mine, rest, profile, *([write] if write is not None else []), more]


def as_it_is(ctx: Context) -> list[AnyText]:
    """Return what a member should know before they choose: that they pause, or that nobody is there yet."""
    until = ctx.person.paused_until
    if people.is_paused(ctx.person, ctx.now):
        return [
            _("You are taking a break until {day}.", day=Day(ctx.day_of(until)))
            if until is not None
            else _("You are taking a break until you say so.")
        ]
    if ctx.may(Role.META_MENTOR) and is_alone(ctx):
        return [_("Nobody is here yet besides you.")]
    return []


def is_alone(ctx: Context) -> bool:
    """Whether the member who acts is the only one in their network."""
    return members.is_alone(ctx.db, ctx.member)


def _of_strangers(ctx: Context) -> list[Button]:
    """Return what somebody who is in no network can do; operators see their page first."""
    others = ctx.installation.languages
    named = Verbatim(" · ".join(language_name(locale) for locale in others[:3]))
    return [
        *(
            [Button(_("How everything runs"), Command("operator"), keep=True)]
            if ctx.may(Role.OPERATOR)
            else []
        ),
        Button(_("I have a code"), Command("join"), keep=True),
        Button(_("I have no code"), NoCode(), keep=True),
        Button(_("How does it work?"), Explain(), keep=True),
        *([Button(named, Command("language"), keep=True)] if len(others) > 1 else []),
        Button(_("More"), MoreHelp(), keep=True),
    ]
