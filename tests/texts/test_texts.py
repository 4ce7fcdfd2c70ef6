"""Every text that people read, in every language: complete, alike in what it holds, short where it has to be,
in the words of this house, and safe with whatever is put into it."""

import ast
import inspect
import re
import string
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.messages import Catalog, Message
from babel.messages.pofile import read_po

import i18n
from bot.markup import plain
from bot.text import Also, Reader, Text, _, _c, from_json, lines, render, to_json
from i18n.__main__ import ROOMS, template, update
from tests.bench.matrix import TALK
from tests.support.stage import name, transcripts
from tests.telegram_server import read_html

ROOT = Path(__file__).parents[2]
LANGUAGES = i18n.available()
TRANSLATIONS = [locale for locale in LANGUAGES if locale != i18n.SOURCE]
TAGS = {"b", "i", "code", "pre", "blockquote"}

LABEL = 38
"""Characters of a label: Telegram shows 40 on a button, and a chosen one has a tick before it."""

BANNED = {
    "en": r"errors?|invalid|illegal|users?|submit\w*|click\w*|please note|successful\w*|unfortunately|oops|"
    r"input|e\.g\.|i\.e\.|etc|and/or|\w+\(s\)",
    "de": r"fehler\w*|ungültig\w*|user\w*|nutzer\w*|benutzer\w*|klick\w*|bitte beachte\w*|erfolgreich\w*|"
    r"leider|hoppla|eingabe\w*|z\. ?b\.|d\. ?h\.|usw|(?-i:Ihnen)",
}
"""Words we do not use: jargon, blame, and what sounds like a form. A new language brings its own."""

HOSTILE = [
    "<b>",
    "</b></i></code></blockquote>",
    '<a href="https://example.org">tap</a>',
    "&lt;b&gt; &amp;amp; &#60; &",
    "5 < 6 && 7 > 3",
    "{n} {name} {0} {} %s %(n)d",
    "\"'`*_~|[](http://x)\\",
    "<!-- <script> <tg-spoiler>",
    "שלום <i>",
    "👩‍👧 é ﷺ",
]


# --- what is looked at ---------------------------------------------------------------------------


@cache
def texts() -> dict[str, Message]:
    """Every text of the code, by its English words (the first form where it counts)."""
    return {_key(message): message for message in template() if message.id}


@cache
def catalog(locale: str) -> Catalog:
    with (i18n.FOLDER / f"{locale}.po").open("rb") as file:
        return read_po(file, locale=locale)


@cache
def translated(locale: str) -> dict[str, Message]:
    return {_key(message): message for message in catalog(locale) if message.id}


def _key(message: Message) -> str:
    return i18n.key(message.id if isinstance(message.id, str) else message.id[0], message.context)


def english(key: str) -> str:
    """The English words of a text, without its context."""
    return key.rpartition("\x04")[2]


def forms(words: Any) -> tuple[str, ...]:
    """A text in all its forms: one, or those for different numbers."""
    return (words,) if isinstance(words, str) else tuple(words or ())


def words_of(key: str, locale: str) -> tuple[str, ...]:
    """A text in a language, in all its forms; none where it is not translated yet."""
    if locale == i18n.SOURCE:
        return forms(texts()[key].id)
    return forms(translated(locale)[key].string) if key in translated(locale) else ()


def written(locale: str) -> list[str]:
    """Everything that can be read in a language."""
    return [form for key in texts() for form in words_of(key, locale)]


def placeholders(text: str) -> set[str]:
    return {name for _words, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


def tags(text: str) -> list[str]:
    return re.findall(r"</?[^>]*>", text)


def numbers(locale: str) -> dict[int, list[int]]:
    """Which numbers each plural form of a language stands for, up to 200."""
    rule = i18n.catalogue(locale).plural_form
    found: dict[int, list[int]] = {}
    for n in range(200):
        found.setdefault(rule(n), []).append(n)
    return found


# --- complete and alike --------------------------------------------------------------------------


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_a_catalogue_holds_the_texts_of_the_code_and_no_others(locale: str) -> None:
    """`make texts` brings them in, and takes out what is not said any more."""
    assert set(texts()) - set(translated(locale)) == set()
    assert set(translated(locale)) - set(texts()) == set()


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_every_text_is_translated_in_all_its_forms(locale: str) -> None:
    missing = [
        key
        for key, message in translated(locale).items()
        if len(forms(message.string)) != (1 if isinstance(message.id, str) else catalog(locale).num_plurals)
        or not all(form.strip() for form in forms(message.string))
    ]
    assert missing == []


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_no_translation_is_a_guess(locale: str) -> None:
    assert not catalog(locale).fuzzy
    assert [key for key, message in translated(locale).items() if message.fuzzy] == []


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_a_language_counts_by_its_own_rule(locale: str) -> None:
    assert catalog(locale).plural_forms == Catalog(locale=locale).plural_forms


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_form_of_a_text_has_the_same_placeholders(locale: str) -> None:
    """A form for a single number need not show it: "one more mentor"."""
    wrong = []
    for key, message in texts().items():
        held = set().union(*map(placeholders, forms(message.id)))
        for number, form in enumerate(words_of(key, locale)):
            alone = not isinstance(message.id, str) and len(numbers(locale).get(number, [])) == 1
            if form and not (held - {"n"} if alone else held) <= placeholders(form) <= held:
                wrong.append(form)
    assert wrong == []


@pytest.mark.parametrize("locale", LANGUAGES)
def test_placeholders_are_plain_names(locale: str) -> None:
    """What a value looks like is decided by what it is, not by each translator."""
    wrong = [
        text
        for text in written(locale)
        for _words, name, spec, conversion in string.Formatter().parse(text)
        if name is not None and (not name.isidentifier() or spec or conversion)
    ]
    assert wrong == []


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_a_translation_has_the_tags_and_the_line_breaks_of_its_text(locale: str) -> None:
    wrong = [
        form
        for key in texts()
        for form in words_of(key, locale)
        if form and _built(form) != _built(english(key))
    ]
    assert wrong == []


def _built(text: str) -> tuple[list[str], int]:
    return sorted(tags(text)), text.count("\n")


@pytest.mark.parametrize("locale", LANGUAGES)
def test_tags_are_house_markup_and_do_not_cross(locale: str) -> None:
    assert [text for text in written(locale) if not _is_well_formed(text)] == []


def _is_well_formed(text: str) -> bool:
    open_tags: list[str] = []
    for tag in tags(text):
        name = tag.strip("</>")
        if name not in TAGS or (tag.startswith("</") and (not open_tags or open_tags.pop() != name)):
            return False
        if not tag.startswith("</"):
            open_tags.append(name)
    bare = re.sub(r"</?[^>]*>|&(?:lt|gt|amp);", "", text)
    return not open_tags and not set("<>&") & set(bare)


@pytest.mark.parametrize("locale", TRANSLATIONS)
def test_a_question_stays_a_question(locale: str) -> None:
    wrong = [
        form for key in texts() for form in words_of(key, locale) if form and _end(form) != _end(english(key))
    ]
    assert wrong == []


def _end(text: str) -> str:
    """How a text ends: with a question, a colon that leads on, a full stop, or as a label does."""
    last = plain(text)[-1]
    return next((end for end, signs in {"?": "?؟;", ":": ":", ".": "."}.items() if last in signs), "")


# --- in the words of this house ------------------------------------------------------------------


def test_every_language_has_its_list_of_words_we_do_not_use() -> None:
    assert set(BANNED) == set(LANGUAGES)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_text_has_no_words_that_we_do_not_use(locale: str) -> None:
    banned = re.compile(rf"(?<!\w)(?:{BANNED[locale]})(?!\w)", re.IGNORECASE)
    assert [text for text in written(locale) if banned.search(text)] == []


@pytest.mark.parametrize("locale", LANGUAGES)
def test_nobody_is_shouted_at(locale: str) -> None:
    assert [text for text in written(locale) if "!" in text or re.search(r"\b[A-ZÄÖÜ]{5,}\b", text)] == []


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_text_is_set_with_care(locale: str) -> None:
    """No space at the ends, none doubled, quotation marks and dots as they are printed."""
    careless = re.compile(r'^\s|\s$|  |\n{3}|\n | \n|"|\.\.\.|\t| [,.;:?]')
    assert [text for text in written(locale) if careless.search(text)] == []


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_sentence_begins_like_one_and_ends_like_one(locale: str) -> None:
    """What has no full stop is a label, or a part of a list."""
    wrong = [
        text
        for text in written(locale)
        if text
        and (
            (_end(text) in (".", "?") and plain(text)[0].islower())
            or (re.search(r"[^\d.]\. \S", text) and not _end(text) and not text.endswith("}"))
        )
    ]
    assert wrong == []


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_command_is_never_spelt_out(locale: str) -> None:
    """It is /help here and !help there, so it comes by a placeholder with `Command(...)`."""
    assert [text for text in written(locale) if re.search(r"(?<![\w<])[/!]\w", text)] == []


# --- as the code uses them -----------------------------------------------------------------------


def modules() -> list[ModuleType]:
    """Every module that says something."""
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("[!_]*.py"))]
    return [import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in paths]


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
            yield node


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_every_placeholder_has_its_value_and_every_value_its_placeholder(module: ModuleType) -> None:
    """A constant of the file may wait for its values."""
    tree = ast.parse(inspect.getsource(module))
    inside = {
        id(node) for function in ast.walk(tree) if _is_function(function) for node in ast.walk(function)
    }
    wrong = []
    for call in calls(tree, "_", "_c", "_n", "form"):
        count = 2 if ast.unparse(call.func) == "_n" else 1
        first = 1 if ast.unparse(call.func) == "_c" else 0
        held = {"n"} if count == 2 else set()
        held |= set().union(
            *(placeholders(ast.literal_eval(text)) for text in call.args[first : first + count])
        )
        given = {keyword.arg for keyword in call.keywords} | ({"n"} if count == 2 else set())
        waits = None in given or (not call.keywords and id(call) not in inside)
        if not (given - {None} <= held if waits else given == held):
            wrong.append(f"line {call.lineno}: {sorted(held)} are not {sorted(map(str, given))}")
    assert wrong == []


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


@pytest.mark.parametrize("path", transcripts(), ids=name)
def test_nobody_sees_a_placeholder(path: Path) -> None:
    written: dict[bool, set[str]] = {True: set(), False: set()}
    for line in path.read_text("utf-8").splitlines():
        by_the_bot = line.startswith(" ")
        written[by_the_bot].update(re.findall(r"\{\w+\}", line))
    assert written[True] - written[False] == set()


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.__name__)
def test_what_is_not_translated_has_no_words(module: ModuleType) -> None:
    bare = [
        re.sub(r"</?\w+>|\{\w+\}", "", ast.literal_eval(call.args[0]))
        for call in calls(ast.parse(inspect.getsource(module)), "form")
    ]
    assert [words for words in bare if re.search(r"[^\W\d_]", words)] == []


class Labels(ast.NodeVisitor):
    """Collects the texts that become buttons: those of `Button`, of `yes`, `no` and `skip`, of options, and
    of menus, which stand under /help; also where they come by a variable, a constant or a function."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module
        self.found: set[str] = set()
        self._seen: set[ast.AST] = set()
        tree = ast.parse(inspect.getsource(module))
        self._functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self._function: ast.FunctionDef | None = None
        self.visit(tree)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer, self._function = self._function, node
        self.generic_visit(node)
        self._function = outer

    def visit_Call(self, node: ast.Call) -> None:
        called = ast.unparse(node.func)
        place = {"Button": 0, "ctx.choose": 2, "ctx.choose_many": 2}.get(called)
        labels = node.args[place : place + 1] if place is not None else []
        names = ("yes", "no", "skip", "suggest", "options", "menu")
        for label in labels + [keyword.value for keyword in node.keywords if keyword.arg in names]:
            self._take(label)
        self.generic_visit(node)

    def _take(self, expression: ast.AST) -> None:
        """Every text in an expression that makes a label, or several."""
        if expression in self._seen:
            return
        self._seen.add(expression)
        match expression:
            case ast.Call(func=ast.Name(id="_" | "_n"), args=[ast.Constant(value=str(key)), *_]):
                self.found.add(key)
            case ast.Call(func=ast.Name(id="_c"), args=[ast.Constant(context), ast.Constant(key), *_]):
                self.found.add(i18n.key(str(key), str(context)))
            case ast.Call(func=ast.Name(id="form")):
                pass
            case ast.Call(func=ast.Attribute(value=ast.Name(id="ctx"))):
                pass  # an answer
            case ast.Attribute(value, "items" | "values"):
                self._take(value)
            case ast.Name() | ast.Attribute():
                self._take_named(ast.unparse(expression))
            case _:
                for inner in ast.iter_child_nodes(expression):
                    self._take(inner)

    def _take_named(self, name: str) -> None:
        thing: Any = self.module
        for part in name.split("."):
            thing = getattr(thing, part, None)
        if isinstance(thing, Text):
            self.found.add(i18n.key(thing.msgid, thing.context))
        elif isinstance(thing, Mapping):
            self.found.update(
                i18n.key(text.msgid, text.context) for text in thing.values() if isinstance(text, Text)
            )
        elif name in self._functions:
            outer, self._function = self._function, self._functions[name]
            self._take_from(self._function, lambda node: isinstance(node, ast.Return))
            self._function = outer
        elif self._function is not None:
            self._take_from(self._function, lambda node: name in _bound(node))

    def _take_from(self, function: ast.FunctionDef, fits: Callable[[ast.AST], bool]) -> None:
        for node in ast.walk(function):
            if fits(node):
                for value in (getattr(node, "value", None), getattr(node, "iter", None)):
                    if value is not None:
                        self._take(value)


def _bound(node: ast.AST) -> set[str]:
    """The names that a statement, or a loop, gives to something."""
    match node:
        case ast.Assign(targets):
            bound = targets
        case ast.AnnAssign(target) | ast.For(target) | ast.comprehension(target):
            bound = [target]
        case _:
            bound = []
    return {part.id for target in bound for part in ast.walk(target) if isinstance(part, ast.Name)}


@cache
def labels() -> frozenset[str]:
    return frozenset().union(*(Labels(module).found for module in modules()))


def test_labels_are_found_wherever_they_stand() -> None:
    """On a button, as yes or no, as an option on the spot, in a constant, from a function, in a loop, in a
    menu."""
    expected = {"End this role", "With my name", "Papers", "A week", "Good", "Start page"}
    assert expected <= labels()


TOPICS = {
    *("A place to live", "Everyday life", "Family", "Health", "Law and residence", "Learning the language"),
    *("Mind and crisis", "Money", "Papers", "School", "Translating", "Work"),
}
SHARED = {
    "one list of topics": TOPICS,
    "one list of ways in": {"Experienced mentors", "Graduates", "Organisations"},
    "spans of time, for which a language has one word": {"A month", "A week"},
    "what is known of a network, and of a person": {"Change something else", "Languages", "Name", "Place"}
    | {"Purpose", "Time zone", "Who sees the profile"},
    "what is left, of a list and of the help": {"More"},
    "what is kept of somebody, wherever they ask": {"Forget me", "My data", "What I keep about you"},
    "more words about what was said": {"Tell me more"},
    "what was shown leaves": {"Send it"},
    "what is asked, whoever asks": {"Questions"},
    "answers that fit any question": {"Remove it", "Skip", "Yes", "Yes, without my name"},
    "the same command, wherever it is offered": {"Ask a question", "I have a code"}
    | {"I am back", "Invite somebody", "Leave the network", "My other messenger", "See my questions"}
    | {"Report danger or harm", "Say what I can help with", "Take a break", "Who waits, and how it goes"},
    "what is done about a question of one's own": {"It is settled", "Withdraw my question"}
    | {"Add it to my question", "Add it, it is urgent"},
    "a course group, whoever invites it": {"A course group", "Group: {name}"},
    "people, all of them": {"Everybody"},
    "a no for now, whatever was asked": {"Not yet"},
    "what is shown is changed": {"Change it"},
    "a conversation with somebody who is named": {"Write to {name}"},
    "words that are written already": {"Send my words to {name}", "Yes, send it", "Yes, send it to {name}"},
    "a no without more": {"No"},
    "a membership is ended": {"End membership"},
    "there is no person to name": {"Nobody"},
    "what is asked is not what was meant": {"I mean something else", "No, something else"},
    "a request is put before somebody, who answers it": {"I can help", "Not now"},
    "a reason, or a role, is not wanted": {"Rather not"},
    "one of a list is shown": {"Show {name}"},
    "those who run the bot are asked": {"Write to the operators"},
    "two have talked, wherever that is noted": {"We have talked"},
    "the same act, wherever it is offered": {"Another day", "Ask somebody", "Ask somebody else"}
    | {"Ask them too", "Ask {name}"},
    "a question that has settled itself": {"No longer needed"},
    "what is written is sent, or not": {"Do not send", "Send it"},
    "what was sent is read, or taken back": {"Read it", "Take it back"},
    "somebody asks for something, and others decide": {"Decline", "Give no reason", "Go on"},
    "the way in without a code, and into another network": {"I would like to join", "Speak there now"},
    "the two talk before one of them decides": {"Let us talk"},
    "a role is taken, and what it owes is shown": {"See who waits", "Yes, gladly"},
    "nothing is changed, or none of these is meant": {"Leave it as it is", "Something else"},
    "people, counted": {"{n} person"},
    "somebody is named, or not, and looks once more": {"Back to the preview", "Yes, without my name"},
    "what is said of what a network knows": {"It helped", "Yes, it is right"},
}
"""Texts that are buttons in several areas and mean the same in each, by why. One that means something else
gets a context: `_c("a book", "Take it out")`."""


def test_the_same_words_on_buttons_of_two_areas_mean_the_same() -> None:
    areas: dict[str, set[str]] = {}
    for module in modules():
        for label in Labels(module).found:
            areas.setdefault(label, set()).add(".".join(module.__name__.split(".")[:2]))
    assert {label for label, where in areas.items() if len(where) > 1} == set().union(*SHARED.values())


def test_a_context_tells_texts_of_the_same_words_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also after they were stored."""
    german = i18n.Catalogue({"Out": "Heraus", i18n.key("Out", "a book"): "Ausleihen"}, lambda n: 0)
    monkeypatch.setattr(i18n, "catalogue", lambda locale: german)
    said = [from_json(to_json(text)) for text in (_("Out"), _c("a book", "Out"))]
    assert [render(text, Reader("de")) for text in said] == ["Heraus", "Ausleihen"]


@pytest.mark.parametrize(
    ("reads", "languages", "shown"),
    [
        ("en", ("en", "de"), "Yes\nJa"),
        ("de", ("en", "de"), "Ja\nYes"),
        ("de", ("en",), "Ja\nYes"),
        ("en", ("en",), "Yes"),
        ("en", (), "Yes"),
    ],
)
def test_a_text_is_said_once_more_in_another_language(
    reads: str, languages: tuple[str, ...], shown: str
) -> None:
    """The first that is not its reader’s; where there is none, there is no empty line. Also after it was
    stored."""
    said = lines(_("Yes"), Also(_("Yes"), languages))
    assert render(from_json(to_json(said)), Reader(reads)) == shown


def test_a_text_that_is_gone_is_translated_until_the_next_release(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question that was asked before a text was improved is open, and is shown again."""
    path = tmp_path / "de.po"

    def collect(*texts: str) -> None:
        catalog = Catalog()
        for text in texts:
            catalog.add(text)
        update(path, catalog)

    def translated(text: str) -> str:
        i18n.catalogue.cache_clear()
        return i18n.translate("de", text)

    monkeypatch.setattr(i18n, "FOLDER", tmp_path)
    collect("Shall I stop?")
    path.write_text(path.read_text().replace('msgstr ""\n\n', 'msgstr "Soll ich aufhören?"\n\n', 2))
    collect("Should I stop?")
    assert translated("Shall I stop?") == "Soll ich aufhören?"
    collect("Shall I stop?")  # the old one was better
    assert "gone with" not in path.read_text()
    collect("Should I stop?")
    monkeypatch.setattr("i18n.__main__.__version__", "99.0.0")
    collect("Should I stop?")
    assert translated("Shall I stop?") == "Shall I stop?"
    i18n.catalogue.cache_clear()


def test_a_context_is_collected_with_its_text(tmp_path: Path) -> None:
    for room in ROOMS:
        (tmp_path / room).mkdir()
    (tmp_path / ROOMS[0] / "shelf.py").write_text('_c("a book", "Out", n=1)\n_("Out")\n')
    assert {(message.context, message.id) for message in template(tmp_path)} >= {
        ("a book", "Out"),
        (None, "Out"),
    }


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_label_fits_its_button(locale: str) -> None:
    """With a name of nine letters in each of its placeholders."""
    words = [form for key in labels() for form in words_of(key, locale)]
    assert [form for form in words if len(re.sub(r"\{\w+\}", "Alexandra", plain(form))) > LABEL] == []


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_label_is_no_sentence(locale: str) -> None:
    words = [form for key in labels() for form in words_of(key, locale)]
    assert [form for form in words if form.endswith(".")] == []


# --- safe ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("locale", LANGUAGES)
def test_telegram_takes_every_text_whatever_is_put_into_it(locale: str, hostile: str) -> None:
    """And shows it as it is, in the markup of the text and no other."""
    for key, message in texts().items():
        many = "" if isinstance(message.id, str) else message.id[1]
        values = dict.fromkeys(set().union(*map(placeholders, forms(message.id))), hostile)
        for count in [some[-1] for some in numbers(locale).values()] if many else [0]:
            counted = {"n": count} if many else {}
            context = message.context or ""
            rendered = render(Text(english(key), {**values, **counted}, many, context), Reader(locale))
            text, entities = read_html(rendered)
            used = (
                i18n.translate_plural(locale, english(key), many, count)
                if many
                else i18n.translate(locale, english(key), context)
            )
            shown = [name for name in placeholders(used) if name not in counted]
            assert text.count(hostile) >= len(shown), used
            assert len(entities) == len(tags(used)) / 2, used


def test_what_the_bench_waits_for_is_said() -> None:
    said = [form for message in texts().values() for form in forms(message.id)]
    for _says, hears in TALK:
        assert any(hears in each for each in said), hears
