"""What an operator can set: sections of keys, each with its default and the words that explain it."""

from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr

from bot.messenger import Messenger, Settings
from bot.settings import Below, ListenOrNot, Must, Name, Section, Switch, path_below
from db.seal import SHORTEST

SQLITE = "sqlite:///"


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, OSError) as error:  # no such zone, or only a part of a name, such as "Europe"
        raise ValueError(name) from error


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(values)) < len(values):
        raise ValueError(values)
    return values


def _file_below(url: str, folder: Path) -> str:
    """Return a database's address with the absolute path of its SQLite file; one that has no file stays."""
    file = url.removeprefix(SQLITE)
    return url if file == url or file.startswith((":", "file:")) else f"{SQLITE}{folder / file}"


def _long_or_none(key: SecretStr) -> SecretStr:
    if 0 < len(key.get_secret_value()) < SHORTEST:
        raise ValueError
    return key


def _none_or_below(path: str, folder: Path) -> str:
    """Return the absolute path of a file or a folder, where one is named."""
    return str(folder / path) if path else path


Fact = Annotated[str, Field(max_length=200, pattern=r"^(\S(.*\S)?)?$"), Must("words, 200 characters at most")]
File = Annotated[str, Field(min_length=1), Below(_none_or_below), Must("the path of a file")]
MaybeFolder = Annotated[str, Below(_none_or_below), Must("the path of a folder, or empty")]
Days = Annotated[int, Field(ge=1, le=36_500), Must("a whole number of days from 1 to 36500")]
LongDays = Annotated[int, Field(ge=90, le=36_500), Must("a whole number of days from 90 to 36500")]
Things = Annotated[int, Field(ge=10, le=10_000), Must("a whole number from 10 to 10000")]
Zone = Annotated[str, AfterValidator(_zone), Must("the name of a time zone")]
DatabaseAddress = Annotated[
    str,
    Field(
        pattern=r"^(sqlite:///[^\s?#]+"
        r"|postgresql(\+psycopg)?://([^\s@/?#:]+(:[^\s@/?#:]*)?@)?[^\s@/?#]*/[^\s@/?#]+(\?[^\s@#]*)?)$",
        repr=False,
    ),
    Below(_file_below),
    Must("the address of a SQLite file, with three slashes before its path, or of a PostgreSQL database"),
]
KeyWords = Annotated[
    SecretStr,
    AfterValidator(_long_or_none),
    Must(f"at least {SHORTEST} characters that nobody can guess", "the-output-of-openssl-rand-hex-32"),
]
KeyPath = Annotated[str, Field(min_length=1), Below(path_below), Must("the path of a file")]
Languages = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[a-z]{2,3}(_[A-Z][A-Za-z]+)*$")], ...],
    Field(strict=False, min_length=1),  # TOML has lists, not tuples
    AfterValidator(_each_once),
    Must("a list of different language codes"),
]
Level = Annotated[
    Literal["debug", "info", "warning", "error"], Must('one of "debug", "info", "warning" and "error"')
]
Format = Annotated[Literal["text", "json", "auto"], Must('one of "text", "json" and "auto"')]


class HelpLine(Section):
    """A telephone line for people in need, as `handlers/protecting/emergency.toml` has them."""

    name: str = Field(min_length=1, max_length=64)
    number: str = Field(min_length=1, max_length=64)
    hours: str = Field(default="", max_length=64)
    country: str = Field(default="", pattern="^([A-Z]{2})?$")


Lines = Annotated[
    tuple[HelpLine, ...],
    Field(strict=False),
    Must(
        "a list of lines with a name and a number, and perhaps with hours and the two letters of a country",
        ({"name": "Night line", "number": "06221 123456", "hours": "19 to 7", "country": "DE"},),
    ),
]


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

    accounts: tuple[str, ...] = ()


class Database(Section):
    """Where everything is remembered."""

    url: DatabaseAddress = "sqlite:///mentornet.db"
    """The SQLite file that holds everything, its path starting in the folder of this file, or in
    $STATE_DIRECTORY where systemd sets it; or a PostgreSQL database, as in
    postgresql+psycopg://user:password@host/name, with %40 for an @ in the password."""


class HelpLines(Section):
    """Whom people in need can call."""

    lines: Lines = ()
    """Telephone lines for people who write of suicide, violence or danger, as in
    { name = "Night line", number = "06221 123456", hours = "19 to 7", country = "DE" }: shown before those
    that the program knows, and in the place of one of the same name; without a country, everywhere."""


class Privacy(Section):
    """Who answers for what is kept, for how long it is, and with which key what is secret is sealed."""

    responsible: Fact = ""
    """Who answers for the data, as people should read it: the name and the place of your charity."""

    contact: Fact = ""
    """How people reach them about their data: an address, a telephone number."""

    server: Fact = ""
    """Where the database lies, as a part of a sentence: "on a server in Germany"."""

    forgotten: File = "forgotten.txt"
    """The file with the list of accounts that were forgotten, none of them readable, so that no restored
    backup brings them back; its path starts where that of the SQLite file does. Keep it when you lose the
    database."""

    journals: File = "journals.json"
    """The file in which it is kept how many entries each journal has, and how many signatures each agreement,
    and what the last one is, so that `mentornet check` sees when an end was cut off; its path starts where
    that of the SQLite file does."""

    notices: MaybeFolder = ""
    """The folder of your privacy notice, a file a language, such as en.txt and de.txt; `mentornet privacy`
    writes a sketch of them. While it is empty, people see only the short text that the program has."""

    key_path: KeyPath = "mentornet.key"
    """The file with the key by which texts of reports and applications are sealed in the database, made at
    the first start; its path starts where that of the SQLite file does. It belongs in every backup: without
    it nobody can read them."""

    key: KeyWords = SecretStr("")
    """The key itself, in the place of that file; programs that share a database need the same one."""

    closed_request_days: Days = 90
    """After how many days the words of a closed help request are deleted."""

    history_days: LongDays = 365
    """After how many days single questions, conversations and check-ins are deleted, once they are over. How
    many there were stays: with the network by month, with each check-in, and with each member."""

    delivery_days: Days = 30
    """After how many days it is forgotten which message was delivered to whom."""

    seen_days: Days = 30
    """After how many days the marks are deleted that keep a repeated event from counting twice, and the notes
    about events that were set aside."""

    journal_days: Days = 730
    """After how many days entries in the journal of meta-mentors are deleted."""

    reason_days: Days = 90
    """After how many days it is forgotten why somebody left a network, or was removed from it."""

    draft_days: Days = 14
    """After how many days a question of the bot is given up that nobody answered, with all that was written
    in answer to it and never sent."""

    stranger_days: Days = 30
    """After how many days without a word somebody is forgotten who never agreed to anything; who says no is
    forgotten after one."""

    report_days: Days = 365
    """After how many days the words of a closed report are deleted."""

    serious_report_days: Days = 1095
    """The same for reports about danger, a child or violence, for which authorities may ask longer."""

    rested_days: Days = 730
    """After how many days in which a place rested and nothing was heard from its person they are forgotten;
    they hear of it two weeks before."""


class Shelf(Section):
    """What members of a network share with one another."""

    most: Things = 500
    """How many things the shelf of one network holds; up to 10,000 are found fast."""


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
    """All settings, section by section; they never change while the program runs. Each messenger has one
    more: see `sections`."""

    bot: Bot = Bot()
    operators: Operators = Operators()
    database: Database = Database()
    help_lines: HelpLines = HelpLines()
    privacy: Privacy = Privacy()
    shelf: Shelf = Shelf()
    log: Log = Log()
    watch: Watch = Watch()

    def of(self, messenger: Messenger[Settings]) -> Settings:
        """Return the section of a messenger."""
        section = getattr(self, messenger.name)
        assert isinstance(section, messenger.settings)
        return section
