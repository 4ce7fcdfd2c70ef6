"""Two become one, after both have said yes; and for a day, two again."""

from datetime import timedelta

from bot import Button, Command, Context, Priority, Text, _, on
from db.engine import conversations
from db.linking import codes, merges, merging, undoing
from db.models import LinkCode, Merge, Person
from db.network import members
from handlers.checking_in import rounds
from handlers.linking import link
from handlers.linking.steps import BeOne, EndUndo, NotOne, Settle, TakeApart
from handlers.settings import pause

SOON = timedelta(seconds=10)
"""After this, turns are over in every program that had begun before."""
TWO = _("You are two here again, each as before.")


@on(BeOne)
def be_one(ctx: Context, step: BeOne) -> None:
    """Make one of the two who said yes."""
    code = _mine(ctx, step.code_id)
    if code is None:
        return
    assert code.typed_by is not None, "it was typed"
    other, person = code.typed_by.person, ctx.person
    why_not = link.OVER if other is person else link.cannot(ctx, person, other)
    if why_not is not None:
        codes.withdraw(ctx.db, person)
        ctx.say(why_not)
        return
    _tell(ctx, other, _done())
    merge = merging.merge(ctx.db, person, other, ctx.now)
    ctx.later(SOON, Settle(person.id, other.id), about=_about(merge))
    ctx.later(merges.UNDONE_IN, EndUndo(merge.id), about=_about(merge))
    _plan_anew(ctx, ctx.person)
    ctx.say(_done(), Button(_("Take it apart again"), TakeApart(merge.id), keep=True))


@on(NotOne)
def not_one(ctx: Context, step: NotOne) -> None:
    """Link nothing, and say so on both sides."""
    code = _mine(ctx, step.code_id)
    if code is None:
        return
    assert code.typed_by is not None, "it was typed"
    other, title = code.typed_by.person, ctx.installation.title(code.made_on)
    codes.withdraw(ctx.db, ctx.person)
    ctx.tell(
        other,
        _("On {messenger} the answer was no. Nothing was linked.", messenger=title),
        priority=Priority.ANSWER,
    )
    ctx.say(link.NOTHING)


def _mine(ctx: Context, code_id: int) -> LinkCode | None:
    """Return a code of the one who acts that was typed; None after saying that it is over."""
    code = ctx.hold(LinkCode, code_id)
    if code is None or code.person is not ctx.person or code.typed_by is None:
        ctx.say(link.OVER)
        return None
    if not codes.can_be_answered(code, ctx.now):
        ctx.say(link.too_old(ctx, code))
        return None
    return code


def _done() -> Text:
    return _(
        "Done. You are one person here now. I answer where you last wrote. {profile} changes that.",
        profile=Command("profile"),
    )


# --- two again -----------------------------------------------------------------------------------


@on(TakeApart)
def take_apart(ctx: Context, step: TakeApart) -> None:
    """Make two again of two who became one less than a day ago."""
    merge = ctx.hold(Merge, step.merge_id)
    latest = merges.latest(ctx.db, ctx.person)
    if merge is None or merge.person_id != ctx.person.id or merge is not latest:
        ctx.say(_("They are taken apart already."))
        return
    if not merges.can_be_undone(merge, ctx.now):
        ctx.say(
            _(
                "That was more than a day ago, so I can no longer take them apart. With {link} you can take "
                "a messenger off: there you are somebody new to me then.",
                link=Command("link"),
            )
        )
        return
    person = merge.person
    ctx.call_off(_about(merge))
    ctx.later(SOON, Settle(merge.person_id, merge.other_id), about=_about(merge))
    other = undoing.take_apart(ctx.db, merge)
    theirs = other if person is ctx.person else person
    ctx.not_theirs.update(each.id for each in conversations.open_of(ctx.db, theirs.id))
    for each in (person, other):
        _plan_anew(ctx, each)
        if each is ctx.person:
            ctx.say(TWO)
        else:
            _tell(ctx, each, TWO)


@on(Settle)
def settle(ctx: Context, timer: Settle) -> None:
    """Bring to the right one what others had begun before two became one, or two again."""
    merge = merges.between(ctx.db, timer.person_id, timer.other_id)
    if merge is not None:
        merging.gather(ctx.db, merge)
    else:
        undoing.follow_chats(ctx.db, timer.person_id, timer.other_id)


@on(EndUndo)
def end_undo(ctx: Context, timer: EndUndo) -> None:
    """Delete what is needed to take two apart: from now on they stay one."""
    merge = ctx.hold(Merge, timer.merge_id)
    if merge is not None:
        merges.end_undo(ctx.db, merge)


def _tell(ctx: Context, whom: Person, text: Text) -> None:
    """Tell somebody something, above the question that they have open."""
    if conversations.open_of(ctx.db, whom.id):
        ctx.ask_again(whom.id, text, priority=Priority.ANSWER)
    else:
        ctx.tell(whom, text, priority=Priority.ANSWER)


def _plan_anew(ctx: Context, person: Person) -> None:
    """Plan by what counts for somebody now: when they are asked how they are, and when their break ends."""
    for member in members.memberships(ctx.db, person):
        rounds.plan(ctx, member)
    pause.plan_end(ctx, person)


def _about(merge: Merge) -> str:
    return f"merge:{merge.person_id}:{merge.other_id}"
