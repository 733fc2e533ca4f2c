"""Samples of a recording as arrays: zones and machine over time, without reading the events."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zoneviz.errors import InputError
from zoneviz.events import Catalog
from zoneviz.recording import bounds
from zoneviz.recording.catalogs import integers
from zoneviz.state.figures import LEVELS, MACHINE_FIGURES, UNKNOWN
from zoneviz.state.rows import Ints

_MACHINE = ("seq", "time", *MACHINE_FIGURES)


@dataclass(frozen=True, slots=True)
class Samples:
    """n samples in order, of z zones.

    seqs, times (n,): number and simulated ns of the event after which each was taken. zone_ids (z,): in order
    of zinit. zones: figure -> (n, z), 0 before a zone exists; machine: figure -> (n,). The figures and their units (bytes,
    elements, pages, counts) are those of `figures.ZONE_FIGURES` and `figures.MACHINE_FIGURES`. figures: (n, f), the figures of
    `Catalog.figures` in order, -1 before a reading sets one.
    """

    seqs: Ints
    times: Ints
    zone_ids: Ints
    zones: dict[str, Ints]
    machine: dict[str, Ints]
    figures: Ints

    def __len__(self) -> int:
        return len(self.seqs)


def read_samples(
    db: sqlite3.Connection, catalog: Catalog, first: int, last: int, step: int, figures: Sequence[str], ends: tuple[int, int]
) -> Samples:
    """As `Recording.samples`. `ends`: the events with a sample of any step, the one before the first event and the last one.

    Errors: InputError if they are out of order or not numbers; sqlite3.Error.
    """
    whole = LEVELS[-1]
    start = max(first, 0) // whole * whole
    # An excerpt begins with the sample of its base; a complete recording has one at its end.
    wanted = sorted({*range(start, last + 1, step), *(seq for seq in ends if start <= seq <= last)})
    found = "FROM json_each(?) AS n CROSS JOIN"  # keeps the order of the numbers

    def of_ids(table: str, columns: Sequence[str], ids: int) -> Ints:
        joined = f"SELECT {', '.join(f'z.{name}' for name in ('seq', *columns))} {found} {table} AS z ON z.seq = n.value LIMIT ?"
        rows = integers(db.execute(joined, (numbers, len(wanted) * (ids + 1))), 1 + len(columns))
        return bounds.checked(rows, ("seq", *columns), "a sample")

    numbers = json.dumps(wanted)
    machine = integers(db.execute(f"SELECT s.{', '.join(_MACHINE)} {found} samples AS s ON s.seq = n.value", (numbers,)), len(_MACHINE))
    bounds.checked(machine, _MACHINE, "a sample")
    if (np.diff(machine[:, 0]) <= 0).any():
        raise InputError("It is damaged: its samples are out of order.")
    zone_count, figure_count = len(catalog.zones), len(catalog.figures)
    zones = of_ids("zone_samples", ("zone", *figures), zone_count)
    values = of_ids("figure_samples", ("figure", "value"), figure_count) if figure_count else zones[:0, :3]
    return tidy(machine, zones, zone_count, figures, first, values, figure_count)


def tidy(machine: Ints, rows: Ints, zone_count: int, figures: Sequence[str], first: int, figure_rows: Ints, figure_count: int) -> Samples:
    """Samples from rows of `samples` (m, 2 + MACHINE_FIGURES), `zone_samples` (n, seq, zone, *figures) and `figure_samples` (n, 3).

    Each zone keeps the figures of its last row until the next. Samples before `first` are used for that only, and left out.
    Zones above `zone_count` are left out, and likewise figures of the machine.
    """
    seqs = machine[:, 0]
    keep = slice(int(np.searchsorted(seqs, first)), None)
    of_zones = _filled(seqs, rows, zone_count, 0)[keep]
    zones = {name: of_zones[:, :, i] for i, name in enumerate(figures)}
    counters = {name: machine[keep, 2 + i] for i, name in enumerate(MACHINE_FIGURES)}
    values = _filled(seqs, figure_rows, figure_count, UNKNOWN)[keep, :, 0]
    return Samples(seqs[keep], machine[keep, 1], np.arange(1, zone_count + 1), zones, counters, values)


def _filled(seqs: Ints, rows: Ints, count: int, before: int) -> Ints:
    """The values of rows (n, seq, id, *values) at each of `seqs` (m,), for ids 1 to `count`: (m, count, values).

    An id keeps the values of its last row, and has `before` ahead of the first.
    """
    places = np.searchsorted(seqs, rows[:, 0])
    # np.isin would load numpy.ma, 8 ms of a start.
    sampled = np.append(seqs, -1)[places] == rows[:, 0]
    known = sampled & (rows[:, 1] >= 1) & (rows[:, 1] <= count)
    rows, places = rows[known], places[known]
    # For each cell the index of its row: the last row of the id at or before the sample.
    source = np.zeros((len(seqs), count), np.int64)
    source[places, rows[:, 1] - 1] = np.arange(1, len(rows) + 1)
    source = np.maximum.accumulate(source, axis=0)
    values: Ints = np.concatenate([np.full((1, rows.shape[1] - 2), before), rows[:, 2:]])
    return values[source]
