"""Words that the bot does not understand: never the same refusal twice, and always a way to a person."""

from collections.abc import Iterator
from datetime import timedelta

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Language,
    Role,
    UserMessage,
    Verbatim,
    Wished,
    _,
    paragraphs,
)
from bot.reading import beside, languages, talk, wishes
from bot.times import NIGHT, Quiet
from db import people, shown
from db.engine import seen
from db.help import check_ins, help_requests
from handlers.asking.steps import AboutMine, AddTo
from handlers.checking_in.steps import AddWords
from handlers.front import start
from handlers.protecting import emergency
from handlers.talking import to_coordinators
from handlers.vocabulary import as_need
from i18n import language_name, name_of

ASK = _("Ask a question")
DROPPED = timedelta(hours=1)
"""How long a question that was dropped can be taken up in words."""
IN_A_ROW = timedelta(minutes=15)
"""Who was not understood this recently reads other words the next time."""
MISSES = (
    _("I am a program and understand only few words. What would you like to do?"),
    _("I did not understand that either, but it is not lost: tell me where it should go."),
    _("I still cannot tell what you mean. A person can: your words can go to one with a tap."),
)
"""What is said the first time, the second time in a row, and from then on."""
QUESTIONS = (
    _("I am a program and cannot answer that myself. Should I ask others in your network?"),
    _("Should I ask others that, too? Or a certain person?"),
    _("I can pass that on as well: to others in your network, or to a certain person."),
)
"""The same to what looks like a question."""


def not_understood(ctx: Context, message: UserMessage) -> None:
    """Say that words were not understood, and offer what they may have been meant for. They stay as they
    are, whatever is tapped."""
    if not message:
        ctx.say(_("There is no text in that message. {help} shows what I can do.", help=Command("help")))
    elif (foreign := talk.language(message.words)) is not None:
        _other_language(ctx, message, foreign)
    elif ctx.may(Role.MEMBER):
        if is_about_ones_own(ctx, message):
            ctx.redirect(AboutMine(said=message))
        take_up(ctx, message)
        texts = QUESTIONS if wishes.asks(message.words, ctx.reader.locale) else MISSES
        ctx.say(paragraphs(texts[_missed(ctx)], *night(ctx)), *_offers(ctx, message))
    else:
        start.start(ctx)


def is_about_ones_own(ctx: Context, message: UserMessage) -> bool:
    """Whether words may be about an open question of the one who acts."""
    says = beside.says(message.words, ctx.reader.locale)
    return bool(says & {"urgent", "news", "settled", "change"} and help_requests.open_by(ctx.db, ctx.member))


def take_up(ctx: Context, message: UserMessage) -> None:
    """Go on with a question that was dropped just now, where words say that it is to be changed: it stands in
    the message with that one button."""
    says = beside.says(message.words, ctx.reader.locale)
    if "change" not in says or help_requests.open_by(ctx.db, ctx.member):
        return
    for row in shown.answerable(ctx.db, ctx.identity.messenger, ctx.identity.chat):
        is_fresh = ctx.now - row.made_at < DROPPED and len(row.offers) == 1
        for slot, each in enumerate(row.offers if is_fresh else ()):
            if each.get("do") == "ask" and "need" in each.get("given", {}):
                ctx.take_offer(row.id, slot, message)


def night(ctx: Context, *, danger: bool = True) -> Iterator[AnyText]:
    """Yield at night when others are asked, and what to do where that is too late; what to call in `danger`
    as well."""
    if not Quiet(*NIGHT, ctx.zone(ctx.person, ctx.network)).at(ctx.now):
        return
    if danger:
        yield _(
            "It is night, so the others are asked from {time} on. If it cannot wait, you can mark the "
            "question as urgent. If somebody is in danger, call {numbers}.",
            time=NIGHT[1],
            numbers=emergency.at_once(ctx),
        )
    else:
        yield _(
            "It is night, so the others are asked from {time} on. If it cannot wait, you can mark the "
            "question as urgent.",
            time=NIGHT[1],
        )


def as_question(ctx: Context, message: UserMessage) -> Button:
    """Return the button by which words are asked as a question to peers, after a preview."""
    return Button(_("Ask this as a question"), Command("ask"), given={"need": as_need(message).to_json()})


def languages_to_choose(ctx: Context) -> list[Button]:
    """Return a button for each language of the bot, in that language."""
    return [
        Button(Verbatim(language_name(each)), Command("language"), given={"language": each}, keep=True)
        for each in ctx.installation.languages
    ]


def _offers(ctx: Context, message: UserMessage) -> list[Button]:
    """Return where the words of a member can go."""
    coordinator = to_coordinators.way_to(ctx, message)
    check_in = check_ins.open_of(ctx.db, ctx.member)
    mine = help_requests.open_by(ctx.db, ctx.member)
    return [
        *(
            [Button(_("Add it to my question"), AddTo(mine[0].id, said=as_need(message)))]
            if mine and mine[0].state in help_requests.OPEN
            else []
        ),
        as_question(ctx, message),
        *([coordinator] if coordinator is not None else []),
        *(
            [Button(_("Tell my coordinators"), AddWords(check_in.id, said=as_need(message)))]
            if check_in is not None
            else []
        ),
        *(
            [Button(_("I am back"), Command("resume"), keep=True)]
            if people.is_paused(ctx.person, ctx.now)
            else []
        ),
        Button(_("Help"), Command("help"), keep=True),
    ]


def _missed(ctx: Context) -> int:
    """Return how often in a row somebody was not understood, and note that it happened again."""
    marks = [f"not understood {ctx.person.id} {n}" for n in range(len(MISSES) - 1)]
    before = len(seen.marked(ctx.db, marks, ctx.now - IN_A_ROW))
    if before < len(marks):
        seen.mark(ctx.db, marks[before], ctx.now)
    return before


def _other_language(ctx: Context, message: UserMessage, foreign: str) -> None:
    """Say which languages the bot has, in the one in which somebody writes as well, where it has a sentence
    in it. The words stay."""
    ours = ctx.installation.languages
    sentence = languages.says(foreign)
    names = ", ".join(name_of(code, foreign) for code in ours)
    ctx.say(
        paragraphs(
            *([Verbatim(sentence.format(languages=names))] if sentence is not None else []),
            _(
                "I understand {languages}.",
                languages=[Language(code) for code in ours],
            ),
        ),
        *languages_to_choose(ctx),
        *(_offers(ctx, message)[:-1] if ctx.may(Role.MEMBER) else ()),
    )


# --- answers to wishes ---------------------------------------------------------------------------


def is_sure(ctx: Context, step: Wished) -> bool:
    """Whether the words of a wish can hardly mean anything else."""
    found = talk.wish(step.said.words, ctx.reader.locale)
    return found is None or found.sure


def say(ctx: Context, step: Wished, text: AnyText, *buttons: Button) -> None:
    """Answer a wish; where the words may be for other people as well, they can be asked."""
    unsure = [] if is_sure(ctx, step) else [as_question(ctx, step.said)]
    ctx.say(text, *buttons, *(each for each in unsure if each not in buttons))


def open_command(ctx: Context, step: Wished, command: str, words: str) -> None:
    """Open the command that a wish is; where its words may mean something else as well, offer it."""
    if is_sure(ctx, step):
        ctx.redirect(Command(command), rest=words)
    menu = ctx.router.commands[command].menu
    assert menu is not None, "commands have a name in the menu"
    say(ctx, step, _("Is this what you mean?"), Button(menu, Command(command)))


def coordinator(ctx: Context) -> Iterator[Button]:
    """Yield the button by which a member writes to whoever coordinates, if anybody can be reached."""
    way = to_coordinators.way_to(ctx)
    if way is not None:
        yield way
