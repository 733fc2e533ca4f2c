"""Leaks spread over many processes, each of which leaves a little: as of a kernel that forgets something whenever a program runs."""

from dataclasses import replace

import numpy as np

from zoneviz.events import Catalog
from zoneviz.playback.diagnosis.leaks import TIMED, Masks, at_sites, companion, growing, taken_back
from zoneviz.playback.diagnosis.survivors import Survivors
from zoneviz.state.rows import Ints

MANY = 64
"""Fewest processes that leave something. A machine at work starts some in the stretch that stay."""
_LITTLE = 2
"""Elements that half of them leave at most. A process that stays keeps its files and mappings, which are more."""
_HALF = 0.5
"""Share of what was allocated that must still be there."""
_LAZY = ("alloc_vmap_area", "__get_vm_area_node", "__vmalloc_node_range", "__vmalloc_node_range_noprof")
"""Call sites of memory for kernel stacks, which the kernel keeps for the next process."""


def together(found: Survivors, catalog: Catalog, single: Masks) -> tuple[Survivors, list[Ints]]:
    """The leaks by zone and call site over all tasks, and the tasks of each. `single`: the groups that leak by themselves, left out."""
    chosen = ~(single | taken_back(found, catalog) | companion(found, catalog))
    chosen &= ~at_sites(found, (*_LAZY, *TIMED))
    places, where = np.unique(np.stack([found.zone[chosen], found.site[chosen]]), axis=1, return_inverse=True)
    rows, where = np.flatnonzero(chosen), where.reshape(-1)
    members = [rows[where == i] for i in range(places.shape[1])]
    members = [mine for mine in members if len(mine) >= MANY and np.median(found.count[mine]) <= _LITTLE]
    largest = np.array([mine[found.bytes[mine].argmax()] for mine in members], np.int64)
    merged = replace(
        found,
        zone=found.zone[largest],
        task=np.zeros(len(members), np.int64),
        site=found.site[largest],
        path=found.path[largest],
        allocs=_sums(found.allocs, members),
        kept=_sums(found.kept, members),
        bytes=_sums(found.bytes, members),
    )
    leak = growing(merged) & (merged.count >= _HALF * merged.allocs.sum(axis=1))
    return merged.take(leak), [found.task[mine] for mine, leaks in zip(members, leak.tolist(), strict=True) if leaks]


def _sums(table: Ints, members: list[Ints]) -> Ints:
    """The rows of a table (n,) or (n, k) summed over each list of rows."""
    return np.array([table[mine].sum(axis=0) for mine in members], np.int64).reshape(len(members), *table.shape[1:])
