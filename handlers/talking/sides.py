"""The two sides of a conversation: who they are, and what each reads as the name of the other."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot import AnyText, Context, Text, Verbatim, _, _c, form
from bot.lists import Missed, adds
from db import people
from db.help import relays
from db.models import Person, Relay
from db.network import exclusions
from handlers.vocabulary import TOPICS

LOOKED_AT = 50
"""The latest conversations among which people are looked for."""
OFFERED = 8


def other(relay: Relay, person: Person) -> Person:
    """Return who is on the other side."""
    return relay.helper if relay.asker_id == person.id else relay.asker


def other_name(relay: Relay, person: Person) -> AnyText:
    """Return how the other side is called within a sentence, for this side to read."""
    whom = other(relay, person)
    return Verbatim(whom.name) if relays.shows_name(relay, whom) else _("the person who asked")


def is_named(relay: Relay, person: Person) -> bool:
    """Whether one side knows the name of the other."""
    return relays.shows_name(relay, other(relay, person))


def aim(relay: Relay, person: Person) -> AnyText:
    """Return how the other side is called as the one for whom something is, for this side to read."""
    if is_named(relay, person):
        return Verbatim(other(relay, person).name)
    return _c("for whom something is", "the person who asked")


def speaker(relay: Relay, listener: Person) -> AnyText:
    """Return how the other side is called above their words."""
    name = other_name(relay, listener)
    return name if isinstance(name, Verbatim) else _("The person who asked")


def named(ctx: Context, relay: Relay) -> AnyText:
    """Return how the other side is called, with the topic that tells two apart. For who asked without a name
    it says so: they may talk with the same person by name as well."""
    who = speaker(relay, ctx.person)
    topic = TOPICS.get(relay.request.topic) if relay.request else None
    name = form("{who}: {topic}", who=who, topic=topic) if topic else who
    return name if relays.shows_name(relay, ctx.person) else _("{who} (without your name)", who=name)


@adds(Missed, place=20)
def still_talking(ctx: Context, since: datetime) -> Iterator[AnyText]:
    """Yield with whom the one who acts is still in a conversation."""
    for relay in relays.open_of(ctx.db, ctx.person.id):
        if relay.ends_at is not None:
            continue
        yield _("Your conversation with {name} is still open.", name=other_name(relay, ctx.person))


def met(ctx: Context) -> list[Relay]:
    """Return the last conversation with each of those the one who acts talked to lately, the latest first,
    but not with those they do not want to meet anyway."""
    apart = {(they.id, row.named) for row, they in exclusions.of(ctx.db, ctx.person)}
    found: dict[tuple[int, bool], Relay] = {}
    oneself = people.besides(ctx.db, ctx.person.id)
    for relay in relays.latest_of(ctx.db, ctx.person.id, LOOKED_AT):
        if other(relay, ctx.person).id in oneself:
            continue
        found.setdefault((other(relay, ctx.person).id, is_named(relay, ctx.person)), relay)
    return [relay for whom, relay in found.items() if whom not in apart][:OFFERED]


def pick(ctx: Context, mine: Sequence[Relay], question: Text, *, gone: Text) -> Relay | None:
    """Ask which conversation is meant, where several are open; None after saying that it is `gone`."""
    return ctx.pick("relay", question, mine, lambda relay: named(ctx, relay), gone=gone)
