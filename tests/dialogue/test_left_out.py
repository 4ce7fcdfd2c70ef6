"""Which words leave a question out, and which are the answer to it."""

from dataclasses import replace

import pytest

from bot.dialogue.meaning.understanding import by_lists
from bot.dialogue.questions import SKIP, Question
from bot.text import form

OWN_WORDS = Question("how", form("How did you come to it?"), skip=form("Skip"))
PLACE = replace(OWN_WORDS, parse=str)


@pytest.mark.parametrize("words", ["private", "without", "Pass", "privat", "unwichtig"])
def test_what_may_be_the_answer_leaves_out_only_what_it_cannot_answer(words: str) -> None:
    assert by_lists(OWN_WORDS, words, "de") is None
    assert by_lists(PLACE, words, "de") == SKIP


@pytest.mark.parametrize("words", ["skip", "no", "rather not say", "keine Angabe", "überspringen"])
def test_who_wants_to_leave_a_question_out_leaves_it_out(words: str) -> None:
    assert by_lists(OWN_WORDS, words, "de") == SKIP
