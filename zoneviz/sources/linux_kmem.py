"""Every allocation and free of the running Linux kernel's heap, from its kmem tracepoints, as events of a recording.

Zones are the slab caches by name. Frees name the cache since 5.12, allocations only since later: before, and for kmalloc, it is
inferred. Owners are the processes that allocated. Sources: include/trace/events/kmem.h, sched.h and task.h of the kernel.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from zoneviz.events import WIDTH, Catalog, Kind, ThreadInfo
from zoneviz.importers.kmem import Kmem, KmemRows
from zoneviz.sources.kallsyms import Symbols
from zoneviz.sources.linux_caches import Flags, Zones
from zoneviz.sources.memo import Keys, Memo
from zoneviz.sources.owners import Change, Tasks, What, callers
from zoneviz.sources.ringbuffer import Events, Format, records, text, text_keys, texts, values
from zoneviz.sources.wanted import ALLOCATING
from zoneviz.state.rows import Ints

FREEING = ("kfree", "kmem_cache_free")
PROCESSES = ("task/task_newtask", "task/task_rename", "sched/sched_process_exec", "sched/sched_process_exit")
ALLOCATIONS = tuple(f"kmem/{name}" for name in ALLOCATING)
OTHERS = (*(f"kmem/{name}" for name in FREEING), *PROCESSES, "sched/sched_process_fork")
EVENTS = (*ALLOCATIONS, *OTHERS)
MOST_FRAMES = 64
"""Frames of a stack that are kept; the kernel itself records at most 128."""
MARGIN = 2_000_000
"""Events of the last 2 ms can be incomplete: another processor may still deliver older ones."""

_NESTED = 64
"""Events between an event and its stack, at most."""
_LEFT_OUT, _FREE, _ALLOC, _LOST, _CHANGE = range(-1, 4)
_COLUMNS = 9
TIME, WHAT, PID, PROCESSOR, PATH, ZONE, POINTER, SIZE, ASKED = range(_COLUMNS)
"""Columns of what was decoded. A gap has its number of lost events in SIZE, a change of a process its number in POINTER."""
_FRAME_MIX = np.random.default_rng(2).integers(1, 1 << 63, MOST_FRAMES + 1, np.uint64) | np.uint64(1)
_SITE_MIX = np.random.default_rng(3).integers(1, 1 << 63, 3, np.uint64) | np.uint64(1)


class LinuxKmem:
    """Decodes what a tracing instance reads. `catalog`: gets zones, tasks, processors as threads, and call paths.

    `sized`, `partial`: as in `Kmem`; `keep`: whether to record allocations from a zone of this name; `owned`: leave out allocations by
    interrupts, which belong to no process.
    """

    def __init__(
        self,
        formats: Mapping[str, Format],
        catalog: Catalog,
        symbols: Symbols,
        zones: Zones,
        tasks: Tasks,
        *,
        sized: bool,
        partial: bool = False,
        keep: Callable[[str], bool] | None = None,
        owned: bool = False,
    ) -> None:
        self._formats = {name: formats[name] for name in (*ALLOCATING, *FREEING) if name in formats}
        self._stack = formats.get("kernel_stack")
        self._numbers = np.zeros(1 << 16, np.uint8)
        """By the id of an event: the number of its format, from 1; 0 if it is not of an element."""
        self._numbers[[form.id for form in self._formats.values()]] = np.arange(1, len(self._formats) + 1)
        self._traced = [form.id for name, form in self._formats.items() if name in ALLOCATING]
        self._followed = {name: form for name, form in formats.items() if name in _FOLLOWED}
        if "task_newtask" in formats:
            self._followed.pop("sched_process_fork", None)
        self._flags = Flags.of(formats["kmalloc"].text) if "kmalloc" in formats else Flags(0, 0, 0)
        self._catalog, self._symbols, self._zones, self._tasks = catalog, symbols, zones, tasks
        self._keep, self._owned, self._filtered = keep, owned, owned or keep is not None
        self._kept: dict[int, bool] = {}
        self._ledger = Kmem(sized=sized, partial=partial)
        self._sites, self._stacks, self._names, self._shapes, self._kmallocs = Memo(), Memo(18), Memo(), Memo(), Memo()
        self._changes: dict[int, Change] = {}
        self._numbered = 0
        self._held: Ints = np.zeros((0, _COLUMNS), np.int64)
        self._last = 0
        self._processors = self._learned = 0

    @property
    def ledger(self) -> Kmem:
        """The live elements."""
        return self._ledger

    def rows(self, events: Events, until: int) -> Ints:
        """The events (n, 9) of all processors up to the time `until` in ns; later ones are kept for the next call."""
        seen = np.concatenate([self._held, *self._decoded(events)])
        seen = seen[np.argsort(seen[:, TIME], kind="stable")]
        due = int(np.searchsorted(seen[:, TIME], until, side="right"))
        self._held, seen = seen[due:], seen[:due]
        if not due:
            return np.zeros((0, WIDTH), np.int64)
        # A processor that delivered late does not turn time back.
        seen[:, TIME] = np.maximum(np.maximum.accumulate(seen[:, TIME]), self._last)
        self._last = int(seen[-1, TIME])
        kmem, changes = seen, list[tuple[int, Change]]()
        at = np.arange(due)
        if (seen[:, WHAT] >= _LOST).any():
            at = np.flatnonzero(seen[:, WHAT] < _LOST)
            kmem = seen[at]
            places = np.flatnonzero(seen[:, WHAT] == _CHANGE).tolist()
            changes = [(place, self._changes.pop(number)) for place, number in zip(places, seen[places, POINTER].tolist(), strict=True)]
        task = self._tasks.ids(kmem[:, PID], at, changes)
        self._name_processors(int(seen[:, PROCESSOR].max()) + 1)
        rows = self._ledger.rows(_columns(kmem, task))
        if len(self._ledger.learned) > self._learned:
            self._learned = len(self._ledger.learned)
            self._shapes.clear()
        begun = self._zones.begun(int(seen[0, TIME]))
        gaps = self._gaps(seen[seen[:, WHAT] == _LOST])
        if len(gaps):
            rows = np.concatenate([gaps, rows])
            rows = rows[np.argsort(rows[:, 1], kind="stable")]
        return np.concatenate([begun, rows]) if len(begun) else rows

    def _gaps(self, lost: Ints) -> Ints:
        """The events of gaps."""
        rows = np.zeros((len(lost), WIDTH), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 3] = Kind.LOST, lost[:, TIME], lost[:, PROCESSOR] + 1
        rows[:, 5], rows[:, 7] = lost[:, PROCESSOR] + 1, lost[:, SIZE]
        return rows

    def _name_processors(self, count: int) -> None:
        for number in range(self._processors, count):
            self._catalog.threads.append(ThreadInfo(number + 1, 0, f"CPU {number}"))
        self._processors = max(self._processors, count)

    def _decoded(self, events: Events) -> list[Ints]:
        """What the events say: gaps, changes of processes, allocations and frees, each (n, 9), those of a processor in their order."""
        number = self._numbers[events.id]
        which = np.flatnonzero(number)
        number = number[which]
        stacks = self._stacks_of(events)
        out = np.zeros((len(which), _COLUMNS), np.int64)
        for i, (name, form) in enumerate(self._formats.items(), 1):
            place = np.flatnonzero(number == i)
            if len(place):
                out[place] = self._read(name, form, events, which[place], stacks)
        return [self._lost(events), self._changed(events), out[out[:, WHAT] >= 0] if self._filtered else out]

    def _lost(self, events: Events) -> Ints:
        out = np.zeros((len(events.lost.time), _COLUMNS), np.int64)
        out[:, WHAT] = _LOST
        out[:, TIME], out[:, PROCESSOR], out[:, SIZE] = events.lost.time, events.lost.processor, events.lost.events.clip(0)
        return out

    def _read(self, name: str, form: Format, events: Events, which: Ints, stacks: Ints | None) -> Ints:
        at = events.at[which]
        record = records(events, at, form)
        alloc = name in ALLOCATING
        out = np.zeros((len(which), _COLUMNS), np.int64)
        out[:, TIME], out[:, PROCESSOR], out[:, WHAT] = events.time[which], events.processor[which], _ALLOC if alloc else _FREE
        out[:, PID] = callers(record["common_pid"].astype(np.int64), record["common_flags"])
        out[:, POINTER] = record["ptr"]
        site = record["call_site"].astype(np.int64)
        if alloc:
            out[:, SIZE], out[:, ASKED] = record["bytes_alloc"], record["bytes_req"]
        if "name" in form.fields:
            out[:, ZONE] = self._named(form, events, at, out[:, SIZE])
        elif name.startswith("kmalloc"):
            out[:, ZONE] = self._kmalloc(out[:, SIZE], self._flags.kind(record["gfp_flags"].astype(np.int64)), site)
        elif alloc:
            out[:, ZONE] = self._unnamed(out[:, ASKED], out[:, SIZE], site)
        out[:, PATH] = self._call_paths(events, site, None if stacks is None else stacks[which])
        if alloc and self._filtered:
            out[~self._wanted(out), WHAT] = _LEFT_OUT
        return out

    def _wanted(self, allocs: Ints) -> npt.NDArray[np.bool_]:
        """Which of the allocations to record."""
        wanted = np.ones(len(allocs), np.bool_)
        if self._owned:
            wanted &= allocs[:, PID] > 0
        if self._keep is not None:
            zones = self._catalog.zones
            for zone in np.unique(allocs[:, ZONE]).tolist():
                if zone not in self._kept:
                    self._kept[zone] = self._keep(zones[zone - 1].name)
                if not self._kept[zone]:
                    wanted &= allocs[:, ZONE] != zone
        return wanted

    def _named(self, form: Format, events: Events, at: Ints, size: Ints) -> Ints:
        keys, begin, length = text_keys(events, at, form.fields["name"])
        return self._names.get(keys, lambda i: self._zones.id(text(events, int(begin[i]), int(length[i])), int(size[i])))

    def _kmalloc(self, size: Ints, kind: Ints, site: Ints) -> Ints:
        keys = _mixed(size, kind, site)
        return self._kmallocs.get(keys, lambda i: self._zones.kmalloc(int(size[i]), int(kind[i]), self._symbols.name(int(site[i]))))

    def _unnamed(self, asked: Ints, size: Ints, site: Ints) -> Ints:
        """Zones of allocations whose cache is not named: the one that frees have named, else inferred."""

        def zone(i: int) -> int:
            inferred = self._zones.unnamed(int(asked[i]), int(size[i]), self._symbols.name(int(site[i])))
            return self._ledger.learned.get(inferred, inferred)

        return self._shapes.get(_mixed(asked, size, site), zone)

    def _call_paths(self, events: Events, site: Ints, following: Ints | None) -> Ints:
        """Ids of the call paths: that of the stack that follows an event, or else the one function that called the allocator.

        `following`: indices of the stacks, -1 without one.
        """
        paths = self._sites.get(site.view(np.uint64), lambda i: self._path((), int(site[i])))
        if self._stack is None or following is None:
            return paths
        has = np.flatnonzero(following >= 0)
        if not len(has):
            return paths
        at, own = events.at[following[has]], site[has]
        begin = at + self._stack.fields["caller"].offset
        depth = np.clip(values(events, at, self._stack.fields["size"]), 0, MOST_FRAMES)
        # The lower halves of return addresses tell them apart: the upper half of every address in the kernel is the same.
        words = events.bytes.view("<u4")
        keys: Keys = own.view(np.uint64) * _FRAME_MIX[-1] + depth.astype(np.uint64)
        for i in range(int(depth.max())):
            deep = np.flatnonzero(depth > i)
            keys[deep] += words[(begin[deep] >> 2) + 2 * i].astype(np.uint64) * _FRAME_MIX[i]

        def path(i: int) -> int:
            stack = events.bytes[int(begin[i]) : int(begin[i]) + 8 * int(depth[i])].view("<i8").tolist()
            return self._path(stack, int(own[i]))

        paths[has] = self._stacks.get(keys, path)
        return paths

    def _stacks_of(self, events: Events) -> Ints | None:
        """The index of the stack that belongs to each event, (n,), -1 without one; None if there are no stacks.

        A stack follows its event, unless an interrupt came between them: then the events of the interrupt and their stacks do first.
        """
        at = np.flatnonzero(events.id == self._stack.id) if self._stack is not None else np.zeros(0, np.int64)
        found = np.full(len(events.id), -1) if len(at) else None
        if found is not None:
            traced = np.isin(events.id, self._traced)
            near = traced[at - 1] & (events.processor[at - 1] == events.processor[at]) & (at > 0)
            found[at[near] - 1] = at[near]
            for stack in at[~near].tolist():
                before = range(stack - 1, max(stack - _NESTED, -1), -1)
                own = (i for i in before if traced[i] and found[i] < 0 and events.processor[i] == events.processor[stack])
                owner = next(own, None)
                if owner is not None:
                    found[owner] = stack
        return found

    def _path(self, stack: Sequence[int], site: int) -> int:
        """The path to `site`, which called the allocator. `stack`: return addresses, innermost first.

        The innermost functions of a stack belong to the allocator and to tracing.
        """
        name = self._symbols.name(site)
        names = [self._symbols.name(address) for address in stack if address]
        outside = names[names.index(name) + 1 :] if name in names else names
        found = 0
        for frame in (*reversed(outside), name):
            found = self._catalog.paths[found, frame]
        return found

    def _changed(self, events: Events) -> Ints:
        """What happens to processes, with the changes kept by number."""
        parts = [np.zeros((0, _COLUMNS), np.int64)]
        for name, form in self._followed.items():
            which = np.flatnonzero(events.id == form.id)
            if not len(which):
                continue
            what, command, of, others = _FOLLOWED[name]
            at = events.at[which]
            index, names = texts(events, at, form.fields[command])
            extra = [values(events, at, form.fields[other]).tolist() if other else [0] * len(at) for other in others]
            out = np.zeros((len(which), _COLUMNS), np.int64)
            out[:, TIME], out[:, WHAT], out[:, PROCESSOR] = events.time[which], _CHANGE, events.processor[which]
            out[:, POINTER] = self._numbered + np.arange(len(which))
            for pid, text_, parent, flags in zip(values(events, at, form.fields[of]).tolist(), index.tolist(), *extra, strict=True):
                called = Path(names[text_]).name if what is What.EXEC else names[text_]
                self._changes[self._numbered] = Change(what, pid, called, parent, flags)
                self._numbered += 1
            parts.append(out)
        return np.concatenate(parts)


_FOLLOWED = {
    "task_newtask": (What.NEW, "comm", "pid", ("common_pid", "clone_flags")),
    "task_rename": (What.NAME, "newcomm", "pid", ("", "")),
    "sched_process_exec": (What.EXEC, "filename", "pid", ("", "")),
    "sched_process_exit": (What.EXIT, "comm", "pid", ("", "")),
    "sched_process_fork": (What.FORK, "child_comm", "child_pid", ("parent_pid", "")),
}
"""By event: what it says, and its fields: command, pid, parent and clone flags. A kernel with task_newtask needs no fork."""


def _columns(seen: Ints, task: Ints) -> KmemRows:
    return KmemRows(
        seen[:, WHAT] == _ALLOC,
        np.ascontiguousarray(seen[:, TIME]),
        task,
        seen[:, PROCESSOR] + 1,
        *(np.ascontiguousarray(seen[:, column]) for column in (PATH, ZONE, POINTER, SIZE, ASKED)),
    )


def _mixed(*columns: Ints) -> Keys:
    """A key for the values of up to three columns (n,)."""
    out = np.zeros(len(columns[0]), np.uint64)
    for column, mix in zip(columns, _SITE_MIX, strict=False):
        out = (out ^ column.astype(np.uint64)) * mix
        out ^= out >> np.uint64(31)
    return out
