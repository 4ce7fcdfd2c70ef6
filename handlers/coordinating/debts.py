"""What those who coordinate owe to people, the most urgent first, and what they can do about it."""

from bot import AnyText, Button, Context, Line, Step, Text, _, _n, form, on, paragraphs
from bot.lists import Debts, Owed, adds
from bot.text import Value
from db.agreeing import signatures
from db.help import asked, check_ins, help_requests, pulse, silences
from db.models import Agreement, CheckIn, HelpRequest, Member
from db.network import exclusions
from handlers.agreeing import standing
from handlers.agreeing.steps import RemindUnsigned
from handlers.asking import routing, taking, wording
from handlers.asking.steps import AskSomebody, Take
from handlers.coordinating import cards
from handlers.coordinating.steps import AskEverybody, HelpWith, ShowSent, Talked, WriteTo, WriteToNew
from handlers.vocabulary import since, topic_name

NOT_OPEN = _("This question is no longer open.")


# --- who is not well -----------------------------------------------------------------------------


@adds(Debts, place=10)
def not_well(ctx: Context) -> Owed[CheckIn]:
    """Return the check-ins of those who are not well and would like to talk, without the one who acts."""
    return Owed(
        lambda n: _n("{n} person is not well", "{n} people are not well", n),
        check_ins.not_well(ctx.db, ctx.network.id).but(ctx.member.id),
        lambda flag: _not_well(ctx, flag),
    )


def _not_well(ctx: Context, flag: CheckIn) -> Line:
    name = flag.member.person.name
    text = _("{name} is not well, since {day}.", name=name, day=since(ctx, flag.answered_at or flag.asked_at))
    return Line(text, [_write(flag.member), Button(_("We have talked"), Talked(flag.id))])


@on(Talked)
def talked(ctx: Context, step: Talked) -> None:
    """Note that the one who coordinates has talked with a member who is not well, and show who is next."""
    flags = cards.all_owed(ctx).kinds.get("not_well")
    place = flags.rows.place(step.check_in_id, 1) if flags else None
    flag = ctx.db.get(CheckIn, step.check_in_id)
    if flag is not None and flag.member.network_id == ctx.network.id:
        check_ins.deal_with(ctx.db, flag.member, ctx.now)
    cards.show_after(ctx, "not_well", step.check_in_id, place or 1, _("Thank you for being there."))


# --- questions without an answer -----------------------------------------------------------------


@adds(Debts, place=20)
def requests(ctx: Context) -> Owed[HelpRequest]:
    """Return the requests that look for somebody: those of newcomers first, then the oldest. Whoever asked
    without a name is no newcomer here: their place would tell that they are one."""
    apart = exclusions.apart_from(ctx.db, ctx.person.id)
    return Owed(
        lambda n: _n("{n} question has no answer", "{n} questions have no answer", n),
        pulse.unanswered(ctx.db, ctx.network, ctx.now, apart),
        lambda request: _request(ctx, request),
    )


def _request(ctx: Context, request: HelpRequest) -> Line:
    sent = [_remedy(_("Show what was sent"), ShowSent(request.id))] if request.media else []
    silent: list[Value] = [told.person.name for told in taking.chosen_by_me(ctx, request)]
    text = paragraphs(
        who_asks(ctx, request),
        quoted(request),
        [_("You have asked {people}. There is no answer yet.", people=silent)] if silent else [],
    )
    if request.asker_id == ctx.member.id:
        return Line(text, sent)
    help_ = Button(_("I can help"), HelpWith(request.id), keep=True, means=("help_offer", "yes"))
    return Line(text, [help_, _remedy(_("Ask somebody"), AskSomebody(request.id)), *sent])


def who_asks(ctx: Context, request: HelpRequest) -> Text:
    """Return who asks, about what, and since when, as whoever coordinates may know it."""
    facts = {"topic": topic_name(request.topic), "day": since(ctx, request.opened_at)}
    if request.asker_id == ctx.member.id:
        return _("Your own question ({topic}), since {day}.", **facts)
    if request.anonymous:
        return _("A question without a name ({topic}), since {day}.", **facts)
    facts["name"] = request.asker.person.name
    if pulse.is_new(request.asker, ctx.now):
        return _("{name}, who is new here ({topic}), since {day}.", **facts)
    return _("{name} ({topic}), since {day}.", **facts)


def quoted(request: HelpRequest) -> list[AnyText]:
    """Return the words of a request, if it has any."""
    return [form("<blockquote>{need}</blockquote>", need=request.need)] if request.need else []


def _waiting(ctx: Context, request_id: int) -> HelpRequest | None:
    """Return a request that still waits for those who coordinate; None after saying that it does not."""
    return ctx.ours(
        HelpRequest,
        request_id,
        gone=NOT_OPEN,
        still=help_requests.waits_for_coordinators,
    )


@on(ShowSent)
def show_sent(ctx: Context, step: ShowSent) -> None:
    """Show the voice note, the picture or the file of a request that nobody has taken."""
    request = _waiting(ctx, step.request_id)
    if request is not None:
        ctx.say(who_asks(ctx, request), carries=wording.enclosed(request))


@on(HelpWith)
def help_with(ctx: Context, step: HelpWith) -> None:
    """Help with a request: the one who coordinates is connected with who asks."""
    request = ctx.ours(
        HelpRequest,
        step.request_id,
        gone=NOT_OPEN,
        still=lambda request: not request.without_coordinators,
    )
    if request is not None:
        taking.take(ctx, Take(step.request_id))


@on(AskEverybody)
def ask_everybody(ctx: Context, step: AskEverybody) -> None:
    """Ask everybody who named the topic now, not only after the usual hours."""
    request = _waiting(ctx, step.request_id)
    if request is None:
        return
    if request.widened_at is not None:
        ctx.say(_("I have already asked everybody who named this topic."))
        return
    before = asked.count(ctx.db, request).asked
    routing.widen_at_once(ctx, request)
    n = asked.count(ctx.db, request).asked - before
    # One less than have named the topic would tell that an asker without a name is one of them.
    if request.anonymous or n == routing.AT_ONCE:
        ctx.say(_("I am now asking everybody who has named this topic. If nobody can help, I will tell you."))
    else:
        ctx.say(
            _n("I am asking {n} more mentor now.", "I am asking {n} more mentors now.", n)
            if n
            else _("Nobody else has named this topic."),
            *([] if n else [Button(_("Ask somebody"), AskSomebody(request.id))]),
        )


# --- who has heard nothing -----------------------------------------------------------------------


@adds(Debts, place=30)
def newcomers(ctx: Context) -> Owed[Member]:
    """Return the newcomers to whom nobody has written by name."""
    return Owed(
        lambda n: _n("{n} newcomer has heard nothing yet", "{n} newcomers have heard nothing yet", n),
        pulse.newcomers(ctx.db, ctx.network, ctx.now),
        lambda member: _newcomer(ctx, member),
        yields=True,
        at_once=_remedy(_("Write to all new ones"), WriteToNew()),
    )


def _newcomer(ctx: Context, member: Member) -> Line:
    text = _(
        "{name} has been here since {day}, and nobody has written to them by name yet.",
        name=member.person.name,
        day=since(ctx, member.joined_at),
    )
    return Line(text, [_write(member)])


@adds(Debts, place=40)
def alone(ctx: Context) -> Owed[Member]:
    """Return the members to whom nobody has written by name for a long time."""
    return Owed(
        lambda n: _n(
            "{n} member has had no contact for a long time",
            "{n} members have had no contact for a long time",
            n,
        ),
        pulse.silent(ctx.db, ctx.network, ctx.now),
        lambda member: _alone(ctx, member),
        yields=True,
    )


def _alone(ctx: Context, member: Member) -> Line:
    name = member.person.name
    if member.last_contact_at is None:
        text = _("{name}: no contact since joining, {day}.", name=name, day=since(ctx, member.joined_at))
    else:
        text = _("{name}: no contact since {day}.", name=name, day=since(ctx, member.last_contact_at))
    return Line(paragraphs(text, _asked(ctx, member)), [_write(member)])


def _asked(ctx: Context, member: Member) -> list[Text]:
    """Return that a member was asked whether they are still there, and has not answered."""
    if member.silence_at is None or silences.last_heard(ctx.db, member) > member.silence_at:
        return []
    return [
        _(
            "There is no answer yet to my question whether {name} is still with us ({day}).",
            name=member.person.name,
            day=since(ctx, member.silence_at),
        )
    ]


# --- who has not signed ---------------------------------------------------------------------------


@adds(Debts, place=50)
def unsigned(ctx: Context) -> Owed[Member] | None:
    """Return the members who were here when the agreement was sent, long ago, and have not signed it."""
    there = standing.overdue(ctx, ctx.network.id)
    if there is None:
        return None
    return Owed(
        lambda n: _n(
            "{n} member has not signed the agreement", "{n} members have not signed the agreement", n
        ),
        signatures.owing(ctx.db, there),
        lambda member: _unsigned(there, member),
        yields=True,
        at_once=_remedy(_("Remind them once"), RemindUnsigned(there.id))
        if there.reminded_at is None
        else None,
    )


def _unsigned(agreement: Agreement, member: Member) -> Line:
    text = _(
        "{name} has not signed version {version} of the agreement. Perhaps you talk with each other.",
        name=member.person.name,
        version=agreement.version,
    )
    return Line(text, [_write(member)])


# --- in words ------------------------------------------------------------------------------------


def _write(member: Member) -> Button:
    return _remedy(_("Write to {name}", name=member.person.name), WriteTo(member.id))


def _remedy(label: Text, step: Step) -> Button:
    """Return the button for what can be done about a debt, which stays until the debt is gone."""
    return Button(label, step, keep=True)
