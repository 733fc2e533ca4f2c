"""What an action is, and what is made from a table of them: menus, keys, tool tips, the search and the list of keys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QMainWindow, QMenu, QPlainTextEdit, QWidget

from zoneviz.gui.window.search import ActionHit

P = TypeVar("P")
CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit)
"""Widgets that use letter keys themselves."""
MENUS = ("File", "Edit", "Run", "View", "Go", "Notes", "Help")
SUBMENUS = {"Recording": "File", "Move view": "View", "Layouts": "View", "Theme": "View"}
"""By name, the menu that each submenu ends."""
BEFORE = {"Recording": "close"}
"""Submenus that are above an action instead."""
MOUSE = (
    ("drag, click", "Move the moment"),
    ("Shift+drag", "Select a stretch"),
    ("wheel", "Zoom"),
    ("double click", "Fit whole run"),
    ("back, forward button", "Go through the places visited"),
    ("click, double click, Ctrl+click on the legend", "Select a band, show only it, hide it"),
    ("Enter, Shift+Enter, Delete on the legend", "The same with the keys; arrows choose the band"),
    ("Enter", "Open the table behind a chart, or go to a row's event"),
    ("F2, Delete", "In the list of recordings: rename, move to the trash"),
    ("Alt+Up, Alt+Down", "Sort a table by the current column"),
)
"""What the mouse and keys do that belong to no action."""


def always(_: object) -> bool:
    """An action that is always enabled."""
    return True


@dataclass(frozen=True, slots=True)
class Action(Generic[P]):
    """One action of the window, whose parts P it acts on. `do` is called when it is triggered, then the menus are updated."""

    name: str
    menu: str
    text: str
    """As in the menu: & before the mnemonic, … at the end if a dialog follows."""
    help: str
    """What it does, in a sentence: the tool tip."""
    do: Callable[[P], object]
    keys: tuple[str, ...] = ()
    """The menu shows the first one."""
    enabled: Callable[[P], bool] = always
    checked: Callable[[P], bool] | None = None
    """Its check mark; None if it has none."""
    renamed: Callable[[P], str] | None = None
    """Its text now; None if it is always `text`."""
    chart: bool = False
    """The keys work only while a chart has the focus."""
    separated: bool = False
    """There is a line above it in the menu."""


class Actions(dict[str, QAction], Generic[P]):
    """The QActions of a table by name, in the menu bar of `window`."""

    def __init__(self, window: QMainWindow, table: Sequence[Action[P]]) -> None:
        super().__init__()
        self.table = table
        self.menus: dict[str, QMenu] = {name: window.menuBar().addMenu(f"&{name}") for name in MENUS}
        for name, menu in SUBMENUS.items():
            self.menus[name] = QMenu(f"&{name}", window)
            self.menus[menu].setToolTipsVisible(True)
        for row in table:
            action = self[row.name] = QAction(row.text, window)
            action.setCheckable(row.checked is not None)
            action.setShortcuts([QKeySequence(key) for key in row.keys])
            action.setToolTip(row.help)
            if row.chart:
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            else:
                window.addAction(action)
            if row.separated:
                self.menus[row.menu].addSeparator()
            self.menus[row.menu].addAction(action)
        for name, menu in SUBMENUS.items():
            if BEFORE.get(name) in self:
                self.menus[menu].insertMenu(self[BEFORE[name]], self.menus[name])
            else:
                self.menus[menu].addMenu(self.menus[name])
        for shown in self.menus.values():
            shown.setToolTipsVisible(True)

    def connect(self, parts: P) -> None:
        """Let the actions act on `parts`."""
        for row in self.table:
            self[row.name].triggered.connect(partial(self._trigger, row, parts))
        for menu in self.menus.values():
            menu.aboutToShow.connect(partial(self.refresh, parts))

    def _trigger(self, row: Action[P], parts: P, _checked: bool = False) -> None:
        row.do(parts)
        self.refresh(parts)

    def refresh(self, parts: P) -> None:
        """Update which actions are enabled and checked, and their texts."""
        for row in self.table:
            action = self[row.name]
            action.setEnabled(row.enabled(parts))
            if row.checked is not None:
                action.setChecked(row.checked(parts))
            if row.renamed is not None:
                action.setText(row.renamed(parts))

    def give_to(self, *charts: QWidget) -> None:
        """Let the keys for charts work in these widgets and their children, except in CONTROLS.

        `own_keys` of a widget: names of actions whose keys it handles itself.
        """
        keyed = [row.name for row in self.table if row.chart]
        for chart in charts:
            for widget in (chart, *chart.findChildren(QWidget)):
                if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not isinstance(widget, CONTROLS):
                    own = getattr(widget, "own_keys", ())
                    widget.addActions([self[name] for name in keyed if name not in own])

    def for_key(self, event: QKeyEvent) -> QAction | None:
        """The action for charts that a key stands for. Signs such as + count with and without Shift, which some keyboards need for them."""
        pressed = {QKeySequence(event.keyCombination())}
        if not event.text().isalpha():
            pressed.add(QKeySequence(event.key()))
        return next((self[row.name] for row in self.table if row.chart and pressed & {*self[row.name].shortcuts()}), None)

    def enabled(self) -> list[ActionHit]:
        """The actions enabled now, for the search."""
        return [ActionHit(row.name, plain(self[row.name]), keys_of(self[row.name])) for row in self.table if self[row.name].isEnabled()]

    def key_list(self) -> list[tuple[str, str]]:
        """All keys and what they do."""
        return [(keys_of(action), plain(action)) for action in self.values() if action.shortcuts()] + [*MOUSE]


def keys_of(action: QAction) -> str:
    """`W, Ctrl+Up`."""
    return ", ".join(key.toString() for key in action.shortcuts())


def plain(action: QAction) -> str:
    """An action's text without mnemonic and dots."""
    return action.text().replace("&", "").rstrip("…")
