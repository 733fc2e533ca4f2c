"""How near the run came to each of its limits: what boot left free, and the share of it that is gone, over the run."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from zoneviz.events import EXHAUSTIBLE, Kind
from zoneviz.mach.sizes import PAGE
from zoneviz.recording import SAMPLE_STEP, Recording
from zoneviz.state.rows import KIND, SEQ, Ints

ZONE_MAP, KERNEL_MAP, PHYSICAL = "zone_map", "kernel_map", "physical pages"
_BOOT = 1 << 15
"""The boot is over within so many events, if the recording tells of its end."""
_SERIOUS = 0.25
"""A zone's cap is told if so much of it was ever taken."""
_MOST_ZONES = 2


@dataclass(frozen=True, slots=True)
class Limit:
    """room: bytes that boot left free; full (n,): the share of them that is taken, 0 to 1. zone: its name, if it is one's cap."""

    name: str
    room: int
    full: npt.NDArray[np.float64]
    zone: str = ""


class Limits:
    """The limits of one recording. `room`, by name, in bytes; what was taken at the end of the boot is not counted."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        catalog = recording.catalog
        self.settled = recording.event_count >= _BOOT or recording.complete
        """Whether looking again, when a live recording has grown, would find the same."""
        base = recording.samples(*self._after_boot(), figures=("in_use",))
        first = {name: int(values[0]) for name, values in base.machine.items()} if len(base) else {}
        sizes = {m.name: m.end - m.start for m in catalog.maps}
        self._taken = {ZONE_MAP: first.get("zone_map_used", 0), KERNEL_MAP: first.get("kernel_map_used", 0)}
        self._taken[PHYSICAL] = (first.get("physical_pages", 0) - first.get("physical_free", 0)) * PAGE
        wholes = {ZONE_MAP: sizes.get(ZONE_MAP, 0), KERNEL_MAP: sizes.get(KERNEL_MAP, 0), PHYSICAL: first.get("physical_pages", 0) * PAGE}
        self.room = {name: whole - self._taken[name] for name, whole in wholes.items() if whole > self._taken[name]}
        self._zones = {}
        for zone in catalog.zones:
            if EXHAUSTIBLE in zone.flags.split() and zone.elem_size > 0:
                most = zone.max_size // zone.elem_size
                used = int(base.zones["in_use"][0, zone.id - 1]) if len(base) else 0
                if most > used:
                    self._zones[zone.id] = (zone.name, used, most)
                    self.room[zone.name] = (most - used) * zone.elem_size

    def _after_boot(self) -> tuple[int, int]:
        """Where the sample is that stands for the end of the boot: right after BOOTED, or the first one there is."""
        recording = self.recording
        rows = recording.events(recording.first_event, recording.first_event + _BOOT - 1)
        booted = rows[rows[:, KIND] == Kind.BOOTED, SEQ]
        self.settled |= bool(len(booted))
        at = int(booted[0]) if len(booted) else recording.first_event
        first = at // SAMPLE_STEP * SAMPLE_STEP + (SAMPLE_STEP if at % SAMPLE_STEP else 0)
        return min(first, recording.event_count), first

    def at(self, machine: Mapping[str, Ints], in_use: Ints) -> list[Limit]:
        """The limits at n moments: figures of `figures.MACHINE_FIGURES`, (n,) each, and elements in use, (n, z)."""
        physical = (machine["physical_pages"] - machine["physical_free"]) * PAGE
        used = {ZONE_MAP: machine["zone_map_used"], KERNEL_MAP: machine["kernel_map_used"], PHYSICAL: physical}
        out = []
        for name, values in used.items():
            if name in self.room:
                out.append(Limit(name, self.room[name], _share(values - self._taken[name], self.room[name])))
        zones = []
        for number, (name, first, most) in self._zones.items():
            if number <= in_use.shape[1]:
                full = _share(in_use[:, number - 1] - first, most - first)
                if full.max(initial=0.0) >= _SERIOUS:
                    zones.append(Limit(name, self.room[name], full, name))
        return out + sorted(zones, key=lambda limit: -float(limit.full.max()))[:_MOST_ZONES]


def _share(taken: Ints, room: int) -> npt.NDArray[np.float64]:
    return np.clip(taken / room, 0.0, 1.0)
