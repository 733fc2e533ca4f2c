"""Threads and ports of each server over the run, for the views that draw lanes: coarse for the whole run, fine for a stretch."""

from collections.abc import Generator

from PySide6.QtCore import QTimer

from zoneviz.events import Catalog
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.reading import Reading
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.lanes import MOST, Lanes, Servers, Survey, stretch, survey
from zoneviz.state.figures import SAMPLE_STEP
from zoneviz.state.machine import MachineState

FEW = 256
"""A stretch with fewer samples than this in sight is read more finely."""
REFINE_MS = 120
"""A stretch is refined once the visible range has been still for this many ms."""


class LaneFeed(Reading[Survey, Lanes]):
    """One for each session. `result`: the lanes of the whole run; `look` gives those to draw. `changed`: there is more to draw."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._servers: tuple[Catalog, Servers] | None = None
        self._fine: tuple[tuple[int, int, str], Lanes] | None = None
        self._wanted: tuple[int, int, str] | None = None
        self._fine_job: Job | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(REFINE_MS)
        self._soon.timeout.connect(self._refine)

    @classmethod
    def of(cls, session: Session) -> "LaneFeed":
        """The session's feed, made on first use."""
        return session.findChild(cls) or cls(session)

    def read(self, player: Player) -> None:
        """Read the events that the lanes of the whole run lack, in the background."""
        shortest = SAMPLE_STEP if self.session.live else 1

        def gather(own: Player, gathered: Survey | None) -> Generator[tuple[int, int], None, tuple[Survey, Lanes]]:
            recording = own.recording
            gathered = gathered or Survey(max(recording.event_count // MOST, shortest))
            return gathered, (yield from survey(own, gathered))

        self.want(player, gather)

    def servers(self, state: MachineState) -> Servers:
        """The servers of the session's recording, which `state` belongs to. Kept from moment to moment."""
        if self._servers is None or self._servers[0] is not state.catalog:
            self._servers = state.catalog, Servers()
        return self._servers[1]

    def look(self, first: int, last: int, each: str = "") -> Lanes | None:
        """The best lanes known for events first to last. If they are too coarse, finer ones are read in the background.

        `each`: the server whose threads are shown one by one.
        """
        self._wanted = None
        if self._fine is not None:
            low, high, server = self._fine[0]
            inside = low <= first and last <= high and (not each or each == server)
            if inside and (high - low <= 2 * (last - first) or self._enough(first, last)):
                return self._fine[1]
        if each or not self._enough(first, last):
            margin = (last - first) // 4
            self._wanted = (max(first - margin, 0), last + margin, each)
            self._soon.start()
        return self.result

    def _enough(self, first: int, last: int) -> bool:
        """Whether the samples of the whole run are fine enough for a stretch."""
        if self.result is None:
            return True
        low, high = self.result.seqs.searchsorted([first, last])
        return bool(high - low >= min(FEW, last - first))

    def wait(self) -> None:
        """Block until everything asked for has been read."""
        super().wait()
        if self._wanted is not None:
            self._refine()
        if self._fine_job is not None:
            self._fine_job.wait()

    def cancel(self) -> None:
        """Stop reading."""
        super().cancel()
        if self._fine_job is not None:
            self._fine_job.cancel()
        self._fine_job = self._fine = self._wanted = None

    def _refine(self) -> None:
        player = self.session.player
        if self._wanted is None or player is None:
            return
        if self._fine_job is not None:
            self._fine_job.cancel()
        key = self._wanted
        first, last = max(key[0], player.recording.first_event - 1), min(key[1], player.recording.event_count)

        def take(found: Lanes) -> None:
            self._fine = (key, found)
            self.changed.emit()

        self._fine_job = Job(player.recording.path, lambda own: stretch(own, first, last, key[2]), take, self)
        self._fine_job.failed.connect(self.session.problem)
