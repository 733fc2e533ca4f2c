"""Python's garbage collector while a kernel is simulated.

A simulated kernel keeps hundreds of thousands of live objects and makes no cyclic garbage. At Python's own thresholds the
collector walks those objects so often that it takes a quarter of a fork bomb's time.
"""

import gc

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
