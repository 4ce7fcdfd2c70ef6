"""Announcements: words of those who coordinate a network, to all of it or to a group."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Priority,
    Role,
    Text,
    Verbatim,
    _,
    _n,
    command,
    form,
    lines,
    on,
    paragraphs,
)
from bot.lists import Missed, act, adds
from bot.text import from_json
from db import people
from db.models import Announcement, Audience, Member, Person
from db.network import announcements, members
from handlers.coordinating import cards
from handlers.coordinating.steps import HowFar, ReportOnce, WriteToNew
from handlers.protecting import limits, personal_data
from handlers.talking.steps import WriteToCoordinators
from handlers.vocabulary import GROUPS

LONGEST = 3000
"""Characters; what is longer would arrive in several messages."""
REPORT_AFTER = timedelta(hours=1)

HEADS: dict[str, Text] = {
    "all": _("<b>Announcement from {name} to everyone in {network}:</b>"),
    "graduate": _("<b>Announcement from {name} to the graduates in {network}:</b>"),
    "experienced": _("<b>Announcement from {name} to the experienced mentors in {network}:</b>"),
    "organisation": _("<b>Announcement from {name} to the organisations in {network}:</b>"),
    "new": _("<b>{name} writes to all who are new in {network}:</b>"),
}
"""The first line of an announcement, by its audience."""

SENT = act("announcement.sent", _("{who} wrote to many members on {day}."))


@command("announce", needs=Role.META_MENTOR, menu=_("Write to everyone"), rest=("words",))
def announce(ctx: Context) -> None:
    """Ask for the words and the audience, show a preview, and send one letter to all of them."""
    others = [member for member in members.active(ctx.db, ctx.network) if member.id != ctx.member.id]
    audiences = _audiences(others)
    if not audiences:
        ctx.say(
            _("You are the only member so far, so there is nobody to write to."),
            Button(_("Invite somebody"), Command("invite")),
        )
        return
    words = ctx.ask("words", _("What do you want to say?"), max_length=LONGEST)
    audience = ctx.choose("audience", _("Who should get it?"), audiences)
    _write_to(ctx, words, audience, [member.person for member in others if _belongs(member, audience)])


@on(WriteToNew)
def write_to_new(ctx: Context, step: WriteToNew) -> None:
    """Write to all newcomers who have heard nothing yet."""
    new = cards.all_owed(ctx).kinds.get("newcomers")
    if new is None:
        ctx.say(_("There is nobody new who has heard nothing yet."))
        return
    words = ctx.ask("words", _("What do you want to say to those who are new?"), max_length=LONGEST)
    _write_to(ctx, words, "new", [member.person for member in new.rows])


def _write_to(ctx: Context, words: str, audience: Audience, everybody: Sequence[Person]) -> None:
    """Show a preview of an announcement, and send it."""
    readers = _readers(ctx, everybody)
    if not readers.there:
        ctx.say(_("Everybody is on a break or cannot be reached, so I have sent nothing."))
        return
    words = personal_data.without_it(ctx, words)
    text = paragraphs(
        Text(HEADS[audience].msgid, {"name": ctx.person.name, "network": ctx.network.name}), Verbatim(words)
    )
    ctx.shown("readers", [len(readers.there), readers.paused, len(readers.lost)])
    if not ctx.sure(
        paragraphs(
            _("This is what they will see:"),
            form("<blockquote>{text}</blockquote>", text=text),
            lines(_scope(ctx, readers)),
            _("Shall I send it?"),
        ),
        yes=_("Send it"),
        no=_("Do not send"),
        otherwise=_("All right. Nothing was sent."),
    ):
        return
    if not limits.allows(ctx, limits.ANNOUNCEMENTS):
        ctx.say(paragraphs(_("This was your text:"), form("<blockquote>{text}</blockquote>", text=words)))
        return
    everybody = [*readers.there, *readers.lost]
    letter_id, reached = ctx.tell(
        everybody,
        text,
        priority=Priority.ANNOUNCEMENT,
        about=_("the announcement of {name}", name=ctx.person.name),
        on_reply=WriteToCoordinators(ctx.member.id),
    )
    announcement = announcements.make(
        ctx.db, ctx.member, letter_id=letter_id, audience=audience, readers=len(everybody), now=ctx.now
    )
    ctx.later(REPORT_AFTER, ReportOnce(announcement.id), about=f"announcement:{announcement.id}")
    SENT.record(ctx, ctx.network, audience=audience)
    ctx.say(
        _n(
            "I am sending it to {n} member. In an hour I will tell you how many have got it.",
            "I am sending it to {n} members. In an hour I will tell you how many have got it.",
            len(reached),
        ),
        Button(_("How many have got it?"), HowFar(announcement.id), keep=True),
    )


def _belongs(member: Member, audience: str) -> bool:
    return audience in ("all", member.label)


def _audiences(others: Sequence[Member]) -> dict[str, AnyText]:
    """Return audience → label with its size, without empty ones."""
    labels: dict[str, AnyText] = {"all": _("Everybody"), **GROUPS}
    sizes = {audience: sum(_belongs(member, audience) for member in others) for audience in labels}
    return {
        audience: form("{label}: {n}", label=labels[audience], n=size)
        for audience, size in sizes.items()
        if size
    }


@dataclass(frozen=True, slots=True)
class Readers:
    """Whom an announcement is for: those who are `there`, those who cannot be reached, how many pause, and
    how many read it on each messenger."""

    there: list[Person]
    lost: list[Person]
    paused: int
    messengers: Counter[str]


def _readers(ctx: Context, everybody: Sequence[Person]) -> Readers:
    ready = [person for person in everybody if not people.is_paused(person, ctx.now)]
    reached = people.reach(ctx.db, [person.id for person in ready])
    return Readers(
        there=[person for person in ready if person.id in reached],
        lost=[person for person in ready if person.id not in reached],
        paused=len(everybody) - len(ready),
        messengers=Counter(each.messenger for each in reached.values()),
    )


def _scope(ctx: Context, readers: Readers) -> Iterator[AnyText]:
    """Yield how many it goes to, whom it leaves out, and how long it takes: one fact a line."""
    yield _n("It goes to {n} member.", "It goes to {n} members.", len(readers.there))
    if readers.paused:
        yield _n(
            "{n} member is taking a break and will not get it.",
            "{n} members are taking a break and will not get it.",
            readers.paused,
        )
    if readers.lost:
        yield _n("{n} member cannot be reached.", "{n} members cannot be reached.", len(readers.lost))
    rates = ctx.installation.rates()
    counts = readers.messengers.items()
    yield _duration(max((count / rates[name] for name, count in counts if name in rates), default=0.0))
    asleep = sum(ctx.quiet(person, ctx.network).at(ctx.now) for person in readers.there)
    if asleep:
        yield _n(
            "{n} of them rests now and will get it later.",
            "{n} of them rest now and will get it later.",
            asleep,
        )


def _duration(seconds: float) -> Text:
    if seconds <= 60:
        return _("It will arrive within a minute.")
    return _("It will take about {time}.", time=timedelta(minutes=math.ceil(seconds / 60)))


@adds(Missed, place=40)
def news(ctx: Context, since: datetime) -> Iterator[AnyText]:
    """Yield how many announcements there were in the active network, and the latest."""
    sent = announcements.since(ctx.db, ctx.network, since)
    if sent:
        yield _n(
            "Meanwhile there was {n} announcement:",
            "Meanwhile there were {n} announcements. This is the latest:",
            len(sent),
        )
        yield from_json(sent[0])


@on(HowFar)
def how_far(ctx: Context, step: HowFar) -> None:
    """Say how far an announcement is now."""
    announcement = ctx.ours(
        Announcement,
        step.announcement_id,
        gone=_("This announcement belongs to another network of yours."),
    )
    if announcement is not None:
        ctx.say(_report(ctx, announcement))


@on(ReportOnce)
def report_once(ctx: Context, step: ReportOnce) -> None:
    """Tell the one who wrote how far their announcement is, an hour later."""
    announcement = ctx.db.get(Announcement, step.announcement_id)
    sender = ctx.db.get(Member, announcement.made_by_id) if announcement and announcement.made_by_id else None
    if announcement is not None and sender is not None and sender.state == "active":
        ctx.turn_to(sender.network)
        ctx.tell(
            sender.person,
            _report(ctx, announcement),
            Button(_("How many have got it?"), HowFar(announcement.id), keep=True),
            priority=Priority.ANNOUNCEMENT,
        )


def _report(ctx: Context, announcement: Announcement) -> AnyText:
    """Return how many have it, in one sentence."""
    report = announcements.report(ctx.db, announcement)
    if report is None:
        return _("That was a while ago. I no longer know who got it.")
    counted = (
        (report.delivered, _n("{n} delivered", "{n} delivered", report.delivered)),
        (report.blocked, _n("{n} blocked the bot", "{n} blocked the bot", report.blocked)),
        (report.failed, _n("{n} could not be delivered", "{n} could not be delivered", report.failed)),
        (report.waiting, _n("{n} still on the way", "{n} still on the way", report.waiting)),
    )
    return _(
        "Your announcement of {time}: {states}.",
        time=announcement.made_at,
        states=[text for count, text in counted if count],
    )
