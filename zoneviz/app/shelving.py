"""What a file is and how it is opened; importing into the folder of recordings, under new names."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from zoneviz.app.heads import SUFFIXES
from zoneviz.captures.unpacking import Unpacked
from zoneviz.errors import EnvironmentProblem, ZonevizError
from zoneviz.recording import packed_head, schema
from zoneviz.recording.results import is_results

if TYPE_CHECKING:
    from zoneviz.app.imports import OnProgress  # the window starts without the importers

RECORDING, SWEEP, SCENARIO, CAPTURES = "recording", "sweep", "scenario", "captures"
SCENARIO_SUFFIX = ".py"
_DATABASE = b"SQLite format 3\0"
_ZSTD = b"\x28\xb5\x2f\xfd"


class Stopped(ZonevizError):
    """The user stopped the import; nothing of it is left."""


class Importing(Protocol):
    """`import_files` or `import_text`, with their source already given."""

    def __call__(self, output: Path | None, *, on_progress: "OnProgress", should_stop: Callable[[], bool]) -> dict[str, Any]:
        """As `import_files`."""
        ...


def kind_of(path: Path) -> str:
    """What a file or folder is, and so how it is opened: RECORDING, SWEEP, SCENARIO or CAPTURES, which includes event streams.

    The content decides; a scenario is a program and is known by its ending. A missing file counts as a recording: opening it says so.
    """
    if path.suffix == SCENARIO_SUFFIX and path.is_file():
        return SCENARIO
    if is_results(path):
        return SWEEP
    return RECORDING if is_recording(path) else CAPTURES


def is_recording(path: Path) -> bool:
    """Whether a file is a recording, by its ending or its content, rather than something to import. True for a missing file."""
    if not path.exists() or (path.name.endswith(SUFFIXES) and not path.is_dir()):
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


def recordings_in(folder: Path) -> list[Path]:
    """The recordings directly in a folder, newest first; empty for anything else, and if the system refuses."""
    try:
        found = [path for path in folder.iterdir() if path.name.endswith(SUFFIXES) and not path.name.startswith(".")]
        return sorted(found, key=lambda path: -path.stat().st_mtime)
    except OSError:
        return []


def repairable(path: Path) -> bool:
    """Whether a file that does not open may be a damaged recording: it begins like one that this version reads."""
    try:
        with path.open("rb") as raw:
            head = raw.read(100)
    except OSError:
        return False
    if not head.startswith(_DATABASE):
        return packed_head.begins(head) or (head.startswith(_ZSTD) and path.name.endswith(SUFFIXES))
    version, application = (int.from_bytes(head[at : at + 4], "big") for at in (60, 68))
    return application in (0, schema.APPLICATION_ID) and version <= schema.FORMAT


def shelve(
    read: Importing,
    folder: Path,
    *,
    on_progress: "OnProgress" = lambda events, share: None,
    should_stop: Callable[[], bool] = lambda: False,
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
