"""The sums of a stream's rows, and whether each row is possible: zones, maps, elements in use.

The figures follow the rules of docs/architecture.md, one row at a time. The import compares them with those the kernel reported
at the end; tests compare them with playback of the same events.
"""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from zoneviz import words
from zoneviz.events import COLLECTABLE, ZoneInfo
from zoneviz.importers import Check
from zoneviz.importers.gnumach_stream.zones import final_zones, whole

PAGE = 4096
LIVE_LIMIT = 1_000_000
"""Upper bound of elements in use tracked by address (about 150 MB); a kernel with a 12 MiB zone map has a quarter of them."""
_RANGES_LIMIT = 1 << 16

UNREADABLE = "unreadable rows"
UNKNOWN_ZONE = "rows of unknown zones"
UNKNOWN_MAP = "rows of unknown maps"
MADE_TWICE = "second creations of a zone or map"
WRONG_SIZE = "rows with a wrong element size"
TAKEN_TWICE = "allocations of elements in use"
NEVER_TAKEN = "frees of elements not in use"
PAGES_TWICE = "allocations of pages in use"
PAGES_NEVER = "frees of pages not in use"


class Skip(Exception):
    """Raised for an impossible or unreadable row; its text is one of the reasons above."""


class Zone:
    """The sums of a zone: in_use and free in elements, sizes in bytes."""

    __slots__ = ("collectable", "cur_size", "elem_size", "free", "id", "in_use", "max_size", "name")

    def __init__(self, info: ZoneInfo) -> None:
        self.id, self.name, self.elem_size, self.max_size = info.id, info.name, info.elem_size, info.max_size
        self.collectable = COLLECTABLE in info.flags
        self.in_use = self.free = self.cur_size = 0


class Map:
    """The sums of a map: bytes used, and the allocated ranges, disjoint, sorted and merged."""

    __slots__ = ("_ends", "_starts", "checked", "id", "used")

    def __init__(self, number: int) -> None:
        self.id, self.used, self.checked = number, 0, True
        self._starts: list[int] = []
        self._ends: list[int] = []

    def alloc(self, start: int, size: int) -> None:
        """Allocate a range. Raises Skip if part of it is allocated."""
        starts, ends, end = self._starts, self._ends, start + size
        at = bisect_right(ends, start)  # ranges before `at` end at or before start
        if self.checked:
            if at < len(starts) and starts[at] < end:
                raise Skip(PAGES_TWICE)
            before = at > 0 and ends[at - 1] == start
            after = at < len(starts) and starts[at] == end
            if before and after:
                ends[at - 1] = ends.pop(at)
                del starts[at]
            elif before:
                ends[at - 1] = end
            elif after:
                starts[at] = start
            else:
                starts.insert(at, start)
                ends.insert(at, end)
                self.checked = len(starts) <= _RANGES_LIMIT
        self.used += size

    def release(self, start: int, size: int) -> None:
        """Free a range. Raises Skip unless all of it is allocated."""
        starts, ends, end = self._starts, self._ends, start + size
        if self.checked:
            at = bisect_right(starts, start) - 1
            if at < 0 or ends[at] < end:
                raise Skip(PAGES_NEVER)
            old_start, old_end = starts[at], ends[at]
            del starts[at], ends[at]
            if end < old_end:
                starts.insert(at, end)
                ends.insert(at, old_end)
            if old_start < start:
                starts.insert(at, old_start)
                ends.insert(at, start)
        self.used -= size


class Ledger:
    """All sums. `live[address]`: the zone of an element in use."""

    def __init__(self) -> None:
        self.zones: dict[str, Zone] = {}
        self.maps: dict[str, Map] = {}
        self.live: dict[int, Zone] = {}
        self.checked = True
        self.wasted = 0
        self._pages: dict[int, tuple[Zone, list[int]]] = {}  # of collectable zones: page -> elements that begin in it

    def alloc(self, zone: Zone, address: int, fresh: int) -> None:
        """Allocate an element. Raises Skip if it is in use."""
        if self.checked:
            if address in self.live:
                raise Skip(TAKEN_TWICE)
            self.live[address] = zone
            if len(self.live) > LIVE_LIMIT:
                self.live.clear()
                self.checked = False
        zone.in_use += 1
        # A collectable zone gets a fresh page by zcram, so its first element comes from the free list.
        if fresh and not zone.collectable:
            zone.cur_size += zone.elem_size
        else:
            zone.free -= 1

    def release(self, zone: Zone, address: int) -> None:
        """Free an element. Raises Skip if it is not in use, or belongs to another zone."""
        if self.checked:
            if self.live.get(address) is not zone:
                raise Skip(NEVER_TAKEN)
            del self.live[address]
        zone.in_use -= 1
        zone.free += 1

    def cram(self, zone: Zone, address: int, count: int) -> None:
        """Add `count` elements at `address` to the zone's free list."""
        size = count * zone.elem_size
        zone.cur_size += size
        zone.free += count
        if zone.collectable and count <= _RANGES_LIMIT and len(self._pages) < LIVE_LIMIT:
            for element in range(address, address + size, zone.elem_size):
                self._pages.setdefault(element // PAGE, (zone, []))[1].append(element)

    def collect(self, start: int, size: int) -> list[tuple[Zone, int]]:
        """Return pages to zone_map; returns (zone, free elements that begin in them) for collectable zones."""
        found: dict[Zone, int] = {}
        pages = range(start // PAGE, (start + size) // PAGE)
        for page in pages if len(pages) < len(self._pages) else [page for page in self._pages if page in pages]:
            if page in self._pages:
                zone, elements = self._pages.pop(page)
                found[zone] = found.get(zone, 0) + sum(element not in self.live for element in elements)
        for zone, count in found.items():
            zone.free -= count
            zone.cur_size -= count * zone.elem_size
        return [*found.items()]

    def notes(self) -> list[str]:
        """What could not be checked, one sentence each."""
        out = []
        if not self.checked:
            out.append(f"More than {words.number(LIVE_LIMIT)} elements were in use at once; later frees were not checked.")
        pieces = f"has more than {words.number(_RANGES_LIMIT)} ranges; later pages were not checked."
        out += [f"{name} {pieces}" for name, ranges in self.maps.items() if not ranges.checked]
        return out

    def checks(self, companion: Mapping[str, Any]) -> list[Check]:
        """The final figures of the companion file, each with the sum from the events."""
        out = []

        def compare(what: str, expected: object, found: int) -> None:
            number = whole(expected)
            if number is not None:
                out.append(Check(what, number, found))

        finals = final_zones(companion)
        for name, final in finals.items():
            zone = self.zones.get(name)
            for figure in ("in_use", "free", "cur_size", "max_size"):
                compare(f"{name}: {figure}", final.get(figure), getattr(zone, figure) if zone else 0)
        if finals:
            out += [Check(f"{name}: zones of that name", 0, 1) for name in self.zones if name not in finals]
        maps = companion.get("final_maps")
        for name, final in maps.items() if isinstance(maps, dict) else ():
            if isinstance(final, dict):
                compare(f"{name}: used", final.get("used"), self.maps[name].used if name in self.maps else 0)
        compare("zalloc_wasted_space", companion.get("zalloc_wasted_space"), self.wasted)
        return out


def whole_pages(size: int) -> int:
    """`size` bytes rounded up to pages."""
    return -(-size // PAGE) * PAGE
