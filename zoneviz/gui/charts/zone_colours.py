"""The colours of a recording's zones in charts and tables: reclaimable ones are grey, and the largest can be told apart."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor

from zoneviz import palette
from zoneviz.events import RECLAIMABLE
from zoneviz.gui.session.session import Session
from zoneviz.playback.shown import flags_by_name
from zoneviz.recording import Recording


def colour_of(name: str, flags: str, dark: bool) -> QColor:
    """The colour of a zone with these flags, as `palette.zone_or_grey`."""
    return QColor(palette.zone_or_grey(name, flags, dark))


class ZoneColours(QObject):
    """The colours of the zones of the session's recording, the same in all its views."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self._recording: Recording | None = None
        self._until, self._zones = 0, 0
        """The events and zones that the colours were chosen for."""
        self._flags: dict[str, str] = {}
        self._moved: dict[str, str] = {}

    @classmethod
    def of(cls, session: Session) -> "ZoneColours":
        """The session's colours, made on first use."""
        return session.findChild(cls) or cls(session)

    def colour(self, name: str) -> QColor:
        """The colour of a zone or a family of zones."""
        self._choose()
        dark = self.session.theme.dark
        moved = self._moved.get(name)
        return QColor(palette.shade(moved, dark)) if moved else colour_of(name, self._flags.get(name, ""), dark)

    def _choose(self) -> None:
        """Choose the colours of another recording; of one that grows, those of its new zones. A zone never changes its colour."""
        player = self.session.player
        if player is None:
            self._recording = None
            return
        recording = player.recording
        count, zones = recording.event_count, len(recording.catalog.zones)
        if recording is not self._recording:
            self._recording, self._moved = recording, {}
        elif zones == self._zones and count < 2 * self._until:
            return
        self._until, self._zones = count, zones
        self._flags = flags_by_name(recording.catalog, recording.header)
        greys = {name for name, flags in self._flags.items() if RECLAIMABLE in flags.split()}
        with self.session.reporting():
            names = [self.session.series.zone_names[i] for i in self.session.series.ranked()]
            self._moved = palette.apart(names, greys, self._moved)
