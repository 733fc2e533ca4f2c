"""The memories that can run out: how much of each is used since boot, and which one ran out."""

import re
from dataclasses import dataclass

import numpy as np

from zoneviz import words
from zoneviz.events import Kind
from zoneviz.playback.diagnosis.counting import Counts
from zoneviz.playback.limits import PHYSICAL, limits_at, used_share
from zoneviz.state.figures import MAPS
from zoneviz.state.machine import MachineState
from zoneviz.state.pages import PAGE

IPC_SPACES = "ipc_spaces"
NAME_LENGTH = 60
"""Characters of a recording's name that a sentence quotes."""
_MEANINGS = {
    "zone_map": "zone_map, which supplies all zones",
    "kernel_map": "kernel_map, the kernel's own address space",
    "kalloc_map": "kalloc_map, which supplies large kalloc blocks",
    PHYSICAL: "physical memory",
}
_HANG = "are free"
"""In the text of a hang that waits for physical pages."""


@dataclass(frozen=True, slots=True)
class Memory:
    """A limit at the end of the stretch, in bytes. `room`: free when the stretch began, by default at the end of boot; `free`: now.

    `zone`: its name, if it is the cap of one. `ended`: it ran out.
    """

    name: str
    size: int
    room: int
    free: int
    zone: str = ""
    ended: bool = False

    @property
    def used(self) -> int:
        """Bytes of the room that are used now."""
        return max(self.room - self.free, 0)

    @property
    def full(self) -> float:
        """Share of the room that is used, 0 to 1, as `limits` defines it."""
        return float(used_share(np.asarray(self.used), self.room))

    @property
    def meaning(self) -> str:
        """The memory with its purpose, for a sentence."""
        name = words.one_line(self.zone or self.name, NAME_LENGTH)
        return f"the zone “{name}”, which has reached its max_size" if self.zone else _MEANINGS.get(self.name, name)

    @property
    def short(self) -> str:
        """The name of the memory."""
        name = words.one_line(self.zone or self.name, NAME_LENGTH)
        return f"the limit of “{name}”" if self.zone else "physical memory" if self.name == PHYSICAL else name


def memories(before: MachineState, after: MachineState, counts: Counts, outcome: str) -> list[Memory]:
    """All limits, in the order of `limits_at`, then the other maps with a size; the one that ran out is marked."""
    machine = after.machine()
    ended = which_ended(after, counts, outcome)
    if ended == IPC_SPACES:
        ended = "ipc spaces"
    free = {name: machine[name]["free"] for name in MAPS} | {PHYSICAL: machine["physical"]["free"] * PAGE}
    in_use = {zone["name"]: zone["in_use"] * zone["elem_size"] for zone in machine["zones"]}
    out = []
    for limit in limits_at(before.machine(), machine):
        left = limit.size - in_use[limit.zone] if limit.zone else free[limit.name]
        out.append(Memory(limit.name, limit.size, limit.room, max(left, 0), limit.zone, limit.name == ended))
    for info in after.catalog.maps:
        size = info.end - info.start
        if size > 0 and info.name not in MAPS:
            free_before, free_now = (size - map_used(state, info.id) for state in (before, after))
            out.append(Memory(info.name, size, free_before, max(free_now, 0), "", info.name == ended))
    return out


def map_used(state: MachineState, number: int) -> int:
    """Bytes used of the map with this id."""
    return int(state.totals.maps[number]) if 0 < number < len(state.totals.maps) else 0


def which_ended(state: MachineState, counts: Counts, outcome: str) -> str:
    """The memory that ran out: named by the panic, by a hang, by the last refusal before an error, or by one that would still be refused.

    "" if none did.
    """
    strings = state.catalog.names.strings
    if state.panic is not None:
        return state.panic.memory or _of_text(state.panic.text)
    hang = state.last.get(int(Kind.HANG))
    if hang is not None and outcome == "hang":
        text = strings[hang[-1]] if 0 <= hang[-1] < len(strings) else ""
        return PHYSICAL if _HANG in text else ""
    refused = counts.refused
    if refused is None:
        return ""
    if refused.kind == Kind.KMEM_FAIL:
        info = state.catalog.maps[refused.subject - 1] if 0 < refused.subject <= len(state.catalog.maps) else None
        return info.name if info and (outcome == "error" or info.end - info.start - map_used(state, info.id) < refused.size) else ""
    named = state.catalog.zones
    return named[refused.subject - 1].name if outcome == "error" and 0 < refused.subject <= len(named) else ""


def asked_last(state: MachineState, counts: Counts) -> str:
    """The zone of the panic: of the refusal just before it, or named in its text; "" if unknown."""
    if counts.refused is not None and counts.refused.kind == Kind.ZREFUSE and state.seq - counts.refused.seq < 200:
        subject = counts.refused.subject
        if 0 < subject <= len(state.catalog.zones):
            return state.catalog.zones[subject - 1].name
    found = re.search(r"zone (.+?) exhausted", state.panic.text) if state.panic is not None else None
    names = {zone.name for zone in state.catalog.zones}
    return found[1] if found and found[1] in names else ""


def _of_text(text: str) -> str:
    """The memory that a panic text of gnumach implies."""
    if "exhausted" in text:
        return "zone_map"
    if "ipc_task_init" in text:
        return IPC_SPACES
    return "kernel_map" if any(word in text for word in ("pmap_create", "stack_alloc", "kmem_suballoc")) else ""
