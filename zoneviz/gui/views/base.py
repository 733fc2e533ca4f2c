"""The base class of all views: a widget with a title that shows a recording at a moment and does nothing while hidden."""

from dataclasses import replace
from typing import ClassVar

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from zoneviz.gui.charts.asked import asked
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Act
from zoneviz.gui.session.view_axis import ViewAxis
from zoneviz.playback import Player
from zoneviz.playback.shown import lacking


class View(QWidget):
    """A view of the session's recording. Subclasses set `title` and override the `show_` methods they need.

    `menu_asked(Subject, QPoint)`: the user wants the menu of what is at a place of the screen. The view's widgets say what that is
    (`charts.asked`), the window makes the menu.
    """

    menu_asked = Signal(object, QPoint)

    title = ""
    place: ClassVar[int] = 100
    """Position among the tabs, lowest first; 0: the window shows this view elsewhere, so it has no tab."""
    needs: ClassVar[frozenset[str]] = frozenset()
    """What a recording must have data on, words of `header.SHOWN`; otherwise the view shows one sentence why it has nothing to draw."""
    hides: ClassVar[bool] = False
    """Whether its tab is hidden, not dimmed, where it has nothing to show."""
    weight = 1000
    """Share of the width when two views are shown side by side."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.setAccessibleName(self.title)
        self.time: ViewAxis | None = None
        """Its axis of time, if it can show another stretch than the timeline."""
        self._stale = {"recording", "moment"}
        self._cover: QLabel | None = None
        session.recording_changed.connect(self._recording)
        session.grown.connect(self._grown)
        session.moment_changed.connect(self._moment)
        session.theme_changed.connect(self._theme)

    def show_recording(self, player: Player) -> None:
        """Redraw everything: another recording, axis or theme."""

    def show_growth(self, player: Player) -> None:
        """Draw the events that a live recording has gained."""

    def show_moment(self, player: Player) -> None:
        """Draw the moment: `player.state` is another one."""

    def why_not(self) -> str:
        """Why the session's recording has nothing for this view, in one sentence; "" if it has."""
        player = self.session.player
        return lacking(player.recording.header, self.needs) if player is not None else ""

    def wait(self) -> None:
        """Block until this view's jobs are done and shown. Used before pictures are taken."""

    def _recording(self) -> None:
        self._mark("recording", "moment")

    def _grown(self) -> None:
        self._mark("growth")

    def _moment(self) -> None:
        self._mark("moment")

    def _theme(self) -> None:
        self._mark("recording", "moment")

    def _mark(self, *what: str) -> None:
        self._stale.update(what)
        if self.isVisible():
            self.session.frames.ask(self._draw)

    def _draw(self) -> None:
        if self.isVisible():
            self.catch_up()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed while the view was hidden."""
        super().showEvent(event)
        self.catch_up()

    def catch_up(self) -> None:
        """Redraw what has changed since the last call."""
        player = self.session.player
        if player is None:
            return
        self._cover_up(self.why_not())
        if not self.isEnabled():
            return
        stale, self._stale = self._stale, set()
        with self.session.reporting():
            if "recording" in stale:
                self.show_recording(player)
            elif "growth" in stale:
                self.show_growth(player)
            if "moment" in stale:
                self.show_moment(player)

    def _cover_up(self, why: str) -> None:
        """Cover the view with one sentence, and keep the focus out of it; uncover it if `why` is empty."""
        self.setEnabled(not why)
        if why and self._cover is None:
            self._cover = QLabel(self)
            self._cover.setProperty("role", "cover")
            self._cover.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._cover.setTextFormat(Qt.TextFormat.PlainText)
            self._cover.setWordWrap(True)
        if self._cover is not None:
            self._cover.setText(why)
            self._cover.setGeometry(self.rect())
            self._cover.setVisible(bool(why))
            self._cover.raise_()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of what is under the pointer or, from the keyboard, of the current row or the moment."""
        if self.session.player is None or not self.isEnabled():
            event.ignore()
            return
        subject, place = asked(self, event, self.session)
        table = getattr(self, "show_table", None)
        if table is not None:
            subject = replace(subject, acts=(*subject.acts, Act("Show the figures as a table", table)))
        self.menu_asked.emit(subject, place)
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cover all of the view, if it is covered."""
        super().resizeEvent(event)
        if self._cover is not None:
            self._cover.setGeometry(self.rect())
