"""Forgetting somebody: asked for, waited for a day or done at once, and then carried out row by row."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot import Button, Command, Context, Role, Text, _, command, form, on, on_all, paragraphs
from bot.lists import Gone
from bot.support.log import get
from db import people
from db.engine import timers
from db.models import HelpRequest, Member, Person
from db.network import members, networks
from db.privacy import answers, forgetting, forgotten, shut_outs
from db.privacy.traces import Traces
from handlers.joining import membership
from handlers.joining.leave import LEFT
from handlers.privacy import given
from handlers.privacy.steps import (
    Clear,
    ClearWords,
    Erase,
    ForgetAnswers,
    ForgetDue,
    ForgetMe,
    KeepMe,
    SendMine,
)

log = get("privacy")

A_DAY = timedelta(days=1)
"""How long somebody can change their mind who did not want to be forgotten at once."""
SOON = timedelta(minutes=1)
"""After this the rows go, once the last message has arrived."""
TRIES = 10
"""So often it is waited for the last message."""


@command("forget", needs=Role.ANYONE, menu=None)
def forget_by_name(ctx: Context) -> None:
    """Ask what is to be forgotten, like the button."""
    forget_me(ctx, ForgetMe())


@on(ForgetMe)
def forget_me(ctx: Context, step: ForgetMe) -> None:
    """Ask what is to be forgotten, and see to it."""
    mine = members.memberships(ctx.db, ctx.person)
    due = timers.due_at(ctx.db, forgetting.about(ctx.person))
    if due is not None:
        ctx.say(
            _("I forget you on {time}. Until then you can change your mind.", time=due),
            Button(_("Keep me"), KeepMe()),
        )
        return
    what = "everything"
    if mine:
        what = ctx.choose(
            "what",
            _("What should I forget?"),
            {"answer": _("An answer or a question"), "part": _part(mine), "everything": _("Everything")},
        )
    if what == "answer":
        ctx.redirect(ForgetAnswers())
    elif what == "part":
        _forget_part(ctx, mine)
    else:
        _forget_everything(ctx, mine)


def _part(mine: Sequence[Member]) -> Text:
    if len(mine) == 1:
        return _("My part in {network}", network=mine[0].network.name)
    return _("My part in a network")


# --- one network ---------------------------------------------------------------------------------


def _forget_part(ctx: Context, mine: Sequence[Member]) -> None:
    """Delete a membership with all that belongs to it, after a question."""
    member = ctx.pick(
        "network",
        _("Which network do you mean?"),
        mine,
        lambda each: form("{network}", network=each.network.name),
        gone=_("You are not a member of this network any more."),
    )
    if member is None or not _may_go(ctx, [member]):
        return
    name, takes_down = member.network.name, given.ask(ctx, member.network)
    if not ctx.sure(
        _(
            "You leave <b>{network}</b>, and I delete what you asked and answered there. Messages that "
            "others have received stay in their chats.",
            network=name,
        ),
        yes=_("Delete my part"),
        no=_("Keep it"),
        otherwise=_("Good. Nothing has changed."),
    ):
        return
    given.let_go(ctx, ctx.person, takes_down=takes_down, network=member.network)
    over = membership.end(ctx, LEFT, member, "left", None)
    clear_arrived(ctx, ClearWords(ctx.person.id, 0, member_id=member.id))
    ctx.say(
        paragraphs(
            _("You have left <b>{network}</b>, and I am deleting your part in it.", network=name), over
        )
    )


# --- everything ----------------------------------------------------------------------------------


def _forget_everything(ctx: Context, mine: Sequence[Member]) -> None:
    """Forget the one who acts, now or in a day, after a question."""
    if not _may_go(ctx, mine):
        return
    when = ctx.choose(
        "when",
        paragraphs(
            _(
                "I forget your name, your account, your profile, your questions and your answers. If "
                "something was reported, by you or about you, those who look into it keep the report."
            ),
            _(
                "Messages that others have received stay in their chats. What you wrote and has not arrived "
                "yet will not arrive. In a day you can still change your mind, or I do it now."
            ),
            *(
                _(
                    "Until {day} I keep a number made from your account, so that an older invitation to "
                    "<b>{network}</b> does not bring you back there.",
                    day=ctx.day_of(until),
                    network=member.network.name,
                )
                for member, until in shut_outs.due(ctx.db, ctx.person, ctx.now)
            ),
        ),
        {
            "day": _("Forget me in a day"),
            "now": _("Forget me now"),
            "mine": _("Get my data first"),
            "stop": _("Stop"),
        },
    )
    if when == "mine":
        ctx.redirect(SendMine())
    elif when == "day":
        due = ctx.now + A_DAY
        ctx.later(due, ForgetDue(ctx.person.id, given.ask(ctx)), about=forgetting.about(ctx.person))
        ctx.say(
            _("I forget you on {time}. Until then everything stays as it is.", time=due),
            Button(_("Keep me"), KeepMe()),
        )
    elif when == "now":
        forget(ctx, ctx.person, takes_down=given.ask(ctx))
        ctx.say(
            _(
                "I have forgotten you. In a few minutes nothing is left here but this chat, and you can "
                "delete that yourself. If you write to me again, I will not know you. All the best."
            )
        )
    else:
        ctx.say(_("Good. Nothing has changed."))


def _may_go(ctx: Context, mine: Sequence[Member]) -> bool:
    """Return whether somebody may go who is needed in a network; they may hand it over first."""
    needed = [member for member in mine if members.needed(ctx.db, member)]
    if not needed:
        return True
    way = ctx.choose(
        "alone",
        _(
            "You are the only one who coordinates <b>{network}</b>. Would you like to hand it over first?",
            network=needed[0].network.name,
        ),
        {"hand": _("Hand it over first"), "leave": _("Leave it without"), "stop": _("Stop")},
    )
    if way == "hand":
        ctx.redirect(Command("members"))
    if way == "stop":
        ctx.say(_("Good. Nothing has changed."))
    return bool(way == "leave")


@on(KeepMe)
def keep_me(ctx: Context, step: KeepMe) -> None:
    """Forget nothing after all."""
    ctx.call_off(forgetting.about(ctx.person))
    ctx.show(_("Good to have you here. I have forgotten nothing."))


@on(ForgetDue)
def forget_due(ctx: Context, timer: ForgetDue) -> None:
    """Forget somebody whose day is over."""
    person = ctx.hold(Person, timer.person_id)
    if person is not None:
        forget(ctx, person, takes_down=timer.takes_down)


def forget(ctx: Context, person: Person, *, takes_down: bool = False) -> None:
    """Forget a person: their memberships end at once, with all that follows for others; whatever is done from
    their accounts from now on is somebody else's; and their rows go as soon as they can."""
    given.let_go(ctx, person, takes_down=takes_down)
    if (proposed := networks.proposed_by(ctx.db, person)) is not None:
        networks.drop(ctx.db, proposed)
    for follows in Gone:
        follows(ctx, person)
    shut_outs.note(ctx.db, person, ctx.now)
    for member in members.memberships(ctx.db, person):
        membership.end(ctx, LEFT, member, "left", None, by=person)
    forgotten.note(ctx.db, [(each.messenger, each.account) for each in person.identities], ctx.now)
    anew = forgetting.depart(ctx.db, person, ctx.now)
    ctx.call_off(forgetting.about(person))
    for each in (*people.besides(ctx.db, person.id), person.id):  # also as who they were besides
        ctx.later(SOON, Clear(each, anew.id), about=forgetting.about(person))
    if ctx.installation.forgotten is not None:
        forgotten.write(ctx.db, ctx.installation.forgotten)


# --- row by row ----------------------------------------------------------------------------------


@on_all(Clear)
def clear(ctx: Context, due: Sequence[Clear]) -> None:
    """Take people out of some open questions or letters, all at once who have come as far, and leave the
    others to turns of their own."""
    traces = forgetting.traces(ctx.db, {timer.person_id: timer.anew_id for timer in due})
    as_far: defaultdict[tuple[int | None, int], list[Clear]] = defaultdict(list)
    for timer in due:
        if timer.person_id in traces:
            as_far[timer.open_after, timer.after].append(timer)
    for (open_after, after), timers_ in as_far.items():
        there = [traces[timer.person_id] for timer in timers_]
        upto: int | None = after
        if open_after is not None:
            if not open_after:
                forgetting.clear_notes(ctx.db, there)
            open_after = forgetting.clear_open(ctx.db, there, open_after)
        else:
            upto = forgetting.clear_letters(ctx.db, there, after)
        onward = (_onward(ctx, replace(timer, open_after=open_after), upto) for timer in timers_)
        ctx.later_all((ctx.now, each, f"forget {each.person_id}") for each in onward)


def _onward(ctx: Context, timer: Clear, upto: int | None) -> Clear | Erase:
    """Return what comes next: more questions or letters, or the rows."""
    if upto is not None:
        return replace(timer, after=upto)
    return Erase(timer.person_id, timer.anew_id, (ctx.now - SOON).isoformat())


def clear_arrived(ctx: Context, timer: ClearWords) -> None:
    """Delete words from letters that have arrived, soon."""
    ctx.later(SOON, timer, about=f"words {timer.person_id}")


@on(ClearWords)
def clear_words(ctx: Context, timer: ClearWords) -> None:
    """Delete them from some letters, and leave the others to turns of their own; at last, what they belonged
    to."""
    asked = forgetting.asked_by(
        ctx.db,
        *([Member.id == timer.member_id] if timer.member_id is not None else []),
        *([HelpRequest.id == timer.request_id] if timer.request_id is not None else []),
    )
    traces = Traces(timer.person_id, asked=asked, arrived=True)
    upto = forgetting.clear_letters(ctx.db, [traces], timer.after)
    if upto is not None:
        ctx.later(ctx.now, replace(timer, after=upto), about=f"words {timer.person_id}")
        return
    member = ctx.hold(Member, timer.member_id) if timer.member_id is not None else None
    if member is not None and member.state == "left":
        forgetting.erase_membership(ctx.db, member)
    request = ctx.hold(HelpRequest, timer.request_id) if timer.request_id is not None else None
    if request is not None:
        answers.forget_words(request)


@on(Erase)
def erase(ctx: Context, timer: Erase) -> None:
    """Delete the rows: once the last message has arrived, and others have seen the end of what was asked
    without a name. Until then only what tells nothing is left."""
    if timer.tries < TRIES and forgetting.waits(ctx.db, timer.person_id):
        again = Erase(timer.person_id, timer.anew_id, timer.since, timer.tries + 1)
        ctx.later(SOON, again, about=f"forget {timer.person_id}")
        return
    until = forgetting.unseen_until(ctx.db, timer.person_id, ctx.now)
    if until is not None:
        forgetting.hollow(ctx.db, timer.person_id)
        ctx.later(until + SOON, timer, about=f"forget {timer.person_id}")
        return
    forgetting.erase(ctx.db, timer.person_id)
    forgetting.erase_untouched(ctx.db, timer.anew_id, datetime.fromisoformat(timer.since))
    log.info("forgot somebody")
