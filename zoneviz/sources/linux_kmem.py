"""Every allocation and free of the running Linux kernel's heap, from its kmem tracepoints, as events of a recording.

Zones are the slab caches by name. From 6.1 on a cache's allocation names it; before, and for kmalloc, it is inferred. Owners are the
processes that allocated: their command at that time. Sources: include/trace/events/kmem.h and sched.h of the kernel.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoneviz.events import WIDTH, Catalog, Kind, TaskInfo, ZoneInfo
from zoneviz.importers.kmem import Kmem, KmemRows, kmalloc_cache
from zoneviz.sources.kallsyms import Symbols
from zoneviz.sources.ringbuffer import Events, Field, Format, decode, texts, values
from zoneviz.sources.tracing import Tracing
from zoneviz.state.rows import Ints

ALLOCATING = ("kmalloc", "kmalloc_node", "kmem_cache_alloc", "kmem_cache_alloc_node")
FREEING = ("kfree", "kmem_cache_free")
EVENTS = (*(f"kmem/{name}" for name in (*ALLOCATING, *FREEING)), "sched/sched_process_exec", "sched/sched_process_fork")
KERNEL_TASK = 1
"""The id of the task that stands for interrupts before any process and for pid 0, the idle loop."""
MOST_FRAMES = 64
"""Frames of a stack that are kept; the kernel itself records at most 128."""
MARGIN = 2_000_000
"""Events of the last 2 ms can be incomplete: another processor may still deliver older ones."""


class Columns(dict[str, Ints]):
    """Columns (n,) of n decoded events: time, pid, format (index in a list of formats), site, pointer, size, asked, gfp, zone."""


@dataclass(slots=True)
class Flags:
    """Bits of gfp_flags that decide the kmalloc cache; they differ between kernels. 0: this kernel has no such bit."""

    account: int
    reclaimable: int
    dma: int

    @classmethod
    def of(cls, text: str) -> "Flags":
        """Read them from the print format in a `format` file."""
        return cls(*(_flag(text, name) for name in ("__GFP_ACCOUNT", "__GFP_RECLAIMABLE", "GFP_DMA")))


def _flag(text: str, name: str) -> int:
    """The bit of a flag in `{ ..., "NAME" }`: written as `(1UL) << (N)`, or as a number in older kernels."""
    found = re.search(r"\{([^{}]*),\s*\"" + name + r"\"\s*\}", text)
    if found is None:
        return 0
    shift, number = re.search(r"1UL\)*\s*<<\s*\((\d+)\)", found[1]), re.search(r"0x([0-9a-fA-F]+)|\b(\d+)[uUlL]*\)", found[1])
    if shift is not None:
        return 1 << int(shift[1])
    return 0 if number is None else int(number[1], 16) if number[1] else int(number[2])


class Zones:
    """The zones of a catalog by cache name, made when first seen. `caches`: names and element sizes of the machine's caches."""

    def __init__(self, catalog: Catalog, caches: Mapping[str, int] | None = None) -> None:
        self._catalog = catalog
        self._caches = dict(caches or {})
        self._ids: dict[str, int] = {}
        self._seen = 0
        self._new: list[ZoneInfo] = []

    def begun(self, time: int) -> Ints:
        """The events (n, 9) of the zones made here since the last call, at a time in ns."""
        new, self._new = self._new, []
        rows = np.zeros((len(new), WIDTH), np.int64)
        rows[:, 0], rows[:, 1], rows[:, 5], rows[:, 7] = Kind.ZINIT, time, [zone.id for zone in new], [zone.elem_size for zone in new]
        return rows

    def id(self, name: str, size: int) -> int:
        """The id of a cache; `size`: of its elements in bytes, where the machine did not say."""
        zones = self._catalog.zones
        if self._seen < len(zones):  # readings put zones into the catalog as well
            self._ids |= {zone.name: zone.id for zone in zones[self._seen :]}
            self._seen = len(zones)
        found = self._ids.get(name)
        if found is None:
            found = self._ids[name] = len(zones) + 1
            self._new.append(ZoneInfo(found, name, self._caches.get(name, size), 0, 0, ""))
            zones.append(self._new[-1])
            self._seen += 1
        return found

    def kmalloc(self, size: int, prefix: str) -> int:
        """The id of a kmalloc cache. A cache the machine does not have is the plain one: kernels before 5.14 have no kmalloc-cg."""
        name = kmalloc_cache(size, prefix)
        if self._caches and name not in self._caches:
            name = kmalloc_cache(size)
        return self.id(name, size)


class Tasks:
    """Processes by pid. A pid that is used again is another task, and a command that changes renames its task."""

    def __init__(self, catalog: Catalog, proc: Path = Path("/proc")) -> None:
        self._catalog = catalog
        self._proc = proc
        self._ids: dict[int, int] = {0: KERNEL_TASK}
        catalog.tasks.append(TaskInfo(KERNEL_TASK, "kernel"))
        self._next = KERNEL_TASK + 1

    def id(self, pid: int) -> int:
        """The task of a thread: that of its process, by the ids of /proc; a thread that has gone is its own task."""
        found = self._ids.get(pid)
        if found is None:
            leader, name = self._ask(pid)
            found = self._ids.get(leader) if leader != pid else None
            if found is None:
                found = self._begin(leader, name)
            self._ids[pid] = found
        return found

    def forked(self, pid: int, name: str) -> None:
        """A new process or thread: what its pid meant before is over. Threads are found at their first allocation."""
        self._ids.pop(pid, None)
        if self._ask(pid)[0] == pid:
            self._ids[pid] = self._begin(pid, name)

    def executed(self, pid: int, command: str) -> None:
        """A process runs another program."""
        task = self.id(pid)
        self._catalog.tasks.append(TaskInfo(task, f"{command} ({pid})"))

    def _begin(self, pid: int, name: str) -> int:
        task, self._next = self._next, self._next + 1
        self._ids[pid] = task
        self._catalog.tasks.append(TaskInfo(task, f"{name} ({pid})" if name else f"pid {pid}"))
        return task

    def _ask(self, pid: int) -> tuple[int, str]:
        """The process id and command of a thread; (pid, "") if it has gone."""
        try:
            text = (self._proc / str(pid) / "status").read_text("utf-8", "replace")
        except OSError:
            return pid, ""
        name, leader = re.search(r"^Name:\t(.*)$", text, re.MULTILINE), re.search(r"^Tgid:\t(\d+)$", text, re.MULTILINE)
        return int(leader[1]) if leader else pid, name[1] if name else ""


class LinuxKmem:
    """Decodes what a tracing instance reads. `catalog`: gets zones, tasks and call paths; `sized`: as in `Kmem`.

    `lost`: events known to be lost; `counts`: what the ledger saw.
    """

    def __init__(
        self,
        formats: Mapping[str, Format],
        flags: Flags,
        catalog: Catalog,
        symbols: Symbols,
        zones: Zones,
        tasks: Tasks,
        *,
        sized: bool,
    ) -> None:
        self._formats = {name: formats[name] for name in (*ALLOCATING, *FREEING) if name in formats}
        self._stack = formats.get("kernel_stack")
        self._exec, self._fork = formats.get("sched_process_exec"), formats.get("sched_process_fork")
        self._flags, self._catalog, self._symbols, self._zones, self._tasks = flags, catalog, symbols, zones, tasks
        self._ledger = Kmem(sized=sized)
        self._held: Columns | None = None
        self._last = 0

    @property
    def ledger(self) -> Kmem:
        """The live elements."""
        return self._ledger

    def rows(self, parts: list[Events], until: int) -> Ints:
        """The events (n, 9) of all processors up to the time `until` in ns; later ones are kept for the next call."""
        for events in parts:
            self._processes(events)
        found = [columns for events in parts if (columns := self._columns(events)) is not None]
        if self._held is not None:
            found.append(self._held)
        if not found:
            return np.zeros((0, WIDTH), np.int64)
        both = {name: np.concatenate([columns[name] for columns in found]) for name in found[0]}
        order = np.argsort(both["time"], kind="stable")
        both = {name: column[order] for name, column in both.items()}
        due = int(np.searchsorted(both["time"], until, side="right"))
        self._held = Columns({name: column[due:] for name, column in both.items()})
        now = {name: column[:due] for name, column in both.items()}
        # A processor that delivered late does not turn time back.
        time = np.maximum.accumulate(np.append(self._last, now["time"]))[1:]
        self._last = int(time[-1]) if due else self._last
        task = _each(now["pid"], self._tasks.id)
        alloc = now["alloc"] > 0
        rows = self._ledger.rows(KmemRows(alloc, time, task, now["path"], now["zone"], now["pointer"], now["size"], now["asked"]))
        return np.concatenate([self._zones.begun(int(time[0])), rows]) if due else rows

    def _columns(self, events: Events) -> Columns | None:
        """The kmem events of one processor, in order."""
        found = []
        for name, form in self._formats.items():
            which = np.flatnonzero(events.id == form.id)
            if len(which):
                found.append((which, self._read(name, form, events, events.at[which])))
        if not found:
            return None
        which = np.concatenate([index for index, _ in found])
        order = np.argsort(which, kind="stable")
        columns = Columns({name: np.concatenate([part[name] for _, part in found])[order] for name in found[0][1]})
        columns["time"] = events.time[which[order]]
        columns["path"] = self._call_paths(events, which[order], columns.pop("site"))
        return columns

    def _read(self, name: str, form: Format, events: Events, at: Ints) -> Columns:
        def column(field: str) -> Ints:
            return values(events, at, form.fields[field]) if field in form.fields else np.zeros(len(at), np.int64)

        alloc = name in ALLOCATING
        columns = Columns(pid=column("common_pid"), site=column("call_site"), pointer=column("ptr"), size=column("bytes_alloc"))
        columns |= {"asked": column("bytes_req"), "alloc": np.full(len(at), int(alloc), np.int64)}
        if "name" in form.fields:
            columns["zone"] = self._named(events, at, form.fields["name"], columns["size"])
        elif alloc:
            columns["zone"] = self._inferred(name, columns["size"], column("gfp_flags"), columns["site"])
        else:
            columns["zone"] = np.zeros(len(at), np.int64)
        return columns

    def _named(self, events: Events, at: Ints, field: Field, size: Ints) -> Ints:
        index, names = texts(events, at, field)
        first = np.unique(index, return_index=True)[1]
        ids = np.array([self._zones.id(name, int(size[first[i]])) for i, name in enumerate(names)], np.int64)
        return ids[index]

    def _inferred(self, name: str, size: Ints, gfp: Ints, site: Ints) -> Ints:
        """Zones of kmallocs by size and flags; of caches that are not named, by size and the function that asked."""
        if not name.startswith("kmalloc"):
            index, keys = _distinct(np.stack([size, site], axis=1))
            made = [self._zones.id(f"{self._symbols.name(call)} {bytes_} (inferred)", bytes_) for bytes_, call in keys]
            return np.array(made, np.int64)[index]
        flags = self._flags
        which = np.select([gfp & flags.dma != 0, gfp & flags.reclaimable != 0, gfp & flags.account != 0], [3, 2, 1], 0)
        index, keys = _distinct(np.stack([size, which], axis=1))
        prefixes = ("kmalloc", "kmalloc-cg", "kmalloc-rcl", "dma-kmalloc")
        return np.array([self._zones.kmalloc(bytes_, prefixes[prefix]) for bytes_, prefix in keys], np.int64)[index]

    def _call_paths(self, events: Events, which: Ints, site: Ints) -> Ints:
        """Ids of the call paths: the stack that follows an event, or else the one function that called the allocator."""
        paths = _each(site, lambda address: self._path((), address))
        if self._stack is None:
            return paths
        following = which + 1
        has = (following < len(events.id)) & (events.id[np.minimum(following, len(events.id) - 1)] == self._stack.id)
        if not has.any():
            return paths
        at = events.at[following[has]]
        size, caller = self._stack.fields["size"], self._stack.fields["caller"]
        depth = np.clip(values(events, at, size), 0, MOST_FRAMES)
        most = int(depth.max())
        frames = np.zeros((len(at), most + 1), np.int64)
        frames[:, 0] = site[has]
        for i in range(most):
            deep = np.flatnonzero(depth > i)
            frames[deep, i + 1] = values(events, at[deep], caller._replace(offset=caller.offset + 8 * i, size=8))
        index, keys = _distinct(frames)
        paths[has] = np.array([self._path(key[1:], key[0]) for key in keys], np.int64)[index]
        return paths

    def _path(self, stack: Sequence[int], site: int) -> int:
        """The path to `site`, which called the allocator. `stack`: return addresses, innermost first, with 0 behind the last.

        The innermost functions of a stack belong to the allocator and to tracing.
        """
        name = self._symbols.name(site)
        names = [self._symbols.name(address) for address in stack if address]
        outside = names[names.index(name) + 1 :] if name in names else names
        found = 0
        for frame in (*reversed(outside), name):
            found = self._catalog.paths[found, frame]
        return found

    def _processes(self, events: Events) -> None:
        """Follow forks and execs."""
        if self._fork is not None:
            at = events.at[events.id == self._fork.id]
            index, names = texts(events, at, self._fork.fields["child_comm"])
            for pid, name in zip(values(events, at, self._fork.fields["child_pid"]).tolist(), index.tolist(), strict=True):
                self._tasks.forked(pid, names[name])
        if self._exec is not None:
            at = events.at[events.id == self._exec.id]
            index, names = texts(events, at, self._exec.fields["filename"])
            for pid, name in zip(values(events, at, self._exec.fields["pid"]).tolist(), index.tolist(), strict=True):
                self._tasks.executed(pid, Path(names[name]).name)


def read(tracing: Tracing, kmem: LinuxKmem, until: int) -> Ints:
    """The events (n, 9) that a tracing instance has recorded up to `until`, CLOCK_MONOTONIC in ns; later ones wait for the next call.

    An event at most `MARGIN` old may still be missing: another processor delivers it later.
    """
    return kmem.rows([decode(pages, tracing.layout) for pages in tracing.read() if pages], until)


def _each(column: Ints, of: Callable[[int], int]) -> Ints:
    """`of` each value of a column (n,), called once for each distinct one."""
    distinct, index = np.unique(column, return_inverse=True)
    return np.array([of(value) for value in distinct.tolist()], np.int64)[index]


def _distinct(rows: Ints) -> tuple[Ints, list[list[int]]]:
    """Rows (n, k), each once, and the index of each row's, (n,)."""
    packed = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.shape[1] * 8)))[:, 0]
    _, first, index = np.unique(packed, return_index=True, return_inverse=True)
    return index, rows[first].tolist()
