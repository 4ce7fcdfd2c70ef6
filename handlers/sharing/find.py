"""Finding: one place to look before asking. Not finding leads to people."""

from collections.abc import Sequence

from bot import (
    AnyText,
    Button,
    Command,
    Context,
    Line,
    Place,
    Role,
    Section,
    Text,
    UserMessage,
    _,
    command,
    form,
    on,
    page,
    paragraphs,
)
from bot.lists import Kinds
from bot.reading import topics
from db.help.help_requests import ANYTHING
from db.models import Item, ItemKind
from db.sharing import looked_for, shelf
from handlers.protecting import need
from handlers.sharing import kinds, searching
from handlers.sharing.steps import LookAround, OpenItem, ShowHits
from handlers.vocabulary import HELPED_WITH, topic_name

HITS, LONGEST = 5, 200
"""Things in one answer, and characters of what is looked for."""
TO_READ = _("To read one, choose its number.")
AROUND = {"by_topic": _("By topic"), "new": _("What is new")}


@command("find", needs=Role.MEMBER, menu=_("Find what others know"), rest=("words",), place=Place.ANYWHERE)
def find(ctx: Context) -> None:
    """Show what fits words, or look around; in a room only what it is called."""
    if ctx.room is not None:
        titles(ctx, ctx.rest)
        return
    others = {f"kind {name}": way.label for name, way in _ways_around().items()}
    words = str(
        ctx.ask(
            "words",
            _("What are you looking for? You can also look around."),
            suggest=AROUND | others,
            max_length=LONGEST,
        )
    )
    if words == "new":
        ctx.redirect(LookAround())
    if words == "by_topic":
        ctx.redirect(LookAround(str(ctx.choose("topic", _("What is it about?"), HELPED_WITH))))
    if words in others:
        ctx.redirect(_ways_around()[words.removeprefix("kind ")].target)
    need.beside(ctx, words)
    show(ctx, words)


@command("library", needs=Role.MEMBER, menu=None, rest=("words",))
def library(ctx: Context) -> None:
    """Find, by another word for it."""
    ctx.redirect(Command("find"), rest=ctx.rest)


def _ways_around() -> dict[str, Button]:
    """Return the ways to things of a kind, by its name."""
    return {name: way for name, kind in Kinds.named().items() if (way := kind().around) is not None}


def show(ctx: Context, words: str, *, after: int = 0, only: Sequence[ItemKind] = ()) -> None:
    """Show what fits words best, after so many; of some kinds only, where these are named."""
    found = _search(ctx, words, after + HITS + 1, only)[after:]
    if not found:
        _nothing(ctx, words)
        return
    more = [Button(_("More"), ShowHits(words, after + HITS), keep=True)] if len(found) > HITS else []
    ctx.say_list(
        _("This fits “{words}”:", words=words),
        Section([_line(ctx, item) for item in found[:HITS]]),
        buttons=[*more, _ask(words, _("Ask your peers this"))],
        choose=TO_READ,
    )


def _search(ctx: Context, words: str, most: int, only: Sequence[ItemKind] = ()) -> list[Item]:
    return searching.search(
        ctx.db, ctx.network, words, locale=ctx.reader.locale, now=ctx.now, most=most, kinds=only
    )


def _line(ctx: Context, item: Item) -> Line:
    return Line(kinds.in_a_line(ctx, item), [Button(_("Read it"), OpenItem(item.id), keep=True)])


def _ask(words: str, label: Text) -> Button:
    """Return the button that makes a question to peers of words that were looked for."""
    return Button(label, Command("ask"), given={"need": UserMessage(words).to_json()}, keep=True)


def _nothing(ctx: Context, words: str) -> None:
    """Offer people, and count of which topic nothing is known."""
    looked_for.count(ctx.db, ctx.network, "missed", topics.guessed(words) or ANYTHING, ctx.today)
    ctx.say(
        _("I found nothing for “{words}”. Should I ask your peers?", words=words),
        _ask(words, _("Ask your peers")),
    )


@on(ShowHits)
def show_hits(ctx: Context, step: ShowHits) -> None:
    """Show what fits the same words less well."""
    show(ctx, step.words, after=step.after)


@on(LookAround)
def look_around(ctx: Context, step: LookAround) -> None:
    """Show the newest things, of a topic or of all."""
    there = shelf.newest(ctx.db, ctx.network.id, topic=step.topic, before=step.before, most=HITS + 1)
    if not there:
        ctx.say(
            _("There is nothing here yet. {share} puts something on the shelf.", share=Command("share")),
            Button(_("Share something"), Command("share")),
        )
        return
    title: AnyText = form("<b>{topic}</b>", topic=topic_name(step.topic)) if step.topic else _("What is new")
    more = page(
        there,
        lambda item: _line(ctx, item),
        more=lambda last: LookAround(step.topic, last.id),
        size=HITS,
    )
    ctx.say_list(title, more, choose=TO_READ)


def titles(ctx: Context, words: str, only: Sequence[ItemKind] = ()) -> None:
    """Say in a room what the things are called that fit words, and where they are read."""
    if not words.strip():
        ctx.say(_("Write behind it what you are looking for: {find} birth certificate", find=Command("find")))
        return
    found = _search(ctx, words[:LONGEST], HITS, only)
    if not found:
        ctx.say(_("I found nothing for “{words}”.", words=words[:LONGEST]))
        return
    ctx.say(
        paragraphs(
            _("This fits “{words}”:", words=words[:LONGEST]),
            (form("<b>{title}</b>", title=item.title) for item in found),
            _("To read it, write {find} to me in private.", find=Command("find")),
        )
    )
