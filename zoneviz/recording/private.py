"""Files of our own that stand in for a recording: in a folder of our own, taken away when nobody needs them any more."""

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

if sys.platform != "win32":
    import fcntl

PREFIX = "zoneviz-copy-"
_YOUNG = 60.0
"""Seconds in which a folder may have been made and not be locked yet."""


class PrivateCopy:
    """A file in a folder of its own; taken away by `close`, when nobody holds this any more, at the latest when the program ends.

    What a killed program leaves is taken away by the next one: the folder is locked as long as its program lives.
    """

    def __init__(self, name: str) -> None:
        try:
            sweep()
            folder = tempfile.mkdtemp(prefix=PREFIX)
        except OSError as error:
            raise EnvironmentProblem(f"There is no room for a temporary file: {error.strerror}.") from None
        self.file = Path(folder) / name
        self.close = weakref.finalize(self, _remove, folder, _locked(folder))


def sweep() -> None:
    """Take away what killed programs of this user left."""
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
    """The folder, opened and locked until it is closed; None where another program has it, or where that cannot be."""
    if sys.platform == "win32":
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
