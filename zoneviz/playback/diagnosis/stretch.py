"""Everything that is counted of one stretch of a recording, before anything is concluded from it."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zoneviz.events import Kind
from zoneviz.playback.diagnosis.changes import grows_since
from zoneviz.playback.diagnosis.counting import Counts, counting
from zoneviz.playback.diagnosis.families import Families
from zoneviz.playback.diagnosis.held import Held, held, sizes, summed
from zoneviz.playback.diagnosis.memories import PHYSICAL, Memory, memories
from zoneviz.playback.diagnosis.patterns import LAST, LATE, Grown, Verdict, grown, parts_of, verdict
from zoneviz.playback.diagnosis.results import TaskGrowth, ZoneGrowth
from zoneviz.playback.player import Player
from zoneviz.recording import Recording, Samples
from zoneviz.state.figures import ALLOCS, LEVELS
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints

_SAMPLES = 1 << 13
"""Samples that are enough to say since when something grows."""


@dataclass(slots=True)
class Stretch:
    """The states at both ends, what was counted in between, what is held and what was taken since, and the verdict.

    `taken`: live elements taken since; `filled`: the memory that ended or is fullest; `late_since`: event after which the last quarter of
    what fills it was taken.
    """

    recording: Recording
    before: MachineState
    after: MachineState
    counts: Counts
    outcome: str
    held: Held
    taken: Held
    memories: list[Memory]
    filled: Memory | None
    late_since: int
    grown: Grown
    verdict: Verdict
    samples: Samples

    @property
    def names(self) -> dict[int, str]:
        """Names of tasks by id."""
        return self.recording.catalog.task_names

    def since(self, values: Ints) -> int | None:
        """The event from which a curve over the samples, or over the first of them, grows up to its end; None if it does not."""
        index = grows_since(self.samples.seqs[: len(values)], values)
        return None if index is None else int(self.samples.seqs[index])


def look(player: Player, at: int | None, first: int | None) -> Iterator[tuple[int, int] | Stretch]:
    """Yields (events done, of), and at last the Stretch from after event `first` up to event `at`.

    By default from the end of boot to the panic, or the end. Errors: InputError if the recording is damaged.
    """
    recording = player.recording
    panic = player.panic_seq()
    last = min(at if at is not None else panic or recording.event_count, recording.event_count)
    begin = max(boot_end(recording) if first is None else first, recording.first_event - 1)
    begin = min(begin, last)
    for told in counting(recording, begin, last):
        if isinstance(told, Counts):
            counts = told
        else:
            yield told
    before, after = player.seek(begin), player.seek(last)
    families = Families(recording.catalog)
    everything, taken = held(after), held(after, begin)
    # The header tells of the end; at any other moment the run goes on.
    outcome = recording.header.outcome if last >= (panic or recording.event_count) else ""
    found = memories(before, after, counts, outcome)
    filled = next((m for m in found if m.ended), None) or max(found, key=lambda m: m.full, default=None)
    filling, late_since = _filling(after, filled, counts)
    more = grown(before, after, taken, counts, families)
    parts, late, latest = (parts_of(part, families, more) for part in filling)
    concluded = verdict(found, parts, late, latest, more)
    samples = _samples(recording, begin, last)
    yield Stretch(recording, before, after, counts, outcome, everything, taken, found, filled, late_since, more, concluded, samples)


def boot_end(recording: Recording) -> int:
    """The last event of boot: BOOTED, or in an imported recording the last before a program of a user's ran; 0 if none ever did."""
    rows = recording.query("SELECT seq FROM events WHERE kind = ? LIMIT 1", (int(Kind.BOOTED),)) if _simulated(recording) else []
    if rows:
        return int(rows[0]["seq"])
    # Task 1 is the kernel's own.
    rows = recording.query("SELECT seq FROM events WHERE task > 1 ORDER BY seq LIMIT 1")
    return int(rows[0]["seq"]) - 1 if rows else 0


def _simulated(recording: Recording) -> bool:
    return recording.header.kind == "simulated" and recording.first_event == 1


def _filling(after: MachineState, filled: Memory | None, counts: Counts) -> tuple[list[Held], int]:
    """What of the memory `filled` was taken since: regions of a map, elements of a capped zone, or of all zones.

    All of it, its youngest LATE, its youngest LAST; and the event from which on the youngest LATE was taken.
    """
    catalog = after.catalog
    if filled is None or filled.zone or filled.name in ("zone_map", PHYSICAL):
        taken = after.elements.take(after.elements.seq > counts.first)
        if filled is not None and filled.zone:
            taken = taken.take(taken.zone == next(z.id for z in catalog.zones if z.name == filled.zone))
        size = sizes(after, taken)
    else:
        number = next(m.id for m in catalog.maps if m.name == filled.name)
        taken = counts.regions.take((counts.regions.zone == number) & (counts.regions.seq > counts.first))
        size = taken.asked
    order = np.argsort(taken.seq, kind="stable")
    sums = np.cumsum(size[order])
    out, since = [], []
    for share in (1.0, LATE, LAST):
        # Sizes of a hostile recording may be anything, sums of them too.
        start = min(int(np.searchsorted(sums, (1 - share) * sums[-1])), len(sums) - 1) if len(sums) else 0
        since.append(int(taken.seq[order[start]]) if len(sums) else counts.first)
        young = taken.seq >= since[-1]
        out.append(summed(taken.take(young), size[young]))
    return out, since[1]


def _samples(recording: Recording, first: int, last: int) -> Samples:
    step = next((level for level in LEVELS if (last - first) // level <= _SAMPLES), LEVELS[-1])
    return recording.samples(first, last, step=step, figures=("in_use",))


def zone_rows(stretch: Stretch) -> list[ZoneGrowth]:
    """All zones that hold something, the most bytes first."""
    old, new = stretch.before.machine(), stretch.after.machine()
    was = {zone["name"]: zone for zone in old["zones"]}
    ids = {zone.name: zone.id for zone in stretch.recording.catalog.zones}
    kept = {zone: count for zone, count, _ in stretch.taken.by("zone")}
    before, after = stretch.before.totals.zones, stretch.after.totals.zones
    out = []
    for zone in new["zones"]:
        name, number = zone["name"], ids[zone["name"]]
        if not zone["cur_size"]:
            continue
        in_use = stretch.samples.zones["in_use"][:, number - 1] if len(stretch.samples) else np.zeros(0, np.int64)
        allocs = int(after[number, ALLOCS]) - (int(before[number, ALLOCS]) if number < len(before) else 0)
        size = zone["in_use"] * zone["elem_size"]
        grown_by = size - was.get(name, {"in_use": 0})["in_use"] * zone["elem_size"]
        since = stretch.since(in_use) if grown_by > 0 else None
        out.append(ZoneGrowth(name, size, zone["cur_size"], grown_by, since, allocs, kept.get(number, 0)))
    return sorted(out, key=lambda row: (-row.size, row.zone))


def task_rows(stretch: Stretch, most: int) -> list[TaskGrowth]:
    """The tasks that took most of what lives, at most so many."""
    names, rights = stretch.names, stretch.after.rights.by_task()
    threads: dict[int, int] = {}
    for thread in stretch.after.thread_states():
        threads[thread.task] = threads.get(thread.task, 0) + 1
    receivers, counts = np.unique(stretch.after.ports.receiver, return_counts=True)
    ports = dict(zip(receivers.tolist(), counts.tolist(), strict=True))
    made, received = stretch.counts.threads, stretch.counts.received
    return [
        TaskGrowth(
            task,
            names.get(task, ""),
            size,
            threads.get(task, 0),
            ports.get(task, 0) if task else 0,
            rights[task].names if task in rights else 0,
            made.get(task, 0),
            received.get(task, 0),
        )
        for task, _, size in stretch.held.by("task")[:most]
    ]
