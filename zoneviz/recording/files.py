"""The file of a recording as a file: giving it its name, taking it away, leaving WAL mode."""

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from zoneviz.errors import EnvironmentProblem, UsageError


def draft(path: Path, force: bool) -> Path:
    """An empty file beside `path`, to make there what `settle` then gives that name.

    Errors: UsageError if `path` exists and `force` is not set, or cannot be there; EnvironmentProblem if the surroundings refuse.
    """
    with told(path):
        if path.is_dir() or (not force and path.exists()):
            raise FileExistsError
        number, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", suffix=".new", dir=path.parent)
        os.close(number)
        os.chmod(name, 0o666 & ~_umask())
        return Path(name)


def settle(new: Path, path: Path, force: bool) -> None:
    """Give a finished draft its name, in one step; two runs cannot take the same one. `force` takes an old file away.

    Errors: as `draft`.
    """
    with told(path):
        if force:
            remove(path, keep=True)
            os.replace(new, path)
            return
        try:
            os.link(new, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without links: claim the name, then take the place
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))
            os.replace(new, path)


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What the system refuses when a file is made, in one sentence. Errors: as `draft`."""
    try:
        yield
    except FileExistsError:
        hint = "is a folder" if path.is_dir() else "exists already; say --force to replace it"
        raise UsageError(f"{path} {hint}.") from None
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"There is no folder {path.parent} to write in.") from None
    except OSError as error:
        raise EnvironmentProblem(f"{path} cannot be written: {error.strerror}.") from None
    except ValueError:
        raise UsageError(f"{str(path)!r} cannot be the name of a file.") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def remove(path: Path, keep: bool = False) -> None:
    """Take away a database with all that SQLite may have left beside it; `keep`: only what is beside it."""
    for suffix in ("", "-wal", "-shm", "-journal")[keep:]:
        Path(f"{path}{suffix}").unlink(missing_ok=True)


def leave_wal(db: sqlite3.Connection) -> None:
    """Back to one file.

    A reader holds that up for the moment it reads, so try again; if one stays, the file stays in WAL mode and
    is good as it is.
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


def take_in(path: Path) -> None:
    """Make one file of a database that was left open; it must be a copy of our own.

    Nothing of its schema is run: only whole pages are moved. Errors: sqlite3.Error if it is damaged.
    """
    db = sqlite3.connect(path, isolation_level=None)
    try:
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        db.execute("PRAGMA journal_mode = DELETE")
    finally:
        db.close()
