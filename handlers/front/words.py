"""Words that answer no question: where they belong, and what the bot says when it does not understand."""

from collections.abc import Sequence
from datetime import timedelta

from bot import AnyText, Command, Context, InNeed, Role, Unasked, UserMessage, Wished, _, form, on, paragraphs
from bot.reading import talk
from bot.text import from_json, to_json
from db.help import relays
from db.models import Relay
from db.network import invitations
from handlers.asking import wording
from handlers.front import rest
from handlers.protecting import limits, need
from handlers.protecting.steps import NotMeant
from handlers.talking import afterwards, carrying, choosing, safety, sides

JUST_NOW = timedelta(hours=1)
"""Words that come so soon after the end of a conversation were meant for it."""


@on(Unasked)
def hear(ctx: Context, step: Unasked) -> None:
    """Carry words that answer no question into the open conversation. Where they may answer an older
    question, ask for which of them they are."""
    message, question = step.said, step.question
    asked = ctx.question(question) if question is not None else None
    shown = ctx.keep("asked", to_json(asked) if asked is not None else None)
    mine = relays.open_of(ctx.db, ctx.person.id)
    if mine:
        need.beside(ctx, message.words)
        safety.ask_before_carrying(ctx, mine, message)
        if not safety.is_for_them(ctx, mine, message, step.discreet_at):
            ctx.say(_("All right. I have passed it on to nobody."))
            return
        if not limits.allows(ctx, limits.WORDS, message.words):
            return
    if message and question is not None and shown is not None:
        talk = _for_whom_or_what(ctx, mine, message, from_json(shown))
        if talk is not None:
            carrying.carry(ctx, talk, message)
        elif asked is not None:
            ctx.answer(question, message)
        else:
            ctx.say(_("This question is over."))
    elif mine and message:
        choosing.carry(ctx, mine, message)
    elif _has_code(ctx, message.words):
        ctx.redirect(Command("join"), rest=message.words)
    elif (message.words or message.media) and (
        over := relays.closed_since(ctx.db, ctx.person.id, ctx.now - JUST_NOW)
    ):
        if not afterwards.bring(ctx, over, message):
            _understand(ctx, message)
    else:
        _understand(ctx, message)


@on(InNeed)
def hear_need(ctx: Context, step: InNeed) -> None:
    """Answer words of need. In a conversation they are carried."""
    if relays.open_of(ctx.db, ctx.person.id) or not need.answered(ctx, step.said):
        ctx.redirect(Unasked(said=step.said))


@on(NotMeant)
def not_meant(ctx: Context, step: NotMeant) -> None:
    """Take words for what others are, for a day, and let them go where they would have gone."""
    message = step.said
    ctx.dismiss_need(message.words)
    ctx.come_back()
    ctx.say(_("All right, I misunderstood you."))
    _understand(ctx, message)


def _for_whom_or_what(
    ctx: Context, mine: Sequence[Relay], message: UserMessage, asked: AnyText
) -> Relay | None:
    """Ask for which conversation something was said; None where it answers what was asked."""

    def name_in(relay: Relay) -> AnyText:
        return sides.named(ctx, relay) if len(mine) > 1 else sides.other_name(relay, ctx.person)

    chosen = ctx.choose(
        "for",
        paragraphs(
            _("Is “{words}” your answer to this?", words=wording.shortened(message.words, 60))
            if message.words
            else _("Is that your answer to this?"),
            form("<blockquote>{asked}</blockquote>", asked=asked),
        ),
        {str(relay.id): _("No, it is for {name}", name=name_in(relay)) for relay in mine}
        | {"answer": _("Yes, it is my answer")},
    )
    return next((relay for relay in mine if str(relay.id) == chosen), None)


def _has_code(ctx: Context, words: str) -> bool:
    """Whether somebody writes an invitation code: members do it with a dash, all others in any way."""
    return invitations.looks_like_code(words) or (
        bool(invitations.codes_in(words)) and (invitations.is_dashed(words) or not ctx.may(Role.MEMBER))
    )


def _understand(ctx: Context, message: UserMessage) -> None:
    """Answer what somebody wants of the bot; else say that it was not understood."""
    found = None if message.media else talk.wish(message.words, ctx.reader.locale)
    if found is not None:
        ctx.redirect(Wished(found.name, found.rest, said=message))
    rest.not_understood(ctx, message)
