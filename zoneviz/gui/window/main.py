"""Starts the window: makes the application, shows the main window, and closes every window before the process ends."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path

import shiboken6
from PySide6.QtCore import QEvent, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow

from zoneviz.app.spec import recordings_folder
from zoneviz.gui.session import jobs
from zoneviz.gui.window.interrupt import closing
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.windows import Windows
from zoneviz.spec import RunSpec


def application() -> QApplication:
    """The application, made on first use."""
    found = QApplication.instance()
    if isinstance(found, QApplication):
        return found
    app = QApplication(sys.argv[:1])
    app.setApplicationName("zoneviz")
    app.setOrganizationName("zoneviz")
    app.setDesktopFileName("zoneviz")
    return app


def settings() -> QSettings:
    """The user's settings."""
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "zoneviz", "zoneviz")


def spare_collector(window: MainWindow) -> None:
    """Exclude the objects of the recording on show from garbage collection.

    Otherwise each full collection visits all 100,000 of them every few hundred frames: 30 to 50 ms in which dragging freezes.
    """

    def settle() -> None:
        live = any(other.desk.live for other in window.windows.all if isinstance(other, MainWindow))
        if gc.get_freeze_count() and not live:  # collect what the previous recording left; not during a run
            gc.unfreeze()
            gc.collect()
        gc.freeze()

    window.session.recording_changed.connect(settle)


WATCHED = "10\u00d7"
"""The speed of a run that is started to be watched."""


def run_window(paths: Sequence[Path] = (), live: RunSpec | None = None, against: Path | None = None) -> int:
    """Show a window until it and all further ones are closed. Returns the exit status; 128 plus a signal's number if that closed them.

    `paths`: a recording or captures to open, `against`: a recording to compare the first with.
    `live`: a run to start at once, slowly enough to watch.
    With neither, the last recording or an example opens.
    """
    app = application()
    windows = Windows(settings())
    windows.joined.connect(spare_collector)
    window = MainWindow(windows.settings, recordings_folder(), windows)
    window.show()

    def begin() -> None:
        if paths:
            window.open_paths(paths)
        if against is not None:
            window.compare_with(against)
        if live is not None:
            window.start(live, WATCHED)
        if not paths and live is None:
            window.open_something()

    QTimer.singleShot(0, window, begin)
    with closing(windows.close) as received:
        status = app.exec()
        close_all(app)
    return 128 + received[0] if received else status


def close_all(app: QApplication) -> None:
    """Close and delete every window now: a window that is still open when the interpreter exits crashes it."""
    jobs.cancel_all()
    # Main windows first: they store where their floating views are, which closing those would change.
    for window in sorted(app.topLevelWidgets(), key=lambda widget: not isinstance(widget, QMainWindow)):
        if shiboken6.isValid(window):  # closing another one may have deleted it
            window.close()
    for window in app.topLevelWidgets():
        if isinstance(window, QMainWindow):  # the others are children of these, or pyqtgraph's
            window.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    app.processEvents()
