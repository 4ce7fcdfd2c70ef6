"""What an operator does to the database from the command line: found a network, migrate, back up, restore."""

import contextlib
import os
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bot.adapter import Unauthorised
from bot.messenger import Keeper
from bot.program import backup as backups
from bot.program import compose
from bot.program.config import Config
from bot.support import clock
from db import backup as database_backup
from db import faults, shape, store
from db.engine import turns
from db.network import founding, invitations, networks
from db.privacy import forgetting, forgotten
from db.seal import Key


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
            until = now + networks.span(network, "invitation_hours")
            say(f"The network {network.name} is founded. Send this to the person who will coordinate it:")
            say(
                f"    Type the code {invitations.shown(code)} to the bot. Valid until {until:%d %B %Y}, once."
            )
            say("Only members see its profile so far; whoever coordinates it changes that by /network.")
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
            before, now = shape.migrate(engine)
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


def backup(config: Config, folder: Path, say: Callable[[str], None]) -> int:
    """Save the database, and what messengers keep beside it, in a new folder from the command line."""
    keepers = _keepers(config)
    ready = {each.name for each in compose.enabled(config)}
    try:
        with backups.new(folder):
            with contextlib.ExitStack() as around:
                for name in keepers.keys() & ready:
                    around.enter_context(keepers[name].saving(folder / name))
                version = database_backup.save(config.database.url, folder / DATABASE)
            if (words := compose.key_of(config).words()) is not None:
                Key("", folder / KEY).put(words)
            backups.finish(folder, clock.RealClock().now(), version=version)
            made = backups.look(folder)
            held = database_backup.held(folder / DATABASE)
    except NOT_DONE as error:
        say(_in_words(error))
        return os.EX_DATAERR
    kept = [_database(config, held), *(each.what for name, each in keepers.items() if name in ready)]
    say(f"Saved in {folder}, and read back: {' and '.join(kept)}, {made.size} bytes.")
    for name, keeper in keepers.items():
        for remark in keeper.after_saving(folder / name):
            say(remark)
    say(NOT_SAVED)
    return os.EX_OK


def restore(config: Config, folder: Path, lists: Sequence[Path], say: Callable[[str], None]) -> int:
    """Bring a backup to where the config says, from the command line; whoever was forgotten since it was made
    is forgotten again, by the lists of those (files)."""
    keepers, now = _keepers(config), clock.RealClock().now()
    saved = {name: keeper for name, keeper in keepers.items() if (folder / name).exists()}
    try:
        made = backups.look(folder)
        with contextlib.ExitStack() as around:
            for name, keeper in saved.items():
                around.enter_context(keeper.restoring(folder / name))
            listed = [entry for path in lists for entry in forgotten.read(path)]
            around.enter_context(_restoring_key(config, Key("", folder / KEY).words()))
            held = database_backup.restore(folder / DATABASE, config.database.url, now)
            again = _forget_again(config, listed)
    except NOT_DONE as error:
        say(_in_words(error))
        return os.EX_DATAERR
    kept = [_database(config, held), *(keeper.what for keeper in saved.values())]
    say(f"Restored from {made.made_at:%Y-%m-%d %H:%M} UTC, and read back: {' and '.join(kept)}.")
    if again:
        say(f"People who were forgotten since the backup was made, and are forgotten again: {again}.")
    for name, keeper in keepers.items():
        for remark in keeper.after_restoring(folder / name):
            say(remark)
    say(ONLY_HERE)
    return os.EX_OK


def _forget_again(config: Config, listed: Sequence[forgotten.Entry]) -> int:
    """Forget in a restored database whoever is on a list. Return how many people those were."""
    with turns.opened(config.database.url) as sessions, sessions.begin() as db:
        everybody = list(dict.fromkeys(forgotten.returned(db, [*listed, *forgotten.entries(db)])))
        for person_id in everybody:
            forgetting.forget_at_once(db, person_id)
        forgotten.keep(db, listed)
    return len(everybody)


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
        say(_in_words(error))
        return os.EX_CANTCREAT
    if written:
        say(f"Written into {folder}: {', '.join(written)}.")
        say("They are sketches: complete what stands in brackets, and have them read by somebody who knows.")
        say(f'Then put into the config, below [privacy]: notices = "{folder}"')
    return os.EX_OK


@contextlib.contextmanager
def _restoring_key(config: Config, words: str | None) -> Iterator[None]:
    """Put the key of a backup where the config says, once the block is done. Raises NotEmpty where another
    one is there."""
    key = compose.key_of(config)
    there = key.words()
    if words is not None and there not in (None, words):
        where = "privacy.key" if key.given else key.path
        raise database_backup.NotEmpty(f"There is another key already ({where}): take it away first.")
    yield
    if words is not None and there is None:
        key.put(words)


def _keepers(config: Config) -> dict[str, Keeper]:
    """Return what messengers keep beside the database, by their names."""
    return {each.name: each.keeper(config.of(each)) for each in compose.MESSENGERS if each.keeper}


DATABASE, KEY = "mentornet.db", "mentornet.key"
"""What they are called in a backup."""
NOT_DONE = (
    backups.BackupError,
    forgotten.NoList,
    faults.DatabaseTooNew,
    faults.Unavailable,
    Unauthorised,
    OSError,
)
NOT_SAVED = "The config is not in it: keep that apart, and nobody else may read either of them."
ONLY_HERE = (
    "Now start it here, and nowhere else again: two that answer to one account would take each other's news."
)


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename} cannot be used: {error.strerror}."
    return str(error)


def _database(config: Config, held: database_backup.Held) -> str:
    where = faults.place(store.connect(config.database.url).url)
    return f"the database ({where}; people: {held.people}, networks: {held.networks})"
