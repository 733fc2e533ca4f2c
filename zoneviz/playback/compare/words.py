"""Events in words, and the moment where two recordings part as a person reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zoneviz.events import FIELDS, Catalog, Kind
from zoneviz.playback.player import Player
from zoneviz.recording import Recording
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, PATH, SEQ, SIZE, SUBJECT, TASK, THREAD, TIME
from zoneviz.units import format_size

if TYPE_CHECKING:
    from zoneviz.playback.compare import Divergence

AROUND = 5
"""Compared events shown before and after a divergence."""
_TOP = 4
_NOTICES = {65: "port deleted", 66: "message accepted", 69: "port destroyed", 70: "no senders", 71: "send once", 72: "dead name"}
_PLAIN = {
    Kind.TASK_CREATE: "begins to make task {subject}",
    Kind.TASK_TERMINATE: "terminates task {subject}",
    Kind.TASK_DESTROY: "destroys task {subject}",
    Kind.THREAD_CREATE: "begins to make thread {subject}",
    Kind.THREAD_TERMINATE: "terminates thread {subject}",
    Kind.THREAD_DESTROY: "destroys thread {subject}",
    Kind.THREAD_RUN: "switches to thread {subject}",
    Kind.THREAD_BLOCK: "blocks thread {subject}",
    Kind.PMAP_CREATE: "makes the pmap of task {subject}",
    Kind.PMAP_DESTROY: "destroys the pmap of task {subject}",
    Kind.PT_PAGE: "takes a page for a page table",
    Kind.OBJECT_SHADOW: "shadows a memory object",
    Kind.OBJECT_TERMINATE: "terminates a memory object",
    Kind.RPC: "serves RPC {subject}",
    Kind.ZEXTEND: "moves the end of the space that new elements come from",
    Kind.OPERATION: "ends a round with {subject}",
    Kind.PORT_CREATE: "makes a port for task {subject}",
    Kind.PORT_DESTROY: "destroys a port of task {subject}",
    Kind.RIGHT_INSERT: "gives task {subject} a right",
    Kind.RIGHT_DELETE: "takes a right from task {subject}",
    Kind.RIGHT_MOVE: "moves a receive right to task {subject}",
    Kind.TABLE_GROW: "grows the name table of task {subject}",
    Kind.MSG_SEND: "sends message {subject}",
    Kind.MSG_QUEUE: "queues message {subject}",
    Kind.MSG_UNQUEUE: "takes message {subject} off its queue",
    Kind.MSG_RECEIVE: "receives message {subject}",
    Kind.MSG_DESTROY: "destroys message {subject}",
    Kind.THREAD_READY: "makes thread {subject} ready",
    Kind.STACK_ALLOC: "gives thread {subject} a kernel stack",
    Kind.STACK_FREE: "takes the kernel stack of thread {subject}",
    Kind.STACK_HANDOFF: "hands its kernel stack to thread {subject}",
    Kind.MAP_ENTER: "maps memory into task {subject}",
    Kind.MAP_REMOVE: "unmaps memory of task {subject}",
    Kind.OBJECT_CREATE: "makes a memory object",
    Kind.FORK: "forks task {subject}",
    Kind.PAGE_GRAB: "takes pages of memory: {subject}",
    Kind.PAGE_RELEASE: "gives back pages of memory: {subject}",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One event for people: `who` ran, what happened, and the call path."""

    seq: int
    time: int
    who: str
    what: str
    path: str


@dataclass(frozen=True, slots=True)
class ZoneThere:
    """A zone right before the divergence. Bytes; `free`: elements on its free list; `next`: the addresses it gives out next."""

    name: str
    in_use: int
    free: int
    cur_size: int
    max_size: int
    next: list[int]

    def __str__(self) -> str:
        on_list = ", ".join(f"{address:#x}" for address in self.next)
        free = f"{self.free:,} on the free list" + (f" (next {on_list})" if on_list else "")
        return f"{self.in_use:,} in use, {free}, {format_size(self.cur_size)} of {format_size(self.max_size)}"


@dataclass(frozen=True, slots=True)
class Side:
    """A divergence as one recording has it: the events before, from there on (none: it has ended), and the zones it is about."""

    before: list[Line]
    after: list[Line]
    zones: list[ZoneThere]


def describe(row: list[int], catalog: Catalog) -> str:
    """An event (seq, kind, ...) in words."""
    number, subject, address, size, extra = (row[i] for i in (KIND, SUBJECT, ADDRESS, SIZE, EXTRA))
    try:
        kind = Kind(number)
    except ValueError:
        return f"event of unknown kind {number}"
    fields, texts = FIELDS[kind], catalog.names.strings
    if fields.subject == "zone":
        return _of_zone(kind, _at(catalog.zones, subject), address, size, extra)
    if fields.subject in ("map", "new map"):
        return _of_map(kind, _at(catalog.maps, subject), address, size)
    if fields.subject.startswith("name"):
        text = texts[subject] if 0 <= subject < len(texts) else "unknown"
        return f"panics: {text}" if kind == Kind.PANIC else f"{kind.name.lower()} {text}"
    if kind == Kind.NOTIFY:
        return f"sends a notification: {_NOTICES.get(subject, subject)}"
    if kind in _PLAIN:
        return _PLAIN[kind].format(subject=subject)
    return f"{kind.name.lower()} {subject}" + (f" at {address:#x}" if address else "")


def _at(things: Sequence[object], number: int) -> str:
    return str(getattr(things[number - 1], "name", "")) if 0 < number <= len(things) else f"number {number}"


def _of_zone(kind: Kind, name: str, address: int, size: int, extra: int) -> str:
    if kind == Kind.ZALLOC:
        return f"takes an element of {name} ({size} B) at {address:#x}, {'new space' if extra & 1 else 'from the free list'}"
    if kind == Kind.ZFREE:
        return f"gives back the element of {name} ({size} B) at {address:#x}"
    if kind == Kind.ZCRAM:
        return f"adds {format_size(size)} at {address:#x} to {name}: {extra:,} elements"
    if kind == Kind.ZCOLLECT:
        return f"takes the page {address:#x} from {name}: {extra:,} free elements"
    if kind == Kind.ZGROW:
        return f"raises the limit of {name} from {format_size(extra)} to {format_size(size)}"
    if kind == Kind.ZINIT:
        return f"makes the zone {name} of {size} B elements"
    return f"refuses an element of {name}"


def _of_map(kind: Kind, name: str, address: int, size: int) -> str:
    if kind == Kind.KMEM_ALLOC:
        return f"takes {format_size(size)} of {name} at {address:#x}"
    if kind == Kind.KMEM_FREE:
        return f"gives back {format_size(size)} of {name} at {address:#x}"
    if kind == Kind.KMEM_SUBALLOC:
        return f"makes the map {name} of {format_size(size)} at {address:#x}"
    return f"finds no room for {format_size(size)} in {name}"


def line(row: list[int], catalog: Catalog) -> Line:
    """An event for people."""
    task, path = row[TASK], row[PATH]
    names = catalog.task_names
    who = f"{names.get(task) or f'task {task}'}, thread {row[THREAD]}" if row[THREAD] or task else "boot"
    text = catalog.paths.text(path) if 0 <= path < len(catalog.paths.rows) else ""
    return Line(row[SEQ], row[TIME], who, describe(row, catalog), text)


def zone_of(row: list[int], catalog: Catalog) -> str:
    """The name of the zone that an event is about, "" if it is about none."""
    kind, subject = row[KIND], row[SUBJECT]
    known = {int(k) for k, fields in FIELDS.items() if fields.subject == "zone"}
    return catalog.zones[subject - 1].name if kind in known and 0 < subject <= len(catalog.zones) else ""


def side(recording: Recording, before: list[list[int]], after: list[list[int]], zones: list[str]) -> Side:
    """One side of a divergence. `before`, `after`: compared events around it; `zones`: names of the zones to tell of."""
    catalog = recording.catalog
    last = before[-1][SEQ] if before else recording.first_event - 1
    return Side([line(row, catalog) for row in before], [line(row, catalog) for row in after], zones_there(recording, last, zones))


def zones_there(recording: Recording, seq: int, names: list[str]) -> list[ZoneThere]:
    """Zones as they are after event `seq`; those that do not exist then are left out."""
    state = Player(recording).seek(seq)
    out = []
    for name in names:
        zone = state.zone(name)
        if zone is not None:
            following = free_list(recording, seq, name)[:_TOP]
            out.append(ZoneThere(name, zone["in_use"], zone["free"], zone["cur_size"], zone["max_size"], following))
    return out


def free_list(recording: Recording, seq: int, zone: str) -> list[int]:
    """Addresses on a zone's free list after event `seq`, the next to be given out first.

    Rebuilt from the zone's events: a free puts its element in front, an allocation takes its own out. Empty for a part of a
    recording, which does not have them all.
    """
    if recording.first_event > 1:
        return []
    number = next((info.id for info in recording.catalog.zones if info.name == zone), 0)
    element = next((info.elem_size for info in recording.catalog.zones if info.id == number), 0)
    kinds = (int(Kind.ZALLOC), int(Kind.ZFREE), int(Kind.ZCRAM), int(Kind.ZCOLLECT))
    sql = "SELECT kind, address, size, extra FROM events WHERE seq <= ? AND subject = ? AND kind IN (?, ?, ?, ?) ORDER BY seq"
    free: dict[int, None] = {}  # in order of arrival: the last is the next to go
    for row in recording.query(sql, (seq, number, *kinds)):
        kind, address, count = row["kind"], row["address"], min(row["extra"], 1 << 20)
        if kind == Kind.ZALLOC:
            free.pop(address, None)
        elif kind == Kind.ZFREE:
            free.pop(address, None)
            free[address] = None
        elif kind == Kind.ZCRAM:
            free.update(dict.fromkeys(address + element * i for i in range(count)))
        else:
            page = range(address, address + max(row["size"], 1))
            for gone in [one for one in free if one in page]:
                del free[gone]
    return [*reversed(free)]


def told(what: str, divergence: "Divergence") -> list[str]:
    """The first difference `what` ("in a size"), as lines for people: what each did before and then, and the zone it was about."""
    lines = [f"The first difference {what}, after {divergence.index:,} equal events:"]
    for name, one in (("A", divergence.a), ("B", divergence.b)):
        lines.append(f"  {name}")
        for mark, shown in ((" ", one.before[-3:]), (">", one.after[:4])):
            for line in shown:
                lines.append(f"  {mark} {line.seq:>9,} {line.who}: {line.what}")
                if mark == ">" and line is one.after[0]:
                    lines.append(f"              {line.path}")
        if not one.after:
            lines.append("  > has ended")
        lines += [f"    zone {zone.name}: {zone}" for zone in one.zones]
    return lines
