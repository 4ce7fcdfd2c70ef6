"""What somebody types who means harm, well-formed as messages go: signs of all scripts, markup, commands with
anything behind them, numbers that none are, and very much of something."""

from collections.abc import Sequence
from random import Random

SCRIPTS: Sequence[tuple[int, int]] = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x370, 0x3FF), (0x400, 0x4FF), (0x590, 0x5FF), (0x600, 0x6FF),
    (0x900, 0x97F), (0xE00, 0xE7F), (0x1100, 0x11FF), (0x3040, 0x30FF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3),
    (0x1F300, 0x1FAFF), (0x1D400, 0x1D7FF), (0xE000, 0xF8FF), (0xFE00, 0xFE0F), (0xE0000, 0xE007F),
    (0x300, 0x36F),
)  # fmt: skip
UNSEEN = [
    chr(each) for each in (*range(32), *range(0x7F, 0xA0), 0x200B, 0x200D, 0x202E, 0x2066, 0x2069, 0xFEFF)
]
NASTY = (
    "<b>", "</b>", "<script>alert(1)</script>", "&lt;", "&#0;", '<a href="tg://user?id=1">x</a>',
    "<blockquote>",
    "{n}", "{name}", "{0}", "{", "{{}}", "%s", "%(x)s", "%n", "\\", "'; DROP TABLE people;--", '" OR 1=1 --',
    "${jndi:ldap://x}", "$(id)", "../../etc/passwd", "\\u0000", "null", "NaN", "[x](http://y)", "*b*", "```",
    "@room", "@mentor_test_bot", "https://evil.example/?q=1", "\x1b[31m", "join_AAAA2222", "1", "2",
    "0", "-1",
    "9" * 90, "١", "²", "①", "👍", "🆘", "yes", "no", "stop", "cancel", "back", "help me", "I want to die",
    "tomorrow", "32.13.2026", "until Friday", "25:61", "/", "//", "!", "!help", "/ask@another_bot",
)  # fmt: skip
COMMANDS = (
    "start", "help", "join", "found", "card", "language", "ask", "requests", "close", "pause", "resume",
    "profile",
    "networks", "leave", "invite", "members", "bind", "unbind", "announce", "schedule", "pulse", "network",
    "log",
    "operator", "report", "cancel", "back",
)  # fmt: skip
MUCH = ("x", "\u0301", "\U0001f468\u200d", "ﷺ", "a\n", "<", "&")
LONGEST = 4000


def words(dice: Random, longest: int = LONGEST) -> str:
    """Return what somebody types, of at least one sign that can be seen and at most so many characters."""
    match dice.randrange(10):
        case 0 | 1:
            said = dice.choice(NASTY)
        case 2 | 3 | 4:
            behind = words(dice, 200) if dice.random() < 0.6 else ""
            said = f"/{dice.choice(COMMANDS)}{dice.choice(['', ' ', '  ', chr(10)])}{behind}"
        case 5:
            said = "".join(dice.choice(NASTY) for _ in range(dice.randint(2, 20)))
        case 6:
            said = dice.choice(MUCH) * dice.choice([100, 1000, LONGEST])
        case 7:
            said = "x" + "".join(dice.choice(UNSEEN) for _ in range(dice.randint(1, 60)))
        case _:
            low, high = dice.choice(SCRIPTS)
            said = "x" + "".join(
                chr(dice.randint(low, high)) if dice.random() < 0.9 else dice.choice([*UNSEEN, *NASTY])
                for _ in range(dice.choice([1, 3, 8, 30, 200]))
            )
    return said[:longest] if said.strip() else "x"
