"""The way out of a conversation, one tap away: end it, keep the two apart, report."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from bot import (
    Button,
    Command,
    Context,
    Step,
    Text,
    UserMessage,
    _,
    _n,
    form,
    on,
    paragraphs,
)
from bot.reading import talk
from bot.text import Value
from db.help import relays
from db.models import Relay
from handlers.talking import private, sides
from handlers.talking.steps import KeepApart, WayOut

SILENT = timedelta(days=1)
"""Who has not written for this long has the way out below their next words: nobody has to look for it."""
END, APART, REPORT = _("End it"), _("Do not bring us together again"), _("Report")


class Way(NamedTuple):
    """What somebody may need instead of having their words carried."""

    label: Text
    leads: Command | Step


FORGET, DATA = Way(_("Forget me"), Command("forget")), Way(_("My data"), Command("mydata"))
PAUSE, LEAVE = Way(_("Take a break"), Command("pause")), Way(_("Leave the network"), Command("leave"))
WAYS: Mapping[str, Mapping[str, Way]] = {
    "way_out": {
        "end": Way(END, Command("close")),
        "apart": Way(APART, KeepApart()),
        "report": Way(REPORT, Command("report")),
    },
    "delete_data": {"forget": FORGET, "data": DATA},
    "my_data": {"data": DATA, "forget": FORGET},
    "pause": {"pause": PAUSE},
    "leave": {"leave": LEAVE, "pause": PAUSE},
}
"""What is offered for words of each of these lists."""


def below_words(ctx: Context, relay: Relay) -> list[Button]:
    """Return what stands below words that the one who acts is about to have carried: the way out, for whoever
    reads them, below their first ones, and where they were silent for a day."""
    before = relays.last_words_of(relay, ctx.person)
    if before is not None and ctx.now - before < SILENT:
        return []
    return [Button(_("More"), WayOut(relay.id), keep=True)]


@on(WayOut)
def way_out(ctx: Context, step: WayOut) -> None:
    """Show what can be done about a conversation, also about one that has ended."""
    relay = ctx.db.get(Relay, step.relay_id)
    if relay is None or ctx.person.id not in (relay.asker_id, relay.helper_id):
        ctx.say(_("You have no open conversation."))
        return
    is_open = relay.closed_at is None
    end = Button(END, Command("close"), given={"relay": str(relay.id)}, keep=True)
    ctx.say(
        _(
            "This is about your conversation with {name}. Nobody hears from me why you choose one of these.",
            name=sides.other_name(relay, ctx.person),
        ),
        *([end, *private.go_on(relay, ctx.person, ctx.installation)] if is_open else []),
        Button(APART, KeepApart(relay.id), keep=True),
        Button(REPORT, Command("report"), given=_about(ctx, relay), keep=True),
    )


def _about(ctx: Context, relay: Relay) -> dict[str, str]:
    """Return about whom a report is, as its first answer: only where the one who acts knows who that is."""
    return {"about": str(sides.other(relay, ctx.person).id)} if sides.is_named(relay, ctx.person) else {}


def ask_before_carrying(ctx: Context, mine: Sequence[Relay], message: UserMessage) -> None:
    """Ask what somebody needs who writes nothing but words by which they may want to get out of one of their
    conversations or of the network, and lead there. Return where they are to be carried, as all others."""
    if not mine or message.media or message.forwarded:
        return
    said = talk.lists(message.words, ctx.reader.locale)
    ways = {name: way for about, those in WAYS.items() if about in said for name, way in those.items()}
    ways = {name: way for name, way in ways.items() if _may(ctx, way.leads)}
    if not ways:
        return
    question = _n(
        "Shall I carry this word, or do you need one of these?",
        "Shall I carry these words, or do you need one of these?",
        len(message.words.split()),
    )
    labels = {"carry": _("Carry it"), **{name: way.label for name, way in ways.items()}}
    chosen = ctx.choose("way_out", question, labels)
    if chosen in ways:
        ctx.redirect(ways[chosen].leads)


def is_for_them(ctx: Context, mine: Sequence[Relay], message: UserMessage, discreet_at: str) -> bool:
    """Return whether something is for the other side of a conversation: it is asked where it was said right
    after something discreet, a report for example, because there may be the one whom that is about. Whoever
    was brought together with somebody by it, or after it, writes to them."""
    if not discreet_at or all(each.opened_at >= datetime.fromisoformat(discreet_at) for each in mine):
        return True
    there: Value = [sides.other_name(relay, ctx.person) for relay in mine]
    return ctx.confirm(
        "for_them",
        paragraphs(
            _("Is this for {people}?", people=there),
            form("<blockquote>{words}</blockquote>", words=message.words or "…"),
        ),
        yes=_("Yes, pass it on"),
        no=_("No, to nobody"),
    )


def _may(ctx: Context, leads: Command | Step) -> bool:
    """Whether the one who acts may go where a way leads: who is in no network has none to leave."""
    return not isinstance(leads, Command) or ctx.may(ctx.router.commands[leads.name].needs)
