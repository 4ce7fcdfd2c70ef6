"""A solved card: made by the two who found it out, without names, and shown once the helper has said that
it is right, or nothing for a week. Both can take it down for ever."""

from datetime import timedelta

from bot import Button, Context, Priority, _, form, on, paragraphs
from bot.lists import Learned, act, adds
from db.help import help_requests
from db.models import SEEN, HelpRequest, Item
from db.sharing import cards, shelf
from handlers.asking import wording
from handlers.protecting import personal_data
from handlers.sharing import keeping, kinds, news, searching, share
from handlers.sharing.steps import (
    CardWaits,
    ChangeCard,
    ConfirmCard,
    OpenItem,
    ShareCard,
    TakeDown,
    WriteCard,
)

PATIENCE = timedelta(days=7)
"""For how long the helper can say whether a card is right before it is shown all the same."""
LONGEST_QUESTION, LONGEST_ANSWER = 200, 1000
GONE = _("This card is no longer there.")
SHARED = act("card.shared", _("{who} shared a solved card with all networks here on {day}."))
NOT_SHARED = act("card.not_shared", _("{who} took a solved card back from the other networks on {day}."))


@adds(Learned, place=10)
def write_it_down(ctx: Context, request: HelpRequest) -> Button | None:
    """Offer to write a card."""
    if cards.of_request(ctx.db, request) is not None:
        return None
    return Button(_("Write it down for others"), WriteCard(request.id), keep=True)


@on(WriteCard)
def write_card(ctx: Context, step: WriteCard) -> None:
    """Ask for the question and the answer, without names, and then the helper whether it is right."""
    request = ctx.ours(
        HelpRequest, step.request_id, gone=GONE, still=lambda each: each.asker_id == ctx.member.id
    )
    if request is None:
        return
    if cards.of_request(ctx.db, request) is not None:
        ctx.say(_("You have written this down already. Thank you."))
        return
    question = _question(ctx, request)
    answer = _answer(ctx)
    soon = ctx.confirm("soon", _("Can this change soon, for example a law?"), yes=_("Yes"), no=_("No"))
    helper = cards.helper(ctx.db, request)
    after = (
        _("I ask {name} whether it is right. Should I write it down like this?", name=helper.name)
        if helper is not None
        else _("Should I write it down like this?")
    )
    if not ctx.confirm(
        "sure",
        paragraphs(
            kinds.quoted(question, answer),
            after,
        ),
        yes=_("Yes, write it down"),
        no=_("No, drop it"),
    ):
        ctx.say(_("All right. Nothing is on the shelf."))
        return
    item = shelf.give(
        ctx.db,
        ctx.network,
        "card",
        question,
        texts=(answer,),
        topic=request.topic if request.topic != help_requests.ANYTHING else "everyday",
        language=share.language_of(ctx, f"{question} {answer}"),
        by=ctx.person,
        named=False,
        months=share.HALF_A_YEAR if soon else share.A_YEAR,
        now=ctx.now,
    )
    cards.write(ctx.db, item, request, helper)
    searching.let_find(ctx.db, item)
    if helper is None:
        _show(ctx, item, confirmed=False)
        ctx.say(_("Thank you. Now others find it."), Button(_("Read it"), OpenItem(item.id)))
        return
    _ask_helper(ctx, item, request)
    ctx.say(_("Thank you. I ask {name} whether it is right, and then others find it.", name=helper.name))


def _question(ctx: Context, request: HelpRequest) -> str:
    """Ask for the question as others should read it."""
    if request.need:
        words = wording.shortened(" ".join(request.need.split()), LONGEST_QUESTION)
        take = ctx.confirm(
            "take",
            paragraphs(
                _("Others may need this too. This was your question:"),
                form("<blockquote>{need}</blockquote>", need=words),
                _("Should it stand there like this, without names?"),
            ),
            yes=_("Take it like this"),
            no=_("Change it"),
        )
        if take:
            return personal_data.without_it(ctx, words, "question_data")
    words = str(
        ctx.ask("question", _("What was the question, in one sentence?"), max_length=LONGEST_QUESTION)
    )
    return personal_data.without_it(ctx, " ".join(words.split()), "question_data")


def _answer(ctx: Context, question: str = "answer") -> str:
    """Ask for the answer: in words, because voice is not found."""
    text = _("What was the answer, in your words? Two or three sentences.")
    said = ctx.ask_message(question, text, max_length=LONGEST_ANSWER)
    words = said.words or str(
        ctx.ask(
            f"{question} written", _("Please write it: cards can be searched."), max_length=LONGEST_ANSWER
        )
    )
    return personal_data.without_it(ctx, words, f"{question}_data")


def _ask_helper(ctx: Context, item: Item, request: HelpRequest) -> None:
    """Ask the helper whether a card is right; who asked without a name stays without one."""
    helper = cards.helper(ctx.db, request)
    assert helper is not None, "somebody is asked"
    card = kinds.quoted(item.title, item.texts[0])
    opening = (
        _("The one who asked would like to write down what you two found, without names:")
        if request.anonymous
        else _("{name} would like to write down what you two found, without names:", name=ctx.person.name)
    )
    ctx.tell(
        helper,
        paragraphs(opening, card, _("Is it right?")),
        Button(_("Yes, it is right"), ConfirmCard(item.id, "yes"), means="yes"),
        Button(_("Change it"), ChangeCard(item.id), keep=True),
        Button(_("Rather not"), ConfirmCard(item.id, "no"), means="no"),
        priority=Priority.CHECK_IN,
        about=_("what you two found"),
    )
    ctx.later(PATIENCE, CardWaits(item.id), about=_about(item))


def _about(item: Item) -> str:
    return f"card:{item.id}"


def _waiting(ctx: Context, item_id: int) -> Item | None:
    """Return a card, locked, with which the one who acts helped; None after saying that it is gone."""
    return ctx.ours(Item, item_id, gone=GONE, still=lambda item: keeping.is_helper(ctx, item))


@on(ConfirmCard)
def confirm_card(ctx: Context, step: ConfirmCard) -> None:
    """Put a card on the shelf that is right, or delete it where the helper would rather not have it."""
    item = _waiting(ctx, step.item_id)
    if item is None:
        return
    ctx.call_off(_about(item))
    if step.says == "yes":
        _show(ctx, item, confirmed=True)
        ctx.say(_("Thank you. Now others find it."), Button(_("Read it"), OpenItem(item.id)))
        return
    if item.given_by is not None:
        text = _(
            "Who helped you would rather not have “{title}” written down. I have deleted it.",
            title=item.title,
        )
        ctx.tell(item.given_by, text, priority=Priority.CHECK_IN)
    shelf.take_down(ctx.db, item)
    ctx.say(_("All right. I have deleted it."))


@on(ChangeCard)
def change_card(ctx: Context, step: ChangeCard) -> None:
    """Ask the helper for the answer in their words, and put the card on the shelf; who asked reads it."""
    if _waiting(ctx, step.item_id) is None:
        return
    answer = _answer(ctx)
    item = _waiting(ctx, step.item_id)
    if item is None:
        return
    ctx.call_off(_about(item))
    cards.reword(item, answer)
    searching.let_find(ctx.db, item)
    _show(ctx, item, confirmed=True)
    if item.given_by is not None:
        told = paragraphs(
            _("Who helped you has changed what you wrote down. Others read it like this:"),
            kinds.quoted(item.title, answer),
        )
        read = Button(_("Read it"), OpenItem(item.id))
        ctx.tell(item.given_by, told, read, priority=Priority.CHECK_IN)
    ctx.say(_("Thank you. Now others find it."), Button(_("Read it"), OpenItem(item.id)))


@on(ShareCard)
def share_card(ctx: Context, step: ShareCard) -> None:
    """Let members of all networks here find a card, or only those of this one. The two who found it out hear
    that it goes further, and can take it down."""
    item = ctx.ours(
        Item, step.item_id, gone=GONE, still=lambda each: each.kind == "card" and each.state in SEEN
    )
    if item is None:
        return
    cards.share(item, shared=step.shared)
    (SHARED if step.shared else NOT_SHARED).record(ctx, ctx.network)
    if not step.shared:
        ctx.say(_("Only this network finds “{title}” now.", title=item.title))
        return
    ctx.tell(
        [each for each in cards.makers(ctx.db, item) if each is not ctx.person],
        _("You found out “{title}”. Now members of all networks here find it.", title=item.title),
        Button(_("Take it down"), TakeDown(item.id), keep=True),
        priority=Priority.CHECK_IN,
    )
    ctx.say(
        _("Members of all networks here find “{title}” now.", title=item.title),
        Button(_("Show it here only"), ShareCard(item.id, False)),
    )


@on(CardWaits)
def card_waits(ctx: Context, step: CardWaits) -> None:
    """Put a card on the shelf of which the helper has said nothing; it says so."""
    item = ctx.hold(Item, step.item_id)
    if item is not None and item.state == "waiting":
        ctx.turn_to(item.network)
        _show(ctx, item, confirmed=False)


def _show(ctx: Context, item: Item, *, confirmed: bool) -> None:
    cards.show(item, cards.of(ctx.db, item), confirmed=confirmed)
    keeping.plan(ctx, item)
    news.plan(ctx, item.network)
