"""The state of the machine at one moment, built from events."""

from functools import cache
from typing import Any, NamedTuple

import numpy as np

from zoneviz.errors import InputError
from zoneviz.events import Catalog, Kind
from zoneviz.state import codec
from zoneviz.state import elements as elements_of
from zoneviz.state import ports as ports_of
from zoneviz.state import rights as rights_of
from zoneviz.state.actors import Tasks, TaskState, Threads, ThreadState, id_limit, task_states, thread_states
from zoneviz.state.elements import Elements
from zoneviz.state.figures import (
    FORKS,
    MAPS,
    MAX_SIZE,
    MESSAGES,
    OPERATIONS,
    PAGES,
    PAGES_FREE,
    PAGES_WIRED,
    PROCESSES,
    UNKNOWN,
    WASTED,
    ZONE_FIGURES,
)
from zoneviz.state.pages import MISSING, ZonePages
from zoneviz.state.ports import Ports
from zoneviz.state.readings import Reading, last_reading, of_row
from zoneviz.state.rights import Rights
from zoneviz.state.rows import EXTRA, FIGURE_KINDS, KIND, PATH, SEQ, SIZE, SUBJECT, TASK, THREAD, TIME, ByKind, Ints
from zoneviz.state.totals import Totals

_KEPT = (Kind.BOOTED, Kind.MARK, Kind.PANIC, Kind.HANG, Kind.READING)
_READING = (int(Kind.READING),)

NO_ZONE = -1
"""Element size of a zone that does not exist."""


class Panic(NamedTuple):
    """How the kernel ended. `memory`: the exhausted memory; `call_path`: frames, outermost first; `time` in ns."""

    seq: int
    time: int
    text: str
    memory: str
    task: int
    thread: int
    call_path: list[str]


class MachineState:
    """The machine after event `seq`, at simulated `time` in ns; initially before the first event (0).

    `catalog` gives the names and may grow. `totals` has the figures by zone id and map id, `tasks` and `threads` are tables by
    id, `pages` are the pages of zone_map. `elem_size` (zones,): bytes of an element by zone id, -1 before zinit. `reported` (zones,): which
    figures of a zone a reading has set, bit i for `ZONE_FIGURES[i]`.
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.seq = 0
        self.time = 0
        self.totals = Totals(catalog)
        self.elem_size: Ints = np.full(1, NO_ZONE)
        self.reported: Ints = np.zeros(1, np.int64)
        self.tasks = Tasks()
        self.threads = Threads()
        self.pages = ZonePages(catalog)
        self.last: dict[int, tuple[int, ...]] = {}
        """The last event of the kinds BOOTED, MARK, PANIC, HANG and READING, as (seq, kind, time, ...)."""
        self._elements = elements_of.live()
        self._ports = ports_of.live()
        self._rights = rights_of.live()

    def apply(self, rows: Ints) -> None:
        """Advance by the events (n, 10) after `seq`.

        Errors: InputError for an invalid event; ValueError if the events do not continue the state.
        """
        if not len(rows):
            return
        if rows[0, SEQ] != self.seq + 1:
            raise ValueError(f"event {self.seq + 1} comes next, not {rows[0, SEQ]}")
        kinds = ByKind(rows)
        if kinds.has(_READING):
            last_reading(kinds, self.reading)
        self.totals.advance(rows, kinds)
        at = kinds[Kind.ZINIT]
        if len(at) or len(self.elem_size) < len(self.totals.zones):
            self.elem_size = np.append(self.elem_size, np.full(len(self.totals.zones) - len(self.elem_size), NO_ZONE))
            self.elem_size[rows[at, SUBJECT]] = np.maximum(rows[at, SIZE], 0)
        if kinds.has(FIGURE_KINDS):
            at = kinds[Kind.ZONE_FIGURE]
            self.reported = np.append(self.reported, np.zeros(max(len(self.totals.zones) - len(self.reported), 0), np.int64))
            np.bitwise_or.at(self.reported, rows[at, SUBJECT], 1 << rows[at, EXTRA])
        self._elements.apply(rows, kinds)
        self._ports.apply(rows, kinds)
        self._rights.apply(rows, kinds)
        self.tasks.limit, self.threads.limit = id_limit(self.catalog.task_count), id_limit(self.catalog.thread_count)
        self.tasks.apply(rows, kinds)
        self.threads.apply(rows, kinds)
        self.pages.apply(rows, kinds)
        for kind in _KEPT:
            at = kinds[kind]
            if len(at):
                self.last[int(kind)] = tuple(rows[at[-1]].tolist())
        self.seq, self.time = int(rows[-1, SEQ]), int(rows[-1, TIME])

    @property
    def reading(self) -> Reading:
        """The last reading that began."""
        return of_row(self.last.get(int(Kind.READING)))

    @property
    def figures(self) -> dict[str, int]:
        """The figures of the machine that readings have set, by name; docs/recording-format.md, "figures"."""
        values = self.totals.figures.tolist()
        known = [info for info in self.catalog.figures if info.id < len(values)]
        return {info.name: values[info.id] for info in known if values[info.id] != UNKNOWN}

    def reported_figures(self) -> list[set[str]]:
        """For each zone of `machine()["zones"]` the figures, of ZONE_FIGURES, that readings have set."""
        bits = [int(self.reported[i]) if i < len(self.reported) else 0 for i in self._made()]
        return [{name for place, name in enumerate(ZONE_FIGURES) if bit >> place & 1} for bit in bits]

    @property
    def elements(self) -> Elements:
        """The live elements of all zones, in order of address."""
        return self._elements.now()

    def element_sizes(self) -> Ints:
        """Bytes of each of `elements`, (n,); 0 for an element of an unknown zone."""
        return self.sizes_of(self.elements.zone)

    def sizes_of(self, zones: Ints) -> Ints:
        """Bytes of an element of each of these zones, (n,) ids; 0 for an unknown zone."""
        sizes: Ints = np.append(self.elem_size, NO_ZONE).clip(0)[np.clip(zones, 0, len(self.elem_size))]
        return sizes

    def bytes_by_task(self) -> dict[int, int]:
        """Bytes of `elements` by the task that ran at the allocation, in order of its id."""
        counts = self.elements.counts("task")
        tasks, where = np.unique(counts.other, return_inverse=True)
        sums = np.bincount(where, counts.count * self.sizes_of(counts.zone), len(tasks)).astype(np.int64)
        return dict(zip(tasks.tolist(), sums.tolist(), strict=True))

    @property
    def ports(self) -> Ports:
        """The live ports, in order of address."""
        return self._ports.now()

    @property
    def rights(self) -> Rights:
        """The right of each name of each task, in order of task and name."""
        return self._rights.now()

    @property
    def panic(self) -> Panic | None:
        """How the kernel ended, or None while it runs."""
        row = self.last.get(int(Kind.PANIC))
        if row is None:
            return None
        strings, paths = self.catalog.names.strings, self.catalog.paths
        text, memory = (strings[i] if 0 <= i < len(strings) else "" for i in (row[SUBJECT], row[EXTRA]))
        frames = paths.frames(row[PATH]) if 0 <= row[PATH] < len(paths.rows) else []
        return Panic(row[SEQ], row[TIME], text, memory, row[TASK], row[THREAD], frames)

    def task_states(self) -> list[TaskState]:
        """The live tasks, ascending by id."""
        return task_states(self.tasks, self.catalog)

    def thread_states(self, ids: Ints | None = None) -> list[ThreadState]:
        """The live threads, ascending by id; or those with these ids."""
        return thread_states(self.threads, self.catalog, ids)

    def zone(self, name: str) -> dict[str, Any] | None:
        """The figures of one zone as in `machine`; None before its zinit."""
        return next((zone for zone in self._zones() if zone["name"] == name), None)

    def machine(self) -> dict[str, Any]:
        """The machine part of docs/architecture.md: counts, maps, physical memory, zones; plain JSON values."""
        zones = self._zones()
        in_use = {zone["name"]: zone["in_use"] for zone in zones}
        machine = [int(value) for value in self.totals.machine]
        maps = {name: self._map(name) for name in MAPS}
        maps["zone_map"]["wasted"] = machine[WASTED]
        return {
            "counts": {
                "operations": machine[OPERATIONS],
                "forks": machine[FORKS],
                "processes": machine[PROCESSES],
                "tasks": in_use.get("tasks", 0),
                "threads": in_use.get("threads", 0),
                "ports": in_use.get("ipc ports", 0),
                "messages": machine[MESSAGES],
            },
            **maps,
            "physical": {"pages": machine[PAGES], "free": machine[PAGES_FREE], "wired": machine[PAGES_WIRED]},
            "zones": zones,
        }

    def copy(self) -> "MachineState":
        """An independent copy."""
        other = MachineState(self.catalog)
        other.seq, other.time = self.seq, self.time
        other.totals = self.totals.copy()
        other.elem_size, other.reported = self.elem_size.copy(), self.reported.copy()
        other.tasks = Tasks(self.tasks.table.copy())
        other.threads = Threads(self.threads.table.copy(), self.threads.running)
        other.pages = self.pages.copy()
        other.last = dict(self.last)
        other._elements = self._elements.copy()
        other._ports = self._ports.copy()
        other._rights = self._rights.copy()
        return other

    def digest(self) -> str:
        """Hex of blake2b-128 over the whole state, as in each checkpoint: equal states have equal digests."""
        return codec.digest_of(self.to_bytes())

    def to_bytes(self) -> bytes:
        """The state as a checkpoint: compressed, with its digest, free of code."""
        elements, ports, rights = self.elements, self.ports, self.rights
        last = [self.last[kind] for kind in sorted(self.last)]
        return codec.pack(
            {
                "seq": self.seq,
                "time": self.time,
                "running": self.threads.running,
            },
            {
                "zones": _used(self.totals.zones),
                "maps": _used(self.totals.maps),
                "machine": self.totals.machine,
                "elem_size": _used(self.elem_size + 1),  # in bytes: size + 1, 0 before zinit
                "figures": _used(self.totals.figures - UNKNOWN),  # 0: unknown
                "reported": _used(self.reported),
                "tasks": codec.sparse(self.tasks.table),
                "threads": codec.sparse(self.threads.table),
                "pages": self.pages.zone if (self.pages.zone != MISSING).any() else self.pages.zone[:0],
                "last": np.array(last, np.int64).reshape(-1, 10),
                **{f"elements.{name}": getattr(elements, name) for name in codec.ELEMENTS},
                **{f"ports.{name}": getattr(ports, name) for name in codec.PORTS},
                **{f"rights.{name}": getattr(rights, name) for name in codec.RIGHTS},
            },
        )

    def _made(self) -> list[int]:
        """Ids of the zones that exist, in order of zinit."""
        made = min(len(self.elem_size), len(self.totals.zones))
        return [zone.id for zone in self.catalog.zones if zone.id < made and self.elem_size[zone.id] != NO_ZONE]

    def _zones(self) -> list[dict[str, Any]]:
        figures, out = self.totals.zones[:, : MAX_SIZE + 1].tolist(), []
        for i in self._made():
            zone, (in_use, free, cur_size, max_size) = self.catalog.zones[i - 1], figures[i]
            out.append(
                {
                    "name": zone.name,
                    "elem_size": int(self.elem_size[i]),
                    "in_use": in_use,
                    "free": free,
                    "cur_size": cur_size,
                    "max_size": max_size,
                    "flags": zone.flags,
                }
            )
        return out

    def _map(self, name: str) -> dict[str, int]:
        info = next((m for m in self.catalog.maps if m.name == name), None)
        if info is None:
            return {"size": 0, "used": 0, "free": 0}
        size = info.end - info.start
        used = int(self.totals.maps[info.id]) if info.id < len(self.totals.maps) else 0
        return {"size": size, "used": used, "free": size - used}


def from_bytes(data: bytes, catalog: Catalog) -> MachineState:
    """The state packed by `to_bytes`, of this or an older form.

    Errors: InputError if the bytes are no valid state.
    """
    numbers, arrays = codec.unpack(data)
    state = MachineState(catalog)
    state.seq, state.time = numbers["seq"], numbers["time"]
    zones, sizes = arrays["zones"], arrays["elem_size"]
    more = max(len(zones), len(sizes))
    state.totals.zones = np.pad(zones, ((0, more - len(zones)), (0, 0)))
    state.elem_size = np.pad(sizes, (0, more - len(sizes))) - 1
    state.totals.maps, state.totals.machine = arrays["maps"], arrays["machine"]
    state.totals.figures = np.append(UNKNOWN, (arrays["figures"] + UNKNOWN)[1:])
    state.reported = arrays["reported"]
    state.tasks = Tasks(codec.dense(arrays["tasks"], id_limit(catalog.task_count)))
    state.threads = Threads(codec.dense(arrays["threads"], id_limit(catalog.thread_count)), numbers["running"])
    if numbers["running"] >= len(state.threads.table):
        raise InputError("A checkpoint is damaged.")
    state.pages.zone = arrays["pages"]
    state.last = {int(row[KIND]): tuple(row.tolist()) for row in arrays["last"]}
    # Most seeks need none of these tables, which are by far the largest.
    state._elements = elements_of.live(cache(lambda: Elements(*arrays.group("elements"))))
    state._ports = ports_of.live(cache(lambda: Ports(*arrays.group("ports"))))
    state._rights = rights_of.live(cache(lambda: Rights(*arrays.group("rights"))))
    return state


def _used(table: Ints) -> Ints:
    """`table` without the empty rows at its end, whose number depends on how the events were batched."""
    rows = np.flatnonzero(table.reshape(len(table), -1).any(axis=1))
    return table[: int(rows[-1]) + 1 if len(rows) else 1]
