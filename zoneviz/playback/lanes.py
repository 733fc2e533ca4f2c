"""Threads by activity and ports by receiver, per server over the run: one pass over the events.

Samples have only the totals of threads and ports. A server is all tasks of one name without its trailing number: `process 101`
and `process 102` are one server.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoneviz import words
from zoneviz.events import RECEIVE, Catalog, Kind
from zoneviz.playback.player import Player, at_once
from zoneviz.state import actors
from zoneviz.state.actors import TH_STATE, TH_TASK, TH_WHY, Threads, id_limit
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, SEQ, SUBJECT, TIME, ByKind, Ints
from zoneviz.words import KERNEL

Counts = npt.NDArray[np.int32]
RUNNING, READY, RECEIVING, LOCKED, SLEEPING, WAITING, FRESH, DYING = range(8)
DOING = ("running", "ready", "receiving", "waiting for a lock", "sleeping", "other waits", "not started", "dying")
"""What a thread does. `other waits`: for room in a port's queue, for memory, or suspended; `not started`: created, never ready."""
MOST = 2048
"""Samples kept; at twice as many, every second one is dropped."""
MOST_SERVERS = 64
MOST_EACH = 512
"""Threads shown individually: more than a screen has lines."""
REST = "other tasks"
_THREADS = (*(Kind.THREAD_CREATE, Kind.THREAD_READY, Kind.THREAD_RUN, Kind.THREAD_BLOCK, Kind.THREAD_TERMINATE, Kind.THREAD_DESTROY),)
_PORTS = (Kind.PORT_CREATE, Kind.PORT_DESTROY, Kind.RIGHT_MOVE)
_RIGHTS = (Kind.RIGHT_INSERT, Kind.RIGHT_DELETE)


def doing_of(why: str) -> int:
    """The activity of a thread blocked for this reason, as an index in DOING."""
    low = why.lower()
    if "receive" in low:
        return RECEIVING
    if "lock" in low or "mutex" in low or "translator box" in low or "condition" in low:
        return LOCKED
    return SLEEPING if "sleep" in low or "throttle" in low else WAITING


def server_name(name: str) -> str:
    """The server of a task: its name without trailing digits and separators, or without its pid. Tasks without a name are one."""
    if words.nameless(name):
        return words.UNNAMED
    if (program := words.program(name)) != name:
        return program
    bare = name.rstrip("0123456789")
    return (bare.rstrip(" #._-") if bare != name else name) or name


class Servers:
    """The server of each task. `names`: in order of their first task, at most MOST_SERVERS, then REST."""

    def __init__(self) -> None:
        self.names: list[str] = [KERNEL]
        self.place: Ints = np.zeros(1, np.int64)
        """(ids,) index in `names` by task id."""
        self._named = 0
        self._ids = {KERNEL: 0}

    def grow(self, catalog: Catalog, highest: int) -> None:
        """Add the tasks of a recording's catalog named since the last call, and unnamed ones up to id `highest`."""
        new = catalog.tasks[self._named :]
        need = max(highest, max((task.id for task in new), default=0)) + 1
        if need > len(self.place):
            self.place = np.concatenate([self.place, np.full(need - len(self.place), -1)])
        for task in new:
            if task.id:
                self.place[task.id] = self._server(server_name(task.name))
        self._named += len(new)
        for nameless in np.flatnonzero(self.place < 0).tolist():
            self.place[nameless] = self._server(words.UNNAMED)

    def _server(self, name: str) -> int:
        if name not in self._ids:
            full = len(self.names) >= MOST_SERVERS
            name = REST if full else name
            if name not in self._ids:
                self._ids[name] = len(self.names)
                self.names.append(name)
        return self._ids[name]


def now(state: MachineState, servers: Servers) -> dict[str, Ints]:
    """Threads by activity, (len(DOING),), of each server that has any, at a state's moment.

    `servers`: of the state's recording; keep it between calls, since it indexes tens of thousands of tasks.
    """
    table = state.threads.table
    servers.grow(state.catalog, int(table[:, TH_TASK].max(initial=0)))
    doing = doings(table, state.catalog)
    there = doing >= 0
    cells = servers.place[table[there, TH_TASK]] * len(DOING) + doing[there]
    counts = np.bincount(cells, minlength=len(servers.names) * len(DOING)).reshape(-1, len(DOING))
    return {name: counts[i] for i, name in enumerate(servers.names) if counts[i].any()}


def reasons(state: MachineState) -> dict[int, tuple[str, int]]:
    """For LOCKED and WAITING: the reason of most of those threads, and how many have it."""
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
    """The activity of each thread of `Threads.table`, (ids,), as an index in DOING; -1 for ids without a thread."""
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
    """n samples of s servers: seqs, times (n,) in ns; threads (n, s, len(DOING)); ports (n, s) a server receives from.

    `each` (n, m): the activity of the first m threads, `ids` (m,), of the server asked for, -1 where a thread does not exist.
    """

    servers: list[str]
    seqs: Ints
    times: Ints
    threads: Counts
    ports: Counts
    ids: Ints
    each: npt.NDArray[np.int8]


class Survey:
    """Builds lanes from events fed in order, with a sample every `step` events. Begins at `base`, by default before the first event.

    It keeps no catalog, so jobs with different openings of one recording can feed it in turn. `each`: the server whose threads
    are shown individually.
    """

    def __init__(self, step: int, base: MachineState | None = None, each: str = "") -> None:
        self.step, self._each = max(step, 1), each
        self._each_at: list[tuple[Ints, npt.NDArray[np.int8]]] = []
        self.seq, self._time = 0, 0
        self.threads = Threads()
        self.servers = Servers()
        self._receiver: dict[int, int] = {}
        self._ports = np.zeros(1, np.int64)
        self._highest = 0
        self._points: list[tuple[int, int]] = []
        self._threads_at: list[Ints] = []
        self._ports_at: list[Ints] = []
        if base is not None:
            self.begin(base)

    def begin(self, base: MachineState) -> None:
        """Begin at a state's moment."""
        self.seq, self._time = base.seq, base.time
        self.threads = Threads(base.threads.table.copy(), base.threads.running)
        self._receiver = dict(zip(base.ports.address.tolist(), base.ports.receiver.tolist(), strict=True))
        for task in self._receiver.values():
            self._hold(task, 1, base.catalog)
        self._sample(base.seq, base.time, base.catalog)

    def feed(self, rows: Ints, catalog: Catalog) -> None:
        """Add the next events (n, 10); `catalog`: of the recording they are from."""
        if not len(rows):
            return
        self.threads.limit = id_limit(catalog.thread_count)
        at, kind = 0, rows[:, KIND]
        of_ports = np.isin(kind, _PORTS) | (np.isin(kind, _RIGHTS) & (rows[:, EXTRA] & RECEIVE != 0))
        about_ports, about_threads = rows[of_ports], rows[np.isin(kind, _THREADS)]
        while at < len(rows):
            past = min(at + self.step - self.seq % self.step, len(rows))
            last = int(rows[past - 1, SEQ])
            threads, ports = (_between(part, self.seq + 1, last) for part in (about_threads, about_ports))
            if len(threads):
                self.threads.apply(threads, ByKind(threads))
            self._apply_ports(ports, catalog)
            self.seq, self._time, at = last, int(rows[past - 1, TIME]), past
            if last % self.step == 0:
                self._sample(last, self._time, catalog)

    def lanes(self, catalog: Catalog) -> Lanes:
        """The lanes up to the last event fed."""
        extra = bool(self._points) and self._points[-1][0] < self.seq
        if extra:
            self._sample(self.seq, self._time, catalog)
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

    def _apply_ports(self, rows: Ints, catalog: Catalog) -> None:
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
                self._hold(before, -1, catalog)
            if after is None:
                receiver.pop(address, None)
            else:
                receiver[address] = after
                self._hold(after, 1, catalog)

    def _hold(self, task: int, change: int, catalog: Catalog) -> None:
        """Change the number of ports a task receives from."""
        if task >= len(self._ports):
            limit = id_limit(catalog.task_count)
            if task >= limit:
                return
            self._ports = np.concatenate([self._ports, np.zeros(task + 1 + task // 4 - len(self._ports), np.int64)])
        if task >= 0:
            self._ports[task] += change
            self._highest = max(self._highest, task)

    def _sample(self, seq: int, time: int, catalog: Catalog) -> None:
        table = self.threads.table
        self.servers.grow(catalog, max(int(table[:, TH_TASK].max(initial=0)), self._highest))
        place, s = self.servers.place, len(self.servers.names)
        doing = doings(table, catalog)
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


def _between(rows: Ints, first: int, last: int) -> Ints:
    """The rows with seq first to last."""
    low, high = np.searchsorted(rows[:, SEQ], [first, last + 1])
    return rows[low:high]


def survey(player: Player, gathered: Survey) -> Generator[tuple[int, int], None, Lanes]:
    """Feed `gathered` the events it has not seen, in steps: yields (done, of) in events and returns the Lanes.

    `player` is at the beginning of its recording.
    Errors: InputError if the recording is damaged.
    """
    catalog = player.recording.catalog
    if not gathered.seq and player.state.seq:
        gathered.begin(player.state)
    first, last = gathered.seq + 1, player.recording.event_count
    while first <= last:
        past = min(first + at_once(player.recording), last + 1)
        gathered.feed(player.recording.events(first, past - 1), catalog)
        first = past
        yield first - 1, last
    return gathered.lanes(catalog)


def stretch(player: Player, first: int, last: int, each: str = "") -> Generator[tuple[int, int], None, Lanes]:
    """The lanes of events first to last only, as finely as MOST samples allow, in steps. Moves `player`.

    `each`: the server whose threads are shown individually.
    Errors: InputError if the recording is damaged.
    """
    base, last = player.seek(first), min(last, player.recording.event_count)
    yield 0, last - first
    catalog = player.recording.catalog
    gathered = Survey(-(-(last - first) // MOST), base, each)
    while gathered.seq < last:
        gathered.feed(player.recording.events(gathered.seq + 1, min(gathered.seq + at_once(player.recording), last)), catalog)
        yield gathered.seq - first, last - first
    return gathered.lanes(catalog)
