"""Python's garbage collection, as a program wants it that runs for long."""

import gc


def keep_what_is_there() -> None:
    """Let Python look for garbage only among what comes from now on, and less often: through the 300,000
    objects of the libraries it would go again and again, and everybody would wait for a fifth of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
