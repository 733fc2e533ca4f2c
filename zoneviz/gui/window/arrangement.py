"""Moving views and changing the layout, so that it can be undone, stored and restored."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QByteArray, QObject, QSettings, Signal
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QApplication

from zoneviz.gui.session.undoing import Edit
from zoneviz.gui.window.docks import EDGES
from zoneviz.gui.window.layout import LAST, Layout, Layouts, from_text
from zoneviz.gui.window.places import Places


class Arrangement(QObject):
    """The layout of one window. `changed`: views were moved, or the layouts with a name are others."""

    changed = Signal()

    def __init__(self, places: Places, settings: QSettings, edits: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.places, self.docks, self.deck = places, places.docks, places.deck
        self.named = Layouts(settings)
        self._settings, self._edits = settings, edits
        self._docks = b""
        """Where the docks were before the user dragged one."""
        self.docks.asked.connect(self.move_view)
        self.docks.dragged.connect(self._dragged)

    # what is where

    def current(self) -> str:
        """Title of the view with the focus; else of the first one on show in the deck, else of one outside it. "" without any."""
        focus = QApplication.focusWidget()
        focused = next((view.title for view in self.deck.views if focus is not None and view.isAncestorOf(focus)), "")
        return focused or next(iter([*self.deck.shown(), *self.docks.out]), "")

    def is_out(self, title: str) -> bool:
        """Whether a view is outside the tabs."""
        return title in self.docks.out

    def capture(self) -> Layout:
        """The layout now."""
        places = self.places
        looking = places.stack.currentIndex() == 1  # without charts, the splitters have no useful sizes
        return Layout(
            sidebar=not places.sidebar.isHidden(),
            card=places.card_wanted,
            views=tuple(self.deck.shown()),
            out=tuple(self.docks.out),
            panels=bytes(places.panels.saveState().data()) if looking else b"",
            charts=bytes(places.charts.saveState().data()) if looking else b"",
            docks=self.docks.state(),
        )

    def apply(self, layout: Layout) -> None:
        """Arrange everything as in a layout. Views that do not exist any more are left out."""
        places = self.places
        places.sidebar.setVisible(layout.sidebar)
        places.show_card(layout.card)
        self.docks.restore(layout.out, layout.docks)
        views = [title for title in layout.views if title in self.deck.tabs.tabs and not self.is_out(title)]
        if views:
            self.deck.show_only(*views)
        for part, state in ((places.panels, layout.panels), (places.charts, layout.charts)):
            if state:
                part.restoreState(QByteArray(state))
        self.docks.set_shown(places.stack.currentIndex() == 1)
        self._over()

    def _over(self) -> None:
        self._docks = self.docks.state()
        self.changed.emit()

    # changes that can be undone

    def change(self, words: str, act: Callable[[], object]) -> None:
        """Change the layout by `act`, which can be undone: `words`, as `float Zones`."""
        before = self.capture()
        act()
        self._made(words, before)

    def _made(self, words: str, before: Layout) -> None:
        after = self.capture()
        if after != before:
            self._edits.push(Edit(words, lambda: self.apply(after), lambda: self.apply(before), done=True))
        self._over()

    def move_view(self, title: str, place: str) -> None:
        """Move a view, place as in `Docks.move_view`."""
        verb = "close" if place == "tabs" else "dock" if place in EDGES else "float"
        self.change(f"{verb} {title}", lambda: self.docks.move_view(title, place))

    def toggle_float(self) -> None:
        """Let the current view float, or return it to the tabs."""
        title = self.current()
        if title:
            self.move_view(title, "tabs" if self.is_out(title) else "window")
            self.deck.go_to(title)

    def dock(self, edge: str) -> None:
        """Dock the current view at an edge."""
        title = self.current()
        if title:
            self.move_view(title, edge)
            self.deck.go_to(title)

    def choose(self, name: str) -> None:
        """Apply a layout by its name."""
        self.change(f"layout {name}", lambda: self.apply(self.named[name]))

    def _dragged(self, title: str) -> None:
        if self.is_out(title):
            self._made(f"move {title}", replace(self.capture(), docks=self._docks))

    # between two starts

    def restore(self) -> None:
        """Apply the layout of the window that was closed last, if its form is of this version."""
        found = from_text(self._settings.value(LAST))
        if found is not None:
            self.apply(found)
        self._over()

    def remember(self) -> None:
        """Store the layout for the next start."""
        now, before = self.capture(), from_text(self._settings.value(LAST))
        if not now.panels and before is not None:
            now = replace(now, panels=before.panels, charts=before.charts)
        self._settings.setValue(LAST, now.as_text())
