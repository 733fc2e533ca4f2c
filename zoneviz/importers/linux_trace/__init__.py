"""Text of Linux's kmem events: ftrace's `trace`, `trace-cmd report` and `perf script`. Every allocation is an event."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zoneviz.events import Catalog, Sink
from zoneviz.importers import About, Details, ImportReport, StreamImporter
from zoneviz.importers.linux_trace.lines import SNIFF
from zoneviz.importers.linux_trace.reader import Reader

_TIME = re.compile(rb"\d\.\d{3,9}: ")


def about(head: bytes, companion: Mapping[str, Any]) -> About:
    """What the beginning of a trace says."""
    time_kind = "ns" if _TIME.search(head.replace(b"\0", b"")) else "events"  # without what UTF-16 has between the characters
    shows = frozenset({"zones", "elements", "sizes", "paths", "tasks"})
    return About("linux-trace", time_kind, system="Linux", zone_noun="slab cache", shows=shows)


def read(
    blocks: Iterable[bytes],
    companion: Mapping[str, Any],
    catalog: Catalog,
    sink: Sink,
    flush: Callable[[], object],
    details: Details | None = None,
) -> ImportReport:
    """See `StreamImporter.read`."""
    return Reader(catalog, sink, flush).run(blocks)


IMPORTER = StreamImporter(
    "linux-trace", "kmem events of ftrace, trace-cmd or perf script, Linux", lambda text: bool(SNIFF.search(text)), about, read, rank=30,
    words=("call_site=",),
)  # fmt: skip
