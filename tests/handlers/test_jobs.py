"""What people do most often takes few taps and few messages: each job is counted in a conversation, where it
stands between "# job: NAME (WHO)" and "# done: NAME", and is set beside the least that any bot needs for it.

A command alone is two taps: the menu, and its entry. A line that is typed is no tap. Only messages that are
new are counted, and only those to the one who does the job, or to the room where they do it (WHO is "Mia in
Neckar").

`pytest --rewrite` writes the table anew, to be read and then kept.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from adapters.terminal import script
from adapters.terminal.script import Edits, Presses, Says, Sends
from bot.dialogue.router import command_word
from tests.support.stage import transcripts

TABLE = Path(__file__).parent / "jobs.txt"
REWRITE = (
    "If that is meant, write it anew and read what changed: "
    ".venv/bin/python -m pytest tests/handlers/test_jobs.py --rewrite"
)
MENU = 2
"""The taps that a command from the menu takes."""


class Least(NamedTuple):
    """The taps and messages that a job takes in the best bots, with the same safety."""

    taps: int
    messages: int


LEAST = {
    "join by link": Least(3, 3),
    "join by code": Least(3, 4),
    "ask in words": Least(2, 3),
    "ask in a group": Least(3, 4),
    "help with a request": Least(1, 1),
    "not now": Least(1, 1),
    "solved": Least(2, 2),
    "answer a check-in": Least(1, 1),
    "answer a check-in with three questions": Least(4, 1),
    "say that one is not well": Least(2, 2),
    "pause a week": Least(2, 2),
    "leave": Least(2, 2),
    "change the name": Least(2, 2),
    "invite one person": Least(1, 2),
    "write to a member": Least(1, 1),
    "announce": Least(3, 3),
    "plan the check-ins": Least(2, 2),
    "appoint a deputy": Least(2, 2),
    "answer a waiting request": Least(2, 2),
    "write to one who is not well": Least(2, 2),
    "tie a group": Least(3, 2),
    "found a network": Least(4, 4),
}

TAKES_MORE: dict[str, str] = {
    "found a network": "who may see its profile is asked: nobody is shown, or hidden, without a word",
}
"""Jobs that take two more than the least, or still more, and why."""


class Took(NamedTuple):
    """What a job took the one who did it."""

    taps: int = 0
    typed: int = 0
    messages: int = 0

    def and_(self, line: str, who: str) -> "Took":
        """Return this with one more line of the conversation."""
        person, _in, room = who.partition(" in ")
        if line.startswith(" "):
            read = line.startswith(tuple(f"    > {each}: " for each in (person, room) if each))
            return self._replace(messages=self.messages + read)
        match script.step(line):
            case Presses(by) if by == person:
                return self._replace(taps=self.taps + 1)
            case Says(by, words) if by == person and (typed := command_word(words)) and not typed[1]:
                return self._replace(taps=self.taps + MENU)
            case Says(by) | Sends(by) | Edits(by) if by == person:
                return self._replace(typed=self.typed + 1)
            case _:
                return self


def jobs() -> dict[str, Took]:
    """Return what each job takes that a conversation shows."""
    return dict(sorted(each for path in transcripts() for each in _counted(path.read_text("utf-8"))))


def _counted(page: str) -> Iterator[tuple[str, Took]]:
    begun: dict[str, tuple[str, Took]] = {}
    for line in page.splitlines():
        if job := re.fullmatch(r"# job: (.+) \((.+)\)", line):
            begun[job[1]] = job[2], Took()
        elif line.startswith("# done: "):
            name = line.removeprefix("# done: ")
            yield name, begun.pop(name)[1]
        else:
            begun = {name: (who, took.and_(line, who)) for name, (who, took) in begun.items()}
    assert not begun, f"never done: {', '.join(begun)}"


COUNTED = jobs()


def table() -> str:
    """Return what each job takes, a line each."""
    width = max(map(len, COUNTED))
    lines = [f"{'':{width}}  taps  typed  messages  least: taps  messages"]
    for name, took in COUNTED.items():
        least = f"{LEAST[name].taps:11}  {LEAST[name].messages:8}"
        lines.append(f"{name:{width}}  {took.taps:4}  {took.typed:5}  {took.messages:8}  {least}")
    return "\n".join(lines) + "\n"


def test_the_table_of_jobs(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--rewrite"):
        TABLE.write_text(table(), "utf-8")
    assert TABLE.read_text("utf-8") == table(), REWRITE


def test_every_job_is_in_a_conversation() -> None:
    assert set(COUNTED) == set(LEAST)
    assert set(TAKES_MORE) <= set(LEAST)


@pytest.mark.parametrize("name", LEAST)
def test_a_job_takes_one_more_than_the_least_at_most(name: str) -> None:
    took, least = COUNTED[name], LEAST[name]
    fits = took.taps <= least.taps + 1 and took.messages <= least.messages + 1
    assert fits == (name not in TAKES_MORE), f"{took}, {least}; TAKES_MORE names those that do not fit"
