"""A long text is cut between characters as people see them."""

import pytest

from bot.markup import plain, split, units

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@pytest.mark.parametrize("sign", [FAMILY, "\U0001f1e9\U0001f1ea", "e\u0301", "\U0001f44d\U0001f3fd", "x"])
def test_what_is_put_together_is_never_cut_apart(sign: str) -> None:
    parts = [plain(part) for part in split(sign * 300, 100)]
    assert "".join(parts) == sign * 300
    assert all(part == sign * (len(part) // len(sign)) for part in parts)
    assert all(units(part) <= 100 for part in parts)


def test_one_that_is_longer_than_a_message_is_cut_after_all() -> None:
    stack = "e" + "\u0301" * 300
    parts = [plain(part) for part in split(stack, 100)]
    assert "".join(parts) == stack
    assert all(units(part) <= 100 for part in parts)
