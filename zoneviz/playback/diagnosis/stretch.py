"""All figures of one stretch of a recording that a diagnosis rests on, and the verdict."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from zoneviz import words
from zoneviz.playback.changes import grows_since
from zoneviz.playback.diagnosis.counting import Counts, counting
from zoneviz.playback.diagnosis.families import Families
from zoneviz.playback.diagnosis.memories import Memory, memories
from zoneviz.playback.diagnosis.patterns import LAST, LATE, Grown, Verdict, grown, parts_of, verdict
from zoneviz.playback.diagnosis.results import TaskGrowth, ZoneGrowth
from zoneviz.playback.diagnosis.usage import Usage, summed, usage_of
from zoneviz.playback.limits import PHYSICAL, ZONE_MAP, boot_end
from zoneviz.playback.player import Player
from zoneviz.recording import Recording, Samples
from zoneviz.state.figures import ALLOCS, LEVELS
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints

_SAMPLES = 1 << 13
"""Samples enough to find the change points of a curve."""


@dataclass(slots=True)
class Stretch:
    """The states at both ends, the counts between them, the usage, and the verdict.

    `boot`: the last event of boot; `usage`: of all live elements, `fresh`: of those allocated in the stretch; `filled`: the memory
    that ran out or is fullest; `late_since`: the youngest quarter of what fills it was allocated after this event.
    """

    recording: Recording
    boot: int
    before: MachineState
    after: MachineState
    counts: Counts
    outcome: str
    usage: Usage
    fresh: Usage
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

    @property
    def began(self) -> str:
        """When the stretch began, for sentences."""
        first, recording = self.before.seq, self.recording
        if recording.first_event > 1 and first == recording.first_event - 1:
            return f"since this excerpt begins (event {words.number(first)})"
        return "since boot" if first == self.boot else f"since event {words.number(first)}"

    def since(self, values: Ints) -> int | None:
        """The event from which a curve over the samples, or over the first of them, grows to its end; None if it does not."""
        index = grows_since(self.samples.seqs[: len(values)], values, self.samples.times[: len(values)])
        return None if index is None else int(self.samples.seqs[index])


def look(player: Player, at: int | None, first: int | None) -> Iterator[tuple[int, int] | Stretch]:
    """Yields (events done, of), and finally the Stretch from after event `first` to event `at`.

    By default from the end of boot to the panic, or to the end. Errors: InputError if the recording is damaged.
    """
    recording = player.recording
    panic, boot = player.panic_seq(), boot_end(recording)
    last = min(at if at is not None else panic or recording.event_count, recording.event_count)
    begin = max(boot if first is None else first, recording.first_event - 1)
    begin = min(begin, last)
    for step in counting(recording, begin, last):
        if isinstance(step, Counts):
            counts = step
        else:
            yield step
    before, after = player.seek(begin), player.seek(last)
    families = Families(recording.catalog)
    usage, fresh = usage_of(after), usage_of(after, begin)
    # The header knows the outcome of the whole run only.
    outcome = recording.header.outcome if last >= (panic or recording.event_count) else ""
    found = memories(before, after, counts, outcome)
    filled = next((m for m in found if m.ended), None) or max(found, key=lambda m: m.full, default=None)
    filling, late_since = _filling(after, filled, counts)
    more = grown(before, after, fresh, counts, families)
    parts, late, latest = (parts_of(part, families, more) for part in filling)
    concluded = verdict(found, parts, late, latest, more)
    samples = _samples(recording, begin, last)
    yield Stretch(recording, boot, before, after, counts, outcome, usage, fresh, found, filled, late_since, more, concluded, samples)


def _filling(after: MachineState, filled: Memory | None, counts: Counts) -> tuple[list[Usage], int]:
    """Usage of the memory `filled` since the stretch began: regions of a map, elements of a capped zone, or of all zones.

    All of it, its youngest LATE, its youngest LAST; and the event after which the youngest LATE was allocated.
    """
    catalog = after.catalog
    if filled is None or filled.zone or filled.name in (ZONE_MAP, PHYSICAL):
        elements, size = after.elements, after.element_sizes()
        keep = elements.seq > counts.first
        if filled is not None and filled.zone:
            keep &= elements.zone == next(z.id for z in catalog.zones if z.name == filled.zone)
        columns = (elements.zone, elements.task, elements.path, size, elements.seq)
    else:
        number, regions = next(m.id for m in catalog.maps if m.name == filled.name), counts.regions
        keep = (regions.map == number) & (regions.seq > counts.first)
        columns = (regions.map, regions.task, regions.path, regions.size, regions.seq)
    zone, task, path, size, seq = (column[keep] for column in columns)
    order = np.argsort(seq, kind="stable")
    sums = np.cumsum(size[order])
    out, since = [], []
    for share in (1.0, LATE, LAST):
        # A damaged file may give any sizes, and sums of them that overflow.
        start = min(int(np.searchsorted(sums, (1 - share) * sums[-1])), len(sums) - 1) if len(sums) else 0
        since.append(int(seq[order[start]]) if len(sums) else counts.first)
        young = seq >= since[-1]
        out.append(summed(zone[young], task[young], path[young], size[young]))
    return out, since[1]


def _samples(recording: Recording, first: int, last: int) -> Samples:
    step = next((level for level in LEVELS if (last - first) // level <= _SAMPLES), LEVELS[-1])
    return recording.samples(first, last, step=step, figures=("in_use",))


def zone_rows(stretch: Stretch) -> list[ZoneGrowth]:
    """The zones that have memory, most bytes in use first."""
    old, new = stretch.before.machine(), stretch.after.machine()
    was = {zone["name"]: zone for zone in old["zones"]}
    ids = {zone.name: zone.id for zone in stretch.recording.catalog.zones}
    kept = {zone: count for zone, count, _ in stretch.fresh.by("zone")}
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
    """The `most` tasks that allocated most of the memory in use."""
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
        for task, _, size in stretch.usage.by("task")[:most]
    ]
