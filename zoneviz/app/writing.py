"""Files that are there whole or not at all; standard output and devices are written as they come."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from zoneviz.errors import EnvironmentProblem
from zoneviz.recording import files

STDOUT = Path("-")


@contextmanager
def written(path: Path, force: bool = False) -> Iterator[BinaryIO]:
    """Gives what to write `path` with. If anything fails, nothing of it is left, and an old file is as it was.

    Errors: UsageError if it exists and `force` is not set, or cannot be there; EnvironmentProblem if it cannot be written.
    """
    if path == STDOUT:
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            _forget_stdout()
            raise EnvironmentProblem(f"Standard output cannot be written: {error.strerror}.") from None
        return
    if path.exists() and not path.is_dir() and not stat.S_ISREG(path.stat().st_mode):
        with files.writing(path):
            device = path.open("wb")
        with _refused(path), device:
            yield device
        return
    new = files.draft(path, force)
    try:
        with _refused(path), new.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        files.settle(new, path, force)
    finally:
        new.unlink(missing_ok=True)


@contextmanager
def _refused(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EnvironmentProblem(f"{path} cannot be written: {error.strerror or error}.") from None


def _forget_stdout() -> None:
    """What stands in its buffer cannot be written either: let it go into nothing when the program ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
