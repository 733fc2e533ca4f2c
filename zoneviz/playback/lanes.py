"""Threads by what they do, and ports by who receives from them, for each server over the run: from events, in one pass.

The samples of a recording know only how many threads and ports there are; whose they are and what they wait for stands in
the events alone. A server is all tasks of one name, numbers at its end left out: `process 101` and `process 102` are one.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoneviz.events import RECEIVE, Catalog, Kind
from zoneviz.playback.player import Player, at_once
from zoneviz.state import actors
from zoneviz.state.actors import TH_STATE, TH_TASK, TH_WHY, Threads, id_limit
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, SEQ, SUBJECT, TIME, ByKind, Ints

Counts = npt.NDArray[np.int32]
RUNNING, READY, RECEIVING, LOCKED, SLEEPING, WAITING, FRESH, DYING = range(8)
DOING = ("running", "ready", "receiving", "waits for a lock", "sleeping", "waits otherwise", "not begun", "dying")
"""What a thread does. `waits otherwise`: for room in a port's queue, for memory, suspended; `not begun`: made, never ready."""
MOST = 2048
"""Samples kept; with twice as many every second one goes."""
MOST_SERVERS = 64
MOST_EACH = 512
"""Threads followed one by one: more than there are lines on a screen."""
REST = "other tasks"
KERNEL = "the kernel"
_THREADS = (*(Kind.THREAD_CREATE, Kind.THREAD_READY, Kind.THREAD_RUN, Kind.THREAD_BLOCK, Kind.THREAD_TERMINATE, Kind.THREAD_DESTROY),)
_PORTS = (Kind.PORT_CREATE, Kind.PORT_DESTROY, Kind.RIGHT_MOVE)
_RIGHTS = (Kind.RIGHT_INSERT, Kind.RIGHT_DELETE)


def doing_of(why: str) -> int:
    """What a thread that is blocked for this reason does: an index in DOING."""
    low = why.lower()
    if "receive" in low:
        return RECEIVING
    if "lock" in low or "mutex" in low or "translator box" in low or "condition" in low:
        return LOCKED
    return SLEEPING if "sleep" in low or "throttle" in low else WAITING


def server_name(name: str) -> str:
    """The server a task of this name counts to."""
    bare = name.rstrip("0123456789")  # not with a pattern: a long run has tens of thousands of names
    return (bare.rstrip(" #._-") if bare != name else name) or name


class Servers:
    """Servers by task. `names`: in order of their first task, at most MOST_SERVERS and then REST."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.names: list[str] = [KERNEL]
        self.place: Ints = np.zeros(1, np.int64)
        """(ids,) the server of each task."""
        self._named = 0
        self._ids = {KERNEL: 0}

    def grow(self, highest: int) -> None:
        """Take in tasks that were made or named since, and those up to an id that have no name."""
        need = max(highest, max((task.id for task in self.catalog.tasks[self._named :]), default=0)) + 1
        if need > len(self.place):
            self.place = np.concatenate([self.place, np.full(need - len(self.place), -1)])
        for task in self.catalog.tasks[self._named :]:
            if task.id:
                self.place[task.id] = self._server(server_name(task.name) or f"task {task.id}")
        self._named = len(self.catalog.tasks)
        for nameless in np.flatnonzero(self.place < 0).tolist():
            self.place[nameless] = self._server(f"task {nameless}")

    def _server(self, name: str) -> int:
        if name not in self._ids:
            full = len(self.names) >= MOST_SERVERS
            name = REST if full else name
            if name not in self._ids:
                self._ids[name] = len(self.names)
                self.names.append(name)
        return self._ids[name]


def now(state: MachineState, servers: Servers) -> dict[str, Ints]:
    """Threads of each of the servers that has some by what they do, (len(DOING),), at a state's moment.

    `servers`: of the state's catalog; kept by who asks again, for it knows tens of thousands of tasks.
    """
    table = state.threads.table
    servers.grow(int(table[:, TH_TASK].max(initial=0)))
    doing = doings(table, state.catalog)
    there = doing >= 0
    cells = servers.place[table[there, TH_TASK]] * len(DOING) + doing[there]
    counts = np.bincount(cells, minlength=len(servers.names) * len(DOING)).reshape(-1, len(DOING))
    return {name: counts[i] for i, name in enumerate(servers.names) if counts[i].any()}


def reasons(state: MachineState) -> dict[int, tuple[str, int]]:
    """For LOCKED and WAITING: what most of those threads wait for, as the kernel told, and how many of them."""
    table = state.threads.table
    doing, out = doings(table, state.catalog), {}
    for what in (LOCKED, WAITING):
        why = table[doing == what, TH_WHY]
        if len(why):
            counts = np.bincount(np.clip(why, 0, len(state.catalog.names.strings) - 1))
            most = int(counts.argmax())
            out[what] = (state.catalog.names.strings[most], int(counts[most]))
    return out


def doings(table: Ints, catalog: Catalog) -> Ints:
    """What each thread of `Threads.table` does, (ids,), as an index in DOING; -1 if it is not there."""
    reasons = np.array([doing_of(name) for name in catalog.names.strings] or [WAITING], np.int64)
    state = table[:, TH_STATE]
    out = np.full(len(table), -1, np.int64)
    for known, what in (
        (actors.NEW, FRESH), (actors.READY, READY), (actors.RUNNING, RUNNING), (actors.HALTED, DYING),
    ):  # fmt: skip
        out[state == known] = what
    blocked = state == actors.BLOCKED
    why = table[blocked, TH_WHY]
    out[blocked] = reasons[np.where((why >= 0) & (why < len(reasons)), why, 0)]
    return out


@dataclass(frozen=True, slots=True)
class Lanes:
    """n samples of s servers: seqs, times (n,); threads (n, s, len(DOING)); ports (n, s) that a task of it receives from."""

    servers: list[str]
    seqs: Ints
    times: Ints
    threads: Counts
    ports: Counts
    ids: Ints
    each: npt.NDArray[np.int8]
    """(n, m) what each of the first m threads, `ids` (m,), of the server asked for does, -1 where it is not there."""


class Survey:
    """Gathers lanes from events fed in order. Begins at `base`, or before everything; a sample each `step` events.

    `each`: the name of a server whose threads are followed one by one.
    """

    def __init__(self, catalog: Catalog, step: int, base: MachineState | None = None, each: str = "") -> None:
        self.catalog, self.step, self._each = catalog, max(step, 1), each
        self._each_at: list[tuple[Ints, npt.NDArray[np.int8]]] = []
        self.seq, self._time = 0, 0
        self.threads = Threads()
        self.servers = Servers(catalog)
        self._receiver: dict[int, int] = {}
        self._ports = np.zeros(1, np.int64)
        self._highest = 0
        self._points: list[tuple[int, int]] = []
        self._threads_at: list[Ints] = []
        self._ports_at: list[Ints] = []
        if base is not None:
            self.begin(base)

    def begin(self, base: MachineState) -> None:
        """Begin after a state's moment instead of before everything."""
        self.seq, self._time = base.seq, base.time
        self.threads = Threads(base.threads.table.copy(), base.threads.running)
        self._receiver = dict(zip(base.ports.address.tolist(), base.ports.receiver.tolist(), strict=True))
        for task in self._receiver.values():
            self._hold(task, 1)
        self._sample(base.seq, base.time)

    def use(self, catalog: Catalog) -> None:
        """Take names from `catalog` from now on: that of the same recording, opened by whoever feeds the next events."""
        self.catalog = self.servers.catalog = catalog

    def feed(self, rows: Ints) -> None:
        """Take in events (n, 10) that follow those fed before."""
        if not len(rows):
            return
        self.threads.limit = id_limit(len(self.catalog.threads))
        at, kind = 0, rows[:, KIND]
        wanted = np.isin(kind, _PORTS) | (np.isin(kind, _RIGHTS) & (rows[:, EXTRA] & RECEIVE != 0))
        about_ports, about_threads = rows[wanted], rows[np.isin(kind, _THREADS)]
        while at < len(rows):
            past = min(at + self.step - self.seq % self.step, len(rows))
            last = int(rows[past - 1, SEQ])
            for part, take in ((about_threads, self._take_threads), (about_ports, self._take_ports)):
                low, high = np.searchsorted(part[:, SEQ], [self.seq + 1, last + 1])
                if low < high:
                    take(part[low:high])
            self.seq, self._time, at = last, int(rows[past - 1, TIME]), past
            if last % self.step == 0:
                self._sample(last, self._time)

    def lanes(self) -> Lanes:
        """What was gathered, up to the last event that was fed."""
        extra = bool(self._points) and self._points[-1][0] < self.seq
        if extra:
            self._sample(self.seq, self._time)
        found = self._joined()
        if extra and self._points[-1][0] == self.seq:
            self._points.pop(), self._threads_at.pop(), self._ports_at.pop()
            if self._each:
                self._each_at.pop()
        return found

    def _joined(self) -> Lanes:
        n, s = len(self._points), len(self.servers.names)
        threads, ports = np.zeros((n, s, len(DOING)), np.int32), np.zeros((n, s), np.int32)
        for i, (of_threads, of_ports) in enumerate(zip(self._threads_at, self._ports_at, strict=True)):
            threads[i, : len(of_threads)] = of_threads
            ports[i, : len(of_ports)] = of_ports
        points = np.array(self._points, np.int64).reshape(n, 2)
        ids = np.unique(np.concatenate([np.zeros(0, np.int64), *(found for found, _ in self._each_at)]))[:MOST_EACH]
        each = np.full((n, len(ids)), -1, np.int8)
        for i, (found, doing) in enumerate(self._each_at):
            kept = np.isin(found, ids)
            each[i, np.searchsorted(ids, found[kept])] = doing[kept]
        return Lanes(list(self.servers.names), points[:, 0], points[:, 1], threads, ports, ids, each)

    def _take_threads(self, rows: Ints) -> None:
        self.threads.apply(rows, ByKind(rows))

    def _take_ports(self, rows: Ints) -> None:
        receiver = self._receiver
        for kind, task, address in rows[:, [KIND, SUBJECT, ADDRESS]].tolist():
            before = receiver.get(address)
            if kind == Kind.PORT_DESTROY:
                after = None
            elif kind == Kind.RIGHT_DELETE or (kind == Kind.RIGHT_MOVE and before is None):
                after = None if before is None else 0
            else:
                after = task
            if before is not None:
                self._hold(before, -1)
            if after is None:
                receiver.pop(address, None)
            else:
                receiver[address] = after
                self._hold(after, 1)

    def _hold(self, task: int, change: int) -> None:
        if task >= len(self._ports):
            limit = id_limit(len(self.catalog.tasks))
            if task >= limit:
                return
            self._ports = np.concatenate([self._ports, np.zeros(task + 1 + task // 4 - len(self._ports), np.int64)])
        if task >= 0:
            self._ports[task] += change
            self._highest = max(self._highest, task)

    def _sample(self, seq: int, time: int) -> None:
        table = self.threads.table
        self.servers.grow(max(int(table[:, TH_TASK].max(initial=0)), self._highest))
        place, s = self.servers.place, len(self.servers.names)
        doing = doings(table, self.catalog)
        there = doing >= 0
        cells = place[table[there, TH_TASK]] * len(DOING) + doing[there]
        self._threads_at.append(np.bincount(cells, minlength=s * len(DOING)).reshape(s, len(DOING)).astype(np.int32))
        known = min(len(place), len(self._ports))
        ports = np.bincount(place[:known], self._ports[:known], s)
        self._ports_at.append(ports.astype(np.int32))
        self._points.append((seq, time))
        if self._each:
            number = self.servers.names.index(self._each) if self._each in self.servers.names else -1
            mine = np.flatnonzero(there & (place[table[:, TH_TASK]] == number))[:MOST_EACH]
            self._each_at.append((mine, doing[mine].astype(np.int8)))
        if len(self._points) >= 2 * MOST:
            self.step *= 2
            keep = [i for i, (at, _) in enumerate(self._points) if at % self.step == 0]
            for name in ("_points", "_threads_at", "_ports_at", "_each_at"):
                values = getattr(self, name)
                setattr(self, name, [values[i] for i in keep] if values else values)


def survey(player: Player, gathered: Survey) -> Generator[tuple[int, int], None, Lanes]:
    """Feed all events of a recording that `gathered` has not seen, some a step, telling (done, of); returns the Lanes.

    `player` stands where the recording begins. `gathered` takes names from its catalog alone, so it can go from thread to thread.
    Errors: InputError if the recording is damaged.
    """
    gathered.use(player.recording.catalog)
    if not gathered.seq and player.state.seq:
        gathered.begin(player.state)
    first, last = gathered.seq + 1, player.recording.event_count
    while first <= last:
        past = min(first + at_once(player.recording), last + 1)
        gathered.feed(player.recording.events(first, past - 1))
        first = past
        yield first - 1, last
    return gathered.lanes()


def stretch(player: Player, first: int, last: int, each: str = "") -> Generator[tuple[int, int], None, Lanes]:
    """The same for the events first to last only, as finely as MOST samples can: moves `player` to the first.

    `each`: the server whose threads are followed one by one.

    Errors: InputError if the recording is damaged.
    """
    base = player.seek(first)
    yield 0, last - first
    gathered = Survey(player.recording.catalog, -(-(last - first) // MOST), base, each)
    while gathered.seq < last:
        gathered.feed(player.recording.events(gathered.seq + 1, min(gathered.seq + at_once(player.recording), last)))
        yield gathered.seq - first, last - first
    return gathered.lanes()
