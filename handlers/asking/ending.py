"""How a request ends, and what its asker is asked then."""

from bot import Button, Command, Context, Priority, Text, UserMessage, _, on, paragraphs
from bot.installation import Keep
from bot.lists import Forgetting, Retention, adds
from bot.user_message import unpacked
from db.help import asked, help_requests, months, pasts, relays
from db.models import HelpRequest, Relay
from db.network import numbers
from handlers.asking import night, posting, routing, wording
from handlers.asking.steps import AskAgain, FollowUp, LastQuestion, Solve, Withdraw
from handlers.protecting import limits
from handlers.talking import opening, parting
from handlers.talking.steps import Reply

SETTLED = 31
"""Days after its end, when nothing of a request changes any more: the figures look back for less."""


@on(Withdraw)
def withdraw(ctx: Context, step: Withdraw) -> None:
    """Take a request back, for its asker, who is asked first where somebody helps them by now."""
    request = _mine(ctx, step.request_id)
    if request is not None and _ends_anyway(ctx, request):
        take_back(ctx, request)


def take_back(ctx: Context, request: HelpRequest) -> None:
    """Take a request back, at the wish of its asker."""
    routing.stop(ctx, request)
    help_requests.close(ctx.db, request, "withdrawn", ctx.now)
    posting.close_post(ctx, request, posting.TAKEN_BACK)
    end_of_request(ctx, request, parting.TAKEN_BACK)
    need = UserMessage(request.need or "", media=tuple(unpacked(request.media)))
    ctx.say(
        _("I have withdrawn your question."),
        Button(_("Ask it after all"), Command("ask"), given={"need": need.to_json()}),
    )


@on(Solve)
def solve(ctx: Context, step: Solve) -> None:
    """Close a request that its asker calls settled."""
    request = _mine(ctx, step.request_id)
    if request is not None and (not step.unless_helped or _ends_anyway(ctx, request)):
        settle(ctx, request)


def settle(ctx: Context, request: HelpRequest) -> None:
    """Close a request that its asker calls settled. The two can still write to each other for a while; some
    days later (`follow_up_hours` of the network) the asker is asked whether it helped."""
    routing.stop(ctx, request)
    relay = relays.of_request(ctx.db, request.id)
    is_first = request.helper is not None and not help_requests.helped_before(ctx.db, request)
    help_requests.close(ctx.db, request, "solved", ctx.now)
    posting.close_post(ctx, request, _("This has been answered."))
    if request.helper is not None:
        ctx.later(
            numbers.span(request, "follow_up_hours"),
            FollowUp(request.id),
            about=wording.about(request),
        )
    if relay is None:
        ctx.say(_("Good to hear."))
        return
    until = opening.settle(ctx, relay)
    _thank(ctx, relay, is_first=is_first)
    ctx.say(
        paragraphs(
            _("Good to hear. {name} will know that it is settled.", name=relay.helper.name),
            _("You can still write to each other until tonight.")
            if ctx.day_of(until) == ctx.today
            else _("You can still write to each other until tomorrow."),
        ),
        on_reply=Reply(relay.id),
    )


def _thank(ctx: Context, relay: Relay, *, is_first: bool) -> None:
    """Tell a helper that what they helped with is settled."""
    letter, _reached = ctx.tell(
        relay.helper,
        paragraphs(
            _("Good news from {name}: it is settled. Thank you for your help.", name=relay.asker.name)
            if relay.asker_named
            else _("Good news: it is settled. Thank you for your help."),
            *([_("That was the first time you helped in this network.")] if is_first else []),
        ),
        priority=Priority.CARRIED,
        on_reply=Reply(relay.id),
    )
    relays.note_letter(relay, letter)


def _ends_anyway(ctx: Context, request: HelpRequest) -> bool:
    """Ask whether a request is to end although somebody helps with it now; True where nobody does."""
    if request.state != "taken" or request.helper is None:
        return True
    name = request.helper.person.name
    return ctx.sure(
        _("{name} is helping you right now. Do you want to end the conversation?", name=name),
        yes=_("Yes, end it"),
        no=_("No, keep writing"),
        otherwise=_("Good. Just write here, I pass it on to {name}.", name=name),
    )


@adds(Retention, place=5)
def request_sums(keep: Keep) -> Forgetting:
    """Return after how long a closed request is in the sums of its month."""
    return Forgetting(months.count, SETTLED)


@adds(Retention, place=6)
def requests(keep: Keep) -> Forgetting:
    """Return for how long closed requests are kept one by one, with who was asked and who talked."""
    return Forgetting(pasts.let_go_requests, keep.history_days)


@adds(Retention, place=10)
def request_texts(keep: Keep) -> Forgetting:
    """Return for how long the words of a closed request are kept."""
    return Forgetting(help_requests.forget_words, keep.closed_request_days)


def _mine(ctx: Context, request_id: int) -> HelpRequest | None:
    """Return the asker's own request, locked, while it is open; None after saying that it is not."""
    request = ctx.hold(HelpRequest, request_id)
    if request is not None and request.asker.person_id == ctx.person.id and request.closed_at is None:
        return request
    ctx.say(_("This question is settled already."))
    return None


def end_of_request(ctx: Context, request: HelpRequest, words: Text) -> None:
    """End the conversation of a request that is over, if there is one, and tell the helper in these words."""
    relay = relays.of_request(ctx.db, request.id)
    if relay is not None:
        parting.end(ctx, relay)
        ctx.tell(relay.helper, words, priority=Priority.CARRIED)


@on(LastQuestion)
def last_question(ctx: Context, step: LastQuestion) -> None:
    """Ask the asker of a request without an answer whether they still need one."""
    request = ctx.hold(HelpRequest, step.request_id)
    if request is None or request.state not in help_requests.OPEN:
        return
    ctx.tell(
        request.asker.person,
        paragraphs(
            _("Some time ago you asked this, and nobody has answered yet:"),
            wording.gist(request),
            _("Do you still need help with it?"),
        ),
        Button(_("Yes, ask again"), AskAgain(request.id), means=("yes", "not_solved")),
        Button(_("It is settled"), Solve(request.id, unless_helped=True), means="solved"),
        Button(_("No longer needed"), Withdraw(request.id), means="no"),
        priority=Priority.CARRIED,
        about=wording.mine(request),
    )


@on(AskAgain)
def ask_again(ctx: Context, step: AskAgain) -> None:
    """Ask the same once more, on a new way through the peers."""
    old = ctx.hold(HelpRequest, step.request_id)
    if old is None or old.asker.person_id != ctx.person.id or old.state == "taken":
        ctx.say(_("This question is settled already."))
        return
    if not limits.allows(ctx, limits.QUESTIONS, old.need):
        return
    if old.closed_at is None:
        routing.stop(ctx, old)
        help_requests.close(ctx.db, old, "withdrawn", ctx.now)
    request = help_requests.open_request(
        ctx.db,
        old.asker,
        topic=old.topic,
        need=old.need,
        media=old.media,
        anonymous=old.anonymous,
        without_coordinators=old.without_coordinators,
        posting=old.posting,
        now=ctx.now,
    )
    if old.helper is not None:  # whose answer did not help
        asked.answer(ctx.db, request, old.helper, "passed", ctx.now)
    night.say_begin(ctx, request, routing.begin(ctx, request), _("I am asking again."))
