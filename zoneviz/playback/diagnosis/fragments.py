"""Memory of zones that is not in use: free elements, partly used pages, and what collection could return."""

from dataclasses import dataclass

import numpy as np

from zoneviz.events import COLLECTABLE
from zoneviz.state.machine import MachineState
from zoneviz.state.pages import PAGE, SHARED


@dataclass(frozen=True, slots=True)
class Fragments:
    """In bytes. `free`: on the free lists of all zones; `partly`: unused in zone_map pages with a live element; `empty`: pages without
    one; `wasted`: unusable page ends; `collectable`: what zone_gc could return."""

    free: int
    partly: int
    empty: int
    wasted: int
    collectable: int


def fragments(state: MachineState) -> Fragments:
    """The fragments at a state's moment. Only pages of COLLECTABLE zones can be returned [R kern/zalloc.c]."""
    machine = state.machine()
    zones = machine["zones"]
    free = sum(zone["free"] * zone["elem_size"] for zone in zones)
    # An element of these zones is one or more whole pages.
    pages = sum(zone["free"] * zone["elem_size"] for zone in zones if COLLECTABLE in zone["flags"].split() and zone["elem_size"] >= PAGE)
    count = len(state.pages.zone)
    used = np.zeros(count + 1, np.int64)
    elements = state.elements
    if count and len(elements):
        size = state.element_sizes()
        at = elements.address - state.pages.start
        inside = (at >= 0) & (at < count * PAGE)
        at = at[inside]
        size = np.minimum(size[inside], count * PAGE - at)
        # Split each element at page borders.
        while len(at):
            page = at // PAGE
            here = np.minimum(size, (page + 1) * PAGE - at)
            np.add.at(used, np.minimum(page, count), here)
            at, size = at + here, size - here
            more = size > 0
            at, size = at[more], size[more]
    shared = state.pages.zone == SHARED
    filled = used[:-1][shared]
    partly = int((PAGE - filled[filled > 0]).clip(0).sum())
    return Fragments(free, partly, int((filled == 0).sum()) * PAGE, machine["zone_map"]["wasted"], pages)
