"""Announcements: words of those who coordinate a network, to all of it or to a group."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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
from bot.text import AtLeast, Value, from_json
from bot.times import Quiet
from db.help import pulse
from db.models import Announcement, Audience, Member
from db.network import announcements, readers, roster
from db.network.readers import Readers, Whom
from handlers.coordinating import cards
from handlers.coordinating.steps import HowFar, ReportOnce, WriteOn, WriteToNew
from handlers.protecting import limits, personal_data
from handlers.talking.steps import WriteToCoordinators
from handlers.vocabulary import GROUPS

LONGEST = 3000
"""Characters; what is longer would arrive in several messages."""
REPORT_AFTER = timedelta(hours=1)
MOST = 300
"""Members to whom it is written in one turn."""

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
    sizes = _sizes(ctx)
    if not sizes["all"]:
        ctx.say(
            _("You are the only member so far, so there is nobody to write to."),
            Button(_("Invite somebody"), Command("invite")),
        )
        return
    words = ctx.ask("words", _("What do you want to say?"), max_length=LONGEST)
    audience: Audience = ctx.choose("audience", _("Who should get it?"), _audiences(sizes))
    _write_to(ctx, words, audience, _whom(ctx.network.id, audience, [ctx.member.id]))


def _whom(network_id: int, audience: Audience, but: Sequence[int], new_since: datetime | None = None) -> Whom:
    label = audience if audience != "all" and audience != "new" else None
    return Whom(network_id, but, label, new_since)


@on(WriteToNew)
def write_to_new(ctx: Context, step: WriteToNew) -> None:
    """Write to all newcomers who have heard nothing yet."""
    owed = cards.all_owed(ctx)
    if "newcomers" not in owed.kinds:
        ctx.say(_("There is nobody new who has heard nothing yet."))
        return
    new_since = pulse.unheard_since(ctx.db, ctx.network, ctx.now)
    but = sorted({ctx.member.id}.union(*(each.named() for each in owed.first)))
    words = ctx.ask("words", _("What do you want to say to those who are new?"), max_length=LONGEST)
    whom = _whom(ctx.network.id, "new", but, new_since)
    _write_to(ctx, words, "new", whom)


def _write_to(ctx: Context, words: str, audience: Audience, whom: Whom) -> None:
    """Show a preview of an announcement, and begin to write it."""
    found = readers.count(ctx.db, whom, ctx.now)
    if not found.there:
        ctx.say(_("Everybody is on a break or cannot be reached, so I have sent nothing."))
        return
    words = personal_data.without_it(ctx, words)
    text = paragraphs(
        Text(HEADS[audience].msgid, {"name": ctx.person.name, "network": ctx.network.name}), Verbatim(words)
    )
    ctx.shown("readers", [found.there, found.paused, found.lost])
    if not ctx.sure(
        paragraphs(
            _("This is what they will see:"),
            form("<blockquote>{text}</blockquote>", text=text),
            lines(_scope(ctx, found, ctx.keep("arrival", lambda: _arrival(ctx, whom, found)))),
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
    letter_id, _reached = ctx.tell(
        [],
        text,
        priority=Priority.ANNOUNCEMENT,
        about=_("the announcement of {name}", name=ctx.person.name),
        on_reply=WriteToCoordinators(ctx.member.id),
    )
    announcement = announcements.make(
        ctx.db,
        ctx.member,
        letter_id=letter_id,
        audience=audience,
        readers=found.there + found.lost,
        now=ctx.now,
    )
    new_since = whom.new_since.isoformat() if whom.new_since is not None else None
    ctx.go_on(WriteOn(announcement.id, [*whom.but], new_since), None, about=_about(announcement))
    ctx.later(REPORT_AFTER, ReportOnce(announcement.id), about=_about(announcement))
    SENT.record(ctx, ctx.network, audience=audience)
    ctx.say(
        _n(
            "I am sending it to {n} member. In an hour I will tell you how many have got it.",
            "I am sending it to {n} members. In an hour I will tell you how many have got it.",
            found.there,
        ),
        Button(_("How many have got it?"), HowFar(announcement.id), keep=True),
    )


def _about(announcement: Announcement) -> str:
    return f"announcement:{announcement.id}"


@on(WriteOn)
def write_on(ctx: Context, step: WriteOn) -> None:
    """Write an announcement to the next of those for whom it is, as far as they are still there."""
    announcement = ctx.hold(Announcement, step.announcement_id)
    if announcement is None or announcement.letter_id is None:
        return
    new_since = datetime.fromisoformat(step.new_since) if step.new_since is not None else None
    whom = _whom(announcement.network_id, announcement.audience, step.but, new_since)
    some = readers.after(ctx.db, whom, step.place, MOST, made_at=announcement.made_at, now=ctx.now)
    ctx.tell_more(announcement.letter_id, some.person_ids, priority=Priority.ANNOUNCEMENT)
    announcements.note_written(
        announcement, len(some.person_ids), missed=some.missed, all_at=None if some.place else ctx.now
    )
    if some.place is not None:
        ctx.go_on(step, some.place, about=_about(announcement))


def _sizes(ctx: Context) -> Mapping[str, int]:
    """Return how many others each audience has."""
    counted = roster.count_by_label(ctx.db, ctx.network, but=ctx.member)
    sizes = {str(label): AtLeast.told(many, roster.MOST) for label, many in counted.items()}
    return Counter({"all": AtLeast.together(sizes.values()), **sizes})


def _audiences(sizes: Mapping[str, int]) -> dict[str, AnyText]:
    """Return audience → label with its size, without empty ones."""
    labels: dict[str, AnyText] = {"all": _("Everybody"), **GROUPS}
    return {
        audience: form("{label}: {n}", label=label, n=sizes[audience])
        for audience, label in labels.items()
        if sizes[audience]
    }


def _arrival(ctx: Context, whom: Whom, found: Readers) -> Mapping[str, float]:
    """Return how many seconds it takes, how many of them rest now, and whether all were looked at."""
    lives = readers.look(ctx.db, whom, found, ctx.now)
    rates = ctx.installation.rates()
    seconds = max((n / rates[name] for name, n in lives.messengers.items() if name in rates), default=0.0)
    asleep = sum(
        many
        for rest, many in lives.quiet.items()
        if Quiet.of(rest, ctx.installation.zone(rest.time_zone, ctx.network.time_zone)).at(ctx.now)
    )
    return {"seconds": seconds / lives.share, "asleep": asleep / lives.share, "of_all": lives.share == 1}


def _scope(ctx: Context, found: Readers, arrival: Mapping[str, float]) -> Iterator[AnyText]:
    """Yield how many it goes to, whom it leaves out, and how long it takes: one fact a line."""
    yield _n("It goes to {n} member.", "It goes to {n} members.", found.there)
    if found.paused:
        yield _n(
            "{n} member is taking a break and will not get it.",
            "{n} members are taking a break and will not get it.",
            found.paused,
        )
    if found.lost:
        yield _n("{n} member cannot be reached.", "{n} members cannot be reached.", found.lost)
    yield _duration(arrival["seconds"])
    if (asleep := arrival["asleep"]) and not arrival["of_all"]:
        yield _("About {n} of them rest now and will get it later.", n=_roughly(asleep))
    elif asleep:
        yield _n(
            "{n} of them rests now and will get it later.",
            "{n} of them rest now and will get it later.",
            int(asleep),
        )


def _roughly(number: float) -> int:
    """Return a number with two digits that count, as it is told where only some were looked at."""
    return int(float(f"{number:.1e}"))


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
        (
            report.missed,
            _n(
                "{n} left or took a break before it came to them",
                "{n} left or took a break before it came to them",
                report.missed,
            ),
        ),
    )
    states: list[Value] = [text for count, text in counted if count]
    if report.is_written:
        return _("Your announcement of {time}: {states}.", time=announcement.made_at, states=states)
    return lines(
        _(
            "I am still writing your announcement of {time}: {n} of {many} members so far.",
            time=announcement.made_at,
            n=report.written,
            many=report.readers,
        ),
        [_("Of these: {states}.", states=states)] if states else [],
        _("Whoever joins now, or leaves or takes a break before it comes to them, does not get it."),
    )
