"""The limits of a run: where boot ends, which memories can run out, and the share of each used since boot.

Every percentage of a limit in zoneviz is defined here: bytes used since boot over bytes free at the end of boot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from zoneviz.events import EXHAUSTIBLE, Kind
from zoneviz.playback.player import Player
from zoneviz.recording import Recording
from zoneviz.state.figures import MAPS
from zoneviz.state.pages import PAGE
from zoneviz.state.rows import KIND, SEQ, TASK, Ints

ZONE_MAP, KERNEL_MAP, KALLOC_MAP = MAPS
PHYSICAL = "physical"
LABELS = {PHYSICAL: "physical memory"}
"""How a limit is shown where that is not its name."""
BOOT_EVENTS = 1 << 15
"""Upper bound of the events of a boot; ours takes 318 on antrik-2005."""
_SERIOUS = 0.25
"""The cap of a zone is drawn if this share of it was ever used."""
_MOST_ZONES = 2


@dataclass(frozen=True, slots=True)
class Limit:
    """A memory that can run out: a map, physical memory, or the cap of a zone (then `zone` is its name, as `name`).

    Bytes. `size`: all of it; `base`: in use when boot ended, or when the stretch looked at began.
    """

    name: str
    size: int
    base: int
    zone: str = ""

    @property
    def room(self) -> int:
        """Bytes free when boot ended; can be 0."""
        return self.size - self.base

    @property
    def label(self) -> str:
        """Its name in a chart or table."""
        return LABELS.get(self.name, self.name)

    def share(self, used: Ints | int) -> npt.NDArray[np.float64]:
        """Share of `room` that is used, 0 to 1, when `used` bytes (n,) of the limit are in use."""
        return used_share(np.asarray(used) - self.base, self.room)


@dataclass(frozen=True, slots=True)
class LimitCurve:
    """The share of a limit used since boot at n moments: `share` (n,), 0 to 1."""

    limit: Limit
    share: npt.NDArray[np.float64]


def used_share(used: Ints, room: int) -> npt.NDArray[np.float64]:
    """`used` bytes since boot (n,) as shares of the `room` bytes that boot left free, clipped to 0..1; 0 without room."""
    return np.clip(used / room, 0.0, 1.0) if room > 0 else np.zeros(np.shape(used))


def boot_end(recording: Recording) -> int:
    """The last event of boot: BOOTED, or in a stream without it the last event before a user's program runs.

    An excerpt that begins after boot counts from its own beginning, `first_event` - 1. 0 if no program ever runs.
    Errors: InputError if the recording is damaged.
    """
    return _boot(recording)[0]


def _boot(recording: Recording) -> tuple[int, bool]:
    """As `boot_end`, and whether that is certain: a simulated kernel has booted only with BOOTED, one of another kind before a program."""
    first, ours = recording.first_event, recording.header.can_run_again
    rows = recording.events(first, first + BOOT_EVENTS - 1)
    booted = rows[rows[:, KIND] == Kind.BOOTED, SEQ]
    if len(booted):
        return int(booted[0]), True
    # Task 1 is the kernel's own.
    programs = rows[rows[:, TASK] > 1, SEQ] if first == 1 else rows[:1, SEQ]
    if not len(programs):
        return 0, not ours and recording.complete
    return int(programs[0]) - 1, not ours or first > 1


def physical_used(pages: Ints, free: Ints) -> Ints:
    """Bytes of physical memory in use, (n,), of `pages` managed pages with `free` of them free."""
    return (pages - free) * PAGE


def limits_at(base: Mapping[str, Any], machine: Mapping[str, Any]) -> list[Limit]:
    """The limits of a machine, as `MachineState.machine()` describes it; `base`: the same at the end of boot.

    In the order maps, physical memory, capped zones in order of zinit. A map of 0 bytes is missing.
    """
    out = [Limit(name, machine[name]["size"], base[name]["used"]) for name in MAPS if machine[name]["size"]]
    physical, at_boot = machine["physical"], base["physical"]
    if physical["pages"]:
        out.append(Limit(PHYSICAL, physical["pages"] * PAGE, (at_boot["pages"] - at_boot["free"]) * PAGE))
    in_use = {zone["name"]: zone["in_use"] for zone in base["zones"]}
    for zone in machine["zones"]:
        if zone["name"] and EXHAUSTIBLE in zone["flags"].split():  # a damaged file may have zones without a name
            name, elem_size = str(zone["name"]), max(zone["elem_size"], 1)
            out.append(Limit(name, zone["max_size"] // elem_size * elem_size, in_use.get(name, 0) * elem_size, name))
    return out


class Limits:
    """The limits of one recording, in the order of `limits_at`, measured from the end of boot."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        boot, certain = _boot(recording)
        base = Player(recording).seek(boot).machine()
        self._events = None if certain or recording.complete else recording.event_count
        whole = boot >= recording.first_event or recording.first_event == 1
        self.since = "" if recording.header.of_readings else "since boot" if whole else "in this excerpt"
        """When the shares begin: 0 % is what was used then. Empty for readings: 0 % is nothing."""
        # Zones made after boot are limits as well: all of a recording's zones, as zinit made them.
        zones = [zone._asdict() | {"in_use": 0} for zone in recording.catalog.zones]
        if recording.header.of_readings:  # they set max_size
            zones = Player(recording).at_end().machine()["zones"]
        # While the kernel boots nothing is measured: what boot itself uses would look like use of a limit.
        self.all: Sequence[Limit] = limits_at(base, base | {"zones": zones}) if certain or recording.header.of_readings else ()
        self._ids = {zone.name: zone.id for zone in recording.catalog.zones}

    def settled(self) -> bool:
        """Whether the end of boot is known; if not, the limits must be rebuilt when the live recording has grown."""
        return self._events is None or self._events == self.recording.event_count

    def zone_map(self) -> Limit | None:
        """The limit zone_map, None while the recording has no zone_map or boot left nothing of it."""
        return next((limit for limit in self.all if limit.name == ZONE_MAP and limit.room > 0), None)

    def curves(self, machine: Mapping[str, Ints], in_use: Ints) -> list[LimitCurve]:
        """The limits at n moments: figures of `figures.MACHINE_FIGURES`, (n,) each, and elements in use, (n, z).

        kalloc_map and the caps of zones only where a quarter of them was ever used, of the caps the two highest.
        """
        used = {name: machine[f"{name}_used"] for name in MAPS}
        used[PHYSICAL] = physical_used(machine["physical_pages"], machine["physical_free"])
        sizes = {zone.name: zone.elem_size for zone in self.recording.catalog.zones}
        shared, caps = [], []
        for limit in self.all:
            if limit.room <= 0:
                continue
            if not limit.zone:
                curve = LimitCurve(limit, limit.share(used[limit.name]))
                if limit.name != KALLOC_MAP or curve.share.max(initial=0.0) >= _SERIOUS:
                    shared.append(curve)
            elif self._ids[limit.zone] <= in_use.shape[1]:
                curve = LimitCurve(limit, limit.share(in_use[:, self._ids[limit.zone] - 1] * sizes[limit.zone]))
                if curve.share.max(initial=0.0) >= _SERIOUS:
                    caps.append(curve)
        return shared + sorted(caps, key=lambda curve: -float(curve.share.max()))[:_MOST_ZONES]
