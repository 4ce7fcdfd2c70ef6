"""A real homeserver for tests: Synapse, from a virtual environment of its own, which `make test` makes.

    server = homeserver()                 # the same for the whole run
    server.register("ana", "a password")
    server.crash(); server.restart()

Its dependencies never meet ours; it speaks to no other server.
"""

import atexit
import base64
import contextlib
import ctypes
import functools
import hashlib
import hmac
import json
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.support.around import free_port

PYTHON = Path(__file__).parents[2] / ".venv-synapse" / "bin" / "python"
READY_SECONDS = 180.0
_SECRET = "of-the-tests"
_NO_LIMIT = {"per_second": 10_000, "burst_count": 10_000}


class SynapseError(Exception):
    """Synapse did not start, or did not take a request."""


def _end_with_the_tests() -> None:
    """In the new process: be ended by the kernel when the tests are gone (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Synapse:
    """One homeserver in a folder of its own. Limits are lifted where `settings` do not set them."""

    name = "localhost"

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="synapse-"))
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = settings or {}
        self._signing_key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        self._process: subprocess.Popen[bytes] | None = None
        self._admin = ""

    @property
    def pid(self) -> int:
        """Its process, while it runs."""
        assert self._process is not None, "it was started"
        return self._process.pid

    # --- running -------------------------------------------------------------------------------------

    def start(self) -> "Synapse":
        """Start and wait until it answers. Raises SynapseError."""
        if not PYTHON.exists():
            raise SynapseError("There is no .venv-synapse: run the tests by `make test`, which makes it.")
        config = self.folder / "homeserver.yaml"
        config.write_text(json.dumps(self._config()))  # JSON is YAML
        (self.folder / "log.yaml").write_text(json.dumps(_LOGGING))
        no_proxy = {key: value for key, value in os.environ.items() if not key.upper().endswith("_PROXY")}
        with (self.folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [PYTHON, "-m", "synapse.app.homeserver", "-c", config],
                cwd=self.folder,
                env=no_proxy,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=_end_with_the_tests,
            )
        until = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise SynapseError((self.folder / "output").read_text()[-3000:])
            time.sleep(0.02)
        return self

    def crash(self) -> None:
        """End it with no time to finish anything."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Come back after a crash, with everything that was stored."""
        self.crash()
        self.start()

    def remove(self) -> None:
        """End it for good."""
        self.crash()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/health", timeout=1) as answer:
            return bool(answer.status == 200)
        return False

    # --- accounts ------------------------------------------------------------------------------------

    def register(self, name: str, password: str) -> str:
        """A new account; its full name. It has no device yet."""
        made = self.call(
            "POST",
            "/_matrix/client/v3/register",
            {
                "username": name,
                "password": password,
                "auth": {"type": "m.login.dummy"},
                "inhibit_login": True,
            },
        )
        return str(made["user_id"])

    def login(self, name: str, password: str) -> dict[str, Any]:
        """A new device; its `access_token` and `device_id`."""
        return self.call(
            "POST",
            "/_matrix/client/v3/login",
            {
                "type": "m.login.password",
                "identifier": {"type": "m.id.user", "user": name},
                "password": password,
            },
        )

    def admin(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """One request of whoever runs it, under `/_synapse/admin`. Raises SynapseError."""
        if not self._admin:
            nonce = self.call("GET", "/_synapse/admin/v1/register")["nonce"]
            user, password = "runs-it", secrets.token_hex(8)
            proof = "\0".join((nonce, user, password, "admin")).encode()
            mac = hmac.new(_SECRET.encode(), proof, hashlib.sha1).hexdigest()
            made = {"nonce": nonce, "username": user, "password": password, "admin": True, "mac": mac}
            self._admin = self.call("POST", "/_synapse/admin/v1/register", made)["access_token"]
        return self.call(method, f"/_synapse/admin/{path}", body, self._admin)

    def call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, token: str = ""
    ) -> dict[str, Any]:
        """One request, waiting for its answer. Raises SynapseError."""
        request = urllib.request.Request(
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {}),
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                told: dict[str, Any] = json.loads(answer.read() or b"{}")
                return told
        except urllib.error.HTTPError as error:
            with error:
                raise SynapseError(f"{method} {path}: {error.code} {error.read()[:300]!r}") from None

    # --- settings ------------------------------------------------------------------------------------

    def _config(self) -> dict[str, Any]:
        limits = ("message", "registration", "admin_redaction", "key_requests", "media_create", "profile")
        client = {"names": ["client"], "compress": False}
        return {
            "server_name": self.name,
            "public_baseurl": f"{self.url}/",
            "pid_file": str(self.folder / "pid"),
            "listeners": [
                {"port": self.port, "tls": False, "type": "http", "bind_addresses": ["127.0.0.1"]}
                | {"resources": [client]}
            ],
            "database": {"name": "sqlite3", "args": {"database": str(self.folder / "homeserver.db")}},
            "log_config": str(self.folder / "log.yaml"),
            "media_store_path": str(self.folder / "media"),
            "signing_key": f"ed25519 a_test {self._signing_key}",
            "macaroon_secret_key": _SECRET,
            "form_secret": _SECRET,
            "registration_shared_secret": _SECRET,
            "enable_registration": True,
            "enable_registration_without_verification": True,
            "bcrypt_rounds": 4,
            "report_stats": False,
            "suppress_key_server_warning": True,
            "trusted_key_servers": [],
            "federation_domain_whitelist": [],
            "caches": {"sync_response_cache_duration": 0},
            "presence": {"enabled": False},
            "url_preview_enabled": False,
            "push": {"enabled": False},
            "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _NO_LIMIT),
            "rc_joins": dict.fromkeys(("local", "remote"), _NO_LIMIT),
            "rc_joins_per_room": _NO_LIMIT,
            "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), _NO_LIMIT),
            "rc_room_creation": _NO_LIMIT,
            **{f"rc_{what}": _NO_LIMIT for what in limits},
            **self._settings,
        }


_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"file": {"class": "logging.FileHandler", "filename": "homeserver.log"}},
    "root": {"level": "WARNING", "handlers": ["file"]},
}


@functools.cache
def homeserver() -> Synapse:
    """The homeserver of this run."""
    server = Synapse()
    atexit.register(server.remove)
    return server.start()
