"""Messengers on which a company can read along: everybody is told so once, and who has an account on another
one can have a conversation there. What is confidential is brought there without being asked."""

from datetime import timedelta

from bot import AnyText, Button, Command, Context, Priority, Text, Verbatim, _, on, paragraphs
from bot.installation import Installation
from db import people
from db.help import relays
from db.models import Person, Relay
from handlers.talking import sides
from handlers.talking.steps import GoOnWith, Reply

LATELY = timedelta(days=30)
"""Who has not written on a messenger for longer may not look there any more."""


def confidential(ctx: Context, person: Person) -> str | None:
    """Return on which messenger somebody reads what is confidential: on one of theirs where no company reads
    along, if they have written there lately; None for wherever they are written to."""
    there = [each for each in person.identities if each.reachable]
    safe = [
        each
        for each in there
        if each.messenger not in ctx.installation.notices and ctx.now - each.last_wrote_at < LATELY
    ]
    if len(safe) == len(there):
        return None
    return max(safe, key=lambda each: each.last_wrote_at).messenger if safe else None


def tell_who_reads_along(ctx: Context, relay: Relay) -> None:
    """Tell both sides of a conversation, once each, that the company behind their messenger can read what is
    written there, and where else they can have it. The operator may say the first in other words."""
    for person in (relay.asker, relay.helper):
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
        ways = go_on(relay, person, ctx.installation)
        ctx.tell(
            person,
            notice if ways else paragraphs(notice, _with_another(ctx)),
            *ways,
            priority=Priority.CARRIED,
        )


def _with_another(ctx: Context) -> list[Text]:
    """Return how somebody could have their conversations elsewhere; nothing where that is not possible."""
    others = [name for name in ctx.installation.titles if name not in ctx.installation.notices]
    return [
        _(
            "If you have an account on {messenger} too, you can have your conversations there. {link} shows "
            "how.",
            messenger=ctx.installation.title(name),
            link=Command("link"),
        )
        for name in others[:1]
    ]


def go_on(relay: Relay, person: Person, installation: Installation) -> list[Button]:
    """Return the way to go on with a conversation on a messenger of theirs where no company reads along; none
    where they have no account there, or do so already."""
    return [
        Button(
            _("Go on with {messenger}", messenger=installation.title(each.messenger)),
            GoOnWith(relay.id, each.messenger),
            keep=True,
        )
        for each in person.identities
        if each.reachable and each.messenger not in installation.notices
        if relays.via(relay, person) != each.messenger
        if len(person.identities) > 1
    ]


@on(GoOnWith)
def go_on_with(ctx: Context, step: GoOnWith) -> None:
    """Bring what is said in a conversation to another messenger of the one who acts from now on."""
    relay = ctx.hold(Relay, step.relay_id)
    mine = [each.messenger for each in ctx.person.identities if each.reachable]
    if relay is None or ctx.person.id not in (relay.asker_id, relay.helper_id) or relay.closed_at is not None:
        ctx.say(_("You have no open conversation."))
        return
    if step.messenger not in mine:
        ctx.say(_("I cannot reach you there. {link} shows what is linked.", link=Command("link")))
        return
    relays.go_on_with(relay, ctx.person, step.messenger)
    name = sides.other_name(relay, ctx.person)
    if ctx.identity.messenger == step.messenger:
        ctx.say(_("All right. From now on I bring you here what {name} writes.", name=name))
        return
    letter, _reached = ctx.tell(
        ctx.person,
        _("Here your conversation with {name} goes on. Just write here, I pass it on.", name=name),
        priority=Priority.ANSWER,
        on_reply=Reply(relay.id),
        via=step.messenger,
    )
    relays.note_letter(relay, letter)
    ctx.say(
        _(
            "All right. From now on I bring you on {messenger} what {name} writes. Please answer there too.",
            messenger=ctx.installation.title(step.messenger),
            name=name,
        )
    )
