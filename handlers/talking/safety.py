"""The way out of a conversation, one tap away: end it, keep the two apart, report; and what everybody is told
once who talks on a messenger where others can read along."""

from collections.abc import Sequence
from datetime import timedelta

from bot import AnyText, Button, Command, Context, Priority, UserMessage, Verbatim, _, on
from bot.reading import talk
from db import people
from db.help import relays
from db.models import Person, Relay
from handlers.talking import sides
from handlers.talking.steps import KeepApart, WayOut

SILENT = timedelta(days=1)
"""Who has not written for this long has the way out below their next words: nobody has to look for it."""
END, APART, REPORT = _("End it"), _("Do not bring us together again"), _("Report")


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
        *([end] if is_open else []),
        Button(APART, KeepApart(relay.id), keep=True),
        Button(REPORT, Command("report"), given=_about(ctx, relay), keep=True),
    )


def _about(ctx: Context, relay: Relay) -> dict[str, str]:
    """Return about whom a report is, as its first answer: only where the one who acts knows who that is."""
    return {"about": str(sides.other(relay, ctx.person).id)} if sides.is_named(relay, ctx.person) else {}


def ask_before_carrying(ctx: Context, mine: Sequence[Relay], message: UserMessage) -> None:
    """Ask what somebody needs who writes nothing but a word by which they may want to get out of one of their
    conversations, and lead there. Return where it is to be carried, as all other words."""
    if not mine or message.media or message.forwarded:
        return
    if "way_out" not in talk.lists(message.words, ctx.reader.locale):
        return
    ways: dict[str, AnyText] = {"carry": _("Carry it"), "end": END, "apart": APART, "report": REPORT}
    way = ctx.choose("way_out", _("Shall I carry this word, or do you need one of these?"), ways)
    if way == "end":
        ctx.redirect(Command("close"))
    if way == "apart":
        ctx.redirect(KeepApart())
    if way == "report":
        ctx.redirect(Command("report"))


def tell_who_reads_along(ctx: Context, *both: Person) -> None:
    """Tell people, once each, that the company behind their messenger can read what is written there. The
    operator may say it in other words."""
    for person in both:
        account = people.account(person)
        words = ctx.installation.notices.get(account.messenger) if account is not None else None
        if account is None or words is None or account.told_at is not None:
            continue
        people.note_told(account, ctx.now)
        notice: AnyText = Verbatim(words)
        if not words:
            notice = _(
                "A word about safety: on {messenger}, the company behind it can read our chat. Please leave "
                "out names and numbers of others.",
                messenger=ctx.installation.title(account.messenger),
            )
        ctx.tell(person, notice, priority=Priority.CARRIED)
