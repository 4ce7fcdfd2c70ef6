"""The echo bot on a faster transport, with 256 updates in flight."""

import sys

from telegram.ext import Application

from adapters.telegram.http import TelegramHttp
from tests.bench.echo import run

if __name__ == "__main__":
    builder = Application.builder().concurrent_updates(256)
    run(builder.request(TelegramHttp()).get_updates_request(TelegramHttp()), *sys.argv[1:])
