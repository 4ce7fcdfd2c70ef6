"""Nobody waits for the lists by which messages are understood: they are read when the program starts."""

import subprocess
import sys

ASKED = """
import i18n
from bot.dialogue.meaning.understanding import prepare
from bot.reading import talk, wishes
prepare([*i18n.with_words()])
read = []
i18n.words = lambda *about: read.append(about)
for locale in i18n.with_words():
    talk.wish("I would like to leave", locale), talk.lists("yes", locale), talk.command("help", locale)
print(read)
"""


def test_nothing_is_read_anew_for_the_first_message() -> None:
    done = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
