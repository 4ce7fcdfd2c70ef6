"""Where handing over begins: what whoever coordinates can do; for everybody else, who coordinates."""

from collections.abc import Sequence

from bot import AnyText, Button, Context, Role, Text, _, _n, command, paragraphs
from bot.text import Value
from db.leading import handovers, notes, vacancies
from db.models import HandoverNote
from db.network import members
from handlers.electing import voting
from handlers.handing_over.note import reading
from handlers.handing_over.steps import GiveRole, ReadNote, WriteNote


@command("handover", needs=Role.MEMBER, shown_to=Role.META_MENTOR, menu=_("Hand over my role"))
def show_handover(ctx: Context) -> None:
    """Show those who coordinate their note for the next one, and the way to give their role to somebody;
    while the members choose, how that stands."""
    readable = notes.readable(ctx.db, ctx.network, ctx.person)
    reading = [_read(ctx, each) for each in readable]
    vote = voting.going_on(ctx)
    if vote is not None:
        text, choices = vote
        ctx.say(text, *choices, *reading)
        return
    if not ctx.may(Role.META_MENTOR):
        ctx.say(who_coordinates(ctx), *reading)
        return
    mine = next((each for each in readable if each.writer_id == ctx.person.id), None)
    label = _("Write the note") if mine is None else _("Change the note")
    buttons = [*reading, Button(label, WriteNote(), keep=True)]
    if ctx.member.role == "meta_mentor":
        buttons.append(Button(_("Give my role to somebody"), GiveRole(), keep=True))
    ctx.say(paragraphs(_left_by(ctx, readable), _about(ctx, mine), _offered(ctx)), *buttons)


def who_coordinates(ctx: Context) -> Text:
    """Return who coordinates the network."""
    there: list[Value] = [each.person.name for each in members.coordinators(ctx.db, ctx.network.id)]
    if not there:
        return _("Nobody coordinates <b>{network}</b> at the moment.", network=ctx.network.name)
    return _n(
        "{people} coordinates <b>{network}</b>.",
        "{people} coordinate <b>{network}</b>.",
        len(there),
        people=there,
        network=ctx.network.name,
    )


def _about(ctx: Context, mine: HandoverNote | None) -> Text:
    if mine is None:
        return _(
            "Once somebody else coordinates <b>{network}</b>, what should they know? You can write it down "
            "in six short parts. Only you read it, and whoever takes your role.",
            network=ctx.network.name,
        )
    return _(
        "Your note for the next one was last right on {day}. Only you read it, and whoever takes your role "
        "in <b>{network}</b>.",
        day=ctx.day_of(mine.at),
        network=ctx.network.name,
    )


def _left_by(ctx: Context, readable: Sequence[HandoverNote]) -> list[AnyText]:
    """Return whose notes were left to the one who acts."""
    writers: list[Value] = [each.writer.name for each in readable if each.writer_id != ctx.person.id]
    if writers:
        return [_("You can read what {people} wrote down for you.", people=writers)]
    vacancy = vacancies.open_in(ctx.db, ctx.network.id)
    if vacancy is None or vacancy.away is None or vacancy.acting_id != ctx.member.id:
        return []
    return [_("{name} has left no note.", name=vacancy.away.person.name)]


def _read(ctx: Context, note: HandoverNote) -> Button:
    if note.writer_id == ctx.person.id:
        return Button(_("Read my note"), ReadNote(note.id), keep=True)
    return reading(note)


def _offered(ctx: Context) -> list[AnyText]:
    """Return to whom the role is offered now."""
    offer = handovers.offered_by(ctx.db, ctx.member)
    if offer is None:
        return []
    return [
        _("You have offered your role to {name}, who has not answered yet.", name=offer.taker.person.name)
    ]
