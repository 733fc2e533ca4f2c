"""Bytes by task or server over the run for the timeline: read in a job when somebody wants to see it, and not before."""

import numpy as np
from PySide6.QtCore import QObject, Signal

from zoneviz.gui.session.jobs import Job, Pace
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.holders import Held, Holders, holders, new_holders
from zoneviz.playback.series import REST, Stack, stacked

TASKS, SERVERS = "task", "server"


class HolderFeed(QObject):
    """`changed`: there is more to draw; `share`: how far the reading is."""

    changed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self.share = 0.0
        self.found: dict[bool, Held] = {}
        self._gathered: Holders | None = None
        self._job: Job | None = None
        self._pace = Pace()

    def want(self, player: Player, servers: bool) -> Held | None:
        """What there is now; the rest is on its way."""
        catalog = player.recording.catalog
        if self._gathered is None or self._gathered.catalog is not catalog:
            self.cancel()
            self._gathered, self.found = new_holders(player), {}
        gathered = self._gathered
        behind = servers not in self.found or gathered.seq < player.recording.event_count
        if behind and (self._job is None or not self._job.running) and self._pace.begin(self.session.live):
            self._job = Job(
                player.recording.path, lambda own: holders(own, gathered, servers), lambda held: self._take(servers, held), self
            )
            self._job.told.connect(self._told)
            self._job.failed.connect(self.session.problem)
        return self.found.get(servers)

    def stack(self, held: Held, low: float, high: float, width: int) -> Stack:
        """The holders as bands over a stretch of the axis, the largest peak first."""
        x = held.seqs.astype(float) if self.session.series.by_event else held.times / 1e9
        cut = slice(max(int(np.searchsorted(x, low)) - 1, 0), int(np.searchsorted(x, high, side="right")) + 1)
        peaks = held.sizes.max(axis=0) if len(held.seqs) else np.zeros(len(held.names), np.int64)
        order = [int(i) for i in np.argsort(-peaks, kind="stable") if peaks[i] > 0]
        return stacked([held.names[i] for i in order], x[cut], held.sizes[cut][:, order], (low, high), width, REST)

    def wait(self) -> None:
        """Until it is read."""
        if self._job is not None:
            self._job.wait()

    def cancel(self) -> None:
        """Stop reading."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _told(self, done: int, of: int) -> None:
        self.share = done / max(of, 1)
        self.changed.emit()

    def _take(self, servers: bool, held: Held) -> None:
        self._pace.over()
        self.found[servers] = held
        self.changed.emit()
