"""One pass over the events of a stretch, in blocks, for counts that neither samples nor states have.

Memory grows with live regions and new tasks, not with events.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from zoneviz.events import Kind
from zoneviz.recording import Recording
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, PATH, SEQ, SIZE, SUBJECT, TASK, Ints

BLOCK = 1 << 16
_REFUSALS = (int(Kind.ZREFUSE), int(Kind.KMEM_FAIL))


class Regions(NamedTuple):
    """n allocated ranges of kernel maps in order of address, int64 (n,) each.

    map: its id; seq: number of the KMEM_ALLOC event; task: the one that ran, with its call path; size in bytes.
    """

    address: Ints
    map: Ints
    seq: Ints
    task: Ints
    path: Ints
    size: Ints

    def after(self, rows: Ints) -> "Regions":
        """The regions after these events (n, 10): the last KMEM event of an address decides whether it is allocated."""
        alloc = rows[:, KIND] == Kind.KMEM_ALLOC
        ours = alloc | (rows[:, KIND] == Kind.KMEM_FREE)
        if not ours.any():
            return self
        new = rows[ours][:, [ADDRESS, SUBJECT, SEQ, TASK, PATH, SIZE]].T
        both = np.concatenate([np.stack(self), new], axis=1)
        live = np.concatenate([np.ones(len(self.address), np.bool_), alloc[ours]])
        _, from_end = np.unique(both[0, ::-1], return_index=True)
        last = both.shape[1] - 1 - from_end
        return Regions(*both[:, last[live[last]]])


class Refused(NamedTuple):
    """A refused allocation: its event, KMEM_FAIL with the id of a map or ZREFUSE with that of a zone; bytes; the kern_return of a map."""

    seq: int
    kind: int
    subject: int
    size: int = 0
    error: int = 0


NO_REGIONS = Regions(*(np.zeros(0, np.int64) for _ in Regions._fields))


@dataclass(slots=True)
class Counts:
    """What happened after event `first` up to `last`.

    threads: threads created, by task; received: messages received, by task; parents: (task, parent) of each new task, in
    order; regions: allocated ranges of kernel maps after `last`; refused: the last refused allocation, None if nothing was refused.
    """

    first: int
    last: int
    threads: dict[int, int] = field(default_factory=dict)
    received: dict[int, int] = field(default_factory=dict)
    parents: list[tuple[int, int]] = field(default_factory=list)
    regions: Regions = NO_REGIONS
    refused: Refused | None = None


def counting(recording: Recording, first: int, last: int) -> Iterator[tuple[int, int] | Counts]:
    """Yields (events done, of) after each block, and finally the Counts.

    Reads from the recording's first event, since a region may be older than the stretch.
    Errors: InputError if the recording is damaged.
    """
    counts = Counts(first, last)
    for start in range(recording.first_event, last + 1, BLOCK):
        rows = recording.events(start, min(start + BLOCK - 1, last))
        counts.regions = counts.regions.after(rows)
        _count(counts, rows[rows[:, SEQ] > first])
        yield len(rows) + start - recording.first_event, last - recording.first_event + 1
    yield counts


def _count(counts: Counts, rows: Ints) -> None:
    if not len(rows):
        return
    kinds = rows[:, KIND]
    _add(counts.threads, rows[kinds == Kind.THREAD_CREATE, EXTRA])
    _add(counts.received, rows[kinds == Kind.MSG_RECEIVE, TASK])
    tasks = rows[kinds == Kind.TASK_CREATE]
    counts.parents += [(int(task), int(parent)) for task, parent in tasks[:, [SUBJECT, EXTRA]].tolist()]
    refused = rows[np.isin(kinds, _REFUSALS)]
    if len(refused):
        counts.refused = Refused(*refused[-1, [SEQ, KIND, SUBJECT, SIZE, EXTRA]].tolist())


def _add(sums: dict[int, int], ids: Ints) -> None:
    for number, count in zip(*(part.tolist() for part in np.unique(ids, return_counts=True)), strict=True):
        sums[number] = sums.get(number, 0) + count
