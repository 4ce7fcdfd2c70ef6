"""An application before those who decide: they read it, talk first, say yes or no."""

from collections.abc import Sequence

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Line,
    Priority,
    Role,
    Text,
    UserMessage,
    Verbatim,
    _,
    _n,
    form,
    on,
    paragraphs,
)
from bot.lists import Alarm, Alarms, Debts, Owed, act, adds
from bot.text import Value
from db.applying import applications, vouches
from db.help import relays
from db.models import Application, Member, Person
from db.network import members
from handlers.applying import entering, questions
from handlers.applying.steps import Accept, Decline, ReadApplication, TalkFirst
from handlers.protecting import alarms, coordinators, limits
from handlers.talking import opening
from handlers.talking.steps import Reply
from handlers.vocabulary import since

LONGEST_REASON = 500

ACCEPTED = act("application.accepted", _("{who} let {whom} in on {day}."))
DECLINED = act("application.declined", _("{who} said no to {whom} on {day}, who wanted to join."))

GONE = _("This application is no longer there.")
THEIRS = _("Somebody who coordinates this network can be reached, and decides.")


# --- who decides, and what they are told -----------------------------------------------------------


def coordinating(ctx: Context, application: Application) -> list[Member]:
    """Return those who coordinate the network and can be reached."""
    return coordinators.of_network(ctx, application.network_id, without=application.person_id)


def deciders(ctx: Context, application: Application) -> list[Person]:
    """Return who decides: those who coordinate, or those who run the bot where none of them can be
    reached."""
    there = [member.person for member in coordinating(ctx, application)]
    everybody = there or coordinators.all_operators(ctx)
    return [person for person in everybody if person.id != application.person_id]


def tell(ctx: Context, application: Application) -> None:
    """Tell those who decide of a new application: who coordinates and just heard of something hears of it
    together with what else comes."""
    there = coordinating(ctx, application)
    ctx.turn_to(application.network)
    if there:
        now = alarms.at_once(ctx, there, "applied", application.id)
        _tell(ctx, application, [member.person for member in now])
    else:
        _tell(ctx, application, deciders(ctx, application))


@adds(Alarms, place=40)
def applied(ctx: Context, coordinator: Member, ids: Sequence[int]) -> Alarm[Application]:
    """Find the applications that are not decided."""
    found = (ctx.db.get(Application, each) for each in ids)
    return Alarm(
        Priority.HELP_REQUEST,
        [each for each in found if each is not None and each.decided_at is None],
        lambda application: _tell(ctx, application, [coordinator.person]),
        lambda some: _("New applications: {names}.", names=[Verbatim(each.person.name) for each in some]),
    )


def _tell(ctx: Context, application: Application, whom: Sequence[Person]) -> None:
    if not whom:
        return
    about = _("the application of {name}", name=application.person.name)
    ctx.tell(
        whom,
        whole(ctx, application),
        *verdicts(application),
        priority=Priority.HELP_REQUEST,
        about=about,
        secret=True,
        forget=True,
    )
    for question, message in questions.enclosed(application.answers or ()):
        ctx.tell(whom, question, carries=message, priority=Priority.HELP_REQUEST, secret=True, forget=True)


def whole(ctx: Context, application: Application) -> AnyText:
    """Return an application as those who decide read it."""
    by = [Verbatim(member.person.name) for member in vouches.of(ctx.db, application)]
    return paragraphs(
        _(
            "{name} would like to join <b>{network}</b>.",
            name=application.person.name,
            network=application.network.name,
        ),
        questions.shown(application.answers or ()),
        [_("Vouched for by: {names}", names=[*by])] if by else [],
    )


def verdicts(application: Application) -> list[Button]:
    """Return the buttons by which an application is decided."""
    return [
        Button(_("Accept"), Accept(application.id), means="yes"),
        Button(_("Talk first"), TalkFirst(application.id), keep=True),
        Button(_("Decline"), Decline(application.id), keep=True, means="no"),
    ]


@adds(Debts, place=25)
def waiting(ctx: Context) -> Owed[Application]:
    """Return the applications that wait for those who coordinate."""
    return Owed(
        lambda n: _n("{n} application is not decided", "{n} applications are not decided", n),
        applications.waiting(ctx.db, ctx.network),
        lambda application: Line(waits(ctx, application), [read(application)]),
    )


def waits(ctx: Context, application: Application) -> Text:
    """Return since when somebody waits."""
    return _(
        "{name} would like to join <b>{network}</b>, since {day}.",
        name=application.person.name,
        network=application.network.name,
        day=since(ctx, application.opened_at),
    )


def read(application: Application) -> Button:
    """Return the button by which an application is read."""
    return Button(_("Read it"), ReadApplication(application.id), keep=True)


@on(ReadApplication)
def read_application(ctx: Context, step: ReadApplication) -> None:
    """Show an application, with what can be decided."""
    application = undecided(ctx, step.application_id)
    if application is None:
        return
    for question, message in questions.enclosed(application.answers or ()):
        ctx.say(question, carries=message, forget=True)
    ctx.say(whole(ctx, application), *verdicts(application), forget=True)


# --- deciding --------------------------------------------------------------------------------------


def undecided(ctx: Context, application_id: int) -> Application | None:
    """Return an application, locked, about which the one who acts can decide; None after saying why they
    cannot."""
    application = ctx.hold(Application, application_id)
    if application is None or not _may_decide(ctx, application):
        ctx.say(THEIRS if application is not None and ctx.may(Role.OPERATOR) else GONE)
        return None
    ctx.turn_to(application.network)
    if application.decided_at is not None:
        ctx.say(_decided(application))
        return None
    return application


def _may_decide(ctx: Context, application: Application) -> bool:
    mine = members.of(ctx.db, application.network, ctx.person)
    if mine is not None and mine.state == "active" and mine.role in members.COORDINATORS:
        return True
    return ctx.may(Role.OPERATOR) and not coordinating(ctx, application)


def _decided(application: Application) -> Text:
    """Return how an application ended."""
    name = application.person.name or _("(name deleted)")
    by = application.decided_by.name if application.decided_by is not None else None
    match application.state:
        case "accepted" if by is not None:
            return _("{by} has said yes already.", by=by)
        case "accepted":
            return _("{name} is in already.", name=name)
        case "declined" if by is not None:
            return _("{by} has said no already.", by=by)
        case "withdrawn":
            return _("{name} has taken the application back.", name=name)
    return _("This application has ended without an answer.")


@on(Accept)
def accept(ctx: Context, step: Accept) -> None:
    """Let somebody in, and tell them."""
    application = undecided(ctx, step.application_id)
    if application is None or not applications.decide(
        ctx.db, application, "accepted", ctx.now, by=ctx.person
    ):
        return
    name, by = application.person.name, ctx.person
    talk = relays.named_between(ctx.db, application.network_id, by, application.person)
    welcome = _(
        "Welcome to <b>{network}</b>, {name}. {by} has said yes.",
        network=application.network.name,
        name=name,
        by=by.name,
    )
    entering.let_in(ctx, ACCEPTED, application, welcome, by=by)
    if talk is not None and relays.last_words_of(talk, by) is not None:
        members.in_contact(ctx.db, [(application.network_id, application.person_id)], ctx.now)
    ctx.say(
        _(
            "{name} is a member of <b>{network}</b> now, and knows it.",
            name=name,
            network=application.network.name,
        )
    )


@on(TalkFirst)
def talk_first(ctx: Context, step: TalkFirst) -> None:
    """Open a conversation with an applicant; nobody is let in by the clock from now on."""
    application = undecided(ctx, step.application_id)
    if application is None:
        return
    person, network = application.person, application.network
    if opening.between(ctx, network, person) is None and not limits.allows(ctx, limits.CONVERSATIONS):
        return
    entering.stop(ctx, application)
    applications.talk(application)
    facts: dict[str, Value] = {
        "name": ctx.person.name,
        "network": network.name,
        "close": Command("close"),
    }
    relay = opening.connect(
        ctx,
        person,
        network,
        _(
            "{name} from <b>{network}</b> would like to talk with you before anything is decided. Just "
            "answer here. {close} ends the conversation.",
            **facts,
        )
        if ctx.may(Role.META_MENTOR)
        else _(
            "{name} runs this bot, and would like to talk with you before anything is decided about "
            "<b>{network}</b>. Just answer here. {close} ends the conversation.",
            **facts,
        ),
    )
    ctx.say(
        opening.connected(Verbatim(person.name)),
        Button(_("Accept"), Accept(application.id), means="yes"),
        Button(_("Decline"), Decline(application.id), keep=True, means="no"),
        on_reply=Reply(relay.id),
    )


@on(Decline)
def decline(ctx: Context, step: Decline) -> None:
    """Say no, with a reason or without."""
    application = undecided(ctx, step.application_id)
    if application is None:
        return
    person, network = application.person, application.network
    reason = ctx.ask(
        "reason",
        _("Would you tell {name} why? They read your words.", name=person.name),
        skip=_("Give no reason"),
        max_length=LONGEST_REASON,
    )
    if not applications.decide(ctx.db, application, "declined", ctx.now, by=ctx.person):
        return
    applications.explain(application, reason or "")
    entering.over(ctx, application)
    DECLINED.record(ctx, network, about=person)
    ctx.carry(
        person,
        paragraphs(
            _("<b>{network}</b> cannot take you in at the moment.", network=network.name),
            [form("<blockquote>{reason}</blockquote>", reason=reason)] if reason else [],
            _("Other networks: {card}", card=Command("card")),
        ),
        UserMessage(reason or ""),
        forget=True,
    )
    ctx.say(_("{name} knows it. In a week nothing of what they wrote is left here.", name=person.name))
