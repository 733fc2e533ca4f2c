"""A recording of readings has one moment, one point of a curve and one step per reading."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.recording.readings import Readings as Made
from tests.recording.readings import readings, record
from tests.recording.test_recorder import record as record_events
from zoneviz.events import Catalog, Kind, ZoneInfo
from zoneviz.playback import Player, series
from zoneviz.playback.heatmap import heatmap
from zoneviz.playback.playing import READINGS, Playing
from zoneviz.playback.readings import Readings
from zoneviz.playback.series import Series
from zoneviz.playback.tables import Part, table
from zoneviz.recording import Recorder, Recording
from zoneviz.state.figures import CUR_SIZE, IN_USE, UNKNOWN

COUNT, CACHES = 60, 12


@pytest.fixture(scope="module")
def made() -> Made:
    return readings(COUNT, CACHES)


@pytest.fixture
def recording(tmp_path: Path, made: Made) -> Iterator[Recording]:
    record(tmp_path / "a.zvz", made)
    with Recording(tmp_path / "a.zvz") as opened:
        yield opened


def at_times(path: Path, seconds: list[int], late: int = 0) -> Recording:
    """One cache that grows by 1,000 bytes per reading, and one that only the reading `late` (from 1) begins to report."""
    made = Made(Catalog())
    made.catalog.zones += [ZoneInfo(1, "dentry", 8, 0, 0, ""), ZoneInfo(2, "filp", 8, 0, 0, "")]
    for number, second in enumerate(seconds, 1):
        told = [(Kind.READING, number, 0, 0)] + ([(Kind.ZINIT, 1, 8, 0)] if number == 1 else [])
        told += [(Kind.ZONE_FIGURE, 1, 1000 * number, CUR_SIZE)]
        told += [(Kind.ZINIT, 2, 8, 0), (Kind.ZONE_FIGURE, 2, 500_000, CUR_SIZE)] if number == late else []
        made.events += [(int(kind), second * 10**9, 0, 0, 0, subject, 0, size, extra) for kind, subject, size, extra in told]
    record(path, made)
    return Recording(path)


def test_each_reading_ends_where_the_next_begins(recording: Recording, made: Made) -> None:
    found = Readings(recording)
    assert found.ends.tolist() == made.ends and found.times.tolist() == made.times
    second = made.ends[1]
    assert [found.whole(seq) for seq in (0, 1, made.ends[0], made.ends[0] + 1, 10**9)] == [made.ends[i] for i in (0, 0, 0, 1, -1)]
    assert [found.step(second, count) for count in (1, -1, -9, 0)] == [made.ends[i] for i in (2, 0, 0, 1)]
    assert found.nearest(made.times[1] + 1) == second == found.nearest(made.times[1] - 1)
    assert found.nearest(0) == made.ends[0] and found.nearest(10**15) == made.ends[-1]


def test_a_recording_of_events_has_no_readings(tmp_path: Path) -> None:
    record_events(tmp_path / "a.zvz", 300, [300])
    with Recording(tmp_path / "a.zvz") as recording:
        found = Readings(recording)
        assert len(found) == 0 and found.whole(7) == 7 and found.step(7, -3) == 4 and not len(found.gaps())


def test_the_points_are_the_figures_of_the_readings(recording: Recording, made: Made) -> None:
    curves = Series()
    curves.load(recording)
    assert curves.points.seqs.tolist() == made.ends and curves.points.times.tolist() == made.times
    assert (curves.points.figure("cur_size") == np.array(made.zones)[:, :, CUR_SIZE]).all()
    assert (curves.points.figure("in_use") == np.array(made.zones)[:, :, IN_USE]).all()
    names = [info.name for info in made.catalog.figures]
    assert curves.points.figures.tolist() == [[row.get(name, UNKNOWN) for name in names] for row in made.figures]
    inside = curves.window(curves.x_at(made.ends[20]), curves.x_at(made.ends[30]))
    assert inside.seqs.tolist() == made.ends[19:32]


def test_of_many_readings_some_are_kept_and_all_are_found_when_zoomed(
    recording: Recording, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(series, "POINT_CELLS", COUNT * CACHES // 2)
    curves = Series()
    curves.load(recording)
    assert curves.points.seqs.tolist() == made.ends[1::2]
    inside = curves.window(curves.x_at(made.ends[20]), curves.x_at(made.ends[30]))
    assert inside.seqs.tolist() == made.ends[19:32]
    assert (inside.figure("cur_size") == np.array(made.zones)[19:32, :, CUR_SIZE]).all()


def test_the_axis_has_the_places_of_readings(recording: Recording, made: Made) -> None:
    curves = Series()
    curves.load(recording)
    assert curves.extent == (made.times[0] / 1e9, made.times[-1] / 1e9) and curves.counted == ""
    assert curves.x_at(made.ends[3] - 1) == made.times[3] / 1e9
    assert curves.seq_at(made.times[3] / 1e9 + 1) == made.ends[3] and curves.seq_at(0) == 0
    curves.load(recording, by_event=True)
    assert curves.extent == (1.0, COUNT) and curves.counted == "reading"
    assert curves.x_at(made.ends[3]) == 4.0 and curves.seq_at(4.9) == made.ends[3]


def test_a_long_time_without_readings_is_a_gap(tmp_path: Path) -> None:
    with at_times(tmp_path / "a.zvz", [10, 20, 30, 100, 110, 141, 150, 160]) as recording:
        curves = Series()
        curves.load(recording)
        assert curves.gaps() == [(30.0, 100.0), (110.0, 141.0)]
        stack = curves.stack(*curves.extent, 800)
        assert stack.x.tolist() == [10, 20, 30, 30, 100, 100, 110, 110, 141, 141, 150, 160]
        assert stack.tops[-1].tolist() == [1000, 2000, 3000, 0, 0, 4000, 5000, 0, 0, 6000, 7000, 8000]
        assert stack.dots.tolist() == [[10, 20, 30, 100, 110, 141, 150, 160], [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000]]
        assert curves.fill(800)[1].tolist() == stack.tops[-1].tolist(), "without a zone map the sum of the zones"
        curves.load(recording, by_event=True)
        assert curves.gaps() == []


def test_a_few_readings_have_no_gap(tmp_path: Path) -> None:
    with at_times(tmp_path / "a.zvz", [2, 10, 12, 14]) as recording:
        curves = Series()
        curves.load(recording)
        assert curves.gaps() == [] and curves.stack(*curves.extent, 800).x.tolist() == [2, 10, 12, 14]


def test_a_single_reading_is_a_bar(tmp_path: Path) -> None:
    with at_times(tmp_path / "a.zvz", [10]) as recording:
        curves = Series()
        curves.load(recording)
        low, high = curves.extent
        stack = curves.stack(low, high, 800)
        assert low < stack.x[0] < 10 < stack.x[1] < high and stack.tops.tolist() == [[1000, 1000]]


def test_growth_begins_after_the_first_report_of_a_zone(tmp_path: Path) -> None:
    with at_times(tmp_path / "a.zvz", [10, 20, 30, 40], late=3) as recording:
        curves = Series()
        curves.load(recording)
        found = heatmap(curves, *curves.extent, 6, "growth")
        grown = dict(zip(found.names, found.values.sum(axis=1).tolist(), strict=True))
        assert grown == {"filp": 0.0, "dentry": pytest.approx(3000)}


def test_playing_goes_from_reading_to_reading(recording: Recording, made: Made) -> None:
    playing = Playing(Player(recording))
    playing.play(0.0)
    assert playing.player.moment.seq == made.ends[0]
    seen = [playing.player.moment.seq for wall in range(1, 8) if playing.tick(wall / READINGS + 0.001)]
    assert seen == made.ends[1:8]
    playing.loop = (made.ends[3] - 1, made.ends[5] - 1)
    playing.tick(100.0)
    assert playing.player.moment.seq in (made.ends[3], made.ends[5])
    playing.loop = None
    playing.tick(1000.0)
    assert playing.player.moment.seq == made.ends[-1] and not playing.playing


def test_the_exported_series_has_a_row_per_reading_and_empty_cells(tmp_path: Path, recording: Recording, made: Made) -> None:
    with at_times(tmp_path / "late.zvz", [10, 20, 30, 40], late=3) as late:
        found = table("series", Part(late, late.event_count, 1, late.event_count))
        (batch,) = found.batches
        rows = dict(zip([column.name for column in found.columns], batch, strict=True))
    assert rows["bytes of dentry"] == [1000, 2000, 3000, 4000] and rows["bytes of filp"] == [None, None, 500_000, 500_000]
    assert rows["zone_map_used"] == rows["tasks"] == [None] * 4
    found = table("series", Part(recording, recording.event_count, 1, recording.event_count))
    (batch,) = found.batches
    rows = dict(zip([column.name for column in found.columns], batch, strict=True))
    assert rows["seq"] == made.ends and rows["reading: SUnreclaim"] == [row.get("SUnreclaim") for row in made.figures]
    assert rows["zone_map_used"] == [row["zone_map_used"] for row in made.figures]


def test_an_excerpt_begins_in_the_middle_of_the_readings(recording: Recording, made: Made, tmp_path: Path) -> None:
    base = Player(recording).seek(made.ends[9])
    cut = Recorder(tmp_path / "part.zvz", recording.catalog, recording.header, base=base)
    cut.feed(recording.events(made.ends[9] + 1)[:, 1:])
    cut.finish("finished")
    with Recording(tmp_path / "part.zvz") as part:
        curves = Series()
        curves.load(part)
        assert curves.points.seqs.tolist() == made.ends[10:]
        assert (curves.points.figure("cur_size") == np.array(made.zones)[10:, :, CUR_SIZE]).all()
