"""Who allocates: processes by pid over time, kernel threads, and interrupts.

A task of a recording is one program in one process: a pid that is used again, and a process that executes another program, are other
tasks, so what was allocated before keeps its owner. Sources: include/trace/events/sched.h and task.h, /proc/PID/status.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple

import numpy as np

from zoneviz.events import Catalog, TaskInfo
from zoneviz.state.rows import Ints

NMI, HARDIRQ, SOFTIRQ, IDLE = -3, -2, -1, 0
"""Pids that stand for code that runs on behalf of no process."""
_NAMES = {NMI: "interrupts (NMI)", HARDIRQ: "interrupts (hardirq)", SOFTIRQ: "interrupts (softirq)", IDLE: "idle"}
_FLAG_BITS = ((0x40, NMI), (0x08, HARDIRQ), (0x10, SOFTIRQ))
"""Bits of common_flags, the strongest first (TRACE_FLAG_NMI, _HARDIRQ, _SOFTIRQ in kernel/trace/trace.h since 2.6.31)."""
_KTHREADD = 2
CLONE_THREAD = 0x10000
COMMAND_LENGTH = 15
"""Characters of a command that the kernel keeps (TASK_COMM_LEN - 1)."""


class What(Enum):
    """What changes about a process."""

    NEW = "new"
    FORK = "fork"
    NAME = "name"
    EXEC = "exec"
    EXIT = "exit"


class Change(NamedTuple):
    """A change of a process or thread. `name`: its command from now on; `parent`: thread that made it; `flags`: clone flags, if known."""

    what: What
    pid: int
    name: str = ""
    parent: int = 0
    flags: int = 0


@dataclass(slots=True)
class _Process:
    """A thread or process. `leader`: pid of its process; `task`: id in the catalog, 0 until it allocates."""

    leader: int
    name: str
    kernel: bool
    task: int = 0

    def title(self) -> str:
        """Such as `find (4711)`, `kworker/0:1 (kernel thread 23)`, `pid 4711`."""
        if not self.name:
            return f"pid {self.leader}"
        return f"{self.name} ({'kernel thread ' if self.kernel else ''}{self.leader})"


def callers(pid: Ints, flags: Ints) -> Ints:
    """The pids (n,) of who runs: the thread, or the interrupt that has interrupted it. `flags`: common_flags of the events."""
    out = pid
    for bit, stands_for in reversed(_FLAG_BITS):
        hit = flags & bit != 0
        if hit.any():
            out = np.where(hit, stands_for, out)
    return out


class Tasks:
    """The tasks of a catalog. `proc`: where to ask for processes that began before the recording."""

    def __init__(self, catalog: Catalog, proc: Path = Path("/proc")) -> None:
        self._catalog, self._proc = catalog, proc
        self._next = 1 + max((task.id for task in catalog.tasks), default=0)
        self._known = {pid: _Process(pid, "", False) for pid in _NAMES}
        self._table: Ints = np.zeros(1 << 10, np.int64)
        """The id of the task by pid - NMI, 0 if it must be asked for."""
        self._gone: list[int] = []
        for folder in proc.glob("[0-9]*"):
            self._look(int(folder.name))
            with suppress(OSError, ValueError):
                for thread in (folder / "task").iterdir():
                    self._known.setdefault(int(thread.name), _Process(int(folder.name), "", False))

    def ids(self, pids: Ints, places: Ints, changes: Sequence[tuple[int, Change]]) -> Ints:
        """The tasks of n events by what `callers` returns, (n,). `places`: of the events, ascending, among which `changes` have theirs."""
        self._forget()
        if not changes:
            return self._now(pids)
        changed = np.unique([change.pid for _, change in changes])
        mine = np.flatnonzero(np.isin(pids, changed))
        keys = np.array([[change.pid, place] for place, change in changes])
        order = np.lexsort((keys[:, 1], keys[:, 0]))
        sorted_keys = keys[order, 0] << 32 | keys[order, 1]
        found = np.searchsorted(sorted_keys, pids[mine] << 32 | places[mine]) - 1
        after = (found >= 0) & (keys[order[found], 0] == pids[mine])
        last = np.full(len(pids), -1)
        last[mine[after]] = order[found[after]]
        tasks = np.zeros(len(pids), np.int64)
        before = last < 0
        tasks[before] = self._now(pids[before])
        wanted = set(last[mine].tolist())
        of_change = np.zeros(len(changes), np.int64)
        for number, (_, change) in enumerate(changes):
            self._apply(change)
            if number in wanted:
                of_change[number] = self.id(change.pid)
        tasks[~before] = of_change[last[~before]]
        return tasks

    def id(self, pid: int) -> int:
        """The task of a thread now: that of its process; a thread that /proc does not know either is its own."""
        process = self._process(pid)
        if process.leader != pid:
            task = self.id(process.leader)
        else:
            if not process.task:
                process.task, self._next = self._next, self._next + 1
                self._catalog.tasks.append(TaskInfo(process.task, _NAMES.get(pid) or process.title()))
            task = process.task
        if pid - NMI >= len(self._table):
            self._table = np.concatenate([self._table, np.zeros(pid + len(self._table), np.int64)])
        self._table[pid - NMI] = task
        return task

    def _now(self, pids: Ints) -> Ints:
        limit = len(self._table) + NMI
        if pids.max(initial=0) >= limit:
            for pid in np.unique(pids[pids >= limit]).tolist():
                self.id(pid)
        found = self._table[pids - NMI]
        missing = found == 0
        if missing.any():
            for pid in np.unique(pids[missing]).tolist():
                self.id(pid)
            found = self._table[pids - NMI]
        return found

    def _process(self, pid: int) -> _Process:
        found = self._known.get(pid)
        if found is None:
            found = self._look(pid)
        if found.leader != pid and found.leader not in self._known:
            self._look(found.leader)
        return found

    def _apply(self, change: Change) -> None:
        """A process changes; allocations after it may belong to another task."""
        known, pid = self._known.get(change.pid), change.pid
        if change.what is What.EXIT:
            self._gone.append(pid)
            if known is not None and not known.name and known.leader == pid:
                self._rename(known, change.name)  # it was gone before /proc was asked
        elif change.what is What.NEW:
            parent = self._process(change.parent)
            kernel = change.parent == _KTHREADD or self._known[parent.leader].kernel
            self._set(pid, _Process(parent.leader if change.flags & CLONE_THREAD else pid, change.name, kernel))
        elif change.what is What.FORK:
            self._known.pop(pid, None)
            self._set(pid, self._look(pid, change.name))
        elif known is None or (change.what is What.EXEC and (known.leader != pid or known.kernel)):
            self._set(pid, _Process(pid, change.name, False))
        elif known.leader == pid and known.name[:COMMAND_LENGTH] != change.name[:COMMAND_LENGTH]:
            self._set(pid, _Process(pid, change.name, known.kernel))
            self._table[self._table == known.task] = 0  # its threads
        elif known.leader == pid and known.name != change.name and change.what is What.EXEC:
            self._rename(known, change.name)  # the same name in full

    def _rename(self, process: _Process, name: str) -> None:
        process.name = name
        if process.task:
            self._catalog.tasks.append(TaskInfo(process.task, process.title()))

    def _set(self, pid: int, process: _Process) -> None:
        self._known[pid] = process
        self._gone = [gone for gone in self._gone if gone != pid]
        if pid - NMI < len(self._table):
            self._table[pid - NMI] = 0

    def _forget(self) -> None:
        """Forget what had exited before the events of the last call: their pids may be used again without an event, if that was lost."""
        for pid in self._gone:
            self._known.pop(pid, None)
            if pid - NMI < len(self._table):
                self._table[pid - NMI] = 0
        self._gone = []

    def _look(self, pid: int, name: str = "") -> _Process:
        """Ask /proc for a thread. `name`: what it is called if it has gone."""
        found = _Process(pid, name, False)
        with suppress(OSError):
            text = (self._proc / str(pid) / "status").read_text("utf-8", "replace")
            says = dict(re.findall(r"^(Name|Tgid|PPid|Kthread):\t(.*)$", text, re.MULTILINE))
            # The field is of 6.9; before, programs that the kernel starts look like its threads.
            kernel = says["Kthread"] == "1" if "Kthread" in says else _KTHREADD in (pid, int(says.get("PPid", 0)))
            found = _Process(int(says.get("Tgid", pid)), says.get("Name", name), kernel)
        self._known[pid] = found
        return found
