"""The text of an agreement, as those who coordinate write it: from an example, as a whole, or sentence by
sentence, in each language of the network."""

from itertools import count

from bot import (
    AnyText,
    Context,
    Language,
    SentFile,
    Unclear,
    Verbatim,
    _,
    form,
    paragraphs,
)
from bot.reading import tables
from db.growing import copies
from db.models import Wording
from handlers.agreeing import texts
from handlers.agreeing.example import example
from handlers.agreeing.texts import Parts, Texts
from handlers.protecting import personal_data

LABEL = 30
"""Characters of a button."""
MOST_BUTTONS = 40
"""Sentences of which one is chosen; a longer text is sent anew."""
LARGEST = 64 * 1024
"""Bytes of a file with the text: more than any text of that many characters has."""
WHAT_CHANGES = _("What should be different?")


def texts_of(wording: Wording | None) -> dict[str, Parts]:
    """Return the texts of a wording; none where there is none."""
    return texts.texts_of(wording.texts) if wording is not None else {}


def write(ctx: Context, base: Wording | None) -> Texts | None:
    """Ask for the text, in one language and then in others. None where it stays as it is."""
    so_far, theirs = texts_of(base), _taken_over(ctx, base)
    if so_far and theirs:
        whose = ctx.choose(
            "whose",
            _("You took over the text of another network. Which one should we begin with?"),
            {"ours": _("Our own"), "theirs": _("What we took over")},
        )
        so_far = theirs if whose == "theirs" else so_far
    locale = next(iter(so_far or theirs), None) or _language(ctx)
    if not so_far:
        begin = ctx.choose(
            "begin",
            _("How should we begin? You can change every sentence of the example."),
            {
                **({"theirs": _("What we took over")} if theirs else {}),
                "example": _("Begin with an example"),
                "own": _("Send our own text"),
            },
        )
        if begin == "theirs":
            so_far = theirs
        elif begin == "example":
            so_far = {each: example(each) for each in [locale, *_others(ctx, locale)]}
    first = so_far.get(locale) or _whole(ctx, "text")
    draft = _edit(ctx, locale, first, new=base is None)
    if draft is None:
        return None
    written = {locale: draft}
    for other in _others(ctx, locale):
        parts = _translated(ctx, other, so_far.get(other), same=draft == so_far.get(locale))
        if parts is not None:
            written[other] = parts
    return written


def _taken_over(ctx: Context, base: Wording | None) -> dict[str, Parts]:
    """Return the texts that the network took over from another one since it last wrote its own, in the
    languages that it has itself; none where there are none."""
    copy = copies.of_part(ctx.db, ctx.network.id, "agreement")
    if copy is None or (base is not None and copy.taken_at <= base.at):
        return {}
    spoken = ctx.network.languages or [*copy.taken]
    return {locale: parts for locale, parts in texts.texts_of(copy.taken).items() if locale in spoken}


def _language(ctx: Context) -> str:
    """Ask in which language the text is written, where the network has several."""
    offered = ctx.network.languages or [ctx.reader.locale]
    if len(offered) == 1:
        return offered[0]
    names = {each: form("{language}", language=Language(each)) for each in offered}
    return str(ctx.choose("language", _("In which language do you write it first?"), names))


def _others(ctx: Context, locale: str) -> list[str]:
    return [each for each in ctx.network.languages if each != locale]


def _translated(ctx: Context, locale: str, before: Parts | None, *, same: bool) -> Parts | None:
    """Ask for the text in another language; what is there stays where the first one is still the `same`."""
    if before is not None and same:
        return before
    what = ctx.choose(
        f"also {locale}",
        _("Is there a translation into {language} too?", language=Language(locale)),
        {
            "send": _("Send it"),
            **({"keep": _("It stays as it was")} if before is not None else {}),
            "without": _("Go on without it"),
        },
    )
    return _whole(ctx, f"text {locale}") if what == "send" else before if what == "keep" else None


def _whole(ctx: Context, name: str) -> Parts:
    """Ask for a whole text, typed or as a file."""

    def check(sent: SentFile | str) -> None:
        texts.parsed(_words(ctx, sent))

    sent = ctx.ask_file(
        name,
        _(
            "Please send the text, or attach it as a text file. Above the rules how we talk, write this "
            "line: “== How we talk ==”."
        ),
        kinds=(".txt", ".md"),
        most=LARGEST,
        otherwise=_("Please send words, or a text file (.txt)."),
        check=check,
    )
    words = personal_data.without_it(ctx, _words(ctx, sent), f"{name} personal_data")
    return texts.parsed(words)


def _words(ctx: Context, sent: SentFile | str) -> str:
    if isinstance(sent, str):
        return sent
    words, _is_guessed = tables.decoded(sent.content, ctx.reader.locale)
    if tables.CONTROL.search(words):
        raise Unclear(_("I cannot read this file: it is not text. Please send a text file (.txt)."))
    return words


def _edit(ctx: Context, locale: str, draft: Parts, *, new: bool) -> Parts | None:
    """Show a text, and change one sentence after the other until it is right. None where nothing is to come
    of it."""
    first = draft
    for n in count():
        changed = new or draft != first
        what = ctx.choose(
            f"what{n or ''}",
            paragraphs(texts.shown(draft), _("Is it right like this?") if changed else WHAT_CHANGES),
            {
                **({"ready": _("It is right")} if changed else {}),
                **({"change": _("Change a sentence")} if len(draft.every) <= MOST_BUTTONS else {}),
                "add": _("Add a sentence"),
                **(
                    {"out": _("Take a sentence out")}
                    if len(draft.agree) > 1 and len(draft.every) <= MOST_BUTTONS
                    else {}
                ),
                "whole": _("Send a new text"),
                "no": _("No agreement now") if new else _("It stays as it was"),
            },
        )
        if what in ("ready", "no"):
            return draft if what == "ready" else None
        draft = _changed(ctx, draft, what, n)
    raise AssertionError("somebody answers at last")


def _changed(ctx: Context, draft: Parts, what: str, n: int) -> Parts:
    """Return a text with one thing changed in it."""
    if what == "whole":
        return _whole(ctx, f"whole{n}")
    if what == "add":
        where = "agree"
        if len(draft.talk) < texts.MOST_RULES:
            parts = {"agree": texts.AGREE, "talk": texts.TALK}
            where = ctx.choose(f"where{n}", _("Where does it belong?"), parts)
        return draft.plus(_sentence(ctx, draft, n, _("What should it say?"), where), talk=where == "talk")
    every = draft.every
    which = int(
        ctx.choose(
            f"which{n}",
            _("Which sentence do you mean?"),
            {str(place): Verbatim(_begun(each)) for place, each in enumerate(every, 1)},
        )
    )
    if what == "out":
        return draft.with_(which, None)
    asks = paragraphs(
        form("<blockquote>{sentence}</blockquote>", sentence=every[which - 1]), _("How should it read?")
    )
    return draft.with_(which, _sentence(ctx, draft, n, asks, which))


def _begun(sentence: str) -> str:
    """Return a sentence as it stands on a button."""
    return sentence if len(sentence) <= LABEL else f"{sentence[: LABEL - 1].rstrip()}…"


def _sentence(ctx: Context, draft: Parts, n: int, asks: AnyText, where: int | str) -> str:
    """Ask for a sentence that goes to a place of a text."""

    def parse(words: str) -> str:
        if not texts.sentences(words):
            raise Unclear(_("I found no words in that."))
        texts.check(
            draft.with_(where, words) if isinstance(where, int) else draft.plus(words, talk=where == "talk")
        )
        return words

    words = str(ctx.ask(f"words{n}", asks, parse=parse))
    return personal_data.without_it(ctx, words, f"personal_data{n}")
