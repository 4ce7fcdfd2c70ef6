"""Telegram: what the program needs to know to have the bot there."""

import hashlib
import hmac
import re
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from adapters.telegram.adapter import CAN, Telegram, start_link
from adapters.telegram.updates import NAME
from adapters.telegram.webhook import Webhook
from bot.messenger import Door, Host, Messenger
from bot.settings import Listen, MaybeAddress, MessengerSection, Must, Rate, WebAddress


def _token(secret: SecretStr | None) -> SecretStr | None:
    if secret is None or not secret.get_secret_value():
        return None
    if not re.fullmatch(r"\d+:[\w-]+", secret.get_secret_value()):
        raise ValueError("not a token")
    return secret


def _https_or_here(url: str) -> str:
    """Telegram itself posts only by https; a Bot API server on this machine may do without."""
    host = urlsplit(url).hostname or ""
    if url.startswith("http:") and host != "localhost" and not ip_address(host).is_loopback:
        raise ValueError(url)
    return url


def _header_word(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret.get_secret_value()):
        raise ValueError("not a secret that Telegram takes")
    return secret


Seconds = Annotated[int, Field(ge=1, le=50), Must("a whole number of seconds from 1 to 50")]
MaybeFolder = Annotated[str, Field(pattern=r"^(/.*)?$"), Must("the whole path of a folder, from / on")]
Token = Annotated[
    SecretStr | None,
    AfterValidator(_token),
    Must("the token that @BotFather gave you", "123456789:AAE-and-some-thirty-more-letters"),
]
WebhookAddress = Annotated[
    str,
    Field(pattern=r"^(https?://[^\s/?#@]+(/[A-Za-z0-9._~/-]*)?)?$"),
    AfterValidator(_https_or_here),
    Must("an address that starts with https://", "https://bot.example.org/telegram"),
]
WebhookSecret = Annotated[
    SecretStr,
    AfterValidator(_header_word),
    Must("up to 256 of A-Z, a-z, 0-9, _ and -", "some-forty-random-letters-and-digits"),
]


class Settings(MessengerSection):
    """The bot's account on Telegram."""

    token: Token = None
    """The bot's token from @BotFather; without it the bot is not on Telegram."""

    api_url: WebAddress = "https://api.telegram.org"
    """The Bot API server; name your own here if you run one."""

    file_url: MaybeAddress = ""
    """Where that server hands out files; while it is empty, at api_url under /file."""

    local_files: MaybeFolder = ""
    """The folder in which a Bot API server of your own on this machine, run with --local, keeps its files;
    while it is empty, no file of this machine is read."""

    poll_seconds: Seconds = 30
    """How many seconds Telegram may hold back its answer while there is nothing new."""

    messages_per_second: Rate = 29.0
    """How many messages the bot sends in a second, to all people together; Telegram allows about 30."""

    webhook_url: WebhookAddress = ""
    """The public https address at which Telegram hands over what is new; while it is empty, the bot asks for
    it by long polling."""

    webhook_listen: Listen = "127.0.0.1:8080"
    """The host and port where the bot listens for the webhook, usually behind a proxy that speaks https."""

    webhook_secret: WebhookSecret = SecretStr("")
    """What proves to the bot that it is Telegram who calls the webhook; while it is empty, the bot makes
    one from its token."""

    notice: Annotated[str, Field(max_length=500), Must("a text of up to 500 characters")] = ""
    """What each person is told once, before their first conversation, because Telegram can read along; while
    it is empty, the program says it in their language."""

    @property
    def enabled(self) -> bool:
        """Whether the bot is on Telegram at all: it is once it has a token."""
        return self.token is not None


def _make(settings: Settings, host: Host) -> Telegram:
    token = settings.token.get_secret_value() if settings.token is not None else ""
    return Telegram(
        token,
        api_url=settings.api_url,
        file_url=settings.file_url,
        local_files=settings.local_files,
        poll_seconds=settings.poll_seconds,
        messages_per_second=settings.messages_per_second,
        webhook=_webhook(settings, token),
        alert=host.alert,
    )


def _webhook(settings: Settings, token: str) -> Webhook | None:
    """Return where Telegram finds us; None for long polling. A secret that nobody chose is made from the
    token, so that all programs behind the address have the same."""
    if not settings.webhook_url:
        return None
    made = hmac.new(token.encode(), b"webhook", hashlib.sha256).hexdigest()
    secret = settings.webhook_secret.get_secret_value() or made
    return Webhook(settings.webhook_url, settings.webhook_listen, secret)


def _door(settings: Settings) -> Door | None:
    """Return where Telegram calls us; None for long polling."""
    if not settings.webhook_url:
        return None
    return Door(settings.webhook_url, settings.webhook_listen, f"{NAME}.webhook_listen")


MESSENGER = Messenger(
    name=NAME,
    title="Telegram",
    rank=1,
    settings=Settings,
    needs="the token of your Telegram bot, as telegram.token",
    account=r"[1-9]\d*",
    example="123456789",
    accounts="by number on Telegram",
    make=_make,
    can=CAN,
    door=_door,
    notice=lambda settings: settings.notice,
    link=lambda payload, into_room: start_link("mentornet_demo_bot", payload, into_room=into_room),
)
