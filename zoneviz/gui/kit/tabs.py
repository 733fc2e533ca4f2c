"""A row of tabs that always fits: the rest are in a menu at its end."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QContextMenuEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLayout, QMenu, QPushButton, QToolButton, QWidget

from zoneviz.gui.kit.text import plain

GAP = 2
AWAY = " \u2197"
"""After the title of a view that is elsewhere: an arrow to the upper right."""
NO_DATA = " (no data)"
"""After it in the menu, where nothing is dimmed, if the view has nothing to show."""


class Tab(QPushButton):
    """One tab. `dragged(QPoint)`: it was dropped outside its row, at this place of the screen; `asked(QPoint)`: for its menu."""

    dragged = Signal(QPoint)
    asked = Signal(QPoint)

    def _outside(self, event: QMouseEvent) -> bool:
        """Whether the pointer is well above or below the row."""
        margin = 2 * QApplication.startDragDistance()
        return not -margin <= event.position().y() <= self.height() + margin

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show whether the tab would leave its row."""
        super().mouseMoveEvent(event)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.setCursor(Qt.CursorShape.DragMoveCursor if self._outside(event) else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop the tab."""
        super().mouseReleaseEvent(event)
        self.unsetCursor()
        if event.button() == Qt.MouseButton.LeftButton and self._outside(event):
            self.dragged.emit(event.globalPosition().toPoint())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu."""
        self.asked.emit(event.globalPos())


class Tabs(QWidget):
    """Tabs by title. `clicked(title)`: a tab or a menu entry was chosen; the receiver marks the tabs.

    `dragged(title, QPoint)`: a tab was dropped outside the row; `asked(title, QPoint)`: its menu is wanted there.
    """

    clicked = Signal(str)
    dragged = Signal(str, QPoint)
    asked = Signal(str, QPoint)

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tabs")
        self.setAccessibleName("Views")
        self.tabs: dict[str, Tab] = {}
        self._words = {title: title for title in titles}
        self._away: frozenset[str] = frozenset()
        self._why: dict[str, str] = {}
        self._gone: frozenset[str] = frozenset()
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
            tab = Tab(title, self)
            tab.setProperty("role", "tab")
            tab.setCheckable(True)
            tab.setAccessibleName(f"Show {title}")
            tab.clicked.connect(lambda _=False, t=title: self.clicked.emit(t))
            tab.dragged.connect(lambda at, t=title: self.dragged.emit(t, at))
            tab.asked.connect(lambda at, t=title: self.asked.emit(t, at))
            self.tabs[title] = tab
            action = QAction(title, self, checkable=True)
            action.triggered.connect(lambda _=False, t=title: self.clicked.emit(t))
            self._actions[title] = action
            self._menu.addAction(action)
            line.addWidget(tab)
            self._name(title)
        line.addWidget(self.more)
        line.addStretch()

    def mark(self, shown: Sequence[str]) -> None:
        """Mark the views on show. Their tabs are the last to move into the menu."""
        for title, tab in self.tabs.items():
            tab.setChecked(title in shown)
            self._actions[title].setChecked(title in shown)
        self._fit()

    def dim(self, title: str, why: str, hide: bool = False) -> None:
        """Dim a tab whose view has nothing to show; `why` is its tool tip. "" undoes it. `hide`: hide it, unless it is on show."""
        tab = self.tabs[title]
        self._gone = self._gone | {title} if why and hide else self._gone - {title}
        self._why[title] = why
        if tab.property("dimmed") != bool(why):
            tab.setProperty("dimmed", bool(why))
            tab.style().unpolish(tab)
            tab.style().polish(tab)
        self._name(title)
        self._fit()

    def say(self, title: str, words: str) -> None:
        """Set the text of a tab: `Notes 2`."""
        self._words[title] = words
        self._name(title)
        self._fit()

    def set_away(self, titles: Iterable[str]) -> None:
        """Mark the views that are not among the tabs' views now: their tabs get an arrow."""
        self._away = frozenset(titles)
        for title in self.tabs:
            self._name(title)
        self._fit()

    def _name(self, title: str) -> None:
        away, number = title in self._away, self._titles.index(title) + 1
        for named in (self.tabs[title], self._actions[title]):
            named.setText(self._words[title] + (AWAY if away else ""))
        if self._why.get(title):
            self._actions[title].setText(f"{self._words[title]}{NO_DATA}")
        keys = f"Ctrl+{number}; " if number <= 9 else ""
        hint = "it has left the tabs; click to go there" if away else "Ctrl+click: show it next to the other; drag it out to let it float"
        self.tabs[title].setToolTip(plain(self._why.get(title) or keys + hint))

    def is_gone(self, title: str) -> bool:
        """Whether a tab is hidden because its view has nothing to show."""
        return title in self._gone and not self.tabs[title].isChecked()

    def _fit(self) -> None:
        widths = {title: tab.sizeHint().width() + GAP for title, tab in self.tabs.items() if not self.is_gone(title)}
        self.more.setText("more ▾")
        room = self.width()
        if sum(widths.values()) > room:
            room -= self.more.sizeHint().width() + GAP
            fitting: set[str] = set()
            # Those on show first, then those with something to show; within these in order.
            for title in sorted(widths, key=lambda t: (not self.tabs[t].isChecked(), bool(self._why.get(t)))):
                if widths[title] > room:
                    break
                fitting.add(title)
                room -= widths[title]
        else:
            fitting = set(widths)
        for title, tab in self.tabs.items():
            tab.setVisible(title in fitting)
            self._actions[title].setVisible(title in widths and title not in fitting)
        self.more.setVisible(len(fitting) < len(widths))

    def minimumSizeHint(self) -> QSize:
        """The width of the menu alone, so that tabs never keep the window wide."""
        return QSize(self.more.sizeHint().width(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the tabs."""
        super().resizeEvent(event)
        self._fit()
