"""The recorder: files do not depend on commits; a kill or a full disk loses nothing committed; nothing is overwritten."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recording import toy
from zoneviz.errors import EnvironmentProblem, InputError, UsageError
from zoneviz.events import Catalog, TaskInfo
from zoneviz.recording import EventStream, Header, Recorder, Recording, image


def record(path: Path, count: int, sizes: list[int], checkpoint_step: int = 1000) -> Recorder:
    """A finished recording of the toy; `sizes`: events of each commit, in turn."""
    catalog, events = toy.catalog(), toy.run(count)
    recorder = Recorder(path, catalog, Header(scenario="toy"), force=True, checkpoint_step=checkpoint_step)
    at, turn = 0, 0
    while at < count:
        size = sizes[turn % len(sizes)]
        for event in events[at : at + size]:
            recorder.sink(event)
        recorder.commit()
        at, turn = at + size, turn + 1
    recorder.finish("panic", {"panic": {"text": "zalloc: zone maps exhausted", "zone": "maps", "memory": "zone_map"}})
    return recorder


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with sqlite3.connect(path) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
    db.close()
    return found


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(1, 1500), min_size=1, max_size=4))
def test_the_file_does_not_depend_on_the_commits(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    folder = tmp_path_factory.mktemp("r")
    one = record(folder / "one.zvz", 3000, [3000])
    other = record(folder / "other.zvz", 3000, sizes)
    assert one.digest == other.digest
    assert content(folder / "one.zvz") == content(folder / "other.zvz")


def test_arrays_make_the_same_recording_as_single_events(tmp_path: Path) -> None:
    one = record(tmp_path / "one.zvz", 3000, [3000], checkpoint_step=500)
    rows = toy.as_rows(toy.run(3000))
    catalog = toy.catalog()
    other = Recorder(tmp_path / "other.zvz", catalog, Header(scenario="toy"), checkpoint_step=500)
    for event in toy.run(3000)[:10]:
        other.sink(event)
    other.feed(rows[10:1000])
    other.feed(rows[1000:1000])
    other.feed(rows[1000:, 1:])
    other.finish("panic", {"panic": {"text": "zalloc: zone maps exhausted", "zone": "maps", "memory": "zone_map"}})
    assert one.digest == other.digest
    assert content(tmp_path / "one.zvz") == content(tmp_path / "other.zvz")


def test_the_sink_stays_the_same_callable(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.zvz", toy.catalog(), Header())
    sink = recorder.sink
    for event in toy.run(50):
        sink(event)
        recorder.commit()
    assert recorder.sink is sink and recorder.events == 50
    recorder.abort("done")


def test_an_existing_file_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "mine.zvz"
    path.write_text("precious")
    with pytest.raises(UsageError, match="exists already"):
        Recorder(path, Catalog(), Header())
    assert path.read_text() == "precious"
    Recorder(path, Catalog(), Header(), force=True).finish("finished")
    assert Recording(path).complete


def test_paths_that_cannot_be_recorded_to(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no folder"):
        Recorder(tmp_path / "no" / "a.zvz", Catalog(), Header())
    with pytest.raises(UsageError, match="is a folder"):
        Recorder(tmp_path, Catalog(), Header(), force=True)
    with pytest.raises(UsageError, match="not a valid file name"):
        Recorder(tmp_path / "a\0b", Catalog(), Header())
    with pytest.raises(UsageError, match="must fit 64 bits"):
        Recorder(tmp_path / "a.zvz", Catalog(), Header(seed=1 << 70))
    assert not list(tmp_path.iterdir())


def test_a_finished_recording_is_one_file(tmp_path: Path) -> None:
    record(tmp_path / "a.zvz", 300, [100])
    assert [p.name for p in tmp_path.iterdir()] == ["a.zvz"]
    assert (tmp_path / "a.zvz").read_bytes()[18:20] == b"\x01\x01", "not in WAL mode"


def test_the_header_says_how_it_ended(tmp_path: Path) -> None:
    recorder = record(tmp_path / "a.zvz", 300, [100])
    header = Recording(tmp_path / "a.zvz").header
    assert header == recorder.header
    assert (header.outcome, header.panic_zone, header.panic_memory) == ("panic", "maps", "zone_map")
    assert (header.events, header.complete, header.incomplete_reason, header.digest) == (300, True, "", recorder.digest)


def test_an_aborted_recording_is_incomplete_and_says_why(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.zvz", toy.catalog(), Header())
    for event in toy.run(10):
        recorder.sink(event)
    recorder.abort("the scenario failed")
    recorder.abort("twice does nothing")
    recording = Recording(tmp_path / "a.zvz")
    assert (recording.complete, recording.header.incomplete_reason, recording.event_count) == (False, "the scenario failed", 10)


def test_details_are_written_with_their_event(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.zvz", toy.catalog(), Header())
    events = toy.run(10)
    for event in events[:5]:
        recorder.sink(event)
    recorder.detail(2, "routine=task_create")
    recorder.detail(7, "first")
    recorder.detail(7, "a lone \udc80")
    recorder.detail(99, "of no event")
    recorder.commit()
    recording = Recording(tmp_path / "a.zvz")
    assert recording.details() == {2: "routine=task_create"}
    for event in events[5:]:
        recorder.sink(event)
    recorder.finish("finished")
    recording.refresh()
    assert recording.details() == {2: "routine=task_create", 7: "a lone ?"}
    assert recording.details(3, 6) == {}
    named = recording.query("SELECT seq, detail FROM events_named WHERE detail IS NOT NULL")
    assert named == [{"seq": 2, "detail": "routine=task_create"}, {"seq": 7, "detail": "a lone ?"}]


def test_a_renamed_task_keeps_its_last_name(tmp_path: Path) -> None:
    catalog = toy.catalog()
    recorder = Recorder(tmp_path / "a.zvz", catalog, Header())
    catalog.tasks.append(TaskInfo(1, "renamed \udc80"))
    for event in toy.run(10):
        recorder.sink(event)
    recorder.finish("finished")
    tasks = {task.id: task.name for task in Recording(tmp_path / "a.zvz").catalog.tasks}
    assert tasks == {1: "renamed ?", 2: "task 2"}


def test_invalid_events_are_refused(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "a.zvz", Catalog(), Header())
    recorder.sink((1, 0, 0, 0, 0, 0, 0, 0, 1 << 63))
    with pytest.raises(InputError, match="beyond 64 bits"):
        recorder.commit()
    recorder.abort("a wrong number")
    stream = EventStream()
    stream.sink((1, 2, 3))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="has 9 integers"):
        stream.commit()


WRITER = """
import os, signal, sys
sys.path.insert(0, {root!r})
from tests.recording import toy
from zoneviz.recording import Header, Recorder
catalog = toy.catalog()
recorder = Recorder({path!r}, catalog, Header(scenario="toy"))
events = toy.run(5000)
for event in events[:4000]:
    recorder.sink(event)
recorder.commit()
for event in events[4000:]:
    recorder.sink(event)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_leaves_every_committed_event(tmp_path: Path) -> None:
    path, root = tmp_path / "a.zvz", str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", WRITER.format(root=root, path=str(path))], check=False)
    assert done.returncode == -signal.SIGKILL
    recording = Recording(path)
    assert (recording.event_count, recording.complete) == (4000, False)
    assert (recording.events() == toy.as_rows(toy.run(5000)[:4000])).all()
    assert "killed" in recording.header.incomplete_reason
    stream = EventStream()
    stream.feed(toy.as_rows(toy.run(5000)[:4000]))
    assert recording.header.digest == stream.digest


def test_a_full_disk_keeps_what_was_committed(tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    recorder = Recorder(path, toy.catalog(), Header())
    events = toy.run(20000)
    for event in events[:5000]:
        recorder.sink(event)
    recorder.commit()
    pages = recorder._db.execute("PRAGMA page_count").fetchone()[0]
    recorder._db.execute(f"PRAGMA max_page_count = {pages + 10}")
    for event in events[5000:]:
        recorder.sink(event)
    with pytest.raises(EnvironmentProblem, match=r"cannot be written: .*full\.$"):
        recorder.commit()
    with pytest.raises(EnvironmentProblem, match="full"):
        recorder.commit()
    recorder.abort("the disk is full")
    recording = Recording(path)
    assert (recording.event_count, recording.complete, recording.header.incomplete_reason) == (5000, False, "the disk is full")
    assert (recording.events() == toy.as_rows(events[:5000])).all()
    assert len(recording.samples()) == 5000 // 256


FULL = """
import resource, signal, sys
sys.path.insert(0, {root!r})
from tests.recording import toy
from zoneviz.errors import EnvironmentProblem
from zoneviz.recording import Header, Recorder
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
recorder = Recorder({path!r}, toy.catalog(), Header())
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
try:
    for at, event in enumerate(toy.run(40000), 1):
        recorder.sink(event)
        if at % {size} == 0:
            recorder.commit()
except EnvironmentProblem as problem:
    recorder.abort("no space")
    print(recorder.events)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no limit on file sizes here")
@pytest.mark.parametrize("size", [image.LEAST - 1, 2 * image.LEAST])
def test_a_file_size_limit_keeps_what_was_committed(tmp_path: Path, size: int) -> None:
    path, root = tmp_path / "a.zvz", str(Path(__file__).parents[2])
    program = FULL.format(root=root, path=str(path), size=size)
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    committed = int(done.stdout)
    recording = Recording(path)
    assert size <= committed < 40000 and not recording.complete
    assert (recording.events() == toy.as_rows(toy.run(40000)[:committed])).all()


def test_a_read_only_folder_is_reported(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o555)
    with pytest.raises(EnvironmentProblem, match="Permission denied"):
        Recorder(tmp_path / "a.zvz", Catalog(), Header())
