"""The messengers, each in a file of its own: whatever stands in `MESSENGERS` there takes part."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from tests.contract.driver import Messenger


def _found() -> Iterator[Messenger]:
    for module in iter_modules(__path__, f"{__name__}."):
        yield from import_module(module.name).MESSENGERS


MESSENGERS = {messenger.name: messenger for messenger in _found()}
