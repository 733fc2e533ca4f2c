"""One time for several windows: moment and visible range follow each other, measured from the start of each recording."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from zoneviz.gui.session.session import Session


class TimeLink(QObject):
    """While `on`, sessions with the same kind of axis show the same time. A session that follows a run leads, but is not led."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.on = False
        self._sessions: list[Session] = []
        self._led: dict[Session, int] = {}
        """The moments that sessions were led to: they must not lead in turn."""
        self._leading = False

    def add(self, session: Session) -> None:
        """Let a session take part."""
        self._sessions.append(session)
        session.moment_changed.connect(partial(self._moment, session))
        session.range_changed.connect(partial(self._range, session))

    def remove(self, session: Session) -> None:
        """Leave a session alone from now on. The last one ends the link."""
        self._sessions.remove(session)
        self._led.pop(session, None)
        if len(self._sessions) < 2:
            self.on = False
        self.changed.emit()

    def set_on(self, on: bool, leader: Session) -> None:
        """Link or unlink the sessions. The others go where `leader` is."""
        self.on = on
        self._led.clear()
        self._range(leader)
        self._moment(leader)
        self.changed.emit()

    def _others(self, leader: Session) -> list[tuple[Session, float]]:
        """The sessions to lead, and how much later their recordings start on the axis."""
        if not self.on or leader.player is None or leader not in self._sessions:
            return []
        axis = leader.series
        return [
            (other, other.series.extent[0] - axis.extent[0])
            for other in self._sessions
            if other is not leader and other.player is not None and other.series.counted == axis.counted and not other.follow
        ]

    def _moment(self, leader: Session) -> None:
        if leader.moment == self._led.get(leader):
            return
        self._led.pop(leader, None)
        for other, later in self._others(leader):
            other.ask_x(leader.moment_x + later)
            self._led[other] = other.moment

    def _range(self, leader: Session) -> None:
        if self._leading:
            return
        self._leading = True
        try:
            low, high = leader.range
            for other, later in self._others(leader):
                other.set_range(low + later, high + later)
        finally:
            self._leading = False
