"""Growth since a moment is the difference of two states of the machine."""

from pathlib import Path

import numpy as np
import pytest

from tests.recording import live_machine
from zoneviz import resources
from zoneviz.playback import Player
from zoneviz.playback.growing import Growth, held_since, start, start_words
from zoneviz.playback.holders import HolderCurves
from zoneviz.playback.limits import boot_end
from zoneviz.playback.series import Series
from zoneviz.recording import Recording

GOLDEN = {path.name.partition(".")[0]: path for path in resources.recordings()}


def _sizes(recording: Recording, seq: int) -> dict[str, int]:
    return {str(zone["name"]): int(zone["cur_size"]) for zone in Player(recording).seek(seq).machine()["zones"]}


@pytest.mark.parametrize("name", ["fork-bomb", "dev-null-storm", "linux-sockets", "real-messages"])
def test_bands_of_growth_end_at_the_difference_of_two_states(name: str) -> None:
    with Recording(GOLDEN[name]) as recording:
        series = Series()
        series.load(recording)
        begin = start(recording)
        found = series.stack(*series.extent, 500, growth=Growth(recording, begin, series.readings))
        before, after = _sizes(recording, begin), _sizes(recording, recording.event_count)
        tops = np.diff(found.tops[:, -1], prepend=0.0)
        for band, size in zip(found.names, tops.tolist(), strict=True):
            if band != series.rest:
                assert size == max(after[band] - before.get(band, 0), 0), band
        assert sum(tops.tolist()) == sum(max(size - before.get(zone, 0), 0) for zone, size in after.items())


def test_a_leak_among_large_and_still_caches_has_its_own_band() -> None:
    with Recording(GOLDEN["linux-sockets"]) as recording:
        series = Series()
        series.load(recording)
        assert "lsm_file_cache" not in series.stack(*series.extent, 500).names
        grown = series.stack(*series.extent, 500, growth=Growth(recording, start(recording), series.readings)).names
        assert grown[0] == "signal_cache" and "lsm_file_cache" in grown and grown.index("sock_inode_cache") < 3


def test_the_order_of_the_bands_is_the_same_at_any_zoom() -> None:
    for name in ("linux-sockets", "macos-panic"):
        with Recording(GOLDEN[name]) as recording:
            series = Series()
            series.load(recording)
            low, high = series.extent
            for families in (False, True):
                whole = series.stack(low, high, 500, families).names
                for share in (0.1, 0.5):
                    assert series.stack(low, low + share * (high - low), 500, families).names == whole


def test_the_first_reading_of_a_live_machine_is_where_growth_starts(tmp_path: Path) -> None:
    live_machine.record(tmp_path / "live.zvz", 5, 100).finish("finished", {})
    with Recording(tmp_path / "live.zvz") as recording:
        catalog = recording.catalog
        assert start(recording) == len(live_machine.reading(0, np.zeros(len(catalog.zones) + 1, np.int64)))
        assert all(_sizes(recording, start(recording)).values())


def test_growth_starts_after_boot_and_after_the_first_reading() -> None:
    with Recording(GOLDEN["fork-bomb"]) as recording:
        assert start(recording) == boot_end(recording) > 0 and start_words(recording) == "since boot"
    with Recording(GOLDEN["dev-null-storm"]) as recording:
        assert start(recording) == recording.first_event - 1 and "excerpt" in start_words(recording)
    with Recording(GOLDEN["linux-sockets"]) as recording:
        series = Series()
        series.load(recording)
        assert start(recording) == series.readings.ends[0] and "reading" in start_words(recording)


def test_holders_grow_from_their_size_at_the_start() -> None:
    curves = HolderCurves(["a", "b"], np.array([10, 20, 30]), np.array([1, 2, 3]), np.array([[5, 9], [7, 8], [9, 20]]))
    assert held_since(curves, 15).sizes.tolist() == [[0, 0], [2, 0], [4, 11]]
    assert held_since(curves, 0).sizes.tolist() == curves.sizes.tolist()
