"""What people type, and what is read in it: short words, wishes, commands, languages."""

import pytest

import i18n
from bot.reading import talk

FILES = ("commands", "talk", "wishes")


@pytest.mark.parametrize("locale", i18n.available())
@pytest.mark.parametrize("about", FILES)
def test_every_language_has_every_list(locale: str, about: str) -> None:
    english, other = i18n.words(i18n.SOURCE, about), i18n.words(locale, about)
    assert other.keys() == english.keys()
    for name, words in english.items():
        assert other[name], f"{locale}: nothing on the list {name!r} of {about}.toml"
        if isinstance(words, dict):
            assert other[name].keys() == words.keys()
            assert all(other[name].values())


@pytest.mark.parametrize("locale", i18n.available())
def test_the_lists_are_those_that_are_known(locale: str) -> None:
    assert i18n.words(locale, "talk").keys() == {*talk.NAMES, "fillers", "before_sign", "onward"}


@pytest.mark.parametrize(
    ("locale", "words", "name"),
    [
        ("en", "Yes please, gladly!", "yes"),
        ("de", "Ja bitte, gern", "yes"),
        ("de", "leidr nein", "no"),
        ("de", "ganz gut, danke!", "good"),
        ("de", "so la la", "so_so"),
        ("de", "nciht so toll", "not_good"),
        ("en", "I can help.", "help_offer"),
        ("de", "ich kann hilfe", "help_offer"),
        ("de", "grad nicht", "later"),
        ("en", "👍🏽", "yes"),
        ("en", "ja", "yes"),
    ],
)
def test_short_words_stand_on_a_list(locale: str, words: str, name: str) -> None:
    assert name in talk.lists(words, locale)


@pytest.mark.parametrize("words", ["yes no", "good bad", "the letter", "Yes, in 4b", "", "?"])
def test_other_words_stand_on_none(words: str) -> None:
    assert not talk.lists(words, "en") & {"yes", "no", "good", "not_good"}


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Yes, in 4b", ("yes", "in 4b")),
        ("Not good, my mentee is gone", ("not_good", "my mentee is gone")),
        ("no one answers me", None),
        ("good question, who knows", None),
        ("the letter", None),
    ],
)
def test_words_begin_with_a_list(words: str, found: tuple[str, str] | None) -> None:
    assert talk.begins(words, "en", ("yes", "no", "good", "not_good")) == found


def test_a_name_of_a_command_counts_alone_only() -> None:
    assert talk.command("einladen", "de") == talk.command("Invite!", "de") == "invite"
    assert talk.command("invite a mentee to a party", "en") is None
    assert talk.command("einladen", "en") is None
