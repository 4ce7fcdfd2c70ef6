"""The note for the next one: six short parts, for nobody but its writer and whoever takes the role."""

from collections.abc import Mapping
from datetime import timedelta

from bot import Button, Context, Priority, Text, _, form, heading, lines, on
from db.leading import notes
from db.models import HandoverNote, Member
from db.network import members
from handlers.handing_over.steps import AskAboutNote, DeleteNote, NoteIsRight, ReadNote, WriteNote

PARTS: Mapping[str, Text] = {
    "organisation": _("Who to call at the organisation"),
    "running": _("What is running"),
    "promised": _("What was promised"),
    "care": _("Who needs care (first names)"),
    "keys": _("Accounts, and keys of rooms"),
    "next": _("What I would do next"),
}
"""What the next one should know, in this order."""
LONGEST = 600
"""Characters of a part."""
FRESH_FOR = timedelta(days=182)
"""After half a year it is asked whether it is still right."""
GONE = _("This note is no longer there, or not for you.")


@on(WriteNote)
def write_note(ctx: Context, step: WriteNote) -> None:
    """Ask for all parts of the note, each of which can be skipped; where there is one, for the part that
    changes."""
    before = notes.of(ctx.db, ctx.network, ctx.person)
    parts = _all_parts(ctx) if before is None else _changed(ctx, before.parts or {})
    if not parts:
        if before is not None:
            notes.delete(ctx.db, before)
            ctx.call_off(_tag(before))
        ctx.say(_("There is nothing in it, so I keep nothing."))
        return
    note = notes.write(ctx.db, ctx.network, ctx.person, parts, ctx.now)
    _plan(ctx, note)
    ctx.say(
        _("Thank you. I keep this, sealed, for whoever takes your role. I ask you in half a year again."),
        Button(_("Read my note"), ReadNote(note.id), keep=True),
    )


def _all_parts(ctx: Context) -> dict[str, str]:
    written = {
        name: ctx.ask(
            name,
            _(
                "What should the next one know? {n} of {many}: <b>{part}</b>",
                n=n,
                many=len(PARTS),
                part=part,
            ),
            skip=_("Skip"),
            max_length=LONGEST,
        )
        for n, (name, part) in enumerate(PARTS.items(), 1)
    }
    return {name: words for name, words in written.items() if words}


def _changed(ctx: Context, before: Mapping[str, str]) -> dict[str, str]:
    name = ctx.choose("part", _("Which part should change?"), PARTS)
    words = ctx.ask(
        "words",
        form("<b>{part}</b>\n{words}", part=PARTS[name], words=before[name])
        if before.get(name)
        else form("<b>{part}</b>", part=PARTS[name]),
        skip=_("Take this part out"),
        max_length=LONGEST,
    )
    return {each: text for each in PARTS if (text := words if each == name else before.get(each))}


@on(ReadNote)
def read_note(ctx: Context, step: ReadNote) -> None:
    """Show a note to its writer, or to whoever has taken the role."""
    note = _readable(ctx, step.note_id)
    if note is None:
        ctx.say(GONE)
        return
    is_mine = note.writer_id == ctx.person.id
    buttons = (
        [
            Button(_("Change"), WriteNote(), keep=True),
            Button(_("Still right"), NoteIsRight(note.id), keep=True),
            Button(_("Delete the note"), DeleteNote(note.id), keep=True),
        ]
        if is_mine
        else []
    )
    parts = note.parts or {}
    ctx.say(
        heading(
            _("What the next one should know")
            if is_mine
            else _("What {name} wrote down for you", name=note.writer.name),
            *(
                lines(form("<b>{part}</b>", part=part), form("{words}", words=parts[name]))
                for name, part in PARTS.items()
                if parts.get(name)
            ),
        ),
        *buttons,
        forget=True,
    )


def reading(note: HandoverNote) -> Button:
    """Return the way to a note for whoever has taken the role of its writer."""
    return Button(_("Read the note of {name}", name=note.writer.name), ReadNote(note.id), keep=True)


def _readable(ctx: Context, note_id: int) -> HandoverNote | None:
    there = notes.readable(ctx.db, ctx.network, ctx.person)
    return next((each for each in there if each.id == note_id), None)


def _mine(ctx: Context, note_id: int) -> HandoverNote | None:
    """Return one's own note, locked; None after saying that it is not there."""
    return ctx.ours(HandoverNote, note_id, gone=GONE, still=lambda each: each.writer_id == ctx.person.id)


@on(NoteIsRight)
def note_is_right(ctx: Context, step: NoteIsRight) -> None:
    """Keep that a note is still right, and ask again in half a year."""
    note = _mine(ctx, step.note_id)
    if note is None:
        return
    notes.confirm(note, ctx.now)
    _plan(ctx, note)
    ctx.say(_("Thank you. I ask again in half a year."))


@on(DeleteNote)
def delete_note(ctx: Context, step: DeleteNote) -> None:
    """Delete one's own note."""
    if not ctx.sure(
        _("Should I delete your note for the next one?"),
        yes=_("Delete it"),
        no=_("Leave it as it is"),
        otherwise=_("All right. It stays."),
    ):
        return
    note = _mine(ctx, step.note_id)
    if note is None:
        return
    ctx.call_off(_tag(note))
    notes.delete(ctx.db, note)
    ctx.say(_("Your note is deleted."))


# --- asked again ---------------------------------------------------------------------------------


def _tag(note: HandoverNote) -> str:
    return f"note:{note.id}"


def _plan(ctx: Context, note: HandoverNote) -> None:
    ctx.call_off(_tag(note))
    ctx.later(FRESH_FOR, AskAboutNote(note.id), about=_tag(note))


@on(AskAboutNote)
def ask_about_note(ctx: Context, step: AskAboutNote) -> None:
    """Ask the writer of a note, as long as they coordinate, whether it is still right: twice a year."""
    note = ctx.hold(HandoverNote, step.note_id)
    if note is None:
        return
    member = members.of(ctx.db, note.network, note.writer)
    if member is None or not _coordinates(member):
        return
    _plan(ctx, note)
    ctx.turn_to(note.network)
    ctx.tell(
        note.writer,
        _(
            "Is your note for whoever coordinates <b>{network}</b> after you still right?",
            network=note.network.name,
        ),
        Button(_("Still right"), NoteIsRight(note.id), means="yes"),
        Button(_("Change"), WriteNote(), keep=True),
        Button(_("Read my note"), ReadNote(note.id), keep=True),
        priority=Priority.CHECK_IN,
    )


def _coordinates(member: Member) -> bool:
    return member.state == "active" and member.role in members.COORDINATORS
