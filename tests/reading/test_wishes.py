"""What people want of the bot by a whole sentence, and what only sounds like it (tests/wishes/)."""

import re
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import i18n
from bot.reading import talk, wishes
from bot.reading.wishes import OF_OTHERS

FOLDER = Path(__file__).parent.parent / "wishes"
NONE = "none"


def _sentences(locale: str) -> list[tuple[str, str]]:
    """Return the sentences of a language, each with the wish that it is."""
    found, wish = [], ""
    for line in (FOLDER / f"{locale}.txt").read_text("utf-8").splitlines():
        if line.startswith("# "):
            wish = line.removeprefix("# ")
        else:
            found.append((line, wish))
    return found


ALL = [(locale, *each) for locale in i18n.with_words() for each in _sentences(locale)]


def test_each_language_has_its_sentences() -> None:
    for locale in i18n.with_words():
        meant = [wish for _words, wish in _sentences(locale)]
        assert len(meant) - meant.count(NONE) >= 150 and meant.count(NONE) >= 50
        assert set(meant) >= i18n.words(locale, "wishes")["wishes"].keys() - {OF_OTHERS, "call_somebody"}


@pytest.mark.parametrize(("locale", "words", "wish"), [each for each in ALL if each[2] != NONE])
def test_a_wish_is_understood(locale: str, words: str, wish: str) -> None:
    found = talk.wish(words, locale)
    assert (found is not None and found.name == wish) or talk.command(words, locale) is not None


@pytest.mark.parametrize(("locale", "words"), [each[:2] for each in ALL if each[2] == NONE])
def test_what_is_about_others_is_no_wish(locale: str, words: str) -> None:
    """Or no sure one: then it can be asked as a question with one tap."""
    found = talk.wish(words, locale)
    assert found is None or not found.sure
    assert talk.command(words, locale) is None


@pytest.mark.parametrize("locale", i18n.with_words())
def test_few_of_what_is_about_others_may_be_a_wish_at_all(locale: str) -> None:
    doubtful = [
        words for words, wish in _sentences(locale) if wish == NONE and talk.wish(words, locale) is not None
    ]
    assert len(doubtful) <= 3, doubtful


@pytest.mark.parametrize(
    ("locale", "words", "rest"),
    [
        ("de", "bin bis Freitag krank", "bis Freitag"),
        ("de", "drei wochen urlaub ab morgen 🏖️", "drei wochen ab morgen"),
        ("en", "on holiday for 2 weeks, please no questions", "for 2 weeks"),
        ("en", "please write to me in german", "german"),
        ("en", "write to Bo", "Bo"),
        ("de", "kann ich mal mit Mia Berger sprechen", "Mia Berger"),
        ("en", "I moved to Bad Homburg", "Bad Homburg"),
    ],
)
def test_a_wish_says_when_and_whom(locale: str, words: str, rest: str) -> None:
    found = talk.wish(words, locale)
    assert found is not None and (found.rest == rest or (found.rest == "de" and rest == "german"))


# --- languages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "locale"),
    [
        ("Як змінити мову?", "uk"),
        ("Здравствуйте, мне нужна помощь", "ru"),
        ("سلام من کمک لازم دارم", "fa"),
        ("مرحبا أحتاج إلى مساعدة", "ar"),
        ("merhaba, bana yardım eder misiniz", "tr"),
        ("Bonjour, je cherche de l'aide pour mon fils", "fr"),
        ("hola necesito ayuda por favor", "es"),
        ("dzień dobry, potrzebuję pomocy", "pl"),
        ("bună ziua, am nevoie de ajutor", "ro"),
        ("buongiorno, ho bisogno di aiuto", "it"),
        ("olá, preciso de ajuda por favor", "pt"),
        ("ሰላም ሓገዝ የድልየኒ ኣሎ", "ti"),
        ("你好，我需要帮助", "zh"),
    ],
)
def test_a_language_that_the_bot_does_not_have_is_known(words: str, locale: str) -> None:
    assert talk.language(words) == locale


@pytest.mark.parametrize(
    "words",
    [
        *("hello", "Bo", "Ana-Lou", "7KQ2-M9XD", "", "😀", "42", "Mia no?", "die Mama la la", "a la carte"),
        *(
            "Wer kennt eine Ärztin, die Dari spricht?",
            "I need help with a form for the school",
            "Kemal Yılmaz",
        ),
    ],
)
def test_other_words_are_in_no_foreign_language(words: str) -> None:
    assert talk.language(words) is None


def test_each_language_says_what_the_bot_understands() -> None:
    for code, known in i18n.languages().items():
        if "says" in known:
            assert known["says"].count("{languages}") == 1, code


# --- however it is typed -------------------------------------------------------------------------

SHORT = [
    (locale, phrase, name)
    for locale in i18n.with_words()
    for name in talk.NAMES
    for phrase in i18n.words(locale, "talk")[name]
]
WAYS = ("capitals", "Capital", "doubled", "NFD", "quoted", "apostrophes")
SIGNS = ["", ".", "!", "!!", " ...", " 😊", ",", " 🙏🏽", "?"]


def _typed(words: str, data: st.DataObject) -> str:
    """Return words as phones and hurried people write them."""
    match data.draw(st.sampled_from(("as it is", *WAYS))):
        case "capitals":
            words = words.upper()
        case "Capital":
            words = words.capitalize()
        case "doubled":
            at = data.draw(st.integers(0, len(words) - 1))
            words = words[: at + 1] + words[at:] if words[at].isalpha() else words
        case "NFD":
            words = unicodedata.normalize("NFD", words)
        case "quoted":
            words = f"„{words}“"
        case "apostrophes":
            words = re.sub(r"\b(dont|cant|thats|its|im)\b", lambda w: f"{w[0][:-1]}’{w[0][-1]}", words)
    return f"{data.draw(st.sampled_from(['', ' ', '- ']))}{words}{data.draw(st.sampled_from(SIGNS))}"


@given(st.data())
def test_a_phrase_of_a_list_is_understood_however_it_is_typed(data: st.DataObject) -> None:
    locale, phrase, name = data.draw(st.sampled_from(SHORT))
    typed = _typed(phrase, data)
    assert name in talk.lists(typed, locale), typed


@given(st.data())
def test_a_name_of_a_command_is_understood_however_it_is_typed(data: st.DataObject) -> None:
    locale = data.draw(st.sampled_from(i18n.with_words()))
    command, phrases = data.draw(st.sampled_from(sorted(i18n.words(locale, "commands").items())))
    typed = _typed(data.draw(st.sampled_from(phrases)), data)
    assert talk.command(typed, locale) == command, typed


@given(st.data())
def test_a_wish_stays_one_however_it_is_typed(data: st.DataObject) -> None:
    locale, words, _wish = data.draw(st.sampled_from([each for each in ALL if each[2] != NONE]))
    before = talk.wish(words, locale)
    after = talk.wish(_typed(words, data), locale)
    assert (after and after.name) == (before and before.name)


@given(st.text(max_size=300))
def test_anything_can_be_read(words: str) -> None:
    for locale in i18n.with_words():
        talk.lists(words, locale)
        talk.begins(words, locale, talk.NAMES)
        talk.wish(words, locale)
        talk.command(words, locale)
    talk.language(words)


@pytest.mark.parametrize(
    ("locale", "words", "asks"),
    [
        ("en", "Is there a language course on Saturdays", True),
        ("en", "She has to move out, is this allowed", True),
        ("en", "they closed the shelter where can he sleep", True),
        ("en", "The office is closed.", False),
        ("en", "I can help him with that", False),
        ("de", "Gibts hier eine Tafel", True),
        ("de", "sie hat die Prüfung verpasst was jetzt", True),
        ("de", "Der Bus ist weg.", False),
        ("de", "the bus was late", False),
        ("de", "das kann er schon", False),
    ],
)
def test_a_question_is_known_by_its_words(locale: str, words: str, asks: bool) -> None:
    assert wishes.asks(words, locale) is asks


def test_reading_is_quick() -> None:
    for _warm, (locale, words, _wish) in enumerate(ALL):
        talk.wish(words, locale)
    begin = time.perf_counter()
    for locale, words, _wish in ALL:
        talk.lists(words, locale)
        talk.command(words, locale)
    assert (time.perf_counter() - begin) / len(ALL) < 0.001  # 40 µs, on a machine that does nothing else
