"""The places visited: moment, visible range, selection and views. Back and forward go through them."""

from dataclasses import asdict, dataclass
from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QMouseEvent, QWindow

from zoneviz.gui.session.clock import Clock
from zoneviz.gui.session.selection import Selection
from zoneviz.gui.session.session import Session
from zoneviz.gui.window.deck import Deck
from zoneviz.playback import Player

MOST = 100
"""Places kept."""
SETTLE_MS = 400
"""A place counts as visited after this long without a change, so that a drag or a turn of the wheel is one place."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is on show of a recording. `x`: where the moment is on the axis, which counts events if `by_event`."""

    seq: int
    x: float
    range: tuple[float, float]
    selection: Selection
    views: tuple[str, ...]
    by_event: bool


class Trail(QObject):
    """The places visited in the recording on show, forgotten with it. `changed`: other places can be gone to."""

    changed = Signal()

    def __init__(self, session: Session, clock: Clock, deck: Deck, parent: QObject) -> None:
        super().__init__(parent)
        self.session, self.clock, self.deck = session, clock, deck
        self.places: list[Place] = []
        self._at = -1
        self._player: Player | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        session.recording_changed.connect(self._recording)
        for signal in (session.moment_changed, session.range_changed, session.selection_changed, clock.changed, deck.changed):
            signal.connect(self._settle.start)

    @property
    def can_go_back(self) -> bool:
        """Whether there is a place before this one."""
        return self._at > 0 or (self._at == 0 and self._here() != self.places[0])

    @property
    def can_go_forward(self) -> bool:
        """Whether there is a place after this one."""
        return self._at < len(self.places) - 1

    def go(self, step: int) -> None:
        """Go to the next place, or with -1 to the previous one, if there is one."""
        self.visit()
        at = self._at + step
        if 0 <= at < len(self.places):
            self._at = at
            self._show(self.places[at])
            self.places[at] = self._here()
            self.changed.emit()

    def visit(self) -> None:
        """Remember the place on show as visited, unless it is the last one already; those after it are forgotten."""
        self._settle.stop()
        if self.session.player is None:
            return
        self.session.land()
        here = self._here()
        if self._at < 0 or here != self.places[self._at]:
            self.places = [*self.places[: self._at + 1], here][-MOST:]
            self._at = len(self.places) - 1
            self.changed.emit()

    def _settled(self) -> None:
        """Nothing has changed for a while: this is a place, unless something still moves."""
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._settle.start()
        elif not self.clock.playing and not self.session.follow:
            self.visit()

    def _recording(self) -> None:
        """Forget the places of another recording."""
        if self.session.player is not self._player:
            self._player, self.places, self._at = self.session.player, [], -1
            self.changed.emit()
        self._settle.start()

    def _here(self) -> Place:
        session = self.session
        views = tuple(self.deck.shown())
        return Place(session.moment, session.moment_x, session.range, session.selection, views, session.series.by_event)

    def _show(self, place: Place) -> None:
        session = self.session
        self.clock.pause()
        if session.series.by_event != place.by_event:
            session.set_by_event(place.by_event)
        if place.views != tuple(self.deck.shown()):
            self.deck.show_only(*place.views)
        session.ask_x(place.x)
        if session.moment != place.seq:
            session.ask_moment(place.seq)
        session.land()
        session.set_range(*place.range)  # last: the moment may be outside of it
        session.select(**{name: getattr(place.selection, name) for name in asdict(place.selection)})
        self._settle.stop()


class SideButtons(QObject):
    """The back and forward buttons of a mouse, anywhere in a window."""

    STEPS: ClassVar[dict[Qt.MouseButton, int]] = {Qt.MouseButton.BackButton: -1, Qt.MouseButton.ForwardButton: 1}

    def __init__(self, trail: Trail) -> None:
        super().__init__(trail)
        self.trail = trail

    def watch(self, window: QWindow) -> None:
        """Listen to the events of a window as the system sends them: no widget takes these buttons first."""
        window.removeEventFilter(self)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go back or forward when one of the buttons is pressed."""
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent) and event.button() in self.STEPS:
            self.trail.go(self.STEPS[event.button()])
            return True
        return False
