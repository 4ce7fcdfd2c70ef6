"""`mentornet check`: is everything there that the bot needs? A list of ticks, each for something that was
looked at. Nothing is changed, except that the bot logs in where a messenger needs that and it never did."""

import os
import stat
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from shlex import quote

import i18n
from bot.adapter import Adapter, SendError, Unauthorised
from bot.program.app import App
from bot.program.compose import MESSENGERS, TITLES, key_of, needed, numbers_to_look_up, real
from bot.program.config import Config
from bot.program.run import NO_MESSENGER
from bot.support.clock import JUMP
from bot.support.told import ahead
from db import checkup
from db.faults import DatabaseTooNew, Unavailable
from db.leading import proof

Finding = tuple[bool, str]


async def run(config: Config, sources: Iterable[Path], say: Callable[[str], None]) -> int:
    """Say one line a check; 0 when all is well, else 1. `sources` are the files the config was read from."""
    well = True
    async for fine, what in checks(config, list(sources)):
        say(f"{'✓' if fine else '✗'} {what}")
        well &= fine
    return 0 if well else 1


async def checks(config: Config, sources: list[Path]) -> AsyncIterator[Finding]:
    """Yield each check: whether it went well, and a sentence."""
    for finding in (*_config(sources), *_texts(config.bot.languages)):
        yield finding
    try:
        app = real(config)
    except Unavailable as error:
        yield False, str(error)
        return
    yield _operators(config.operators.accounts, app.adapters)
    try:
        looked_at = (
            _heard(config, app),
            _key(config, app),
            _chains(app),
            _journals(config, app),
            _numbers(config, app),
        )
        for finding in (*_database(app), *chain.from_iterable(looked_at)):
            yield finding
    finally:
        app.database.dispose()
    if not app.adapters:
        yield False, NO_MESSENGER.format(needed=needed(MESSENGERS))
    for adapter in app.adapters.values():
        async for finding in _messenger(adapter):
            yield finding


def _config(sources: list[Path]) -> Iterator[Finding]:
    if sources:
        yield True, f"The config is understood: {', '.join(map(str, sources))}."
    else:
        yield True, "There is no config.toml here; what the environment says is understood."
    for path in sources:
        found = path.stat()
        # Where a group is how we read it, who owns it has said so.
        whose = "go" if found.st_uid == os.geteuid() else "o"
        if found.st_mode & (stat.S_IRWXO | (stat.S_IRWXG if "g" in whose else 0)):
            mends = f"chmod {whose}= {quote(str(path.absolute()))}"
            yield False, f"The rights of the config let others on this computer read it: {mends}"


def _texts(languages: Iterable[str]) -> Iterator[Finding]:
    there = [locale for locale in languages if _can_be_read(locale)]
    if missing := [locale for locale in languages if locale not in there]:
        yield False, f"There are no texts in {', '.join(missing)}: take them out of bot.languages."
    else:
        yield True, f"There are texts in {', '.join(there)}."


def _can_be_read(locale: str) -> bool:
    try:
        return locale == i18n.SOURCE or bool(i18n.catalogue(locale).texts)
    except (OSError, ValueError):
        return False


def _operators(accounts: Collection[str], messengers: Collection[str]) -> Finding:
    if not accounts:
        return False, "Nobody is named in operators.accounts, so nobody can confirm a new network."
    if not any(account.partition(":")[0] in messengers for account in accounts):
        return False, "Nobody in operators.accounts is on a messenger that is set up here."
    return True, f"Operators: {len(accounts)}."


def _database(app: App) -> Iterator[Finding]:
    try:
        yield from checkup.findings(app.database)
    except (DatabaseTooNew, Unavailable) as error:
        yield False, str(error)


def _heard(config: Config, app: App) -> Iterator[Finding]:
    """Whether somebody hears of what waits for the operators: the bot writes only to those who wrote to
    it."""
    parts = [account.partition(":") for account in config.operators.accounts]
    accounts = [(messenger, account) for messenger, _colon, account in parts]
    with suppress(DatabaseTooNew, Unavailable):  # said above
        known = checkup.known(app.database, accounts)
        if known is None:
            return
        if silent := [":".join(each) for each in accounts if each not in known]:
            names = ", ".join(silent)
            yield (
                bool(known),
                f"These operators never wrote to the bot, so they hear of no new network: {names}.",
            )


def _key(config: Config, app: App) -> Iterator[Finding]:
    """Whether what is sealed in the database can be opened."""
    key = key_of(config)
    if key.is_open_to_others():
        mends = f"chmod go= {quote(str(key.path))}"
        yield False, f"The rights of the key let others on this computer read it: {mends}"
    with suppress(DatabaseTooNew):  # said above
        try:
            yield checkup.seal(app.database, key)
        except Unavailable as error:
            yield False, str(error)


def _journals(config: Config, app: App) -> Iterator[Finding]:
    """Whether the journals say what was written, and end where they ended."""
    with suppress(DatabaseTooNew, Unavailable):  # said above
        yield from proof.findings(app.database, Path(config.privacy.journals))


def _chains(app: App) -> Iterator[Finding]:
    """Whether what people signed is still what they signed."""
    with suppress(DatabaseTooNew, Unavailable):  # said above
        yield from checkup.chains(app.database)


def _numbers(config: Config, app: App) -> Iterator[Finding]:
    """Whether people in need find a number where they live."""
    with suppress(DatabaseTooNew, Unavailable):  # said above
        zones = [config.bot.time_zone, *checkup.time_zones(app.database)]
        found = list(numbers_to_look_up(config, zones, datetime.now(UTC).date()))
        yield from found or [(True, "People in need find somebody to call.")]


async def _messenger(adapter: Adapter) -> AsyncIterator[Finding]:
    title = TITLES[adapter.name]
    try:
        await adapter.start()
    except Unauthorised as error:
        yield False, str(error)
    except OSError as error:
        yield False, _not_reached(title, error)
    else:
        yield True, f"The bot is known to {title}."
        if adapter.confirms_early:
            yield True, f"{title} hands out each message once: what comes in the moment of a crash is lost."
        try:
            for finding in await adapter.check():
                yield finding
        except SendError:
            yield False, f"{title} does not say more now, so no more was looked at there."
        if adapter.told is not None:
            yield _clock(title, ahead(adapter.told, datetime.now(UTC), time.monotonic()))
    finally:
        await adapter.close()


def _clock(title: str, by: timedelta) -> Finding:
    """Whether the clock of the machine is near enough to a messenger's; negative: it is behind."""
    if abs(by) < JUMP:
        return True, f"The clock of this machine goes with that of {title}."
    hours, where = round(abs(by) / timedelta(hours=1)), "ahead of" if by > timedelta() else "behind"
    return False, (
        f"The clock of this machine is about {hours} h {where} that of {title}: set it, for example with "
        "timedatectl set-ntp true. Nothing comes due while it is wrong."
    )


def _not_reached(title: str, error: OSError) -> str:
    """Why there is no connection. The system's errors have words of their own; the others are sentences of
    the adapter's."""
    if error.strerror:
        return f"There is no connection to {title}: {error.strerror}."
    return str(error) or f"There is no connection to {title}."
