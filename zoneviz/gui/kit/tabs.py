"""A row of tabs that always fits: the rest are in a menu at its end."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QMenu, QPushButton, QToolButton, QWidget

from zoneviz.gui.kit.text import plain

GAP = 2


class Tabs(QWidget):
    """Tabs by title. `clicked(title)`: a tab or a menu entry was chosen; the receiver marks the tabs."""

    clicked = Signal(str)

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tabs")
        self.tabs: dict[str, QPushButton] = {}
        self.more = QToolButton(self)
        self.more.setAccessibleName("More views")
        self.more.setProperty("role", "flat")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.more)
        self.more.setMenu(self._menu)
        group = QActionGroup(self)
        group.setExclusive(False)
        self._actions: dict[str, QAction] = {}
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(GAP)
        line.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._titles = list(titles)
        for title in titles:
            tab = QPushButton(title, self)
            tab.setProperty("role", "tab")
            tab.setCheckable(True)
            tab.setAccessibleName(f"Show {title}")
            tab.setToolTip(self._hint(title))
            tab.clicked.connect(lambda _=False, t=title: self.clicked.emit(t))
            self.tabs[title] = tab
            action = QAction(title, self, checkable=True)
            action.triggered.connect(lambda _=False, t=title: self.clicked.emit(t))
            self._actions[title] = action
            self._menu.addAction(action)
            line.addWidget(tab)
        line.addWidget(self.more)
        line.addStretch()

    def mark(self, shown: Sequence[str]) -> None:
        """Mark the views on show. Their tabs are the last to move into the menu."""
        for title, tab in self.tabs.items():
            tab.setChecked(title in shown)
            self._actions[title].setChecked(title in shown)
        self._fit()

    def _hint(self, title: str) -> str:
        number = self._titles.index(title) + 1
        return (f"Ctrl+{number}; " if number <= 9 else "") + "Ctrl+click: show it next to the other"

    def dim(self, title: str, why: str) -> None:
        """Dim a tab whose view has nothing to show; `why` is its tool tip. "" undoes it."""
        tab = self.tabs[title]
        if tab.property("dimmed") != bool(why):
            tab.setProperty("dimmed", bool(why))
            tab.style().unpolish(tab)
            tab.style().polish(tab)
        tab.setToolTip(plain(why) if why else self._hint(title))

    def say(self, title: str, words: str) -> None:
        """Set the text of a tab: `Notes 2`."""
        self.tabs[title].setText(words)
        self._actions[title].setText(words)
        self._fit()

    def _fit(self) -> None:
        widths = {title: tab.sizeHint().width() + GAP for title, tab in self.tabs.items()}
        self.more.setText("more ▾")
        room = self.width()
        if sum(widths.values()) > room:
            room -= self.more.sizeHint().width() + GAP
            fitting: set[str] = set()
            for title in sorted(widths, key=lambda t: not self.tabs[t].isChecked()):  # those on show first; the rest in order
                if widths[title] > room:
                    break
                fitting.add(title)
                room -= widths[title]
        else:
            fitting = set(widths)
        for title, tab in self.tabs.items():
            tab.setVisible(title in fitting)
            self._actions[title].setVisible(title not in fitting)
        self.more.setVisible(len(fitting) < len(widths))

    def minimumSizeHint(self) -> QSize:
        """The width of the menu alone, so that tabs never keep the window wide."""
        return QSize(self.more.sizeHint().width(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the tabs."""
        super().resizeEvent(event)
        self._fit()
