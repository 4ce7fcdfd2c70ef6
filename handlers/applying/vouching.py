"""Members vouch for applicants: two who know somebody let them in, unless those who coordinate object within
a day."""

from datetime import timedelta

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Priority,
    Role,
    Text,
    _,
    _n,
    command,
    lines,
    on,
    paragraphs,
)
from bot.lists import act
from db import people
from db.applying import applications, vouches
from db.models import Application, Invitation, Member, Person
from db.network import invitations, members
from handlers.applying import deciding, entering
from handlers.applying.steps import Accept, AskToVouch, LetIn, TalkFirst
from handlers.joining import codes
from handlers.network import forwarding

NEEDED = 2
"""Voices that let somebody in: two who do not depend on each other."""
OBJECTION = timedelta(days=1)
"""How long those who coordinate can object."""
SETTLED = timedelta(days=30)
"""How long somebody is a member who may vouch."""
QUARTER, MOST = timedelta(days=91), 3
"""For so many a member vouches within this time at most."""

VOUCHED = act("member.vouched", _("{who} vouched for {whom} on {day}."))
LET_IN = act("application.vouched", _("{whom} came in on {day}, because members vouched."))

OFF = _("In this network members do not vouch. Those who coordinate it decide.")


# --- voices ----------------------------------------------------------------------------------------


def so_far(ctx: Context, application: Application) -> list[Text]:
    """Return how many vouch for somebody, if anybody does: never who."""
    n = len(vouches.of(ctx.db, application))
    vouched = _n(
        "{n} of {all} members has vouched for you.",
        "{n} of {all} members have vouched for you.",
        n,
        all=NEEDED,
    )
    return [vouched] if n else []


def why_not(ctx: Context, member: Member, application: Application | None = None) -> AnyText | None:
    """Return why the voice of a member does not count; None where it does."""
    settled = member.joined_at + SETTLED
    if not member.network.vouching:
        return OFF
    if people.is_paused(member.person, ctx.now):
        return _(
            "You are taking a break. When you are back, you can vouch: {resume}.", resume=Command("resume")
        )
    if settled > ctx.now:
        return _(
            "Whoever vouches should know the network well. You can do it from {day} on.",
            day=ctx.day_of(settled),
        )
    if vouches.count_by(ctx.db, member, ctx.now - QUARTER) >= MOST:
        return _("You have vouched for {n} people within three months. That is enough for now.", n=MOST)
    others = vouches.of(ctx.db, application) if application is not None else ()
    if any(vouches.are_tied(ctx.db, member, other) for other in others):
        return _("Please leave this one to somebody else: I need two members who came in independently.")
    return None


def count_first(ctx: Context, application: Application, invitation: Invitation) -> None:
    """Count the voice of the member who has recommended an applicant, if it still counts."""
    by = invitation.made_by_id
    recommends = ctx.db.get(Person, by) if by is not None else None
    member = members.of(ctx.db, application.network, recommends) if recommends is not None else None
    if member is not None and member.state == "active" and why_not(ctx, member, application) is None:
        vouches.add(ctx.db, application, member, ctx.now)
        VOUCHED.record(ctx, application.network, by=member.person, about=application.person)


# --- an applicant asks members -----------------------------------------------------------------------


@on(AskToVouch)
def ask_to_vouch(ctx: Context, step: AskToVouch) -> None:
    """Show a message that an applicant can forward to a member."""
    application = ctx.hold(Application, step.application_id)
    if application is None or application.person_id != ctx.person.id or application.decided_at is not None:
        ctx.say(_("This application has ended already."))
        return
    if not application.network.vouching:
        ctx.say(OFF)
        return
    if application.code is None:
        applications.give_code(application, invitations.new_code(ctx.installation.rng))
    forwarding.say(
        ctx,
        _("{name} asks you to vouch", name=ctx.person.name),
        _(
            "I would like to join <b>{network}</b>. If you would trust me with people who need help, please "
            "tell the bot.",
            network=application.network.name,
        ),
        str(application.code),
        payload="vouch",
    )
    ctx.say(
        lines(
            _(
                "Please forward this message to a member of <b>{network}</b> who knows you. If {n} of them "
                "vouch, you are in a day later, unless somebody objects.",
                network=application.network.name,
                n=NEEDED,
            ),
            so_far(ctx, application),
        )
    )


@command("vouch", needs=Role.MEMBER, menu=_("Vouch for somebody"), payload="vouch", rest=("code",))
def vouch(ctx: Context) -> None:
    """Ask a member whether they vouch for an applicant."""
    code, _in_words = ctx.ask(
        "code",
        _("Please type the code that somebody sent you who asks you to vouch."),
        parse=lambda words: codes.code_of(ctx, words),
    )
    application = applications.by_code(ctx.db, code)
    member = members.of(ctx.db, application.network, ctx.person) if application is not None else None
    if application is None or member is None or member.state != "active":
        codes.unknown(ctx, code)
        return
    name = application.person.name
    if _is_refused(ctx, member, application):
        return
    says = ctx.choose(
        "says",
        paragraphs(
            _(
                "{name} would like to join <b>{network}</b>, and asks you to vouch.",
                name=name,
                network=application.network.name,
            ),
            _("Would you trust {name} with people who need help? Only a yes is told to others.", name=name),
        ),
        {"yes": _("Yes"), "unknown": _("I do not know them well enough"), "no": _("No")},
    )
    ctx.hold(Application, application.id)
    if _is_refused(ctx, member, application):
        return
    if says == "yes":
        _vouch(ctx, member, application)
        return
    if says == "no":
        applications.count_no(application)
    ctx.say(_("Thank you for being honest. I tell nobody."))


def _is_refused(ctx: Context, member: Member, application: Application) -> bool:
    """Whether a member cannot vouch for an applicant, after saying why."""
    if application.decided_at is not None:
        ctx.say(_("This is decided already. Thank you all the same."))
    elif member.id in {other.id for other in vouches.of(ctx.db, application)}:
        ctx.say(_("You vouch for {name} already. Thank you.", name=application.person.name))
    elif (why := why_not(ctx, member, application)) is not None:
        ctx.say(why)
    else:
        return False
    return True


def _vouch(ctx: Context, member: Member, application: Application) -> None:
    vouches.add(ctx.db, application, member, ctx.now)
    VOUCHED.record(ctx, application.network, about=application.person)
    n = len(vouches.of(ctx.db, application))
    ctx.turn_to(application.network)
    ctx.say(
        _(
            "Thank you. {name} only learns how many vouch; those who coordinate the network see that it is "
            "you.",
            name=application.person.name,
        )
    )
    ctx.tell(application.person, paragraphs(so_far(ctx, application)), priority=Priority.CHECK_IN)
    if n == NEEDED and application.state == "open":
        _announce(ctx, application)


def _announce(ctx: Context, application: Application) -> None:
    """Tell those who coordinate that an applicant is let in tomorrow, unless they object."""
    at = ctx.now + OBJECTION
    applications.let_in_at(application, at)
    ctx.later(at, LetIn(application.id), about=entering.about(application))
    by = [member.person.name for member in vouches.of(ctx.db, application)]
    ctx.tell(
        deciding.deciders(ctx, application),
        paragraphs(
            _("{people} vouch for {name}.", people=[*by], name=application.person.name),
            _("I let {name} in on {time} unless you stop it.", name=application.person.name, time=at),
        ),
        Button(_("Let them in now"), Accept(application.id), means="yes"),
        Button(_("Stop and talk"), TalkFirst(application.id), means="no"),
        priority=Priority.CARRIED,
        about=_("the application of {name}", name=application.person.name),
        forget=True,
    )


@on(LetIn)
def let_in(ctx: Context, step: LetIn) -> None:
    """Let an applicant in to whom nobody has objected, if still enough members vouch."""
    application = ctx.hold(Application, step.application_id)
    if application is None or application.decided_at is not None or application.lets_in_at is None:
        return
    there = len(vouches.of(ctx.db, application))
    if there < NEEDED or not application.network.vouching:
        applications.let_in_at(application, None)
        return
    if not applications.decide(ctx.db, application, "accepted", ctx.now):
        return
    person = application.person
    entering.let_in(
        ctx,
        LET_IN,
        application,
        _(
            "Welcome to <b>{network}</b>, {name}. Members have vouched for you.",
            name=person.name,
            network=application.network.name,
        ),
        by=person,
    )
    ctx.tell(
        deciding.deciders(ctx, application),
        _("{name} is a member of <b>{network}</b> now.", name=person.name, network=application.network.name),
        priority=Priority.CHECK_IN,
    )
