"""Python's garbage collector while a kernel is simulated or captures are imported.

A simulated kernel keeps hundreds of thousands of live objects, an import makes millions of short-lived ones, and neither makes
cyclic garbage. At Python's own thresholds the collector takes a quarter of the time of a fork bomb or of a large import.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (100_000, 50, 1000)
"""As `gc.set_threshold`. Not off: a user's own scenario may make cycles."""

_running: set[int] = set()
_before: list[tuple[int, int, int]] = []


def relax(run: object) -> None:
    """Raise the collector's thresholds until `restore` is called for every run that called this. Calling it twice is harmless."""
    if not _running:
        _before[:] = [gc.get_threshold()]
        gc.set_threshold(*THRESHOLDS)
    _running.add(id(run))


def restore(run: object) -> None:
    """Restore the thresholds if no other run needs them raised. Calling it twice is harmless."""
    if id(run) in _running:
        _running.remove(id(run))
        if not _running:
            gc.set_threshold(*_before[0])


@contextmanager
def relaxed() -> Iterator[None]:
    """Raise the thresholds inside the block."""
    block = object()
    relax(block)
    try:
        yield
    finally:
        restore(block)
