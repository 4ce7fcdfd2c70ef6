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
from bot.text import Reader, Text, render
from i18n.__main__ import ROOMS, template
from tests.stage import transcripts
from tests.telegram_server import read_html

ROOT = Path(__file__).parent.parent
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
    return message.id if isinstance(message.id, str) else message.id[0]


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
        if form and (sorted(tags(form)), form.count("\n")) != (sorted(tags(key)), key.count("\n"))
    ]
    assert wrong == []


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
    wrong = [form for key in texts() for form in words_of(key, locale) if form and _end(form) != _end(key)]
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
    paths = [path for room in ROOMS for path in sorted((ROOT / room).glob("[!_]*.py"))]
    return [import_module(f"{path.parent.name}.{path.stem}") for path in paths]


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
    for call in calls(tree, "_", "_n", "form"):
        count = 2 if ast.unparse(call.func) == "_n" else 1
        held = {"n"} if count == 2 else set()
        held |= set().union(*(placeholders(ast.literal_eval(text)) for text in call.args[:count]))
        given = {keyword.arg for keyword in call.keywords} | ({"n"} if count == 2 else set())
        waits = None in given or (not call.keywords and id(call) not in inside)
        if not (given - {None} <= held if waits else given == held):
            wrong.append(f"line {call.lineno}: {sorted(held)} are not {sorted(map(str, given))}")
    assert wrong == []


def _is_function(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


@pytest.mark.parametrize("path", transcripts(), ids=lambda path: path.stem)
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
            self.found.add(thing.msgid)
        elif isinstance(thing, Mapping):
            self.found.update(text.msgid for text in thing.values() if isinstance(text, Text))
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
    expected = {"Take it back", "Do not send", "Yes, with my name", "Papers", "A week", "Good", "Begin"}
    assert expected <= labels()


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
            rendered = render(Text(key, {**values, **counted}, many), Reader(locale))
            text, entities = read_html(rendered)
            used = i18n.translate_plural(locale, key, many, count) if many else i18n.translate(locale, key)
            shown = [name for name in placeholders(used) if name not in counted]
            assert text.count(hostile) >= len(shown), used
            assert len(entities) == len(tags(used)) / 2, used
