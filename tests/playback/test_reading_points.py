"""Points of readings: the same in one pass and while the recording grows, thinned as readings become many."""

from pathlib import Path

import numpy as np
import pytest

from tests.recording.readings import HEADER, readings
from zoneviz.playback import series
from zoneviz.playback.points import at_ends
from zoneviz.playback.reading_points import ReadingPoints
from zoneviz.playback.readings import Readings
from zoneviz.playback.series import Series
from zoneviz.recording import Recorder, Recording
from zoneviz.state.rows import Ints

COUNT, CACHES = 100, 5


@pytest.mark.parametrize("most", [1 << 20, COUNT * CACHES // 3, CACHES], ids=["all", "some", "the last"])
def test_a_recording_that_grows_has_the_points_of_one_that_is_whole(most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(series, "POINT_CELLS", most)
    made = readings(COUNT, CACHES)
    recorder = Recorder(tmp_path / "a.zvz", made.catalog, HEADER)
    growing, loaded = Series(), list[int]()
    with Recording(recorder.path) as recording:
        # Parts end inside readings too.
        for part in np.array_split(made.rows, 13):
            recorder.feed(part)
            recording.refresh()
            growing.load(recording)
            loaded.append(len(growing.readings))
            with Recording(recorder.path) as fresh:
                assert growing.readings.ends.tolist() == Readings(fresh).ends.tolist()
                assert growing.readings.times.tolist() == Readings(fresh).times.tolist()
                assert growing.readings.born == Readings(fresh).born
                _agree(growing, fresh)
        recorder.finish("finished")
        recording.refresh()
        growing.load(recording)
        whole = Series()
        whole.load(recording)
        assert growing.points.seqs.tolist() == whole.points.seqs.tolist() and growing.step == whole.step
        assert loaded == sorted(set(loaded)) and growing.points.seqs[-1] == made.ends[-1]
        assert growing.points.seqs.tolist() == [*made.ends[growing.step - 1 : -1 : growing.step], made.ends[-1]]


def _agree(growing: Series, fresh: Recording) -> None:
    expected = at_ends(fresh, growing.points.seqs)
    for name in ("seqs", "times", "machine", "zones", "figures"):
        assert (getattr(growing.points, name) == getattr(expected, name)).all(), name
    assert len(growing.points.seqs) * CACHES <= series.POINT_CELLS + 2 * CACHES


def test_what_was_read_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = readings(20, CACHES)
    recorder = Recorder(tmp_path / "a.zvz", made.catalog, HEADER)
    recorder.feed(made.rows[: made.ends[14]])
    with Recording(recorder.path) as recording:
        points = ReadingPoints(recording, 1 << 20)
        points.load()
        recorder.feed(made.rows[made.ends[14] :])
        recording.refresh()
        asked, read = list[int](), Recording.events

        def noted(self: Recording, first: int = 1, last: int | None = None) -> Ints:
            asked.append(first)
            return read(self, first, last)

        monkeypatch.setattr(Recording, "events", noted)
        points.load()
        assert min(asked) == made.ends[14] + 1 and len(points.readings) == 20


def test_a_recording_without_a_reading_has_no_points(tmp_path: Path) -> None:
    made = readings(1, 1)
    recorder = Recorder(tmp_path / "a.zvz", made.catalog, HEADER)
    with Recording(recorder.path) as recording:
        points = ReadingPoints(recording, 1 << 20)
        points.load()
        assert not len(points.points.seqs) and not len(points.readings)
    recorder.abort("test")
