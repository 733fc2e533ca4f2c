"""A recording made of readings works like any other: figures, samples, curves, excerpts, packing, repair."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.recording.readings import CAP, HEADER, Readings, readings, record
from zoneviz import api
from zoneviz.app.compare import compare
from zoneviz.app.info import info
from zoneviz.app.parts import cut, pack, repair
from zoneviz.app.state import open_recording
from zoneviz.app.verify import verify
from zoneviz.errors import InputError
from zoneviz.events import Event, Kind
from zoneviz.playback import Player
from zoneviz.playback.limits import Limits
from zoneviz.playback.series import Series
from zoneviz.playback.watch import parse_watch, run_to
from zoneviz.recording import Recorder, Recording
from zoneviz.state.figures import LEVELS, SAMPLE_STEP, UNKNOWN, ZONE_FIGURES

COUNT = 1500


@pytest.fixture(scope="module")
def made() -> Readings:
    return readings(COUNT)


@pytest.fixture(scope="module")
def path(made: Readings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("readings") / "slabs.zvz"
    record(path, made)
    return path


def same(player: Player, made: Readings, reading: int) -> None:
    """The state at the end of a reading, from 0, has the figures fed in."""
    state = player.seek(made.ends[reading])
    zones = {zone["name"]: [zone[name] for name in ZONE_FIGURES[:4]] for zone in state.machine()["zones"]}
    expected = {f"cache-{i}": row[:4].tolist() for i, row in enumerate(made.zones[reading], 1) if row.any()}
    assert zones == expected and state.figures == made.figures[reading] and state.reading.number == reading + 1
    assert state.machine()["zone_map"] == {
        "size": CAP,
        "used": made.figures[reading]["zone_map_used"],
        "free": CAP - made.figures[reading]["zone_map_used"],
        "wasted": 0,
    }
    assert state.machine()["physical"]["free"] == made.figures[reading]["physical_free"]


def test_figures_at_any_reading_are_those_fed_in(made: Readings, path: Path) -> None:
    with open_recording(path) as recording:
        player = Player(recording)
        for reading in random.Random(4).sample(range(COUNT), 40):
            same(player, made, reading)
        assert recording.header.kind == "sampled" and recording.header.shows == HEADER.shows


@pytest.mark.parametrize("step", LEVELS[:2])
def test_a_sample_has_the_figures_of_the_whole_reading(made: Readings, path: Path, step: int) -> None:
    with open_recording(path) as recording:
        samples = recording.samples(step=step)
        assert samples.seqs.tolist() == [*range(step, len(made.events), step), len(made.events)]
        within = np.searchsorted(made.ends, samples.seqs)
        assert samples.times.tolist() == [made.times[i] for i in within]
        for column, name in enumerate(ZONE_FIGURES):
            assert (samples.zones[name] == np.array([made.zones[i][:, column] for i in within])).all()
        names = [figure.name for figure in recording.catalog.figures]
        assert samples.figures.tolist() == [[made.figures[i].get(name, UNKNOWN) for name in names] for i in within]
        assert samples.machine["zone_map_used"].tolist() == [made.figures[i]["zone_map_used"] for i in within]


def test_it_is_sound_and_says_why_it_is_not_run_again(path: Path) -> None:
    found = verify(path)
    assert found["ok"] and found["problems"] == [] and found["note"] == "it was imported from readings of a real machine"
    assert (info(path)["system"], info(path)["zone_noun"], info(path)["shows"]) == (
        "Linux 6.18.4 x86_64",
        "slab cache",
        ["zones", "elements", "machine", "sizes"],
    )


@pytest.mark.parametrize("first", [2, 3 * SAMPLE_STEP, 3 * SAMPLE_STEP + 1, 40_000])
def test_excerpts_are_sound(made: Readings, path: Path, tmp_path: Path, first: int) -> None:
    cut(path, str(first), str(first + 30_001), tmp_path / "part.zvz")
    assert verify(tmp_path / "part.zvz")["problems"] == []
    with open_recording(tmp_path / "part.zvz") as recording:
        player = Player(recording)
        for reading in (int(np.searchsorted(made.ends, first)), int(np.searchsorted(made.ends, first + 30_001)) - 1):
            same(player, made, reading)


def test_packed_and_compared_with_itself(made: Readings, path: Path, tmp_path: Path) -> None:
    pack(path, tmp_path / "slabs.zvz.zst")
    with open_recording(tmp_path / "slabs.zvz.zst") as recording:
        same(Player(recording), made, 700)
    assert compare(path, tmp_path / "slabs.zvz.zst").as_json()["divergence"] is None


def test_repair_keeps_whole_readings(made: Readings, path: Path, tmp_path: Path) -> None:
    lost = made.ends[900] - 5
    bad = tmp_path / "bad.zvz"
    bad.write_bytes(path.read_bytes())
    with closing(sqlite3.connect(bad)) as db, db:
        db.execute("DELETE FROM events WHERE seq = ?", (lost,))
    result = repair(bad, tmp_path / "good.zvz")
    assert result["events"] == made.ends[899] and f"Events {made.ends[899] + 1:,} to {len(made.events):,} are lost." in result["lost"]
    assert verify(tmp_path / "good.zvz")["problems"] == []
    with open_recording(tmp_path / "good.zvz") as recording:
        same(Player(recording), made, 899)


def test_curves_and_limits_have_the_figures(made: Readings, path: Path) -> None:
    series = Series()
    with open_recording(path) as recording:
        series.load(recording)
        for reading in (300, 301, 1200):
            at = made.times[reading] / 1e9
            points = series.window(at - 90, at + 90)
            place = int(np.searchsorted(points.seqs, made.ends[reading]))
            assert points.seqs[place] == made.ends[reading] and points.times[place] == made.times[reading]
            assert points.figure("cur_size")[place].tolist() == made.zones[reading][:, ZONE_FIGURES.index("cur_size")].tolist()
            assert points.count("zone_map_used")[place] == made.figures[reading]["zone_map_used"]
            assert points.figures[place].tolist() == [made.figures[reading][info.name] for info in recording.catalog.figures]
        assert [limit.size for limit in Limits(recording).all if limit.name == "zone_map"] == [CAP]


def test_an_unfinished_recording_holds_back_the_samples_of_its_last_reading(made: Readings, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "live.zvz", made.catalog, HEADER)
    middle = 3 * SAMPLE_STEP
    reading = int(np.searchsorted(made.ends, middle))
    assert made.ends[reading - 1] < middle < made.ends[reading]
    recorder.feed(made.rows[: middle + 1])
    series = Series()
    with Recording(tmp_path / "live.zvz") as recording:
        assert recording.samples().seqs.tolist() == [SAMPLE_STEP, 2 * SAMPLE_STEP]
        series.load(recording, by_event=True)
        last = series.window(middle - 1, middle + 1).at(slice(-1, None))
        state = Player(recording).at_end()
        assert last.figure("in_use")[0].tolist() == state.totals.zones[1:, 0].tolist()
    recorder.abort("stopped")
    assert verify(tmp_path / "live.zvz")["problems"] == []


def test_watchpoints_and_tables_use_the_figures(made: Readings, path: Path) -> None:
    with open_recording(path) as recording:
        player = Player(recording)
        player.seek(made.ends[0])
        most = CAP // 100 * 99
        *_, last = run_to(player, [parse_watch(f"zone_map used > {most}", recording.catalog)])
        first = next(i for i, figures in enumerate(made.figures) if i and figures["zone_map_used"] > most)
        assert last.found is not None and made.ends[first - 1] < last.found <= made.ends[first]
    with api.open(path) as opened:
        curve = opened.series("machine")
        assert curve["reading: zone_map_used"].tolist() == curve["zone_map_used"].tolist()
        assert curve["reading: SUnreclaim"][-1] == made.figures[-1]["SUnreclaim"]


def test_events_count_on_from_a_base_and_end_the_reading(tmp_path: Path) -> None:
    made = readings(1, 3)
    base, time = made.zones[0][0, 0], made.times[0]
    allocs: list[Event] = [(int(Kind.ZALLOC), time + i, 0, 0, 0, 1, 8 * i, 8, 0) for i in range(1, 600)]
    made.events += allocs
    record(tmp_path / "live.zvz", made)
    with open_recording(tmp_path / "live.zvz") as recording:
        samples = recording.samples()
        assert samples.zones["in_use"][:, 0].tolist() == [base + seq - made.ends[0] for seq in samples.seqs.tolist()]
        assert verify(tmp_path / "live.zvz")["problems"] == []


@pytest.mark.parametrize("event", [
    (Kind.ZONE_FIGURE, 10, 1, 5, 7), (Kind.ZONE_FIGURE, 10, 1, 5, -1), (Kind.ZONE_FIGURE, 10, 1, -5, 0),
    (Kind.ZONE_FIGURE, 10, 5000, 5, 0), (Kind.MACHINE_FIGURE, 10, -1, 5, 0), (Kind.MACHINE_FIGURE, 10, 1 << 40, 5, 0),
    (Kind.MACHINE_FIGURE, 10, 1, -1, 0), (Kind.READING, 11, 3, 0, 0), (Kind.READING, 11, 1, 0, 0), (Kind.READING, 10, 2, 0, 0),
])  # fmt: skip
def test_a_hostile_reading_is_refused(tmp_path: Path, event: tuple[Kind, int, int, int, int]) -> None:
    kind, time, subject, size, extra = event
    catalog = readings(1, 3).catalog
    start: list[Event] = [(int(Kind.READING), 10, 0, 0, 0, 1, 0, 0, 0), (int(Kind.ZONE_FIGURE), 10, 0, 0, 0, 1, 0, 8, 0)]
    recorder = Recorder(tmp_path / "a.zvz", catalog, HEADER)
    recorder.feed(np.array(start, np.int64))
    with pytest.raises(InputError, match=r"Reading|figure|zone number"):
        recorder.feed(np.array([(int(kind), time, 0, 0, 0, subject, 0, size, extra)], np.int64))
    recorder.abort("refused")
    with closing(sqlite3.connect(tmp_path / "a.zvz")) as db, db:
        db.execute("INSERT INTO events VALUES (3, ?, ?, 0, 0, 0, ?, 0, ?, ?)", (int(kind), time, subject, size, extra))
    with Recording(tmp_path / "a.zvz") as recording, pytest.raises(InputError, match=r"Reading|figure|zone number"):
        Player(recording).at_end()
