"""Prints what does not fit: in each view at three window sizes, and in the dialogs.

`python -m tests.gui.whole.fitting TEXT_SIZE FOLDER RECORDING...`
"""

import sys
from itertools import combinations
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QRectF, QSettings, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QLayout, QListWidget, QScrollArea, QTableView, QWidget

from tests.gui.painted import Painted, cut, met, named, painted
from zoneviz.gui.session import jobs
from zoneviz.gui.views.base import View
from zoneviz.gui.views.compare import SHOWN, CompareView
from zoneviz.gui.window.main import application, close_all
from zoneviz.gui.window.main_window import MainWindow

SIZES = ((1280, 720), (900, 600), (3840, 2160))
SMALL = SIZES[1]
"""The smallest window: half of that share for the chart, and columns may be scrolled to."""
MOMENTS = (1.0, 0.6, 0.0)
"""Shares of the run: labels beside the line of the moment are elsewhere at each."""
CHART = 0.1
"""The smallest share of the window for the timeline's chart."""
NEEDED = {
    "Zones at the moment": 4,
    "Tasks and their rights": 4,
    "Port names of the chosen task": 3,
    "Threads of the chosen server at the moment": 2,
    "Events": 3,
    "Allocations": 3,
    "Observations of this experiment": 3,
    "Memory of A and B by call path": 0,
}
"""Number of first columns that must be completely visible without scrolling; 1 for other tables.

A call path is as long as it is: its end is shown, and all of it by the tool tip.
"""
DIALOGS = ("settings", "picture", "report", "docs", "keys", "about", "mark")
BARS = ("find", "note", "search")


def covered(widget: QWidget) -> bool:
    """Whether it is under the sentence that covers a view without data."""
    at: QWidget | None = widget
    while at is not None and not isinstance(at, View):
        at = at.parentWidget()
    return at is not None and not at.isEnabled() and widget.property("role") != "cover"


def cramped(window: QWidget) -> list[str]:
    """Labels and buttons that are smaller than their minimum, or outside their parent."""
    out = []
    widgets: list[QLabel | QAbstractButton] = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
    for widget in widgets:
        parent, least = widget.parentWidget(), widget.minimumSizeHint()
        small = widget.width() < least.width() or widget.height() < least.height()
        if parent is None or not widget.isVisible() or covered(widget):
            continue
        room = parent.rect()
        if isinstance(parent.parent(), QScrollArea):  # the rest can be scrolled to
            room.setHeight(max(room.height(), widget.height()))
        if small or not room.contains(widget.geometry()):
            out.append(f"{type(widget).__name__} {widget.text()!r}: {widget.geometry()}, at least {least}")
    return out


def overlapping(window: QWidget) -> list[str]:
    """Pairs of overlapping widgets of a layout. Widgets that cover a chart on purpose are in no layout."""
    out = []
    for parent in (window, *window.findChildren(QWidget)):
        layout = parent.layout()
        if layout is not None and parent.isVisible():
            placed = [widget for widget in _placed(layout) if widget.isVisible()]
            out += [f"{named(a)} overlaps {named(b)}" for a, b in combinations(placed, 2) if a.geometry().intersects(b.geometry())]
    return out


def _placed(layout: QLayout) -> list[QWidget]:
    out: list[QWidget] = []
    for item in filter(None, (layout.itemAt(i) for i in range(layout.count()))):
        widget, inner = item.widget(), item.layout()
        out += [widget] if widget is not None else _placed(inner) if inner is not None else []
    return out


def shortened(window: QWidget, words: list[Painted]) -> list[str]:
    """Cut headings, and columns of NEEDED that are partly hidden or have shortened cells. `words`: what `window` paints."""
    out = []
    for table in window.findChildren(QTableView):
        if not table.isVisible() or table.model() is None or not table.model().rowCount():
            continue
        port, header = table.viewport(), table.horizontalHeader()
        for column in range(table.model().columnCount()):
            name, left, width = str(table.model().headerData(column, Qt.Orientation.Horizontal) or ""), *_section(table, column)
            if header.fontMetrics().horizontalAdvance(name) > width and not table.isColumnHidden(column):
                out.append(f"heading {name!r} of {named(table)} has {width} pixels")
            if column >= NEEDED.get(table.accessibleName(), 1):
                continue
            if left + width > port.width():
                out.append(f"column {name!r} of {named(table)} ends at {left + width} of {port.width()}")
            area = QRectF(QRect(port.mapTo(window, QPoint(left, 0)), port.mapTo(window, QPoint(left + width, port.height()))))
            inside = (one for one in words if one.widget is port and area.contains(one.ink.center()))
            out += [f"shortened: {one}" for one in inside if "…" in one.words]
    return out


def _section(table: QTableView, column: int) -> tuple[int, int]:
    return table.columnViewportPosition(column), table.columnWidth(column)


def unfit(window: QWidget, columns: bool = True) -> list[str]:
    """Everything that does not fit in a window or dialog. `columns`: also checks that those of NEEDED are seen without scrolling."""
    words = [one for one in painted(window) if not covered(one.widget)]
    found = [*cramped(window), *overlapping(window), *cut(words), *met(words)]
    return [*found, *shortened(window, words)] if columns else found


def settle(app: QApplication, window: MainWindow) -> None:
    """Run the event loop and jobs until everything is drawn."""
    for _ in range(3):
        app.processEvents()
        jobs.wait_all()
        window.session.land()
        window.session.frames.flush()
    app.processEvents()


def views(app: QApplication, window: MainWindow, size: tuple[int, int]) -> None:
    """Check each view at MOMENTS; in the large window, and at a scale other than 1, only at the first."""
    moments = MOMENTS if size == SIZES[0] and window.devicePixelRatio() == 1 else MOMENTS[:1]
    for view in window.deck.views:
        window.deck.show_only(view.title)
        for share in moments:
            window.session.ask_moment(round(window.session.last * share))
            settle(app, window)
            chart = window.timeline.chart
            found = unfit(window, size != SMALL)
            least = CHART / 2 if size == SMALL else CHART
            if window.size().toTuple() != size or chart.width() * chart.height() < least * size[0] * size[1]:
                found.append(f"window {window.size().toTuple()}, chart {chart.size().toTuple()}")
            for words in found:
                print(size, view.title, share, words)
    print("looked at", len(window.deck.views), "views")


def dialogs(app: QApplication, window: MainWindow) -> None:
    """Check each dialog as it opens, and the bars that open in the window."""
    seen = set()

    def look(name: str) -> None:
        settle(app, window)
        shown = [w for w in app.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        for dialog in shown:
            seen.add(dialog.windowTitle().split(" event ")[0])
            found = unfit(dialog)
            lists = [one for one in painted(dialog) if isinstance(one.widget.parentWidget(), QListWidget)]
            found += [f"shortened: {one}" for one in lists if "…" in one.words]
            if dialog.width() > SIZES[0][0] or dialog.height() > SIZES[0][1]:
                found.append(f"larger than a small screen: {dialog.size().toTuple()}")
            for words in found:
                print("dialog", name, words)
            dialog.close()

    for name in DIALOGS:
        if name == "mark":  # the second one compares with the first
            window.session.ask_moment(window.session.last // 2)
            settle(app, window)
            window.actions_["mark"].trigger()
            window.session.ask_moment(window.session.last)
            settle(app, window)
        window.actions_[name].trigger()
        look(name)
    window.timeline.show_table()
    look("table")
    for name in BARS:
        window.actions_[name].trigger()
        settle(app, window)
        bar = {"search": window.palette_, "find": window.find_bar, "note": window.note_bar}[name]
        for words in unfit(bar):  # it covers what is below
            print("bar", name, words)
    print("looked at", len(seen), "dialogs")


def compared(app: QApplication, window: MainWindow, recording: Path) -> None:
    """Check each part of a comparison with another recording."""
    window.compare_with(recording)
    settle(app, window)
    view = window.deck.of(CompareView)
    for part in SHOWN:
        view.shown.set_value(part)
        view.shown.changed.emit()
        settle(app, window)
        for words in unfit(window):
            print("compared", part, words)
    print("looked at", len(SHOWN), "parts of a comparison")


def main(text_size: str, folder: Path, recordings: list[Path]) -> None:
    """Check everything with one text size. `folder`: for the settings."""
    app = application()
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("text_size", text_size)
    window = MainWindow(settings)
    for recording in recordings:
        window.open_path(recording)
        scaled = window.devicePixelRatio() != 1
        for size in SIZES[:1] if scaled else SIZES if recording is recordings[0] else SIZES[:2]:
            window.resize(*size)
            window.show()
            window.reset_layout()
            views(app, window, size)
    window.resize(*SIZES[0])
    window.reset_layout()
    if text_size == "100 %":  # larger text above a comparison needs more lines than this window has
        compared(app, window, recordings[0])
    dialogs(app, window)
    window.close()
    close_all(app)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
