"""What an operator does to the database from the command line: found a network, bring it a list, migrate, go
on where the key is lost; and the papers for data protection."""

import contextlib
import os
import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from sqlalchemy.orm import Session

from bot.delivery import lost as lost_letters
from bot.markup import plain
from bot.program import compose
from bot.program.config import Config
from bot.reading.unclear import Unclear
from bot.support import clock
from bot.support.progress import on_terminal
from bot.text import Reader, render
from db import faults, people, seal, shape, store
from db.engine import turns
from db.leading import founding
from db.models import Fate
from db.network import invitations, networks, numbers
from db.privacy import lost_key
from db.privacy.lost_key import Lost
from db.seal import Key
from db.single_program import single_program


def found(config: Config, name: str, say: Callable[[str], None]) -> int:
    """Found a network from the command line."""
    now = clock.RealClock().now()
    try:
        with turns.opened(config.database.url) as sessions, sessions.begin() as db:
            if networks.by_name(db, name) is not None:
                say(f"There is a network {name} already.")
                return os.EX_DATAERR
            network, code = founding.found_by_operator(
                db,
                name,
                languages=list(config.bot.languages[:1]),
                time_zone=config.bot.time_zone,
                now=now,
                rng=random.SystemRandom(),
            )
            until = now + numbers.span(network, "invitation_hours")
            say(f"The network {network.name} is founded. Send this to the person who will coordinate it:")
            say(
                f"    Type the code {invitations.shown(code)} to the bot. Valid until {until:%d %B %Y}, once."
            )
            say("Only members see its profile so far; whoever coordinates it changes that by /network.")
    except (faults.DatabaseTooNew, faults.Unavailable) as error:
        say(str(error))
        return os.EX_DATAERR
    return os.EX_OK


WHAT: Mapping[str, list[Fate]] = {"all": ["new", "changed"], "new": ["new"], "nothing": []}
"""Which rows of a list are taken in, by the word for it on the command line."""
IN_A_LIST: Mapping[Fate, str] = {
    "new": "new",
    "changed": "changed",
    "same": "here already, as they are",
    "alike": "look like ones that are here under another name, and stay out",
    "twice": "stand there twice",
    "off": "were taken off, and stay away",
    "nameless": "without a name, and left out",
}


def import_orgs(config: Config, file: Path, network: str, take: str, say: Callable[[str], None]) -> int:
    """Say what a list brings a network, and let the bot take in `all` of it, only what is `new`, or
    `nothing`, from the command line."""
    now = clock.RealClock().now()
    try:
        content = file.read_bytes()
        with turns.opened(config.database.url) as sessions, sessions.begin() as db:
            there = networks.by_name(db, network)
            if there is None:
                say(f"There is no network {network}.")
                return os.EX_DATAERR
            many = compose.bring_organisations(db, there, content, WHAT[take], now)
            for fate, words in IN_A_LIST.items():
                if many[fate]:
                    say(f"{many[fate]:>5} {words}")
            if any(many[fate] for fate in WHAT[take]):
                say(f"The bot adds them to {there.name} within a minute, or once it runs.")
            elif many["new"] or many["changed"]:
                say("Nothing was changed. With --take all, or --take new, the bot takes in what is wanted.")
            else:
                say("There is nothing to do.")
    except OSError as wrong:
        say(f"{file} cannot be read: {wrong.strerror}.")
        return os.EX_NOINPUT
    except Unclear as wrong:
        say(plain(render(wrong.text, Reader("en"))))
        return os.EX_DATAERR
    except (faults.DatabaseTooNew, faults.Unavailable) as error:
        say(str(error))
        return os.EX_DATAERR
    return os.EX_OK


def migrate(config: Config, say: Callable[[str], None]) -> int:
    """Bring the database up to date from the command line."""
    try:
        with contextlib.ExitStack() as around:
            engine = store.connect(config.database.url)
            around.callback(engine.dispose)
            before, now = shape.migrate(engine, around.enter_context(on_terminal()))
            with store.reached(engine) as connection:
                which = store.described(connection)
    except (faults.DatabaseTooNew, faults.Unavailable) as error:
        say(str(error))
        return os.EX_DATAERR
    if before is None:
        say(f"The database was empty, and has its tables now: version {now}, {which}.")
    elif before != now:
        say(f"The database was at version {before}, and is at version {now} now: {which}.")
    else:
        say(f"The database is at version {now} already, and nothing was changed: {which}.")
    return os.EX_OK


# --- a lost key ----------------------------------------------------------------------------------

FITS = "The key fits: everything that is sealed can be read, so nothing was changed."
NOTHING = "Nothing is sealed in the database yet, so no key is missing: the first start makes one."
SURE = (
    "Nothing was changed. Look for the key first: in your backups (mentornet.key), and with every program "
    "that works on this database. If it is lost for good, make a backup of what is there, stop the bot, and "
    "run this with --lost."
)
OLD_BACKUPS = "Keep the backups that hold the old key: they still open with it, and with no other."


def newkey(config: Config, say: Callable[[str], None], *, lost: bool) -> int:
    """Give the database a new key, where the old one is `lost`; else only say what that would mean. What
    nobody can read any more is deleted, and those whom it concerns are told."""
    key = compose.key_of(config)
    try:
        with turns.opened(config.database.url) as sessions, sessions.begin() as db:
            gone = _gone(db, key, say)
            if gone is None:
                return os.EX_OK
            for line in _lost(gone):
                say(line)
            if not lost:
                say(SURE)
                return os.EX_DATAERR
            with single_program(db.get_bind().engine):
                _renew(db, config, key, gone)
    except (faults.DatabaseTooNew, faults.Unavailable) as error:
        say(str(error))
        return os.EX_DATAERR
    where = "privacy.key" if key.given else key.path
    say(f"The new key is in {where}. Each program that works on this database needs it.")
    say(OLD_BACKUPS)
    return os.EX_OK


def _gone(db: Session, key: Key, say: Callable[[str], None]) -> Lost | None:
    """Return what is lost with the key; None after saying that it is none."""
    connection = db.connection()
    if not seal.is_sealed(connection):
        say(NOTHING)
    elif seal.fits(connection, key):
        say(FITS)
    else:
        return lost_key.count(connection)
    return None


def _lost(gone: Lost) -> Iterator[str]:
    """Yield what cannot be read without the old key, a sentence each."""
    yield (
        f"Without the old key nobody can read what was reported, nor by whom and about whom: {gone.reports} "
        f"reports, of which {gone.unfinished} are not closed. That they were sent, and who has them, stays."
    )
    yield (
        f"Also lost: what applicants wrote ({gone.applications}), answers to check-ins in words "
        f"({gone.answers}), questions of the bot that people have open ({gone.questions}), messages that "
        f"are on their way ({gone.waiting}), and what the buttons of earlier messages do ({gone.letters})."
    )
    yield "People, networks, requests, check-ins and all the rest are as they were."


def _renew(db: Session, config: Config, key: Key, gone: Lost) -> None:
    now = clock.RealClock().now()
    stopped, receivers = lost_key.stopped(db), lost_key.receivers(db)
    lost_key.give_up(db, now)
    seal.renew(db, key)
    lost_letters.tell_of_key(db, gone, stopped, receivers, _operators(db, config), now)


def _operators(db: Session, config: Config) -> list[int]:
    """Return who runs the bot, as far as they are known (by id)."""
    accounts = [
        (name, account) for name, _sep, account in (each.partition(":") for each in config.operators.accounts)
    ]
    return [person.id for person in people.behind(db, accounts)]


# --- papers --------------------------------------------------------------------------------------


def privacy(config: Config, folder: Path, say: Callable[[str], None]) -> int:
    """Write the papers for data protection into a folder, from the command line. What is there stays as it
    is."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, paper in compose.papers(config):
            path = folder / name
            if path.exists():
                say(f"{path} is there already, and stays as it is.")
            else:
                path.write_text(paper, "utf-8")
                written.append(name)
    except OSError as error:
        say(f"{error.filename} cannot be used: {error.strerror}.")
        return os.EX_CANTCREAT
    if written:
        say(f"Written into {folder}: {', '.join(written)}.")
        say("They are sketches: complete what stands in brackets, and have them read by somebody who knows.")
        say(f'Then put into the config, below [privacy]: notices = "{folder}"')
    return os.EX_OK
