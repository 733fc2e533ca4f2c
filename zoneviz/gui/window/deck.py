"""The lower part of the window: tabs, and the chosen views side by side. A hidden view does nothing."""

from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from zoneviz.gui.kit.tabs import Tabs
from zoneviz.gui.views.base import View

MOST = 2
V = TypeVar("V", bound=View)


class Deck(QWidget):
    """A click on a tab shows its view alone; Ctrl+click adds it, up to two.

    A view can be taken out of the deck; its tab stays. `wanted(title)`: such a view was chosen.
    """

    changed = Signal()
    wanted = Signal(str)

    def __init__(self, views: list[View], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views = views
        self.away: list[View] = []
        """The views that were taken out, the newest last."""
        self.tabs = Tabs([view.title for view in views], self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self.splitter.setHandleWidth(12)
        self.splitter.setChildrenCollapsible(False)
        for view in views:
            self.splitter.addWidget(view)
            view.hide()
        if views:
            views[0].session.recording_changed.connect(self._dim)
        self.tabs.clicked.connect(self._clicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tabs)
        layout.addWidget(self.splitter, 1)

    def of(self, kind: type[V]) -> V:
        """The view of this class, one of `views.views()`."""
        return next(view for view in self.views if isinstance(view, kind))

    def named(self, title: str) -> View:
        """The view with this title. Errors: StopIteration for an unknown title."""
        return next(view for view in self.views if view.title == title)

    @property
    def here(self) -> list[View]:
        """The views that were not taken out."""
        return [view for view in self.views if view not in self.away]

    def shown(self) -> list[str]:
        """Titles of the views on show in the deck."""
        return [view.title for view in self.here if not view.isHidden()]

    def take(self, title: str) -> View:
        """Take a view out: the caller puts it elsewhere. If it was alone on show, the next one is shown."""
        view, shown = self.named(title), self.shown()
        at = self.here.index(view)
        self.away.append(view)
        left = [t for t in shown if t != title] or [v.title for v in (self.here[at:] + self.here[:at][::-1])[:1]]
        self.tabs.set_away(v.title for v in self.away)
        self.show_only(*left)
        return view

    def put_back(self, view: View) -> None:
        """Put a view back among the tabs, hidden."""
        if view in self.away:
            self.away.remove(view)
            view.hide()
            self.splitter.insertWidget(self.here.index(view), view)
            self.tabs.set_away(v.title for v in self.away)
            if not self.shown():
                self.show_only(view.title)

    def show_only(self, *titles: str) -> None:
        """Show exactly these views in the deck. One that was taken out is `wanted`; if all were, the deck stays as it is."""
        elsewhere = [view.title for view in self.away if view.title in titles]
        if not elsewhere or len(elsewhere) < len(titles):
            here = [view.title for view in self.here if view.title in titles]
            for view in self.here:
                view.setVisible(view.title in here)
            self.splitter.setSizes([view.weight for view in self.here])
            self.changed.emit()
        self.tabs.mark(self.shown())
        for title in elsewhere:
            self.wanted.emit(title)

    def go_to(self, title: str) -> None:
        """Show this view alone and focus its chart or table, or else its first control."""
        self.show_only(title)
        view = self.named(title)
        chart = view.focusProxy()
        if chart is not None and chart.isVisible():
            chart.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        able = (w for w in view.findChildren(QWidget) if w.isVisible() and w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus)
        first = next(able, None)
        if first is not None:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _dim(self) -> None:
        """Dim or hide the tabs of views that the recording has no data for."""
        for view in self.views:
            self.tabs.dim(view.title, view.why_not(), view.hides)

    def _clicked(self, title: str) -> None:
        shown = self.shown()
        if not QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier:
            self.show_only(title)
        elif title in shown and len(shown) > 1:
            self.show_only(*(t for t in shown if t != title))
        else:
            self.show_only(*shown[-(MOST - 1) :], title)
