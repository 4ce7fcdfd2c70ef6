"""The command line: `python -m bot` with `demo`, `run`, `check`, `found`, `migrate`, `backup` or
`restore`."""

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bot import log
from bot.config import Config, ConfigError, load

WRONG_INPUT = 2
MISCONFIGURED = os.EX_CONFIG  # 78, as sysexits.h has it


def main(arguments: list[str] | None = None) -> int:
    """Run a command; its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="mentorNET, the bot for networks of mentors."
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="the settings (config.toml, if it is there)"
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command, word in (
        (demo, None),
        (run, None),
        (check, None),
        (found, ("name", str, "the network's name")),
        (migrate, None),
        (backup, ("folder", Path, "a new folder")),
        (restore, ("folder", Path, "the folder of the backup")),
    ):
        sub = commands.add_parser(
            command.__name__, help=(command.__doc__ or "").partition("\n")[0].rstrip(".")
        )
        sub.set_defaults(command=command)
        if word is not None:
            name, kind, explained = word
            sub.add_argument(name, type=kind, help=explained)
        if command is run:
            sub.add_argument(
                "--only",
                default="",
                metavar="PARTS",
                help="what this program shall be of telegram, matrix, sender and clock, with a comma between "
                "them; others on the same PostgreSQL are the rest",
            )
        if command is demo:
            sub.add_argument("--log", action="store_true", help="show the turns as they happen")
    given = parser.parse_args(arguments)
    command_of: Callable[[argparse.Namespace], int] = given.command
    try:
        return command_of(given)
    except ConfigError as wrong:
        print(wrong, file=sys.stderr)
        return MISCONFIGURED


def settings(given: argparse.Namespace) -> Config:
    """The settings, and logs as they say. Raises ConfigError."""
    here = Path("config.toml")
    config = load(given.config or (here if here.exists() else None))
    log.configure(config.log.level, config.log.format)
    return config


def demo(given: argparse.Namespace) -> int:
    """Try the bot in the terminal, with invented people and a clock to wind forward."""
    from bot import app

    log.configure("info" if given.log else "error", "text")

    def write(line: str) -> None:
        print(line, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/demo.db"
        try:
            if sys.stdin.isatty():
                asyncio.run(app.talk(database, write, Path.home() / ".mentornet_demo_history"))
            else:
                asyncio.run(app.play(sys.stdin, database, write))
        except app.Unreadable as wrong:
            print(wrong, file=sys.stderr)
            return WRONG_INPUT
    return 0


def run(given: argparse.Namespace) -> int:
    """Run the bot on the messengers of the config, until it is stopped."""
    from bot import app

    return asyncio.run(app.run(settings(given), given.only.replace(",", " ").split()))


def check(given: argparse.Namespace) -> int:
    """Check config, database, texts and messengers; the status is 1 when something is wrong."""
    from bot import checks

    return asyncio.run(checks.run(settings(given), print))


def found(given: argparse.Namespace) -> int:
    """Found a network, and print the code by which its first meta-mentor joins."""
    from bot import app

    return app.found(settings(given), given.name, print)


def migrate(given: argparse.Namespace) -> int:
    """Bring the database to the shape this program needs."""
    from bot import app

    return app.migrate(settings(given), print)


def backup(given: argparse.Namespace) -> int:
    """Save the database and the keys of Matrix in a new folder, while the bot runs."""
    from bot import app

    return app.backup(settings(given), given.folder, print)


def restore(given: argparse.Namespace) -> int:
    """Bring a backup to a place where nothing is yet."""
    from bot import app

    return app.restore(settings(given), given.folder, print)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["demo"]))
