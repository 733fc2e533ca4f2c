"""The curves against sums of the events computed here."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from tests.gui.conftest import ZONE_MAP_SIZE, ZONES, events, write
from zoneviz.mach.sizes import BOOT_ZONE_MEMORY
from zoneviz.playback import Player
from zoneviz.playback.heatmap import CHANGES, METRICS, heatmap, levels
from zoneviz.playback.series import FINE, Series
from zoneviz.recording import Recording


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("series") / "panic.zvz", events(8000))


@pytest.fixture
def series(recorded: Path) -> Series:
    made = Series()
    made.load(Recording(recorded))
    return made


def fresh_bytes(path: Path, zone: int, last: int) -> int:
    """cur_size of a zone after event `last`, by SQL over the raw rows."""
    with sqlite3.connect(path) as db:
        sql = "SELECT coalesce(sum(size), 0) FROM events WHERE kind = 2 AND extra & 1 AND subject = ? AND seq <= ?"
        return int(db.execute(sql, (zone, last)).fetchone()[0])


def test_the_points_are_the_sums_of_the_events(series: Series, recorded: Path) -> None:
    sizes = series.points.figure("cur_size")
    for i in (0, len(sizes) // 2, len(sizes) - 1):
        for zone in range(1, len(ZONES) + 1):
            assert sizes[i, zone - 1] == fresh_bytes(recorded, zone, int(series.points.seqs[i]))


def test_a_first_look_has_the_coarsest_samples(recorded: Path, series: Series, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneviz.playback.series.COARSE", 1)
    found = Series()
    with Recording(recorded) as recording:
        found.load(recording, coarse=True)
        assert found.coarse and found.step == 4096 and found.points.seqs.tolist() == [4096, 8192, recording.event_count]
        assert found.extent == series.extent and found.window(*found.extent).seqs.tolist() == found.points.seqs.tolist()
        at = np.isin(series.points.seqs, found.points.seqs)
        assert (found.points.zones == series.points.zones[at]).all() and (found.points.machine == series.points.machine[at]).all()
        found.refine()
        assert not found.coarse and found.step == series.step
        for name in ("seqs", "times", "machine", "zones", "figures"):
            assert (getattr(found.points, name) == getattr(series.points, name)).all()
        before = found.points
        found.refine()
        assert found.points is before


def test_a_short_recording_has_no_coarser_samples(recorded: Path) -> None:
    found = Series()
    with Recording(recorded) as recording:
        found.load(recording, coarse=True)
        assert not found.coarse and len(found.points.seqs) > 30


def test_a_short_stretch_is_as_fine_as_the_events(series: Series, recorded: Path) -> None:
    low, high = series.x_at(3000), series.x_at(3400)
    points = series.window(low, high)
    inside = (points.seqs >= 3000) & (points.seqs <= 3400)
    assert inside.sum() == 401
    at = int(np.searchsorted(points.seqs, 3200))
    assert points.figure("cur_size")[at, 0] == fresh_bytes(recorded, 1, 3200)


def test_a_fine_stretch_is_never_larger_than_allowed(series: Series) -> None:
    assert len(series.window(*series.extent).seqs) < FINE


def test_the_stack_adds_up_largest_zone_first(series: Series, recorded: Path) -> None:
    stack = series.stack(*series.extent, 1000)
    assert stack.names[0] == "threads"
    assert "idle zone" not in stack.names
    player = Player(Recording(recorded))
    machine = player.at_end().machine()
    assert stack.tops[-1][-1] == sum(zone["cur_size"] for zone in machine["zones"])
    points = series.window(*series.extent)
    assert points.count("zone_map_used")[-1] == machine["zone_map"]["used"] == series.fill(1000)[1][-1]
    player.recording.close()


def test_the_ceiling_is_the_size_of_zone_map(series: Series) -> None:
    assert series.ceiling == ZONE_MAP_SIZE


def test_places_and_events_convert_both_ways(series: Series) -> None:
    for seq in (1, 300, 4567, 8000):
        assert abs(series.seq_at(series.x_at(seq)) - seq) <= 1
    assert series.seq_at(-1.0) == 0
    assert series.seq_at(1e9) == series.recording.event_count  # type: ignore[union-attr]


def test_without_time_the_axis_counts_events(tmp_path: Path) -> None:
    told = [(kind, 0, *rest) for kind, _, *rest in events(200)]
    made = Series()
    made.load(Recording(write(tmp_path / "a.zvz", told, time_kind="events")))  # type: ignore[arg-type]
    assert made.forced_by_event
    assert made.extent == (0.0, float(len(told)))
    assert made.seq_at(made.x_at(77)) == 77


def test_an_empty_recording_has_an_empty_axis(tmp_path: Path) -> None:
    made = Series()
    made.load(Recording(write(tmp_path / "empty.zvz", [], outcome="interrupted")))
    assert made.extent[1] > made.extent[0]
    assert made.stack(*made.extent, 500).names == []


@pytest.mark.parametrize("metric", METRICS)
def test_heatmap_cells_sum_to_the_zones(series: Series, recorded: Path, metric: str) -> None:
    found = heatmap(series, *series.extent, 50, metric)
    assert found.values.shape == (len(found.names), 50)
    row = found.names.index("threads")
    end = fresh_bytes(recorded, 2, series.recording.event_count)  # type: ignore[union-attr]
    if metric == "growth":
        assert found.values[row].sum() == end
    if metric == "bytes":
        assert found.values[row, -1] == end
    if metric == "allocations":
        assert found.values[row].sum() == end / 332
    if metric == "share":
        assert found.values[row, -1] == pytest.approx(100 * end / (ZONE_MAP_SIZE + BOOT_ZONE_MEMORY))
    if metric == "failures":
        assert found.values[row].sum() == 1
    if metric == "frees":
        assert found.values[found.names.index("ipc ports")].sum() > 0


@pytest.mark.parametrize("metric", METRICS)
def test_few_rows_are_those_that_matter_for_the_metric(series: Series, metric: str) -> None:
    whole = heatmap(series, *series.extent, 50, metric)
    few = heatmap(series, *series.extent, 50, metric, rows=3)
    places = [whole.names.index(name) for name in few.names]
    assert places == sorted(places) and len(places) == min(3, len(whole.names)), "in the order of all"
    assert (few.values == whole.values[places]).all()
    if metric in CHANGES:
        sums = whole.values.sum(axis=1)
        assert sorted(sums[places]) == sorted(sums)[-len(places) :]
    else:
        assert places == list(range(len(places)))


def test_levels_span_the_scale() -> None:
    values = np.array([[0.0, 5.0, 10.0]])
    assert levels(values, 10.0, False).tolist() == [[0, 127, 255]]
    assert levels(values, 10.0, True)[0, 0] == 0
    assert levels(values, 10.0, True)[0, 2] == 255


@pytest.mark.parametrize("by_event", [False, True])
def test_curves_match_the_states(series: Series, recorded: Path, by_event: bool) -> None:
    with Recording(recorded) as recording:
        series.load(recording, by_event)
        points, moving = series.thinned(100), Player(recording)
        assert 3 < len(points.seqs) <= 206
        for i in (0, 3, len(points.seqs) // 2, -1):
            machine = moving.seek(int(points.seqs[i])).machine()
            zones = points.figure("cur_size")[i].tolist()
            assert zones == [zone["cur_size"] for zone in machine["zones"]]
            assert series.axis(points)[i] == (points.seqs[i] if by_event else moving.moment.time / 1e9)
            for name in ("zone_map", "kernel_map", "kalloc_map"):
                assert points.count(f"{name}_used")[i] == machine[name]["used"]
            assert points.count("messages")[i] == machine["counts"]["messages"]


def test_columns_match_the_states_at_their_edges(series: Series, recorded: Path) -> None:
    with Recording(recorded) as recording:
        series.load(recording, by_event=True)
        high = 16 * 256  # each column ends on a sample
        maps = {name: heatmap(series, 0, high, 16, name) for name in METRICS}
        moving = Player(recording)
        for column in (0, 7, 15):
            before = {z["name"]: z for z in moving.seek(column * 256).machine()["zones"]}
            after = {z["name"]: z for z in moving.seek((column + 1) * 256).machine()["zones"]}
            for i, name in enumerate(maps["bytes"].names):
                zone, old = after[name], before.get(name, {"cur_size": 0})
                assert maps["in use"].values[i, column] == zone["in_use"] * zone["elem_size"]
                assert maps["free list"].values[i, column] == zone["free"]
                assert maps["growth"].values[i, column] == zone["cur_size"] - old["cur_size"]
        assert maps["allocations"].values.sum() == moving.seek(high).totals.zones[:, 4].sum()
        assert maps["allocations"].edges.tolist() == [i * 256 for i in range(17)]


def test_an_impossible_zone_needs_no_memory(tmp_path: Path) -> None:
    told = events(1500)
    kind, time, task, thread, path, _, *rest = told[1000]
    told[1000] = (kind, time, task, thread, path, 4000, *rest)  # type: ignore[assignment]
    made = Series()
    with Recording(write(tmp_path / "a.zvz", told)) as recording:
        made.load(recording)
        points = made.window(*made.extent)
    assert points.seqs[-1] == len(told) and points.zones.nbytes < 50 << 20
