"""The pulse of a network: first who waits for a human, each with a remedy; then the figures."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from bot import (
    AnyText,
    Button,
    Context,
    Role,
    Text,
    Verbatim,
    _,
    _n,
    action,
    command,
    form,
    heading,
    lines,
)
from db import check_ins, help_requests, networks, pulse
from db.models import CheckIn, HelpRequest, Member
from handlers import ask_peers, check_in, found, profile, routing
from handlers.members import write_to

LISTED = 5
"""Debts of a kind that are listed."""

Debt = TypeVar("Debt")
Remedy = tuple[Text, Callable[..., None], int]
"""What can be done about a debt: a label, a handler, and the id it is called with."""


@command("pulse", needs=Role.META_MENTOR, menu=_("See who waits, and how it goes"))
def pulse_(ctx: Context) -> None:
    """What is owed to people, then the figures."""
    debts = _owed(ctx)
    today = _("Today in {network}", network=ctx.network.name)
    calm = _("Nobody waits for an answer, and nobody was left alone. Thank you for seeing to that.")
    ctx.say(heading(today, *(debts.parts or [calm])), *debts.buttons)
    ctx.say(lines(_figures(ctx)))


def _owed(ctx: Context) -> "Debts":
    """All debts of today, the most urgent kind first. Nobody is listed twice by name."""
    requests = _requests(ctx)
    unwell = [each for each in check_ins.not_well(ctx.db, ctx.network.id) if each.member_id != ctx.member.id]
    listed = {ctx.member.id, *(flag.member_id for flag in unwell)}
    listed |= {request.asker_id for request in requests if not request.anonymous}
    new = pulse.newcomers(ctx.db, ctx.network, ctx.now)
    silent = pulse.silent(ctx.db, ctx.network, ctx.now)
    debts = Debts()
    debts.add(_("Requests without an answer"), requests, lambda request: _request(ctx, request))
    debts.add(
        _("New here, and nobody has written to them"),
        [member for member in new if member.id not in listed and member.role == "member"],
        _newcomer,
    )
    debts.add(
        _("No word from a human for a long time"),
        [member for member in silent if member.id not in listed],
        _silent,
    )
    debts.add(_("Not well, and would like to talk"), unwell, _not_well)
    if ctx.may(Role.OPERATOR):
        debts.add_networks(len(networks.waiting(ctx.db)))
    return debts


@dataclass
class Debts:
    """A numbered list of what is owed, and one button for each remedy."""

    parts: list[AnyText] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)
    count: int = 0

    def add(
        self, title: Text, debts: Sequence[Debt], tell: Callable[[Debt], tuple[AnyText, list[Remedy]]]
    ) -> None:
        """A kind of debt; `tell` says what one is and what can be done about it."""
        if not debts:
            return
        told: list[AnyText] = []
        for debt in debts[:LISTED]:
            self.count += 1
            what, remedies = tell(debt)
            told.append(form("{n}. {what}", n=self.count, what=what))
            self.buttons += [
                Button(form("{n}: {label}", n=self.count, label=label), handler, (about,), keep=True)
                for label, handler, about in remedies
            ]
        rest = len(debts) - LISTED
        more = [_n("and {n} more", "and {n} more", rest)] if rest > 0 else []
        self.parts.append(lines(form("<b>{title}</b>", title=title), told, more))

    def add_networks(self, waiting: int) -> None:
        """Networks that wait for the operator who reads this."""
        if waiting:
            self.parts.append(
                _n("{n} network waits for your word.", "{n} networks wait for your word.", waiting)
            )
            self.buttons.append(Button(_("Show waiting networks"), found.operator, keep=True))


# --- what is owed --------------------------------------------------------------------------------


def _requests(ctx: Context) -> list[HelpRequest]:
    """Requests that look for somebody: those of newcomers first, then the oldest."""
    requests = help_requests.unanswered(ctx.db, ctx.network.id)
    return sorted(requests, key=lambda request: not pulse.is_new(request.asker, ctx.now))


def _request(ctx: Context, request: HelpRequest) -> tuple[AnyText, list[Remedy]]:
    facts = {"topic": profile.TOPICS.get(request.topic) or Verbatim(request.topic), "time": request.opened_at}
    new = pulse.is_new(request.asker, ctx.now)
    if request.asker_id == ctx.member.id:
        return _("{topic}, asked by you on {time}", **facts), []
    if request.anonymous:
        text = _("{topic}, asked without a name on {time}", **facts)
    elif new:
        text = _(
            "{topic}, asked on {time} by {name}, who is new here", name=request.asker.person.name, **facts
        )
    else:
        text = _("{topic}, asked on {time} by {name}", name=request.asker.person.name, **facts)
    remedies: list[Remedy] = [(_("I can help"), help_with, request.id)]
    if request.widened_at is None:
        remedies.append((_("Ask everybody"), ask_everybody, request.id))
    return text, remedies


def _newcomer(member: Member) -> tuple[AnyText, list[Remedy]]:
    return _("{name}, since {day}", name=member.person.name, day=member.joined_at.date()), _write(member)


def _silent(member: Member) -> tuple[AnyText, list[Remedy]]:
    if member.last_contact_at is None:
        text = _("{name}, never since joining on {day}", name=member.person.name, day=member.joined_at.date())
    else:
        text = _("{name}, since {day}", name=member.person.name, day=member.last_contact_at.date())
    return text, _write(member)


def _not_well(flag: CheckIn) -> tuple[AnyText, list[Remedy]]:
    day = (flag.answered_at or flag.asked_at).date()
    text = _("{name}, since {day}", name=flag.member.person.name, day=day)
    return text, [*_write(flag.member), (_("We have talked"), check_in.talked, flag.id)]


def _write(member: Member) -> list[Remedy]:
    return [(_("Write to {name}", name=member.person.name), write_to, member.id)]


# --- remedies ------------------------------------------------------------------------------------


@action(needs=Role.META_MENTOR)
def help_with(ctx: Context, request_id: int) -> None:
    """The meta-mentor helps: they read what is needed, and are connected."""
    request = ctx.hold(HelpRequest, request_id)
    if request is not None and request.state in help_requests.OPEN and request.network_id == ctx.network.id:
        ctx.say(form("<blockquote>{need}</blockquote>", need=request.need))
    ask_peers.take(ctx, request_id)


@action(needs=Role.META_MENTOR)
def ask_everybody(ctx: Context, request_id: int) -> None:
    """Everybody who named the topic is asked now, not only after the usual hours."""
    request = ctx.hold(HelpRequest, request_id)
    if request is None or request.network_id != ctx.network.id or request.state not in help_requests.OPEN:
        ctx.say(_("This request is not open any more."))
    elif request.widened_at is not None:
        ctx.say(_("Everybody who named this topic has been asked already."))
    else:
        before = len(help_requests.asked(ctx.db, request))
        routing.widen(ctx, request_id)
        n = len(help_requests.asked(ctx.db, request)) - before
        ctx.say(
            _n("I am asking {n} more mentor now.", "I am asking {n} more mentors now.", n)
            if n
            else _("Nobody else has named this topic. It needs you, or somebody you know.")
        )


# --- figures -------------------------------------------------------------------------------------


def _figures(ctx: Context) -> Iterator[AnyText]:
    """How the network is, one fact a line."""
    now = pulse.figures(ctx.db, ctx.network, ctx.now)
    yield _("<b>In figures</b>")
    yield _n("{n} member", "{n} members", now.members)
    if now.paused:
        yield _n("{n} of them pauses", "{n} of them pause", now.paused)
    if now.unreachable:
        yield _n("{n} of them cannot be reached", "{n} of them cannot be reached", now.unreachable)
    if now.requests:
        yield _n(
            "{n} request for help in the last 30 days",
            "{n} requests for help in the last 30 days",
            now.requests,
        )
    else:
        yield _("No request for help in the last 30 days")
    if now.first_reply is not None:
        within = max(now.first_reply, timedelta(minutes=1))
        yield _("Half of the first answers came within {time}.", time=within)
        yield _(
            "Answered within a day: {share}", share=_share(now.within_a_day, now.answered + now.unanswered)
        )
    if now.answered + now.unanswered:
        yield _(
            "Never answered: {share}. This is the number to keep low.",
            share=_share(now.unanswered, now.answered + now.unanswered),
        )
    if now.answers:
        yield _(
            "Share of all help that came from the three who helped most: {share}",
            share=_share(now.of_top_three, now.answers),
        )
    yield from _last_check_in(ctx)


def _share(part: int, whole: int) -> Text:
    """A part as people count it, and in percent."""
    return _("{part} of {whole} ({percent}%)", part=part, whole=whole, percent=round(100 * part / whole))


def _last_check_in(ctx: Context) -> Iterator[AnyText]:
    last = check_ins.latest(ctx.db, ctx.network.id)
    if last is None:
        return
    yield _("Answered the check-in of {day}: {share}", day=last.day, share=_share(last.answered, last.asked))
    if last.telling:
        yield _(
            "Good: {good}. So-so: {so_so}. Not good: {not_good}.",
            good=last.good,
            so_so=last.so_so,
            not_good=last.not_good,
        )
