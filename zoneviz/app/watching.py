"""Watching a run without recording it: its events are applied to a machine state and counted."""

from collections import defaultdict
from typing import Any

import numpy as np

from zoneviz.events import Catalog, Kind
from zoneviz.playback import servers
from zoneviz.recording import Batch
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, SUBJECT, THREAD, TIME, Ints

STEP = 1 << 15
"""Events between two samples."""
THREAD_CREATE, THREAD_DESTROY, THREAD_BLOCK = int(Kind.THREAD_CREATE), int(Kind.THREAD_DESTROY), int(Kind.THREAD_BLOCK)
PSET_CREATE, MSG_RECEIVE, MARK, OPERATION = int(Kind.PSET_CREATE), int(Kind.MSG_RECEIVE), int(Kind.MARK), int(Kind.OPERATION)
_COUNTED = np.zeros(256, np.bool_)
_COUNTED[[THREAD_CREATE, THREAD_DESTROY, THREAD_BLOCK, Kind.THREAD_READY, Kind.THREAD_RUN]] = True
_COUNTED[[PSET_CREATE, MSG_RECEIVE, MARK, OPERATION]] = True
_OF_PROCESS = ("pid", "name", "threads", "names", "receive", "send", "dead_names")


class Watcher:
    """Follows the machine through its events and counts busy threads. `take` fits `Simulation(take=)`."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.state = MachineState(catalog)
        self.crowd = Crowd()
        self.samples: list[dict[str, Any]] = []
        self.queued = self.most_queued = 0
        self.errors: dict[int, int] = defaultdict(int)
        self.marks: list[tuple[int, int, int]] = []

    def take(self, batch: Batch) -> None:
        """Apply and count a batch of events."""
        self.watch(batch.rows)

    def watch(self, rows: Ints) -> None:
        """Apply and count events (n, 10) that follow those before."""
        while len(rows):
            due = STEP - self.state.seq % STEP
            now, rows = rows[:due], rows[due:]
            self.state.apply(now)
            self._count(now)
            if len(now) == due:
                self.samples.append(self._sample())

    def _count(self, rows: Ints) -> None:
        queue = (rows[:, KIND] == Kind.MSG_QUEUE).astype(np.int64) - (rows[:, KIND] == Kind.MSG_UNQUEUE)
        waiting = self.queued + np.cumsum(queue)
        self.queued, self.most_queued = int(waiting[-1]), max(self.most_queued, int(waiting.max()))
        counted = rows[_COUNTED[rows[:, KIND] & 255]]
        for row in counted.tolist():
            kind = row[KIND]
            if kind == MARK:
                self.marks.append((row[SUBJECT], row[TIME], row[EXTRA]))
            elif kind == OPERATION:
                if row[SUBJECT]:
                    self.errors[row[SUBJECT]] += 1
            else:
                self.crowd.take(kind, row)

    def _sample(self) -> dict[str, Any]:
        machine = self.state.machine()
        return {
            "seconds": self.state.time / 1e9,
            "processes": machine["counts"]["processes"],
            "zones": {zone["name"]: zone["in_use"] * zone["elem_size"] for zone in machine["zones"]},
        }

    def seen(self, result: dict[str, Any]) -> dict[str, Any]:
        """`result`, the run's JSON, and in addition, as JSON values:

        threads     {task's name: {peak, end, busy}}: most threads in one task of that name, those at the end, and most that
                    handled a message at once
        processes   [{pid, name, threads, names, receive, send, dead_names}] of the live ones, in order of pid
        servers     at the end, as `playback.servers.ServerState`
        samples     [{seconds, processes, zones: {name: bytes in use}}] every STEP events
        errors      {kern_return: how many operations}
        marks       [[name, seconds, number]]
        most_queued most messages on queues at once
        """
        strings = self.catalog.names.strings
        return {
            **result,
            "threads": self.crowd.by_name(self.catalog.task_names),
            "processes": self._processes(),
            "servers": [server._asdict() for server in servers.servers(self.state)],
            "samples": self.samples,
            "errors": {str(kr): count for kr, count in sorted(self.errors.items())},
            "marks": [[strings[n] if 0 <= n < len(strings) else "", time / 1e9, number] for n, time, number in self.marks],
            "most_queued": self.most_queued,
        }

    def _processes(self) -> list[dict[str, Any]]:
        found = sorted((task for task in servers.tasks(self.state) if task.pid), key=lambda task: task.pid)
        return [{name: getattr(task, name) for name in _OF_PROCESS} for task in found]


class Crowd:
    """Counts threads by task: all, and those that handle a message.

    A thread is idle while it is blocked on a port set, and before its first message; otherwise it is busy.
    """

    def __init__(self) -> None:
        self._task: dict[int, int] = {}
        self._sets: set[int] = set()
        self._started: set[int] = set()
        self._busy: set[int] = set()
        self._now: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
        """By task: threads now and at most, busy threads now and at most."""

    def take(self, kind: int, row: list[int]) -> None:
        """Count one event (10 integers) of a thread, a port set or a received message."""
        if kind == PSET_CREATE:
            self._sets.add(row[ADDRESS])
        elif kind == THREAD_CREATE:
            self._task[row[SUBJECT]] = row[EXTRA]
            self._step(row[EXTRA], 0, 1)
        elif kind == THREAD_DESTROY:
            self._idle(row[SUBJECT])
            self._step(self._task.get(row[SUBJECT], 0), 0, -1)
        elif kind == MSG_RECEIVE:
            self._started.add(row[THREAD])
            self._work(row[THREAD])
        elif kind == THREAD_BLOCK:
            if row[ADDRESS] in self._sets:
                self._idle(row[SUBJECT])
        elif row[SUBJECT] in self._started:
            self._work(row[SUBJECT])

    def _work(self, thread: int) -> None:
        if thread not in self._busy and thread in self._task:
            self._busy.add(thread)
            self._step(self._task[thread], 2, 1)

    def _idle(self, thread: int) -> None:
        if thread in self._busy:
            self._busy.remove(thread)
            self._step(self._task[thread], 2, -1)

    def _step(self, task: int, at: int, by: int) -> None:
        row = self._now[task]
        row[at] += by
        row[at + 1] = max(row[at + 1], row[at])

    def by_name(self, names: dict[int, str]) -> dict[str, dict[str, int]]:
        """Peak, end and busy threads, of the largest task of each name."""
        out: dict[str, dict[str, int]] = {}
        for task, (end, peak, _, busy) in self._now.items():
            name = names.get(task, "")
            if name not in out or peak > out[name]["peak"]:
                out[name] = {"peak": peak, "end": end, "busy": busy}
        return out
