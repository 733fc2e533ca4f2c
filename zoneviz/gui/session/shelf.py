"""The recordings offered in the sidebar: those in the folder of recordings, those opened elsewhere, and the examples."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSettings

from zoneviz import resources
from zoneviz.app.heads import SUFFIXES
from zoneviz.app.spec import recordings_folder
from zoneviz.recording import files

ELSEWHERE = 500
"""Recordings outside the folder that are remembered, at most."""


@dataclass(frozen=True, slots=True)
class Item:
    """A recording on the shelf. `made`: when its file was last written, in seconds of the system's clock; `size`: bytes."""

    path: Path
    made: float
    size: int
    example: bool = False

    @property
    def version(self) -> tuple[float, int]:
        """Changes with the file."""
        return self.made, self.size


class Shelf:
    """Lists the recordings in `folder`, and remembers in the user's settings which others were opened. `folder` None: lists no folder."""

    def __init__(self, settings: QSettings, folder: Path | None = None) -> None:
        self._settings, self._folder = settings, folder
        self._examples = [path.resolve() for path in resources.recordings()]

    def remember(self, path: Path) -> None:
        """Put a recording first among those used."""
        path = path.resolve()
        if path not in self._examples:
            self._keep([str(path), *(known for known in self._paths() if known != str(path))])

    def forget(self, path: Path | None = None) -> None:
        """Remove a recording, or all, from those used; the files stay."""
        self._keep([] if path is None else [known for known in self._paths() if known != str(path.resolve())])

    def _keep(self, paths: list[str]) -> None:
        self._settings.setValue("recent", paths[:ELSEWHERE])

    def _paths(self) -> list[str]:
        found = self._settings.value("recent", [])
        return [found] if isinstance(found, str) else [str(p) for p in found] if isinstance(found, list) else []

    def recent(self) -> list[Path]:
        """Recordings used that still exist, last used first."""
        return [path for path in map(Path, self._paths()) if path.is_file()]

    def items(self) -> list[Item]:
        """All recordings, newest first, then the examples by name."""
        found = self._listed()
        found |= {name: item for name in self._paths() if name not in found and (item := look(Path(name))) is not None}
        examples = [item for path in resources.recordings() if (item := look(path, example=True)) is not None]
        return sorted(found.values(), key=lambda item: (-item.made, str(item.path))) + examples

    def _listed(self) -> dict[str, Item]:
        """The recordings in the folder by path; one look at the folder, because there may be thousands."""
        found: dict[str, Item] = {}
        if self._folder is None:
            return found
        with suppress(OSError), os.scandir(self._folder.resolve()) as entries:  # it may not exist yet
            files = {entry.name: entry for entry in entries}
            for name, entry in files.items():
                if name.endswith(SUFFIXES) and not name.startswith("."):
                    with suppress(OSError):  # it has just gone
                        status, wal = entry.stat(), files.get(f"{name}-wal")
                        size = status.st_size + (wal.stat().st_size if wal is not None else 0)
                        found[entry.path] = Item(Path(entry.path), status.st_mtime, size)
        return found

    def in_folder(self, path: Path) -> bool:
        """Whether a recording is listed because it is in the folder."""
        return self._folder is not None and path.resolve().parent == self._folder.resolve()

    @property
    def folder(self) -> Path:
        """The folder in which the file dialog opens."""
        last = self._settings.value("folder")
        return Path(str(last)) if last else recordings_folder()

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._settings.setValue("folder", str(folder))


def look(path: Path, example: bool = False) -> Item | None:
    """The item of a file as it is now, with what SQLite has not merged into it yet; None if it does not exist."""
    try:
        status = path.stat()
        return Item(path, status.st_mtime, files.size(path), example)
    except OSError:
        return None
