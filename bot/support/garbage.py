"""Python's garbage collection, as a program wants it that runs for long."""

import gc


def look_less_often() -> None:
    """Let Python look for garbage less often: of the time in which the libraries are loaded, it would take a
    seventh."""
    gc.set_threshold(10_000, 20, 20)


def keep_what_is_there() -> None:
    """Let Python look for garbage only among what comes from now on: through the 300,000 objects of the
    libraries it would go again and again, and everybody would wait for a fifth of a second."""
    gc.collect()
    gc.freeze()
    look_less_often()
