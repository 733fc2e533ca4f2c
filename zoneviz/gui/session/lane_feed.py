"""Threads and ports of servers over the run for the views that draw lanes: read in jobs, coarse for the whole run, fine for a stretch."""

from PySide6.QtCore import QObject, QTimer, Signal

from zoneviz.gui.session.jobs import Job, Pace
from zoneviz.gui.session.session import Session
from zoneviz.playback import MachineState, Player
from zoneviz.playback.lanes import MOST, Lanes, Servers, Survey, stretch, survey
from zoneviz.recording import SAMPLE_STEP, Recording

FEW = 256
"""With fewer samples than this in sight a stretch is read more finely."""


class LaneFeed(QObject):
    """One for a session. `changed`: there is more to draw; `told(share)`: how far the first reading is."""

    changed = Signal()
    told = Signal(float)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self.whole: Lanes | None = None
        self.share = 0.0
        self._servers: Servers | None = None
        self._recording: Recording | None = None
        self._gathered: Survey | None = None
        self._job: Job | None = None
        self._fine: tuple[tuple[int, int, str], Lanes] | None = None
        self._wanted: tuple[int, int, str] | None = None
        self._fine_job: Job | None = None
        self._pace = Pace()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(120)
        self._soon.timeout.connect(self._refine)
        session.recording_changed.connect(self._renew)

    @classmethod
    def of(cls, session: Session) -> "LaneFeed":
        """The session's own."""
        return session.findChild(cls) or cls(session)

    def _renew(self) -> None:
        player = self.session.player
        if player is not None and player.recording is self._recording:
            return
        for job in (self._job, self._fine_job):
            if job is not None:
                job.cancel()
        self._recording = player.recording if player else None
        self.whole, self._gathered, self._job, self._fine, self._fine_job, self._wanted = None, None, None, None, None, None

    def want(self, player: Player) -> None:
        """Read what is new, unless that is being done."""
        self._renew()
        count = player.recording.event_count
        if self._gathered is None:
            self._gathered = Survey(player.recording.catalog, max(count // MOST, 1 if not self.session.live else SAMPLE_STEP))
        gathered = self._gathered
        if (self._job is not None and self._job.running) or gathered.seq >= count:
            return
        if not self._pace.begin(self.session.live):
            return
        self._job = Job(player.recording.path, lambda own: survey(own, gathered), self._take, self)
        self._job.told.connect(self._tell)
        self._job.failed.connect(self.session.problem)

    def servers(self, state: MachineState) -> Servers:
        """The servers of the session's recording, which `state` is of: the same from moment to moment."""
        if self._servers is None or self._servers.catalog is not state.catalog:
            self._servers = Servers(state.catalog)
        return self._servers

    def look(self, first: int, last: int, each: str = "") -> Lanes | None:
        """Lanes for events first to last: what there is now; something finer is on its way if that is too coarse."""
        self._wanted = None
        if self._fine is not None:
            low, high, server = self._fine[0]
            if (
                low <= first
                and last <= high
                and (not each or each == server)
                and (high - low <= 2 * (last - first) or self._enough(first, last))
            ):
                return self._fine[1]
        if each or not self._enough(first, last):
            margin = (last - first) // 4
            self._wanted = (max(first - margin, 0), last + margin, each)
            self._soon.start()
        return self.whole

    def _enough(self, first: int, last: int) -> bool:
        """Whether the whole run's samples are fine enough for a stretch."""
        if self.whole is None:
            return True
        low, high = self.whole.seqs.searchsorted([first, last])
        return bool(high - low >= min(FEW, last - first))

    def wait(self) -> None:
        """Until all that was asked for is there."""
        if self._job is not None:
            self._job.wait()
        if self._wanted is not None:
            self._refine()
        if self._fine_job is not None:
            self._fine_job.wait()

    def _refine(self) -> None:
        player = self.session.player
        if self._wanted is None or player is None:
            return
        if self._fine_job is not None and self._fine_job.running:
            self._fine_job.cancel()
        key = self._wanted
        first, last = max(key[0], player.recording.first_event - 1), min(key[1], player.recording.event_count)
        self._fine_job = Job(
            player.recording.path, lambda own: stretch(own, first, last, key[2]), lambda found: self._take_fine(key, found), self
        )
        self._fine_job.failed.connect(self.session.problem)

    def _tell(self, done: int, of: int) -> None:
        self.share = done / max(of, 1)
        if self.whole is None:
            self.told.emit(self.share)

    def _take(self, found: Lanes) -> None:
        self._pace.over()
        self.whole = found
        self.changed.emit()

    def _take_fine(self, key: tuple[int, int, str], found: Lanes) -> None:
        self._fine = (key, found)
        self.changed.emit()
