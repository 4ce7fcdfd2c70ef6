"""The suite proves something: each fault that a messenger's adapter can have makes it fail.

A few are tried each time, all of them with `make soak`.
"""

from collections.abc import Callable

import pytest

from tests.contract import faults
from tests.contract.driver import Messenger
from tests.contract.drivers import MESSENGERS
from tests.contract.faults import FAULTS, Fault
from tests.contract.promise import Stage, promises

CHEAP = (faults.DeletesNothing, faults.LosesMarkup, faults.RefusesStrangers, faults.LetsBrokenLinesThrough)
CONTROL = "test_words"
"""What works with each of the faults: all else about the adapter is well."""

PATIENCE = 10.0
"""Seconds after which a test has failed that waits for what a fault keeps from it."""


def _tried() -> list[object]:
    return [
        pytest.param(
            fault,
            messenger,
            id=f"{fault.__name__}-{name}",
            marks=[] if name == "telegram" and fault in CHEAP else pytest.mark.soak,
        )
        for fault in FAULTS
        for name, messenger in MESSENGERS.items()
    ]


@pytest.mark.parametrize(("fault", "messenger"), _tried())
def test_a_fault_makes_the_suite_fail(
    fault: type[Fault], messenger: Messenger, tells: Callable[[str], None]
) -> None:
    known = promises()
    promise, name = known[fault.seen_by], f"{fault.__doc__} ({messenger.name})"
    if why := promise.lacking(messenger):
        tells(f"{name}: can't be. {why}")
        return
    with Stage() as stage:
        stage.play(known[CONTROL], messenger, spoil=fault)
        stage.play(promise, messenger)
        try:
            stage.play(promise, messenger, spoil=fault, patience=PATIENCE)
        except (Exception, pytest.fail.Exception) as error:
            tells(f"{name}: seen by {fault.seen_by}, {type(error).__name__}")
        else:
            pytest.fail(f"{name} was not seen by {fault.seen_by}")
