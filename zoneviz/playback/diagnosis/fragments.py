"""Memory that zones hold and nobody uses: free elements, partly used pages, and what a collection could give back."""

from dataclasses import dataclass

import numpy as np

from zoneviz.events import COLLECTABLE
from zoneviz.state.machine import MachineState
from zoneviz.state.pages import PAGE, SHARED


@dataclass(frozen=True, slots=True)
class Fragments:
    """Bytes. `free`: elements on free lists of all zones; `partly`: of pages of zone_map with some live element, what no live one
    takes; `empty`: pages without any; `wasted`: lost tails; `collectable`: what zone_gc could give back, were it called."""

    free: int
    partly: int
    empty: int
    wasted: int
    collectable: int


def fragments(state: MachineState) -> Fragments:
    """As the machine is at the state's moment. Only COLLECTABLE zones' pages can be given back [R kern/zalloc.c]."""
    machine = state.machine()
    zones = machine["zones"]
    free = sum(zone["free"] * zone["elem_size"] for zone in zones)
    # An element of these zones is a page or more, so each free one is whole pages.
    pages = sum(zone["free"] * zone["elem_size"] for zone in zones if COLLECTABLE in zone["flags"].split() and zone["elem_size"] >= PAGE)
    count = len(state.pages.zone)
    used = np.zeros(count + 1, np.int64)
    elements = state.elements
    if count and len(elements):
        size = state.element_sizes()
        at = elements.address - state.pages.start
        inside = (at >= 0) & (at < count * PAGE)
        at, size = at[inside], size[inside]
        # No element of the bump region is larger than two pages: what it has in its first page, and the rest in the next ones.
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
