"""Writing output files completely or not at all. Standard output and devices are written directly."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from zoneviz.errors import EnvironmentProblem, UsageError
from zoneviz.recording import files

STDOUT = Path("-")


def keep(source: Path, output: Path) -> None:
    """Refuse to overwrite what is read, even by force. Errors: UsageError if `output` is the file `source`."""
    if output != STDOUT and source.exists() and output.exists() and source.samefile(output):
        raise UsageError(f"{output} is the file that is read; name another output.")


def probe(path: Path, output: Path) -> None:
    """Check that what is made of the file `path` could replace `output`; nothing is left behind.

    Errors: UsageError if `output` is that file or cannot be a file; EnvironmentProblem if the system refuses to write there.
    """
    keep(path, output)
    files.draft(output, force=True).unlink()


@contextmanager
def written(path: Path, force: bool = False) -> Iterator[BinaryIO]:
    """Yields the open output. If anything fails, no partial file remains and an old file is unchanged.

    Errors: UsageError if it exists and `force` is not set, or its folder is missing; EnvironmentProblem if it cannot be written.
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
    """Discard stdout's buffer: it cannot be written either, and Python flushes it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
