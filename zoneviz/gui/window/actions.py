"""Every action of the window with its menu, key and whether it can be done now. The menus are made from this one list."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QMainWindow, QMenu, QPlainTextEdit, QWidget

from zoneviz.gui.kit.theme import THEMES
from zoneviz.gui.window.search import Doable


@dataclass(frozen=True, slots=True)
class Entry:
    """One action. `keys`: the first is shown in the menu. `chart`: the keys act only while a chart has the focus."""

    name: str
    menu: str
    words: str
    keys: tuple[str, ...] = ()
    chart: bool = False
    checkable: bool = False
    parted: bool = False


ENTRIES = (
    Entry("open", "File", "&Open…", ("Ctrl+O",)),
    Entry("compare", "File", "Compare &with…", ("Ctrl+Shift+O",)),
    Entry("picture", "File", "Save or copy a &picture…", ("Ctrl+Shift+S",)),
    Entry("report", "File", "Make a repor&t…", ("Ctrl+Shift+E",)),
    Entry("close", "File", "&Close recording", ("Ctrl+W",), parted=True),
    Entry("forget", "File", "Forget recent files"),
    Entry("quit", "File", "&Quit", ("Ctrl+Q",), parted=True),
    Entry("run", "Run", "&Run experiment", ("Ctrl+R",)),
    Entry("run_beside", "Run", "Run and &compare with what is shown", ("Ctrl+Alt+R",)),
    Entry("pause", "Run", "&Pause", ("Ctrl+P",)),
    Entry("step", "Run", "S&tep", ("F10",)),
    Entry("stop", "Run", "&Stop", ("Shift+F5",)),
    Entry("to_run", "Run", "&Look at the run that goes on", ("Ctrl+Shift+R",), parted=True),
    Entry("unqueue", "Run", "Forget the runs that &wait"),
    Entry("in", "View", "Zoom &in", ("W",), chart=True),
    Entry("out", "View", "Zoom &out", ("S",), chart=True),
    Entry("left", "View", "Pan &left", ("A",), chart=True),
    Entry("right", "View", "Pan &right", ("D",), chart=True),
    Entry("zoom_chosen", "View", "Zoom to the selected &stretch", ("Z",), chart=True),
    Entry("fit", "View", "&Fit the whole run", ("F",), chart=True),
    Entry("by_event", "View", "Axis counts &events", ("E",), chart=True, checkable=True),
    Entry("experiments", "View", "Experiments and recordings", ("Ctrl+B",), checkable=True, parted=True),
    Entry("panic", "View", "Panic card", ("Ctrl+Shift+B",), checkable=True),
    Entry("reset", "View", "Reset the layout", parted=True),
    Entry("settings", "View", "&Settings…", ("Ctrl+,",)),
    Entry("play", "Go", "&Play", ("Space",), chart=True),
    Entry("slower", "Go", "Play slower", ("-",), chart=True),
    Entry("faster", "Go", "Play faster", ("+", "="), chart=True),
    Entry("loop", "Go", "&Loop the selected stretch", ("L",), chart=True, checkable=True),
    Entry("first", "Go", "Go to &start", ("Home",), parted=True),
    Entry("last", "Go", "Go to &end or panic", ("End",)),
    Entry("to_panic", "Go", "Go to the pani&c", ("Ctrl+End",)),
    Entry("back", "Go", "One event &back", (",",), chart=True, parted=True),
    Entry("next", "Go", "One event &on", (".",), chart=True),
    Entry("back_far", "Go", "A thousand events back", ("Shift+PgUp",)),
    Entry("next_far", "Go", "A thousand events on", ("Shift+PgDown",)),
    Entry("search", "Go", "&Search, or SQL…", ("/", "Ctrl+K"), parted=True),
    Entry("find", "Go", "&Find an event or a state…", ("Ctrl+F",)),
    Entry("find_next", "Go", "Find the next one", ("F3",)),
    Entry("find_back", "Go", "Find the one before", ("Shift+F3",)),
    Entry("touch_next", "Go", "Next event that &touches the selected", ("F4",)),
    Entry("touch_back", "Go", "Last event before that touched the selected", ("Shift+F4",)),
    Entry("part_next", "Go", "Next &difference of A and B", ("F6",)),
    Entry("part_back", "Go", "Difference of A and B before", ("Shift+F6",)),
    Entry("follow", "Go", "&Follow the run", ("Ctrl+L",), checkable=True, parted=True),
    Entry("clear", "Go", "&Clear one level of the selection", ("Esc",)),
    Entry("clear_all", "Go", "Clear the whole selection", ("Shift+Esc",)),
    Entry("note", "Notes", "&Note the moment…", ("N",), chart=True),
    Entry("note_back", "Notes", "Go to the note &before", ("[",), chart=True),
    Entry("note_next", "Notes", "Go to the ne&xt note", ("]",), chart=True),
    Entry("mark", "Notes", "&Mark the moment as A", ("M",), chart=True, parted=True),
    Entry("unmark", "Notes", "Forget A"),
    Entry("docs", "Help", "&Documents", ("Shift+F1",)),
    Entry("keys", "Help", "&Keys", ("F1", "?")),
    Entry("about", "Help", "&About zoneviz"),
)
CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit)
MENUS = ("File", "Run", "View", "Go", "Notes", "Help")


class Actions(dict[str, QAction]):
    """The window's actions by name, put in its menu bar. `view_menu` and `file_menu` take what is added later."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__()
        self._window = window
        self.menus: dict[str, QMenu] = {name: window.menuBar().addMenu(f"&{name}") for name in MENUS}
        self._charts: list[str] = []
        for entry in ENTRIES:
            if entry.parted:
                self.menus[entry.menu].addSeparator()
            self._make(entry)

    def _make(self, entry: Entry) -> None:
        action = QAction(entry.words, self._window)
        action.setCheckable(entry.checkable)
        action.setShortcuts([QKeySequence(key) for key in entry.keys])
        if entry.chart:
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self._charts.append(entry.name)
        else:
            self._window.addAction(action)
        self.menus[entry.menu].addAction(action)
        self[entry.name] = action

    def give_to(self, *charts: QWidget) -> None:
        """Let the single-letter keys act in these widgets and what they hold, but for controls, which have a use for keys.

        `own_keys` of a widget: names of actions whose keys it answers itself.
        """
        for chart in charts:
            for widget in (chart, *chart.findChildren(QWidget)):
                if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not isinstance(widget, CONTROLS):
                    own = getattr(widget, "own_keys", ())
                    widget.addActions([self[name] for name in self._charts if name not in own])

    def connect(self, slots: dict[str, Callable[[], object]]) -> None:
        """What each action does, by name."""
        for name, slot in slots.items():
            self[name].triggered.connect(lambda _=False, act=slot: act())

    def doable(self) -> list[Doable]:
        """What can be done now, for the search."""
        able = [(name, action) for name, action in self.items() if action.isEnabled() and name != "search"]
        return [Doable(name, _plain(a), ", ".join(k.toString() for k in a.shortcuts())) for name, a in able]

    def add_views(self, titles: list[str], show: Callable[[str], object]) -> None:
        """An entry for each view of the deck, Ctrl+1 and on, before everything else in the View menu."""
        menu = self.menus["View"]
        first = menu.actions()[0]
        for number, title in enumerate(titles, 1):
            action = QAction(title, self._window)
            if number <= 9:
                action.setShortcut(QKeySequence(f"Ctrl+{number}"))
            action.triggered.connect(lambda _=False, t=title: show(t))
            self._window.addAction(action)
            menu.insertAction(first, action)
            self[f"view {title}"] = action
        menu.insertSeparator(first)

    def add_themes(self, chosen: str, choose: Callable[[str], object]) -> None:
        """System, light, dark."""
        menu = self.menus["View"].addMenu("&Theme")
        group = QActionGroup(self._window)
        for name in THEMES:
            action = QAction(name.capitalize(), self._window, checkable=True, checked=name == chosen)
            action.triggered.connect(lambda _=False, n=name: choose(n))
            group.addAction(action)
            menu.addAction(action)
            self[f"theme {name}"] = action

    def key_list(self) -> list[tuple[str, str]]:
        """All keys and what they do, for the list in the Help menu."""
        mouse = [("drag, click", "Move the moment"), ("Shift+drag", "Select a stretch")]
        mouse += [("wheel", "Zoom"), ("double click", "Fit the whole run")]
        mouse += [("Enter", "The table behind a chart, or the moment of a row")]
        mouse += [("Alt+Up, Alt+Down", "Sort a table by the current column")]
        keyed = [action for action in self.values() if action.shortcuts()]
        rows = [(", ".join(k.toString() for k in a.shortcuts()), _plain(a)) for a in keyed]
        return rows + mouse


def _plain(action: QAction) -> str:
    return action.text().replace("&", "").rstrip("…")
