"""The file of a recording as a file: claiming its name, taking it away, leaving WAL mode."""

import os
import sqlite3
import time
from pathlib import Path

from zoneviz.errors import EnvironmentProblem, UsageError


def claim(path: Path, force: bool) -> None:
    """Make the empty file, so that two runs cannot write the same one; `force` takes an old one away.

    Errors: UsageError if it exists or cannot be there, EnvironmentProblem if the surroundings refuse.
    """
    try:
        if force and not path.is_dir():
            remove(path)
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666))
    except FileExistsError:
        hint = "is a folder" if path.is_dir() else "exists already; say --force to replace it"
        raise UsageError(f"{path} {hint}.") from None
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"There is no folder {path.parent} to record in.") from None
    except OSError as error:
        raise EnvironmentProblem(f"{path} cannot be written: {error.strerror}.") from None
    except ValueError:
        raise UsageError(f"{str(path)!r} cannot be the name of a file.") from None


def remove(path: Path) -> None:
    """Take away a database with all that SQLite may have left beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
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
