"""Files that an operator needs besides the program, with the paths of this installation: for systemd, for
containers, for a proxy and for a monitor. They lie in `templates/` as they are written, and what differs from
one installation to the other stands between two @."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot.program.config import Config
from bot.program.kit.places import Installed, doors, places, remarks
from bot.program.schema import Outside

TEMPLATES = Path(__file__).parent / "templates"
RIGHTS = "rights.conf"
"""What each unit may do: a part of others, and no file of its own."""
FOR_A_PROXY = "proxy"
PROGRAMS = {"systemd/mentornet-admin"}
"""What is run itself."""


_PLACE = re.compile(r"@([a-z_]+)@")


def write(
    config: Config,
    source: Path | None,
    outside: Sequence[Outside],
    folder: Path,
    say: Callable[[str], None],
) -> int:
    """Write the files into a folder. What is there already stays as it is. `source` is the config file, and
    `outside` is what was set elsewhere. Return the exit status."""
    here = Installed.now(config, source, outside)
    written = []
    try:
        for name in names(config):
            path = folder / name
            if path.exists():
                say(f"{path} is there already, and stays as it is.")
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(filled(name, here), "utf-8")
            path.chmod(0o755 if name in PROGRAMS else 0o644)
            written.append(name)
    except OSError as error:
        say(f"{error.filename} cannot be written: {error.strerror}.")
        return os.EX_CANTCREAT
    if written:
        say(f"Written into {folder}: {', '.join(written)}.")
        say("What to do with each stands in its first lines; none of them holds a secret.")
    if not doors(config):
        say("Nothing for a proxy is written: no messenger calls this bot, which asks them by itself.")
    for remark in remarks(here):
        say(remark)
    return os.EX_OK


def names(config: Config) -> list[str]:
    """Return the files that this installation needs, by their paths in the folder."""
    found = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file())
    return [
        name for name in found if name != RIGHTS and (doors(config) or not name.startswith(f"{FOR_A_PROXY}/"))
    ]


def filled(name: str, here: Installed) -> str:
    """Return a file with what stands in its places. Lines that are only a place, and an empty one, are left
    out."""
    text = (TEMPLATES / name).read_text("utf-8")
    rights = (TEMPLATES / RIGHTS).read_text("utf-8").splitlines()
    if name.startswith(f"{FOR_A_PROXY}/"):
        return "\n".join(_filled(text, places(name, here, rights, door)) for door in doors(here.config))
    return _filled(text, places(name, here, rights))


def _filled(text: str, found: Mapping[str, str]) -> str:
    empty = "|".join(key for key, value in found.items() if not value)
    text = re.sub(rf"^@({empty})@\n", "", text, flags=re.MULTILINE) if empty else text
    return _PLACE.sub(lambda place: found[place[1]], text)
