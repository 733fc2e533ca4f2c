"""A live run in its thread: start, pause, step, stop, close; and its recording."""

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz.gui.session.desk import Desk
from zoneviz.gui.session.frames import Frames
from zoneviz.gui.session.worker import LiveRun
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec

OWN = '''
from zoneviz.mach import program, traps
from zoneviz.scenarios import Run, Scenario

def start(run: Run) -> None:
    def main():
        me = yield from program.prelude()
        while True:
            yield traps.port_allocate(me)
            yield traps.compute(1000)
            yield traps.port_names(0)
    program.start(run.kernel, main())

SCENARIO = Scenario("own", "Runs until it is stopped.", start)
'''


@pytest.fixture
def endless(tmp_path: Path) -> str:
    """A scenario that runs for a long time."""
    path = tmp_path / "own.py"
    path.write_text(OWN)
    return str(path)


def test_a_run_from_start_to_end(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    run = LiveRun(RunSpec("boot", output=tmp_path / "a.zvz"))
    reported: list[tuple[int, int]] = []
    run.progress.connect(lambda events, time: reported.append((events, time)))
    with qtbot.waitSignal(run.finished, timeout=30_000) as end:
        run.start()
    assert end.args[0]["outcome"] == "booted"
    assert reported == sorted(reported)
    recording = Recording(tmp_path / "a.zvz")
    assert recording.complete
    assert reported[-1] == (recording.event_count, recording.last_time)
    recording.close()
    run.close()


def test_a_run_that_cannot_start_is_reported(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    run = LiveRun(RunSpec("no-such-thing", output=tmp_path / "a.zvz"))
    with qtbot.waitSignal(run.failed, timeout=30_000) as end:
        run.start()
    assert "no-such-thing" in end.args[0]
    assert run.over


def test_pause_step_resume_stop(window: MainWindow, qtbot: QtBot, endless: str, tmp_path: Path) -> None:
    window.desk.start(RunSpec(endless, output=tmp_path / "a.zvz"))
    session, desk = window.session, window.desk
    qtbot.waitUntil(lambda: session.last > 1000, timeout=30_000)
    assert session.follow and "Queue" in window.actions_["run"].text() and window.sidebar.button.text() == "Queue"
    assert desk.run is not None
    with qtbot.waitSignal(desk.run.pause_done, timeout=30_000):
        desk.toggle_pause()
    qtbot.waitUntil(lambda: desk.run is not None and session.moment == session.last == desk.run.events, timeout=30_000)
    assert window.transport.badge.text() == "Paused"
    still = session.last
    QApplication.processEvents()
    assert session.last == still == Recording(tmp_path / "a.zvz").event_count
    desk.step()
    qtbot.waitUntil(lambda: session.last > still, timeout=30_000)
    assert desk.run.paused
    desk.toggle_pause()
    qtbot.waitUntil(lambda: session.last > still + 2000, timeout=30_000)
    with qtbot.waitSignal(desk.run.finished, timeout=30_000):
        desk.stop()
    assert not desk.live and not session.live
    qtbot.waitUntil(lambda: window.transport.badge.text() == "Stopped")
    recording = Recording(tmp_path / "a.zvz")
    assert recording.complete and recording.header.outcome == "interrupted"
    assert session.last == recording.event_count
    recording.close()


def test_the_moment_can_leave_the_tail_of_a_run(window: MainWindow, qtbot: QtBot, settle: Settle, endless: str, tmp_path: Path) -> None:
    window.desk.start(RunSpec(endless, output=tmp_path / "a.zvz"))
    session = window.session
    qtbot.waitUntil(lambda: session.last > 2000, timeout=30_000)
    session.ask_x(session.series.x_at(500))
    settle(session)
    here, last = session.moment, session.last
    assert not session.follow and abs(here - 500) < 300
    qtbot.waitUntil(lambda: session.last > last + 1000, timeout=30_000)
    assert session.moment == here
    window.actions_["follow"].trigger()
    assert session.follow
    qtbot.waitUntil(lambda: session.moment > last, timeout=30_000)


def test_another_recording_while_it_runs(window: MainWindow, qtbot: QtBot, recorded: Path, endless: str, tmp_path: Path) -> None:
    window.desk.start(RunSpec(endless, output=tmp_path / "a.zvz"))
    qtbot.waitUntil(lambda: window.session.last > 1000, timeout=30_000)
    assert window.open_path(recorded)
    assert window.desk.live and not window.session.live
    count = window.session.last
    assert window.desk.run is not None
    before = window.desk.run.events
    qtbot.waitUntil(lambda: window.desk.run is not None and window.desk.run.events > before, timeout=30_000)
    assert window.session.last == count
    assert window.open_path(tmp_path / "a.zvz")
    assert window.session.live


def test_closing_the_window_leaves_a_complete_recording(window: MainWindow, qtbot: QtBot, endless: str, tmp_path: Path) -> None:
    window.desk.start(RunSpec(endless, output=tmp_path / "a.zvz"))
    qtbot.waitUntil(lambda: window.session.last > 1000, timeout=30_000)
    interval = sys.getswitchinterval()
    window.close()
    assert sys.getswitchinterval() > interval
    recording = Recording(tmp_path / "a.zvz")
    assert recording.complete
    assert recording.header.events == recording.event_count > 1000
    assert len(recording.events()) == recording.event_count
    assert not (tmp_path / "a.zvz-wal").exists()
    recording.close()


def test_a_live_run_is_read_in_one_turn_of_the_event_loop_and_drawn_in_another(
    window: MainWindow, qtbot: QtBot, endless: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, drawn = [False], list[bool]()
    progress, flush = Desk._progress, Frames.flush

    def reported(self: Desk, events: int, at: int) -> None:
        inside[0] = True
        progress(self, events, at)
        inside[0] = False

    def drawing(self: Frames) -> None:
        drawn.append(inside[0])
        flush(self)

    monkeypatch.setattr(Desk, "_progress", reported)
    monkeypatch.setattr(Frames, "flush", drawing)
    window.desk.start(RunSpec(endless, output=tmp_path / "a.zvz"))
    qtbot.waitUntil(lambda: len(drawn) > 3, timeout=30_000)
    assert not any(drawn) and window.session.last > 0


PROCESS = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from zoneviz.gui.window import main, main_window
from zoneviz.spec import RunSpec
window_type = main_window.MainWindow
def later(self):
    if self.session.last > 1000:
        self.close() if {close} else main.application().quit()
class Watched(window_type):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        timer = QTimer(self, interval=50)
        timer.timeout.connect(lambda: later(self))
        timer.start()
main.MainWindow = Watched
sys.exit(main.run_window(None, RunSpec({scenario!r})))
"""


@pytest.mark.parametrize("close", [True, False], ids=["window closed", "application quit"])
def test_the_process_exits_cleanly(endless: str, own_folders: Path, close: bool) -> None:
    code = PROCESS.format(close=close, scenario=endless)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr.replace("This plugin does not support propagateSizeHints()\n", "")) == (0, "")
    made = [*own_folders.rglob("*.zvz")]
    assert len(made) == 1
    recording = Recording(made[0])
    assert recording.complete and recording.header.outcome == "interrupted"
    recording.close()


def test_the_speed_changes_only_the_waiting(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    digests = []
    for name, speed in (("fast", 0.0), ("paced", 2000.0)):
        run = LiveRun(RunSpec("fork-bomb", settings=("zone_map_size=64K",), output=tmp_path / f"{name}.zvz"), speed=speed)
        run.progress.connect(lambda events, time, run=run: run.shown(0.0))
        with qtbot.waitSignal(run.finished, timeout=60_000) as end:
            run.start()
        digests.append(end.args[0]["digest"])
        run.close()
    assert digests[0] == digests[1]


def test_a_run_far_ahead_of_its_speed_can_be_released_and_stopped(qapp: QApplication, qtbot: QtBot, endless: str, tmp_path: Path) -> None:
    run = LiveRun(RunSpec(endless, output=tmp_path / "a.zvz"), speed=1e-9)
    reported: list[int] = []
    run.progress.connect(lambda events, time: reported.append(events))
    run.progress.connect(lambda events, time: run.shown(0.0))
    run.start()
    qtbot.waitUntil(lambda: bool(reported), timeout=30_000)
    before = reported[-1]
    run.set_speed(0.0)
    qtbot.waitUntil(lambda: reported[-1] > before + 1000, timeout=30_000)
    run.set_speed(1e-9)
    with qtbot.waitSignal(run.finished, timeout=30_000) as end:
        run.stop()
    assert end.args[0]["outcome"] == "interrupted"
    run.close()


def test_runs_are_queued(window: MainWindow, qtbot: QtBot, endless: str, tmp_path: Path) -> None:
    desk = window.desk
    desk.start(RunSpec(endless, output=tmp_path / "a.zvz"))
    qtbot.waitUntil(lambda: window.session.last > 100, timeout=30_000)
    for seed in (1, 2):
        desk.start(RunSpec("boot", seed=seed))
    desk.start(RunSpec("no-such-thing"))
    assert len(desk.queue) == 3 and window.sidebar.button.text() == "Queue (3 waiting)" and "3 queued" in window.status.left.text()
    desk.stop()
    qtbot.waitUntil(lambda: not desk.queue and not desk.live, timeout=60_000)
    made = sorted(path.name for path in window.shelf.recent())
    assert sum(name.startswith("boot-") for name in made) == 2
    assert "no-such-thing" in window.banner.words.text()


def test_a_queued_run_does_not_replace_another_recording(
    window: MainWindow, qtbot: QtBot, endless: str, tmp_path: Path, recorded: Path
) -> None:
    desk, session = window.desk, window.session
    desk.start(RunSpec(endless, output=tmp_path / "a.zvz"))
    qtbot.waitUntil(lambda: session.last > 100, timeout=30_000)
    desk.start(RunSpec(endless, seed=2, output=tmp_path / "b.zvz"))
    window.open_path(recorded)
    session.ask_moment(4000)
    session.land()
    first = desk.run
    assert desk.live and "another recording" in window.status.left.text()
    desk.stop()
    qtbot.waitUntil(lambda: desk.run is not first and desk.run is not None and desk.run.events > 100, timeout=60_000)
    assert session.player is not None and session.player.recording.path == recorded and session.moment == 4000
    window.actions_["to_run"].trigger()
    assert desk.looking_at_run and session.follow
    desk.start(RunSpec("boot"))
    window.actions_["unqueue"].trigger()
    assert not desk.queue


def test_the_past_is_shown_while_the_run_continues(window: MainWindow, qtbot: QtBot, endless: str, tmp_path: Path) -> None:
    desk, session = window.desk, window.session
    desk.start(RunSpec(endless, output=tmp_path / "a.zvz"))
    qtbot.waitUntil(lambda: session.last > 2000, timeout=30_000)
    session.ask_moment(500)
    session.land()
    before = session.last
    qtbot.waitUntil(lambda: session.last > before + 500, timeout=30_000)
    assert session.moment == 500 and not session.follow
    assert desk.run is not None
    with qtbot.waitSignal(desk.run.pause_done, timeout=30_000):
        desk.toggle_pause()  # everything before a pause is on disk
    qtbot.waitUntil(lambda: desk.run is not None and session.last == desk.run.events, timeout=30_000)
    session.set_follow(True)
    session.refresh()
    qtbot.waitUntil(lambda: session.moment == session.last, timeout=30_000)  # far behind the tail, it catches up in strides
