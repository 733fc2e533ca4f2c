"""Prints what does not fit in the window: each view, two sizes. `python -m tests.gui.fitting TEXT_SIZE FOLDER RECORDING`."""

import sys
from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QAbstractButton, QLabel, QScrollArea, QWidget

from zoneviz.gui import jobs
from zoneviz.gui.main import application, close_all
from zoneviz.gui.main_window import MainWindow

SIZES = ((1280, 720), (3840, 2160))
CHART = 0.1
"""The least share of the window that the timeline's chart may have."""


def cramped(window: QWidget) -> list[str]:
    """Labels and buttons that are smaller than they can be, or stand outside of what holds them."""
    out = []
    widgets: list[QLabel | QAbstractButton] = [*window.findChildren(QLabel), *window.findChildren(QAbstractButton)]
    for widget in widgets:
        parent, least = widget.parentWidget(), widget.minimumSizeHint()
        small = widget.width() < least.width() or widget.height() < least.height()
        if parent is None or not widget.isVisible():
            continue
        room = parent.rect()
        if isinstance(parent.parent(), QScrollArea):  # what is longer can be scrolled to
            room.setHeight(max(room.height(), widget.height()))
        if small or not room.contains(widget.geometry()):
            out.append(f"{type(widget).__name__} {widget.text()!r}: {widget.geometry()}, at least {least}")
    return out


def main(text_size: str, folder: Path, recording: Path) -> None:
    """Every view at every size."""
    app = application()
    settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
    settings.setValue("text_size", text_size)
    window = MainWindow(settings)
    window.open_path(recording)
    for size in SIZES:
        window.resize(*size)
        window.show()
        window.reset_layout()
        for view in window.deck.views:
            window.deck.show_only(view.title)
            for _ in range(3):
                app.processEvents()
                jobs.wait_all()
                window.session.land()
                window.session.flush()
            app.processEvents()
            chart = window.timeline.chart
            found = cramped(window)
            if window.size().toTuple() != size or chart.width() * chart.height() < CHART * size[0] * size[1]:
                found.append(f"window {window.size().toTuple()}, chart {chart.size().toTuple()}")
            for words in found:
                print(size, view.title, words)
        print("looked at", len(window.deck.views), "views")
    window.close()
    close_all(app)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
