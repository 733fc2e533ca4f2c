"""The kmem events of the running kernel as a source: tracing, symbols and processes for the time of a recording."""

import time
from pathlib import Path
from types import TracebackType

from zoneviz.errors import EnvironmentProblem
from zoneviz.events import Catalog
from zoneviz.importers.kmem import Counts
from zoneviz.sources.kallsyms import Symbols
from zoneviz.sources.linux_caches import Caches, Zones
from zoneviz.sources.linux_kmem import ALLOCATING, EVENTS, MARGIN, LinuxKmem
from zoneviz.sources.owners import Tasks
from zoneviz.sources.ringbuffer import decode
from zoneviz.sources.tracing import BUFFER, NEEDS_ROOT, Tracing, tracefs
from zoneviz.state.rows import Ints


class KmemSource:
    """Records every allocation and free until it is closed; a context manager. Times are CLOCK_MONOTONIC in ns.

    `catalog`: gets zones, tasks and call paths; `stacks`: call stacks instead of call sites alone; `buffer`: bytes for each processor.
    Errors: EnvironmentProblem if tracing is not available or not allowed.
    """

    def __init__(self, catalog: Catalog, *, stacks: bool = False, buffer: int = BUFFER, root: Path | None = None) -> None:
        root = root or tracefs()
        try:
            symbols = Symbols(Path("/proc/kallsyms").read_text())
        except OSError as error:
            raise EnvironmentProblem(f"The kernel's events cannot be read: {error.strerror}. {NEEDS_ROOT}") from None
        traced = [f"kmem/{name}" for name in ALLOCATING] if stacks else []
        self._tracing = Tracing(root, EVENTS, stacks=traced, buffer=buffer)
        self._kmem = LinuxKmem(self._tracing.formats, catalog, symbols, Zones(catalog, Caches.of()), Tasks(catalog), sized=False)

    @property
    def counts(self) -> Counts:
        """What was seen so far."""
        return self._kmem.ledger.counts

    @property
    def lost(self) -> int:
        """Events lost so far because the buffer was full."""
        return self._tracing.overrun()

    def safe(self) -> int:
        """The time up to which events are complete now."""
        return time.monotonic_ns() - MARGIN

    def rows(self, until: int) -> Ints:
        """The events (n, 9) up to a time, at most `safe()`, that no earlier call has returned."""
        return self._kmem.rows(decode(self._tracing.read(), self._tracing.layout), until)

    def stop(self) -> None:
        """Record no further events; `rows` returns those that are in the buffer."""
        self._tracing.stop()

    def close(self) -> None:
        """Remove the tracing instance."""
        self._tracing.close()

    def __enter__(self) -> "KmemSource":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
