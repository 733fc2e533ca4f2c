"""What is exported as kmem-stat, against what perf itself printed of the same events.

The two files of data are of one recording: `perf kmem record -- sh -c 'seq 1 20 | cat >/dev/null'` with perf 6.1 on Linux 6.18,
2 processors; `perf script`, and `perf kmem --caller --alloc stat`.
"""

import gzip
import io
import re
from pathlib import Path
from typing import Any

import pytest

from zoneviz.app.captures import import_text
from zoneviz.exporters import find
from zoneviz.exporters.kmem_stat import MOST
from zoneviz.importers.kmem import ADDRESS_MASK
from zoneviz.playback.kmem_tables import POINTER, SITE, WAY, ZONE, Row, total
from zoneviz.playback.search import parse_filter
from zoneviz.playback.tables import Part, counted
from zoneviz.recording import Recording

DATA = Path(__file__).parent / "data"
_ROW = re.compile(r"^ (\S+) +\| +(\d+)/\d+ +\| +(\d+)/\d+ +\| +(\d+) \| +(\d+) \| +([\d.]+)%$", re.MULTILINE)


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("traced") / "perf.zvz"
    import_text(gzip.decompress((DATA / "perf-kmem-script.txt.gz").read_bytes()).decode(), path)
    return path


@pytest.fixture(scope="module")
def printed() -> str:
    return gzip.decompress((DATA / "perf-kmem-stat.txt.gz").read_bytes()).decode()


def part(recording: Recording, **more: Any) -> Part:
    return Part(recording, recording.event_count, 1, recording.event_count)._replace(**more)


def text(recording: Recording, view: str, **more: Any) -> list[str]:
    out = io.BytesIO()
    find("kmem-stat").write(view, part(recording, **more), out)
    return out.getvalue().decode().splitlines()


Figures = tuple[int, int, int, int, str]


def by_perf(printed: str, pointers: bool) -> dict[str, Figures]:
    """Bytes allocated and requested, hits, ping-pong and fragmentation by call site, or by pointer."""
    found: dict[str, Figures] = {}
    for name, allocated, asked, hits, moved, part_ in _ROW.findall(printed):
        if name.startswith("0x") == pointers:
            called = f"{int(name, 16) & ADDRESS_MASK:#x}" if pointers else name.replace("+", "+0x")
            found[called] = (int(allocated), int(asked), int(hits), int(moved), part_)
    return found


@pytest.mark.parametrize("by", [SITE, POINTER])
def test_every_row_of_perf(traced: Path, printed: str, by: str) -> None:
    with Recording(traced) as recording:
        _, found, chosen = counted(part(recording), by)
        rows = {r.name: (r.allocated, r.asked, r.hits, r.moved, f"{r.fragmentation:.3f}") for r in found.rows(chosen)}
    expected = by_perf(printed, by == POINTER)
    assert rows == expected and len(expected) > 50 and sum(figures[3] for figures in expected.values()) > 50


def test_the_totals_of_perf(traced: Path, printed: str) -> None:
    said = {name: int(value) for name, value in re.findall(r"^(.+?): +(\d+)$", printed, re.MULTILINE)}
    with Recording(traced) as recording:
        stat, _, _ = counted(part(recording), ZONE)
        whole = total(stat, recording.catalog)
    assert whole.asked == said["Total bytes requested"] and whole.allocated == said["Total bytes allocated"]
    assert whole.lost == said["Total bytes wasted on internal fragmentation"]
    assert f"{whole.fragmentation:.6f}%" in printed and f"/{whole.hits}\n" in printed
    # perf does not know that an element was freed if it did not see the free, even when its address comes again
    assert stat.unseen == 4 and whole.freed - stat.unseen_bytes == said["Total bytes freed"]


def test_perfs_order(traced: Path, printed: str) -> None:
    """Sorted by fragmentation, hits and bytes, as perf does if nothing else is said."""
    with Recording(traced) as recording:
        lines = text(recording, "allocations-by-site", order=("frag", "hits", "bytes"), most=1000)

    def keys(rows: list[Figures]) -> list[tuple[float, int, int]]:
        return [(float(row[4]), row[2], row[0]) for row in rows]

    expected = by_perf(printed, pointers=False)
    names = [line.split()[0] for line in lines[2 : 2 + len(expected)]]
    assert keys([expected[name] for name in names]) == keys(list(expected.values()))


def test_columns_and_summary(traced: Path) -> None:
    with Recording(traced) as recording:
        lines = text(recording, "allocations-by-zone", most=2)
        assert re.split(r"  +", lines[0]) == [
            "slab cache", "allocated/each", "requested/each", "hits", "frees", "in use", "in use bytes", "ping-pong", "frag %",
        ]  # fmt: skip
        assert len({len(line) for line in lines[:4]}) == 1 and set(lines[1]) == {"-"}
        assert lines[4].startswith("... and ") and lines[6] == f"Total of events 1 to {recording.event_count:,}"
        assert lines[-1].startswith("freed on another processor:") and not any("gaps" in line for line in lines)
        only = text(recording, "allocations-by-zone", match=parse_filter("zone=maple_node", recording.catalog))
        assert only[2].startswith("maple_node  ") and only[3] == "" and "frees of older elements:       -" in only
        assert sum(line.startswith("0x") for line in text(recording, "allocations-by-pointer")) == MOST


def test_a_stretch_counts_its_own_allocations(traced: Path) -> None:
    with Recording(traced) as recording:
        half = recording.event_count // 2
        one, other, both = (
            total(counted(part(recording, first=first, last=last), WAY)[0], recording.catalog)
            for first, last in ((1, half), (half + 1, recording.event_count), (1, recording.event_count))
        )
        assert isinstance(one, Row) and one.hits + other.hits == both.hits and one.frees + other.frees < both.frees
