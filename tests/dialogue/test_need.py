"""Words of need are understood however somebody types them, and words that only look like them are not."""

import random
import re
import time
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import i18n
from bot.reading.need import KINDS, Need, understood
from bot.reading.phrases import LONG, fold

SENTENCES = Path(__file__).parents[1] / "words_of_need"
LANGUAGES = i18n.available()
OF_OTHER = " of somebody else"
NOTHING = "nothing"


def sentences(name: str) -> dict[str, list[str]]:
    """What people write, by what it is: a kind of need, one of somebody else, or nothing. `name` is that of a
    file."""
    found: dict[str, list[str]] = {}
    for line in (SENTENCES / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            found[line[2:]] = here = []
        else:
            here.append(line.replace("\\n", "\n"))
    return found


EACH = [
    (locale, what, sentence)
    for locale in LANGUAGES
    for what, written in sentences(locale).items()
    for sentence in written
]
IN_NEED = [(what, sentence) for _locale, what, sentence in EACH if what != NOTHING]


# --- the lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_language_has_every_list(locale: str) -> None:
    words, english = i18n.words(locale, "need"), i18n.words(i18n.SOURCE, "need")
    assert shape(words["need"]) == {kind: {"own", "other"} for kind in KINDS}
    assert all(words["need"][kind][whose] for kind in KINDS for whose in ("own", "other"))
    assert words.keys() == english.keys()
    for name in ("harmless", "reports"):
        assert words[name]["phrases"]
    assert {"onward", "self"} <= words["lists"].keys()


def test_there_are_words_for_no_other_language() -> None:
    """A language that is begun and has none yet does no harm; one that nobody can read would be forgotten."""
    assert set(i18n.with_words()) == set(LANGUAGES)


def shape(tables: dict[str, dict[str, object]]) -> dict[str, set[str]]:
    return {name: set(table) for name, table in tables.items()}


@pytest.mark.parametrize("locale", LANGUAGES)
def test_every_language_has_sentences_enough_to_judge_by(locale: str) -> None:
    found = sentences(locale)
    assert set(found) == {*KINDS, *(kind + OF_OTHER for kind in KINDS), NOTHING}
    assert len(found.pop(NOTHING)) >= 60
    assert sum(map(len, found.values())) >= 60


@pytest.mark.parametrize("locale", LANGUAGES)
def test_a_lookalike_is_no_word_of_a_phrase(locale: str) -> None:
    """Else it would never be understood."""
    in_lists = {
        fold(word)
        for written in every_phrase(locale)
        for word in re.split(r"[ /_$…]+", written)
        if word and "{" not in word
    }
    lookalikes = {
        fold(word) for each in LANGUAGES for word in i18n.words(each, "need")["lookalikes"]["words"]
    }
    assert lookalikes & in_lists == set()


def every_phrase(locale: str) -> Iterator[str]:
    words = i18n.words(locale, "need")
    for kind in KINDS:
        yield from words["need"][kind]["own"]
        yield from words["need"][kind]["other"]


# --- what is understood --------------------------------------------------------------------------


@pytest.mark.parametrize(("locale", "what", "sentence"), EACH)
def test_a_sentence_is_understood_as_what_it_is(locale: str, what: str, sentence: str) -> None:
    need = understood(sentence)
    if what == NOTHING:
        assert need is None
    else:
        assert need is not None
        assert what.removesuffix(OF_OTHER) in need.kinds
        assert need.of_other == what.endswith(OF_OTHER)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_of_many_sentences_nearly_all_are_understood(locale: str, tells: Callable[[str], None]) -> None:
    """These are typed by people who are upset, or mean something else: a list of phrases does not hold them
    all, and how many it holds is told."""
    found = sentences(f"{locale}.measured")
    harmless = found.pop(NOTHING)
    in_need = [
        (what.removesuffix(OF_OTHER), understood(said)) for what, each in found.items() for said in each
    ]
    heard = sum(need is not None and what in need.kinds for what, need in in_need) / len(in_need)
    false = sum(understood(said) is not None for said in harmless) / len(harmless)
    tells(
        f"Words of need ({locale}): {heard:.1%} of {len(in_need)} sentences are understood, and "
        f"{false:.1%} of {len(harmless)} others are taken for them."
    )
    assert len(in_need) >= 150
    assert len(harmless) >= 150
    assert heard >= 0.95
    assert false <= 0.03


def test_it_is_understood_among_other_sentences() -> None:
    need = understood("Good morning. Thanks for the list!\n\nI don’t want to live anymore. Yours, Walter")
    assert need is not None
    assert (need.kinds, need.of_other) == (frozenset({"life"}), False)


def test_what_is_quoted_is_the_need_of_who_said_it() -> None:
    assert whose("I want to die") == "own"
    assert whose("My mentee wrote: “I want to die”") == "other"
    assert whose("My mentee knows that I want to die") == "own"
    assert whose("Er schreibt mir, ich will nicht mehr leben") == "other"


def whose(text: str) -> str:
    need = understood(text)
    assert need is not None
    return "other" if need.of_other else "own"


def test_a_figure_of_speech_takes_nothing_from_what_stands_beside_it() -> None:
    assert understood("I'm dying of hunger") is None
    need = understood("I'm dying of hunger and I want to kill myself")
    assert need is not None
    assert need.kinds == {"life"}


def test_phrases_that_do_not_count_leave_the_others() -> None:
    need = understood("I want to die")
    assert need is not None
    assert understood("I want to die", but=need.phrases) is None
    again = understood("I want to die, I will kill myself", but=need.phrases)
    assert again is not None
    assert again.phrases.isdisjoint(need.phrases)


# --- however it is typed -------------------------------------------------------------------------


def in_capitals(text: str, chance: random.Random) -> str:
    return "".join(chance.choice((c.upper(), c.lower())) for c in text)


def with_signs(text: str, chance: random.Random) -> str:
    """Signs behind it, and an automatic full stop."""
    return (
        chance.choice(("", "¡", "“", "… ", "- "))
        + text
        + chance.choice((".", "!!!", "??", " ...", "”", " :("))
    )


def with_emoji(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    words.insert(chance.randint(0, len(words)), chance.choice(("😭", "💔", "🙏🏽", "👩‍👧", "❤️")))
    return " ".join(words)


def typographic(text: str, chance: random.Random) -> str:
    return text.replace("'", chance.choice("’‘ʼ´`"))


def decomposed(text: str, chance: random.Random) -> str:
    return unicodedata.normalize("NFD", text)


def over_lines(text: str, chance: random.Random) -> str:
    return text.replace(" ", "\n")


def with_a_letter_doubled(text: str, chance: random.Random) -> str:
    letters = [at for at, c in enumerate(text) if c.isalpha()]
    at = chance.choice(letters)
    return text[:at] + text[at] * chance.randint(1, 5) + text[at:]


def without_accents(text: str, chance: random.Random) -> str:
    for one, two in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(one, two)
    return text


EVERY_WAY: list[Callable[[str, random.Random], str]] = [
    in_capitals,
    with_signs,
    with_emoji,
    typographic,
    decomposed,
    over_lines,
    with_a_letter_doubled,
    without_accents,
]


@settings(derandomize=True, deadline=None, max_examples=400)
@given(st.sampled_from(IN_NEED), st.lists(st.sampled_from(EVERY_WAY), min_size=1, max_size=4), st.randoms())
def test_it_is_understood_however_it_is_typed(
    said: tuple[str, str], ways: list[Callable[[str, random.Random], str]], chance: random.Random
) -> None:
    what, text = said
    for way in ways:
        text = way(text, chance)
    need = understood(text)
    assert need is not None, text
    assert what.removesuffix(OF_OTHER) in need.kinds


SLIPS = {
    "kill myself": ["kill mysef", "kill myslef", "kill mysellf", "kil myself"],
    "ich will sterben": ["ich will strben", "ich will sterbn", "ich will setrben", "ich will sterbenn"],
    "my husband beats me": ["my husbnad beats me", "my husban beats me", "my husbandd beats me"],
    "er bedroht mich": ["er bedorht mich", "er bedoht mich", "er bedrohht mich"],
    "ich will mich umbringen": [
        "ich will mich umbrignen",
        "ich will mich umbringn",
        "ichwill mich umbringen",
    ],
}


@pytest.mark.parametrize(("meant", "typed"), [(m, t) for m, typed in SLIPS.items() for t in typed])
def test_a_slip_in_a_long_word_is_forgiven(meant: str, typed: str) -> None:
    one, other = understood(meant), understood(typed)
    assert isinstance(one, Need)
    assert isinstance(other, Need)
    assert (one.kinds, one.of_other) == (other.kinds, other.of_other)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(
    st.sampled_from(["kill myself", "want to kill herself", "sich umbringen", "suizidgefährdet"]),
    st.randoms(),
)
def test_any_letter_but_the_first_may_be_missing_or_in_its_neighbours_place(
    text: str, chance: random.Random
) -> None:
    before, _space, word = text.rpartition(" ")
    at = chance.randrange(1, len(word) - 1)
    shorter = word[:at] + word[at + 1 :]
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    assert len(word) > LONG
    for slip in (shorter, swapped):
        assert understood(f"{before} {slip}") is not None, slip


@pytest.mark.parametrize(
    "text",
    [
        "he eats with me",  # beats
        "she looked her in the eyes",  # locked
        "er hat bei den Kindern geschlafen",  # geschlagen
        "er schläft mit den Kindern in einem Zimmer",  # schlägt
        "she was between the two",  # beaten
        "ich will nach oben streben",  # sterben
        "he is cooking for the kids",  # choking
        "my mentee was kissing her baby",  # killing
    ],
)
def test_another_word_is_no_slip(text: str) -> None:
    assert understood(text) is None


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text(max_size=200))
def test_any_words_can_be_read(text: str) -> None:
    understood(text)


LONG_TEXTS = ["a" * 65_000, "kill " * 13_000, "she wants to kill herself " * 2_500, "ich kann nicht " * 4_000]


@pytest.mark.parametrize("text", LONG_TEXTS, ids=range(len(LONG_TEXTS)))
def test_a_text_as_long_as_a_messenger_takes_holds_nobody_up(text: str) -> None:
    began = time.process_time()
    assert understood(text + " I want to die") is not None
    assert time.process_time() - began < 1
