"""A run that is killed, or meets a full disk or an error, leaves a file that opens and holds every committed event."""

import resource
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from zoneviz.app.simulation import Simulation
from zoneviz.app.soundness import problems
from zoneviz.app.state import open_recording
from zoneviz.app.verify import verify
from zoneviz.recording import EventStream, Recorder, Recording
from zoneviz.spec import RunSpec

ROOT = Path(__file__).parents[2]
LONG = ("fork-bomb", "--profile", "debian-2005")
KILLED = 12
"""Runs that are killed, each at another moment."""


def test_a_killed_run_leaves_what_was_committed(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "tests.whole.killed", str(tmp_path), str(KILLED)], cwd=ROOT, check=True, timeout=120)
    opened, most = 0, 0
    for number in range(KILLED):
        path, said = tmp_path / f"{number}.zvz", tmp_path / f"{number}.said"
        if not path.exists():
            continue  # killed before there was a file: nothing was recorded, and nothing that does not open is left
        opened += 1
        committed = int(said.read_bytes() or b"0") if said.exists() else 0
        with open_recording(path) as recording:
            assert not recording.complete and "killed" in recording.header.incomplete_reason
            assert recording.event_count >= committed
            assert problems(recording) == []
            most = max(most, recording.event_count)
    assert opened >= KILLED * 2 // 3 and most > 10_000
    longest = max(tmp_path.glob("[0-9]*.zvz"), key=lambda p: p.stat().st_size)
    assert verify(longest)["reproduced"] is True


def test_a_full_disk_ends_the_run_with_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    done = subprocess.run(
        [sys.executable, "-m", "zoneviz", "run", *LONG, "-o", str(path), "--quiet"],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, resource.RLIM_INFINITY)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "cannot be written" in done.stderr, done.stderr
    with open_recording(path) as recording:
        assert not recording.complete and recording.event_count > 1000 and recording.header.incomplete_reason
        assert problems(recording) == []


@pytest.mark.parametrize("place", ["_write_events", "_write_samples", "_write_catalog"])
@pytest.mark.parametrize("error", [RuntimeError("a bug"), KeyboardInterrupt(), MemoryError()])
def test_an_error_in_the_middle_of_a_commit(tmp_path: Path, place: str, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = Simulation(RunSpec("fork-bomb", output=tmp_path / "a.zvz"))
    simulation.advance(0.1)
    simulation.flush()
    before, real, calls = simulation.events, getattr(Recorder, place), 0

    def fail(self: Recorder, *args: object) -> object:
        nonlocal calls
        calls += 1
        real(self, *args)
        raise error

    monkeypatch.setattr(Recorder, place, fail)
    with pytest.raises(type(error)):
        while simulation.advance(1):
            pass
    assert calls == 1, "it is not tried again with what is half taken in"
    with open_recording(tmp_path / "a.zvz") as recording:
        assert recording.event_count == before and not recording.complete and problems(recording) == []
        reason = recording.header.incomplete_reason
        assert "interrupted" in reason if isinstance(error, KeyboardInterrupt) else type(error).__name__ in reason


@pytest.mark.parametrize(("step", "seconds"), [(0.008, 2.0), (0.004, 0.45)])
def test_commits_come_within_a_quarter_of_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: float, seconds: float) -> None:
    """The clock advances by `step` at each look: as a slice should take, and half of it, so that slices grow."""
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += step
        return now

    times, commit = [0.0], EventStream.commit

    def watched(self: EventStream) -> None:
        commit(self)
        times.append(now)

    monkeypatch.setattr(EventStream, "commit", watched)
    simulation = Simulation(RunSpec("fork-bomb", "debian-2005", output=tmp_path / "a.zvz"), clock=clock)
    simulation.advance(seconds)
    simulation.stop()
    gaps = [b - a for a, b in pairwise(times)]
    assert len(gaps) > 3 * seconds
    assert max(gaps) <= 0.25, gaps


def test_a_pause_can_commit(tmp_path: Path) -> None:
    simulation = Simulation(RunSpec("fork-bomb", output=tmp_path / "a.zvz"), commit_seconds=1000)
    simulation.advance(0.02)
    simulation.flush()
    assert simulation.stream.pending == 0 and not simulation.ended
    with Recording(tmp_path / "a.zvz") as recording:
        assert recording.event_count == simulation.events > 0
    simulation.stop()
    simulation.flush()


def test_a_kill_in_the_middle_of_closing_can_be_read(tmp_path: Path) -> None:
    """Between leaving WAL mode and the end the file has a rollback journal, with which SQLite alone cannot read it read-only."""
    code = f"""
import sqlite3, os, signal, sys
sys.path.insert(0, {str(ROOT)!r})
from tests.recording import toy
from zoneviz.recording import Recorder, Header
r = Recorder({str(tmp_path / "a.zvz")!r}, toy.catalog(), Header(scenario="toy"))
for e in toy.run(2000): r.sink(e)
r.finish("panic")
db = sqlite3.connect({str(tmp_path / "a.zvz")!r}, isolation_level=None)
db.execute("PRAGMA cache_size = 5")
db.execute("PRAGMA cache_spill = 1")
db.execute("BEGIN")
db.execute("UPDATE events SET size = 7")
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], check=False)
    assert (tmp_path / "a.zvz-journal").exists()
    with Recording(tmp_path / "a.zvz") as recording:
        assert recording.event_count == 2000 and problems(recording) == []
    assert (tmp_path / "a.zvz-journal").exists(), "nothing is changed there"
