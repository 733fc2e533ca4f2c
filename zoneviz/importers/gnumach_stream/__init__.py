"""Complete event streams of an instrumented GNU Mach: CSV, one row an event. docs/stream-format.md describes them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zoneviz.errors import InputError
from zoneviz.events import Catalog, Sink
from zoneviz.importers import About, Details, Importer, ImportReport
from zoneviz.importers.gnumach_stream.lines import columns, looks_like_header
from zoneviz.importers.gnumach_stream.reader import Reader

_SAID = ("run", "workload", "kernel", "kernel_limits", "zone_map_size", "ram_mib", "time_unit", "outcome", "notifications")


def about(head: bytes, beside: Mapping[str, Any]) -> About:
    """What the header and the file beside it tell. Errors: InputError if the header lacks a column it must have."""
    try:
        where = columns(head.split(b"\n", 1)[0].decode())
    except UnicodeDecodeError:
        raise InputError("The stream's header is no text.") from None
    time_kind = "ns" if where.at["time_us"] < where.width else "events"
    values = {key: beside[key] for key in _SAID if key in beside}
    return About("gnumach-stream", time_kind, _text(beside.get("run")), _text(beside.get("workload")), values)


def read(
    blocks: Iterable[bytes],
    beside: Mapping[str, Any],
    catalog: Catalog,
    sink: Sink,
    flush: Callable[[], object],
    details: Details | None = None,
) -> ImportReport:
    """See `Importer.read`."""
    return Reader(beside, catalog, sink, flush, details).run(blocks)


def _text(value: object) -> str:
    return value[:1000] if isinstance(value, str) else ""


IMPORTER = Importer("gnumach-stream", "CSV of every event of an instrumented GNU Mach kernel", looks_like_header, about, read)
