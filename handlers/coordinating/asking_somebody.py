"""A request is put before a certain member, at the wish of those who coordinate."""

from collections.abc import Sequence

from bot import AnyText, Button, Command, Context, Priority, Unclear, _, form, on, paragraphs
from db.help import asked, candidates, help_requests
from db.models import HelpRequest, Member
from db.models.indexed import folded
from db.network import numbers
from handlers.asking import taking, wording
from handlers.asking.steps import AnswerRequest, AskSomebody, Decline, Take
from handlers.coordinating import debts
from handlers.coordinating.steps import AskEverybody, NextDebt
from handlers.vocabulary import told_apart, topic_name

OFFERED = 5
"""Fitting members who are offered to tap; others are typed by name."""
LOOKED_AT = 1000
EVERYBODY = "everybody"
TYPED = "typed:"
"""Before a name that was typed, where a choice is kept as one word."""


@on(AskSomebody)
def ask_somebody(ctx: Context, step: AskSomebody) -> None:
    """Ask which member is meant, and put the request before them."""
    request = ctx.ours(
        HelpRequest,
        step.request_id,
        gone=debts.NOT_OPEN,
        still=help_requests.waits_for_coordinators,
    )
    if request is None:
        return
    there = [member for member in _fitting(ctx, request) if member.id != ctx.member.id]
    if not there:
        ctx.say(
            _("There is nobody else to ask at the moment."), Button(_("Invite somebody"), Command("invite"))
        )
        return
    wanted = step.member_id if step.member_id is not None else _choose(ctx, request, there)
    chosen = next((member for member in there if member.id == wanted), None)
    if chosen is not None:
        _ask(ctx, request, chosen)
    else:
        ctx.say(_not_now(ctx, wanted), Button(_("Ask somebody else"), AskSomebody(request.id)))


def _fitting(ctx: Context, request: HelpRequest) -> Sequence[Member]:
    """Return who can be asked, best first. Where the asker has no name they are among them."""
    return candidates.fitting(ctx.db, request, ctx.now, LOOKED_AT, by_hand=True)


def _choose(ctx: Context, request: HelpRequest, there: Sequence[Member]) -> int | None:
    """Ask who is meant, of those who are there: one of the best is tapped, any of them is typed by name.
    Return the id of a member."""
    called = told_apart(ctx, there)
    offered = {str(member.id): _label(member, request, called[member.id]) for member in there}
    best = dict([*offered.items()][:OFFERED])
    if request.widened_at is None and request.topic != help_requests.ANYTHING:
        best[EVERYBODY] = _("All who know this topic")

    def typed(words: str) -> str:
        if not _named(words, there):
            raise Unclear(_("I find nobody called “{words}” who can be asked now.", words=words[:40]))
        return f"{TYPED}{words}"

    answer = ctx.ask(
        "whom",
        paragraphs(
            debts.who_asks(ctx, request),
            debts.quoted(request),
            _("Who should I ask? You can also type a name."),
        ),
        parse=typed,
        suggest=best,
        max_length=60,
    )
    if answer == EVERYBODY:
        ctx.redirect(AskEverybody(request.id))
    if not answer.startswith(TYPED):
        return int(answer)
    return _choose_called(ctx, answer.removeprefix(TYPED), there)


def _containing(words: str, rows: Sequence[Member]) -> list[Member]:
    """Return those whose name contains the words."""
    wanted = folded(words)
    return [member for member in rows if wanted in folded(member.person.name)] if wanted else []


def _named(words: str, rows: Sequence[Member]) -> list[Member]:
    """Return those who are called so; where nobody is, those whose name contains the words."""
    found = _containing(words, rows)
    return [member for member in found if folded(member.person.name) == folded(words)] or found


def _choose_called(ctx: Context, words: str, rows: Sequence[Member]) -> int | None:
    """Return the id of the member who is meant by typed words: the only one who is called so, else it is
    asked; None where nobody is called so any more."""
    found = _named(words, rows)
    if not found:
        return None
    if len(found) == 1 and folded(found[0].person.name) == folded(words):
        return found[0].id
    return int(
        ctx.choose(
            "which",
            _("Who do you mean?"),
            {str(each): called for each, called in told_apart(ctx, found).items()},
        )
    )


def _label(member: Member, request: HelpRequest, name: AnyText) -> AnyText:
    """Return a member on a button, with the topic of the request if they know it."""
    if any(row.topic == request.topic for row in member.topics):
        return form("{name}: {topic}", name=name, topic=topic_name(request.topic))
    return name


def _not_now(ctx: Context, member_id: int | None) -> AnyText:
    """Return that a member cannot be asked. It is the same for every reason: some of them are nobody's
    business."""
    member = ctx.db.get(Member, member_id) if member_id is not None else None
    if member is None or member.network_id != ctx.network.id:
        return _("I cannot ask this person.")
    return _(
        "I cannot ask {name} at the moment. That can have many reasons: a break, other questions, or an "
        "answer given already.",
        name=member.person.name,
    )


def _ask(ctx: Context, request: HelpRequest, member: Member) -> None:
    """Put a request before a member, and say so. What they answer is told to the one who acts."""
    taking.choose(ctx, request, member)
    if member.id == request.asker_id:
        _tell_asker(ctx, request, member)
    else:
        asked.note_by_hand(ctx.db, request, member, ctx.now)
        ctx.tell(
            member.person,
            paragraphs(
                _("{by} thinks that you could help with this.", by=ctx.person.name),
                wording.question(request),
            ),
            Button(_("I can help"), Take(request.id), means=("help_offer", "yes")),
            Button(_("Not now"), Decline(request.id), means=("no", "later")),
            priority=Priority.HELP_REQUEST,
            expires_at=ctx.now + numbers.span(request, "last_question_hours"),
            carries=wording.enclosed(request),
            about=wording.named(request),
            on_reply=AnswerRequest(request.id),
        )
    name = member.person.name
    told = (
        _("{name} has quiet hours now. I will ask afterwards.", name=name)
        if ctx.quiet(member.person, ctx.network).at(ctx.now)
        else _("I have asked {name}.", name=name)
    )
    ctx.say(told, Button(_("Who else is waiting"), NextDebt("requests", request.id, 1)))


def _tell_asker(ctx: Context, request: HelpRequest, asker: Member) -> None:
    """Tell an asker without a name that they would have been asked themselves. Who coordinates reads the same
    as for everybody else."""
    asked.answer(ctx.db, request, asker, "passed", ctx.now)
    ctx.tell(
        asker.person,
        _(
            "{by} wanted to put a question without a name before you. It is your own, so there is nothing to "
            "do. {by} does not know that it is yours.",
            by=ctx.person.name,
        ),
        priority=Priority.HELP_REQUEST,
    )
