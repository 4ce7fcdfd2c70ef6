"""`python -m bot check`: is everything there that the bot needs? A list of ticks."""

from collections.abc import AsyncIterator, Callable

import i18n
from bot.adapter import SendError, Unauthorised
from bot.app import real
from bot.config import Config
from db.store import DatabaseTooNew, Unavailable, described, migrate


async def run(config: Config, say: Callable[[str], None]) -> int:
    """Say one line a check; 0 when all is well, else 1."""
    well = True
    async for fine, what in checks(config):
        say(f"{'✓' if fine else '✗'} {what}")
        well &= fine
    return 0 if well else 1


async def checks(config: Config) -> AsyncIterator[tuple[bool, str]]:
    """Each check: whether it went well, and a sentence."""
    yield True, "The config is understood."
    missing = [locale for locale in config.bot.languages if locale not in i18n.available()]
    if missing:
        yield False, f"There are no texts in {', '.join(missing)}: take them out of bot.languages."
    else:
        yield True, f"There are texts in {', '.join(config.bot.languages)}."
    if config.operators.accounts:
        yield True, f"Operators: {len(config.operators.accounts)}."
    else:
        yield False, "Nobody is named in operators.accounts, so nobody can confirm a new network."
    try:
        app = real(config)
        migrate(app.database)
        which = described(app.database)
    except (DatabaseTooNew, Unavailable) as error:
        yield False, str(error)
        return
    yield True, f"The database is there and up to date: {which}."
    app.database.dispose()
    if not app.adapters:
        yield False, "No messenger is set up: put the token of your Telegram bot into telegram.token."
    for adapter in app.adapters.values():
        try:
            await adapter.start()
        except Unauthorised as error:
            yield False, str(error)
        except OSError as error:
            yield False, f"There is no connection to {adapter.name} ({type(error).__name__})."
        else:
            yield True, f"The bot is known to {adapter.name}."
            try:
                for fine, what in await adapter.check():
                    yield fine, what
            except SendError as error:
                yield False, f"{adapter.name} does not say more ({type(error).__name__})."
        finally:
            await adapter.close()
