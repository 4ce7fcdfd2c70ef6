"""What an operator can set, and where it is read.

A setting is named `section.key`. The strongest place wins: the environment variable `MENTORNET_SECTION__KEY`,
the file that `MENTORNET_SECTION__KEY_FILE` names, `config.toml`, the default below.
"""

import json
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo

PREFIX = "MENTORNET_"
PLACEHOLDER = "PASTE-"


class ConfigError(Exception):
    """The settings cannot be used. Its text is one plain sentence a problem, each on a line of its own."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


# --- what can be set ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Must:
    """What a value has to be, as the end of a sentence; an `example` where the default is none."""

    be: str
    example: object = None


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError) as error:  # no such zone, or only a part of a name, such as "Europe"
        raise ValueError(name) from error


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) < len(values):
        raise ValueError(values)
    return values


def _token(secret: SecretStr | None) -> SecretStr | None:
    if secret is not None and not re.fullmatch(r"\d+:[\w-]+", secret.get_secret_value()):
        raise ValueError("not a token")
    return secret


def _no_last_slash(url: str) -> str:
    return url.rstrip("/")


def _https_or_here(url: str) -> str:
    """Telegram itself posts only by https; a Bot API server on this machine may do without."""
    host = urlsplit(url).hostname or ""
    if url.startswith("http:") and host != "localhost" and not ip_address(host).is_loopback:
        raise ValueError(url)
    return url


def _host_and_port(place: str) -> str:
    parts = urlsplit(f"//{place}")
    if not parts.hostname or not parts.port:  # which itself raises ValueError where it is not a number
        raise ValueError(place)
    return place


def _header_word(secret: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret.get_secret_value()):
        raise ValueError("not a secret that Telegram takes")
    return secret


Days = Annotated[int, Field(ge=1, le=36_500), Must("a whole number of days from 1 to 36500")]
Seconds = Annotated[int, Field(ge=1, le=50), Must("a whole number of seconds from 1 to 50")]
Rate = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False), Must("a number above 0, 1000 at most")]
Switch = Annotated[bool, Must("true or false")]
Name = Annotated[str, Field(max_length=64, pattern=r"^\S(.*\S)?$"), Must("a name of 1 to 64 characters")]
Zone = Annotated[str, AfterValidator(_zone), Must("the name of a time zone")]
Token = Annotated[
    SecretStr | None,
    AfterValidator(_token),
    Must("the token that @BotFather gave you", "123456789:AAE-and-some-thirty-more-letters"),
]
WebAddress = Annotated[
    str,
    Field(pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$"),
    AfterValidator(_no_last_slash),
    Must("an address that starts with https:// or http://"),
]
MaybeAddress = Annotated[
    str,
    Field(pattern=r"^(https?://[^\s/?#@]+(/[^\s?#]*)?)?$"),
    AfterValidator(_no_last_slash),
    Must("an address that starts with https:// or http://"),
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
Listen = Annotated[
    str, Field(pattern=r"^[^\s/?#@]+$"), AfterValidator(_host_and_port), Must("a host and a port")
]
ListenOrNot = Annotated[Literal[""] | Listen, Must("a host and a port, or empty", "127.0.0.1:9464")]
DatabaseAddress = Annotated[
    str,
    Field(
        pattern=r"^(sqlite:///[^\s?#]+"
        r"|postgresql(\+psycopg)?://([^\s@/?#:]+(:[^\s@/?#:]*)?@)?[^\s@/?#]*/[^\s@/?#]+(\?[^\s@#]*)?)$",
        repr=False,
    ),
    Must("the address of a SQLite file, with three slashes before its path, or of a PostgreSQL database"),
]
Languages = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}(_[A-Z][A-Za-z]+)*$")], ...],
    Field(strict=False, min_length=1),  # TOML has lists, not tuples
    AfterValidator(_each_once),
    Must("a list of different language codes"),
]
Accounts = Annotated[
    tuple[Annotated[str, Field(pattern=r"^(telegram:[1-9]\d*|matrix:@[^\s:@]+:[^\s@]+)$")], ...],
    Field(strict=False),
    Must(
        "a list of accounts, by number on Telegram and by full name on Matrix",
        ("telegram:123456789", "matrix:@ana:example.org"),
    ),
]
MatrixUser = Annotated[
    str,
    Field(pattern=r"^(@?[^\s:@]+(:[^\s@]+)?)?$"),
    Must("the name of the bot's account", "@mentornet:example.org"),
]
Secret = Annotated[SecretStr, Must("a word", "a-long-password")]
Folder = Annotated[str, Field(min_length=1), Must("the path of a folder")]
Policy = Annotated[Literal["anyone", "servers", "members"], Must('one of "anyone", "servers" and "members"')]
Space = Annotated[
    str,
    Field(pattern=r"^([!#]\S+)?$"),
    Must("the address of a space, or its id", "#mentors:example.org"),
]
Servers = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[^\s:@/]+(:[0-9]+)?$")], ...],
    Field(strict=False),
    Must("a list of server names, as they stand behind the colon of an account", ("example.org",)),
]
Level = Annotated[
    Literal["debug", "info", "warning", "error"], Must('one of "debug", "info", "warning" and "error"')
]
Format = Annotated[Literal["text", "json", "auto"], Must('one of "text", "json" and "auto"')]


class Section(BaseModel):
    """Settings that belong together. The words under a key explain it in config.example.toml too."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class Bot(Section):
    """The installation."""

    name: Name = "mentorNET"
    """What the bot calls itself."""

    languages: Languages = ("en", "de")
    """The languages people can choose from; the first one is for those whose language is not known."""

    time_zone: Zone = "Europe/Berlin"
    """The time zone of people and networks that have not named their own."""

    open_founding: Switch = False
    """Whether anybody may found a network; otherwise an operator confirms each one."""


class Operators(Section):
    """Who runs the installation."""

    accounts: Accounts = ()
    """The accounts of the operators, such as "telegram:123456789" or "matrix:@ana:example.org"."""


class Database(Section):
    """Where everything is remembered."""

    url: DatabaseAddress = "sqlite:///mentornet.db"
    """The SQLite file that holds everything, its path starting in the folder where the program is started; or
    a PostgreSQL database, as in postgresql+psycopg://user:password@host/name, with %40 for an @ in the
    password."""


class Telegram(Section):
    """The bot's account on Telegram."""

    token: Token = None
    """The bot's token from @BotFather; without it the bot is not on Telegram."""

    api_url: WebAddress = "https://api.telegram.org"
    """The Bot API server; name your own here if you run one."""

    file_url: MaybeAddress = ""
    """Where that server hands out files; while it is empty, at api_url under /file."""

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

    @property
    def enabled(self) -> bool:
        """Whether the bot is on Telegram at all: it is once it has a token."""
        return self.token is not None


class Matrix(Section):
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
    """The folder for the login and the keys of encryption, which belongs into every backup; its path starts
    in the folder where the program is started."""

    device_name: Name = "mentorNET"
    """What people see as the name of the bot's device."""

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


class Privacy(Section):
    """How long things are kept."""

    closed_request_days: Days = 90
    """After how many days the words of a closed help request are deleted."""

    delivery_days: Days = 30
    """After how many days it is forgotten which message was delivered to whom."""

    seen_days: Days = 30
    """After how many days the marks are deleted that keep a repeated event from counting twice, and the notes
    about events that were set aside."""

    journal_days: Days = 730
    """After how many days entries in the journal of meta-mentors are deleted."""


class Log(Section):
    """What the program tells about its work."""

    level: Level = "info"
    """From which weight on an event is logged: debug, info, warning or error."""

    format: Format = "auto"
    """How an event is written: text, json, or auto, which is text in a terminal and json elsewhere."""


class Watch(Section):
    """For whoever watches over the program."""

    listen: ListenOrNot = ""
    """The host and port where the program says whether it is well (/healthz) and how much it does (/metrics,
    for Prometheus), such as "127.0.0.1:9464"; while it is empty, nowhere. Nobody is named there."""


class Config(Section):
    """All settings, section by section; they never change while the program runs."""

    bot: Bot = Bot()
    operators: Operators = Operators()
    database: Database = Database()
    telegram: Telegram = Telegram()
    matrix: Matrix = Matrix()
    privacy: Privacy = Privacy()
    log: Log = Log()
    watch: Watch = Watch()


class Key(NamedTuple):
    """A setting's default, and one sentence about it."""

    default: object
    description: str


_SECTIONS: dict[str, dict[str, FieldInfo]] = {name: type(part).model_fields for name, part in Config()}
_FIELDS = {f"{section}.{key}": field for section, keys in _SECTIONS.items() for key, field in keys.items()}


def keys() -> dict[str, Key]:
    """Every setting there is, by its dotted name, in the order of config.example.toml."""
    return {
        key: Key(field.default, " ".join((field.description or "").split())) for key, field in _FIELDS.items()
    }


# --- where it is read --------------------------------------------------------------------------


class _Found(NamedTuple):
    """A value, and the place to look for it when it is wrong."""

    value: object
    place: str


def load(path: Path | None = None, environ: Mapping[str, str] = os.environ) -> Config:
    """Read the settings from the config file at `path` (None: there is none) and from the environment.

    Raises ConfigError with everything that is wrong, not only the first thing.
    """
    problems: list[str] = []
    found = _in_file(path) if path else {}
    found |= _in_environment(environ, problems)
    sections: dict[str, dict[str, object]] = {}
    for key, (value, place) in found.items():
        if key not in _FIELDS:
            problems.append(_unknown(key, place))
        elif _is_placeholder(value):
            problems.append(
                f"{key} (from {place}) still holds the example's placeholder; put your own value there, or "
                "delete the line to do without."
            )
        else:
            section, name = key.split(".")
            sections.setdefault(section, {})[name] = value
    try:
        config = Config.model_validate(sections)
    except ValidationError as error:
        wrong = {".".join(map(str, each["loc"][:2])): each["loc"][2:] for each in error.errors()}
        problems += [_wrong(key, found[key].place, at) for key, at in wrong.items()]
        raise ConfigError(problems) from None  # pydantic's own words show the values, secrets among them
    if problems:
        raise ConfigError(problems)
    return config


def _in_file(path: Path) -> dict[str, _Found]:
    try:
        tables = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            [f"There is no file {path}; copy config.example.toml to it and fill it in."]
        ) from None
    except OSError as error:
        raise ConfigError([f"The file {path} cannot be read: {error.strerror}."]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"The file {path} cannot be read: save it as UTF-8 text."]) from None
    except tomllib.TOMLDecodeError as error:
        hint = 'a setting is written as in name = "mentorNET", on a line of its own'
        raise ConfigError([f"The file {path} is not TOML: {error}; {hint}."]) from None
    found: dict[str, _Found] = {}
    for section, table in tables.items():
        if isinstance(table, dict) and (table or section in _SECTIONS):
            found |= {f"{section}.{name}": _Found(value, str(path)) for name, value in table.items()}
        else:
            found[section] = _Found(table, str(path))
    return found


def _in_environment(environ: Mapping[str, str], problems: list[str]) -> dict[str, _Found]:
    found: dict[str, _Found] = {}
    for key in _FIELDS:
        variable = _variable(key)
        if text := environ.get(variable):  # an empty one counts as not set
            found[key] = _Found(_typed(key, text), variable)
        elif file := environ.get(f"{variable}_FILE"):
            try:
                text = Path(file).read_text("utf-8-sig").strip()
            except (OSError, UnicodeDecodeError) as error:
                why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
                problems.append(
                    f"{key} cannot be read from {file}, which {variable}_FILE names: {why}; correct the path "
                    "or the file's permissions."
                )
            else:
                found[key] = _Found(_typed(key, text), f"{file}, which {variable}_FILE names")
    known = {_variable(key) + ending for key in _FIELDS for ending in ("", "_FILE")}
    for variable in sorted(environ.keys() - known):
        if variable.startswith(PREFIX):
            problems.append(_unknown_variable(variable))
    return found


def _variable(key: str) -> str:
    return PREFIX + key.replace(".", "__").upper()


def _typed(key: str, text: str) -> object:
    """`text` as config.toml would understand it, but words need no quotes and lists no brackets."""
    default = _FIELDS[key].default
    if isinstance(default, tuple) and not text.startswith("["):
        return [word.strip() for word in text.split(",")]
    if isinstance(default, str | SecretStr | None):
        return text
    try:
        return tomllib.loads(f"it = {text}")["it"]
    except tomllib.TOMLDecodeError:
        return text  # of the wrong type, which the complaint will say


def _is_placeholder(value: object) -> bool:
    words = value if isinstance(value, list) else [value]
    return any(isinstance(word, str) and word.startswith(PLACEHOLDER) for word in words)


# --- what is said when it is wrong -------------------------------------------------------------


def _wrong(key: str, place: str, at: tuple[int | str, ...]) -> str:
    """The sentence for a value that does not fit, which is never shown; `at` is its place in a list."""
    field = _FIELDS[key]
    must = next(each for each in field.metadata if isinstance(each, Must))
    example = json.dumps(must.example or field.default, ensure_ascii=False)  # TOML writes these alike
    entry = f", entry {at[0] + 1}," if at and isinstance(at[0], int) else ""
    return f"{key} (from {place}){entry} has to be {must.be}, for example {example}."


def _unknown(key: str, place: str) -> str:
    section = key.partition(".")[0]
    if key in _SECTIONS:
        hint = f"is a section: write [{key}] on a line of its own and its settings below."
    elif near := _nearest(key):
        hint = f"is not a setting; did you mean {near}?"
    elif section in _SECTIONS:
        hint = f"is not a setting; [{section}] has {', '.join(_SECTIONS[section])}."
    else:
        hint = f"is not a setting; the sections are {', '.join(_SECTIONS)}."
    return f"{key} (from {place}) {hint}"


def _unknown_variable(variable: str) -> str:
    name, ending = variable.removesuffix("_FILE"), "_FILE" if variable.endswith("_FILE") else ""
    near = _nearest(name.removeprefix(PREFIX).replace("__", ".").lower())
    hint = f"did you mean {_variable(near)}{ending}?" if near else "config.example.toml lists them all."
    return f"{variable} in the environment is not a setting; {hint}"


def _nearest(key: str) -> str | None:
    """The setting that was probably meant: one of the same name elsewhere, else one that looks alike."""
    name = key.rpartition(".")[2]
    same = [known for known in _FIELDS if known.endswith(f".{name}")]
    return next(iter(same or get_close_matches(key, _FIELDS, n=1, cutoff=0.8)), None)
