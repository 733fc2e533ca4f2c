"""Event streams of an instrumented GNU Mach: CSV, one row per event, as docs/stream-format.md describes."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from zoneviz.errors import InputError
from zoneviz.events import Catalog, Sink
from zoneviz.importers import About, Details, ImportReport, StreamImporter
from zoneviz.importers.gnumach_stream.lines import columns, looks_like_header
from zoneviz.importers.gnumach_stream.reader import Reader
from zoneviz.mach.sizes import MACHINE

_KEPT = ("run", "workload", "kernel", "kernel_limits", "zone_map_size", "ram_mib", "time_unit", "outcome", "notifications")


def about(head: bytes, companion: Mapping[str, Any]) -> About:
    """What the header and the companion file say. Errors: InputError if the header lacks a required column."""
    try:
        where = columns(head.split(b"\n", 1)[0].decode())
    except UnicodeDecodeError:
        raise InputError("The header of the stream is not UTF-8 text.") from None
    time_kind = "ns" if where.at["time_us"] < where.width else "events"
    values = {key: companion[key] for key in _KEPT if key in companion}
    title, workload = (_text(companion.get(key)) for key in ("run", "workload"))
    return About("gnumach-stream", time_kind, title, workload, values, machine=MACHINE)


def read(
    blocks: Iterable[bytes],
    companion: Mapping[str, Any],
    catalog: Catalog,
    sink: Sink,
    flush: Callable[[], object],
    details: Details | None = None,
) -> ImportReport:
    """See `StreamImporter.read`."""
    return Reader(companion, catalog, sink, flush, details).run(blocks)


def _text(value: object) -> str:
    return value[:1000] if isinstance(value, str) else ""


IMPORTER = StreamImporter("gnumach-stream", "CSV of every event of an instrumented GNU Mach kernel", looks_like_header, about, read, rank=0)
