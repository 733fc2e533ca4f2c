"""How often Python threads take turns while runs are in progress, in one window or several."""

import sys

SWITCH_SECONDS = 0.0005
"""Python's switch interval during a run: at the default, 5 ms, the window misses frames."""

_running: set[int] = set()
_before: list[float] = []


def quicken(run: object) -> None:
    """Let threads take turns more often until `restore` is called for every run that called this."""
    if not _running:
        _before[:] = [sys.getswitchinterval()]
        sys.setswitchinterval(SWITCH_SECONDS)
    _running.add(id(run))


def restore(run: object) -> None:
    """Restore the interval if no other run is in progress. Calling it twice is harmless."""
    if id(run) in _running:
        _running.remove(id(run))
        if not _running:
            sys.setswitchinterval(_before[0])
