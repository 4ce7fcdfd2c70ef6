"""The command line: `mentornet`, or `python -m bot` in a checkout, with `demo`, `run`, `check`, `found`,
`import-orgs`, `migrate`, `backup`, `restore`, `newkey`, `privacy` or `operator-files`."""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from bot.program import __version__
from bot.program.sources import CONFIG, ConfigError, config_file, words_of
from bot.support import log
from bot.support.garbage import look_less_often

if TYPE_CHECKING:
    from bot.program.config import Config

WRONG_INPUT = 2
WEB_PORT = 8421
"""Of the stage in a browser; one that nothing else is known to use."""
MISCONFIGURED = os.EX_CONFIG  # 78, as sysexits.h has it


def main(arguments: list[str] | None = None) -> int:
    """Run the command of `arguments`, by default those of the process, and return its exit status; where
    there are none, it is the demo."""
    look_less_often()
    parser = argparse.ArgumentParser(
        prog="mentornet", description="mentorNET, the bot for networks of mentors."
    )
    parser.add_argument("--version", action="version", version=f"mentorNET {__version__}")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help=f"the settings ({CONFIG}, if it is there)"
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for command, word in (
        (demo, None),
        (run, None),
        (check, None),
        (found, ("name", str, "the network's name")),
        (import_orgs, ("file", Path, "a table, as CSV or text")),
        (migrate, None),
        (backup, ("folder", Path, "a new folder, or with --keep the one for all of them")),
        (restore, ("folder", Path, "the folder of the backup")),
        (newkey, None),
        (privacy, ("folder", Path, "a folder, new or without these papers")),
        (operator_files, ("folder", Path, "a folder, new or without these files")),
    ):
        sub = commands.add_parser(
            command.__name__.replace("_", "-"), help=(command.__doc__ or "").partition("\n")[0].rstrip(".")
        )
        sub.set_defaults(command=command)
        if word is not None:
            name, kind, explained = word
            sub.add_argument(name, type=kind, help=explained)
        if command is import_orgs:
            sub.add_argument("--network", required=True, metavar="NAME", help="to whom it is brought")
            sub.add_argument(
                "--take",
                choices=["all", "new", "nothing"],
                default="nothing",
                help="what is taken in; by default nothing, and it is only said what is in it",
            )
        if command is restore:
            sub.add_argument(
                "--forgotten",
                type=Path,
                action="append",
                default=[],
                metavar="FILE",
                help="a newer list of those who were forgotten, besides that at privacy.forgotten",
            )
        if command is check:
            sub.add_argument(
                "--alive", action="store_true", help="only ask the bot that runs here whether it is well"
            )
        if command is backup:
            sub.add_argument(
                "--keep",
                type=_at_least_one,
                default=0,
                metavar="NUMBER",
                help="make it in that folder, by the name of its time, and delete all but the newest",
            )
        if command is newkey:
            sub.add_argument(
                "--lost", action="store_true", help="the old key is lost for good: give up what it sealed"
            )
        if command is run:
            sub.add_argument(
                "--only",
                default="",
                metavar="PARTS",
                help="which parts of the work this program takes on, with a comma between them: messengers "
                "by their names, sender, clock; others on the same PostgreSQL take the rest",
            )
        if command is demo:
            sub.add_argument("--log", action="store_true", help="show the turns as they happen")
            sub.add_argument(
                "--web",
                type=int,
                nargs="?",
                const=WEB_PORT,
                metavar="PORT",
                help=f"in a browser of this machine, at this port ({WEB_PORT}), with a phone for each",
            )
    given = parser.parse_args((sys.argv[1:] if arguments is None else arguments) or ["demo"])
    command_of: Callable[[argparse.Namespace], int] = given.command
    try:
        return command_of(given)
    except ConfigError as wrong:
        print(wrong, file=sys.stderr)
        return MISCONFIGURED
    except Exception as mistake:  # whose words may be somebody's: the log shows its kind and its way
        with log.mistakes_whole() if command_of is demo else nullcontext():
            log.get("program").error("ended by a mistake", command=command_of.__name__, error=mistake)
        return os.EX_SOFTWARE


def settings(given: argparse.Namespace) -> "Config":
    """Return the settings, and log as they say. Raises ConfigError."""
    from bot.program.compose import SETTINGS
    from bot.program.state import placed, state_folder

    file = config_file(given.config)
    config = placed(SETTINGS.load(file), state_folder(file))
    log.configure(config.log.level, config.log.format)
    return config


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise ValueError(text)
    return number


def demo(given: argparse.Namespace) -> int:
    """Try the bot in the terminal, with invented people and a clock to wind forward."""
    import asyncio
    import tempfile

    from bot.program import demo as stage

    log.configure("info" if given.log else "error", "text")

    def write(line: str) -> None:
        print(line, flush=True)

    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/demo.db"
        try:
            if given.web is not None:
                asyncio.run(stage.show(Path(folder), given.web, write))
            elif sys.stdin.isatty():
                asyncio.run(stage.talk(database, write, Path.home() / ".mentornet_demo_history"))
            else:
                asyncio.run(stage.play(sys.stdin, database, write))
        except stage.Unreadable as wrong:
            print(wrong, file=sys.stderr)
            return WRONG_INPUT
        except OSError as wrong:
            if given.web is None:
                raise
            print(f"port {given.web}: {wrong.strerror}", file=sys.stderr)
            return os.EX_TEMPFAIL
    return 0


def run(given: argparse.Namespace) -> int:
    """Run the bot on the messengers of the config, until it is stopped."""
    import asyncio

    from bot.program import run as program

    return asyncio.run(program.run(settings(given), given.only.replace(",", " ").split()))


def check(given: argparse.Namespace) -> int:
    """Check config, database, texts and messengers; the status is 1 when something is wrong."""
    if given.alive:
        from bot.program.watch import asking

        return asking.ask(words_of("watch.listen", config_file(given.config)), print)
    import asyncio

    from bot.program import checks
    from bot.program.compose import SETTINGS

    return asyncio.run(checks.run(settings(given), SETTINGS.sources(config_file(given.config)), print))


def found(given: argparse.Namespace) -> int:
    """Found a network, and print the code by which its first meta-mentor joins."""
    from bot.program import operate

    return operate.found(settings(given), given.name, print)


def import_orgs(given: argparse.Namespace) -> int:
    """Say what a list of organisations brings a network, and take in what is wanted of it."""
    from bot.program import operate

    return operate.import_orgs(settings(given), given.file, given.network, given.take, print)


def migrate(given: argparse.Namespace) -> int:
    """Bring the database to the shape this program needs."""
    from bot.program import operate

    return operate.migrate(settings(given), print)


def backup(given: argparse.Namespace) -> int:
    """Save the database, and what messengers keep beside it, in a new folder while the bot runs."""
    from bot.program.saving import commands

    return commands.backup(settings(given), given.folder, print, given.keep)


def restore(given: argparse.Namespace) -> int:
    """Bring a backup to a place where nothing is yet."""
    from bot.program.saving import commands

    config = settings(given)
    here = Path(config.privacy.forgotten)
    lists = [*([here] if here.exists() else []), *given.forgotten]
    return commands.restore(config, given.folder, lists, print)


def newkey(given: argparse.Namespace) -> int:
    """Say what is lost with a key that is gone, and make a new one where that is wanted."""
    from bot.program import operate

    return operate.newkey(settings(given), print, lost=given.lost)


def privacy(given: argparse.Namespace) -> int:
    """Write sketches of the privacy notice, the record of processing and the impact assessment."""
    from bot.program import operate

    return operate.privacy(settings(given), given.folder, print)


def operator_files(given: argparse.Namespace) -> int:
    """Write files for systemd, containers, a proxy and a monitor, with the paths of this installation."""
    from bot.program import kit
    from bot.program.compose import SETTINGS

    config = settings(given)
    return kit.write(config, config_file(given.config), list(SETTINGS.outside()), given.folder, print)


if __name__ == "__main__":
    sys.exit(main())
