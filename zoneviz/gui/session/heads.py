"""The heads of recordings in a list, read in a thread as they are needed."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from zoneviz.app.heads import Head, read
from zoneviz.gui.session.jobs import Advance, Task
from zoneviz.gui.session.shelf import Item

AT_ONCE = 50
"""Heads that one task reads; a packed recording takes 5 to 20 ms."""


class Heads(QObject):
    """Reads a head when it is first asked for, and again when its file has changed. `arrived(paths)`: these have been read."""

    arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[Path, tuple[tuple[float, int], Head]] = {}
        self._wanted: dict[Path, Item] = {}
        self._task: Task | None = None
        self._begin = QTimer(self, singleShot=True, interval=0)
        self._begin.timeout.connect(self._read)

    def of(self, item: Item, live: bool = False) -> Head | None:
        """The head of a recording, an older one while its file is read again; None until it has been read. `arrived` follows.

        `live`: it is being recorded, so its file changes all the time and its head hardly.
        """
        known = self._known.get(item.path)
        if known is None or (known[0] != item.version and not live):
            self._wanted[item.path] = item
            if self._task is None and not self._begin.isActive():
                self._begin.start()
        return known[1] if known is not None else None

    def known(self, path: Path) -> bool:
        """Whether the head of a file has been read."""
        return path in self._known

    @property
    def busy(self) -> bool:
        """Whether heads are being read."""
        return self._task is not None or bool(self._wanted)

    def _read(self) -> None:
        items = list(self._wanted.values())[:AT_ONCE]
        if not items or self._task is not None:
            return
        for item in items:
            del self._wanted[item.path]
        self._task = Task(_reading(items), self._take, self)
        self._task.failed.connect(lambda _: self._take([]))
        self._task.begin()

    def _take(self, found: list[tuple[Item, Head]]) -> None:
        self._task = None
        for item, head in found:
            self._known[item.path] = item.version, head
        self.arrived.emit({item.path for item, _ in found})
        self._read()


def _reading(items: list[Item]) -> Callable[[Advance, Callable[[], bool]], list[tuple[Item, Head]]]:
    def work(_: Advance, stopped: Callable[[], bool]) -> list[tuple[Item, Head]]:
        return [(item, read(item.path)) for item in items if not stopped()]

    return work
