"""A recording of this machine ends well however it is ended, and a kill leaves a file that opens and nothing on the machine."""

import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sources.conftest import tracing_root
from zoneviz.app.soundness import problems
from zoneviz.errors import ZonevizError
from zoneviz.events import Kind
from zoneviz.recording import Recording

__all__ = ["tracing_root"]
ROOT = Path(__file__).parents[2]
KILLED = 4
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="records a Linux kernel")


def child(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.whole.live_child", *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def wait(path: Path, ready: Callable[[Recording], bool], running: subprocess.Popen[str]) -> None:
    """Until the recording that a child makes is `ready`."""
    until = time.monotonic() + 60
    while time.monotonic() < until and running.poll() is None:
        try:
            with Recording(path) as recording:
                if ready(recording):
                    return
        except ZonevizError:
            pass  # not there yet
        time.sleep(0.02)
    running.kill()
    pytest.fail(f"no recording: {running.communicate()[1]}")


def kill(running: subprocess.Popen[str]) -> None:
    running.kill()
    running.communicate()
    assert running.returncode == -signal.SIGKILL


def two_readings(recording: Recording) -> bool:
    return len(recording.events_of(Kind.READING, first=recording.first_event)) > 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_well(tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "a.zvz"
    running = child(tmp_path, "record", "--every", "0.1", "-o", path, "--quiet")
    wait(path, two_readings, running)
    running.send_signal(number)
    assert running.communicate(timeout=60) == ("", "") and running.returncode == 0
    with Recording(path) as recording:
        assert recording.complete and recording.header.outcome == "interrupted" and problems(recording) == []
    assert [file.name for file in tmp_path.iterdir()] == ["a.zvz"]


def test_a_given_time_ends_as_finished(tmp_path: Path) -> None:
    path = tmp_path / "a.zvz"
    done = child(tmp_path, "record", "--every", "0.1", "--for", "0.5", "-o", path, "--quiet")
    assert done.communicate(timeout=60) == ("", "") and done.returncode == 0
    with Recording(path) as recording:
        assert recording.complete and recording.header.outcome == "finished" and two_readings(recording)


def test_a_kill_leaves_a_recording_and_the_next_start_cleans_up(tmp_path: Path, tracing_root: Path) -> None:
    path = tmp_path / "a.zvz"
    running = child(tracing_root, "record", "--events", "--every", "0.1", "--buffer", "4M", "-o", path, "--quiet")
    wait(path, two_readings, running)
    kill(running)

    def left() -> list[str]:
        return [folder.name for folder in (tracing_root / "instances").glob(f"zoneviz-{running.pid}*")]

    with Recording(path) as recording:
        assert not recording.complete and "killed" in recording.header.incomplete_reason and problems(recording) == []
        assert len(recording.events_of(Kind.ZALLOC, most=1)) == 1
    again = child(tracing_root, "record", "--events", "--for", "0.2", "--buffer", "4M", "-o", tmp_path / "b.zvz", "--quiet")
    assert again.communicate(timeout=60)[1] == "" and again.returncode == 0
    assert left() == [] and not [*(tracing_root / "instances").glob(f"zoneviz-{again.pid}*")]


def test_a_full_disk_ends_it_with_one_sentence(tmp_path: Path, tracing_root: Path) -> None:
    path = tmp_path / "a.zvz"
    running = child(tracing_root, "record", "--events", "--every", "0.1", "--buffer", "4M", "-o", path, "--quiet")
    wait(path, two_readings, running)
    resource.prlimit(running.pid, resource.RLIMIT_FSIZE, (path.stat().st_size + 200_000, resource.RLIM_INFINITY))
    until = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < until:
        list(ROOT.glob("zoneviz/*/*"))  # work for the kernel's caches
    assert running.wait(1) == 1
    said = running.communicate()[1]
    assert said.count("\n") == 1 and "cannot be written" in said, said
    with Recording(path) as recording:
        assert not recording.complete and recording.header.incomplete_reason  # there may be no room to say more
        assert two_readings(recording) and problems(recording) == []
    assert not [*(tracing_root / "instances").glob(f"zoneviz-{running.pid}*")]


def test_a_kill_while_old_events_are_dropped(tmp_path: Path) -> None:
    chance, first = random.Random(1), []
    for number in range(KILLED):
        path = tmp_path / f"{number}.zvz"
        running = child("--keep", path)
        wait(path, lambda recording: recording.first_event > 1, running)
        time.sleep(chance.uniform(0, 0.4))
        kill(running)
        with Recording(path) as recording:
            assert not recording.complete and problems(recording) == []
            first.append(recording.first_event)
    assert min(first) > 1
