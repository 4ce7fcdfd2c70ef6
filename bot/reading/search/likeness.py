"""How alike two words are of which one may be typed badly, or be a part of the other."""

from bot.reading import typed

LEAST = 0.5
"""Words that are less alike are others."""
PART, SLIP = 0.75, 0.85
"""How alike a word is to a longer one that it is a part of, and to one of which it is a slip."""
SHORTEST = 4
"""Letters of a word that is looked for in others."""


def grams(word: str) -> set[str]:
    """Return the threes of letters that follow one another in a word, with its beginning and its end."""
    marked = f"^{word}$"
    return {marked[at : at + 3] for at in range(len(marked) - 2)}


def least_in_common(word: str) -> int:
    """Return how many of its threes a word must share with one that is to be compared with it."""
    return 2 if len(word) < 7 else 3


def alike(word: str, other: str, in_common: int) -> float:
    """Return how alike two words are, 0 to 1, by how many threes they have in common."""
    dice = 2 * in_common / (len(word) + len(other))
    if min(len(word), len(other)) >= SHORTEST and (
        word in other or other.startswith(word) or word.startswith(other)
    ):
        dice = max(dice, PART)
    elif dice < SLIP and typed.is_slip(word, other):
        dice = SLIP
    return dice if dice >= LEAST else 0.0
