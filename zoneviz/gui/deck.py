"""The lower part: a row of tabs, and the chosen views beside each other. A hidden view costs nothing."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from zoneviz.gui.views.base import View

MOST = 2


class Deck(QWidget):
    """A click on a tab shows its view alone; with Ctrl, beside the others, at most two."""

    changed = Signal()

    def __init__(self, views: list[View], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views = views
        self.tabs: list[QPushButton] = []
        row = QWidget(self)
        row.setObjectName("tabs")
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(2)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setHandleWidth(12)
        self.splitter.setChildrenCollapsible(False)
        for number, view in enumerate(views, 1):
            tab = QPushButton(view.title, row)
            tab.setProperty("role", "tab")
            tab.setCheckable(True)
            tab.setAccessibleName(f"Show {view.title}")
            tab.setToolTip(f"Ctrl+{number}; Ctrl+click shows it beside the other")
            tab.clicked.connect(lambda _=False, v=view: self._clicked(v))
            self.tabs.append(tab)
            line.addWidget(tab)
            self.splitter.addWidget(view)
            view.hide()
        line.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(row)
        layout.addWidget(self.splitter, 1)

    def shown(self) -> list[str]:
        """Titles of the views on show."""
        return [view.title for view in self.views if not view.isHidden()]

    def show_only(self, *titles: str) -> None:
        """Show exactly these."""
        for view, tab in zip(self.views, self.tabs, strict=True):
            view.setVisible(view.title in titles)
            tab.setChecked(view.title in titles)
        self.splitter.setSizes([view.weight for view in self.views])
        self.changed.emit()

    def _clicked(self, view: View) -> None:
        shown = self.shown()
        if not QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier:
            self.show_only(view.title)
        elif view.title in shown and len(shown) > 1:
            self.show_only(*(t for t in shown if t != view.title))
        else:
            self.show_only(*shown[-(MOST - 1) :], view.title)
