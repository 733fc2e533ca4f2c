"""The windows of one program: they share the settings, can show the same time, and stand side by side."""

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QObject, QRect, QSettings, Signal
from PySide6.QtWidgets import QMainWindow

from zoneviz.gui.session.linking import TimeLink
from zoneviz.gui.session.session import Session
from zoneviz.gui.window.preferences import Preferences


class Windows(QObject):
    """All open windows in `all`, each with its own session. The program ends with the last one.

    `joined(window)`: a window was made; `changed`: there are more or fewer of them.
    """

    joined = Signal(object)
    changed = Signal()

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        self.settings = settings
        self.preferences = Preferences(settings, self)
        self.link = TimeLink(self)
        self.all: list[QMainWindow] = []
        self._quits: list[Callable[[], object]] = []

    def join(self, window: QMainWindow, session: Session, quit_: Callable[[], object]) -> None:
        """A new window. `quit_` closes it, or asks first."""
        self.all.append(window)
        self._quits.append(quit_)
        self.link.add(session)
        self.joined.emit(window)
        self.changed.emit()

    def leave(self, window: QMainWindow, session: Session) -> None:
        """A window is closing."""
        if window in self.all:
            del self._quits[self.all.index(window)]
            self.all.remove(window)
            self.link.remove(session)
            self.changed.emit()

    def quit(self) -> None:
        """Close all windows; those with a run in progress ask first."""
        for quit_ in [*self._quits]:
            quit_()

    def close(self) -> None:
        """Close all windows now."""
        for window in [*self.all]:
            window.close()


def side_by_side(count: int, area: QRect) -> list[QRect]:
    """The usable part of a screen in `count` columns, from left to right."""
    edges = [area.left() + area.width() * number // count for number in range(count + 1)]
    return [QRect(left, area.top(), right - left, area.height()) for left, right in pairwise(edges)]


def place(windows: Sequence[QMainWindow], area: QRect) -> None:
    """Put windows side by side, with their frames inside `area`. Where the desktop decides on places, only their sizes change."""
    for window, column in zip(windows, side_by_side(len(windows), area), strict=True):
        window.showNormal()
        window.setMinimumSize(window.minimumSize().boundedTo(column.size()))
        inside, outside = window.geometry(), window.frameGeometry()
        window.setGeometry(
            column.adjusted(
                inside.left() - outside.left(), inside.top() - outside.top(),
                inside.right() - outside.right(), inside.bottom() - outside.bottom(),
            )
        )  # fmt: skip
