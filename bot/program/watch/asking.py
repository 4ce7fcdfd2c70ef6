"""Whether the bot that runs on this machine is well: for health checks, which ask again and again and for
years. So this loads nothing that a single question over HTTP does not need."""

import json
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection, HTTPException

PATIENCE = 10.0
"""Seconds within which it has to answer: longer than its database may take."""
NEAR = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104  # looked for, not listened at
"""Where it is found that listens at all addresses of the machine."""
NOT_WATCHED = "watch.listen is empty, so nobody can ask the bot whether it is well."


def ask(listen: str, say: Callable[[str], None]) -> int:
    """Ask the bot that answers at `listen` ("host:port") whether it is well, and say so; return 0 where it
    is, else 1."""
    if not listen:
        say(NOT_WATCHED)
        return 1
    host, _, port = listen.rpartition(":")
    try:
        with closing(HTTPConnection(NEAR.get(host, host), int(port), timeout=PATIENCE)) as line:
            line.request("GET", "/healthz")
            report = json.loads(line.getresponse().read())
            is_well = bool(report["well"])
    except (OSError, HTTPException, ValueError, LookupError, TypeError):  # nobody, or somebody else
        say(f"Nobody answers at {listen}.")
        return 1
    say("The bot is well." if is_well else f"The bot is not well: {json.dumps(report)}")
    return 0 if is_well else 1
