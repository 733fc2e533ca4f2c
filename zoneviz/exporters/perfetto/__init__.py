"""A trace for https://ui.perfetto.dev: bytes of zones as counters, states and RPCs of threads as slices, the panic and notes.

An RPC to a server lasts from the message to its reply (msgh_id + 100); one to the kernel until the thread's next trap.
"""

from typing import BinaryIO

from zoneviz.events import Kind
from zoneviz.exporters import Exporter
from zoneviz.exporters.perfetto.tracks import Tracks
from zoneviz.playback.tables import Names, Part, table
from zoneviz.state.actors import BLOCKED, STATES
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, PATH, SEQ, SUBJECT, TASK, THREAD, TIME

_STATES = {
    Kind.THREAD_CREATE: "new", Kind.THREAD_READY: "ready", Kind.THREAD_RUN: "running", Kind.THREAD_BLOCK: STATES[BLOCKED],
    Kind.THREAD_TERMINATE: "halted", Kind.THREAD_DESTROY: "",
}  # fmt: skip
_INSTANTS = (Kind.BOOTED, Kind.MARK, Kind.CONSOLE, Kind.PANIC, Kind.HANG)
_REPLY = 100
"""msgh_id of a reply minus that of its request [mig's convention]."""


def _write(view: str, part: Part, out: BinaryIO) -> None:
    # Without a clock the event numbers are the time, one per microsecond.
    clock = part.recording.header.time_kind == "ns"
    tracks = Tracks(part.recording.catalog, out)
    last = _Threads(part, tracks, clock).write()
    for seq, text in part.notes:
        if part.first <= seq <= part.last:
            time = int(part.recording.events(seq, seq)[0, TIME]) if clock else seq * 1000
            tracks.instant(tracks.kernel(), time, f"note: {text}" if text else "bookmark", {"event": seq})
    found = table("series", part)
    names = [column.name for column in found.columns]
    first = names.index("zone_map_used")
    shown = [i for i in range(first, len(names)) if names[i].endswith("_used") or names[i].startswith("bytes of ")]
    before: dict[int, int] = {}
    for batch in found.batches:
        for i in shown:
            track = tracks.counter(i, names[i])
            for seq, time, value in zip(batch[0], batch[1], batch[i], strict=True):
                if before.get(i) != value:
                    tracks.count(track, time if clock else seq * 1000, value)
                    before[i] = value
    for i, value in before.items():
        tracks.count(tracks.counter(i, names[i]), last, value)


class _Threads:
    """Writes the slices of threads in one pass; keeps one state and at most one RPC per thread."""

    def __init__(self, part: Part, tracks: Tracks, clock: bool) -> None:
        self._part, self._tracks, self._clock = part, tracks, clock
        self._names = Names(part.recording.catalog)
        self._state: dict[int, str] = {}
        self._sent: dict[int, tuple[int, int]] = {}
        self._received: dict[int, int] = {}
        self._trap: dict[int, tuple[int, int, int, int]] = {}
        self._running = 0
        self._beneath: dict[tuple[int, int], bool] = {}

    def write(self) -> int:
        """Write all slices; returns the time of the last event in ns."""
        time = 0
        moment = self._part._replace(at=self._part.first - 1).state()
        began = moment.time if self._clock else moment.seq * 1000
        self._running = moment.threads.running
        for state in moment.thread_states():
            self._turn(state.id, began, state.state, state.why)
        for rows in self._part._replace(match=None).rows():
            for row in rows.tolist():
                time = row[TIME] if self._clock else row[SEQ] * 1000
                self._take(row, time)
        for thread in list(self._trap):
            self._end_trap(thread, time)
        for thread in self._state:
            self._tracks.end(self._tracks.thread(thread), time)
        return time

    def _take(self, row: list[int], time: int) -> None:
        kind, thread = row[KIND], row[THREAD]
        if thread in self._trap and not self._under(row[PATH], self._trap[thread][1], kind):
            self._end_trap(thread, time)
        if kind in _STATES:
            self._thread(kind, row, time)
        elif kind == Kind.RPC:
            self._trap[thread] = (time, row[PATH], row[SUBJECT], row[EXTRA])
        elif kind == Kind.MSG_SEND:
            if row[SUBJECT] != self._received.get(thread, 0) + _REPLY:
                self._sent[thread] = (time, row[SUBJECT])
        elif kind == Kind.MSG_RECEIVE:
            self._received[thread] = row[SUBJECT]
            began, number = self._sent.pop(thread, (0, 0))
            if number and row[SUBJECT] == number + _REPLY:
                self._tracks.slice(self._tracks.rpcs(thread), began, time, f"message {number}", {"port": f"{row[ADDRESS]:#x}"})
        elif kind == Kind.TASK_CREATE:
            self._tracks.instant(self._tracks.task(row[SUBJECT]), time, "created", {"parent": row[EXTRA]})
        elif kind in _INSTANTS:
            self._instant(Kind(kind), row, time)

    def _thread(self, kind: int, row: list[int], time: int) -> None:
        thread = row[SUBJECT]
        if kind == Kind.THREAD_RUN:
            # One processor: a thread that ran without blocking was preempted.
            if self._state.get(self._running, "").startswith("running") and self._running != thread:
                self._turn(self._running, time, "ready")
            self._running = thread
        why = self._names.texts.get(row[EXTRA], "") if kind == Kind.THREAD_BLOCK else ""
        self._turn(thread, time, _STATES[Kind(kind)], why)

    def _turn(self, thread: int, time: int, state: str, why: str = "") -> None:
        """End the thread's slice and begin the next; no next one if `state` is ""."""
        track = self._tracks.thread(thread)
        if thread in self._state:
            self._tracks.end(track, time)
            del self._state[thread]
        if state:
            self._state[thread] = state
            self._tracks.begin(track, time, f"{state}: {why}" if why else state)

    def _under(self, path: int, trap: int, kind: int) -> bool:
        """Whether an event on call path `path` belongs to the RPC on call path `trap`."""
        if kind in (Kind.RPC, Kind.MSG_SEND):
            return False
        found = self._beneath.get((path, trap))
        if found is None:
            rows, at = self._part.recording.catalog.paths.rows, path
            while 0 < at < len(rows) and at != trap:
                at = rows[at][0]
            found = self._beneath[path, trap] = at == trap
        return found

    def _end_trap(self, thread: int, time: int) -> None:
        began, _, number, about = self._trap.pop(thread)
        self._tracks.slice(self._tracks.rpcs(thread), began, time, f"kernel RPC {number}", {"about": about})

    def _instant(self, kind: Kind, row: list[int], time: int) -> None:
        text = self._names.texts.get(row[SUBJECT], "") if kind in (Kind.MARK, Kind.CONSOLE, Kind.PANIC) else ""
        words = kind.name.lower()
        notes: dict[str, int | str] = {"event": row[SEQ], "task": row[TASK], "call path": self._names.path(row[PATH])}
        self._tracks.instant(self._tracks.kernel(), time, f"{words}: {text}" if text else words, notes)


EXPORTER = Exporter("perfetto", ".pftrace", "a trace for ui.perfetto.dev: zones as counters, threads and RPCs as slices", _write)
