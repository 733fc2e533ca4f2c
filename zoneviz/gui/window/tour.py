"""The guided tour: six steps on an example recording, each in a bubble beside the part of the window that it explains."""

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMainWindow, QWidget
from shiboken6 import isValid

from zoneviz.gui.kit.bubble import Bubble
from zoneviz.gui.session.session import Session
from zoneviz.gui.window.focusring import Ring


class Step(NamedTuple):
    """`anchor`: the accessible name of the widget that the step explains."""

    anchor: str
    title: str
    words: str


STEPS = (
    Step("Overview", "The whole run",
         "Time runs from left to right. This strip always shows the whole recording: here a process forks children that stay, until the "
         "kernel has no memory left. Click in it to go to a moment."),
    Step("Timeline", "What fills the memory",
         "Each band is a zone: the kernel's store for objects of one kind, such as tasks or threads. The bands grow until they reach the "
         "limit. Point at a band for its name and size; click or drag to move the cursor."),
    Step("Transport", "Go through it",
         "Space plays the recording. Comma and full stop go one event back and forward, Home and End to the start and the end. "
         "Everything in the window shows the moment of the cursor."),
    Step("Views", "One moment, many views",
         "Each tab shows the moment in another way: the zones as a table, the pages of memory, threads, events. Ctrl+click a tab to see "
         "two views side by side."),
    Step("Panic", "Why it ended",
         "The card says what ran out, what filled it and how sure that is. Open the evidence to check it; its links go to the events."),
    Step("Experiments and recordings", "Your turn",
         "Choose an experiment, change its parameters and press Run. Your recordings are listed below. F1 shows all keys, / searches, "
         "and Help > Tour starts the tour again."),
)  # fmt: skip
GEOMETRY = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.LayoutRequest)


def found(window: QWidget, name: str) -> QWidget | None:
    """The visible widget with this accessible name; None without one."""
    return next((widget for widget in window.findChildren(QWidget) if widget.accessibleName() == name and widget.isVisible()), None)


class Tour(QObject):
    """Runs in `window`. It ends when another recording is opened. `ended`: it was finished or left."""

    ended = Signal()

    def __init__(self, window: QMainWindow, session: Session) -> None:
        super().__init__(window)
        self._window, self.session = window, session
        self.bubble: Bubble | None = None
        self.number = 0
        self._ring: Ring | None = None
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._place)
        session.recording_changed.connect(self._recording)
        self._player = session.player

    @property
    def running(self) -> bool:
        """Whether a step is on show."""
        return self.bubble is not None

    def begin(self) -> None:
        """Show the first step, for the recording that is open now."""
        self.leave()
        self._player = self.session.player
        self.bubble = Bubble(self._window)
        self.bubble.forward.connect(lambda: self.go(1))
        self.bubble.backward.connect(lambda: self.go(-1))
        self.bubble.left.connect(self.leave)
        self._window.installEventFilter(self)
        self.number = 0
        self.bubble.show()
        self.go(0)

    def go(self, by: int) -> None:
        """Go some steps forward or back; behind the last one the tour ends."""
        if self.bubble is None:
            return
        self.number = max(self.number + by, 0)
        if self.number >= len(STEPS):
            self.leave()
            return
        step = STEPS[self.number]
        self.bubble.say(step.title, step.words, self.number + 1, len(STEPS))
        self._point(found(self._window, step.anchor))
        self._place()
        self.bubble.next.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """End the tour."""
        if self.bubble is not None:
            self._point(None)
            self._window.removeEventFilter(self)
            self._soon.stop()
            self.bubble.hide()
            self.bubble.deleteLater()
            self.bubble = None
            self.ended.emit()

    def _point(self, target: QWidget | None) -> None:
        """Highlight a widget, and follow its place."""
        if self._ring is not None and isValid(self._ring):
            self._ring.hide()
            self._ring.deleteLater()
        for widget in filter(isValid, self._watched):
            widget.removeEventFilter(self)
        self._target, self._watched = target, []
        self._ring = Ring(self.session, target) if target is not None else None
        while target is not None and target is not self._window:  # any of them may move it
            target.installEventFilter(self)
            self._watched.append(target)
            target = target.parentWidget()

    def _place(self) -> None:
        if self.bubble is None:
            return
        room = self._window.rect().adjusted(4, self._window.menuBar().height(), -4, -4)
        target = self._target
        if target is None or not target.isVisible():
            self.bubble.place(None, room)
        else:
            self.bubble.place(QRect(target.mapTo(self._window, QPoint(0, 0)), target.size()), room)

    def _recording(self) -> None:
        if self.session.player is not self._player:
            self.leave()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the widget that is explained. Esc leaves, unless the widget with the focus has another use for it."""
        if event.type() in GEOMETRY:
            self._soon.start()
        elif watched is self._window and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and not event.modifiers():
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.leave()
                return True
        return False
