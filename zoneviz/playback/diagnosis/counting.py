"""One pass over the events of a stretch, in blocks: what neither samples nor a state tell.

Memory grows with what lives, not with events.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from zoneviz.events import Kind
from zoneviz.recording import Recording
from zoneviz.state.elements import Elements, live
from zoneviz.state.rows import EXTRA, KIND, SEQ, SIZE, SUBJECT, TASK, ByKind, Ints

BLOCK = 1 << 16
_REFUSALS = (int(Kind.ZREFUSE), int(Kind.KMEM_FAIL))


@dataclass(slots=True)
class Counts:
    """What happened after event `first` up to `last`.

    threads, received: how many each task made, and messages it received; parents: (n, 2) task and parent of each task made, in
    order; regions: live ranges of kernel maps, `zone` being the map's id and `asked` the bytes; refused: (seq, kind, subject)
    of the last allocation that was refused, None if none was.
    """

    first: int
    last: int
    threads: dict[int, int] = field(default_factory=dict)
    received: dict[int, int] = field(default_factory=dict)
    parents: list[tuple[int, int]] = field(default_factory=list)
    regions: Elements = field(default_factory=lambda: live().now())
    refused: tuple[int, int, int] | None = None


def counting(recording: Recording, first: int, last: int) -> Iterator[tuple[int, int] | Counts]:
    """Yields (events done, of) after each block, and at last the Counts.

    The regions are followed from the recording's first event on, since a range may be older than the stretch.
    """
    counts = Counts(first, last)
    regions = live()
    for start in range(recording.first_event, last + 1, BLOCK):
        rows = recording.events(start, min(start + BLOCK - 1, last))
        taken = np.isin(rows[:, KIND], (Kind.KMEM_ALLOC, Kind.KMEM_FREE))
        maps = rows[taken]
        # The same table as that of elements keeps them: a map for the zone, the bytes where bytes asked for stand.
        maps[:, KIND] = np.where(maps[:, KIND] == Kind.KMEM_ALLOC, int(Kind.ZALLOC), int(Kind.ZFREE))
        maps[:, EXTRA] = maps[:, SIZE] << 1
        regions.apply(maps, ByKind(maps))
        _count(counts, rows[rows[:, SEQ] > first])
        yield len(rows) + start - recording.first_event, last - recording.first_event + 1
    counts.regions = regions.now()
    yield counts


def _count(counts: Counts, rows: Ints) -> None:
    if not len(rows):
        return
    kinds = rows[:, KIND]
    made = rows[kinds == Kind.THREAD_CREATE]
    _add(counts.threads, made[:, EXTRA])
    _add(counts.received, rows[kinds == Kind.MSG_RECEIVE, TASK])
    tasks = rows[kinds == Kind.TASK_CREATE]
    counts.parents += [(int(task), int(parent)) for task, parent in tasks[:, [SUBJECT, EXTRA]].tolist()]
    refused = rows[np.isin(kinds, _REFUSALS)]
    if len(refused):
        seq, kind, subject = refused[-1, [SEQ, KIND, SUBJECT]].tolist()
        counts.refused = (seq, kind, subject)


def _add(sums: dict[int, int], ids: Ints) -> None:
    for number, count in zip(*(part.tolist() for part in np.unique(ids, return_counts=True)), strict=True):
        sums[number] = sums.get(number, 0) + count
