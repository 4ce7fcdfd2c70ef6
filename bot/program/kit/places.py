"""What stands in the places of the templates: how this installation is set up, in the words of each file."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from shlex import join, quote
from typing import Self
from urllib.parse import urlsplit

from bot.delivery.letters import Priority
from bot.messenger import Door
from bot.program import __version__
from bot.program.compose import MESSENGERS
from bot.program.config import SQLITE, Config
from bot.program.schema import Outside
from bot.program.sources import CONFIG, variable_of

STATE = Path("/var/lib/mentornet")
"""Where a service keeps what it remembers."""
SECRETS = Path("/etc/mentornet")
"""Where a secret should lie that was in no file so far."""
HIDDEN = ("/home", "/root", "/run/user")
"""What a service does not see (systemd.exec(5), ProtectHome=)."""
WATCH = "127.0.0.1:9464"
"""Where the bot answers a monitor, if nothing else is set."""


@dataclass(frozen=True)
class Installed:
    """This installation: its settings, where they come from, how the program is called here, and which Python
    that has in the end."""

    config: Config
    source: Path | None
    outside: Sequence[Outside]
    program: Sequence[str]
    path: str = ""
    python: str = ""

    @classmethod
    def now(cls, config: Config, source: Path | None, outside: Sequence[Outside]) -> Self:
        """Return the one that runs now. A checkout has no program of its own: Python is told where it is."""
        script, python = Path(sys.executable).with_name("mentornet"), str(Path(sys.executable).resolve())
        if script.exists():
            return cls(config, source, outside, [str(script)], python=python)
        checkout = Path(__file__).parents[3]
        return cls(config, source, outside, [sys.executable, "-m", "bot"], str(checkout), python)

    @property
    def credentials(self) -> dict[str, Path]:
        """The files that systemd lends to the service, by the names that they have there."""
        found = {CONFIG: self.source.absolute()} if self.source else {}
        return found | {
            each.key: (each.file or SECRETS / each.key).absolute()
            for each in self.outside
            if each.file or each.is_secret
        }

    @property
    def environment(self) -> dict[str, str]:
        """What is set in the environment and no secret."""
        path = {"PYTHONPATH": self.path} if self.path else {}
        return path | {each.variable: each.value for each in self.outside if each.value}


def doors(config: Config) -> list[Door]:
    """Return where messengers call this bot."""
    found = (each.door(config.of(each)) for each in MESSENGERS)
    return [door for door in found if door is not None]


def remarks(here: Installed) -> Iterator[str]:
    """Yield what an operator has to do before these files fit, a sentence each."""
    for each in here.outside:
        if each.is_secret and each.file is None:
            yield f"{each.key} comes from the environment: put it into {SECRETS / each.key}."
    for path in (*here.program[:1], here.path):
        if path.startswith(HIDDEN):
            yield f"A service cannot see {path}: install the program elsewhere, such as in /opt/mentornet."
    if here.python.startswith(HIDDEN):
        yield (
            f"A service cannot see {here.python}, the Python of this program: make the program's folder anew "
            "with the one of the system, such as by /usr/bin/python3 -m venv --clear /opt/mentornet."
        )
    file = Path(here.config.database.url.removeprefix(SQLITE))
    if here.config.database.url.startswith(SQLITE) and file.exists() and STATE not in file.parents:
        yield (
            f"The database is {file}, and the service works in {STATE}: take absolute paths out of the "
            "config, make a backup here, and restore it there by mentornet-admin."
        )


def places(name: str, here: Installed, rights: Sequence[str], door: Door | None = None) -> dict[str, str]:
    """Return what stands in the places of a template, by their names. `rights` are those of each unit, and
    `door` is what a file for a proxy is about."""
    config = here.config
    return {
        "name": _in_unit(config.bot.name)
        if name.startswith("systemd/")
        else json.dumps(config.bot.name, ensure_ascii=False)[1:-1],
        "version": __version__,
        "watch": config.watch.listen or WATCH,
        "config": str(here.credentials.get(CONFIG, CONFIG)),
        "overdue": _overdue(),
        **(_for_systemd(here, rights) if name.startswith("systemd/") else _for_compose(here)),
        **(_for_proxy(door) if door else {}),
    }


# --- systemd -------------------------------------------------------------------------------------


def _for_systemd(here: Installed, rights: Sequence[str]) -> dict[str, str]:
    lent = [f"LoadCredential={key}:{path}" for key, path in here.credentials.items()]
    given = [f"{variable}={value}" for variable, value in here.environment.items()]
    options = [f"--property={each}" for each in (*lent, *rights)] + [f"--setenv={each}" for each in given]
    in_shell, in_unit = join(here.program), " ".join(map(_word, here.program))
    return {
        "program": in_unit,
        "program_in_shell": in_shell,
        "lent": "\n".join([*map(_in_unit, lent), *(f"Environment={_word(each)}" for each in given)]),
        "rights": "\n".join(rights),
        "properties": "\n".join(f"    {quote(each)} \\" for each in options),
    }


def _in_unit(text: str) -> str:
    return text.replace("%", "%%")


def _word(text: str) -> str:
    """Return a word of a line in a unit, quoted where that is needed."""
    plain = re.fullmatch(r"[\w./:=@,+-]+", text)
    return text if plain else _in_unit('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')


# --- containers ----------------------------------------------------------------------------------

OWN_SECRETS = (CONFIG, "database.url")
"""Those that a bot in a container has in any case."""


def _for_compose(here: Installed) -> dict[str, str]:
    found = doors(here.config)
    own = {door.setting: f"0.0.0.0:{_port(door)}" for door in found}
    set_here = {variable_of(key): listen for key, listen in {"watch.listen": "0.0.0.0:9464", **own}.items()}
    given = {key: value for key, value in here.environment.items() if key != "PYTHONPATH"} | set_here
    more = {key: path for key, path in here.credentials.items() if key not in OWN_SECRETS}
    ports = ", ".join(f'"127.0.0.1:{_port(door)}:{_port(door)}"' for door in found)
    return {
        "environment": _lines(4, (f"{key}: {json.dumps(value)}" for key, value in given.items())),
        "names": _lines(4, (f"- {key}" for key in (*OWN_SECRETS, *more))),
        "files": _lines(2, (f"{key}: {{file: ./secrets/{key}}}" for key in (*OWN_SECRETS, *more))),
        "more_secrets": "".join(f"\n#     cp {path} secrets/{key}" for key, path in more.items()),
        "ports": f"    ports: [{ports}]\n" if ports else "",
    }


def _lines(indent: int, lines: Iterator[str]) -> str:
    return "\n".join(f"{' ' * indent}{line}" for line in lines)


# --- proxies and monitors ------------------------------------------------------------------------


def _for_proxy(door: Door) -> Mapping[str, str]:
    public = urlsplit(door.url)
    return {"host": public.netloc, "path": public.path or "/", "listen": door.listen}


def _port(door: Door) -> str:
    return door.listen.rpartition(":")[2]


def _overdue() -> str:
    """Return what in the outbox is late, as Prometheus asks for it: by how long each priority may wait."""
    by_span = groupby(sorted(Priority, key=lambda each: each.overdue), key=lambda each: each.overdue)
    late = (
        f'mentornet_outbox_age_seconds{{priority=~"{"|".join(each.name.lower() for each in several)}"}} '
        f"> {span.total_seconds():.0f}"
        for span, several in by_span
    )
    return f"\n{' ' * 10}or ".join(late)
