"""Files made under another name and renamed when complete; removing a database; leaving WAL mode."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from zoneviz.errors import EnvironmentProblem, UsageError


def size(path: Path) -> int:
    """Bytes of a database, with what SQLite has not merged into it yet. Errors: OSError if it does not exist."""
    wal = path.with_name(f"{path.name}-wal")
    with suppress(OSError):
        return path.stat().st_size + wal.stat().st_size
    return path.stat().st_size


def draft(path: Path, force: bool) -> Path:
    """A new empty file beside `path`, to be renamed to it by `settle`.

    Errors: UsageError if `path` exists and `force` is not set, or cannot be a file; EnvironmentProblem if the system refuses.
    """
    with writing(path):
        if path.is_dir() or (not force and path.exists()):
            raise FileExistsError
        number, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".new", dir=path.parent)
        os.close(number)
        os.chmod(name, 0o666 & ~_umask())
        return Path(name)


def settle(new: Path, path: Path, force: bool) -> None:
    """Rename a finished draft in one step; two programs cannot take the same name. `force` replaces an old file.

    Errors: as `draft`.
    """
    with writing(path):
        if force:
            remove(path, keep=True)
            os.replace(new, path)
            return
        try:
            os.link(new, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without links: claim the name, then replace
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))
            os.replace(new, path)


@contextmanager
def drafted(path: Path, force: bool) -> Iterator[BinaryIO]:
    """A draft of `path` open for writing, which gets its name if the body succeeds and is removed if it fails. Errors: as `draft`."""
    new = draft(path, force)
    try:
        with new.open("wb") as out:
            try:
                yield out
                out.flush()
            except OSError as error:
                raise EnvironmentProblem(f"{path} cannot be written: {error.strerror}.") from None
        settle(new, path, force)
    finally:
        remove(new)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Context for writing: errors of the system become one sentence about `path`. Errors: as `draft`."""
    try:
        yield
    except FileExistsError:
        hint = "is a folder" if path.is_dir() else "exists already; use --force to replace it"
        raise UsageError(f"{path} {hint}.") from None
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"There is no folder {path.parent} to write in.") from None
    except OSError as error:
        raise EnvironmentProblem(f"{path} cannot be written: {error.strerror}.") from None
    except ValueError:
        raise UsageError(f"{str(path)!r} is not a valid file name.") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def remove(path: Path, keep: bool = False) -> None:
    """Remove a database and the files that SQLite may have left beside it; `keep`: only those."""
    for suffix in ("", "-wal", "-shm", "-journal")[keep:]:
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def leave_wal(db: sqlite3.Connection) -> None:
    """Make the database a single file again.

    A reader prevents that while it reads, so retry for a second. If one stays, the file stays in WAL mode, which is valid too.
    """
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for _ in range(100):
        try:
            db.execute("PRAGMA journal_mode = DELETE")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            time.sleep(0.01)


def merge_wal(path: Path) -> None:
    """Make a database that was left open a single file. Only for a private copy.

    This moves whole pages and runs nothing of the schema. Errors: sqlite3.Error if it is damaged.
    """
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        db.execute("PRAGMA journal_mode = DELETE")
    finally:
        db.close()
