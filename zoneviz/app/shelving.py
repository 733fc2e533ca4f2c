"""Importing into the folder of recordings, under new names; and which files are recordings already."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from zoneviz.app.imports import OnProgress
from zoneviz.captures.unpacking import Unpacked
from zoneviz.errors import EnvironmentProblem, ZonevizError
from zoneviz.recording import packed_head

SUFFIXES = (".zvz", ".zvz.zst")
"""Endings of recordings, plain and packed."""
_DATABASE = b"SQLite format 3\0"
_ZSTD = b"\x28\xb5\x2f\xfd"


class Stopped(ZonevizError):
    """The user stopped the import; nothing of it is left."""


class Importing(Protocol):
    """`import_files` or `import_text`, with their source already given."""

    def __call__(self, output: Path | None, *, on_progress: OnProgress, should_stop: Callable[[], bool]) -> dict[str, Any]:
        """As `import_files`."""
        ...


def is_recording(path: Path) -> bool:
    """Whether a file is a recording, by its ending or its content, rather than something to import. True for a missing file."""
    if path.name.endswith(SUFFIXES) or not path.exists():
        return True
    if not path.is_file():
        return False
    try:
        with path.open("rb") as raw:
            start = raw.read(len(_DATABASE))
            if not start.startswith(_ZSTD):
                return start == _DATABASE or packed_head.begins(start)
            raw.seek(0)
            return next(Unpacked(raw, path.name).blocks(), b"").startswith(_DATABASE)
    except (OSError, ZonevizError):
        return False  # the import says what is wrong


def shelve(
    read: Importing, folder: Path, *, on_progress: OnProgress = lambda events, share: None, should_stop: Callable[[], bool] = lambda: False
) -> dict[str, Any]:
    """Import into `folder`, which is made if missing. The recordings get the names of their files; a taken name gets a number.

    Returns what `read` returns. Errors: Stopped once `should_stop`, and then as after any error nothing is left; as `read`;
    EnvironmentProblem if the folder cannot be written.
    """

    def progress(events: int, share: float) -> None:
        if should_stop():
            raise Stopped("You stopped this import.")
        on_progress(events, share)

    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".import-", dir=folder))
    except OSError as error:
        raise EnvironmentProblem(f"The folder {folder} cannot be written: {error.strerror}.") from error
    try:
        result = read(draft, on_progress=progress, should_stop=should_stop)
        if should_stop():
            raise Stopped("You stopped this import.")
        for made in result["recordings"]:
            made["file"] = str(_moved(Path(made["file"]), folder))
        return {**result, "file": result["recordings"][0]["file"]}
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _moved(file: Path, folder: Path) -> Path:
    path, number = folder / file.name, 1
    while path.exists():
        number += 1
        path = folder / f"{file.stem}-{number}{file.suffix}"
    os.replace(file, path)
    return path
