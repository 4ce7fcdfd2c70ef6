"""What somebody wants of the bot by a whole sentence: a short true answer, or the way there with one tap."""

from collections.abc import Callable, Mapping

from bot import (
    Button,
    Command,
    Context,
    Role,
    Wished,
    _,
    _n,
    on,
    paragraphs,
)
from bot.reading import beside, talk
from bot.reading.when import numbers
from db.help import help_requests
from db.network import roster
from handlers.asking.steps import AboutMine
from handlers.front import oneself, outside, rest, small_talk
from handlers.front.steps import AllIsWell
from handlers.protecting import coordinators
from handlers.talking.steps import WriteToMember

Answer = Callable[[Context, Wished], None]

BESIDE = ("thanks", "greeting", "yes", "no", "good", "ask")
"""What words about one's own open question say as well: "it is solved, thank you", "can you ask others"."""
OPENS: Mapping[str, tuple[str, str]] = {
    "leave": ("leave", ""),
    "report": ("report", ""),
    "change_topics": ("profile", "topics"),
    "change_profile": ("profile", ""),
    "networks": ("networks", ""),
    "found": ("found", ""),
    "ask": ("ask", ""),
    "agreement": ("agreement", ""),
    "goals": ("goals", ""),
    "handover": ("handover", ""),
    "roadmap": ("roadmap", ""),
    "link": ("link", ""),
    "greeting": ("start", ""),
}
"""The commands that wishes are, and what is written behind them."""
OPENS_FOR_COORDINATORS: Mapping[str, tuple[str, str]] = {
    "waiting": ("pulse", ""),
    "members": ("members", ""),
    "export": ("export", ""),
    "check_ins": ("schedule", ""),
    "write_to_all": ("announce", ""),
}


MANY = 100
"""People whom somebody may want to invite by one sentence."""


@on(Wished)
def wished(ctx: Context, step: Wished) -> None:
    """Answer what somebody wants of the bot. Where it may have been meant for other people as well, their
    words can become a question."""
    if not ctx.may(Role.MEMBER):
        outside.answer(ctx, step)
        return
    is_change = step.wish == "my_requests" and "change" in beside.says(step.said.words, ctx.reader.locale)
    if (step.wish in BESIDE or is_change) and rest.is_about_ones_own(ctx, step.said):
        ctx.redirect(AboutMine(said=step.said))
    if step.wish == "ask" and (late := [*rest.night(ctx)]):
        rest.say(
            ctx, step, paragraphs(late), Button(rest.ASK, Command("ask"), keep=True), *rest.coordinator(ctx)
        )
        return
    if step.wish == "greeting" and not rest.is_sure(ctx, step):
        rest.not_understood(ctx, step.said)
        return
    opens = {**OPENS, **(OPENS_FOR_COORDINATORS if ctx.may(Role.META_MENTOR) else {})}
    if step.wish in opens:
        rest.open_command(ctx, step, *opens[step.wish])
    else:
        answer = ANSWERS.get(step.wish)
        answer(ctx, step) if answer is not None else rest.not_understood(ctx, step.said)


def _organisations(ctx: Context, step: Wished) -> None:
    """Show the organisations in the place that is named, or near by."""
    rest.open_command(ctx, step, "orgs", step.rest)


def _write_to(ctx: Context, step: Wished) -> None:
    """Lead to whom is named: a member, for those who coordinate; for others one who coordinates."""
    if ctx.may(Role.META_MENTOR) and _names_somebody(ctx, step):
        ctx.redirect(WriteToMember(called=step.rest))
    named = [
        each
        for each in coordinators.reachable(ctx, ctx.member)
        if talk.plain(step.rest) in (talk.plain(each.person.name), talk.plain(each.person.name.split()[0]))
    ]
    if not named:
        rest.not_understood(ctx, step.said)
    else:
        small_talk.talk_to(ctx, step, named[0])


def _names_somebody(ctx: Context, step: Wished) -> bool:
    """Whether what words name is a member, or reads like a name at their end: "We write back within a day"
    and "We meet at the library" name nobody."""
    if roster.called(ctx.db, ctx.network, step.rest, 1, without=[ctx.person.id]):
        return True
    return step.rest[:1].isupper() and step.said.words.rstrip(" .!?").endswith(step.rest)


def _remove_member(ctx: Context, step: Wished) -> None:
    """Show the card of a member to those who coordinate: what can be done with them stands there."""
    if ctx.may(Role.META_MENTOR):
        ctx.redirect(Command("members"), rest=step.rest)
    rest.not_understood(ctx, step.said)


def _write_to_all(ctx: Context, step: Wished) -> None:
    text = _("Only those who coordinate your network write to everybody. You can ask the others a question.")
    rest.say(ctx, step, text, Button(rest.ASK, Command("ask"), keep=True), *rest.coordinator(ctx))


def _invite(ctx: Context, step: Wished) -> None:
    if step.wish in ("invite", "code_how") and ctx.may(Role.META_MENTOR):
        many = numbers.found(step.said.words, MANY, ctx.reader.locale) or 1
        rest.say(
            ctx,
            step,
            _n(
                "Should I make an invitation for {n} person?",
                "Should I make an invitation for {n} people?",
                many,
            ),
            Button(_("Invite somebody"), Command("invite"), given={"uses": str(many)}, means="yes"),
            Button(_("No, all is well"), AllIsWell(), means="no"),
        )
        return
    text = _("You are in a network already. Those who coordinate it invite new people.")
    rest.say(ctx, step, text, *rest.coordinator(ctx), Button(_("I have a code"), Command("join"), keep=True))


def _members(ctx: Context, step: Wished) -> None:
    rest.say(
        ctx,
        step,
        _("Only those who coordinate your network see the list of members."),
        *rest.coordinator(ctx),
    )


def _own_question(ctx: Context, step: Wished) -> None:
    """Show how one's open questions stand; without one, these words are about something else."""
    if help_requests.open_by(ctx.db, ctx.member):
        ctx.redirect(AboutMine(said=step.said))
    elif step.wish == "solved":
        rest.say(ctx, step, _("Good to hear. You have no open question."))
    elif step.wish == "news" and rest.is_sure(ctx, step):
        rest.say(
            ctx,
            step,
            _("I am here. Nothing new has come for you, and you have no open question."),
            Button(rest.ASK, Command("ask"), keep=True),
        )
    else:
        rest.not_understood(ctx, step.said)


def _my_requests(ctx: Context, step: Wished) -> None:
    """Show one's open questions; the one that was dropped just now, where it is to be changed."""
    rest.take_up(ctx, step.said)
    rest.open_command(ctx, step, "requests", "")


def _find(ctx: Context, step: Wished) -> None:
    """Look for what a sentence is about; where nothing is found, it can become a question."""
    ctx.redirect(Command("find"), rest=step.said.words)


ANSWERS: Mapping[str, Answer] = {
    "find": _find,
    "organisations": _organisations,
    "thanks": small_talk.thanks,
    "yes": small_talk.all_right,
    "no": small_talk.all_right,
    "later": small_talk.all_right,
    "good": small_talk.good,
    "so_so": small_talk.not_good,
    "not_good": small_talk.not_good,
    "help_offer": small_talk.help_offer,
    "human": small_talk.human,
    "talk_to_human": small_talk.talk_to_human,
    "call_somebody": small_talk.call_somebody,
    "what_now": small_talk.what_now,
    "what_can_you_do": small_talk.what_can_you_do,
    "dont_know": small_talk.what_can_you_do,
    "who_sees": small_talk.who_sees,
    "stop": oneself.stop,
    "back": small_talk.nothing_to_go_back_to,
    "my_requests": _my_requests,
    "pause": oneself.pause,
    "resume": oneself.resume,
    "change_name": oneself.change_name,
    "change_place": oneself.change_place,
    "change_language": oneself.change_language,
    "my_data": oneself.my_data,
    "delete_data": oneself.delete_data,
    "write_to": _write_to,
    "remove_member": _remove_member,
    "write_to_all": _write_to_all,
    "invite": _invite,
    "join": _invite,
    "code_how": _invite,
    "members": _members,
    "waiting": _own_question,
    "news": _own_question,
    "urgent": _own_question,
    "solved": _own_question,
}
