"""Samples equal the sums of the events, at every level, wherever reading begins."""

from pathlib import Path

import numpy as np
import pytest

from tests.recording import readings, toy
from tests.recording.test_recorder import record
from zoneviz.playback import Player
from zoneviz.recording import Recording
from zoneviz.state.figures import UNKNOWN, ZONE_FIGURES
from zoneviz.state.totals import Totals

COUNT = 5000


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    record(tmp_path / "a.zvz", COUNT, [900])
    return Recording(tmp_path / "a.zvz")


def test_every_sample_is_the_sum_of_the_events_before(recording: Recording) -> None:
    rows, samples = toy.as_rows(toy.run(COUNT)), recording.samples()
    assert samples.seqs.tolist() == [*range(256, COUNT, 256), COUNT]
    assert samples.times.tolist() == rows[samples.seqs - 1, 2].tolist()
    totals, done = Totals(toy.catalog()), 0
    for i, seq in enumerate(samples.seqs.tolist()):
        totals.advance(rows[done:seq])
        done = seq
        for column, name in enumerate(ZONE_FIGURES):
            assert samples.zones[name][i].tolist() == totals.zones[1:, column].tolist()
        assert samples.machine["kernel_map_used"][i] == totals.maps[1]
        assert samples.machine["zone_map_used"][i] == totals.maps[2]
        assert samples.machine["kalloc_map_used"][i] == totals.maps[3]
        assert samples.machine["tasks"][i] == totals.zones[1, 0]
        assert samples.machine["ports"][i] == totals.zones[3, 0]
        assert samples.machine["physical_pages"][i] == 60000


def test_coarse_samples_are_a_subset_of_the_fine_ones(recording: Recording) -> None:
    fine, coarse = recording.samples(), recording.samples(step=4096, figures=("in_use", "allocs"))
    assert coarse.seqs.tolist() == [4096, COUNT]
    at = np.searchsorted(fine.seqs, coarse.seqs)
    assert (coarse.zones["allocs"] == fine.zones["allocs"][at]).all() and set(coarse.zones) == {"in_use", "allocs"}
    assert recording.samples(step=65536).seqs.tolist() == [COUNT]


def test_a_stretch_begins_with_the_figures_before_it(recording: Recording) -> None:
    whole, part = recording.samples(), recording.samples(1000, 3000)
    keep = (whole.seqs >= 1000) & (whole.seqs <= 3000)
    assert part.seqs.tolist() == whole.seqs[keep].tolist()
    for name, values in part.zones.items():
        assert (values == whole.zones[name][keep]).all()


def test_reading_may_begin_at_the_coarsest_level(tmp_path: Path) -> None:
    recorder = record(tmp_path / "a.zvz", 70000, [20000], checkpoint_step=65536)
    assert recorder.events == 70000
    recording = Recording(tmp_path / "a.zvz")
    whole, part = recording.samples(), recording.samples(66000)
    for name, values in part.zones.items():
        assert (values == whole.zones[name][-len(values) :]).all()


def test_an_unknown_step_or_figure_raises(recording: Recording) -> None:
    with pytest.raises(ValueError, match="step is one of"):
        recording.samples(step=100)
    with pytest.raises(ValueError, match="figures are of"):
        recording.samples(figures=("colour",))


def test_no_events_no_samples(tmp_path: Path) -> None:
    record(tmp_path / "a.zvz", 0, [1])
    samples = Recording(tmp_path / "a.zvz").samples()
    assert len(samples) == 0 and samples.zones["free"].shape == (0, 6)


def test_samples_have_the_figures_that_readings_set(tmp_path: Path) -> None:
    made = readings.readings(20, 5)
    readings.record(tmp_path / "a.zvz", made)
    with Recording(tmp_path / "a.zvz") as recording:
        samples = recording.samples()
        state = Player(recording).at_end()
    assert samples.figures.shape == (len(samples), len(made.catalog.figures)) and len(made.catalog.figures)
    last = samples.figures[-1].tolist()
    assert {info.name: value for info, value in zip(made.catalog.figures, last, strict=True) if value != UNKNOWN} == state.figures
