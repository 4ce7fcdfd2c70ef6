"""Where settings are read: the places, and what stands in each, before anybody checks it.

A setting is named `section.key`. The strongest place wins: the environment variable `MENTORNET_SECTION__KEY`,
the file that `MENTORNET_SECTION__KEY_FILE` names, the credential `section.key`, `config.toml`, the default.

Credentials are files in the folder `$CREDENTIALS_DIRECTORY`, which systemd makes for one service alone
(systemd.exec(5), LoadCredential=). `config.toml` may be one of them.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

PREFIX = "MENTORNET_"
CONFIG = "config.toml"


class ConfigError(Exception):
    """The settings cannot be used. Its text is one plain sentence a problem, each on a line of its own."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def config_file(named: Path | None, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the config file: the one that is `named`, else the credential, else the one that lies here; None
    where there is none."""
    folders = filter(None, (credentials(environ), Path()))
    return named or next((path for each in folders if os.access(path := each / CONFIG, os.F_OK)), None)


def variable_of(key: str) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + key.replace(".", "__").upper()


def credentials(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the folder of the credentials; None where there is none."""
    named = environ.get("CREDENTIALS_DIRECTORY")
    return Path(named) if named and Path(named).is_dir() else None


def file_of(key: str, environ: Mapping[str, str]) -> tuple[Path, str] | None:
    """Return the file outside of the config from which a setting is read, and how it is called where it is
    wrong; None where there is none."""
    variable = f"{variable_of(key)}_FILE"
    if named := environ.get(variable):
        return Path(named), f"{named}, which {variable} names"
    if (folder := credentials(environ)) is not None and os.access(folder / key, os.F_OK):
        return folder / key, f"the credential {folder / key}"
    return None


def text_in(file: Path, key: str, place: str) -> str:
    """Return the text of a setting's own file. Raises ConfigError."""
    try:
        return file.read_text("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise ConfigError(
            [f"{key} cannot be read from {place}: {why}; correct the path or the file's permissions."]
        ) from None


def tables_in(config: Path) -> dict[str, object]:
    """Return what stands in the config file, by its sections. Raises ConfigError."""
    try:
        return tomllib.loads(config.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            [f"There is no file {config}; copy config.example.toml to it and fill it in."]
        ) from None
    except OSError as error:
        raise ConfigError([f"The file {config} cannot be read: {error.strerror}."]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"The file {config} cannot be read: save it as UTF-8 text."]) from None
    except tomllib.TOMLDecodeError as error:
        hint = 'a setting is written as in name = "mentorNET", on a line of its own'
        raise ConfigError([f"The file {config} is not TOML: {error}; {hint}."]) from None


def words_of(key: str, config: Path | None, environ: Mapping[str, str] = os.environ) -> str:
    """Return one setting that is a word, as it stands there and unchecked; "" where it stands nowhere. For
    whoever needs no more than that. Raises ConfigError where a file cannot be read."""
    if text := environ.get(variable_of(key)):
        return text
    if (found := file_of(key, environ)) is not None:
        file, place = found
        return text_in(file, key, place)
    section, name = key.split(".")
    table = tables_in(config).get(section) if config else None
    return str(table.get(name, "")) if isinstance(table, dict) else ""
