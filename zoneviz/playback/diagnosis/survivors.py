"""What was allocated in a stretch of kmem events and is still there at its end, by zone, task and call site, over time.

One pass over the events, in blocks: memory grows with the live elements, not with the events.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from zoneviz.events import Kind
from zoneviz.recording import Recording
from zoneviz.state.elements import Elements
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import KIND, PATH, SEQ, SIZE, SUBJECT, TASK, TIME, ZONE_ID_LIMIT, Ints

BLOCK = 1 << 16
SLICES = 20
"""Parts of equal time into which a stretch is divided."""
_BITS = 24
"""Bits of a task and of a call site in the key of a group; larger ids mean a damaged file and are left out."""


@dataclass(slots=True)
class Survivors:
    """n groups, each of one zone, task and call site, of which an element is still there; `zone`, `task`, `site` (n,): their ids.

    `site` is an index of `sites`, the functions that allocated. `allocs`, `kept` (n, SLICES): elements allocated in each slice, and
    those of them that are still there; `bytes` (n,): of these. `path` (n,): the call path of most of them. By id of a zone:
    `allocated`, `freed` (zones, SLICES), by anybody. `figures` (m, 3): time in ns, id and value of each figure of the machine that a
    reading set. `lost`: places where events are missing; `span`: ns from begin to end, 0 without a clock.
    """

    zone: Ints
    task: Ints
    site: Ints
    path: Ints
    sites: list[str]
    allocs: Ints
    kept: Ints
    bytes: Ints
    allocated: Ints
    freed: Ints
    figures: Ints
    lost: int = 0
    span: int = 0

    def __len__(self) -> int:
        return len(self.zone)

    @property
    def count(self) -> Ints:
        """Elements of each group that are still there, (n,)."""
        return np.asarray(self.kept.sum(axis=1))

    def take(self, chosen: npt.NDArray[np.bool_]) -> "Survivors":
        """The groups where a mask (n,) is true."""
        zone, task, site, path, allocs, kept, size = (
            column[chosen] for column in (self.zone, self.task, self.site, self.path, self.allocs, self.kept, self.bytes)
        )
        return replace(self, zone=zone, task=task, site=site, path=path, allocs=allocs, kept=kept, bytes=size)


def surviving(recording: Recording, before: MachineState, after: MachineState) -> Iterator[tuple[int, int] | Survivors]:
    """Yields (events done, of) after each block, and finally the Survivors of the events between two states.

    Slices are of equal time, or of equally many events in a recording without a clock. Errors: InputError if the recording is damaged.
    """
    first, last = before.seq, after.seq
    clocked = recording.header.time_kind == "ns"
    begin, span = (before.time, after.time - before.time) if clocked else (first, last - first)
    sites = _Sites(recording)
    alive = after.elements.take(after.elements.seq > first)
    keys, path = _groups(alive, sites)
    seqs = np.sort(alive.seq)
    sums = np.zeros((2, len(keys), SLICES), np.int64)
    moved = np.zeros((2, ZONE_ID_LIMIT, SLICES), np.int64)
    size, lost, figures = np.zeros(len(keys), np.int64), 0, [np.zeros((0, 3), np.int64)]
    for start in range(first + 1, last + 1, BLOCK):
        rows = recording.events(start, min(start + BLOCK - 1, last))
        yield start + len(rows) - first - 1, last - first
        lost += int((rows[:, KIND] == Kind.LOST).sum())
        figures.append(rows[rows[:, KIND] == Kind.MACHINE_FIGURE][:, [TIME, SUBJECT, SIZE]])
        rows = rows[((rows[:, KIND] == Kind.ZALLOC) | (rows[:, KIND] == Kind.ZFREE)) & sites.known(*rows[:, [SUBJECT, TASK, PATH]].T)]
        place = np.clip((rows[:, TIME if clocked else SEQ] - begin) * SLICES // (span + 1), 0, SLICES - 1)
        allocating = rows[:, KIND] == Kind.ZALLOC
        np.add.at(moved, (1 - allocating, rows[:, SUBJECT], place), 1)
        rows, place = rows[allocating], place[allocating]
        key = sites.keys(*rows[:, [SUBJECT, TASK, PATH]].T)
        group = np.searchsorted(keys, key)
        ours = np.append(keys, -1)[group] == key
        rows, place, group = rows[ours], place[ours], group[ours]
        stays = np.append(seqs, -1)[np.searchsorted(seqs, rows[:, SEQ])] == rows[:, SEQ]
        np.add.at(sums[0], (group, place), 1)
        np.add.at(sums[1], (group[stays], place[stays]), 1)
        np.add.at(size, group[stays], rows[stays, SIZE])
    zone, task, site = keys >> 2 * _BITS, (keys >> _BITS) & ((1 << _BITS) - 1), keys & ((1 << _BITS) - 1)
    (allocs, kept), (allocated, freed), figured = sums, moved, np.concatenate(figures)
    yield Survivors(zone, task, site, path, sites.names, allocs, kept, size, allocated, freed, figured, lost, span if clocked else 0)


class _Sites:
    """The call site of each path of a recording: the function that allocated. `names`: each once."""

    def __init__(self, recording: Recording) -> None:
        ids: dict[str, int] = {}
        self._of: Ints = np.array([ids.setdefault(frame, len(ids)) for _, frame in recording.catalog.paths.rows], np.int64)
        self._zones = min(len(recording.catalog.zones), ZONE_ID_LIMIT - 1)
        self.names = list(ids)

    def known(self, zone: Ints, task: Ints, path: Ints) -> npt.NDArray[np.bool_]:
        """Which ids (n,) a sound recording can have."""
        inside = (zone > 0) & (zone <= self._zones) & (task >= 0) & (task < 1 << _BITS) & (path >= 0) & (path < len(self._of))
        return np.asarray(inside)

    def keys(self, zone: Ints, task: Ints, path: Ints) -> Ints:
        """One number for each zone, task and call site, (n,), in that order."""
        return np.asarray((zone << 2 * _BITS) | (task << _BITS) | self._of[path])


def _groups(alive: Elements, sites: _Sites) -> tuple[Ints, Ints]:
    """The groups of live elements: their keys in ascending order, and the call path of most elements of each."""
    known = sites.known(alive.zone, alive.task, alive.path)
    path = alive.path[known]
    pairs, count = np.unique(np.stack([sites.keys(alive.zone[known], alive.task[known], path), path]), axis=1, return_counts=True)
    order = np.lexsort((-count, pairs[0]))
    keys, first = np.unique(pairs[0, order], return_index=True)
    return keys, pairs[1, order][first]
