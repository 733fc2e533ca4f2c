"""One row of the stream, one event: what each name in the column `event` becomes.

The reader fills in the fields of the row and calls the handler of its name, which appends the event to `batch`.
Our ids of tasks and threads are the stream's plus 1, because 0 means "before threads exist".
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from zoneviz.errors import InputError
from zoneviz.events import Catalog, Event, Kind, MapInfo
from zoneviz.importers.gnumach_stream.ledger import (
    MADE_TWICE,
    UNKNOWN_MAP,
    UNKNOWN_ZONE,
    UNREADABLE,
    WRONG_SIZE,
    Ledger,
    Map,
    Skip,
    Zone,
    whole_pages,
)
from zoneviz.importers.gnumach_stream.zones import final_zones, zone_info

NUMBER_LIMIT = 1 << 40
"""Sizes, ids and counts beyond this are no kernel's: a million of them still add up within 64 bits."""
ADDRESS_LIMIT = 1 << 63
PERSON_LIMIT = 1 << 20
"""Numbers of tasks and threads count from 0, and tables are as long as the largest; the real streams reach 3,944."""
_MAP_LIMIT = 1 << 32
TEXT_LIMIT = 4096
TEXTS_LIMIT = 200_000
"""Different details kept; a stream of a million events has a few thousand."""
_FRAMES_LIMIT = 1_000_000
_THINGS_LIMIT = 4096
CACHE_LIMIT = 100_000
_NEAR = 4
"""Events between a refusal and the panic it caused."""

ZALLOC, ZFREE = int(Kind.ZALLOC), int(Kind.ZFREE)
EMPTIED = {"ipc spaces": "ipc_spaces"}
"""Names of memory in a panic that are not the zone's own."""
FROM_KERNEL_MAP = ("kmem_suballoc", "pmap_create", "stack_alloc", "kmem_")


def words(detail: str) -> dict[str, str]:
    """`fresh req=64` as {"fresh": "", "req": "64"}."""
    return {key: value for key, _, value in (word.partition("=") for word in detail.split())}


def number(said: Mapping[str, str], key: str, default: int = 0) -> int:
    """The number after `key=`. Raises Skip if it is none, negative or too large."""
    text = said.get(key)
    return checked(int(text)) if text else default


def checked(value: int, limit: int = NUMBER_LIMIT) -> int:
    """`value`, if a kernel can have it. Raises Skip otherwise."""
    if not 0 <= value <= limit:
        raise Skip(UNREADABLE)
    return value


class MemoryRows:
    """Rows of zones, maps, marks and the panic. The fields of the row at hand are set from outside."""

    def __init__(self, catalog: Catalog, beside: Mapping[str, Any]) -> None:
        self.time = self.task = self.thread = self.path = 0  # ns; our ids; id of the call path
        self.event = self.name = self.detail = ""
        self.size = self.address = 0
        self.catalog = catalog
        self.ledger = Ledger()
        self.batch: list[Event] = []
        self.told = 0
        """Events that have left `batch`; the seq of the last one is `told + len(batch)`."""
        self.panic_told: dict[str, Any] | None = None
        self.operations = 0
        self.assumed: list[str] = []
        """Zones whose limit turned out to be another than was assumed."""
        self.texts_dropped = 0
        self._finals = final_zones(beside)
        self.path_ids: dict[str, int] = {"": 0}
        self._extras: dict[str, int] = {}
        self._extended = 0  # bytes zone_map gave last
        self.paged = (0, 0)  # who got pages last, where
        self._trouble = (-_NEAR, 0, "", "")  # seq, thread, memory, zone

    def tell(self, kind: int, subject: int = 0, address: int = 0, size: int = 0, extra: int = 0) -> None:
        """Append an event of the row at hand."""
        self.batch.append((kind, self.time, self.task, self.thread, self.path, subject, address, size, extra))

    def path_id(self, text: str) -> int:
        """The id of a call path `outermost>...>innermost`.

        Raises Skip if it is too long; InputError if there are more than any kernel has.
        """
        found = self.path_ids.get(text)
        if found is None:
            if len(text) > TEXT_LIMIT:
                raise Skip(UNREADABLE)
            found, paths = 0, self.catalog.paths
            for frame in text.split(">"):
                if frame:
                    found = paths[found, frame]
            if len(paths.rows) > _FRAMES_LIMIT:
                raise InputError(f"The stream has more than {_FRAMES_LIMIT:,} different call paths: no kernel's has.")
            if len(self.path_ids) > CACHE_LIMIT:
                self.path_ids.clear()
            self.path_ids[text] = found
        return found

    def text_id(self, text: str) -> int:
        """The id of a text; 0, and counted, once there are too many. Raises Skip if it is too long."""
        names = self.catalog.names
        if text not in names.ids:
            if len(text) > TEXT_LIMIT:
                raise Skip(UNREADABLE)
            if len(names.strings) > TEXTS_LIMIT:
                self.texts_dropped += 1
                return 0
        return names.intern(text)

    # zones

    def zinit(self) -> None:
        """A zone is made; numbered in this order, from 1."""
        zones = self.ledger.zones
        if self.name in zones:
            raise Skip(MADE_TWICE)
        if not self.name or not self.size or len(self.name) > TEXT_LIMIT:
            raise Skip(UNREADABLE)
        if len(zones) >= _THINGS_LIMIT:
            raise InputError(f"The stream makes more than {_THINGS_LIMIT:,} zones: no kernel does.")
        info = zone_info(len(zones) + 1, self.name, self.size, self._finals.get(self.name))
        self.catalog.zones.append(info)
        zones[self.name] = Zone(info)
        self.tell(Kind.ZINIT, info.id, self.address, self.size, info.max_size)

    def zalloc(self) -> None:
        """An element is taken: zalloc, kalloc. With the name of a map: its pages."""
        zone = self.ledger.zones.get(self.name)
        if zone is None:
            if self.name in self.ledger.maps:
                return self.kmem_alloc()
            raise Skip(UNKNOWN_ZONE)
        size, address = self.size, self.address
        if size != zone.elem_size:
            raise Skip(WRONG_SIZE)
        extra = self._extras.get(self.detail)
        if extra is None:
            extra = self._extra()
        if not address:
            return self._refused(zone)
        self.ledger.alloc(zone, address, extra & 1)
        self.batch.append((ZALLOC, self.time, self.task, self.thread, self.path, zone.id, address, size, extra))

    def zget(self) -> None:
        """An element of the free list, or none."""
        if self.address:
            self.zalloc()
        else:
            self.other()

    def zfree(self) -> None:
        """An element is given back: zfree, kfree. With the name of a map: its pages."""
        zone = self.ledger.zones.get(self.name)
        if zone is None:
            if self.name in self.ledger.maps:
                return self.kmem_free()
            raise Skip(UNKNOWN_ZONE)
        size, address = self.size, self.address
        if size != zone.elem_size:
            raise Skip(WRONG_SIZE)
        extra = self._extras.get(self.detail)
        if extra is None:
            extra = self._extra()
        self.ledger.release(zone, address)
        self.batch.append((ZFREE, self.time, self.task, self.thread, self.path, zone.id, address, size, extra & ~1))

    def _extra(self) -> int:
        """Bytes asked for << 1 | 1 if fresh, of the detail; remembered unless it names a task or thread."""
        said = words(self.detail)
        extra = number(said, "req") << 1 | ("fresh" in said)
        if "task" not in said and "thread" not in said and len(self._extras) < CACHE_LIMIT:
            self._extras[self.detail] = extra
        return extra

    def _refused(self, zone: Zone) -> None:
        self.tell(Kind.ZREFUSE, zone.id, 0, self.size)
        self._trouble = (self.told + len(self.batch), self.thread, EMPTIED.get(zone.name, zone.name), zone.name)

    def zcram(self) -> None:
        """Memory is put on a zone's free list."""
        zone = self._zone()
        count = number(words(self.detail), "elements", self.size // zone.elem_size)
        if count * zone.elem_size > self.size:
            raise Skip(WRONG_SIZE)
        self.ledger.cram(zone, self.address, count)
        self.tell(Kind.ZCRAM, zone.id, self.address, count * zone.elem_size, count)

    def zone_max_grow(self) -> None:
        """A zone's limit grows: detail `max OLD->NEW`."""
        zone = self._zone()
        found = re.fullmatch(r"max (\d{1,15})->(\d{1,15})", self.detail)
        old = checked(int(found[1])) if found else zone.max_size
        new = self.size or (checked(int(found[2])) if found else 0)
        if not new:
            raise Skip(UNREADABLE)
        if old != zone.max_size and zone.name not in self.assumed:
            self.assumed.append(zone.name)
        zone.max_size = new
        self.tell(Kind.ZGROW, zone.id, 0, new, old)

    def zget_space_extend(self) -> None:
        """The bump region grows by what zone_map gave just before; `wasted=` counts since boot."""
        said = words(self.detail)
        wasted = number(said, "wasted", self.ledger.wasted)
        lost = checked(wasted - self.ledger.wasted)
        end = checked(int(said.get("space_end") or "0", 16), (1 << 63) - 1)
        self.ledger.wasted = wasted
        self.tell(Kind.ZEXTEND, 0, end, self._extended, lost)
        self._extended = 0

    # maps

    def kmem_init(self) -> None:
        """kernel_map begins; all below the address is in use."""
        used = checked(self.address)
        self._may_make_map()
        kernel_map = self._make_map(0, used + self.size, 0)
        if used:
            kernel_map.give(0, used)
        self.tell(Kind.KMEM_ALLOC, kernel_map.id, 0, used)

    def kmem_suballoc(self) -> None:
        """A map is taken out of kernel_map."""
        if not self.address:
            return self.other()
        parent = self.ledger.maps.get("kernel_map")
        if parent is None:
            raise Skip(UNKNOWN_MAP)
        self._may_make_map()
        parent.give(self.address, self.size)
        new = self._make_map(self.address, self.address + self.size, parent.id)
        self.tell(Kind.KMEM_SUBALLOC, new.id, self.address, self.size, parent.id)

    def kmem_alloc(self) -> None:
        """Pages of a map; one with address 0 failed and is kept as OTHER: kmem_alloc_FAILED follows."""
        if not self.address:
            return self.other()
        given, size = self._map(), self._pages()
        given.give(self.address, size)
        if self.name == "zone_map":
            self._extended = size
        self.paged = (self.thread, self.address)
        self.tell(Kind.KMEM_ALLOC, given.id, self.address, size, int(self.event == "kmem_realloc"))

    def kmem_free(self) -> None:
        """Pages go back; in zone_map the free elements on them vanish, told as ZCOLLECT before."""
        given, size = self._map(), self._pages()
        given.take_back(self.address, size)
        if self.name == "zone_map":
            for zone, count in self.ledger.collect(self.address, size):
                self.tell(Kind.ZCOLLECT, zone.id, self.address, count * zone.elem_size, count)
        self.tell(Kind.KMEM_FREE, given.id, self.address, size)

    def kmem_alloc_failed(self) -> None:
        """A map had no room."""
        given = self._map()
        self.tell(Kind.KMEM_FAIL, given.id, 0, self.size, number(words(self.detail), "kr"))
        self._trouble = (self.told + len(self.batch), self.thread, self.name, "")

    # the run

    def round(self) -> None:
        """The program's own count of what it did: a round that succeeded."""
        count = checked(int(self.detail.split()[0])) if self.detail else self.operations + 1
        self.operations += 1
        self.tell(Kind.OPERATION, 0, 0, 0, count)

    def mark(self) -> None:
        """A word of the program's own, with a number."""
        first = self.detail.split(" ", 1)[0]
        value = int(first) if re.fullmatch(r"-?[0-9]{1,18}", first) else 0
        self.tell(Kind.MARK, self.text_id(self.name), 0, 0, value)

    def panic(self) -> None:
        """The end. Which memory ended is told by the refusal of the same thread just before, else by the text."""
        text = self.detail
        seq, thread, memory, emptied = self._trouble
        found = re.search(r"zone (.+) exhausted", text)
        zone = found[1] if found else ""
        if self.told + len(self.batch) - seq < _NEAR and thread == self.thread:
            zone = zone or emptied
        elif found or text == "zalloc":
            memory = "zone_map"
        elif text.startswith("ipc_task_init"):
            memory = "ipc_spaces"
        else:
            memory = "kernel_map" if text.startswith(FROM_KERNEL_MAP) else ""
        self.tell(Kind.PANIC, self.text_id(text), 0, 0, self.text_id(memory))
        if self.panic_told is None:
            frames = self.catalog.paths.frames(self.path)
            self.panic_told = {"text": text, "zone": zone, "memory": memory, "task": self.task_name(self.task), "call_path": frames}

    def task_name(self, task: int) -> str:
        """The name of a task, by our id; "" if there is none."""
        return next((info.name for info in self.catalog.tasks if info.id == task), "")

    def other(self) -> None:
        """What has no kind of ours: kept whole, under its own name."""
        detail = f"zone_or_map={self.name} {self.detail}".rstrip() if self.name else self.detail
        name, text = self.text_id(self.event), self.text_id(detail)
        self.tell(Kind.OTHER, name, self.address, self.size, text)

    def _zone(self) -> Zone:
        zone = self.ledger.zones.get(self.name)
        if zone is None:
            raise Skip(UNKNOWN_ZONE)
        return zone

    def _map(self) -> Map:
        found = self.ledger.maps.get(self.name)
        if found is None:
            raise Skip(UNKNOWN_MAP)
        return found

    def _pages(self) -> int:
        if not self.size:
            raise Skip(UNREADABLE)
        return whole_pages(self.size)

    def _may_make_map(self) -> None:
        maps = self.ledger.maps
        if self.name in maps:
            raise Skip(MADE_TWICE)
        if not self.name or not 0 < self.size <= _MAP_LIMIT or len(self.name) > TEXT_LIMIT:
            raise Skip(UNREADABLE)
        if len(maps) >= _THINGS_LIMIT:
            raise InputError(f"The stream makes more than {_THINGS_LIMIT:,} maps: no kernel does.")

    def _make_map(self, start: int, end: int, parent: int) -> Map:
        new = self.ledger.maps[self.name] = Map(len(self.ledger.maps) + 1)
        self.catalog.maps.append(MapInfo(new.id, self.name, start, end, parent))
        return new


MEMORY: dict[str, Callable[[MemoryRows], None]] = {
    "zinit": MemoryRows.zinit,
    "zalloc": MemoryRows.zalloc,
    "kalloc": MemoryRows.zalloc,
    "zget": MemoryRows.zget,
    "zfree": MemoryRows.zfree,
    "kfree": MemoryRows.zfree,
    "zcram": MemoryRows.zcram,
    "zone_max_grow": MemoryRows.zone_max_grow,
    "zget_space_extend": MemoryRows.zget_space_extend,
    "kmem_init": MemoryRows.kmem_init,
    "kmem_suballoc": MemoryRows.kmem_suballoc,
    "kmem_realloc": MemoryRows.kmem_alloc,
    "kmem_free": MemoryRows.kmem_free,
    "kmem_alloc_FAILED": MemoryRows.kmem_alloc_failed,
    "round": MemoryRows.round,
    "MARK": MemoryRows.mark,
    "PANIC": MemoryRows.panic,
}
