"""What `mentornet check` says about the bot's account on Matrix, in sentences for who runs it."""

import re
import stat
from shlex import quote
from typing import Any, Final

from nio import AsyncClient

from adapters.matrix.account import Account
from adapters.matrix.encryption import trust as matrix_trust
from adapters.matrix.homeserver.client import call
from adapters.matrix.homeserver.errors import Failed

Finding = tuple[bool, str]

_NEEDED: Final = "v1.11"  # since when files are handed out to those who are logged in
_VERSION: Final = re.compile(r"[rv][0-9.]+")
_NOT_SIGNED: Final = (
    "The bot's device on Matrix is not signed, so strict apps keep their messages from it: run the bot once "
    "with matrix.password in the config."
)


async def findings(client: AsyncClient, account: Account, rate: float) -> list[Finding]:
    """Each thing to know, and whether it is well; `rate` is how many messages a second we would send. Raises
    `Failed`."""
    return [await _spoken(client), await _trust(client), _kept(account), await _limit(client, rate)]


async def _spoken(client: AsyncClient) -> Finding:
    """Whether the homeserver speaks what we need, and who we are to it."""
    told = await call(client, "GET", ["versions"], base="/_matrix/client")
    us = (await call(client, "GET", ["account", "whoami"])).get("user_id")
    versions = [each for each in told.get("versions") or () if re.fullmatch(r"[rv]\d+(\.\d+)+", str(each))]
    if not versions or us != client.user_id:
        return False, "What answers at matrix.homeserver answers like no homeserver: look at that address."
    if _NEEDED not in versions:
        return False, f"The homeserver is too old for the bot to fetch files: it needs Matrix {_NEEDED}."
    return True, f"The homeserver knows the bot as {us}, and speaks Matrix {versions[-1]}."


async def _trust(client: AsyncClient) -> Finding:
    if await matrix_trust.is_signed(client):
        return True, "The bot's device on Matrix is signed: strict apps trust it."
    return False, _NOT_SIGNED


def _kept(account: Account) -> Finding:
    """Whether the files are there that nothing can bring back, and are nobody else's to read."""
    folder = account.folder
    files = [folder / name for name in account.irreplaceable]
    if missing := [file.name for file in files if not file.exists()]:
        return False, (
            f"In {folder} there is no {' and no '.join(missing)}: run the bot once, or put the folder back "
            "from the backup."
        )
    beside = [path for path in sorted(folder.iterdir()) if path not in files]
    if open_ := [path for path in (folder, *files, *beside) if stat.S_IMODE(path.stat().st_mode) & 0o077]:
        names = " ".join(quote(str(path)) for path in open_)
        return False, f"Others on this computer may read the bot's keys: chmod go= {names}"
    return True, (
        f"The bot's login and its keys are in {folder}, readable by nobody else: keep the whole folder in "
        "the backup, for nothing can bring them back."
    )


async def _limit(client: AsyncClient, rate: float) -> Finding:
    """How fast we may write. Only Synapse says so, and only to its admins."""
    path = f"/_synapse/admin/v1/users/{client.user_id}/override_ratelimit"
    lifted = (
        f'who runs it lifts that with an admin\'s token by POST {path} and {{"messages_per_second": 0, '
        '"burst_count": 0}.'
    )
    try:
        told = await call(
            client, "GET", ["users", client.user_id, "override_ratelimit"], base="/_synapse/admin/v1"
        )
    except Failed as failed:
        if failed.passing:
            raise
        return True, (
            "How fast the bot may write, the homeserver does not tell it. Synapse lets one account write one "
            f"message in five seconds; {lifted}"
        )
    return _allowed(told.get("messages_per_second"), rate, lifted)


def _allowed(messages: Any, rate: float, lifted: str) -> Finding:
    match messages:
        case 0:
            return True, "The homeserver does not limit how fast the bot writes."
        case int() | float() if messages >= rate:
            return True, f"The homeserver lets the bot write {messages:g} messages a second."
        case int() | float():
            return False, f"The homeserver lets the bot write {messages:g} messages a second; {lifted}"
    return False, f"The homeserver makes no exception for the bot from its limit for everybody; {lifted}"
