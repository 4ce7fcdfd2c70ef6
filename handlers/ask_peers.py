"""Asking peers for help: from the question to the follow-up three days after it was solved."""

from collections.abc import Callable, Iterator, Sequence

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Note,
    Priority,
    Role,
    Verbatim,
    _,
    action,
    command,
    form,
    lines,
    paragraphs,
)
from db import help_requests, members, networks, relays
from db.models import HelpRequest, Member
from handlers import pause, personal_data, profile, relay, rooms, routing

LONGEST_NEED = 2000
"""Characters; a request that is longer is read by nobody on a phone."""
KINDS = {
    "voice": _("a voice note"),
    "audio": _("a recording"),
    "photo": _("a picture"),
    "video": _("a video"),
    "video_note": _("a video"),
    "document": _("a file"),
}
"""What can be sent with a request."""


@command("ask", needs=Role.MEMBER, menu=_("Ask your peers for help"))
def ask(ctx: Context) -> None:
    """Topic, need, with or without a name, preview; then the first peer is asked."""
    topic = ctx.choose("topic", _("What is it about?"), profile.TOPICS)
    note = ctx.ask_note(
        "need", _("What do you need? Leave out names and addresses of others."), max_length=LONGEST_NEED
    )
    note = note.with_words(personal_data.offer_removal(ctx, note.words))
    who = ctx.choose(
        "who",
        _("May your peers see your name?"),
        {"named": _("Yes, with my name"), "anonymous": _("Without my name")},
    )
    posting = rooms.ask_where(ctx)
    sure = ctx.confirm(
        "sure",
        paragraphs(
            form("<b>{topic}</b>", topic=profile.TOPICS[topic]),
            *_shown(note),
            _("I ask one fitting peer after the other. Shall I begin?")
            if who == "named"
            else _("I ask one fitting peer after the other, without your name. Shall I begin?"),
        ),
        yes=_("Send it"),
        no=_("Do not send"),
    )
    if not sure:
        ctx.say(_("All right. Nothing was sent."))
        return
    request = help_requests.open_(
        ctx.db,
        ctx.member,
        topic=topic,
        need=note.words,
        media=[each.to_json() for each in note.media],
        anonymous=who == "anonymous",
        posting=posting,
        now=ctx.now,
    )
    routing.begin(ctx, request)
    if request.state == "open":  # otherwise the asker has just been told who sees to it
        ctx.say(
            _(
                "I am asking your peers now, and write as soon as somebody can help. "
                "{requests} shows how far I am.",
                requests=Command("requests"),
            ),
            Button(_("Take it back"), withdraw, (request.id,)),
        )


def _shown(note: Note) -> Iterator[AnyText]:
    """What will be sent, as it is shown before."""
    if note.words:
        yield form("<blockquote>{need}</blockquote>", need=note.words)
    if note.media:
        yield _("With it goes: {things}.", things=[KINDS[each.kind] for each in note.media])


@command("requests", needs=Role.MEMBER, menu=_("See how your requests stand"))
def requests(ctx: Context) -> None:
    """The asker's open requests: how many were asked, said no, are silent. Never who."""
    mine = help_requests.open_by(ctx.db, ctx.member)
    if not mine:
        ctx.say(_("You have no open request."), Button(_("Ask your peers"), ask, keep=True))
    for request in mine:
        if request.state == "taken" and request.helper is not None:
            how = _("{name} helps you.", name=request.helper.person.name)
            button = Button(_("It is solved"), solve, (request.id,))
        else:
            asked, declined, silent = routing.counts(list(help_requests.asked(ctx.db, request)))
            how = _(
                "Asked: {asked}. Cannot help: {declined}. Silent so far: {silent}.",
                asked=asked,
                declined=declined,
                silent=silent,
            )
            button = Button(_("Take it back"), withdraw, (request.id,))
        ctx.say(
            lines(
                form("<b>{topic}</b>", topic=profile.TOPICS.get(request.topic) or Verbatim(request.topic)),
                gist(request),
                how,
            ),
            button,
        )


def gist(request: HelpRequest) -> AnyText:
    """A request, as its asker knows it again: its first words, or what was sent."""
    if request.need:
        return form("<blockquote>{need}</blockquote>", need=shortened(request.need))
    things = [KINDS[each["kind"]] for each in request.media]
    return form("<blockquote>{things}</blockquote>", things=list(things)) if things else _("(words deleted)")


def shortened(words: str, limit: int = 200) -> str:
    """Words, cut where they are longer than `limit` characters."""
    return words if len(words) <= limit else words[: limit - 1] + "…"


# --- what peers do -------------------------------------------------------------------------------


@action(needs=Role.MEMBER)
def take(ctx: Context, request_id: int) -> None:
    """I can help. The first wins; later ones are told kindly."""
    request, member = _of_my_network(ctx, request_id)
    if request is None or member is None or request.asker.person_id == ctx.person.id:
        ctx.say(_("This request is not for you."))
        return
    # Who presses the first message of a request that was asked again means the one that is open.
    request = help_requests.again(ctx.db, request) or request
    if not help_requests.take(ctx.db, request, member, ctx.now):
        if request.helper_id == member.id:
            ctx.say(_("You have taken this one already."))
            return
        help_requests.answer(ctx.db, request, member, "late", ctx.now)
        ctx.say(
            _("Someone was faster. Thank you for being there.")
            if request.state in ("taken", "solved")
            else _("This request was taken back in the meantime. Thank you for being there.")
        )
        return
    help_requests.answer(ctx.db, request, member, "yes", ctx.now)
    routing.stop(ctx, request)
    rooms.close_post(ctx, request, _("Somebody helps now."))
    request.asker.last_contact_at = member.last_contact_at = ctx.now
    relay.begin(ctx, request)


@action(needs=Role.MEMBER)
def decline(ctx: Context, request_id: int) -> None:
    """Not now, without excuse."""
    request, member = _of_my_network(ctx, request_id)
    asking = request is not None and request.state == "open"
    if request is not None and member is not None and request.state in help_requests.OPEN:
        help_requests.answer(ctx.db, request, member, "no", ctx.now)
        routing.declined(ctx, request)
    ctx.say(
        _("All right, no reason needed. I ask somebody else.")
        if asking
        else _("All right, no reason needed."),
        Button(_("Pause me for a while"), pause.pause),
    )


def _of_my_network(ctx: Context, request_id: int) -> tuple[HelpRequest | None, Member | None]:
    """A request, held, and this person's membership in its network, whichever network is their active one."""
    request = ctx.hold(HelpRequest, request_id)
    if request is None:
        return None, None
    member = members.of(ctx.db, request.asker.network, ctx.person)
    return request, member if member is not None and member.state == "active" else None


# --- how it ends ---------------------------------------------------------------------------------


@action(menu=_("Take a request back"))
def withdraw(ctx: Context, request_id: int) -> None:
    """The asker needs it no more."""
    request = _mine(ctx, request_id)
    if request is None:
        return
    routing.stop(ctx, request)
    help_requests.close(ctx.db, request, "withdrawn", ctx.now)
    rooms.close_post(ctx, request, _("This was taken back."))
    relay.end_of_request(
        ctx, request, _("The request was taken back, so this conversation ends. Thank you for your help.")
    )
    ctx.say(_("I have taken your request back."))


@action()
def solve(ctx: Context, request_id: int) -> None:
    """The asker says it is solved. In three days they are asked whether it helped."""
    request = _mine(ctx, request_id)
    if request is None:
        return
    routing.stop(ctx, request)
    help_requests.close(ctx.db, request, "solved", ctx.now)
    rooms.close_post(ctx, request, _("This is solved."))
    relay.end_of_request(
        ctx, request, _("It is solved. Thank you for your help: this conversation ends here.")
    )
    if request.helper is not None:
        ctx.later(
            networks.span(request.asker.network, "follow_up_hours"),
            follow_up,
            request.id,
            about=routing.about(request),
        )
    ctx.say(_("Good to hear. I have closed your request."))


def _mine(ctx: Context, request_id: int) -> HelpRequest | None:
    """The asker's own request, held, while it is open; None after saying that it is not."""
    request = ctx.hold(HelpRequest, request_id)
    if request is not None and request.asker.person_id == ctx.person.id and request.closed_at is None:
        return request
    ctx.say(_("This request is closed already."))
    return None


@action()
def last_question(ctx: Context, request_id: int) -> None:
    """Two weeks without an answer: does the asker still need one?"""
    request = ctx.hold(HelpRequest, request_id)
    if request is None or request.state not in help_requests.OPEN:
        return
    ctx.tell(
        request.asker.person,
        paragraphs(
            _("You asked this a while ago, and it is still open:"),
            gist(request),
            _("Do you still need help with it?"),
        ),
        Button(_("Yes, ask again"), ask_again, (request.id,)),
        Button(_("It is solved"), solve, (request.id,)),
        Button(_("Take it back"), withdraw, (request.id,)),
        priority=Priority.CARRIED,
    )


@action(needs=Role.MEMBER)
def ask_again(ctx: Context, request_id: int) -> None:
    """The same question on a new way through the peers."""
    old = ctx.hold(HelpRequest, request_id)
    if old is None or old.asker.person_id != ctx.person.id or old.state == "taken":
        ctx.say(_("This request is closed already."))
        return
    if old.closed_at is None:
        routing.stop(ctx, old)
        help_requests.close(ctx.db, old, "withdrawn", ctx.now)
    request = help_requests.open_(
        ctx.db,
        old.asker,
        topic=old.topic,
        need=old.need,
        media=old.media,
        anonymous=old.anonymous,
        posting=old.posting,
        now=ctx.now,
    )
    if old.helper is not None:  # whose answer did not help
        help_requests.answer(ctx.db, request, old.helper, "passed", ctx.now)
    routing.begin(ctx, request)
    ctx.say(_("I am asking your peers once more."), Button(_("Take it back"), withdraw, (request.id,)))


@action()
def follow_up(ctx: Context, request_id: int) -> None:
    """Three days after it was solved."""
    request = ctx.db.get(HelpRequest, request_id)
    if request is None or request.helper is None:
        return
    ctx.tell(
        request.asker.person,
        paragraphs(
            gist(request),
            _("Did the answer from {name} to your request help?", name=request.helper.person.name),
        ),
        Button(_("Yes"), helped, (request.id, "yes")),
        Button(_("A bit"), helped, (request.id, "a_bit")),
        Button(_("No"), helped, (request.id, "no")),
        priority=Priority.CHECK_IN,
    )


@action()
def helped(ctx: Context, request_id: int, how: str) -> None:
    """Whether it helped; a "no" leads to another try."""
    request = ctx.hold(HelpRequest, request_id)
    if request is None or request.asker.person_id != ctx.person.id:
        return
    request.helped = how
    if how == "no":
        ctx.say(
            _("Thank you for telling me. Shall I ask somebody else?"),
            Button(_("Yes, ask again"), ask_again, (request.id,)),
        )
        return
    ctx.say(_("Thank you for telling me."))
    if request.helper is not None and how == "yes":
        ctx.tell(
            request.helper.person,
            _("Your help was good: the one you helped has just told me so. Thank you."),
            priority=Priority.CHECK_IN,
        )


# --- when somebody goes --------------------------------------------------------------------------


def release(ctx: Context, member: Member) -> None:
    """A member leaves: their own requests end, those they help with look for somebody else."""
    for request in _held(ctx, help_requests.open_by(ctx.db, member), lambda each: each.closed_at is None):
        routing.stop(ctx, request)
        help_requests.close(ctx.db, request, "withdrawn", ctx.now)
        relay.end_of_request(
            ctx,
            request,
            _("The one who asked has left the network, so this conversation ends. Thank you for your help."),
        )
    hand_on(ctx, member)


def hand_on(ctx: Context, member: Member) -> None:
    """A member cannot help now: who was helped by them, or waits for their answer, gets somebody else."""
    taken = help_requests.taken_by(ctx.db, member)
    for request in _held(ctx, taken, lambda each: each.state == "taken" and each.helper_id == member.id):
        give_back(ctx, request)
    waiting = help_requests.waiting_for_answer_of(ctx.db, member)
    for request in _held(ctx, waiting, lambda each: each.state in help_requests.OPEN):
        help_requests.answer(ctx.db, request, member, "no", ctx.now)
        routing.declined(ctx, request)


def _held(
    ctx: Context, requests: Sequence[HelpRequest], still: Callable[[HelpRequest], bool]
) -> Iterator[HelpRequest]:
    """Requests, held one by one, without those that are not what they were by then."""
    for request in requests:
        held = ctx.hold(HelpRequest, request.id)
        if held is not None and still(held):
            yield held


def give_back(ctx: Context, request: HelpRequest) -> None:
    """The helper cannot go on: the request looks for somebody again, and the asker is told."""
    ctx.tell(
        request.asker.person,
        _("Your helper cannot go on. I am asking others now."),
        Button(_("It is solved"), solve, (request.id,)),
        priority=Priority.CARRIED,
    )
    look_again(ctx, request)


def look_again(ctx: Context, request: HelpRequest) -> None:
    """A request that was taken looks for somebody else."""
    talk = relays.of_request(ctx.db, request.id)
    if talk is not None:
        relay.end(ctx, talk)
    help_requests.release(ctx.db, request)
    routing.begin(ctx, request)
