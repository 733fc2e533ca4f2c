"""Pictures without a screen: the timeline of a recording, or the whole window.

`python -m zoneviz.gui.picture FILE OUT.png [--dark] [--window] [--size WxH]`, which needs no display.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from PySide6.QtCore import QMessageLogContext, QSettings, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget

from zoneviz.errors import EnvironmentProblem, ZonevizError
from zoneviz.gui import theme as themes
from zoneviz.gui.main import application, close_all
from zoneviz.gui.main_window import MainWindow
from zoneviz.gui.session import Session
from zoneviz.gui.status import caption, ended
from zoneviz.gui.views.overview import Overview
from zoneviz.gui.views.timeline import Timeline
from zoneviz.playback import Player
from zoneviz.recording import Recording


def timeline_png(recording: Path, png: Path, width: int = 1600, height: int = 900, dark: bool = False) -> None:
    """The timeline of a whole recording as a picture, painted by the window's own view.

    Errors: InputError if it is no recording, EnvironmentProblem if the picture cannot be written.
    """
    app = application()
    theme = themes.DARK if dark else themes.LIGHT
    themes.apply(app, theme)
    session = Session()
    session.theme = theme
    frame = QWidget()
    frame.setObjectName("centre")
    frame.setStyleSheet(f"QWidget#centre {{ background: {theme.ground}; }}")
    box = QVBoxLayout(frame)
    box.setContentsMargins(16, 12, 16, 12)
    timeline = Timeline(session)
    timeline.plain = True
    title = QLabel(frame)
    title.setTextFormat(Qt.TextFormat.PlainText)
    title.setProperty("role", "event")
    box.addWidget(title)
    box.addWidget(Overview(session))
    box.addWidget(timeline, 1)
    frame.resize(width, height)
    try:
        player = Player(Recording(recording))
        session.show(player)
        title.setText(f"{caption(player)} · {ended(player, False)}")
        frame.show()
        _settle(app)
        _save(frame, png)
    finally:
        session.show(None)
        frame.close()
        close_all(app)


def window_png(recording: Path, png: Path, width: int = 1600, height: int = 1000, dark: bool = False) -> None:
    """The whole window showing a recording, as a picture. The person's settings are neither read nor changed.

    Errors: as `timeline_png`.
    """
    app = application()
    with tempfile.TemporaryDirectory() as folder:
        settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        settings.setValue("theme", "dark" if dark else "light")
        window = MainWindow(settings)
        try:
            window.resize(width, height)
            window.show()
            window.reset_layout()
            player = Player(Recording(recording))
            window.session.show(player)
            _settle(app)
            _save(window, png)
        finally:
            window.close()
            close_all(app)


def _settle(app: QApplication) -> None:
    """Let layouts and paints happen."""
    for _ in range(6):
        app.processEvents()


def _save(widget: QWidget, png: Path) -> None:
    if not widget.grab().save(str(png), "PNG"):
        raise EnvironmentProblem(f"{png} cannot be written.")


def main(arguments: list[str]) -> int:
    """The command line of this file; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m zoneviz.gui.picture", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--window", action="store_true")
    parser.add_argument("--size", default="1600x1000")
    asked = parser.parse_args(arguments)
    width, _, height = asked.size.partition("x")
    draw = window_png if asked.window else timeline_png
    try:
        draw(asked.file, asked.out, int(width), int(height or 0), asked.dark)
    except ZonevizError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    return 0


def _messages(kind: QtMsgType, context: QMessageLogContext, words: str | None) -> None:
    """Qt's own words to stderr, but for one that its platform without a screen says about every window."""
    if words and "propagateSizeHints" not in words:
        print(words, file=sys.stderr)


if __name__ == "__main__":
    qInstallMessageHandler(_messages)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main(sys.argv[1:]))
