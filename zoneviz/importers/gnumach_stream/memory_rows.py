"""Rows of zones, maps, marks and the panic. One row becomes one event.

The reader sets the fields of the row and calls the handler for its name, which appends the event to `batch`. Ids of tasks and
threads are the stream's plus 1, because 0 means "before threads exist".
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from zoneviz import words
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
"""Upper bound of sizes, ids and counts; a million of them still sum within 64 bits."""
ADDRESS_LIMIT = 1 << 62
"""As a recording has it."""
ACTOR_LIMIT = 1 << 20
"""Upper bound of task and thread ids, which index tables; real streams reach 3,944."""
_MAP_LIMIT = 1 << 32
TEXT_LIMIT = 4096
TEXTS_LIMIT = 200_000
"""Upper bound of different details; a stream of a million events has a few thousand."""
_FRAMES_LIMIT = 1_000_000
_THINGS_LIMIT = 4096
CACHE_LIMIT = 100_000
_NEAR = 4
"""Most events between a refusal and the panic it causes."""

ZALLOC, ZFREE = int(Kind.ZALLOC), int(Kind.ZFREE)
EMPTIED = {"ipc spaces": "ipc_spaces"}
"""The name of the memory in a panic by zone, where they differ."""
FROM_KERNEL_MAP = ("kmem_suballoc", "pmap_create", "stack_alloc", "kmem_")


def parse(detail: str) -> dict[str, str]:
    """`fresh req=64` as {"fresh": "", "req": "64"}."""
    return {key: value for key, _, value in (word.partition("=") for word in detail.split())}


def number(detail: Mapping[str, str], key: str, default: int = 0) -> int:
    """The number after `key=`. Raises Skip if it is negative or too large, ValueError if it is not a number."""
    text = detail.get(key)
    return checked(int(text)) if text else default


def checked(value: int, limit: int = NUMBER_LIMIT) -> int:
    """`value` if it is in 0..limit. Raises Skip otherwise."""
    if not 0 <= value <= limit:
        raise Skip(UNREADABLE)
    return value


class MemoryRows:
    """Handlers of these rows. The reader sets the fields of the current row."""

    def __init__(self, catalog: Catalog, companion: Mapping[str, Any]) -> None:
        self.time = self.task = self.thread = self.path = 0  # time in ns; ids in the recording
        self.event = self.name = self.detail = ""
        self.size = self.address = 0
        self.catalog = catalog
        self.ledger = Ledger()
        self.batch: list[Event] = []
        self.sent = 0
        """Events that have left `batch`; the seq of the last event is `sent + len(batch)`."""
        self.panic_found: dict[str, Any] | None = None
        self.operations = 0
        self.assumed: list[str] = []
        """Zones that did not start with their usual limit."""
        self.texts_dropped = 0
        self._finals = final_zones(companion)
        self.path_ids: dict[str, int] = {"": 0}
        self._extras: dict[str, int] = {}
        self._extended = 0  # bytes of the last allocation from zone_map
        self.paged = (0, 0)  # thread and address of the last page allocation
        self._trouble = (-_NEAR, 0, "", "")  # seq, thread, memory, zone

    def tell(self, kind: int, subject: int = 0, address: int = 0, size: int = 0, extra: int = 0) -> None:
        """Append an event for the current row."""
        self.batch.append((kind, self.time, self.task, self.thread, self.path, subject, address, size, extra))

    def path_id(self, text: str) -> int:
        """The id of a call path `outermost>...>innermost`.

        Raises Skip if it is too long, InputError if there are too many different ones.
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
                raise InputError(f"The stream is not from a kernel: it has more than {words.number(_FRAMES_LIMIT)} different call paths.")
            if len(self.path_ids) > CACHE_LIMIT:
                self.path_ids.clear()
            self.path_ids[text] = found
        return found

    def text_id(self, text: str) -> int:
        """The id of a text; 0 if there are too many, which is counted. Raises Skip if it is too long."""
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
        """A zone is created. Zones are numbered in this order from 1."""
        zones = self.ledger.zones
        if self.name in zones:
            raise Skip(MADE_TWICE)
        if not self.name or not self.size or len(self.name) > TEXT_LIMIT:
            raise Skip(UNREADABLE)
        if len(zones) >= _THINGS_LIMIT:
            raise InputError(f"The stream is not from a kernel: it creates more than {words.number(_THINGS_LIMIT)} zones.")
        info = zone_info(len(zones) + 1, self.name, self.size, self._finals.get(self.name))
        self.catalog.zones.append(info)
        zones[self.name] = Zone(info)
        self.tell(Kind.ZINIT, info.id, self.address, self.size, info.max_size)

    def zalloc(self) -> None:
        """An element is allocated (zalloc, kalloc), or pages if the name is that of a map."""
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
        """An element from the free list; without an address the list was empty."""
        if self.address:
            self.zalloc()
        else:
            self.other()

    def zfree(self) -> None:
        """An element is freed (zfree, kfree), or pages if the name is that of a map."""
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
        """Column extra of ZALLOC and ZFREE from the detail: bytes requested << 1 | fresh. Cached unless it names a task or thread."""
        detail = parse(self.detail)
        extra = number(detail, "req") << 1 | ("fresh" in detail)
        if "task" not in detail and "thread" not in detail and len(self._extras) < CACHE_LIMIT:
            self._extras[self.detail] = extra
        return extra

    def _refused(self, zone: Zone) -> None:
        self.tell(Kind.ZREFUSE, zone.id, 0, self.size)
        self._trouble = (self.sent + len(self.batch), self.thread, EMPTIED.get(zone.name, zone.name), zone.name)

    def zcram(self) -> None:
        """Memory is added to a zone's free list."""
        zone = self._zone()
        count = number(parse(self.detail), "elements", self.size // zone.elem_size)
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
        """The bump region grows by the last allocation from zone_map; `wasted=` counts since boot."""
        detail = parse(self.detail)
        wasted = number(detail, "wasted", self.ledger.wasted)
        lost = checked(wasted - self.ledger.wasted)
        end = checked(int(detail.get("space_end") or "0", 16), (1 << 63) - 1)
        self.ledger.wasted = wasted
        self.tell(Kind.ZEXTEND, 0, end, self._extended, lost)
        self._extended = 0

    # maps

    def kmem_init(self) -> None:
        """kernel_map is created; everything below the address is in use."""
        used = checked(self.address)
        self._may_make_map()
        kernel_map = self._make_map(0, used + self.size, 0)
        if used:
            kernel_map.alloc(0, used)
        self.tell(Kind.KMEM_ALLOC, kernel_map.id, 0, used)

    def kmem_suballoc(self) -> None:
        """A map is allocated from kernel_map."""
        if not self.address:
            return self.other()
        parent = self.ledger.maps.get("kernel_map")
        if parent is None:
            raise Skip(UNKNOWN_MAP)
        self._may_make_map()
        parent.alloc(self.address, self.size)
        new = self._make_map(self.address, self.address + self.size, parent.id)
        self.tell(Kind.KMEM_SUBALLOC, new.id, self.address, self.size, parent.id)

    def kmem_alloc(self) -> None:
        """Pages of a map are allocated. With address 0 it failed and is kept as OTHER; kmem_alloc_FAILED follows."""
        if not self.address:
            return self.other()
        found, size = self._map(), self._pages()
        found.alloc(self.address, size)
        if self.name == "zone_map":
            self._extended = size
        self.paged = (self.thread, self.address)
        self.tell(Kind.KMEM_ALLOC, found.id, self.address, size, int(self.event == "kmem_realloc"))

    def kmem_free(self) -> None:
        """Pages are freed. In zone_map their free elements vanish, recorded as ZCOLLECT before."""
        found, size = self._map(), self._pages()
        found.release(self.address, size)
        if self.name == "zone_map":
            for zone, count in self.ledger.collect(self.address, size):
                self.tell(Kind.ZCOLLECT, zone.id, self.address, count * zone.elem_size, count)
        self.tell(Kind.KMEM_FREE, found.id, self.address, size)

    def kmem_alloc_failed(self) -> None:
        """A map has no room."""
        found = self._map()
        self.tell(Kind.KMEM_FAIL, found.id, 0, self.size, number(parse(self.detail), "kr"))
        self._trouble = (self.sent + len(self.batch), self.thread, self.name, "")

    # the run

    def round(self) -> None:
        """The program counts a successful operation."""
        count = checked(int(self.detail.split()[0])) if self.detail else self.operations + 1
        self.operations += 1
        self.tell(Kind.OPERATION, 0, 0, 0, count)

    def mark(self) -> None:
        """The program sets a mark, with a number."""
        first = self.detail.split(" ", 1)[0]
        value = int(first) if re.fullmatch(r"-?[0-9]{1,18}", first) else 0
        self.tell(Kind.MARK, self.text_id(self.name), 0, 0, value)

    def panic(self) -> None:
        """The panic. The memory comes from the same thread's refusal just before, otherwise from the text."""
        text = self.detail
        seq, thread, memory, emptied = self._trouble
        found = re.search(r"zone (.+) exhausted", text)
        zone = found[1] if found else ""
        if self.sent + len(self.batch) - seq < _NEAR and thread == self.thread:
            zone = zone or emptied
        elif found or text == "zalloc":
            memory = "zone_map"
        elif text.startswith("ipc_task_init"):
            memory = "ipc_spaces"
        else:
            memory = "kernel_map" if text.startswith(FROM_KERNEL_MAP) else ""
        self.tell(Kind.PANIC, self.text_id(text), 0, 0, self.text_id(memory))
        if self.panic_found is None:
            frames = self.catalog.paths.frames(self.path)
            self.panic_found = {"text": text, "zone": zone, "memory": memory, "task": self.task_name(self.task), "call_path": frames}

    def task_name(self, task: int) -> str:
        """The name of a task by its id in the recording; "" if unknown."""
        return next((info.name for info in self.catalog.tasks if info.id == task), "")

    def other(self) -> None:
        """A row of a kind zoneviz does not know, kept as OTHER under its own name."""
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
            raise InputError(f"The stream is not from a kernel: it creates more than {words.number(_THINGS_LIMIT)} maps.")

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
