"""Words about an open request of one's own: any news, it is urgent, it is settled, something more to say."""

from collections.abc import Collection
from dataclasses import replace

from bot import AnyText, Button, Command, Context, Priority, UserMessage, _, form, on, paragraphs
from bot.reading import beside
from bot.user_message import unpacked
from db.help import asked, help_requests
from db.models import HelpRequest
from handlers.asking import wording
from handlers.asking.steps import AboutMine, AddTo, ChangeMine, Decline, MakeUrgent, Solve, Take, Withdraw
from handlers.asking.urgent import make_urgent
from handlers.protecting import personal_data
from handlers.vocabulary import LONGEST_NEED, as_need
from handlers.waiting import standing

GONE = _("This question is settled already.")


@on(AboutMine)
def about_mine(ctx: Context, step: AboutMine) -> None:
    """Say how the newest open request stands, and offer what the words may mean for it; nothing is done
    without a tap."""
    mine = help_requests.open_by(ctx.db, ctx.member)
    if not mine:
        ctx.say(_("You have no open question."), _anew(step.said))
        return
    request, says = mine[0], beside.says(step.said.words, ctx.reader.locale)
    asks = says == {"news"}
    about = _("Do you mean {question}?", question=wording.mine(request))
    ctx.say(
        paragraphs(*([] if asks else [about]), standing.of(ctx, request)),
        *_deeds(request, step.said, says),
        *([Button(_("See my questions"), Command("requests"), keep=True)] if len(mine) > 1 else []),
        about=wording.mine(request),
    )


def _deeds(request: HelpRequest, said: UserMessage, says: Collection[str]) -> list[Button]:
    """Return what can be done about a request with these words, first what they say; nothing is added that
    only asks."""
    withdraws = Solve(request.id) if request.state == "taken" else Withdraw(request.id)
    settled = Button(_("No longer needed"), withdraws)
    may_be_urgent = request.state != "taken" and request.urgent_at is None
    urgent = [Button(_("Make it urgent"), MakeUrgent(request.id))] if may_be_urgent else []
    if says == {"news"}:
        return [*urgent, settled]
    add = Button(_("Add this"), AddTo(request.id, said=as_need(said)))
    if "settled" in says:
        return [settled, add, _anew(said)]
    if "change" in says:
        return [Button(_("Change my question"), ChangeMine(request.id)), add, settled, _anew(said)]
    if "urgent" in says and may_be_urgent:
        urgent.insert(
            0, Button(_("Add it, it is urgent"), AddTo(request.id, urgent=True, said=as_need(said)))
        )
    return [*urgent, add, settled, _anew(said)]


def _anew(said: UserMessage) -> Button:
    given = {"need": as_need(said).to_json()} if said else {}
    return Button(_("A new question"), Command("ask"), given=given)


@on(AddTo)
def add_to(ctx: Context, step: AddTo) -> None:
    """Add words to a request, and let those read them who have not answered yet."""
    asked = ctx.db.get(HelpRequest, step.request_id)
    said = personal_data.offer_removal(ctx, step.said, before=_so_far(asked) if asked else UserMessage())
    request = _mine(ctx, step.request_id)
    if request is None:
        return
    whole = "\n".join(each for each in (request.need, said.words) if each)
    media = (*unpacked(request.media), *said.media)
    _rewrite(ctx, request, replace(said, words=whole[:LONGEST_NEED], media=media))
    if step.urgent:
        make_urgent(ctx, MakeUrgent(request.id))


@on(ChangeMine)
def change_mine(ctx: Context, step: ChangeMine) -> None:
    """Write a request anew."""
    request = ctx.db.get(HelpRequest, step.request_id)
    if request is None or request.asker.person_id != ctx.person.id or request.closed_at is not None:
        ctx.say(GONE)
        return
    message = ctx.ask_message(
        "text",
        paragraphs(_("Write the whole text as it should be. So far it is:"), wording.gist(request)),
        max_length=LONGEST_NEED,
    )
    message = personal_data.offer_removal(ctx, message, before=_so_far(request))
    held = _mine(ctx, step.request_id)
    if held is not None:
        _rewrite(ctx, held, replace(message, media=message.media or tuple(unpacked(held.media))))


def _so_far(request: HelpRequest) -> UserMessage:
    """Return what a request says by now."""
    return UserMessage(request.need or "", media=tuple(unpacked(request.media)))


def _mine(ctx: Context, request_id: int) -> HelpRequest | None:
    """Return an open request of the one who acts, locked; None after saying that it is over."""
    request = ctx.hold(HelpRequest, request_id)
    if request is not None and request.asker.person_id == ctx.person.id and request.closed_at is None:
        return request
    ctx.say(GONE)
    return None


def _rewrite(ctx: Context, request: HelpRequest, message: UserMessage) -> None:
    if request.anonymous:
        message = message.unnamed()
    help_requests.rewrite(request, message.words, [each.to_json() for each in message.media])
    silent = asked.silent(ctx.db, request)
    if silent and request.state in help_requests.OPEN:
        ctx.tell(
            [member.person for member in silent],
            paragraphs(_("A question that I asked you has changed."), wording.question(request)),
            Button(_("I can help"), Take(request.id), means=("help_offer", "yes")),
            Button(_("Not now"), Decline(request.id), means=("later", "no", "dont_know")),
            priority=Priority.HELP_REQUEST,
            carries=wording.enclosed(request),
        )
    ctx.say(
        paragraphs(_("Done. Your question is now:"), _shown(request)),
        Button(_("Withdraw my question"), Withdraw(request.id)),
    )


def _shown(request: HelpRequest) -> AnyText:
    if request.need:
        return form("<blockquote>{need}</blockquote>", need=request.need)
    return wording.gist(request)
