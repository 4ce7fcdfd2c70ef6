"""What an operator sets is understood; what cannot be right is refused by name, with a hint."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from adapters.telegram import MESSENGER as TELEGRAM
from adapters.terminal.console import Console
from bot.__main__ import main
from bot.adapter import Capabilities
from bot.messenger import Messenger
from bot.program.compose import MESSENGERS, SETTINGS
from bot.program.schema import Schema
from bot.program.sources import ConfigError
from bot.settings import Folder, MessengerSection

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
Config, keys, load = SETTINGS.config, SETTINGS.keys, SETTINGS.load
TOKEN = "123456789:AAE-and-some-thirty-more-letters"


def refused(environ: Mapping[str, str], path: Path | None = None) -> str:
    """What is said about this environment, which cannot be right."""
    with pytest.raises(ConfigError) as caught:
        load(path, environ)
    return str(caught.value)


def refused_file(text: str, folder: Path, environ: Mapping[str, str] | None = None) -> str:
    """What is said about a config file with this text, with its path written as PATH."""
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return refused(environ or {}, path).replace(str(path), "PATH")


# --- the example ---------------------------------------------------------------------------------


def explained_keys() -> dict[str, tuple[object, str]]:
    """Every key of the example, active or behind a "# ", with its value and the comment above it."""
    found: dict[str, tuple[object, str]] = {}
    section, comment = "", ""
    for line in EXAMPLE.read_text("utf-8").splitlines():
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            section = heading[1]
        elif setting := re.fullmatch(r"(?:# )?([a-z_]+) = (.+)", line):
            found[f"{section}.{setting[1]}"] = (tomllib.loads(f"it = {setting[2]}")["it"], comment)
        comment = f"{comment} {line[2:]}".strip() if line.startswith("# ") else ""
    return found


def test_the_example_explains_every_key_in_order() -> None:
    assert list(explained_keys()) == list(keys())


@pytest.mark.parametrize("name", keys())
def test_the_example_shows_what_is_true(name: str) -> None:
    default, description = keys()[name]
    value, comment = explained_keys()[name]
    assert comment == description
    assert re.fullmatch(r"[A-Z][^\n]+\.", description), "one whole sentence"
    if name == "telegram.token":
        assert (default, value) == (None, "PASTE-THE-TOKEN-FROM-BOTFATHER-HERE")
    elif isinstance(default, SecretStr):
        assert value == default.get_secret_value()
    else:
        assert value == (list(default) if isinstance(default, tuple) else default)
        assert type(value) is (list if isinstance(default, tuple) else type(default))


def test_the_example_loads_once_the_token_is_in(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(EXAMPLE.read_text("utf-8").replace("PASTE-THE-TOKEN-FROM-BOTFATHER-HERE", TOKEN), "utf-8")
    config = load(path, {})
    telegram = config.of(TELEGRAM)
    assert telegram.enabled
    assert telegram.token is not None
    assert telegram.token.get_secret_value() == TOKEN
    assert config.model_copy(update={"telegram": Config().of(TELEGRAM)}) == Config()


def test_the_example_itself_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^telegram\.token \(from .*\) still holds .*put your own value"):
        load(EXAMPLE, {})


# --- a messenger more ----------------------------------------------------------------------------


class Pigeons(MessengerSection):
    """The bot's pigeons."""

    loft: Folder = "loft"
    """Where the pigeons live."""

    @property
    def enabled(self) -> bool:
        """Whether there are any."""
        return True


PIGEON: Messenger[Pigeons] = Messenger(
    name="pigeon",
    title="Pigeon",
    settings=Pigeons,
    needs="a loft, as pigeon.loft",
    account="[a-z]+",
    example="ana",
    accounts="by the name of the pigeon",
    make=lambda settings, host: Console("pigeon", lambda to, shown, edited: None),
    can=Capabilities(),
)


def test_a_messenger_more_brings_its_own_section_and_sentences() -> None:
    schema = Schema([*MESSENGERS, PIGEON])
    sections = list(dict.fromkeys(key.partition(".")[0] for key in schema.keys()))  # noqa: SIM118  # a method
    assert sections.index("pigeon") == sections.index("help_lines") - 1
    assert schema.keys()["pigeon.loft"] == ("loft", "Where the pigeons live.")
    told = schema.keys()["operators.accounts"].description
    assert told.endswith('such as "telegram:123456789", "matrix:@ana:example.org" or "pigeon:ana".')
    config = schema.load(
        None, {"MENTORNET_PIGEON__LOFT": "roof", "MENTORNET_OPERATORS__ACCOUNTS": "pigeon:ana"}
    )
    assert (config.of(PIGEON).loft, config.operators.accounts) == ("roof", ("pigeon:ana",))
    with pytest.raises(ConfigError, match=r"by full name on Matrix and by the name of the pigeon, for"):
        schema.load(None, {"MENTORNET_OPERATORS__ACCOUNTS": "pigeon:1"})
    with pytest.raises(ConfigError, match=r"did you mean MENTORNET_PIGEON__LOFT\?"):
        schema.load(None, {"MENTORNET_PIGEON__LOFTT": "1"})


# --- where a value comes from --------------------------------------------------------------------


def test_without_anything_the_defaults_hold() -> None:
    config = load(None, {"HOME": "/home/ana"})
    assert config == Config()
    assert not config.of(TELEGRAM).enabled
    assert config.bot.languages == ("en", "de")


def test_environment_over_named_file_over_config_file_over_default(tmp_path: Path) -> None:
    path, secret = tmp_path / "config.toml", tmp_path / "secret"
    variable = "MENTORNET_BOT__NAME"
    secret.write_text("\ufeff  from the named file\n\n", "utf-8")
    path.write_text('\ufeff[bot]\nname = "from the config file"\ntime_zone = "Europe/Athens"\n', "utf-8")
    by_file = {f"{variable}_FILE": str(secret)}
    assert load(None, {}).bot.name == "mentorNET"
    assert load(path, {}).bot.name == "from the config file"
    assert load(path, by_file).bot.name == "from the named file"
    assert load(path, by_file | {variable: "from the environment"}).bot.name == "from the environment"
    assert load(path, by_file).bot.time_zone == "Europe/Athens", "the other keys stay"
    assert load(path, {variable: ""}).bot.name == "from the config file", "an empty one counts as not set"
    lost = {f"{variable}_FILE": str(tmp_path / "lost"), variable: "here"}
    assert load(path, lost).bot.name == "here", "a file that is not needed is not read"


def test_a_credential_is_the_setting_of_its_name_and_stronger_than_the_config(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent, path = tmp_path / "lent", tmp_path / "config.toml"
    lent.mkdir()
    (lent / "bot.name").write_text("from a credential\n")
    (lent / "notes").write_text("a credential that is no setting")
    (lent / "tls.key").write_text("another one")
    path.write_text('[bot]\nname = "from the config file"\n')
    environ = {"CREDENTIALS_DIRECTORY": str(lent)}
    assert load(path, environ).bot.name == "from a credential"
    assert load(path, environ | {"MENTORNET_BOT__NAME": "stronger"}).bot.name == "stronger"
    assert SETTINGS.sources(path, environ) == [path, lent / "bot.name"]
    assert load(path, {"CREDENTIALS_DIRECTORY": str(tmp_path / "gone")}).bot.name == "from the config file"
    (lent / "telegram.token").write_text("no token")
    assert f"telegram.token (from the credential {lent / 'telegram.token'}) has to be" in refused(environ)
    (lent / "telegram.token").unlink()
    monkeypatch.setattr(Path, "iterdir", lambda _folder: os.scandir("/nowhere"))
    assert f"The credentials in {lent} cannot be read: No such file or directory." in refused(environ)
    monkeypatch.undo()
    (lent / "telegram.tokn").write_text(TOKEN)
    assert refused(environ) == (
        f"telegram.tokn (from the credential {lent / 'telegram.tokn'}) is not a setting; did you mean "
        "telegram.token?"
    )


def test_the_config_itself_may_be_a_credential_and_is_stronger_than_one_that_lies_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lent, here = tmp_path / "lent", tmp_path / "here"
    for folder in (lent, here):
        folder.mkdir()
        (folder / "config.toml").touch(0o600)
    (here / "config.toml").write_text("[nothing]\nx = 1\n")
    monkeypatch.chdir(here)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(lent))
    main(["check"])
    assert f"✓ The config is understood: {lent / 'config.toml'}." in capsys.readouterr().out


def test_the_environment_needs_no_quotes_and_no_brackets() -> None:
    config = load(
        None,
        {
            "MENTORNET_BOT__OPEN_FOUNDING": "true",
            "MENTORNET_BOT__LANGUAGES": "de, en",
            "MENTORNET_OPERATORS__ACCOUNTS": '["telegram:123456789", "matrix:@ana:example.org:8448"]',
            "MENTORNET_TELEGRAM__POLL_SECONDS": "5",
            "MENTORNET_TELEGRAM__MESSAGES_PER_SECOND": "0.5",
            "MENTORNET_LOG__LEVEL": "debug",
        },
    )
    assert config.bot.open_founding is True
    assert config.bot.languages == ("de", "en")
    assert config.operators.accounts == ("telegram:123456789", "matrix:@ana:example.org:8448")
    assert (config.of(TELEGRAM).poll_seconds, config.of(TELEGRAM).messages_per_second) == (5, 0.5)
    assert config.log.level == "debug"


def test_a_config_never_changes() -> None:
    config = load(None, {})
    with pytest.raises(ValueError, match="frozen"):
        config.bot.name = "other"
    with pytest.raises(ValueError, match="frozen"):
        config.log = Config().log


def test_a_line_for_people_in_need_has_a_name_and_a_number(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        '[help_lines]\nlines = [{ name = "Night line", number = "06221 1", country = "DE" }]\n', "utf-8"
    )
    (line,) = load(path, {}).help_lines.lines
    assert (line.name, line.number, line.hours, line.country) == ("Night line", "06221 1", "", "DE")
    in_environment = {"MENTORNET_HELP_LINES__LINES": '[{ name = "By day", number = "1", hours = "9 to 5" }]'}
    (line,) = load(path, in_environment).help_lines.lines
    assert (line.name, line.hours, line.country) == ("By day", "9 to 5", "")


def test_a_last_slash_of_the_server_does_not_count() -> None:
    config = load(None, {"MENTORNET_TELEGRAM__API_URL": "http://localhost:8081/"})
    assert config.of(TELEGRAM).api_url == "http://localhost:8081"


@pytest.mark.parametrize(
    "url",
    [
        "https://bot.example.org",
        "https://bot.example.org:8443/a/b-c",
        "http://127.0.0.1:8080/x",
        "http://localhost/x",
        "http://[::1]:8080/x",
        "",
    ],
)
def test_a_webhook_has_a_public_address_or_one_on_this_machine(url: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[telegram]\nwebhook_url = "{url}"\nwebhook_listen = "[::1]:8080"\n', "utf-8")
    assert load(path, {}).of(TELEGRAM).webhook_url == url


def test_a_secret_of_digits_is_no_number() -> None:
    secret = load(None, {"MENTORNET_TELEGRAM__WEBHOOK_SECRET": "123456"}).of(TELEGRAM).webhook_secret
    assert secret.get_secret_value() == "123456"


def test_secrets_are_never_shown() -> None:
    assert "hunter 2" not in refused({"MENTORNET_TELEGRAM__WEBHOOK_SECRET": "hunter 2"})
    assert "hunter2" not in repr(load(None, {"MENTORNET_TELEGRAM__WEBHOOK_SECRET": "hunter2"}))
    assert TOKEN not in repr(load(None, {"MENTORNET_TELEGRAM__TOKEN": TOKEN}))
    assert "hunter2" not in refused({"MENTORNET_TELEGRAM__TOKEN": "hunter2"})
    for address in ("mysql://ana:hunter2@localhost/m", "postgresql://ana:hunter2@x@localhost/m"):
        assert "hunter2" not in refused({"MENTORNET_DATABASE__URL": address})
    address = "postgresql+psycopg://ana:hunter2@localhost/m"
    assert "hunter2" not in repr(load(None, {"MENTORNET_DATABASE__URL": address}))


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("bot.name", "5", 'a name of 1 to 64 characters, for example "mentorNET"'),
        ("bot.name", '" "', "1 to 64 characters"),
        ("bot.name", '"' + "x" * 65 + '"', "1 to 64 characters"),
        ("bot.name", '"two\\nlines"', "1 to 64 characters"),
        ("bot.languages", '"en"', 'a list of different language codes, for example ["en", "de"]'),
        ("bot.languages", "[]", "a list"),
        ("bot.languages", '["en", "en"]', "different"),
        ("bot.languages", '["en", "German"]', ", entry 2, has to be"),
        ("bot.languages", '["en", 5]', ", entry 2, has to be"),
        ("bot.time_zone", '"Berlin"', 'the name of a time zone, for example "Europe/Berlin"'),
        ("bot.time_zone", '"Europe"', "time zone"),
        ("bot.time_zone", '"../../etc/passwd"', "time zone"),
        ("bot.time_zone", '""', "time zone"),
        ("bot.open_founding", '"yes"', "true or false, for example false"),
        ("bot.open_founding", "1", "true or false"),
        ("operators.accounts", '["ana"]', 'for example ["telegram:123456789", "matrix:@ana:example.org"'),
        ("operators.accounts", '["telegram:@ana"]', "by number on Telegram"),
        ("operators.accounts", '["matrix:@ana"]', "by full name on Matrix"),
        ("operators.accounts", '["telegram:1", "signal:2"]', "entry 2"),
        ("database.url", '"mentornet.db"', 'for example "sqlite:///mentornet.db"'),
        ("database.url", '"sqlite://mentornet.db"', "three slashes"),
        ("database.url", '"mysql://localhost/mentornet"', "SQLite"),
        ("database.url", '"postgresql://localhost"', "or of a PostgreSQL database"),
        ("database.url", '"postgresql+asyncpg://localhost/mentornet"', "or of a PostgreSQL database"),
        ("database.url", '"postgresql://ana:p@ss@localhost/mentornet"', "or of a PostgreSQL database"),
        ("telegram.token", "123456789", "@BotFather"),
        ("telegram.token", '"no token"', "@BotFather"),
        ("telegram.api_url", '"localhost:8081"', "https:// or http://"),
        ("telegram.api_url", '"ftp://localhost"', "https:// or http://"),
        ("telegram.poll_seconds", "0", "a whole number of seconds from 1 to 50, for example 30"),
        ("telegram.poll_seconds", "51", "from 1 to 50"),
        ("telegram.poll_seconds", "1.5", "whole number"),
        ("telegram.poll_seconds", '"30"', "whole number"),
        ("telegram.poll_seconds", "true", "whole number"),
        ("telegram.messages_per_second", "0", "a number above 0"),
        ("telegram.messages_per_second", "inf", "1000 at most"),
        ("telegram.messages_per_second", "nan", "a number"),
        (
            "telegram.webhook_url",
            '"http://example.org/hook"',
            'for example "https://bot.example.org/telegram"',
        ),
        ("telegram.webhook_url", '"http://192.168.0.7/hook"', "https://"),
        ("telegram.webhook_url", '"example.org/hook"', "https://"),
        ("telegram.webhook_url", '"https://example.org/hook?a=b"', "https://"),
        ("telegram.webhook_url", '"https://example.org/{hook}"', "https://"),
        ("telegram.webhook_url", '"http://[::1/hook"', "https://"),
        ("telegram.webhook_listen", '"8080"', 'a host and a port, for example "127.0.0.1:8080"'),
        ("telegram.webhook_listen", "8080", "a host and a port"),
        ("telegram.webhook_listen", '"localhost:0"', "a host and a port"),
        ("telegram.webhook_listen", '"localhost:65536"', "a host and a port"),
        ("telegram.webhook_listen", '":8080"', "a host and a port"),
        ("telegram.webhook_secret", '"two words"', "up to 256 of A-Z, a-z, 0-9, _ and -"),
        ("telegram.webhook_secret", '"' + "x" * 257 + '"', "up to 256"),
        (
            "help_lines.lines",
            '[{ name = "Night line", number = "1" }, { name = "By day" }]',
            (
                ", entry 2, has to be a list of lines with a name and a number, and perhaps with hours and "
                'the two letters of a country, for example [{ name = "Night line", number = "06221 123456", '
                'hours = "19 to 7", country = "DE" }].'
            ),
        ),
        ("help_lines.lines", '[{ name = "Night line", number = "1", country = "Germany" }]', ", entry 1,"),
        ("help_lines.lines", '["06221 123456"]', ", entry 1, has to be a list of lines"),
        ("help_lines.lines", '[{ name = "Night line", number = 112 }]', ", entry 1, has to be"),
        ("privacy.closed_request_days", "0", "a whole number of days from 1 to 36500, for example 90"),
        ("privacy.delivery_days", "-3", "whole number of days"),
        ("privacy.seen_days", "1999-01-01", "whole number of days"),
        ("privacy.journal_days", "36501", "from 1 to 36500"),
        ("log.level", '"INFO"', '"debug", "info", "warning" and "error"'),
        ("log.format", '"xml"', '"text", "json" and "auto"'),
    ],
)
def test_a_wrong_value_is_named_with_what_it_has_to_be(
    name: str, value: str, hint: str, tmp_path: Path
) -> None:
    section, key = name.split(".")
    said = refused_file(f"[{section}]\n{key} = {value}\n", tmp_path)
    assert said.startswith(f"{name} (from PATH)")
    assert hint in said
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("[telegram]\ntokn = 5", "telegram.tokn is not a setting; did you mean telegram.token?"),
        ("[telegramm]\ntoken = 5", "telegramm.token is not a setting; did you mean telegram.token?"),
        ("token = 5", "token is not a setting; did you mean telegram.token?"),
        ("[bot]\nlang = 5", "bot.lang is not a setting; [bot] has name, languages, time_zone,"),
        ("[signal]\nnumber = 5", "signal.number is not a setting; the sections are bot, operators,"),
        ("[signal]", "signal is not a setting; the sections are bot, operators,"),
        ("telegram = 5", "telegram is a section: write [telegram] on a line of its own"),
        ("[[log]]\nlevel = 5", "log is a section: write [log] on a line of its own"),
        ("[log.level]\nis = 5", 'log.level has to be one of "debug", "info", "warning" and "error"'),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known_one(text: str, hint: str, tmp_path: Path) -> None:
    assert refused_file(text, tmp_path).replace(" (from PATH)", "").startswith(hint)


@pytest.mark.parametrize(
    ("variable", "hint"),
    [
        ("MENTORNET_TELEGRAM__TOKN", "did you mean MENTORNET_TELEGRAM__TOKEN?"),
        ("MENTORNET_TELEGRAM_TOKEN", "did you mean MENTORNET_TELEGRAM__TOKEN?"),
        ("MENTORNET_TOKEN", "did you mean MENTORNET_TELEGRAM__TOKEN?"),
        ("MENTORNET_TELEGRAM_TOKEN_FILE", "did you mean MENTORNET_TELEGRAM__TOKEN_FILE?"),
        ("MENTORNET_WEATHER", "config.example.toml lists them all."),
        ("MENTORNET_", "config.example.toml lists them all."),
    ],
)
def test_an_unknown_variable_is_named_with_the_nearest_known_one(variable: str, hint: str) -> None:
    assert refused({variable: "1"}) == f"{variable} in the environment is not a setting; {hint}"


def test_a_wrong_value_in_the_environment_is_named_by_its_variable() -> None:
    said = refused({"MENTORNET_TELEGRAM__POLL_SECONDS": "soon"})
    assert said == (
        "telegram.poll_seconds (from MENTORNET_TELEGRAM__POLL_SECONDS) has to be a whole number of seconds "
        "from 1 to 50, for example 30."
    )


def test_a_wrong_value_in_a_named_file_is_named_by_its_path(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("no token", "utf-8")
    said = refused({"MENTORNET_TELEGRAM__TOKEN_FILE": str(secret)})
    assert said.startswith(
        f"telegram.token (from {secret}, which MENTORNET_TELEGRAM__TOKEN_FILE names) has to be the token"
    )


def test_without_a_token_the_bot_is_not_on_telegram(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[telegram]\ntoken = ""\n', "utf-8")
    assert not load(config, {}).of(TELEGRAM).enabled


@pytest.mark.parametrize("value", ['"PASTE-YOUR-OWN"', '["telegram:1", "PASTE-YOUR-ACCOUNT"]'])
def test_a_placeholder_is_refused_wherever_it_was_left(value: str, tmp_path: Path) -> None:
    said = refused_file(f"[operators]\naccounts = {value}", tmp_path)
    assert said.startswith("operators.accounts (from ")
    assert "still holds the example's placeholder; put your own value there" in said


@pytest.mark.parametrize(
    ("text", "line"),
    [("[bot]\nname = mentorNET\n", 2), ("[bot]\n\nname = 'a'\nname = 'b'\n", 4), ("[bot\n", 1)],
)
def test_a_slip_in_the_file_is_named_with_its_line(text: str, line: int, tmp_path: Path) -> None:
    said = refused_file(text, tmp_path)
    assert said.startswith("The file PATH is not TOML: ")
    assert f"line {line}" in said
    assert 'name = "mentorNET"' in said


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^There is no file .*lost\.toml; copy config\.example\.toml"):
        load(tmp_path / "lost.toml", {})
    with pytest.raises(ConfigError, match=r"cannot be read: Is a directory\.$"):
        load(tmp_path, {})
    (tmp_path / "latin.toml").write_bytes('[bot]\nname = "Zoë"'.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin\.toml cannot be read: save it as UTF-8 text\.$"):
        load(tmp_path / "latin.toml", {})


def test_a_named_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    lost = str(tmp_path / "lost")
    assert refused({"MENTORNET_TELEGRAM__TOKEN_FILE": lost}) == (
        f"telegram.token cannot be read from {lost}, which MENTORNET_TELEGRAM__TOKEN_FILE names: "
        "No such file or directory; correct the path or the file's permissions."
    )
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    said = refused({"MENTORNET_TELEGRAM__TOKEN_FILE": str(tmp_path / "binary")})
    assert "it is not UTF-8 text" in said


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    said = refused_file(
        '[bot]\nname = 5\nnmae = "x"\n[telegram]\ntoken = "PASTE-IT"\n',
        tmp_path,
        {
            "MENTORNET_LOG__LEVEL": "loud",
            "MENTORNET_LOG__LEVEL_FLIE": "x",
            "MENTORNET_DATABASE__URL_FILE": str(tmp_path / "lost"),
        },
    )
    lines = said.split("\n")
    assert len(lines) == 6
    for named in ("bot.name ", "bot.nmae", "telegram.token", "log.level", "LEVEL_FLIE", "database.url"):
        assert sum(named in line for line in lines) == 1, named
