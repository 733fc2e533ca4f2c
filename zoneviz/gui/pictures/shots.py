"""Pictures of the window's views, painted without a screen: `zoneviz shot`."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from PySide6.QtCore import QMessageLogContext, QSettings, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QVBoxLayout, QWidget

from zoneviz.app.moments import event_range, moment
from zoneviz.app.pictures import Shot
from zoneviz.app.state import open_recording
from zoneviz.errors import UsageError
from zoneviz.gui.charts.figure import MARGIN, Figure, caption
from zoneviz.gui.charts.link import Link
from zoneviz.gui.kit import theme as themes
from zoneviz.gui.kit.choice import Choice
from zoneviz.gui.session import jobs
from zoneviz.gui.session.second import SecondRecording
from zoneviz.gui.session.session import Session
from zoneviz.gui.views import views
from zoneviz.gui.views.base import View
from zoneviz.gui.views.compare import SHOWN, CompareView
from zoneviz.gui.views.overview import Overview
from zoneviz.gui.views.panic import PanicView
from zoneviz.gui.views.timeline import Timeline
from zoneviz.gui.window.main import application, close_all
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.status import caption as about
from zoneviz.playback import Player

WINDOW, TIMELINE = "window", "timeline"


def slug(title: str) -> str:
    """The name of a view on the command line: `zone-heatmap`."""
    return "-".join(title.lower().split())


_SINGLES: tuple[type[View], ...] = (Overview, PanicView, *views())
SINGLE = {slug(view.title): view for view in _SINGLES}
NAMES = (TIMELINE, WINDOW, *SINGLE)


def named(name: str) -> str:
    """The entry of NAMES that `name` refers to: that name, or the only one with all its words.

    Errors: UsageError if none or several match.
    """
    wanted = slug(name)
    if wanted in NAMES:
        return wanted
    found = [known for known in NAMES if wanted and set(wanted.split("-")) <= set(known.split("-"))]
    if len(found) != 1:
        raise UsageError(f"Unknown view {name!r}. Use one of: {', '.join(NAMES)}.")
    return found[0]


class Stage(NamedTuple):
    """A view that is shown off screen."""

    app: QApplication
    widget: QWidget
    session: Session
    title: str

    def settle(self) -> None:
        """Wait until everything is painted: seeks, jobs, layouts."""
        for _ in range(4):
            self.app.processEvents()
            self.session.land()
            for view in self.widget.findChildren(View):
                if view.isVisible():
                    view.wait()
            jobs.wait_all()
            self.app.processEvents()
            self.session.frames.flush()

    def figure(self, with_caption: bool) -> Figure:
        """The view as a picture. The window has margins already."""
        margin = 0 if self.title == "Window" else MARGIN
        return Figure(self.widget, self.session.theme, caption(self.title, self.session) if with_caption else "", margin)


@contextmanager
def stage(shot: Shot) -> Iterator[Stage]:
    """The view of a shot, with the recording at its moment and range. The user's settings are neither read nor changed.

    Errors: UsageError for an unknown view or an invalid moment or range; InputError for an invalid recording.
    """
    name = named(shot.view)
    with open_recording(shot.file) as recording:
        at = moment(recording, shot.at)
        first, last = event_range(recording, shot.span)
    qInstallMessageHandler(_messages)
    app = application()
    theme = themes.DARK if shot.theme == "dark" else themes.LIGHT
    with tempfile.TemporaryDirectory() as folder:
        session, widget, title = _made(name, theme, app, Path(folder))
        try:
            widget.resize(shot.width - (0 if name == WINDOW else 2 * MARGIN), shot.height - (0 if name == WINDOW else 2 * MARGIN))
            widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
            widget.show()
            if isinstance(widget, MainWindow):
                widget.reset_layout()
            player = Player(open_recording(shot.file))
            session.show(player)
            session.ask_moment(at)
            if shot.span is not None:
                session.land()  # the range asked for stays, whether or not the moment is in it
                session.set_range(session.series.x_at(first), session.series.x_at(last))
            if shot.against is not None:
                _compare(widget, session, shot.against, shot.part)
            _headings(widget, f"{about(player)} · {session.standing.said(player, False)}")
            made = Stage(app, widget, session, title)
            made.settle()
            yield made
        finally:
            widget.close()  # first: hidden views do not redraw when the recording goes away
            session.show(None)
            session.deleteLater()
            widget.deleteLater()
            close_all(app)


def shoot(shot: Shot) -> dict[str, Any]:
    """Paint and write a picture; returns what `app.pictures.Paint` describes. Errors: those of `stage` and `Figure.save`."""
    shot.check()
    with stage(shot) as shown:
        if shot.plain:
            without_controls(shown.widget)
            shown.app.processEvents()
        figure = shown.figure(shot.caption)
        size = figure.save(shot.output, shot.scale, shot.force)
        width, height = (round(side * shot.scale) for side in (figure.size().width(), figure.size().height()))
        seq = int(shown.session.moment)
    return {"file": str(shot.output), "view": named(shot.view), "at": seq, "width": width, "height": height, "bytes": size}


def without_controls(widget: QWidget) -> None:
    """Hide the buttons of a view; what a choice has chosen stays as a word."""
    for button in widget.findChildren(QAbstractButton):
        if isinstance(button, Choice):
            button.setText(button.text().removesuffix(" ▾"))
            button.setStyleSheet("border: none; background: transparent")
        elif not isinstance(button, Link):  # a sentence
            button.hide()


def _made(name: str, theme: themes.Theme, app: QApplication, folder: Path) -> tuple[Session, QWidget, str]:
    if name == WINDOW:
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        settings.setValue("theme", "dark" if theme.dark else "light")
        window = MainWindow(settings)
        return window.session, window, "Window"
    themes.apply(app, theme)
    session = Session()
    session.theme = theme
    frame = QWidget()
    frame.setObjectName("centre")
    frame.setStyleSheet(f"QWidget#centre {{ background: {theme.ground}; }}")
    box = QVBoxLayout(frame)
    box.setContentsMargins(0, 0, 0, 0)
    if name != TIMELINE:
        view = SINGLE[name](session)
        if isinstance(view, PanicView):
            view.findings.fold.setChecked(True)  # a picture cannot be unfolded
        if isinstance(view, Overview):
            view.fill()
        box.addWidget(view)
        return session, frame, SINGLE[name].title
    heading = QLabel(frame)
    heading.setObjectName("heading")
    heading.setTextFormat(Qt.TextFormat.PlainText)
    heading.setProperty("role", "event")
    timeline = Timeline(session)
    timeline.head.plain = True
    for widget in (heading, Overview(session)):
        box.addWidget(widget)
    box.addWidget(timeline, 1)
    return session, frame, "Timeline"


def _compare(widget: QWidget, session: Session, path: Path, part: str) -> None:
    """Compare with another recording. Errors: UsageError for an unknown part, InputError for an invalid recording."""
    open_recording(path).close()  # raises here what the picture would otherwise show
    if part and part not in SHOWN:
        raise UsageError(f"Unknown part of a comparison: {part!r}. Use one of: {', '.join(SHOWN)}.")
    SecondRecording.of(session).open(path)
    if isinstance(widget, MainWindow):
        widget.deck.show_only(CompareView.title)
    for view in widget.findChildren(CompareView):
        view.shown.set_value("curves")
        if part:
            view.wait()
            QApplication.processEvents()  # delivers the comparison, which chooses a part itself
            view.shown.set_value(part)


def _headings(widget: QWidget, words: str) -> None:
    heading = widget.findChild(QLabel, "heading")
    if isinstance(heading, QLabel):
        heading.setText(words)


def _messages(kind: QtMsgType, context: QMessageLogContext, words: str | None) -> None:
    """Drop Qt's messages, which are for programmers; problems are raised as errors."""
