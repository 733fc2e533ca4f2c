"""Private copies of recordings, each in its own temporary folder, removed after use."""

import os
import shutil
import stat
import sys
import tempfile
import time
import weakref
from contextlib import suppress
from pathlib import Path

from zoneviz.errors import EnvironmentProblem

PREFIX = "zoneviz-copy-"
_YOUNG = 60.0
"""Seconds in which a new folder may not be locked yet."""


class PrivateCopy:
    """A file in its own folder, removed by `close`, by garbage collection, or at the end of the program.

    The folder is locked while the program runs, so the next program can remove what a killed one left.
    Errors: EnvironmentProblem if the folder cannot be created.
    """

    def __init__(self, name: str) -> None:
        try:
            sweep()
            folder = tempfile.mkdtemp(prefix=PREFIX)
        except OSError as error:
            raise EnvironmentProblem(f"A temporary folder cannot be created: {error.strerror}.") from None
        self.file = Path(folder) / name
        self.close = weakref.finalize(self, _remove, folder, _locked(folder))


def sweep() -> None:
    """Remove what killed programs of this user left."""
    if sys.platform == "win32":
        return
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            found = path.lstat()
            ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
            if not ours or time.time() - found.st_mtime < _YOUNG:
                continue
            lock = _locked(str(path))
            if lock is not None:
                _remove(str(path), lock)


def _locked(folder: str) -> int | None:
    """A file descriptor that locks the folder until closed; None if another program has it, or locks are unsupported."""
    if sys.platform == "win32":
        return None
    try:
        import fcntl
    except ImportError:  # a Python without it
        return None
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        return None
    return opened


def _remove(folder: str, lock: int | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if lock is not None:
        os.close(lock)
