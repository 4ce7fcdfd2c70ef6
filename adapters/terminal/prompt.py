"""A person at the prompt of the terminal, who plays the others too."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import ModuleType

from adapters.terminal.script import Does, Edits, Presses, Says, Sends, Step, Unreadable, speech, step
from adapters.terminal.stage import Terminal

try:
    readline: ModuleType | None = import_module("readline")
except ImportError:  # a Python without it: no history, no completion, all else as usual
    readline = None

HELP = """\
Write as the person at the prompt; “Bo: hello” writes as Bo, and “Bo” changes to him.
Press a button by its number, or by its words in brackets: [I can help].
“+ 3 days” or “+ 2 hours” winds the clock, “= 2026-10-25 18:00” winds it to a time.
“@ Eva, stranger on {messenger}, de” brings in somebody new; /help is the bot's own help.
“(voice)” and “(photo) Who can read this?” send something; “(blocks the bot)” does what it says.
“@ Square, room on {messenger}, led by Mia” makes a group; “Mia in Square: /bind” writes there.
“help” shows these lines, the tab key completes, Ctrl-D ends."""


class Prompt:
    """Leads a conversation on a stage; `ask` shows its words and returns a line, or raises EOFError."""

    def __init__(self, terminal: Terminal, ask: Callable[[str], str] = input) -> None:
        self._terminal = terminal
        self._ask = ask

    async def talk(self, seed: Sequence[str]) -> None:
        """Play what is typed until the end of input, first with the people of `seed`."""
        terminal = self._terminal
        explained = HELP.format(messenger=next(iter(terminal.consoles)))
        terminal.write(explained)
        await terminal.seed(seed)
        terminal.write("")
        who = next(iter(terminal.people))
        while True:
            self._complete(who)
            try:
                line = self._ask(f"{who}> ").strip()
            except (EOFError, KeyboardInterrupt):
                terminal.write("")
                return
            if not line:
                continue
            if line == "help":
                terminal.write(explained)
                continue
            try:
                named = line.rstrip(":")
                if named in terminal.people:
                    who = named
                    continue
                meant = self._meaning(line, who)
                if isinstance(meant, Says | Sends | Edits | Presses | Does):
                    who = meant.who
                if meant is not None:
                    await terminal.act(meant)
            except Unreadable as wrong:
                terminal.write(f"    ? {str(wrong).partition(': ')[2]}; “help” shows how it works.")

    def _meaning(self, line: str, who: str) -> Step | None:
        """Return what a line means that is typed as `who`."""
        name, colon, words = line.partition(":")
        if line[0] in "@+=#":
            return step(line)
        if colon and name.partition(" in ")[0].strip() in self._terminal.people:
            return speech(name.strip(), words.strip())
        seen = self._terminal.seen_by(who)
        labels = seen[-1].labels if seen else []
        if line.isdecimal() and 1 <= int(line) <= len(labels):
            return Presses(who, labels[int(line) - 1])
        return speech(who, line)

    def _complete(self, who: str) -> None:
        """Complete names, buttons and times by the tab key."""
        if readline is None:
            return
        labels = [f"[{label}]" for shown in self._terminal.seen_by(who)[-3:] for label in shown.labels]
        names = [f"{name}: " for name in self._terminal.people]
        words = [*labels, *names, "+ 2 hours", "+ 3 days", "/help", "/ask", "help"]

        def complete(text: str, state: int) -> str | None:
            fits = [word for word in words if word.casefold().startswith(text.casefold())]
            return fits[state] if state < len(fits) else None

        readline.set_completer_delims("")
        readline.set_completer(complete)
        readline.parse_and_bind("tab: complete")


def recall(path: Path) -> None:
    """Read what was typed at the prompt earlier from this file, where the terminal can."""
    if readline is not None:
        with suppress(OSError):
            readline.read_history_file(path)
        readline.set_history_length(500)


def remember(path: Path) -> None:
    """Write what was typed at the prompt to this file, where the terminal can."""
    if readline is not None:
        with suppress(OSError):
            readline.write_history_file(path)
