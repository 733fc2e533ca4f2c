"""Views outside the tabs: docked at an edge of the charts, or floating, on any screen."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QByteArray, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QContextMenuEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QMenu, QTabWidget, QToolButton, QVBoxLayout, QWidget

from zoneviz.gui.window.deck import Deck

Area = Qt.DockWidgetArea
EDGES = {
    "left": (Area.LeftDockWidgetArea, "Dock at the &left"),
    "right": (Area.RightDockWidgetArea, "Dock at the &right"),
    "top": (Area.TopDockWidgetArea, "Dock at the &top"),
    "bottom": (Area.BottomDockWidgetArea, "Dock at the &bottom"),
}
"""By word, the edges of the charts where a view can be docked."""
SHARE = 0.38
"""Share of the charts' width or height that a newly docked view gets."""
LEAST, STEP, GRIP = QSize(560, 400), 36, 24
"""In pixels: least size of a view that begins to float, its distance from the one before, and the height of its title."""
SETTLE_MS = 50
"""After the user moved a view, look this often whether the mouse button is up."""


class Dock(QDockWidget):
    """Frame and title of one view outside the tabs. `closed`: the user closed it; `menu`: where it can be moved.

    `floats(window)`: it is shown in its own window.
    """

    closed = Signal()
    floats = Signal(object)

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(title, parent)
        self.setObjectName(f"dock {title}")
        self.setAccessibleName(title)
        self.menu = QMenu(self)
        bar = QWidget(self)
        bar.setObjectName("dock")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        name, move, leave = QLabel(title, bar), QToolButton(bar), QToolButton(bar)
        name.setProperty("role", "strong")
        move.setText("move \u25be")
        move.setAccessibleName(f"Move {title}")
        move.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        move.setMenu(self.menu)
        leave.setText("close")
        leave.setAccessibleName(f"Return {title} to the tabs")
        leave.setToolTip("Return it to the tabs")
        leave.clicked.connect(self.closed)
        for flat in (move, leave):
            flat.setProperty("role", "flat")
            flat.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        line = QHBoxLayout(bar)
        line.setContentsMargins(10, 2, 4, 2)
        line.setSpacing(4)
        line.addWidget(name)
        line.addStretch()
        line.addWidget(move)
        line.addWidget(leave)
        self.setTitleBarWidget(bar)
        inside = QWidget(self)
        inside.setObjectName("centre")
        inside.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._room = QVBoxLayout(inside)
        self._room.setContentsMargins(12, 2, 10, 8)
        self.setWidget(inside)

    def hold(self, view: QWidget) -> None:
        """Show a view."""
        self._room.addWidget(view)
        view.show()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Return to the tabs instead."""
        event.ignore()
        self.closed.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu, on the title."""
        if self.titleBarWidget().geometry().contains(event.pos()):
            self.menu.popup(event.globalPos())

    def showEvent(self, event: QShowEvent) -> None:
        """Report the system's window: there is another one each time it floats."""
        super().showEvent(event)
        if self.isWindow() and self.windowHandle() is not None:
            self.floats.emit(self.windowHandle())


class Docks(QMainWindow):
    """Charts and deck in the middle, docked views around them, floating ones elsewhere.

    `asked(title, place)`: the user wants a view moved, place as in `move_view`. `dragged(title)`: the user has moved it.
    `floats(window)`: a view is shown in its own window.
    """

    asked = Signal(str, str)
    floats = Signal(object)
    dragged = Signal(str)

    def __init__(self, middle: QWidget, deck: Deck) -> None:
        super().__init__()
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # Qt's own would list the docks
        self.setDockOptions(self.DockOption.AllowNestedDocks | self.DockOption.AllowTabbedDocks)
        self.setTabPosition(Area.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setCentralWidget(middle)
        self.deck = deck
        self._docks: dict[str, Dock] = {}
        self._ours = False
        self._dragged = ""
        self._settle = QTimer(self)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        deck.wanted.connect(self.bring)
        deck.tabs.asked.connect(self._menu)
        deck.tabs.dragged.connect(self._dropped)

    @property
    def out(self) -> list[str]:
        """Titles of the views outside the tabs, in the order in which they left."""
        return [view.title for view in self.deck.away]

    def dock_of(self, title: str) -> Dock | None:
        """The dock of a view that is outside the tabs; None if it is in the tabs."""
        return self._docks[title] if title in self.out else None

    def places(self, title: str) -> list[tuple[str, str]]:
        """Where a view can be moved from where it is: (place, words)."""
        dock, screens = self.dock_of(title), QGuiApplication.screens()
        floating = dock is not None and dock.isFloating()
        at = self.dockWidgetArea(dock) if dock is not None and not floating else None
        found = [("tabs", "Return to the t&abs")] if dock is not None else []
        found += [] if floating else [("window", "&Float")]
        found += [(f"screen {screen.name()}", f"Float on screen {screen.name()}") for screen in screens] if len(screens) > 1 else []
        return found + [(edge, words) for edge, (area, words) in EDGES.items() if area != at]

    # moving

    def move_view(self, title: str, place: str) -> None:
        """Move a view: to an edge of EDGES, to "window" (floating), "screen NAME" (floating there), or "tabs".

        A screen that does not exist any more counts as "window".
        """
        with self._moving():
            if place == "tabs":
                self._return(title)
                return
            dock = self._taken(title)
            self.addDockWidget(EDGES.get(place, EDGES["right"])[0], dock)
            dock.setFloating(place not in EDGES)
            dock.show()
            if place in EDGES:
                across = place in ("left", "right")
                size = round(SHARE * (self.width() if across else self.height()))
                self.resizeDocks([dock], [size], Qt.Orientation.Horizontal if across else Qt.Orientation.Vertical)
            else:
                dock.setGeometry(self._room(dock, place.removeprefix("screen ")))
            self.bring(title)

    def _room(self, dock: Dock, screen: str) -> QRect:
        """Where a view begins to float: over the window, each a step further, or on this screen."""
        for found in QGuiApplication.screens():
            if found.name() == screen:
                area = found.availableGeometry()
                return area.adjusted(area.width() // 12, area.height() // 12, -area.width() // 12, -area.height() // 12)
        step = STEP * (1 + sum(other.isFloating() for title in self.out if (other := self._docks[title]) is not dock))
        return on_screen(QRect(self.mapToGlobal(QPoint(step, step)), dock.size().expandedTo(LEAST)), areas())

    def bring(self, title: str) -> None:
        """Bring a view that is outside the tabs to the front."""
        dock = self.dock_of(title)
        if dock is not None and self.isVisible():
            dock.show()
            dock.raise_()
            if dock.isFloating():
                dock.activateWindow()

    def set_shown(self, shown: bool) -> None:
        """Show or hide the floating views: they would outlive the recording that they show."""
        for title in self.out:
            if self._docks[title].isFloating():
                self._docks[title].setVisible(shown)

    def state(self) -> bytes:
        """Where the views outside the tabs are."""
        return bytes(self.saveState().data())

    def restore(self, out: Sequence[str], state: bytes) -> None:
        """Take out exactly these views and put them where they were. Those on a screen that is missing come to one that is there."""
        with self._moving():
            for title in self.out:
                if title not in out:
                    self._return(title)
            known = [title for title in out if title in self.deck.tabs.tabs]
            for title in known:
                dock = self._taken(title)
                if self.dockWidgetArea(dock) == Area.NoDockWidgetArea:
                    self.addDockWidget(EDGES["right"][0], dock)
            self.deck.away.sort(key=lambda view: known.index(view.title))
            if known:
                self.restoreState(QByteArray(state))
            for title in known:
                dock = self._docks[title]
                dock.show()
                if dock.isFloating():
                    dock.setGeometry(on_screen(dock.geometry(), areas()))

    def _taken(self, title: str) -> Dock:
        """The dock of a view, which is taken out of the deck if it is there."""
        if title not in self.out:
            if title not in self._docks:
                self._docks[title] = self._made(title)
            self._docks[title].hold(self.deck.take(title))
        return self._docks[title]

    def _made(self, title: str) -> Dock:
        dock = Dock(title, self)
        dock.floats.connect(self.floats)
        dock.closed.connect(lambda: self.asked.emit(title, "tabs"))
        dock.menu.aboutToShow.connect(lambda: self._fill(dock.menu, title))
        dock.topLevelChanged.connect(lambda _: self._moved(title))
        dock.dockLocationChanged.connect(lambda _: self._moved(title))
        return dock

    def _return(self, title: str) -> None:
        dock = self.dock_of(title)
        if dock is not None:
            self.deck.put_back(self.deck.named(title))
            self.removeDockWidget(dock)

    # by mouse

    def _menu(self, title: str, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._fill(menu, title)
        menu.popup(at)

    def _fill(self, menu: QMenu, title: str) -> None:
        menu.clear()
        for place, words in self.places(title):
            menu.addAction(words).triggered.connect(lambda _=False, p=place: self.asked.emit(title, p))

    def _dropped(self, title: str, at: QPoint) -> None:
        """A tab was dropped outside its row: its view floats there."""
        self.asked.emit(title, "window")
        dock = self.dock_of(title)
        if dock is not None and dock.isFloating():
            dock.move(on_screen(QRect(at - QPoint(STEP, GRIP // 2), dock.size()), areas()).topLeft())

    @contextmanager
    def _moving(self) -> Iterator[None]:
        """Context for moves that the user did not make by dragging."""
        before, self._ours = self._ours, True
        try:
            yield
        finally:
            self._ours = before

    def _moved(self, title: str) -> None:
        if not self._ours and title in self.out:
            self._dragged = title
            self._settle.start()

    def _settled(self) -> None:
        """Report one move when the button is up: while it is down, a view may float and dock several times."""
        if QGuiApplication.mouseButtons() == Qt.MouseButton.NoButton:
            self._settle.stop()
            self.dragged.emit(self._dragged)


def areas() -> list[QRect]:
    """The usable part of every screen, the main one first."""
    return [screen.availableGeometry() for screen in QGuiApplication.screens()]


def on_screen(rect: QRect, areas: Sequence[QRect]) -> QRect:
    """`rect`, moved to the first of `areas` and made to fit there unless enough of its title is in one of them to grab it."""
    title = QRect(rect.topLeft(), QSize(rect.width(), GRIP))
    if not areas or any(seen.width() >= 4 * GRIP and seen.height() >= GRIP // 2 for seen in (title.intersected(area) for area in areas)):
        return rect
    room = areas[0]
    out = QRect(rect.topLeft(), rect.size().boundedTo(room.size()))
    out.moveLeft(min(max(out.left(), room.left()), room.right() - out.width() + 1))
    out.moveTop(min(max(out.top(), room.top()), room.bottom() - out.height() + 1))
    return out
