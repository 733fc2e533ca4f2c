"""The recordings offered in the sidebar: recent files, and the examples that come with the program."""

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QSettings

from zoneviz import resources, words
from zoneviz.app.spec import recordings_folder

RECENT = 8
SUFFIX = ".zvz"
_OWN_NAME = re.compile(r"(.+)-(\d+)-(\d{8}-\d{6})(?:-\d+)?")
"""The default name of a recording: scenario, seed, day and time."""


@dataclass(frozen=True, slots=True)
class Item:
    """A recording on the shelf. `title`: name of the file or the experiment; `note`: its size, or when it was recorded."""

    path: Path
    title: str
    note: str


class Shelf:
    """Stores recent files in the user's settings."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def remember(self, path: Path) -> None:
        """Put a recording first among the recent files."""
        if path.resolve() in [example.resolve() for example in resources.recordings()]:
            return
        paths = [str(path.resolve()), *(p for p in self._paths() if p != str(path.resolve()))]
        self._settings.setValue("recent", paths[:RECENT])

    def forget(self) -> None:
        """Clear the list of recent files; the files stay."""
        self._settings.remove("recent")

    def _paths(self) -> list[str]:
        found = self._settings.value("recent", [])
        return [found] if isinstance(found, str) else [str(p) for p in found] if isinstance(found, list) else []

    def recent(self) -> list[Item]:
        """Recent files that still exist, newest first."""
        return [_item(path) for path in map(Path, self._paths()) if path.is_file()]

    def examples(self) -> list[Item]:
        """The example recordings."""
        return [_item(path) for path in resources.recordings()]

    def first(self) -> Path | None:
        """The recording to show at startup: the last one used, else an example; None if there is neither."""
        items = self.recent() or self.examples()
        return items[0].path if items else None

    @property
    def folder(self) -> Path:
        """The folder in which the file dialog opens."""
        last = self._settings.value("folder")
        return Path(str(last)) if last else recordings_folder()

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._settings.setValue("folder", str(folder))


def _item(path: Path) -> Item:
    stem = path.name.removesuffix(".zst").removesuffix(SUFFIX)
    made = _OWN_NAME.fullmatch(stem)
    if made:
        when = datetime.strptime(made[3], "%Y%m%d-%H%M%S")
        return Item(path, f"{made[1]} {made[2]}" if made[2] != "1" else made[1], f"{when.day} {when:%b %H:%M}")
    return Item(path, stem, words.size(path.stat().st_size))
