"""A program on a hardened system: the kernel lets it write below one folder, and nowhere else, whoever it is.

    python -m tests.support.sealed FOLDER PROGRAM ARGUMENTS...

So a service runs under systemd's `ProtectSystem=strict`, and a container whose root is read-only. It is done
by Landlock (https://docs.kernel.org/userspace-api/landlock.html), which needs no rights and holds for root.
"""

import ctypes
import os
import sys
from pathlib import Path
from typing import Final

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every machine
_NO_NEW_PRIVILEGES: Final = 38
_WRITING: Final = 0b1_1111_1111_0010  # of the first version: write a file; remove and make whatever there is
_BELOW: Final = 1


class _Rules(ctypes.Structure):
    _fields_ = (("handled", ctypes.c_uint64),)


class _Place(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def seal(*writable: Path) -> None:
    """Let this process, and all that it starts, write below these folders only. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)

    def call(number: int, *arguments: object) -> int:
        got = int(libc.syscall(number, *arguments))
        if got < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return got

    handled = _Rules(_WRITING)
    rules = call(_CREATE, ctypes.byref(handled), ctypes.c_size_t(ctypes.sizeof(handled)), 0)
    for folder in writable:
        place = _Place(_WRITING, os.open(folder, os.O_PATH))
        call(_ADD, rules, _BELOW, ctypes.byref(place), 0)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    call(_RESTRICT, rules, 0)


if __name__ == "__main__":
    seal(Path(sys.argv[1]), Path("/dev"))
    os.execv(sys.argv[2], sys.argv[2:])
