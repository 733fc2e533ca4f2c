"""Samples of a recording as arrays: zones and machine over time, without reading the events."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zoneviz.state.figures import MACHINE_FIGURES
from zoneviz.state.rows import Ints


@dataclass(frozen=True, slots=True)
class Samples:
    """n samples in order, of z zones.

    seqs, times (n,): number and simulated ns of the event after which each was taken. zone_ids (z,): in order
    of zinit. zones: figure -> (n, z), 0 before a zone exists; machine: figure -> (n,). The figures and their units (bytes,
    elements, pages, counts) are those of `figures.ZONE_FIGURES` and `figures.MACHINE_FIGURES`.
    """

    seqs: Ints
    times: Ints
    zone_ids: Ints
    zones: dict[str, Ints]
    machine: dict[str, Ints]

    def __len__(self) -> int:
        return len(self.seqs)


def tidy(machine: Ints, rows: Ints, zone_count: int, figures: Sequence[str], first: int) -> Samples:
    """Samples from rows of `samples` (m, 2 + MACHINE_FIGURES) and of `zone_samples` (n, seq, zone, *figures).

    Each zone keeps the figures of its last row until the next. Samples before `first` are used for that only, and left out.
    Zones above `zone_count` are left out.
    """
    rows = rows[(rows[:, 1] >= 1) & (rows[:, 1] <= zone_count) & np.isin(rows[:, 0], machine[:, 0])]
    seqs = machine[:, 0]
    # For each cell the index of its row: the last row of the zone at or before the sample.
    source = np.zeros((len(seqs), zone_count), np.int64)
    source[np.searchsorted(seqs, rows[:, 0]), rows[:, 1] - 1] = np.arange(1, len(rows) + 1)
    source = np.maximum.accumulate(source, axis=0)
    keep = slice(int(np.searchsorted(seqs, first)), None)
    values = np.concatenate([np.zeros((1, rows.shape[1]), np.int64), rows])
    zones = {name: values[:, 2 + i][source[keep]] for i, name in enumerate(figures)}
    counters = {name: machine[keep, 2 + i] for i, name in enumerate(MACHINE_FIGURES)}
    return Samples(seqs[keep], machine[keep, 1], np.arange(1, zone_count + 1), zones, counters)
