"""The signature of a recording: which elements its work allocates and keeps, in ratios, so that runs of any size can be compared.

Work is counted in allocations since boot, in a recording of readings in changes of its figures. Only the second half of it counts, and
its last eighth once more: the first half has what every session allocates as it starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoneviz.playback import points as pointing
from zoneviz.playback.limits import boot_end
from zoneviz.playback.player import Player
from zoneviz.playback.points import Points
from zoneviz.playback.reading_points import ReadingPoints
from zoneviz.recording import Recording
from zoneviz.recording.header import EXCERPT, INTERRUPTED
from zoneviz.state.figures import LEVELS, TASK_FIGURES
from zoneviz.state.rows import Ints

Floats = npt.NDArray[np.float64]
Shares = Mapping[str, float]
"""By name of a zone, above 0; they add up to 1."""

HALF, LAST = 0.5, 0.875
"""Where the two stretches of a signature begin, as a share of the work."""
LEAST = 200
"""A recording with less work than this, in elements, has no signature."""
_FINE = 1 << 13
"""Shorter recordings are summed event by event."""
_MANY = 1 << 16
"""Recordings of readings with more events are not read, only their samples."""
_MOMENTS = 60
"""Samples that a signature needs, about."""
_CELLS = 1 << 20
"""Upper bound of readings times zones."""
_NAMES = {
    "ipc_port": "ipc ports", "ipc_space": "ipc spaces", "ipc_tree_entry": "ipc tree entries", "task": "tasks", "thread": "threads",
    "vm_map": "maps", "vm_map_entry": "non-kernel map entries", "vm_object": "objects",
}  # fmt: skip
"""What caches of a later GNU Mach are called in the kernel of the scenarios."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Shares of the elements that a stretch added, and of its allocations. Empty if nothing grew, or if allocations are unknown."""

    grown: Shares
    allocated: Shares


@dataclass(frozen=True, slots=True)
class Signature:
    """What a recording's work is made of: in its second half, and in its last eighth.

    kept: elements added by allocations in the second half, 0 to 1; None without allocations, as in a recording of readings.
    left: bytes above those at boot that remain at the end, by the most there ever were, 0 to 1.
    one_task: share of the allocations in the second half that one task made; None if unknown.
    ending: outcome and memory that ran out; None if it does not end by itself, or is of a real machine that did not panic.
    """

    half: Stretch
    last: Stretch
    kept: float | None = None
    left: float = 1.0
    one_task: float | None = None
    ending: tuple[str, str] | None = None


def signature(recording: Recording) -> Signature | None:
    """The signature of a recording; None if too little happens in it. A large file takes as long as a small one.

    Errors: InputError if the recording is damaged.
    """
    of_readings = recording.header.of_readings
    points = _readings(recording) if of_readings else _events(recording)
    zones = recording.catalog.zones[: points.zones.shape[1]]
    if len(points.seqs) < 3 or not zones:
        return None
    names, sizes = [_NAMES.get(zone.name, zone.name) for zone in zones], np.array([zone.elem_size for zone in zones], np.float64)
    elements, allocs, held = (points.figure(name)[:, : len(zones)].astype(np.float64) for name in ("in_use", "allocs", "cur_size"))
    if of_readings:
        elements = np.where(elements.any(axis=0), elements, held / np.maximum(sizes, 1))
        work = np.abs(np.diff(elements, axis=0, prepend=elements[:1])).sum(axis=1).cumsum()
    else:
        work = (allocs - allocs[0]).sum(axis=1)
    if work[-1] < LEAST:
        return None

    def since(at: int) -> Stretch:
        return Stretch(_shares(names, elements[-1] - elements[at]), _shares(names, allocs[-1] - allocs[at]))

    half, last = (_begin(work, share) for share in (HALF, LAST))
    bytes_ = ((elements - elements[0]) @ np.maximum(sizes, 1)).clip(0)
    return Signature(
        since(half),
        since(last),
        kept=None if of_readings else _ratio((elements[-1] - elements[half]).clip(0).sum(), work[-1] - work[half]),
        left=_ratio(bytes_[-1], bytes_.max()),
        one_task=None if of_readings else _one_task(recording.task_samples(), int(points.seqs[half])),
        ending=_ending(recording),
    )


def _events(recording: Recording) -> Points:
    """The state at the end of boot, and points after it up to the end."""
    boot, count = boot_end(recording), recording.event_count
    boot = max(boot, recording.first_event - 1)
    base = pointing.of_state(Player(recording).seek(boot))
    if count <= boot:
        return base
    if count - boot <= _FINE:
        return base.joined(pointing.summed(recording, boot + 1, count))
    return base.joined(_sampled(recording, boot + 1))


def _readings(recording: Recording) -> Points:
    """The readings, or of many events samples, which have the figures of whole readings."""
    if recording.event_count > _MANY:
        return _sampled(recording, recording.first_event)
    if not recording.event_count:
        return Points.none()
    read = ReadingPoints(recording, _CELLS)
    read.load()
    return read.points


def _sampled(recording: Recording, first: int) -> Points:
    """Samples from an event on, at least _MOMENTS of them if the recording has as many."""
    last = recording.event_count
    step = next((level for level in reversed(LEVELS) if (last - first) // level >= _MOMENTS), LEVELS[0])
    return pointing.sampled(recording, first, last, step)


def _begin(work: Floats, share: float) -> int:
    """The point after which the rest of the work follows; at least one more follows."""
    return min(int(np.searchsorted(work, work[-1] * share)), len(work) - 2)


def _shares(names: list[str], amounts: Floats) -> dict[str, float]:
    found: dict[str, float] = {}
    total = float(amounts.clip(0).sum())
    for name, amount in zip(names, amounts.tolist(), strict=True):
        if amount > 0:
            found[name] = found.get(name, 0.0) + amount / total
    return found


def _ratio(part: float, whole: float) -> float:
    return min(max(float(part) / float(whole), 0.0), 1.0) if whole > 0 else 0.0


def _one_task(rows: Ints, after: int) -> float | None:
    """The largest task's share of the allocations after an event, from rows of `Recording.task_samples`; None without any."""
    rows = rows[rows[:, 0] > after]
    _, where = np.unique(rows[:, 1], return_inverse=True)
    sums = np.bincount(where, rows[:, 2 + TASK_FIGURES.index("allocs")]) if len(rows) else np.zeros(0)
    return float(sums.max() / sums.sum()) if sums.sum() > 0 else None


def _ending(recording: Recording) -> tuple[str, str] | None:
    header = recording.header
    known = header.outcome == "panic" or (header.can_run_again and header.outcome not in ("", INTERRUPTED, EXCERPT))
    return (header.outcome, header.panic_memory) if known and recording.complete else None
