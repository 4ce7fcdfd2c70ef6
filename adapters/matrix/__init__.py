"""Matrix: what the program needs to know to have the bot there."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from adapters.matrix.account import Account
from adapters.matrix.adapter import CAN, Matrix, chat_link
from adapters.matrix.backup import Store
from adapters.matrix.homeserver.client import NAME
from bot.messenger import Host, Messenger
from bot.settings import Folder, MessengerSection, Must, Name, Rate, Secret, Switch, WebAddress

MatrixUser = Annotated[
    str,
    Field(pattern=r"^(@?[^\s:@]+(:[^\s@]+)?)?$"),
    Must("the name of the bot's account", "@mentornet:example.org"),
]
Policy = Annotated[Literal["anyone", "servers", "members"], Must('one of "anyone", "servers" and "members"')]
Space = Annotated[
    str,
    Field(pattern=r"^([!#]\S+)?$"),
    Must("the address of a space, or its id", "#mentors:example.org"),
]
Servers = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[^\s:@/]+(:[0-9]+)?$")], ...],
    Field(strict=False),  # TOML has lists, not tuples
    Must("a list of server names, as they stand behind the colon of an account", ("example.org",)),
]


class Settings(MessengerSection):
    """The bot's account on Matrix."""

    homeserver: WebAddress = "https://matrix.org"
    """The address of the homeserver on which the bot has its account."""

    user: MatrixUser = ""
    """The bot's account, such as "@mentornet:example.org"; without it the bot is not on Matrix."""

    password: Secret = SecretStr("")
    """The password of the account, which the bot needs at its first start only: to log in, and to sign its
    device."""

    access_token: Secret = SecretStr("")
    """The access token of a login that exists already, instead of the password."""

    store: Folder = "matrix-store"
    """The folder for the login and the keys of encryption, which belongs in every backup; its path starts
    where that of the SQLite file does."""

    device_name: Name = "mentorNET"
    """What people see as the name of the bot's device."""

    unsigned_devices: Switch = False
    """Whether the bot also writes to devices that their owners have not verified; otherwise it asks them to,
    because such a device may be somebody else's."""

    invites: Policy = "anyone"
    """Whose invitations to chats and rooms the bot accepts: anyone's, only those from accounts on
    matrix.servers ("servers"), or only those from people who are in a network already, and from operators
    ("members")."""

    servers: Servers = ()
    """The homeservers whose accounts may invite the bot, such as "example.org"."""

    space: Space = ""
    """A space whose members may invite the bot as well, such as "#mentors:example.org"; the bot has to be in
    it, or able to join it."""

    refuse_silently: Switch = False
    """Whether the bot says nothing when it refuses an invitation; otherwise one sentence says so."""

    messages_per_second: Rate = 10.0
    """How many messages the bot sends in a second, to all people together; a homeserver whose limit is lower
    says so, and the bot waits."""

    @property
    def enabled(self) -> bool:
        """Whether the bot is on Matrix at all: it is once it has an account there."""
        return bool(self.user)


def _make(settings: Settings, host: Host) -> Matrix:
    return Matrix(
        Account(
            homeserver=settings.homeserver,
            user=settings.user,
            folder=Path(settings.store),
            password=settings.password.get_secret_value(),
            access_token=settings.access_token.get_secret_value(),
            device=settings.device_name,
            unsigned_devices=settings.unsigned_devices,
        ),
        invites=settings.invites,
        servers=settings.servers,
        space=settings.space,
        knows=host.knows,
        refusal="" if settings.refuse_silently else host.refusal,
        messages_per_second=settings.messages_per_second,
        only_verified=host.only_verified,
        alert=host.alert,
    )


MESSENGER = Messenger(
    name=NAME,
    title="Matrix",
    rank=2,
    settings=Settings,
    needs="the bot's account on Matrix, as matrix.user",
    account=r"@[^\s:@]+:[^\s@]+",
    example="@ana:example.org",
    accounts="by full name on Matrix",
    make=_make,
    can=CAN,
    link=lambda payload, into_room: "" if payload or into_room else chat_link("@mentornet:example.org"),
    keeper=lambda settings: Store(Path(settings.store), settings.user),
)
