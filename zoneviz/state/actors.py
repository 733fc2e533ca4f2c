"""Tasks and threads, built from events: tables indexed by id, since ids are dense and never reused."""

from typing import NamedTuple

import numpy as np

from zoneviz.errors import InputError
from zoneviz.events import Catalog, Kind
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, SEQ, SIZE, SUBJECT, TIME, ByKind, Ints

ACTOR_ID_LIMIT = 1 << 20
"""Upper bound of task and thread ids. A kernel has room for far fewer; a larger id means a damaged file and must not allocate memory."""
SPARE_IDS = 1024


def id_limit(named: int) -> int:
    """Exclusive upper bound of the ids, given the number of named tasks or threads: ids are dense, and all but a few are named."""
    return min(2 * named + SPARE_IDS, ACTOR_ID_LIMIT)


UNKNOWN, NEW, READY, RUNNING, BLOCKED, HALTED, GONE = range(7)
STATES = ("unknown", "new", "ready", "running", "blocked", "halted", "gone")
"""Names of a thread's state: `new` was never ready yet; `halted` is terminated and not yet destroyed."""

BORN, HALT, PARENT, TABLE, PID = range(5)
"""Columns of `Tasks.table`: seq of TASK_CREATE and TASK_TERMINATE (0: not yet), the parent task, the entries of its
name table since the last TABLE_GROW (0: the initial size), and the pid of its process (0: none)."""
TH_TASK, TH_STATE, TH_WHY, TH_SINCE, TH_SEQ, TH_PRIORITY, TH_ADDRESS, TH_STACK = range(8)
"""Columns of `Threads.table`: task; index in STATES; text id of the reason it is blocked, 0 if not; ns and seq of the last change
of state; priority; address of what it waits for; address of its kernel stack, 0 for none."""

_STATE_OF = {
    int(Kind.THREAD_CREATE): NEW,
    int(Kind.THREAD_READY): READY,
    int(Kind.THREAD_RUN): RUNNING,
    int(Kind.THREAD_BLOCK): BLOCKED,
    int(Kind.THREAD_TERMINATE): HALTED,
    int(Kind.THREAD_DESTROY): GONE,
}
_STATE = np.zeros(256, np.int64)
_STATE[list(_STATE_OF)] = list(_STATE_OF.values())


class TaskState(NamedTuple):
    """One task. `born`: seq of its TASK_CREATE; `state`: "alive" or "halted" (terminated, not yet destroyed); `table_entries`: size
    of its name table; `pid`: of its process, 0 for none."""

    id: int
    name: str
    parent: int
    born: int
    state: str
    table_entries: int
    pid: int


class ThreadState(NamedTuple):
    """One thread: `state` of STATES, `why` it is blocked, `since` when in simulated ns and `seq`."""

    id: int
    task: int
    name: str
    state: str
    why: str
    since: int
    seq: int
    priority: int
    address: int
    stack: int


class Tasks:
    """The tasks. `table` (ids, 5); the row of a destroyed task is zero, so that checkpoints can leave it out."""

    def __init__(self, table: Ints | None = None) -> None:
        self.table: Ints = np.zeros((1, 5), np.int64) if table is None else table
        self.limit = ACTOR_ID_LIMIT
        """Exclusive upper bound of the ids."""

    def apply(self, rows: Ints, kinds: ByKind) -> None:
        """Take in the task events of a batch (n, 10)."""
        for kind, column in ((Kind.TASK_CREATE, BORN), (Kind.TASK_TERMINATE, HALT)):
            at = kinds[kind]
            if len(at):
                ids = rows[at, SUBJECT]
                self.table = _room(self.table, ids, self.limit)
                self.table[ids, column] = rows[at, SEQ]
                if kind == Kind.TASK_CREATE:
                    self.table[ids, PARENT] = rows[at, EXTRA]
        at = kinds[Kind.TABLE_GROW]
        if len(at):
            self.table = _room(self.table, rows[at, SUBJECT], self.limit)
            self.table[rows[at, SUBJECT], TABLE] = rows[at, SIZE]
        at = kinds.any_of((Kind.PROCESS_START, Kind.PROCESS_EXIT))
        if len(at):
            # With a repeated index numpy keeps the last value, which is the one that counts.
            at = at[(rows[at, EXTRA] > 0) & (rows[at, EXTRA] < self.limit)]
            self.table = _room(self.table, rows[at, EXTRA], self.limit)
            self.table[rows[at, EXTRA], PID] = np.where(rows[at, KIND] == Kind.PROCESS_START, rows[at, SUBJECT], 0)
        at = kinds[Kind.TASK_DESTROY]
        if len(at):
            self.table = _room(self.table, rows[at, SUBJECT], self.limit)
            self.table[rows[at, SUBJECT]] = 0

    def live(self) -> Ints:
        """Ids of the tasks that were created and not yet destroyed, ascending."""
        return np.flatnonzero(self.table[:, BORN] > 0)


class Threads:
    """The threads. `table` (ids, 8), zero for a destroyed thread; `running`: id of the running thread, 0 if unknown."""

    def __init__(self, table: Ints | None = None, running: int = 0) -> None:
        self.table: Ints = np.zeros((1, 8), np.int64) if table is None else table
        self.running = running
        self.limit = ACTOR_ID_LIMIT
        """Exclusive upper bound of the ids."""

    def apply(self, rows: Ints, kinds: ByKind) -> None:
        """Take in the thread events of a batch (n, 10)."""
        at = kinds.any_of(tuple(_STATE_OF))
        if len(at):
            self._states(rows[at], rows[kinds[Kind.THREAD_RUN]])
        at = kinds.any_of((Kind.STACK_ALLOC, Kind.STACK_FREE, Kind.STACK_HANDOFF))
        if len(at):
            self.table = _room(self.table, np.concatenate([rows[at, SUBJECT], rows[kinds[Kind.STACK_HANDOFF], EXTRA]]), self.limit)
            for kind, thread, address, other in rows[at][:, [KIND, SUBJECT, ADDRESS, EXTRA]].tolist():
                self.table[thread, TH_STACK] = 0 if kind == Kind.STACK_FREE else address
                if kind == Kind.STACK_HANDOFF and other != thread:
                    self.table[other, TH_STACK] = 0
        at = kinds[Kind.THREAD_DESTROY]
        if len(at):
            self.table[rows[at, SUBJECT]] = 0

    def _states(self, rows: Ints, runs: Ints) -> None:
        ids = rows[:, SUBJECT]
        self.table = table = _room(self.table, ids, self.limit)
        kind = rows[:, KIND]
        made = kind == Kind.THREAD_CREATE
        table[ids[made], TH_TASK] = rows[made, EXTRA]
        # With a repeated index numpy keeps the last value, which is the one that counts.
        blocked = kind == Kind.THREAD_BLOCK
        table[ids, TH_STATE] = _STATE[kind]
        table[ids, TH_SINCE] = rows[:, TIME]
        table[ids, TH_SEQ] = rows[:, SEQ]
        table[ids, TH_WHY] = np.where(blocked, rows[:, EXTRA], 0)
        table[ids, TH_ADDRESS] = np.where(blocked, rows[:, ADDRESS], 0)
        ranked = (kind == Kind.THREAD_READY) | (kind == Kind.THREAD_RUN)
        table[ids[ranked], TH_PRIORITY] = rows[ranked, SIZE]
        if len(runs):
            # There is one processor: a thread that ran without a later event was preempted when the next one ran.
            last = int(runs[-1, SUBJECT])
            ran = np.unique(np.append(runs[:, SUBJECT], self.running))
            ran = ran[(table[ran, TH_STATE] == RUNNING) & (ran != last)]
            next_run = np.searchsorted(runs[:, SEQ], table[ran, TH_SEQ], side="right")
            by = runs[np.minimum(next_run, len(runs) - 1)]
            table[ran, TH_STATE] = READY
            table[ran, TH_SINCE] = by[:, TIME]
            table[ran, TH_SEQ] = by[:, SEQ]
            self.running = last
        if self.running and table[self.running, TH_STATE] != RUNNING:
            self.running = 0

    def live(self) -> Ints:
        """Ids of the threads that were created and not yet destroyed, ascending."""
        return np.flatnonzero(self.table[:, TH_STATE] != UNKNOWN)


def task_states(tasks: Tasks, catalog: Catalog) -> list[TaskState]:
    """The live tasks, ascending by id."""
    names = catalog.task_names
    ids = tasks.live().tolist()
    return [
        TaskState(i, names.get(i, ""), parent, born, "halted" if halt else "alive", entries or catalog.machine.table_entries, pid)
        for i, (born, halt, parent, entries, pid) in zip(ids, tasks.table[ids].tolist(), strict=True)
    ]


def thread_states(threads: Threads, catalog: Catalog, ids: Ints | None = None) -> list[ThreadState]:
    """The live threads, ascending by id; or those with these ids."""
    names = catalog.thread_names
    texts = catalog.names.strings
    ids = threads.live() if ids is None else ids
    return [
        ThreadState(
            i, task, names.get(i, ""), STATES[state], texts[why] if 0 <= why < len(texts) else "", since, seq, priority, address, stack
        )
        for i, (task, state, why, since, seq, priority, address, stack) in zip(ids.tolist(), threads.table[ids].tolist(), strict=True)
    ]


def _room(table: Ints, ids: Ints, limit: int) -> Ints:
    """`table` with a row for each id.

    Errors: InputError for an id outside 0 to `limit`.
    """
    low, high = int(ids.min(initial=0)), int(ids.max(initial=0))
    if low < 0 or high >= limit:
        raise InputError(f"An event has the invalid task or thread number {low if low < 0 else high}.")
    if high < len(table):
        return table
    # In steps, so that a run that creates threads singly does not copy the table each time.
    grown = np.zeros((max(high + 1, len(table) * 5 // 4), table.shape[1]), np.int64)
    grown[: len(table)] = table
    return grown
