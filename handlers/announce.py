"""Announcements: words of those who coordinate a network, to all of it or to a group."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot import (
    AnyText,
    Button,
    Context,
    Priority,
    Role,
    Text,
    Verbatim,
    _,
    _n,
    action,
    command,
    form,
    lines,
    paragraphs,
)
from db import announcements, journal, members, people
from db.models import Announcement, Member, Person
from handlers import invite
from handlers.members import GROUPS

LONGEST = 3000
"""Characters; what is longer would arrive in several messages."""
REPORT_AFTER = timedelta(hours=1)

HEADS: dict[str, Text] = {
    "all": _("<b>{name} writes to everybody in {network}:</b>"),
    "graduate": _("<b>{name} writes to the graduates in {network}:</b>"),
    "experienced": _("<b>{name} writes to the experienced mentors in {network}:</b>"),
    "organisation": _("<b>{name} writes to the organisations in {network}:</b>"),
}
"""The first line of an announcement, by its audience."""


@command("announce", needs=Role.META_MENTOR, menu=_("Write to many members"))
def announce(ctx: Context) -> None:
    """Words, to whom, preview; then one letter for all of them."""
    others = [member for member in members.active(ctx.db, ctx.network) if member.id != ctx.member.id]
    audiences = _audiences(others)
    if not audiences:
        ctx.say(
            _("You are the only member so far, so there is nobody to write to."),
            Button(_("Invite people"), invite.invite),
        )
        return
    words = ctx.ask("words", _("What do you want to tell them?"), max_length=LONGEST)
    audience = ctx.choose("audience", _("To whom shall it go?"), audiences)
    readers = _readers(ctx, [member.person for member in others if _belongs(member, audience)])
    if not readers.there:
        ctx.say(_("All of them pause or cannot be reached at the moment, so nothing was sent."))
        return
    text = paragraphs(
        Text(HEADS[audience].msgid, {"name": ctx.person.name, "network": ctx.network.name}), Verbatim(words)
    )
    sure = ctx.confirm(
        "sure",
        paragraphs(
            _("This is what they will read:"),
            form("<blockquote>{text}</blockquote>", text=text),
            lines(_scope(ctx, readers)),
            _("Shall I send it?"),
        ),
        yes=_("Send it"),
        no=_("Do not send"),
    )
    if not sure:
        ctx.say(_("All right. Nothing was sent."))
        return
    everybody = [*readers.there, *readers.lost]
    letter_id, reached = ctx.write(everybody, text, priority=Priority.ANNOUNCEMENT)
    announcement = announcements.make(
        ctx.db, ctx.member, letter_id=letter_id, audience=audience, readers=len(everybody), now=ctx.now
    )
    ctx.later(REPORT_AFTER, report_once, announcement.id, about=f"announcement:{announcement.id}")
    journal.record(ctx.db, ctx.network, "announcement.sent", by=ctx.person, now=ctx.now, audience=audience)
    ctx.say(
        _n(
            "It is on its way to {n} member. In an hour I tell you how far it is.",
            "It is on its way to {n} members. In an hour I tell you how far it is.",
            len(reached),
        ),
        Button(_("How far is it?"), how_far, (announcement.id,), keep=True),
    )


def _belongs(member: Member, audience: str) -> bool:
    return audience in ("all", member.label)


def _audiences(others: Sequence[Member]) -> dict[str, AnyText]:
    """Audience → label with its size, without empty ones."""
    labels: dict[str, AnyText] = {"all": _("Everybody"), **GROUPS}
    sizes = {audience: sum(_belongs(member, audience) for member in others) for audience in labels}
    return {
        audience: form("{label}: {n}", label=labels[audience], n=size)
        for audience, size in sizes.items()
        if size
    }


@dataclass(frozen=True, slots=True)
class Readers:
    """Whom an announcement is for: those who are `there`, those who cannot be reached, and how many pause."""

    there: list[Person]
    lost: list[Person]
    paused: int


def _readers(ctx: Context, everybody: Sequence[Person]) -> Readers:
    ready = [person for person in everybody if not people.is_paused(person, ctx.now)]
    reached = people.reach(ctx.db, [person.id for person in ready])
    return Readers(
        there=[person for person in ready if person.id in reached],
        lost=[person for person in ready if person.id not in reached],
        paused=len(everybody) - len(ready),
    )


def _scope(ctx: Context, readers: Readers) -> Iterator[AnyText]:
    """How many it goes to, whom it leaves out, and how long it takes: one fact a line."""
    yield _n("It goes to {n} member.", "It goes to {n} members.", len(readers.there))
    if readers.paused:
        yield _n("{n} member pauses and is left out.", "{n} members pause and are left out.", readers.paused)
    if readers.lost:
        yield _n("{n} member cannot be reached.", "{n} members cannot be reached.", len(readers.lost))
    yield _duration(len(readers.there) / ctx.installation.messages_per_second)
    asleep = sum(ctx.quiet(person, ctx.network).at(ctx.now) for person in readers.there)
    if asleep:
        yield _n(
            "{n} of them has quiet hours now and gets it afterwards.",
            "{n} of them have quiet hours now and get it afterwards.",
            asleep,
        )


def _duration(seconds: float) -> Text:
    if seconds <= 60:
        return _("It is there within a minute.")
    return _("It takes about {time}.", time=timedelta(minutes=math.ceil(seconds / 60)))


# --- the report ----------------------------------------------------------------------------------


@action(needs=Role.META_MENTOR)
def how_far(ctx: Context, announcement_id: int) -> None:
    """How far an announcement is, now."""
    announcement = ctx.db.get(Announcement, announcement_id)
    if announcement is None or announcement.network_id != ctx.network.id:
        ctx.say(_("This announcement does not belong to the network you speak in."))
    else:
        ctx.say(_report(ctx, announcement))


@action()
def report_once(ctx: Context, announcement_id: int) -> None:
    """An hour later, the one who wrote hears how far it is."""
    announcement = ctx.db.get(Announcement, announcement_id)
    sender = ctx.db.get(Member, announcement.made_by_id) if announcement and announcement.made_by_id else None
    if announcement is not None and sender is not None and sender.state == "active":
        ctx.tell(
            sender.person,
            _report(ctx, announcement),
            Button(_("How far is it?"), how_far, (announcement.id,), keep=True),
            priority=Priority.ANNOUNCEMENT,
        )


def _report(ctx: Context, announcement: Announcement) -> AnyText:
    """How many have it, in one sentence."""
    report = announcements.report(ctx.db, announcement)
    if report is None:
        return _("That was some time ago, and I no longer know whom it reached.")
    counted = (
        (report.delivered, _n("{n} delivered", "{n} delivered", report.delivered)),
        (report.blocked, _n("{n} blocked the bot", "{n} blocked the bot", report.blocked)),
        (report.failed, _n("{n} not accepted", "{n} not accepted", report.failed)),
        (report.waiting, _n("{n} waiting", "{n} waiting", report.waiting)),
    )
    return _(
        "Your announcement of {time}: {states}.",
        time=announcement.made_at,
        states=[text for count, text in counted if count],
    )
