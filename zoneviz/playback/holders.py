"""Bytes in use by holder over the run: an element counts for the task that ran when it was allocated, until it is freed.

Samples know zones only. `task_samples` know the task that ran at each allocation and at each free, which often differ.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from zoneviz import words
from zoneviz.events import Catalog, Kind
from zoneviz.playback.lanes import MOST, Servers, server_name
from zoneviz.playback.player import Player, at_once
from zoneviz.state.elements import NONE, merge
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import ADDRESS, KIND, SEQ, SIZE, TASK, TIME, Ints
from zoneviz.words import KERNEL

_COLUMNS = 24
OTHERS = "other tasks"
MOST_TASKS = 1 << 16
"""Upper bound of task ids, more than a kernel has room for; higher ones count for the last."""


@dataclass(frozen=True, slots=True)
class HolderCurves:
    """n moments of h holders: seqs, times (n,) in ns, sizes (n, h) in bytes; `names` of the holders, oldest first."""

    names: list[str]
    seqs: Ints
    times: Ints
    sizes: Ints


class Holders:
    """Sums changes from events fed in order, one moment every `step` events. Keeps no catalog: names come with `curves`."""

    def __init__(self, step: int) -> None:
        self.step = max(step, 1)
        self.seq = 0
        self._live = NONE
        self._times: list[Ints] = []
        self._seqs: list[Ints] = []
        self._changes: list[Ints] = []

    def begin(self, base: MachineState) -> None:
        """Begin at a state's moment instead of before the first event."""
        self.seq, self._live = base.seq, base.elements
        tasks, where = np.unique(np.clip(self._live.task, 0, MOST_TASKS - 1), return_inverse=True)
        sums = np.bincount(where, base.element_sizes(), len(tasks)).astype(np.int64)
        self._seqs, self._times = [np.array([base.seq])], [np.array([base.time])]
        self._changes = [np.column_stack([np.full(len(tasks), -(-base.seq // self.step)), tasks, sums])]

    def feed(self, rows: Ints) -> None:
        """Add the next events (n, 10)."""
        if not len(rows):
            return
        self.seq = int(rows[-1, SEQ])
        ends = (rows[:, SEQ] % self.step == 0) | (rows[:, SEQ] == self.seq)
        self._seqs.append(rows[ends, SEQ])
        self._times.append(rows[ends, TIME])
        taken = rows[(rows[:, KIND] == Kind.ZALLOC) | (rows[:, KIND] == Kind.ZFREE)]
        if not len(taken):
            return
        order = np.argsort(taken[:, ADDRESS], kind="stable")
        mine = taken[order]
        alloc = mine[:, KIND] == Kind.ZALLOC
        # A free counts for the task that allocated: in these rows, or among the elements live before.
        again = np.append(False, (mine[1:, ADDRESS] == mine[:-1, ADDRESS]) & alloc[:-1])
        place = np.searchsorted(self._live.address, mine[:, ADDRESS])
        known = np.append(self._live.address, -1)[place] == mine[:, ADDRESS]
        before = np.where(known, np.append(self._live.task, 0)[place], 0)
        owner = np.where(alloc, mine[:, TASK], np.where(again, np.append(0, mine[:-1, TASK]), before))
        counts = alloc | again | known
        owner = np.clip(owner, 0, MOST_TASKS - 1)
        # The moment a change is in: the first one at or after it.
        moment = -(-mine[:, SEQ] // self.step)
        cells, where = np.unique((moment * MOST_TASKS + owner)[counts], return_inverse=True)
        size = np.where(alloc, mine[:, SIZE], -mine[:, SIZE])[counts]
        sums = np.bincount(where, size, len(cells)).astype(np.int64)
        self._changes.append(np.column_stack([cells // MOST_TASKS, cells % MOST_TASKS, sums]))
        self._live = merge(self._live, taken)

    def curves(self, catalog: Catalog, servers: bool) -> HolderCurves:
        """Bytes by server, or by task; all but the largest tasks are one holder. `catalog`: of the recording."""
        seqs = np.concatenate([np.zeros(0, np.int64), *self._seqs])
        times = np.concatenate([np.zeros(0, np.int64), *self._times])
        # A pass that ended within a step left a moment there; keep the last of each step.
        last = np.append(-(-seqs[1:] // self.step) != -(-seqs[:-1] // self.step), True)[: len(seqs)]
        seqs, times = seqs[last], times[last]
        changes = np.concatenate([np.zeros((0, 3), np.int64), *self._changes])
        place, names = self._places(catalog, servers, int(changes[:, 1].max(initial=0)))
        sizes = np.zeros((len(seqs), len(names)), np.int64)
        rows = np.searchsorted(-(-seqs // self.step), changes[:, 0])
        np.add.at(sizes, (rows, place[changes[:, 1]]), changes[:, 2])
        return HolderCurves(names, seqs, times, np.cumsum(sizes, axis=0))

    def _places(self, catalog: Catalog, servers: bool, highest: int) -> tuple[Ints, list[str]]:
        """The column of each task (ids,), and the names of the columns."""
        if servers:
            found = Servers()
            found.grow(catalog, highest)
            return found.place, found.names
        names = catalog.task_names
        gained: dict[int, int] = {}
        for changes in self._changes:
            for task, size in changes[changes[:, 2] > 0][:, 1:].tolist():
                gained[task] = gained.get(task, 0) + size
        largest = sorted(gained, key=lambda task: -gained[task])[: _COLUMNS - 1]
        place = np.full(highest + 1, len(largest), np.int64)
        place[largest] = np.arange(len(largest))
        called = [name_of(task, names.get(task, "")) for task in largest]
        return place, [*called, OTHERS]


def name_of(task: int, name: str) -> str:
    """A task by its name, and its number if the name is not enough."""
    if not task:
        return KERNEL
    if words.unique_name(name):
        return name
    return f"{name or 'task'} {task}"


def now(state: MachineState, servers: bool) -> dict[str, int]:
    """Bytes in use at a state's moment, by server or by task."""
    names = state.catalog.task_names
    out: dict[str, int] = {}
    for task, size in state.bytes_by_task().items():
        known = names.get(task, "")
        name = server_name(known or "task") if servers and task else name_of(task, known)
        out[name] = out.get(name, 0) + size
    return out


def holders(player: Player, gathered: Holders, servers: bool) -> Generator[tuple[int, int], None, HolderCurves]:
    """Feed `gathered` the events it has not seen, in steps: yields (done, of) in events and returns the curves.

    `player` is at the beginning of its recording.
    Errors: InputError if the recording is damaged.
    """
    last = player.recording.event_count
    if not gathered.seq and player.state.seq:
        gathered.begin(player.state)
    while gathered.seq < last:
        first = max(gathered.seq + 1, player.recording.first_event)
        gathered.feed(player.recording.events(first, min(first + 4 * at_once(player.recording) - 1, last)))
        yield gathered.seq, last
    return gathered.curves(player.recording.catalog, servers)


def new_holders(player: Player) -> Holders:
    """Holders of a recording with about MOST moments."""
    return Holders(-(-player.recording.event_count // MOST))
