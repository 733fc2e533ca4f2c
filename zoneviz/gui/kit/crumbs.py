"""Where one is in a tree: a button for each step of the way, which leads back there."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from zoneviz import words

LAST = 2
"""Steps shown at the end of the way; those between are in a menu."""
LONGEST = 22
"""Characters of a step."""


class Crumbs(QWidget):
    """The way from the root. `chosen(int)`: go back to this many steps, 0 for the root. Hidden at the root."""

    chosen = Signal(int)

    def __init__(self, root: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.root = root
        self.way: list[str] = []
        self.setAccessibleName("Way to the zoomed box")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(3)
        self._line = line
        self.hide()

    def show_way(self, way: Sequence[str]) -> None:
        """Show another way."""
        if list(way) == self.way:
            return
        self.way = list(way)
        while (item := self._line.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.setVisible(bool(way))
        if way:
            self._button(self.root, 0)
            hidden = len(way) - LAST
            if hidden > 0:
                more = self._button("…", -1)
                menu = QMenu(more)
                for depth in range(1, hidden + 1):
                    menu.addAction(words.one_line(way[depth - 1], 80).replace("&", "&&")).triggered.connect(partial(self._choose, depth))
                more.setAccessibleName(words.count(hidden, "step") + " between")
                more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
                more.setMenu(menu)
            for depth in range(max(hidden, 0) + 1, len(way) + 1):
                self._button(way[depth - 1], depth)

    def _button(self, name: str, depth: int) -> QToolButton:
        if self._line.count():
            self._line.addWidget(QLabel(">", self))
        button = QToolButton(self)
        button.setText(words.middle(name, LONGEST).replace("&", "&&"))
        button.setToolTip(words.one_line(f"Zoom out to {name}" if depth < len(self.way) else name, 200))
        button.setAccessibleName(words.one_line(name, 120))
        button.setProperty("role", "flat")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if depth >= 0:
            button.clicked.connect(partial(self._choose, depth))
        self._line.addWidget(button)
        return button

    def _choose(self, depth: int, checked: bool = False) -> None:
        self.chosen.emit(depth)
