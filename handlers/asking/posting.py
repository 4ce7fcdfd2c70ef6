"""A request put before people: before peers, and in the rooms of a network, where it is answered, and shown
as over."""

from collections.abc import Sequence

from bot import AnyText, Button, Context, Priority, Role, Text, _, on, paragraphs
from db.help import asked, candidates, help_requests
from db.models import HelpRequest, Member, Network, Person, Posting
from db.network import exclusions, numbers, rooms
from handlers.asking import night, wording
from handlers.asking.steps import AnswerInRoom, AnswerRequest, Decline, Solve, Take, TakePostBack
from handlers.protecting import limits
from handlers.talking import carrying

NEXT_PLACE: dict[Posting | None, tuple[Posting | None, Text]] = {
    None: ("now", _("In the group too")),
    "now": ("later", _("In the group only later")),
    "later": (None, _("Not in the group")),
}
"""Where a request goes beside its peers, where next with a tap, and what that button says."""
SORRY = _("You wanted to be asked less. I ask you all the same, because it is urgent.")
TAKEN_BACK = _("This was taken back.")


def where_else(ctx: Context, chosen: Posting | None) -> AnyText | None:
    """Return the button by which a request goes to the network's rooms otherwise than `chosen`: at once, only
    once peers cannot help, or not at all. None where there is no room."""
    return NEXT_PLACE[chosen][1] if ctx.has_rooms else None


def ask(ctx: Context, request: HelpRequest, peers: Sequence[Member]) -> None:
    """Put the request before these peers. Silence is an answer too: nobody is reminded. An urgent one does
    not wait for the morning where somebody allows that, and says so to those who wanted less."""
    is_urgent = request.urgent_at is not None
    there = night.there(ctx, peers) if is_urgent else []
    wanted_less = candidates.who_wanted_less(ctx.db, peers, ctx.now) if is_urgent else set()
    groups: dict[tuple[Priority, bool], list[Person]] = {}
    asked.note(ctx.db, request, peers, ctx.now)
    for member in peers:
        priority = Priority.URGENT if member in there else Priority.HELP_REQUEST
        groups.setdefault((priority, member.id in wanted_less), []).append(member.person)
    for (priority, sorry), whom in sorted(groups.items()):
        ctx.tell(
            whom,
            paragraphs(wording.question(request), [SORRY] if sorry else []),
            Button(_("I can help"), Take(request.id), means=("help_offer", "yes")),
            Button(_("Not now"), Decline(request.id), means=("later", "no", "dont_know")),
            priority=priority,
            expires_at=ctx.now + numbers.span(request, "last_question_hours"),
            carries=wording.enclosed(request),
            about=wording.named(request),
            on_reply=AnswerRequest(request.id),
        )


def post(ctx: Context, request: HelpRequest) -> None:
    """Put a request into the rooms of its network."""
    there = rooms.of_network(ctx.db, request.network_id)
    if not there or request.post_id is not None:
        return
    post_id = ctx.tell_rooms(
        there,
        wording.question(request),
        Button(_("I can help"), Take(request.id), keep=True),
        priority=Priority.HELP_REQUEST,
        expires_at=ctx.now + numbers.span(request, "last_question_hours"),
        carries=wording.enclosed(request),
        on_reply=AnswerInRoom(request.id),
    )
    help_requests.note_post(request, post_id)


def close_post(ctx: Context, request: HelpRequest, how: Text) -> None:
    """Show in the rooms that a request is no longer to be taken, and why. Where it has not been read yet, for
    the night, nobody reads it any more: whoever was to be asked was not."""
    never = ctx.letters.withdraw(Priority.HELP_REQUEST, AnswerRequest(request.id), AnswerInRoom(request.id))
    asked.undo(ctx.db, request, never)
    if request.post_id is not None:
        ctx.letters.close(request.post_id, how)


@on(TakePostBack)
def take_post_back(ctx: Context, step: TakePostBack) -> None:
    """Show in the rooms that a request was taken back."""
    request = ctx.db.get(HelpRequest, step.request_id)
    if request is not None and request.closed_at is not None and request.closed_at <= ctx.now:
        close_post(ctx, request, TAKEN_BACK)


@on(AnswerInRoom)
def answer_in_room(ctx: Context, step: AnswerInRoom) -> None:
    """Bring the asker the words with which somebody answers in the room, wherever the asker is."""
    request, message = ctx.hold(HelpRequest, step.request_id), step.said
    if request is None or request.closed_at is not None or request.asker.person_id == ctx.person.id:
        return
    if ctx.room is None or not is_member(ctx, request.asker.network):
        return
    if request.asker.person_id in exclusions.apart_from(ctx.db, ctx.person.id):
        _did_not_get_there(ctx)
        return
    if not limits.allows(ctx, limits.WORDS, message.words):
        return
    help_requests.note_answer(request, ctx.now)
    _letter, reached = ctx.carry(
        request.asker.person,
        carrying.spoken_in_room(ctx, ctx.room, message.words),
        message,
        Button(_("It is settled"), Solve(request.id, unless_helped=True)),
        unnamed=request.anonymous,
        answers_in=None if request.anonymous else request.network_id,
        forget=True,
    )
    if not reached:
        _did_not_get_there(ctx)


def _did_not_get_there(ctx: Context) -> None:
    ctx.tell(
        ctx.person,
        _("I could not pass your words on. Everybody in the group can read them."),
        priority=Priority.CARRIED,
    )


def is_member(ctx: Context, network: Network) -> bool:
    """Whether the one who acts is in this network: in its room there may be members of others."""
    return ctx.may(Role.MEMBER) and ctx.network.id == network.id
