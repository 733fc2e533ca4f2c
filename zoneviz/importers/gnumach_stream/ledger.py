"""What the rows of a stream add up to, and whether they can be true: each zone, each map, each element taken.

The figures follow the rules of docs/architecture.md, one row at a time, so that they can be laid beside what the
kernel itself said at the end, and beside what playback makes of the same events.
"""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from zoneviz.events import COLLECTABLE, ZoneInfo
from zoneviz.importers import Check
from zoneviz.importers.gnumach_stream.zones import final_zones, whole

PAGE = 4096
LIVE_LIMIT = 1_000_000
"""Elements in use that are kept by address (about 150 MB); a kernel with a zone map of 12 MiB has a quarter of them."""
_RANGES_LIMIT = 1 << 16

UNREADABLE = "lines that do not read as an event"
UNKNOWN_ZONE = "zones that no zinit made"
UNKNOWN_MAP = "maps that nothing made"
MADE_TWICE = "zones or maps made twice"
WRONG_SIZE = "sizes that are not the zone's"
TAKEN_TWICE = "elements given while in use"
NEVER_TAKEN = "frees of elements never taken"
PAGES_TWICE = "pages given while in use"
PAGES_NEVER = "frees of pages never given"


class Skip(Exception):
    """A row that cannot be true, or cannot be read; its text is one of the reasons above."""


class Zone:
    """A zone's account. Elements: in_use, free; bytes: the sizes."""

    __slots__ = ("collectable", "cur_size", "elem_size", "free", "id", "in_use", "max_size", "name")

    def __init__(self, info: ZoneInfo) -> None:
        self.id, self.name, self.elem_size, self.max_size = info.id, info.name, info.elem_size, info.max_size
        self.collectable = COLLECTABLE in info.flags
        self.in_use = self.free = self.cur_size = 0


class Map:
    """A map's account: bytes used, and which ranges: disjoint, sorted, joined where they touch."""

    __slots__ = ("_ends", "_starts", "checked", "id", "used")

    def __init__(self, number: int) -> None:
        self.id, self.used, self.checked = number, 0, True
        self._starts: list[int] = []
        self._ends: list[int] = []

    def give(self, start: int, size: int) -> None:
        """Take a range out of the map. Raises Skip if a part of it is taken already."""
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

    def take_back(self, start: int, size: int) -> None:
        """Give a range back to the map. Raises Skip unless all of it was taken."""
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
    """All accounts. `live[address]` is the zone an element in use belongs to."""

    def __init__(self) -> None:
        self.zones: dict[str, Zone] = {}
        self.maps: dict[str, Map] = {}
        self.live: dict[int, Zone] = {}
        self.checked = True
        self.wasted = 0
        self._pages: dict[int, tuple[Zone, list[int]]] = {}  # of collectable zones: page -> the elements that begin there

    def alloc(self, zone: Zone, address: int, fresh: int) -> None:
        """An element was taken. Raises Skip if it was in use."""
        if self.checked:
            if address in self.live:
                raise Skip(TAKEN_TWICE)
            self.live[address] = zone
            if len(self.live) > LIVE_LIMIT:
                self.live.clear()
                self.checked = False
        zone.in_use += 1
        # The new page of a collectable zone came as zcram: its first element was on the free list.
        if fresh and not zone.collectable:
            zone.cur_size += zone.elem_size
        else:
            zone.free -= 1

    def release(self, zone: Zone, address: int) -> None:
        """An element was given back. Raises Skip if it was not in use, or another zone's."""
        if self.checked:
            if self.live.get(address) is not zone:
                raise Skip(NEVER_TAKEN)
            del self.live[address]
        zone.in_use -= 1
        zone.free += 1

    def cram(self, zone: Zone, address: int, count: int) -> None:
        """`count` elements at `address` joined the zone's free list."""
        size = count * zone.elem_size
        zone.cur_size += size
        zone.free += count
        if zone.collectable and count <= _RANGES_LIMIT and len(self._pages) < LIVE_LIMIT:
            for element in range(address, address + size, zone.elem_size):
                self._pages.setdefault(element // PAGE, (zone, []))[1].append(element)

    def collect(self, start: int, size: int) -> list[tuple[Zone, int]]:
        """Pages go back to zone_map: (zone, elements) for the free elements of collectable zones that begin there."""
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
        """What could not be checked, a sentence each."""
        out = []
        if not self.checked:
            out.append(f"More than {LIVE_LIMIT:,} elements were in use at once: from there on frees were not checked.")
        pieces = f"is in more than {_RANGES_LIMIT:,} pieces: from there on its pages were not checked."
        out += [f"{name} {pieces}" for name, given in self.maps.items() if not given.checked]
        return out

    def checks(self, beside: Mapping[str, Any]) -> list[Check]:
        """Every figure the file beside the stream gives for the end, laid beside ours."""
        out = []

        def compare(what: str, expected: object, found: int) -> None:
            number = whole(expected)
            if number is not None:
                out.append(Check(what, number, found))

        finals = final_zones(beside)
        for name, final in finals.items():
            zone = self.zones.get(name)
            for figure in ("in_use", "free", "cur_size", "max_size"):
                compare(f"{name}: {figure}", final.get(figure), getattr(zone, figure) if zone else 0)
        if finals:
            out += [Check(f"{name}: zones of that name", 0, 1) for name in self.zones if name not in finals]
        maps = beside.get("final_maps")
        for name, final in maps.items() if isinstance(maps, dict) else ():
            if isinstance(final, dict):
                compare(f"{name}: used", final.get("used"), self.maps[name].used if name in self.maps else 0)
        compare("zalloc_wasted_space", beside.get("zalloc_wasted_space"), self.wasted)
        return out


def whole_pages(size: int) -> int:
    """`size` bytes rounded up to pages."""
    return -(-size // PAGE) * PAGE
