"""Tables of GNU Mach's slab allocator: the console, `show slabinfo` of its debugger, and the Hurd's /proc/slabinfo.

2011           name, object size, slab size, buffers a slab, objects in use, buffers, memory, reclaimable; no total
later          the same, with flags (four hexadecimal digits) after the name, and a last line with the totals
"""

import re
from typing import Any, NamedTuple

from zoneviz.captures import listings
from zoneviz.captures.capture import UNKNOWN, Capture, Moment, Moments, ZoneRow
from zoneviz.captures.tables import Format, Row, Table, tables
from zoneviz.captures.text import Line, Text
from zoneviz.importers import CaptureImporter
from zoneviz.state.rows import SIZE_LIMIT
from zoneviz.words import listed, number

_FIGURES = (
    r"(?P<size>\d{1,9}) +(?P<slab>\d{1,9})k +(?P<per_slab>\d{1,9}) +(?P<objects>\d{1,12}) +(?P<buffers>\d{1,12})"
    r" +(?P<memory>\d{1,12})k +(?P<free>\d{1,12})k"
)
_PLAIN = re.compile(rf" *(?P<name>\S{{1,40}}(?: \S{{1,40}}){{0,5}}?) +{_FIGURES} *")
_FLAGGED = re.compile(rf" *(?P<name>\S{{1,40}}(?: \S{{1,40}}){{0,5}}?) +(?P<flags>[0-9a-f]{{4,8}}) +{_FIGURES} *")
_HEADER = re.compile(r"^ *name +(?:flags +)?size +size +/slab\b.*|^ *cache +obj +slab +bufs\b.*")
_TOTAL = re.compile(r" *total: *(?P<total>\d{1,12})k, *reclaimable: *(?P<free>\d{1,12})k")
_LIKE_ROW = re.compile(r" *(?P<name>\S[^\n]{0,60}?) +(?:[0-9a-f]{4} +)?\d+(?: +\d*k?(?: .*)?)?$")
_SNIFF = re.compile(rf"(?m)^ *name +(?:flags +)?size +size +/slab|^{_PLAIN.pattern}$|k +\d+ +\d+ +\d+ +\d+k +\d+k *$")
_SYSTEM = re.compile(r"\bGNU[ -]?Mach (\d+\.\d[\w.+~-]{0,30})", re.IGNORECASE)
_LARGE = 1 << 20
"""Bytes of free objects from which a cache is mentioned as fragmented."""


class _Values(NamedTuple):
    size: int
    slab: int
    per_slab: int
    objects: int
    buffers: int
    memory: int
    free: int

    @property
    def sound(self) -> bool:
        """Whether the memory is the buffers' slabs, and no more objects are in use than there are buffers."""
        slabs = -(-self.buffers // self.per_slab) if self.per_slab else 0
        return slabs * self.slab == self.memory and self.objects <= self.buffers and self.free <= self.memory

    @property
    def fragmented(self) -> bool:
        """Whether most objects are free, and few of them in slabs that could be given back."""
        unused = (self.buffers - self.objects) * self.size
        return unused >= _LARGE and self.objects * 2 < self.buffers and self.free * 1024 * 4 < unused


class _Rows(Format[_Values]):
    """The rows of one table after the other. `totals`: of the last one, in K."""

    def __init__(self, capture: Capture) -> None:
        super().__init__()
        self.capture = capture
        self.totals: dict[int, tuple[int, int]] = {}

    def row(self, text: str) -> tuple[str, _Values] | None:
        if _TOTAL.match(text):
            return None
        header = self.table.header
        order = (_FLAGGED,) if "flags" in header else (_PLAIN,) if "/slab" in header else (_FLAGGED, _PLAIN)
        found = next((found for pattern in order if (found := pattern.fullmatch(text))), None)
        if found is None:
            return None
        return found["name"], _Values(*(int(found[name]) for name in _Values._fields))

    def header(self, text: str) -> bool:
        return bool(_HEADER.search(text))

    def starts(self, text: str) -> str:
        found = _LIKE_ROW.match(text) if not _TOTAL.match(text) else None
        return found["name"] if found else ""

    def other(self, line: Line) -> None:
        if found := _SYSTEM.search(line.text[:1000]):
            self.capture.system = f"GNU Mach {found[1]}"
        if (total := _TOTAL.match(line.text)) and self.table.rows:
            self.totals[self.table.line] = int(total["total"]), int(total["free"])


def read(text: Text, capture: Capture) -> Moments:
    """The tables of a text; see `CaptureImporter.read`."""
    capture.system = "GNU Mach"
    form = _Rows(capture)
    said, fragmented = list[dict[str, Any]](), dict[str, None]()
    for table in tables(text, capture, form):
        sound = _sound(table, capture)
        if not sound:
            continue
        total, free = form.totals.pop(table.line, (UNKNOWN, UNKNOWN))
        rows = [_zone(row) for row in sound]
        figures = listings.figures(rows, (_extra(row.values) for row in sound), table.skipped)
        if total != UNKNOWN:
            figures |= {"printed_total_bytes": total * 1024, "printed_reclaimable_bytes": free * 1024}
        fragmented |= dict.fromkeys(row.name for row in sound if row.values.fragmented)
        said.append(figures)
        yield Moment(
            rows,
            stamp=table.when.stamp,
            uptime=table.when.uptime,
            total=total * 1024 if total * 1024 > figures["total_bytes"] else UNKNOWN,
            rest="(not listed)",
            line=table.line,
        )
    _say(capture, said, list(fragmented))


def _sound(table: Table[_Values], capture: Capture) -> list[Row[_Values]]:
    """The rows whose figures fit each other; the others are damaged."""
    out = []
    for row in table.rows:
        if row.values.sound and max(row.values.memory * 1024, row.values.buffers) < SIZE_LIMIT:
            out.append(row)
        else:
            table.skipped += 1
            capture.skip(row.line, f"the figures of the row {row.name} contradict each other")
    return out


def _zone(row: Row[_Values]) -> ZoneRow:
    values = row.values
    return ZoneRow(row.name, values.size, values.objects, values.buffers - values.objects, values.memory * 1024)


def _extra(values: _Values) -> dict[str, int]:
    return {"bufs": values.buffers, "slab_bytes": values.slab * 1024, "reclaimable_bytes": values.free * 1024}


def _say(capture: Capture, said: list[dict[str, Any]], fragmented: list[str]) -> None:
    if fragmented:
        names = listed([*fragmented[:5], number(len(fragmented) - 5) + " more"] if len(fragmented) > 5 else fragmented)
        capture.trust.append(f"{names}: mostly free, but little is reclaimable: fragmented after a peak, not a leak.")
    if any("printed_total_bytes" not in listing for listing in said):
        capture.trust.append("The table has no line with the totals: rows may be missing.")
    listings.conclude(capture, said)


IMPORTER = CaptureImporter(
    "gnumach-slabinfo", "slab table", "a slab table of GNU Mach (/proc/slabinfo of the Hurd, show slabinfo)",
    lambda text: bool(_SNIFF.search(text)), read, zone_noun="slab cache", shows=frozenset({"zones", "elements", "sizes"}), rank=42,
)  # fmt: skip
