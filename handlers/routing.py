"""Who is asked to help, and when the next: one fitting peer after the other, then everybody who named the
topic, then the meta-mentor by name. Every request ends with a human answer or stays somebody's debt."""

from bot import Button, Context, Note, Priority, Verbatim, _, _n, action, form, paragraphs
from bot.note import unpacked
from bot.text import AnyText
from db import help_requests, members, networks, people
from db.models import Asked, HelpRequest, Member
from handlers import ask_peers, profile, rooms

LOOKED_AT = 50
"""Fitting members among whom one who is awake is looked for."""


def about(request: HelpRequest) -> str:
    """The mark of a request's timers."""
    return f"request:{request.id}"


def begin(ctx: Context, request: HelpRequest) -> None:
    """Plan a new request's way, and ask the first peer."""
    network = request.asker.network
    for span, step in (
        ("widen_hours", widen),
        ("hand_over_hours", hand_over),
        ("last_question_hours", ask_peers.last_question),
    ):
        ctx.later(networks.span(network, span), step, request.id, about=about(request))
    ask_next(ctx, request)
    if request.posting == "now":
        rooms.post(ctx, request)


def ask_next(ctx: Context, request: HelpRequest) -> None:
    """Ask the best peer who is awake; wait for the first to wake; widen after three; hand over when there
    is nobody."""
    ctx.call_off(about(request), next_after_silence)
    asked = help_requests.asked(ctx.db, request)
    if request.widened_at is None and len(asked) >= networks.PEERS_BEFORE_WIDENING:
        _widen(ctx, request)
        return
    fitting = help_requests.fitting(ctx.db, request, ctx.now, LOOKED_AT)
    if not fitting:
        if all(row.answer is not None for row in asked):  # nobody is left who could still say yes
            _hand_over(ctx, request)
        return
    network = request.asker.network
    quiet = {member.id: ctx.quiet(member.person, network) for member in fitting}
    awake = [member for member in fitting if not quiet[member.id].at(ctx.now)]
    if awake:
        ask(ctx, request, awake[:1])
        silence = quiet[awake[0].id].awake(ctx.now, networks.span(network, "silence_hours"))
        ctx.later(silence, next_after_silence, request.id, about=about(request))
    else:
        wakes = min(quiet[member.id].over(ctx.now) for member in fitting)
        ctx.later(wakes, next_after_silence, request.id, about=about(request))


def ask(ctx: Context, request: HelpRequest, peers: list[Member]) -> None:
    """Put the request before these peers. Silence is an answer too: nobody is reminded."""
    for member in peers:
        help_requests.ask(ctx.db, request, member, ctx.now)
    ctx.tell(
        [member.person for member in peers],
        question(request),
        Button(_("I can help"), ask_peers.take, (request.id,)),
        Button(_("Not now"), ask_peers.decline, (request.id,)),
        priority=Priority.HELP_REQUEST,
        expires_at=ctx.now + networks.span(request.asker.network, "last_question_hours"),
        note=enclosed(request),
    )


def enclosed(request: HelpRequest) -> Note:
    """What was sent with a request."""
    return Note(media=unpacked(request.media))


def question(request: HelpRequest) -> AnyText:
    """The request as a peer sees it."""
    topic = profile.TOPICS.get(request.topic) or Verbatim(request.topic)
    if request.anonymous:
        head = _(
            "Somebody from <b>{network}</b> asks for help: {topic}.",
            network=request.asker.network.name,
            topic=topic,
        )
    else:
        head = _(
            "{name} from <b>{network}</b> asks for help: {topic}.",
            name=request.asker.person.name,
            network=request.asker.network.name,
            topic=topic,
        )
    need = [form("<blockquote>{need}</blockquote>", need=request.need)] if request.need else []
    return paragraphs(head, *need, _("Can you help?"))


@action()
def next_after_silence(ctx: Context, request_id: int) -> None:
    """A peer was silent for too long, or somebody woke up: go on."""
    request = ctx.hold(HelpRequest, request_id)
    if request is not None and request.state in help_requests.OPEN and request.widened_at is None:
        ask_next(ctx, request)


@action()
def widen(ctx: Context, request_id: int) -> None:
    """Six hours are over: ask everybody who named the topic."""
    request = ctx.hold(HelpRequest, request_id)
    if request is not None and request.state in help_requests.OPEN and request.widened_at is None:
        _widen(ctx, request)


def _widen(ctx: Context, request: HelpRequest) -> None:
    request.widened_at = ctx.now
    if request.posting == "later":
        rooms.post(ctx, request)
    fitting = help_requests.fitting(ctx.db, request, ctx.now, 1000)
    peers = help_requests.naming_topic(ctx.db, request, fitting)
    if peers:
        ask(ctx, request, peers)
        ctx.tell(
            request.asker.person,
            _n(
                "Nobody has said yes so far, so I am asking one more mentor.",
                "Nobody has said yes so far, so I am asking {n} more mentors.",
                len(peers),
            ),
            priority=Priority.CARRIED,
        )
    elif not help_requests.still_silent(ctx.db, request):
        _hand_over(ctx, request)


@action()
def hand_over(ctx: Context, request_id: int) -> None:
    """A day is over: the meta-mentor owes an answer."""
    request = ctx.hold(HelpRequest, request_id)
    if request is not None and request.state == "open":
        _hand_over(ctx, request)


def _hand_over(ctx: Context, request: HelpRequest) -> None:
    if request.handed_at is not None:
        return
    request.state, request.handed_at = "handed", ctx.now
    request.widened_at = request.widened_at or ctx.now
    ctx.call_off(about(request), widen)
    ctx.call_off(about(request), hand_over)
    coordinators = [m for m in members.coordinators(ctx.db, request.network_id) if m.id != request.asker_id]
    ctx.tell(
        [member.person for member in coordinators],
        paragraphs(
            _("A request found nobody so far. It is yours now, until somebody has answered."),
            question(request),
        ),
        Button(_("I can help"), ask_peers.take, (request.id,)),
        priority=Priority.HELP_REQUEST,
        note=enclosed(request),
    )
    there = [member for member in coordinators if not people.is_paused(member.person, ctx.now)]
    names = [member.person.name for member in there]
    ctx.tell(
        request.asker.person,
        _("I have found nobody yet. {people} will see to it that you get an answer.", people=list(names))
        if names
        else _("I have found nobody yet. I keep your request open."),
        Button(_("Take it back"), ask_peers.withdraw, (request.id,)),
        priority=Priority.CARRIED,
    )


def declined(ctx: Context, request: HelpRequest) -> None:
    """A peer said no: the next, unless everybody has been asked; then, when all have said no, hand over."""
    if request.widened_at is None:
        ask_next(ctx, request)
    elif not help_requests.still_silent(ctx.db, request):
        _hand_over(ctx, request)


def stop(ctx: Context, request: HelpRequest) -> None:
    """Ask nobody any more."""
    ctx.call_off(about(request))


def counts(rows: list[Asked]) -> tuple[int, int, int]:
    """Of a request that looks for somebody: how many were asked, cannot help (any more), are silent."""
    silent = sum(row.answer is None for row in rows)
    return len(rows), len(rows) - silent, silent
