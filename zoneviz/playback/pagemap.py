"""The pages of zone memory at one moment: their contents by zone or owner, free bytes, and unusable page ends.

A machine without a zone map, such as Linux, has its elements all over memory: then only the pages with a known
element are shown.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoneviz.events import COLLECTABLE, Catalog, ZoneInfo
from zoneviz.playback.cuts import LOST, NOWHERE, Places
from zoneviz.state.elements import Elements
from zoneviz.state.machine import MachineState
from zoneviz.state.pages import PAGE, SHARED
from zoneviz.state.rows import Ints

_LARGEST = 64 * PAGE
"""Upper bound of an element in bytes; a damaged recording may have larger ones."""
_NOTHING = np.zeros(0, np.int64)
LIVE, FREE, TAIL = range(3)
"""Kinds of piece: an element in use, a free element, an unusable end of the region."""


class Pieces(NamedTuple):
    """n pieces of memory in order of address, int64 (n,) each.

    size in bytes; kind: LIVE, FREE or TAIL; zone: its id, 0 for a TAIL; task, seq and path as in Elements, 0 unless LIVE.
    """

    address: Ints
    size: Ints
    kind: Ints
    zone: Ints
    task: Ints
    seq: Ints
    path: Ints


@dataclass(frozen=True, slots=True)
class PageMap:
    """p pages: those of boot memory, then those of zone_map; or, without a zone map, those with known elements. Arrays (p,).

    address; owner: MISSING, SHARED or the zone that owns the page (`ZonePages`); live, free, lost: bytes; collectable: whether
    collection could return the page now. boot: number of pages before zone_map. scattered: whether addresses between the pages are
    left out, because there is no zone map. pieces: their contents; parts: the same split at page borders, as (page, index of piece,
    bytes).
    """

    address: Ints
    owner: Ints
    live: Ints
    free: Ints
    lost: Ints
    collectable: npt.NDArray[np.bool_]
    boot: int
    pieces: Pieces
    parts: tuple[Ints, Ints, Ints] = (_NOTHING, _NOTHING, _NOTHING)
    scattered: bool = False

    def __len__(self) -> int:
        return len(self.address)

    def page_of(self, address: Ints) -> Ints:
        """The index of the page of each address (n,), -1 outside all pages."""
        if self.scattered:
            return _found(self.address, address // PAGE * PAGE)
        start = int(self.address[self.boot]) if len(self) > self.boot else 0
        first = int(self.address[0]) if self.boot else 0
        page = np.where(address >= start, (address - start) // PAGE + self.boot, (address - first) // PAGE)
        inside = (page >= 0) & (page < len(self)) & ((address >= start) == (page >= self.boot))
        return np.where(inside, page, -1)

    def sums(self, groups: Ints, count: int) -> Ints:
        """Bytes per page and group, (p, count); `groups` (n,): the group 0..count-1 of each piece, or -1."""
        page, at, size = self.parts
        group = groups[at]
        if group.min(initial=0) < 0:
            known = group >= 0
            page, group, size = page[known], group[known], size[known]
        return np.bincount(page * count + group, size, len(self) * count).astype(np.int64).reshape(len(self), count)

    def of_page(self, page: int) -> Pieces:
        """The pieces at least partly in one page."""
        low = int(self.address[page])
        ends = self.pieces.address + self.pieces.size
        at = np.flatnonzero((ends > low) & (self.pieces.address < low + PAGE))
        return Pieces(*(column[at] for column in self.pieces))


def page_map(state: MachineState, places: Places = NOWHERE) -> PageMap:
    """The pages at a state's moment. `places`: from `cuts_of`; without them free elements are unknown."""
    pieces = _pieces(state.elements, places.before(state.seq), state)
    mapped = any(each.name == "zone_map" for each in state.catalog.maps)
    found = _mapped(state, pieces, places) if mapped else _scattered(pieces)
    live, free, lost = found.sums(pieces.kind, 3).T
    own = _collectable(state.catalog)
    returnable = np.isin(found.owner, own) & (live == 0)
    # All of a page that one zone owns is live or on that zone's free list.
    free = np.where(np.isin(found.owner, own), PAGE - live, free)
    return replace(found, live=live, free=free, lost=lost, collectable=returnable)


def _mapped(state: MachineState, pieces: Pieces, places: Places) -> PageMap:
    """The pages of boot memory and of zone_map, without sums."""
    start, owners = state.pages.start, state.pages.zone
    boot_memory = state.catalog.machine.boot_zone_memory
    boot = _boot_pages(np.concatenate([pieces.address, places.address]), start, boot_memory) if len(owners) else _NOTHING
    address = np.concatenate([boot, start + np.arange(len(owners)) * PAGE])
    found = _empty(address, np.concatenate([np.full(len(boot), SHARED), owners]), pieces)
    found = replace(found, boot=len(boot))
    return replace(found, parts=_parts(pieces, found.page_of))


def _scattered(pieces: Pieces) -> PageMap:
    """The pages with known elements, in order of address, without sums. A page with elements of one zone is that zone's, like a slab."""
    page, at, size = _parts(pieces, lambda address: address // PAGE)
    pages, place = np.unique(page, return_inverse=True)
    zone = pieces.zone[at]
    low, high = np.full(len(pages), np.iinfo(np.int64).max), np.zeros(len(pages), np.int64)
    np.minimum.at(low, place, zone)
    np.maximum.at(high, place, zone)
    found = _empty(pages * PAGE, np.where(low == high, low, SHARED), pieces)
    return replace(found, parts=(place, at, size), scattered=True)


def _empty(address: Ints, owner: Ints, pieces: Pieces) -> PageMap:
    nothing = np.zeros(len(address), np.int64)
    return PageMap(address, owner, nothing, nothing, nothing, nothing.astype(np.bool_), 0, pieces)


def _found(pages: Ints, wanted: Ints) -> Ints:
    """The index of each wanted one (n,) in `pages`, ascending; -1 if it is not there."""
    if not len(pages):
        return np.full(len(wanted), -1)
    at = np.minimum(np.searchsorted(pages, wanted), len(pages) - 1)
    return np.where(pages[at] == wanted, at, -1)


def changed_pages(found: PageMap, addresses: Ints) -> npt.NDArray[np.bool_]:
    """A mask (p,) of the pages with one of these addresses (n,)."""
    out = np.zeros(len(found) + 1, np.bool_)
    out[found.page_of(addresses)] = True
    return out[:-1]


def _collectable(catalog: Catalog) -> list[int]:
    return [zone.id for zone in catalog.zones if COLLECTABLE in zone.flags.split()]


def _pieces(live: Elements, places: Places, state: MachineState) -> Pieces:
    sizes = state.element_sizes()
    none = np.zeros(len(live), np.int64)
    if not len(places.address):
        return Pieces(live.address, sizes, none + LIVE, live.zone, live.task, live.seq, live.path)
    place = np.minimum(np.searchsorted(places.address, live.address), len(places.address) - 1)
    cut = places.address[place] == live.address
    found = [places.size, np.where(places.zone == LOST, TAIL, FREE), places.zone, *np.zeros((3, len(places.address)), np.int64)]
    mine = [sizes, none + LIVE, live.zone, live.task, live.seq, live.path]
    if cut.all():
        return Pieces(places.address, *(_overlaid(column, place, values) for column, values in zip(found, mine, strict=True)))
    # Elements of collectable zones are at no place.
    uncut, place = np.flatnonzero(~cut), place[cut]
    into = np.searchsorted(places.address, live.address[uncut])
    columns = [np.insert(places.address, into, live.address[uncut])]
    for column, values in zip(found, mine, strict=True):
        columns.append(np.insert(_overlaid(column, place, values[cut]), into, values[uncut]))
    return Pieces(*columns)


def _overlaid(column: Ints, at: Ints, values: Ints) -> Ints:
    """`column` with `values` at the indices `at`."""
    out = column.copy()
    out[at] = values
    return out


def _boot_pages(addresses: Ints, start: int, boot_memory: int) -> Ints:
    """Addresses of the pages of boot memory, before zone_map, that have elements."""
    below = addresses[addresses < start]
    if not len(below):
        return np.zeros(0, np.int64)
    first = int(below.min()) // PAGE * PAGE
    # Twice the known size at most: an address of nonsense must not make a million pages.
    last = int(below[below < first + 2 * boot_memory + 2 * PAGE].max())
    return np.arange(first, last + 1, PAGE)


def _parts(pieces: Pieces, page_of: Callable[[Ints], Ints]) -> tuple[Ints, Ints, Ints]:
    """The pieces split at page borders, as (page, index of piece, bytes), (m,) each; `page_of` an address is -1 outside all pages."""
    out = []
    at = np.arange(len(pieces.address))
    address, left = pieces.address, np.clip(pieces.size, 0, _LARGEST)
    while len(at):
        here = np.minimum(left, PAGE - address % PAGE)
        page = page_of(address)
        more = left > here
        inside = page >= 0
        out.append((page, at, here) if inside.all() else (page[inside], at[inside], here[inside]))
        address, left, at = (address + here)[more], (left - here)[more], at[more]
    return (_joined(out, 0), _joined(out, 1), _joined(out, 2))


def _joined(parts: list[tuple[Ints, Ints, Ints]], column: int) -> Ints:
    return np.concatenate([part[column] for part in parts]) if parts else _NOTHING


def owners(found: PageMap, catalog: Catalog) -> list[ZoneInfo]:
    """The zones with elements in the pages, largest sum of live and free bytes first."""
    pieces = found.pieces
    sums = np.bincount(np.maximum(pieces.zone, 0), pieces.size, len(catalog.zones) + 1)
    return [catalog.zones[i - 1] for i in np.argsort(-sums, kind="stable").tolist() if 0 < i <= len(catalog.zones) and sums[i]]

