"""Asking a network whether one can join: its own questions, a preview, and an answer in any case."""

from collections.abc import Iterator
from datetime import timedelta

from bot import Button, Command, Context, Role, Text, Verbatim, _, command, lines, on, paragraphs
from bot.lists import Concern, Outside, adds
from bot.text import Value
from db import people
from db.applying import applications
from db.models import Application, Invitation, Network
from db.network import invitations, members, networks
from handlers.applying import clock, deciding, gone, questions, vouching
from handlers.applying.steps import AskToVouch, TakeApplicationBack
from handlers.joining import codes, consent
from handlers.joining.steps import ApplyByCode
from handlers.network import card
from handlers.protecting import coordinators, limits
from handlers.settings import profile

AGAIN = timedelta(days=30)
"""How long somebody waits who was not taken in."""
NO_NETWORK = _(
    "No network takes applications at the moment. With a code you can join at once: {join}.",
    join=Command("join"),
)


@command(
    "apply",
    needs=Role.ANYONE,
    menu=_("Ask to join a network"),
    payload="apply",
    rest=("network",),
    sealed=True,
)
def apply(ctx: Context) -> None:
    """Ask which network is meant, and apply to it."""
    public = networks.public(ctx.db, card.OFFERED + 1)
    if not public:
        ctx.say(NO_NETWORK)
        return
    is_clear = len(public) == 1 and not ctx.rest and ctx.brought("network") is None
    only = ctx.keep("only", networks.in_links(public[0]) if is_clear else "")
    network = networks.linked(ctx.db, only) if only else card.choose_network(ctx, public)
    if network is None:
        ctx.say(_("This network takes no applications at the moment."))
        return
    _apply(ctx, network, None)


@on(ApplyByCode)
def apply_by_code(ctx: Context, step: ApplyByCode) -> None:
    """Apply to the network into which a member has recommended somebody."""
    invitation = invitations.by_hash(ctx.db, step.code_hash)
    if invitation is not None and codes.usable(ctx, invitation) is not None:
        _apply(ctx, ctx.db.get_one(Network, invitation.network_id), invitation)


def _apply(ctx: Context, network: Network, invitation: Invitation | None) -> None:
    """Ask what the network wants to know, and send it after a preview."""
    there = _deciders(ctx, network)
    if _is_refused(ctx, network, there):
        return
    chosen = consent.introduce(ctx, lambda: _hello(ctx, network), yes=_("Go on"), spoken=network.languages)
    if chosen is None:
        ctx.say(consent.declined(ctx))
        return
    is_new = ctx.keep("is new", not members.memberships(ctx.db, ctx.person))
    name = profile.ask_name(ctx, _("What should the others call you?")) if is_new else ctx.person.name
    answers = questions.ask(ctx, network)
    sends = ctx.confirm(
        "sure",
        paragraphs(
            _("{name} would like to join <b>{network}</b>.", name=name, network=network.name),
            questions.shown(answers),
            _(
                "This goes to {people}. If the answer is no, I delete it a week later. Should I send it?",
                people=there,
            ),
        ),
        yes=_("Send it"),
        no=_("Do not send"),
    )
    if not sends:
        ctx.say(_("All right. I have sent nothing."))
        return
    if not limits.allows(ctx, limits.APPLICATIONS):
        return
    if invitation is not None and not invitations.use(ctx.db, invitation, ctx.now):
        codes.say_why_not(ctx, invitation)
        return
    consent.settle(ctx, chosen)
    people.rename(ctx.person, name)
    application = applications.open_one(ctx.db, network, ctx.person, answers, ctx.now)
    if invitation is not None:
        vouching.count_first(ctx, application, invitation)
    deciding.tell(ctx, application)
    clock.start(ctx, application)
    ctx.say(
        lines(
            _(
                "Thank you, {name}. I have sent it to {people}. You get an answer within 3 working days, and "
                "I write in any case.",
                name=name,
                people=there,
            ),
            vouching.so_far(ctx, application),
        ),
        *_what_now(application),
    )


def _deciders(ctx: Context, network: Network) -> list[Value]:
    """Return the names of those who decide; nobody where nobody can be reached."""
    there = coordinators.of_network(ctx, network.id, without=ctx.person.id)
    if there:
        return [Verbatim(member.person.name) for member in there]
    operators = coordinators.operators(ctx, without=[])
    return [_("the people who run this bot")] if operators else []


def _is_refused(ctx: Context, network: Network, there: list[Value]) -> bool:
    """Whether somebody cannot apply to a network now, after saying why."""
    known = members.of(ctx.db, network, ctx.person)
    mine = applications.mine(ctx.db, network, ctx.person)
    no = applications.declined_at(ctx.db, network, ctx.person, ctx.now - AGAIN)
    if known is not None and known.state == "active":
        ctx.say(_("You are a member of <b>{network}</b> already.", network=network.name))
    elif known is not None and known.state in ("removed", "resting"):
        ctx.say(
            _(
                "You are not a member of <b>{network}</b> at the moment. With a new invitation you can join "
                "again.",
                network=network.name,
            )
        )
    elif mine is not None:
        ctx.say(_still(ctx, mine), *_what_now(mine))
    elif no is not None:
        ctx.say(
            _(
                "<b>{network}</b> has said no on {day}. You can ask again on {again}.",
                network=network.name,
                day=ctx.day_of(no),
                again=ctx.day_of(no + AGAIN),
            ),
            Button(_("Show networks"), Command("card"), keep=True),
        )
    elif not there:
        ctx.say(_("Nobody who coordinates this network can be reached at the moment."))
    else:
        return False
    return True


def _hello(ctx: Context, network: Network) -> Text:
    """Return whom somebody is about to ask. What the network is for is said to those who read its first
    language."""
    purpose = network.purpose if ctx.reader.locale in network.languages[:1] else ""
    return _(
        "You are about to ask <b>{network}</b> whether you can join. {purpose}",
        network=network.name,
        purpose=purpose,
    )


def _still(ctx: Context, application: Application) -> Text:
    return _(
        "<b>{network}</b> has not decided yet. I write as soon as it has.", network=application.network.name
    )


def _what_now(application: Application) -> Iterator[Button]:
    """Yield what somebody can do who waits for an answer."""
    if application.network.vouching:
        yield Button(_("Ask a member to vouch"), AskToVouch(application.id), keep=True)
    yield Button(_("Take it back"), TakeApplicationBack(application.id), means="no")


@adds(Outside, place=30)
def waits_for_answer(ctx: Context) -> Concern | None:
    """Return that the one who acts waits for an answer of a network; None where they do not."""
    mine = applications.open_by(ctx.db, ctx.person)
    if not mine:
        return None
    return Concern(_still(ctx, mine[0]), [*_what_now(mine[0])])


@on(TakeApplicationBack)
def take_application_back(ctx: Context, step: TakeApplicationBack) -> None:
    """Take an application back, for whoever has sent it."""
    application = ctx.hold(Application, step.application_id)
    if application is None or application.person_id != ctx.person.id or application.decided_at is not None:
        ctx.say(_("This application has ended already."))
        return
    gone.withdraw(ctx, application)
    ctx.say(
        _(
            "I have taken it back, and nobody is asked any more. What you wrote is deleted in a week at the "
            "latest."
        )
    )
