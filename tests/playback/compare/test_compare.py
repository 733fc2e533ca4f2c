"""Comparing whole recordings: what happened counts, not the numbers a recording assigns."""

from pathlib import Path

import pytest

from zoneviz.app.running import run
from zoneviz.errors import UsageError
from zoneviz.events import Catalog, Event, Kind, MapInfo, TaskInfo, ZoneInfo
from zoneviz.playback.compare import compare
from zoneviz.playback.compare.sides import free_list
from zoneviz.recording import Header, Recorder, Recording
from zoneviz.spec import RunSpec

PAGE = 4096


def made(
    path: Path, events: list[Event], start: int = 0x10000, zones: tuple[str, ...] = ("ports", "tasks"), kind: str = "simulated"
) -> Path:
    """A recording of these events: zones of 64 bytes, a zone_map of 16 pages at `start`."""
    catalog = Catalog()
    for number, name in enumerate(zones, 1):
        catalog.zones.append(ZoneInfo(number, name, 64, 1 << 20, PAGE, ""))
    catalog.maps += [MapInfo(1, "kernel_map", 0, 1 << 30, 0), MapInfo(2, "zone_map", start, start + 16 * PAGE, 1)]
    catalog.tasks.append(TaskInfo(1, "user"))
    recorder = Recorder(path, catalog, Header(kind=kind))
    inits: list[Event] = [(int(Kind.ZINIT), 0, 0, 0, 0, number, 0, 64, 1 << 20) for number in range(1, len(zones) + 1)]
    for event in [*sorted(inits, key=lambda event: zones[event[5] - 1]), *events]:
        recorder.sink(event)
    recorder.finish("finished")
    return path


def took(zone: int, address: int, fresh: int = 1, time: int = 0, task: int = 1) -> Event:
    return (int(Kind.ZALLOC), time, task, task, 0, zone, address, 64, 64 << 1 | fresh)


def gave(zone: int, address: int) -> Event:
    return (int(Kind.ZFREE), 0, 1, 1, 0, zone, address, 64, 0)


def grew(address: int) -> Event:
    return (int(Kind.KMEM_ALLOC), 0, 1, 1, 0, 2, address, PAGE, 0)


def test_ids_times_and_the_place_of_a_map_do_not_matter(tmp_path: Path) -> None:
    a = made(tmp_path / "a.zvz", [grew(0x10000), took(1, 0x10000), took(2, 0x10040)])
    moved = [(kind, 5, task, thread, 0, 3 - zone if kind != Kind.KMEM_ALLOC else zone, at + 0x5000, size, extra)
             for kind, _, task, thread, _, zone, at, size, extra in [grew(0x10000), took(1, 0x10000), took(2, 0x10040)]]  # fmt: skip
    b = made(tmp_path / "b.zvz", moved, 0x15000, ("tasks", "ports"))
    with Recording(a) as left, Recording(b) as right:
        c = compare(left, right)
    assert c.divergence is None and c.place is None and c.size is None
    assert c.prefix == c.equal == c.lengths[0] == c.lengths[1] == 5
    assert c.verdict.startswith("The same: all 5 compared events")
    assert not any(figure.differs for table in c.tables for figure in (*table.zones, *table.tasks, *table.paths))


def test_the_first_difference_comes_with_its_zone(tmp_path: Path) -> None:
    start = [took(1, 0x10000), took(1, 0x10040), gave(1, 0x10000)]
    a = made(tmp_path / "a.zvz", [*start, took(1, 0x10000, 0)])
    b = made(tmp_path / "b.zvz", [*start, took(2, 0x10080), took(2, 0x100C0)])
    with Recording(a) as left, Recording(b) as right:
        c = compare(left, right)
    assert c.divergence is not None and c.divergence.index == c.prefix == 5
    assert c.divergence.seqs == (6, 6)
    assert c.divergence.a.after[0].what == "allocates an element of ports (64 B) at 0x10000, from the free list"
    assert [(zone.name, zone.free, zone.next) for zone in c.divergence.a.zones] == [("ports", 1, [0x10000]), ("tasks", 0, [])]
    last = {figure.name: figure for figure in c.tables[-1].zones}
    assert last["tasks"].elements == (0, 1) and last["ports"].elements == (2, 1) and last["tasks"].more == 64
    assert "then A allocates an element of ports" in c.verdict


def test_an_address_or_a_size_may_differ_alone(tmp_path: Path) -> None:
    a = made(tmp_path / "a.zvz", [grew(0x10000), took(1, 0x10000), took(1, 0x10040)])
    b = made(tmp_path / "b.zvz", [(*grew(0x10000)[:7], 2 * PAGE, 0), took(1, 0x10000), took(1, 0x10080)])
    with Recording(a) as left, Recording(b) as right:
        c = compare(left, right)
    assert c.divergence is None
    assert c.size is not None and c.size.index == 2
    assert c.place is not None and c.place.index == 4


def test_a_recording_that_ends_early(tmp_path: Path) -> None:
    a = made(tmp_path / "a.zvz", [took(1, 0x10000)])
    b = made(tmp_path / "b.zvz", [took(1, 0x10000), took(1, 0x10040)])
    with Recording(a) as left, Recording(b) as right:
        c = compare(left, right)
        assert compare(left, right, only=["zfree"]).verdict.startswith("Neither recording has an event")
    assert c.divergence is not None and c.divergence.a.after == [] and c.divergence.seqs[0] == 4
    assert "A has ended" in c.verdict


def test_alignments(tmp_path: Path) -> None:
    def rounds(step: int, pages: int) -> list[Event]:
        out: list[Event] = []
        for n in range(1, 5):
            out += [(*event[:1], n * step, *event[2:]) for event in [grew(0x10000 + PAGE * (n * pages + i)) for i in range(pages)]]
            out.append((int(Kind.OPERATION), n * step, 1, 1, 0, 0, 0, 0, n))
        return out

    a = made(tmp_path / "a.zvz", rounds(100, 1))
    b = made(tmp_path / "b.zvz", rounds(50, 2))
    with Recording(a) as left, Recording(b) as right:
        at = {align: compare(left, right, align).tables for align in ("operation", "time", "fill")}
        assert [t.seqs for t in at["operation"]] == [(4, 5), (6, 8), (8, 11), (10, 14)]
        assert [t.zone_map for t in at["operation"]] == [(n * PAGE, 2 * n * PAGE) for n in range(1, 5)]
        assert at["operation"][1].what == "after operation 2"
        assert [t.times for t in at["time"]] == [(0, 50), (100, 100), (100, 150), (200, 200)]
        assert [t.zone_map for t in at["fill"]] == [(n * PAGE, n * PAGE) for n in range(1, 5)]
        with pytest.raises(UsageError, match="Unknown alignment 'size'"):
            compare(left, right, "size")
        with pytest.raises(UsageError, match="Unknown kind of event 'malloc'"):
            compare(left, right, only=["malloc"])


def test_marks_align_where_there_are_no_operations(tmp_path: Path) -> None:
    marks = [(int(Kind.MARK), 0, 1, 1, 0, 0, 0, 0, n) for n in (1, 2)]
    a = made(tmp_path / "a.zvz", [took(1, 0x10000), *marks])
    b = made(tmp_path / "b.zvz", marks)
    none = made(tmp_path / "c.zvz", [])
    with Recording(a) as left, Recording(b) as right, Recording(none) as empty:
        assert [t.seqs for t in compare(left, right, "operation").tables] == [(4, 3), (5, 4)]
        for align, words in (("operation", "no operation and no mark"), ("fill", "never uses zone_map")):
            with pytest.raises(UsageError, match=words):
                compare(left, empty, align)


def test_free_lists_are_rebuilt(tmp_path: Path) -> None:
    events: list[Event] = [(int(Kind.ZCRAM), 0, 1, 1, 0, 1, 0x10000, 192, 3), took(1, 0x10080, 0), took(1, 0x20000), gave(1, 0x20000)]
    path = made(tmp_path / "a.zvz", [*events, (int(Kind.ZCOLLECT), 0, 1, 1, 0, 1, 0x10000, 64, 1)])
    with Recording(path) as recording:
        assert free_list(recording, 6, "ports") == [0x20000, 0x10040, 0x10000]
        assert free_list(recording, 7, "ports") == [0x20000, 0x10040]
        assert free_list(recording, 7, "nothing") == []


def test_one_changed_setting(tmp_path: Path) -> None:
    """The same loop in two sizes of zone_map goes the same way until the smaller one ends."""
    for name, size in (("a", "1M"), ("b", "512K")):
        settings = ("operation=mach_port_allocate", f"zone_map_size={size}")
        run(RunSpec("kernel-loop", settings=settings, output=tmp_path / f"{name}.zvz"))
    with Recording(tmp_path / "a.zvz") as left, Recording(tmp_path / "b.zvz") as right:
        c = compare(left, right)
    assert not c.mixed and c.operations[0] > c.operations[1] > 0
    assert c.prefix == c.lengths[1] - 2, "all but the refusal and the panic"
    assert c.size is not None and "creates the map zone_map" in c.size.a.after[0].what
    assert c.curves[0].size == 1 << 20 and c.curves[1].size == 1 << 19 and len(c.curves[0].x) == len(c.curves[0].used) > 2
