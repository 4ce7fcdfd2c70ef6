"""Save all that the bot remembers, and bring it back elsewhere, from the command line."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bot.adapter import Unauthorised
from bot.messenger import Keeper
from bot.program import compose
from bot.program.config import Config
from bot.program.saving import folder as backups
from bot.support import clock
from bot.support.progress import on_terminal
from db import backup as database_backup
from db import faults, seal, store
from db.engine import turns
from db.leading import proof
from db.privacy import forgetting, forgotten
from db.seal import Key


def backup(config: Config, folder: Path, say: Callable[[str], None], keep: int = 0) -> int:
    """Save the database, and what messengers keep beside it, in a new folder from the command line. With
    `keep` it is made in the folder, by the name of its time, and only this many stay there."""
    now = clock.RealClock().now()
    all_of_them, folder = folder, folder / backups.name_at(now) if keep else folder
    keepers = _keepers(config)
    ready = {each.name for each in compose.enabled(config)}
    try:
        with backups.new(folder), on_terminal() as progress:
            with contextlib.ExitStack() as around:
                for name in keepers.keys() & ready:
                    around.enter_context(keepers[name].saving(folder / name))
                version = database_backup.save(config.database.url, folder / DATABASE, progress)
            progress("Adding up what was saved")
            if (words := compose.key_of(config).words()) is not None:
                Key("", folder / KEY).put(words)
            ends = proof.ends_in(folder / DATABASE)
            backups.finish(folder, now, version=version, ends=ends)
            made = backups.look(folder)
            held = database_backup.held(folder / DATABASE)
        older = backups.thin_out(all_of_them, keep) if keep else []
    except NOT_DONE as error:
        say(_in_words(error))
        return os.EX_DATAERR
    kept = [_database(config, held), *(each.what for name, each in keepers.items() if name in ready)]
    say(f"Saved in {folder}, and read back: {' and '.join(kept)}, {made.size} bytes.")
    if older:
        say(f"Older ones that are deleted: {', '.join(each.name for each in older)}.")
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
        with contextlib.ExitStack() as around:
            progress = around.enter_context(on_terminal())
            progress("Adding up what was saved")
            made = backups.look(folder)
            for name, keeper in saved.items():
                around.enter_context(keeper.restoring(folder / name))
            listed = [entry for path in lists for entry in forgotten.read(path)]
            words = Key("", folder / KEY).words()
            around.enter_context(_restoring_key(config, words))
            held = database_backup.restore(folder / DATABASE, config.database.url, now, progress)
            progress("Forgetting again whoever was forgotten since")
            again = _forget_again(config, listed, words or compose.key_of(config).words())
            proof.keep_anew(config.database.url, Path(config.privacy.journals))
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


def _forget_again(config: Config, listed: Sequence[forgotten.Entry], key: str | None) -> int:
    """Forget in a restored database whoever is on a list, also in what is sealed there with the `key`. Return
    how many people those were."""
    with turns.opened(config.database.url) as sessions, sessions.begin() as db:
        seal.lend(db, key)
        everybody = list(dict.fromkeys(forgotten.returned(db, [*listed, *forgotten.entries(db)])))
        forgetting.forget_at_once(db, everybody)
        forgotten.keep(db, listed)
    return len(everybody)


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
