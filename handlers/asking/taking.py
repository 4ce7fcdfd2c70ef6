"""What peers answer to a request: the first who can help is connected with the asker."""

from bot import Button, Command, Context, Priority, Text, _, on, paragraphs
from db.engine import seen
from db.help import asked, help_requests, relays
from db.models import HelpRequest, Member, Relay
from db.network import exclusions, members
from handlers.asking import night, posting, routing, wording
from handlers.asking.night import Plan
from handlers.asking.steps import AskSomebody, Decline, Solve, Take
from handlers.talking import opening, sides
from handlers.talking.steps import Reply


@on(Take)
def take(ctx: Context, step: Take) -> None:
    """Take a request. The first one wins; later ones are told kindly."""
    relay = taken(ctx, step.request_id)
    if relay is not None:
        ctx.say(opening.connected(sides.other_name(relay, ctx.person)), on_reply=Reply(relay.id))


def taken(ctx: Context, request_id: int) -> Relay | None:
    """Let the one who acts help with a request; return their conversation with its asker, the one that they
    have already included. None after saying why it is not theirs to help with."""
    request, member = of_my_network(ctx, request_id)
    if request is None or member is None or request.asker.person_id == ctx.person.id:
        ctx.say(_("This question went to somebody else."))
        return None
    # Who presses the first message of a request that was asked again means the one that is open.
    request = help_requests.again(ctx.db, request) or request
    apart = request.asker.person_id in exclusions.apart_from(ctx.db, ctx.person.id)
    if apart or not help_requests.take(ctx.db, request, member, ctx.now):
        if request.helper_id == member.id and not apart:
            if (mine := relays.of_request(ctx.db, request.id)) is None:
                ctx.say(_("You are helping with this already."))
            return mine
        asked.answer(ctx.db, request, member, "late", ctx.now)
        ctx.say(
            _("Thank you for offering. This question goes to somebody else.")
            if apart or request.state in ("taken", "solved")
            else _("This question was withdrawn in the meantime. Thank you for offering.")
        )
        return None
    asked.answer(ctx.db, request, member, "yes", ctx.now)
    does = _("You asked {name} to help, and {name} does:", name=member.person.name)
    _tell_who_chose(ctx, request, member, does)
    routing.stop(ctx, request)
    posting.close_post(ctx, request, _("Somebody is helping."))
    met = [member] if request.anonymous else [member, request.asker]
    members.in_contact(ctx.db, [(each.network_id, each.person_id) for each in met], ctx.now)
    return _connect(ctx, request)


@on(Decline)
def decline(ctx: Context, step: Decline) -> None:
    """Say no to a request, without an excuse."""
    request, member = of_my_network(ctx, step.request_id)
    going: Plan | None = None
    if request is not None and member is not None and request.state in help_requests.OPEN:
        asked.answer(ctx.db, request, member, "no", ctx.now)
        other = Button(_("Ask somebody else"), AskSomebody(request.id))
        cannot = _("You asked {name} to help, and {name} cannot at the moment:", name=member.person.name)
        _tell_who_chose(ctx, request, member, cannot, other)
        going = routing.declined(ctx, request)
    ctx.say(
        night.thanked(going),
        Button(_("Take a break for a while"), Command("pause")),
    )


def choose(ctx: Context, request: HelpRequest, member: Member) -> None:
    """Note that the one who acts has chosen a member to be asked, and is to hear what they answer."""
    seen.mark(ctx.db, _chosen(request, member, ctx.person.id), ctx.now)


def chosen_by_me(ctx: Context, request: HelpRequest) -> list[Member]:
    """Return the members whom the one who acts has chosen to be asked, and who have not answered. Whoever has
    asked without a name is among them: nobody can tell that they cannot answer."""
    silent = [each for each in asked.silent(ctx.db, request) if each.id != request.asker_id]
    marks = {_chosen(request, each, ctx.person.id): each for each in [*silent, request.asker]}
    found = seen.marked(ctx.db, marks, request.opened_at)
    return [member for mark, member in marks.items() if mark in found]


def _tell_who_chose(ctx: Context, request: HelpRequest, member: Member, what: Text, *buttons: Button) -> None:
    """Tell those who have chosen a member what that one answers."""
    marks = {
        _chosen(request, member, each.person_id): each.person
        for each in members.coordinators(ctx.db, member.network_id)
    }
    chose = [marks[mark] for mark in sorted(seen.marked(ctx.db, marks, request.opened_at))]
    if chose:
        ctx.tell(chose, paragraphs(what, wording.gist(request)), *buttons, priority=Priority.HELP_REQUEST)


def _chosen(request: HelpRequest, member: Member, by: int) -> str:
    return f"chosen {request.id} {member.id} {by}"


def of_my_network(ctx: Context, request_id: int) -> tuple[HelpRequest | None, Member | None]:
    """Return a request, locked, and this person's membership in its network, whichever network is their
    active one."""
    request = ctx.hold(HelpRequest, request_id)
    if request is None:
        return None, None
    member = members.of(ctx.db, request.asker.network, ctx.person)
    return request, member if member is not None and member.state == "active" else None


def _connect(ctx: Context, request: HelpRequest) -> Relay:
    """Connect the asker of a request with who has just taken it, and tell the asker."""
    assert request.helper is not None
    asker, helper = request.asker.person, request.helper.person
    relay = opening.open_relay(
        ctx,
        request.asker.network,
        asker,
        helper,
        request_id=request.id,
        asker_named=not request.anonymous,
    )
    can_help = _(
        "{name} can help. Just write here, I pass it on. {close} ends the conversation.",
        name=helper.name,
        close=Command("close"),
    )
    unseen = _(
        "{name} does not see your name, but your voice, a picture or a file can still show who you are.",
        name=helper.name,
    )
    letter, _reached = ctx.tell(
        asker,
        paragraphs(can_help, unseen) if request.anonymous else can_help,
        Button(_("It is settled"), Solve(request.id)),
        priority=Priority.CARRIED,
        on_reply=Reply(relay.id),
    )
    relays.note_letter(relay, letter)
    return relay
