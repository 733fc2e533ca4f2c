"""Samples of a recording as arrays: how zones and machine went, without reading its events."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zoneviz.state.figures import MACHINE_FIGURES
from zoneviz.state.rows import Ints


@dataclass(frozen=True, slots=True)
class Samples:
    """n samples, in order, of z zones.

    seqs, times (n,): number and simulated ns of the event after which each was taken. zone_ids (z,): in order
    of zinit. zones: figure -> (n, z), 0 before a zone exists; machine: figure -> (n,). Figures and their units
    are `figures.ZONE_FIGURES` and `figures.MACHINE_FIGURES`; bytes, elements, pages or counts, never shares.
    """

    seqs: Ints
    times: Ints
    zone_ids: Ints
    zones: dict[str, Ints]
    machine: dict[str, Ints]

    def __len__(self) -> int:
        return len(self.seqs)


def tidy(machine: Ints, rows: Ints, zone_count: int, figures: Sequence[str], first: int) -> Samples:
    """Rows of `samples` (m, seq, time, *MACHINE_FIGURES) and `zone_samples` (n, seq, zone, *figures) by zone and figure.

    A zone is carried forward from the last sample that has it.

    Samples before `first` only serve to fill in what follows. Zones above `zone_count` are left out.
    """
    rows = rows[(rows[:, 1] >= 1) & (rows[:, 1] <= zone_count) & np.isin(rows[:, 0], machine[:, 0])]
    seqs = machine[:, 0]
    # For each cell the row that holds it: the last one written for that zone at or before that sample.
    holder = np.zeros((len(seqs), zone_count), np.int64)
    holder[np.searchsorted(seqs, rows[:, 0]), rows[:, 1] - 1] = np.arange(1, len(rows) + 1)
    holder = np.maximum.accumulate(holder, axis=0)
    keep = slice(int(np.searchsorted(seqs, first)), None)
    values = np.concatenate([np.zeros((1, rows.shape[1]), np.int64), rows])
    zones = {name: values[:, 2 + i][holder[keep]] for i, name in enumerate(figures)}
    counters = {name: machine[keep, 2 + i] for i, name in enumerate(MACHINE_FIGURES)}
    return Samples(seqs[keep], machine[keep, 1], np.arange(1, zone_count + 1), zones, counters)
