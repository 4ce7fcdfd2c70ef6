"""A label that is too long for its button still says what the button does."""

import pytest

from bot.delivery.offers import label_within
from bot.text import AnyText, Reader, Verbatim, _, form, to_json

LIMIT = 40
NAME = "Association for the Support of Newcomers"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (Verbatim("Ana"), "Ana"),
        (Verbatim(f"{NAME} in Mannheim"), "Association for the Support of Newcomer…"),
        (_("Take {messenger} off", messenger=NAME), "Take Association for the Support of… off"),
        (_("Write to {name}", name=NAME), "Write to Association for the Support of…"),
        (
            form("{name} ({fact})", name=NAME, fact=_("since 2026")),
            "Association for the Suppor… (since 2026)",
        ),
        (
            form("{told}: {n}", told=form("{name}", name=NAME), n=5),
            "Association for the Support of Newco…: 5",
        ),
    ],
)
def test_what_the_button_does_is_not_cut(text: AnyText, shown: str) -> None:
    found = label_within({"label": to_json(text)}, Reader(), LIMIT)
    assert (found, len(found) <= LIMIT) == (shown, True)


def test_words_of_ours_are_cut_at_their_end_at_last() -> None:
    assert label_within({"label": to_json(_("Take {n} off", n=5))}, Reader(), 6) == "Take…"
