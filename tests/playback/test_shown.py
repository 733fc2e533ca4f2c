"""What a recording reports: unknown figures are None, and what cannot be shown is said in sentences."""

from dataclasses import replace
from pathlib import Path

from tests.recording import live_machine
from tests.recording.readings import HEADER, readings, record
from zoneviz.events import RECLAIMABLE, Catalog, Event, FigureInfo, Kind, MapInfo, ZoneInfo
from zoneviz.playback import Player, shown
from zoneviz.recording import Header, Recorder, Recording
from zoneviz.recording.header import LIVE
from zoneviz.state.figures import CUR_SIZE, IN_USE
from zoneviz.state.machine import from_bytes


def test_unreported_figures_are_left_open(tmp_path: Path) -> None:
    catalog = Catalog()
    catalog.maps.append(MapInfo(1, "zone_map", 0, 4096, 0))
    catalog.zones += [ZoneInfo(1, "dentry", 192, 0, 0, ""), ZoneInfo(2, "inode", 0, 0, 0, "")]
    catalog.figures += [FigureInfo(1, "zone_map_used", "bytes"), FigureInfo(2, "SUnreclaim", "bytes")]

    def event(kind: Kind, subject: int, size: int = 0, extra: int = 0) -> Event:
        return (int(kind), 5, 0, 0, 0, subject, 0, size, extra)

    zero, size = event(Kind.ZONE_FIGURE, 1, 0, IN_USE), event(Kind.ZONE_FIGURE, 2, 9, CUR_SIZE)
    recorder = Recorder(tmp_path / "a.zvz", catalog, HEADER)
    for each in (event(Kind.READING, 1), event(Kind.ZINIT, 1, 192), zero, event(Kind.ZINIT, 2), size):
        recorder.sink(each)
    recorder.sink(event(Kind.MACHINE_FIGURE, 1, 100))
    recorder.finish("finished")
    with Recording(tmp_path / "a.zvz") as recording:
        state = Player(recording).at_end()
        for same in (state, from_bytes(state.to_bytes(), recording.catalog), state.copy()):
            found = shown.machine(same, recording.header)
            dentry, inode = found["zones"]
            assert (dentry["elem_size"], dentry["in_use"], dentry["cur_size"], dentry["max_size"]) == (192, 0, None, None)
            assert (inode["elem_size"], inode["in_use"], inode["cur_size"]) == (None, None, 9)
            assert found["zone_map"] == {"size": 4096, "used": 100, "free": 3996, "wasted": None}
            assert found["kernel_map"] == {"size": None, "used": None, "free": None}
            assert set(found["counts"].values()) | set(found["physical"].values()) == {None}
            assert found["figures"] == {"zone_map_used": 100}
        live = shown.machine(state, replace(recording.header, kind=LIVE, shows=Header().shows))
        assert live["zones"] == state.machine()["zones"] and live["counts"]["tasks"] == 0


def test_a_simulated_run_reports_everything(tmp_path: Path) -> None:
    made = readings(3, 4)
    record(tmp_path / "a.zvz", made, header=Header())
    with Recording(tmp_path / "a.zvz") as recording:
        state = Player(recording).at_end()
        assert shown.machine(state, recording.header) == state.machine() | {"figures": state.figures}
    assert shown.cannot_show(Header()) == [] and shown.lacking(Header(), {"threads", "maps"}) == ""


def test_what_a_capture_cannot_show_is_said() -> None:
    about = {"cannot_show": ["Free elements.", 7], "trust": ["Pages of 4 KiB are assumed."], "skipped": {"the row is cut": 2, "odd": "x"}}
    header = replace(HEADER, result=about)
    said = shown.cannot_show(header)
    assert said[:3] == ["Free elements.", "Pages of 4 KiB are assumed.", "2 lines skipped: the row is cut."]
    assert said[3] == "It has no limits of single slab caches."
    assert said[-1] == "It has no tasks, threads or call paths: it cannot say who allocated the memory."
    for damaged in ({"cannot_show": 5}, {"trust": "no list", "skipped": []}):
        assert shown.cannot_show(replace(HEADER, result=damaged))[0] == said[3]
    assert shown.lacking(header, {"threads"}) == "This recording has no threads." and shown.lacking(header, {"zones"}) == ""


def test_a_live_machine_with_events_knows_owners_and_addresses() -> None:
    events = frozenset({"zones", "elements", "machine", "sizes", "paths", "tasks"})
    said = shown.cannot_show(replace(HEADER, kind=LIVE, shows=events))
    assert said == ["It has no limits of single slab caches.", "It does not say which thread of a task allocated."]
    readings_alone = shown.cannot_show(replace(HEADER, kind=LIVE, shows=events - {"paths", "tasks"}))
    assert readings_alone[-1] == "It has no tasks, threads or call paths: it cannot say who allocated the memory."
    assert any("pages cannot be drawn" in sentence for sentence in readings_alone)


def test_a_live_machine_with_events_has_no_counts_of_mach(tmp_path: Path) -> None:
    recorder = live_machine.record(tmp_path / "a.zvz", 3, allocs=100)
    recorder.finish("finished")
    with Recording(tmp_path / "a.zvz") as recording:
        found = shown.machine(Player(recording).at_end(), recording.header)
    assert set(found["counts"].values()) == {None} and found["zone_map"]["used"] is None and found["physical"]["free"] is None
    assert found["figures"]["slab_unreclaimable"] > 0
    assert all(zone["in_use"] > 0 and zone["cur_size"] > 0 and zone["max_size"] is None for zone in found["zones"])


def test_of_a_cache_of_which_readings_know_only_the_size_the_elements_are_unknown(tmp_path: Path) -> None:
    catalog = Catalog()
    catalog.zones += [ZoneInfo(1, "kmalloc-large", 0, 0, 0, ""), ZoneInfo(2, "dentry", 192, 0, 0, "")]
    recorder = Recorder(tmp_path / "a.zvz", catalog, live_machine.HEADER)
    for kind, zone, address, size, extra in (
        (Kind.READING, 1, 0, 0, 0),
        (Kind.ZINIT, 1, 0, 0, 0),
        (Kind.ZONE_FIGURE, 1, 0, 1 << 20, CUR_SIZE),
        (Kind.ZALLOC, 1, 4096, 16384, 9000 << 1),
        (Kind.ZINIT, 2, 0, 192, 0),
        (Kind.ZALLOC, 2, 8192, 192, 192 << 1),
    ):
        recorder.sink((int(kind), 5, 0, 0, 0, zone, address, size, extra))
    recorder.finish("finished")
    with Recording(tmp_path / "a.zvz") as recording:
        large, dentry = shown.zones(Player(recording).at_end(), recording.header)
    assert large["cur_size"] >= 1 << 20 and (large["in_use"], large["free"], large["max_size"]) == (None, None, None)
    assert (dentry["in_use"], dentry["max_size"], dentry["flags"]) == (1, None, RECLAIMABLE), "no reading has named it yet"


def test_what_events_count_otherwise_than_the_machine_is_said_and_damage_left_out() -> None:
    truth = [{"zone": "maple_node", "counted": 2046, "reported": 1097}, {"zone": 5, "counted": 1, "reported": 2}, "x"]
    said = "maple_node: events count 2,046 elements in use, the machine 1,097."
    assert shown.differences({"truth": truth}) == [said] and shown.differences({"truth": "x"}) == shown.differences({}) == []
    assert said in shown.cannot_show(Header(kind=LIVE, result={"truth": truth}))
