"""Excerpts work like the whole recording, packed recordings like plain ones; repair saves what is readable."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.recording import toy
from tests.recording.test_one_frame import pack_whole
from zoneviz.app.info import info
from zoneviz.app.parts import cut, pack, repair, unpack
from zoneviz.app.running import run
from zoneviz.app.soundness import problems
from zoneviz.app.state import open_recording, state
from zoneviz.errors import InputError, UsageError
from zoneviz.playback import Player
from zoneviz.playback.heatmap import heatmap
from zoneviz.playback.series import Series
from zoneviz.recording import Header, Recorder, Recording
from zoneviz.spec import RunSpec

PAGE = 4096


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("parts") / "a.zvz"
    run(RunSpec("fork-bomb", settings=("zone_map_size=512K",), output=path))
    return path


RANGES = [("1", "900"), ("2", "513"), ("4096", "4096"), ("1000", "5120"), ("60000", "end"), ("65537", "panic"), ("257", "70000")]


@pytest.mark.parametrize(("first", "last"), RANGES)
def test_an_excerpt_is_like_the_whole(whole: Path, tmp_path: Path, first: str, last: str) -> None:
    part = tmp_path / "part.zvz"
    result = cut(whole, first, last, part)
    with Recording(whole) as one, Recording(part) as other:
        begin, end = result["first_event"], result["last_event"]
        assert (other.first_event, other.event_count, other.complete) == (begin, end, True)
        assert (other.events() == one.events(begin, end)).all() and other.last_time == one.events(end, end)[0, 2]
        assert other.header.part_of == one.header.digest and problems(other) == []
        player, reference = Player(other), Player(one)
        assert player.moment.seq == begin - 1
        for seq in {begin - 1, begin, (begin + end) // 2, end, max(end - 1, begin - 1)}:
            there, here = reference.seek(seq), player.seek(seq)
            assert here.machine() == there.machine() and here.thread_states() == there.thread_states()
            assert here.elements.seq.tolist() == there.elements.seq.tolist() and here.ports.queued.tolist() == there.ports.queued.tolist()
        assert player.seek(0).seq == begin - 1 and player.step(-1).seq == begin - 1
        assert len(player.rows(1, end)) == end - begin + 1
        # Samples at the same events hold the same figures.
        ours, theirs = other.samples(), one.samples()
        common, i, j = np.intersect1d(ours.seqs, theirs.seqs, return_indices=True)
        for name, values in ours.zones.items():
            assert (values[i] == theirs.zones[name][j]).all(), name
        assert len(common) >= (end // 256 - (begin - 1) // 256)
        assert ours.seqs[0] == (begin - 1 or ours.seqs[0]) and ours.seqs[-1] == end
        series = Series()
        series.load(other)
        held = heatmap(series, *series.extent, 50, "bytes")
        assert held.values[:, -1].sum() == sum(zone["cur_size"] for zone in player.seek(end).machine()["zones"])
    assert info(part)["events"] == end - begin + 1 and info(part)["outcome"] == ("panic" if last in ("end", "panic") else "excerpt")


def test_an_excerpt_of_an_excerpt(whole: Path, tmp_path: Path) -> None:
    cut(whole, "1000", "9000", tmp_path / "b.zvz")
    cut(tmp_path / "b.zvz", "5000", "6000", tmp_path / "c.zvz")
    cut(whole, "5000", "6000", tmp_path / "d.zvz")
    assert info(tmp_path / "c.zvz")["part_of"] == info(whole)["digest"]
    assert info(tmp_path / "c.zvz")["digest"] == info(tmp_path / "d.zvz")["digest"]
    assert state(tmp_path / "c.zvz", "5500") == state(whole, "5500")
    with pytest.raises(UsageError, match="from 4999 to 6000"):
        state(tmp_path / "c.zvz", "4000")


@pytest.mark.parametrize(("first", "last"), [("0", "5"), ("9", "5"), ("x", "5"), ("1", "99999999")])
def test_an_invalid_range_is_refused(whole: Path, tmp_path: Path, first: str, last: str) -> None:
    with pytest.raises(UsageError):
        cut(whole, first, last, tmp_path / "part.zvz")
    assert list(tmp_path.iterdir()) == []


def test_an_excerpt_without_its_state_is_refused(whole: Path, tmp_path: Path) -> None:
    cut(whole, "1000", "2000", tmp_path / "b.zvz")
    with closing(sqlite3.connect(tmp_path / "b.zvz")) as db, db:
        db.execute("DELETE FROM checkpoints")
    with pytest.raises(InputError, match="state before its first event is missing"):
        state(tmp_path / "b.zvz", "1500")


def test_packed_recordings_work_everywhere(whole: Path, tmp_path: Path) -> None:
    cut(whole, "1", "20000", tmp_path / "a.zvz")
    whole = tmp_path / "a.zvz"
    result = pack(whole, tmp_path / "a.zvz.zst")
    assert result["size"] * 3 < result["packed_size"]
    packed = tmp_path / "a.zvz.zst"
    assert state(packed, "end") == state(whole, "end") and info(packed)["digest"] == info(whole)["digest"]
    cut(packed, "100", "200", tmp_path / "b.zvz")
    assert info(tmp_path / "b.zvz")["events"] == 101
    assert pack(tmp_path / "b.zvz")["file"] == str(tmp_path / "b.zvz.zst")
    (tmp_path / "b.zvz").unlink()
    assert unpack(tmp_path / "b.zvz.zst")["file"] == str(tmp_path / "b.zvz")
    for path in (tmp_path / "b.zvz", packed):
        with open_recording(path) as recording:
            assert problems(recording) == []
    (tmp_path / "b.zvz.zst").rename(tmp_path / "b.packed")
    with pytest.raises(UsageError, match="does not end in"):
        unpack(tmp_path / "b.packed")


def zeroed(data: bytearray) -> bytes:
    first = len(data) // PAGE * 5 // 8  # nearly all pages there hold events
    for page in range(first, first + 64):  # more than one checkpoint takes
        data[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    return bytes(data)


DAMAGES: dict[str, Callable[[bytearray], bytes]] = {
    "zeroed pages": zeroed,
    "cut off": lambda data: bytes(data[: len(data) // 2]),
    "cut off in a page": lambda data: bytes(data[: len(data) // 2 + 777]),
    "no first page": lambda data: bytes(PAGE) + bytes(data[PAGE:]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_readable_events_are_saved(whole: Path, tmp_path: Path, damage: str) -> None:
    bad, saved = tmp_path / "bad.zvz", tmp_path / "good.zvz"
    bad.write_bytes(DAMAGES[damage](bytearray(whole.read_bytes())))
    before = bad.read_bytes()
    result = repair(bad, saved)
    assert result["events"] > 20_000 and result["lost"] and bad.read_bytes() == before
    with open_recording(saved) as recording, open_recording(whole) as reference:
        assert problems(recording) == [] and recording.event_count == result["events"]
        assert (recording.events() == reference.events(1, result["events"])).all()
        if damage == "no first page":
            assert result["events"] == reference.event_count and "names" in recording.header.incomplete_reason
        else:
            assert recording.catalog.paths.rows[:200] == reference.catalog.paths.rows[:200]
            assert "repaired" in recording.header.incomplete_reason and "are lost" in recording.header.incomplete_reason
            assert state(saved, "20000") == state(whole, "20000")


@pytest.mark.parametrize("table", ["samples", "zone_samples", "checkpoints", "kinds"])
def test_tables_that_can_be_rebuilt_are_not_a_loss(whole: Path, tmp_path: Path, table: str) -> None:
    bad, saved = tmp_path / "bad.zvz", tmp_path / "good.zvz"
    bad.write_bytes(whole.read_bytes())
    with closing(sqlite3.connect(bad)) as db, db:
        db.execute(f"DROP TABLE {table}")
    with pytest.raises(InputError):
        info(bad)
    result = repair(bad, saved)
    assert result["lost"] == [] and result["complete"] and result["events"] == result["recorded_events"]
    assert info(saved)["digest"] == info(whole)["digest"] and state(saved, "end") == state(whole, "end")


def test_lost_names_are_numbered(whole: Path, tmp_path: Path) -> None:
    bad, saved = tmp_path / "bad.zvz", tmp_path / "good.zvz"
    bad.write_bytes(whole.read_bytes())
    with closing(sqlite3.connect(bad)) as db, db:
        for table in ("zones", "paths", "maps", "threads"):
            db.execute(f"DROP TABLE {table}")
    result = repair(bad, saved)
    assert {sentence.split()[-3] for sentence in result["lost"]} >= {"zones", "paths", "maps"} and result["events"] == info(whole)["events"]
    zones = state(saved, "end")["zones"]
    assert zones[0]["name"] == "(lost zone 1)" and zones[0]["elem_size"] == state(whole, "end")["zones"][0]["elem_size"]
    assert [z["in_use"] for z in zones] == [z["in_use"] for z in state(whole, "end")["zones"]]


def test_an_excerpt_and_a_packed_recording_are_repaired(whole: Path, tmp_path: Path) -> None:
    cut(whole, "20000", "32000", tmp_path / "b.zvz")
    data = (tmp_path / "b.zvz").read_bytes()
    (tmp_path / "c.zvz").write_bytes(data[: len(data) * 3 // 4])
    result = repair(tmp_path / "c.zvz", tmp_path / "d.zvz")
    assert result["events"] > 3_000 and state(tmp_path / "d.zvz", "22000") == state(whole, "22000")
    cut(whole, "1", "30000", tmp_path / "e.zvz")
    pack(tmp_path / "e.zvz", tmp_path / "e.zst")
    (tmp_path / "f.zst").write_bytes((tmp_path / "e.zst").read_bytes()[:-20])
    result = repair(tmp_path / "f.zst", tmp_path / "g.zvz")
    assert result["events"] == 30_000 and "checkpoints" in result["lost"][0] and state(tmp_path / "g.zvz", "22000") == state(whole, "22000")
    pack_whole(tmp_path / "e.zvz", tmp_path / "h.zst")
    packed = (tmp_path / "h.zst").read_bytes()
    (tmp_path / "h.zst").write_bytes(packed[: len(packed) * 3 // 4])
    result = repair(tmp_path / "h.zst", tmp_path / "i.zvz")
    assert result["events"] > 10_000 and "could be unpacked" in result["lost"][0]


def test_a_file_without_events_is_not_repaired(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "none").write_bytes(b"hello" * 1000)
    for bad in (tmp_path / "none", tmp_path / "missing", tmp_path):
        with pytest.raises(InputError):
            repair(bad, tmp_path / "good.zvz")
    with pytest.raises(UsageError, match="is the file that is read"):
        repair(whole, whole, force=True)
    assert not (tmp_path / "good.zvz").exists()


def test_details_stay_with_their_events(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.zvz", toy.catalog(), Header(scenario="toy"))
    for event in toy.run(300):
        recorder.sink(event)
    for seq in (5, 100, 200):
        recorder.detail(seq, f"note at {seq}")
    recorder.finish("finished")
    cut(tmp_path / "a.zvz", "50", "150", tmp_path / "part.zvz")
    repair(tmp_path / "a.zvz", tmp_path / "good.zvz")
    found = {}
    for name in ("part", "good"):
        with open_recording(tmp_path / f"{name}.zvz") as recording:
            found[name] = recording.details()
    assert found == {"part": {100: "note at 100"}, "good": {5: "note at 5", 100: "note at 100", 200: "note at 200"}}
