"""The memories that can end: how full each was, measured from what boot left free, and which one ended."""

import re
from dataclasses import dataclass

from zoneviz.events import EXHAUSTIBLE, Kind
from zoneviz.playback.diagnosis.counting import Counts
from zoneviz.state.machine import MAPS, MachineState

PHYSICAL, IPC_SPACES = "physical", "ipc_spaces"
PAGE = 4096
_HANG = "are free"
"""In the words of a hang that waits for physical pages."""


@dataclass(frozen=True, slots=True)
class Memory:
    """A memory that can run out. Bytes. `room`: what was free when the stretch looked at began; `free`: now.

    `zone`: its name, if it is the hard cap of one. `ended`: it is the one that had no more to give.
    """

    name: str
    size: int
    room: int
    free: int
    zone: str = ""
    ended: bool = False

    @property
    def full(self) -> float:
        """Which share of the room is gone, 0 to 1."""
        return min(max(1 - self.free / self.room, 0.0), 1.0) if self.room > 0 else 0.0


def memories(before: MachineState, after: MachineState, counts: Counts, outcome: str) -> list[Memory]:
    """All of them, in the order of facts: maps, physical pages, hard caps of zones; the one that ended is marked."""
    old, new = before.machine(), after.machine()
    ended = which_ended(after, counts, outcome)
    out = []
    for name in MAPS:
        size = new[name]["size"]
        # Before it was carved out of kernel_map, all of a map was still to be had.
        room = old[name]["free"] if old[name]["size"] else size
        if size:
            out.append(Memory(name, size, room, max(new[name]["free"], 0), ended=name == ended))
    physical = new["physical"]
    if physical["pages"]:
        room = old["physical"]["free"] or physical["pages"]
        out.append(Memory(PHYSICAL, physical["pages"] * PAGE, room * PAGE, physical["free"] * PAGE, ended=ended == PHYSICAL))
    was = {zone["name"]: zone for zone in old["zones"]}
    for zone in new["zones"]:
        name = str(zone["name"])
        if EXHAUSTIBLE in zone["flags"].split():
            first = was.get(name, {"in_use": 0})["in_use"]
            size = zone["max_size"] // max(zone["elem_size"], 1) * zone["elem_size"]
            room, free = (size - used * zone["elem_size"] for used in (first, zone["in_use"]))
            is_it = ended == name or (ended == IPC_SPACES and name == "ipc spaces")
            out.append(Memory(name, size, room, max(free, 0), zone=name, ended=is_it))
    return out


def which_ended(state: MachineState, counts: Counts, outcome: str) -> str:
    """The memory that ended: as the panic says, or the last refusal before an error, or what a hang waits for; "" if none did."""
    strings = state.catalog.names.strings
    if state.panic is not None:
        return state.panic.memory or _of_text(state.panic.text)
    hang = state.last.get(int(Kind.HANG))
    if hang is not None and outcome == "hang":
        words = strings[hang[-1]] if 0 <= hang[-1] < len(strings) else ""
        return PHYSICAL if _HANG in words else ""
    if outcome == "error" and counts.refused is not None:
        _, kind, subject = counts.refused
        named = state.catalog.maps if kind == Kind.KMEM_FAIL else state.catalog.zones
        return named[subject - 1].name if 0 < subject <= len(named) else ""
    return ""


def asked_last(state: MachineState, counts: Counts) -> str:
    """The zone of the panic: that of the refusal just before it, else the one its text names; "" if neither."""
    if counts.refused is not None and counts.refused[1] == Kind.ZREFUSE and state.seq - counts.refused[0] < 200:
        subject = counts.refused[2]
        if 0 < subject <= len(state.catalog.zones):
            return state.catalog.zones[subject - 1].name
    found = re.search(r"zone (.+?) exhausted", state.panic.text) if state.panic is not None else None
    names = {zone.name for zone in state.catalog.zones}
    return found[1] if found and found[1] in names else ""


def _of_text(text: str) -> str:
    """The memory that a panic without one speaks of, by gnumach's own texts."""
    if "exhausted" in text:
        return "zone_map"
    if "ipc_task_init" in text:
        return IPC_SPACES
    return "kernel_map" if any(word in text for word in ("pmap_create", "stack_alloc", "kmem_suballoc")) else ""
