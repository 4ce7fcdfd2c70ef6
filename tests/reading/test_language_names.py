"""Names of languages, as people type them."""

import pytest

from bot.reading import language_names
from tests.places import languages


def test_the_list_is_what_cldr_says() -> None:
    assert language_names.FILE.read_text("utf-8") == languages.written(), "`make places` writes it"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Ukrainisch", "uk"),
        ("ukrainian", "uk"),
        ("українська", "uk"),
        ("I speak Farsi", "fa"),
        ("العربية", "ar"),
        ("Deutsch oder Englisch", None),
        ("", None),
    ],
)
def test_a_language_is_known_by_its_name(words: str, code: str | None) -> None:
    assert language_names.named(words) == code
