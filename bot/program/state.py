"""Where the program keeps what it remembers: the folder in which relative paths of the settings begin."""

import os
from collections.abc import Mapping
from pathlib import Path

from bot.program.config import Config
from bot.settings import Below, Section


def state_folder(config: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the absolute path of the folder for the database and the keys: `$STATE_DIRECTORY`, which systemd
    sets (systemd.exec(5); the first of several), else the folder of the config file, else the folder in which
    the program was started."""
    by_systemd = environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return Path(by_systemd or (config.parent if config else "")).absolute()


def placed(config: Config, folder: Path) -> Config:
    """Return the settings with absolute paths, the relative ones taken from `folder`."""
    return config.model_copy(update={name: _placed(section, folder) for name, section in config})


def _placed(section: Section, folder: Path) -> Section:
    below = {
        name: mark.at(getattr(section, name), folder)
        for name, field in type(section).model_fields.items()
        for mark in field.metadata
        if isinstance(mark, Below)
    }
    return section.model_copy(update=below)
