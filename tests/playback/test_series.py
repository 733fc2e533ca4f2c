"""Curves and heatmaps say what the states at those moments say."""

from collections.abc import Iterator

import numpy as np
import pytest

from tests.recording.test_recorder import record
from zoneviz.playback import Player
from zoneviz.playback.heatmap import ALLOCS, BYTES, FREE_LIST, GROWTH, METRICS, SHARE, heatmap
from zoneviz.playback.series import EVENTS, TIME, thin, zone_bytes
from zoneviz.recording import Recording

COUNT = 20000


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    path = tmp_path_factory.mktemp("s") / "a.zvz"
    record(path, COUNT, [5000])
    with Recording(path) as opened:
        yield opened


@pytest.mark.parametrize("axis", [EVENTS, TIME])
def test_curves_are_the_states(recording: Recording, axis: str) -> None:
    series = zone_bytes(recording, 1000, axis=axis)
    moving = Player(recording)
    for i in (0, 3, len(series.seqs) // 2, -1):
        machine = moving.seek(int(series.seqs[i])).machine()
        assert series.zones[:, i].tolist() == [zone["cur_size"] for zone in machine["zones"]]
        assert series.names == [zone["name"] for zone in machine["zones"]]
        assert series.x[i] == (moving.moment.time if axis == TIME else moving.moment.seq)
        for name in ("zone_map", "kernel_map", "kalloc_map"):
            assert (series.maps[name][i], series.ceilings[name]) == (machine[name]["used"], machine[name]["size"])
        assert series.machine["messages"][i] == machine["counts"]["messages"]
    assert series.seqs[-1] == COUNT


def test_a_stretch_reaches_over_its_edges(recording: Recording) -> None:
    series = zone_bytes(recording, 10, axis=EVENTS, low=5000, high=9000)
    assert series.seqs[0] <= 5000 and series.seqs[-1] >= 9000 and len(series.seqs) <= 22
    time = recording.samples().times
    series = zone_bytes(recording, 50, axis=TIME, low=int(time[20]), high=int(time[30]))
    assert series.x[0] <= time[20] and series.x[-1] >= time[30]


def test_thinning_loses_no_peak() -> None:
    chance = np.random.default_rng(2)
    x, y = np.cumsum(chance.integers(0, 9, 5000)), chance.integers(0, 1000, 5000)
    keep = thin(x, y, 40)
    assert len(keep) <= 82 and keep[0] == 0 and keep[-1] == 4999 and (np.diff(keep) > 0).all()
    assert {int(y.min()), int(y.max())} <= set(y[keep].tolist())
    assert thin(x[:30], y[:30], 40).tolist() == list(range(30))
    assert len(thin(np.zeros(500, np.int64), y[:500], 40)) <= 4, "a recording without times"


def test_heatmap_columns_are_the_states_at_their_ends(recording: Recording) -> None:
    edges = 64  # each column ends on a sample: 64 of 256 events and a bit are the whole
    high = edges * 256
    maps = {name: heatmap(recording, name, edges, axis=EVENTS, low=0, high=high) for name in METRICS}
    moving = Player(recording)
    for column in (0, 10, 63):
        before = {z["name"]: z for z in moving.seek(column * 256).machine()["zones"]}
        zones = moving.seek((column + 1) * 256).machine()["zones"]
        for i, zone in enumerate(zones):
            old = before.get(zone["name"], {"cur_size": 0})
            assert maps[BYTES].values[i, column] == zone["in_use"] * zone["elem_size"]
            assert maps[FREE_LIST].values[i, column] == zone["free"]
            assert maps[GROWTH].values[i, column] == zone["cur_size"] - old["cur_size"]
            assert maps[SHARE].values[i, column] == pytest.approx(zone["cur_size"] / (1 << 22))
    assert maps[ALLOCS].values.sum() == moving.seek(high).totals.zones[:, 4].sum()
    assert maps[ALLOCS].edges.tolist() == [i * 256 for i in range(edges + 1)]


def test_words_that_are_none_are_a_bug(recording: Recording) -> None:
    with pytest.raises(ValueError, match="a metric is one of"):
        heatmap(recording, "beauty")
    with pytest.raises(ValueError, match="an axis is"):
        zone_bytes(recording, axis="space")
