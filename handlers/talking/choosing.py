"""For which of several conversations words are: whoever spoke last is meant, and that can be corrected."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot import Button, Context, Priority, UserMessage, _, on
from bot.reading import talk
from db import shown
from db.engine import letters, messages
from db.help import relays
from db.models import Relay
from handlers.talking import carrying, sides
from handlers.talking.steps import Reply, WasFor

JUST_NOW = timedelta(minutes=30)
"""Whoever spoke in this time is answered."""
MOST = 5
"""Conversations that are offered at once."""
SHOWN = 60
"""Characters of somebody's words by which they know them."""
TAKES_BACK = timedelta(hours=47)
"""How long messengers let us delete what we sent."""


def carry(ctx: Context, mine: Sequence[Relay], message: UserMessage) -> None:
    """Carry words into the conversation that they are for."""
    if len(mine) == 1:
        carrying.carry(ctx, mine[0], message)
        return
    told, message = _address(ctx, mine, message)
    is_clear = not _says_both(ctx, mine, message) and not _is_same(ctx, mine)
    if not told and is_clear and (latest := _latest(ctx, mine)) is not None:
        named = _named_in(ctx, mine, message.words)
        told = [latest] if not named or named == [latest] else []
    if told:
        whom = told
    elif not (whom := _asked(ctx, mine, message)):
        ctx.say(_("That conversation has ended, so I did not pass this on."))
        return
    for relay in whom:
        is_known = _is_mine(ctx, relay)
        carrying.carry(ctx, relay, message)
        if told and not is_known:
            _show(ctx, mine, relay, message)


def _is_same(ctx: Context, mine: Sequence[Relay]) -> bool:
    """Whether two conversations are with the same person, who may know the name of the one who acts in
    only one of them: nothing goes there without asking."""
    return len({sides.other(relay, ctx.person).id for relay in mine}) < len(mine)


def _latest(ctx: Context, mine: Sequence[Relay]) -> Relay | None:
    """Return the conversation in which something was said or that was opened last, or to which the chat says
    below it that words lead now; None where that is long ago."""
    latest = max(mine, key=lambda relay: (relay.last_letter, relay.last_words_at or relay.opened_at))
    for row in shown.answerable(ctx.db, ctx.identity.messenger, ctx.identity.chat):
        reply = Reply.read(row.on_reply)
        led_to = next((relay for relay in mine if reply is not None and relay.id == reply.relay_id), None)
        if led_to is not None:
            is_newer = row.letter_id >= latest.last_letter
            if is_newer and ctx.now - (row.settled_at or row.made_at) <= JUST_NOW:
                return led_to
            break
    recent = [relay for relay in mine if ctx.now - (relay.last_words_at or relay.opened_at) <= JUST_NOW]
    return latest if latest in recent else None


def _is_mine(ctx: Context, relay: Relay) -> bool:
    """Whether the last words of a conversation are those of the one who acts, who has been told then for whom
    they were."""
    carried = messages.carried_by(ctx.db, relay.last_letter)
    return carried is not None and _wrote(ctx, carried)


def _address(ctx: Context, mine: Sequence[Relay], message: UserMessage) -> tuple[list[Relay], UserMessage]:
    """Return for whom words say that they are, and the words: "Bo: where is it?", "Hello Bo, where is it?",
    or a last line "for Bo"."""
    words = message.words
    only = _named_in(ctx, mine, words)
    for relay in mine if not _is_same(ctx, mine) else ():
        name = re.escape(sides.other(relay, ctx.person).name)
        if not sides.is_named(relay, ctx.person):
            continue
        if re.match(rf"@?{name}\s*:", words, re.IGNORECASE):
            return [relay], message
        called = re.match(rf"([^,!]*?)\b{name}\s*[,!]", words, re.IGNORECASE)
        if called and only == [relay] and (not called[1] or _greets(ctx, called[1])):
            return [relay], message
    *lines, last = words.splitlines() or [""]
    if lines:
        if "both" in talk.lists(last, ctx.reader.locale) and len(mine) == 2:
            return list(mine), message.with_words("\n".join(lines))
        named = _named_in(ctx, mine, last)
        if not _is_same(ctx, mine) and len(named) == 1 and len(last.split()) <= 2:
            return named, message.with_words("\n".join(lines))
    return [], message


def _greets(ctx: Context, words: str) -> bool:
    return "greeting" in talk.lists(words, ctx.reader.locale)


def _named_in(ctx: Context, mine: Sequence[Relay], words: str) -> list[Relay]:
    """Return the conversations whose other side is named in words."""
    said = set(re.findall(r"\w+", words.casefold()))
    return [
        relay
        for relay in mine
        if sides.is_named(relay, ctx.person)
        and set(re.findall(r"\w+", sides.other(relay, ctx.person).name.casefold())) <= said
    ]


def _says_both(ctx: Context, mine: Sequence[Relay], message: UserMessage) -> bool:
    """Whether words may be for both of two."""
    locale = ctx.reader.locale
    return len(mine) == 2 and any("both" in talk.lists(word, locale) for word in message.words.split())


def _asked(ctx: Context, mine: Sequence[Relay], message: UserMessage) -> list[Relay]:
    """Ask for which conversation something was said, those with somebody who is named in it first, then the
    latest ones; none where it is over by now."""
    named = _named_in(ctx, mine, message.words)
    mine = [*named, *(relay for relay in mine if relay not in named)]
    both = _says_both(ctx, mine, message)
    question = (
        _("Who is “{words}” for?", words=_cut(message.words)) if message.words else _("Who is that for?")
    )
    for page in range(0, len(mine), MOST):
        here = {str(relay.id): sides.named(ctx, relay) for relay in mine[page : page + MOST]}
        if both:
            here["both"] = _("Both")
        if page + MOST < len(mine):
            here["more"] = _("Somebody else")
        chosen = ctx.choose(f"relay{page}", question, here)
        if chosen == "both":
            return list(mine)
        if chosen != "more":
            return [relay for relay in mine if str(relay.id) == chosen]
    return []


def _show(ctx: Context, mine: Sequence[Relay], relay: Relay, message: UserMessage) -> None:
    """Say for whom words were taken, with the way to correct it."""
    others = [each for each in mine if each.id != relay.id]
    only = others[0] if len(others) == 1 else None
    wrong = (
        _("It was for {name}", name=sides.aim(only, ctx.person))
        if only is not None
        else _("It was for somebody else")
    )
    ctx.say(
        _("Sent to {name}.", name=sides.aim(relay, ctx.person)),
        Button(wrong, WasFor(relay.id, only.id if only is not None else None, said=message)),
        on_reply=Reply(relay.id),
        forget=True,
    )


@on(WasFor)
def was_for(ctx: Context, step: WasFor) -> None:
    """Take words back where they were not meant to go, or say there that they were not, and carry them where
    they belong."""
    mine = relays.open_of(ctx.db, ctx.person.id)
    wrong = ctx.db.get(Relay, step.relay_id)
    letter = letters.carrying(ctx.db, step.said.message) if step.said.message else None
    if (
        wrong is None
        or letter is None
        or ctx.person.id not in (wrong.asker_id, wrong.helper_id)
        or not _wrote(ctx, step.said.message)
    ):
        ctx.say(_("I can no longer change that."))
        return
    right = [each for each in mine if each.id != wrong.id and step.for_id in (None, each.id)]
    whom = right if len(right) == 1 else _asked(ctx, right, step.said) if right else []
    if ctx.now - letter.made_at < TAKES_BACK:
        ctx.letters.take_back(letter)
    else:
        they = sides.other(wrong, ctx.person)
        ctx.tell(
            they,
            _(
                "The last message from {name} was meant for somebody else.",
                name=sides.other_name(wrong, they),
            ),
            priority=Priority.CARRIED,
        )
    messages.carries_nothing(letter)
    if not whom:
        ctx.say(_("That conversation has ended, so I did not pass this on."))
    for relay in whom:
        carrying.carry(ctx, relay, step.said)
        ctx.show(_("Sent to {name}.", name=sides.aim(relay, ctx.person)), on_reply=Reply(relay.id))


def _wrote(ctx: Context, message: str) -> bool:
    """Whether a message was written in the chat of the one who acts."""
    return message.startswith(f"{ctx.identity.messenger} {ctx.identity.chat} ")


def _cut(words: str) -> str:
    return words if len(words) <= SHOWN else words[: SHOWN - 1] + "…"
