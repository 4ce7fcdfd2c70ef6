"""The bot introduces itself on a messenger: who it is, and the commands that the messenger shows."""

from dataclasses import dataclass

from bot.adapter import Adapter, Later, MenuScope, SendError
from bot.dialogue.router import Router
from bot.handler import Place
from bot.installation import Installation
from bot.markup import plain
from bot.support.backoff import Backoff
from bot.support.log import get
from bot.text import Reader, Text, render

log = get("introduction")


@dataclass(frozen=True)
class Profile:
    """What the bot says of itself to somebody who has not written yet, and in short on its card."""

    description: Text
    short: Text


async def introduce(adapter: Adapter, router: Router, profile: Profile, installation: Installation) -> None:
    """Say who we are, and what members and rooms can do, in each language; who may do more gets a menu
    of their own. Try again until it is done: until then /start and /help say the same."""
    first = installation.languages[0]
    for locale, name in [(first, ""), *((locale, locale) for locale in installation.languages)]:
        line = Backoff(log)
        while True:
            try:
                await _introduce_in(adapter, router, profile, installation, Reader(locale), name)
            except Later as later:
                await line.wait("not introduced", at_least=later.seconds or 0.0, messenger=adapter.name)
            except SendError as error:
                log.warning("not introduced", messenger=adapter.name, error=error)
                return
            else:
                break


async def _introduce_in(
    adapter: Adapter,
    router: Router,
    profile: Profile,
    installation: Installation,
    reader: Reader,
    locale: str,
) -> None:
    in_rooms = router.offered(lambda handler: handler.place is not Place.PRIVATE)
    for where, commands in (
        (MenuScope.PRIVATE, sorted(router.usual)),
        (MenuScope.ROOMS, [handler.command for handler in in_rooms]),
    ):
        await adapter.show_menu(where, locale, router.entries(commands, reader))
    await adapter.introduce(
        locale,
        name=installation.name,
        description=plain(render(profile.description, reader)),
        short=plain(render(profile.short, reader)),
    )
