"""What tests find around them: a port at which nobody listens, a time zone in which it is day. It loads
nothing else, because the bench measures in new processes, each of which loads it anew."""

import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path

_SHARED = Path("/dev/shm")
MEMORY = _SHARED if _SHARED.is_dir() and shutil.disk_usage(_SHARED).free > 2**31 else None
"""Where files lie in memory; None where there is no such place, or a small one, as in many containers."""


def free_port() -> int:
    """A port of the loopback at which nobody listens now."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])


def where_it_is_day() -> str:
    """A time zone in which it is about noon, so that nobody has quiet hours."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
