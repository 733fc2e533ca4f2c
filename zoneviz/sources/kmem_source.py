"""The kmem events of the running kernel as a source: tracing, symbols and processes for the time of a recording."""

import os
import sys
import time
from pathlib import Path
from types import TracebackType

import numpy as np

from zoneviz.errors import EnvironmentProblem
from zoneviz.events import Catalog
from zoneviz.importers import linux_meminfo
from zoneviz.importers.kmem import Counts
from zoneviz.sources.kallsyms import PATH, Symbols
from zoneviz.sources.linux_caches import INFERRED, Caches, Zones
from zoneviz.sources.linux_kmem import ALLOCATIONS, EVENTS, MARGIN, OTHERS, LinuxKmem
from zoneviz.sources.owners import Tasks
from zoneviz.sources.ringbuffer import decode
from zoneviz.sources.tracing import BUFFER, NEEDS_ROOT, Tracing, tracefs
from zoneviz.sources.wanted import Wanted
from zoneviz.state.rows import Ints
from zoneviz.words import count, size

ALL = Wanted()
_SHARE = 8
"""The buffers of all processors take at most one part in this many of the available memory: the kernel cannot swap them out."""


def _affordable(meminfo: Path = Path("/proc/meminfo")) -> int:
    """The largest buffer in bytes for each processor."""
    available = linux_meminfo.parse(meminfo.read_text()).sizes.get("available_memory", sys.maxsize)
    return available // _SHARE // (os.cpu_count() or 1)


class KmemSource:
    """Records every allocation and free until it is closed; a context manager. Times are CLOCK_MONOTONIC in ns.

    `catalog`: gets zones, tasks and call paths; `wanted`: which allocations; `stacks`: call stacks instead of call sites alone; `buffer`:
    bytes for each processor. `behind`: whether the last call of `rows` has not read all events up to its time.
    Errors: EnvironmentProblem if tracing is not available or not allowed; UsageError if nothing can match what is wanted.
    """

    def __init__(
        self, catalog: Catalog, *, wanted: Wanted = ALL, stacks: bool = False, buffer: int = BUFFER, root: Path | None = None
    ) -> None:
        root = root or tracefs()
        self._catalog, self._wanted = catalog, wanted
        try:
            symbols = Symbols(Path(PATH).read_text())
        except OSError as error:
            raise EnvironmentProblem(f"The kernel's events cannot be read: {error.strerror}. {NEEDS_ROOT}") from None
        caches = Caches.of()
        self._aliases = caches.aliases
        wanted.check(caches)
        self._symbols = len(symbols)
        self.behind = False
        self._asked, self._buffer = buffer, min(buffer, _affordable())
        self._tracing: list[Tracing] = []
        try:
            self._trace(root, caches, stacks)
            self._kmem = self._decoder(catalog, symbols, caches)
        except BaseException:
            self.close()
            raise

    def _decoder(self, catalog: Catalog, symbols: Symbols, caches: Caches) -> LinuxKmem:
        wanted = self._wanted
        return LinuxKmem(
            {name: form for tracing in self._tracing for name, form in tracing.formats.items()},
            catalog,
            symbols,
            Zones(catalog, caches),
            Tasks(catalog),
            sized=False,
            partial=wanted.partial,
            keep=(lambda name: wanted.keep(caches, name)) if wanted.only else None,
            owned=wanted.owned,
        )

    def _trace(self, root: Path, caches: Caches, stacks: bool) -> None:
        """Start to trace. Threads that are traced alone have a separate instance: anybody may free what they allocate."""
        threads, buffer = self._wanted.threads(), self._buffer
        filters = self._wanted.filters(Tracing.formats_of(root, ALLOCATIONS), caches)
        traced = ALLOCATIONS if stacks else ()
        if threads is None:
            self._tracing.append(Tracing(root, EVENTS, filters=filters, stacks=traced, buffer=buffer))
        else:
            self._tracing.append(Tracing(root, OTHERS, buffer=buffer))
            self._tracing.append(Tracing(root, ALLOCATIONS, filters=filters, stacks=traced, threads=threads, buffer=buffer, name="threads"))

    @property
    def counts(self) -> Counts:
        """What was seen so far."""
        return self._kmem.ledger.counts

    @property
    def lost(self) -> int:
        """Events lost so far because the buffer was full."""
        return sum(tracing.overrun() for tracing in self._tracing)

    @property
    def trust(self) -> list[str]:
        """What must be said beside the figures so far, sentences."""
        said = []
        if lost := self.lost:
            said.append(
                f"{count(lost, 'event')} lost because the kernel's buffer was full: after the first gap, sums of allocations and frees are "
                "at least what is shown, and elements that were freed in a gap seem to be in use. Try a larger --buffer, or a filter."
            )
        if self._buffer < self._asked:
            said.append(
                f"The kernel's buffer has {size(self._buffer)} for each processor, not {size(self._asked)}: "
                f"the buffers take at most one part in {_SHARE} of the available memory."
            )
        if any(zone.name.endswith(INFERRED) for zone in self._catalog.zones):
            said.append(
                "This kernel does not name the cache of an allocation: some zones are named after the function and the size, until a free "
                "names the cache."
            )
        if not self._symbols:
            said.append("/proc/kallsyms shows no addresses: call sites have no names. Run `sysctl kernel.kptr_restrict=0` before.")
        if self._wanted.cgroup:
            said.append(f"Processes that entered the control group {self._wanted.cgroup} after the start are missing.")
        return said

    @property
    def merged(self) -> dict[str, list[str]]:
        """The other names of the catalog's caches: of those that the kernel has merged into them, in alphabetical order."""
        known = {zone.name for zone in self._catalog.zones}
        found: dict[str, list[str]] = {}
        for name, listed in sorted(self._aliases.items()):
            if listed in known and name != listed and not name.startswith(":"):
                found.setdefault(listed, []).append(name)
        return found

    def safe(self) -> int:
        """The time up to which events are complete now."""
        return time.monotonic_ns() - MARGIN

    def rows(self, until: int) -> Ints:
        """The events (n, 9) up to a time, at most `safe()`, that no earlier call has returned; fewer if `behind` is true afterwards."""
        pages = [tracing.read() for tracing in self._tracing]
        parts = [part for read in pages for part in read]
        most = [tracing.most for tracing, read in zip(self._tracing, pages, strict=True) for _ in read]
        processors = [number for read in pages for number in range(len(read))]
        events = decode(parts, self._tracing[0].layout, processors)
        lengths = np.array([len(part) for part in parts])
        complete = until
        if len(events.time):  # the events of all processors wait for the one that is behind
            last = np.searchsorted(events.at, np.cumsum(lengths)) - 1
            complete = min(until, int(events.time[last[lengths >= most]].min(initial=until)))
        self.behind = complete < until
        return self._kmem.rows(events, complete)

    def stop(self) -> None:
        """Record no further events; `rows` returns those that are in the buffer, until it is not behind."""
        for tracing in self._tracing:
            tracing.stop()

    def close(self) -> None:
        """Remove the tracing instances."""
        for tracing in self._tracing:
            tracing.close()

    def __enter__(self) -> "KmemSource":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
