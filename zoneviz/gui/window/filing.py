"""The files of recordings: renamed, moved to the desktop's trash and back, shown in their folder."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QFile, QUrl
from PySide6.QtGui import QDesktopServices

from zoneviz.app.desktop import data_folder
from zoneviz.app.heads import SUFFIXES
from zoneviz.errors import EnvironmentProblem, UsageError

BESIDE = ("", "-wal", "-journal")
"""What a killed program may have left beside a recording; its newest events are in there."""


@dataclass(frozen=True, slots=True)
class Gone:
    """A recording in the trash: for each of its files where it was, and where it is."""

    path: Path
    moved: tuple[tuple[Path, Path], ...]


def discard(path: Path) -> Gone:
    """Move a recording to the trash. Errors: EnvironmentProblem if the system has no trash for it; nothing has moved then."""
    moved: list[tuple[Path, Path]] = []
    with suppress(OSError):  # Qt makes the trash, but not the data folder it is in
        data_folder().mkdir(parents=True, exist_ok=True)
    for suffix in BESIDE:
        file = Path(f"{path}{suffix}")
        if suffix and not file.exists():
            continue
        trashed = QFile(str(file))  # the static function returns the place only in some versions of PySide6
        if not trashed.moveToTrash():
            put_back(Gone(path, tuple(moved)))
            raise EnvironmentProblem(f"{path} cannot be moved to the trash. Delete the file in its folder instead.")
        moved.append((file, Path(trashed.fileName())))
    Path(f"{path}-shm").unlink(missing_ok=True)  # SQLite makes it again
    return Gone(path, tuple(moved))


def put_back(gone: Gone) -> None:
    """Move a recording back to where it was.

    Errors: UsageError if another file has its name now; EnvironmentProblem if it is no longer in the trash or its folder is gone.
    """
    taken = next((was for was, _ in gone.moved if was.exists()), None)
    if taken is not None:
        raise UsageError(f"{taken} exists again. Rename it, then put the recording back.")
    for was, now in gone.moved:
        try:
            shutil.move(now, was)
        except OSError as error:
            raise EnvironmentProblem(f"{was} cannot be put back from the trash: {error.strerror or error}.") from None
        with suppress(OSError):  # the trash's own record of the file, where the desktop keeps one
            (now.parent.parent / "info" / f"{now.name}.trashinfo").unlink()


def renamed(path: Path, text: str) -> Path:
    """The path of a recording under the name that a user typed, with its ending. Errors: UsageError if it is invalid or taken."""
    ending = next((suffix for suffix in SUFFIXES if path.name.endswith(suffix)), path.suffix)
    name = text.strip().removesuffix(ending)
    if not name or name.startswith(".") or any(c in '/\\:*?"<>|' or not c.isprintable() for c in name):
        raise UsageError(f"{text.strip()!r} is not a valid name. Use letters, digits, spaces, dots and dashes.")
    new = path.with_name(name + ending)
    if new != path and new.exists():
        raise UsageError(f"{new.name} exists already. Choose another name.")
    return new


def rename(old: Path, new: Path) -> None:
    """Rename a recording. Errors: EnvironmentProblem if the system refuses; it has its old name then."""
    done: list[tuple[Path, Path]] = []
    try:
        for suffix in BESIDE:
            file, to = Path(f"{old}{suffix}"), Path(f"{new}{suffix}")
            if not suffix or file.exists():
                file.rename(to)
                done.append((file, to))
    except OSError as error:
        for file, to in reversed(done):
            to.rename(file)
        raise EnvironmentProblem(f"{old.name} cannot be renamed: {error.strerror}.") from None
    Path(f"{old}-shm").unlink(missing_ok=True)


def show_folder(path: Path) -> None:
    """Open the folder of a file in the desktop's file manager."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
