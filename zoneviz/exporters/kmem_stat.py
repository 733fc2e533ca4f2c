"""Allocations by call site, call path, pointer or zone as a text in columns with a summary, as `perf kmem stat` prints them."""

from typing import BinaryIO

from zoneviz import words
from zoneviz.exporters import Exporter
from zoneviz.playback.kmem_stat import KmemStat
from zoneviz.playback.kmem_tables import ZONE, Row, total
from zoneviz.playback.tables import ALLOCATIONS, Part, counted
from zoneviz.words import middle, plain

MOST = 40
"""Rows, if the user does not say how many."""
_WIDEST = 100
"""Characters of a name; a longer one is shortened in the middle."""
_UNKNOWN = "-"
_HEADINGS = ("allocated/each", "requested/each", "hits", "frees", "in use", "in use bytes", "ping-pong", "frag %")


def _write(view: str, part: Part, out: BinaryIO) -> None:
    by = ALLOCATIONS[view]
    stat, found, chosen = counted(part, by)
    rows = found.rows(chosen[:MOST] if part.most is None else chosen)
    heading = part.recording.header.zone_noun if by == ZONE else by
    lines = _aligned([(plain(heading), *_HEADINGS), *((middle(plain(row.name), _WIDEST), *_cells(row)) for row in rows)])
    lines.insert(1, "-" * max(map(len, lines)))
    left = len(found) - len(rows)
    lines += [f"... and {words.number(left)} more"] if left else []
    whole = total(stat, part.recording.catalog)
    out.write("\n".join([*lines, "", *_summary(part, whole, stat), ""]).encode())


def _aligned(cells: list[tuple[str, ...]]) -> list[str]:
    """Lines of cells, each column as wide as its widest cell, figures at the right."""
    name, *others = (max(map(len, column)) for column in zip(*cells, strict=True))
    return ["  ".join([f"{row[0]:<{name}}", *(f"{c:>{wide}}" for c, wide in zip(row[1:], others, strict=True))]) for row in cells]


def _cells(row: Row) -> tuple[str, ...]:
    return (
        _each(row.allocated, row.hits), _each(row.asked, row.hits), *map(words.number, (row.hits, row.frees, row.in_use)),
        words.number(row.in_use_bytes), _known(row.moved), _UNKNOWN if row.fragmentation is None else f"{row.fragmentation:.3f}",
    )  # fmt: skip


def _each(size: int | None, hits: int) -> str:
    return _UNKNOWN if size is None else f"{words.number(size)}/{words.number(size // max(hits, 1))}"


def _known(value: int | None) -> str:
    return _UNKNOWN if value is None else words.number(value)


def _summary(part: Part, whole: Row, stat: KmemStat) -> list[str]:
    known = 0 if whole.asked is None or whole.lost is None else whole.asked + whole.lost
    share = _UNKNOWN if whole.fragmentation is None else f"{whole.fragmentation:.6f} %"
    figures = {
        "allocations": words.number(whole.hits),
        "frees": words.number(whole.frees),
        "frees of older elements": _UNKNOWN if part.match is not None else words.number(stat.older),
        "bytes requested": _known(whole.asked),
        "bytes allocated": words.number(whole.allocated),
        "of them, request unknown": words.number(whole.allocated - known),
        "bytes freed": words.number(whole.freed),
        "of them, free not seen": _UNKNOWN if whole.moved is None else words.number(stat.unseen_bytes),
        "bytes allocated and not freed": words.number(whole.in_use_bytes),
        "bytes lost to rounding": _known(whole.lost),
        "internal fragmentation": share,
        "freed on another processor": _known(whole.moved),
    }
    if stat.gaps:
        figures["gaps, where events were lost"] = words.number(stat.gaps)
    wide = max(map(len, figures)) + 1
    head = f"Total of events {words.number(part.first)} to {words.number(part.last)}"
    return [head, *(f"{name + ':':<{wide}} {value}" for name, value in figures.items())]


EXPORTER = Exporter("kmem-stat", ".txt", "allocations in columns with their totals, as perf kmem stat", _write, tuple(ALLOCATIONS))
