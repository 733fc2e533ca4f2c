"""This machine is recorded in the window: live, scrubbable, with losses and alerts; a machine made for tests stands for the real one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.app import fake_machine
from tests.app.fake_machine import FakeKmem, Growing
from tests.gui.states import said
from tests.sources.conftest import tracing_root
from zoneviz.app import live as live_module
from zoneviz.app import recording_live
from zoneviz.app.live import Live
from zoneviz.app.live_spec import LiveSpec
from zoneviz.gui.charts.page_colours import colouring
from zoneviz.gui.window.live_form import EVENTS
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.playback.pagemap import page_map
from zoneviz.recording import Recording
from zoneviz.sources import tracing
from zoneviz.sources.able import Refused

__all__ = ["tracing_root"]


@pytest.fixture
def machine(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Iterator[Growing]:
    """The window's machine is one that grows, and that anybody may record."""
    made = Growing()
    monkeypatch.setattr(recording_live, "open_live", lambda spec: Live(spec, made))
    monkeypatch.setattr(live_module, "KmemSource", FakeKmem)
    window.sidebar.machine.refused = Refused
    yield made


def record(window: MainWindow, qtbot: QtBot, path: Path, **values: object) -> None:
    window.desk.start(LiveSpec(output=path, every=0.05, **values))  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: window.session.last > 0 or not window.desk.live, timeout=30_000)
    assert window.desk.live, window.welcome.words.text()


def wait_for_badge(window: MainWindow, qtbot: QtBot, text: str) -> None:
    """The badge is drawn like a view, when its turn comes."""
    qtbot.waitUntil(lambda: window.transport.badge.text() == text, timeout=10_000)


def test_the_form_records_until_it_is_stopped(window: MainWindow, machine: Growing, qtbot: QtBot) -> None:
    QTest.mouseClick(window.welcome.record, Qt.MouseButton.LeftButton)
    sidebar = window.sidebar
    assert sidebar.of_machine and not sidebar.machine.isHidden() and sidebar.form.isHidden()
    assert sidebar.button.text() == window.transport.run.text() == "Record" and window.transport.speed.isHidden()
    assert QApplication.focusWidget() is sidebar.machine.record
    sidebar.machine.record.set_value(EVENTS)
    sidebar.machine.editors["every"].set_value("100ms")
    QTest.mouseClick(sidebar.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.last > 300, timeout=30_000)
    bar = window.live_bar
    assert window.desk.of_machine and window.session.live and window.session.follow and bar.isVisible()
    wait_for_badge(window, qtbot, "Recording")
    assert bar.state.text() == "Recording this machine" and set(said(window).values()) == {"Recording"}
    qtbot.waitUntil(lambda: "7 events lost" in bar.lost.text() and " of " in bar.file.text(), timeout=30_000)
    assert bar.lost.property("role") == "danger"
    window.desk.stop()
    qtbot.waitUntil(lambda: not window.desk.live, timeout=30_000)
    wait_for_badge(window, qtbot, "Stopped")
    assert set(said(window).values()) == {"Stopped"}
    assert "7 events lost. You stopped it." in bar.alert.text() and bar.dismiss.isVisible()
    assert window.session.player is not None
    recording = window.session.player.recording
    assert recording.complete and recording.header.outcome == "interrupted" and recording.header.system == "Test 1"
    losses = window.session.series.losses
    assert len(losses) == 1 and window.timeline.readout.warning == "7 events lost before the last reading"
    window.session.ask_moment(int(losses.ends[0]))
    window.session.land()
    window.session.frames.flush()
    assert len(window.timeline.gaps.spans) == 1 and window.timeline.readout.warning == "at least: 7 events lost before"
    QTest.mouseClick(bar.dismiss, Qt.MouseButton.LeftButton)
    assert not bar.isVisible()


def test_readings_alone_are_followed_reading_by_reading(window: MainWindow, machine: Growing, qtbot: QtBot, tmp_path: Path) -> None:
    record(window, qtbot, tmp_path / "m.zvz")
    session = window.session
    qtbot.waitUntil(lambda: len(session.series.readings) > 4, timeout=30_000)
    assert "reading" in window.live_bar.rate.text() and not window.live_bar.lost.isVisible()
    session.ask_moment(1)
    session.land()
    first = session.moment
    count = len(session.series.readings)
    qtbot.waitUntil(lambda: len(session.series.readings) > count + 2, timeout=30_000)
    assert session.moment == first and not session.follow, "the moment stays while the machine is recorded"
    taken = machine.taken
    window.desk.stop()
    qtbot.waitUntil(lambda: not window.desk.live, timeout=30_000)
    assert machine.taken >= taken and window.session.header.of_readings


def test_a_pause_loses_nothing_the_kernel_keeps(window: MainWindow, machine: Growing, qtbot: QtBot, tmp_path: Path) -> None:
    record(window, qtbot, tmp_path / "m.zvz", events=True)
    desk = window.desk
    assert desk.run is not None
    with qtbot.waitSignal(desk.run.pause_done, timeout=30_000):
        window.actions_["pause"].trigger()
    qtbot.waitUntil(lambda: desk.run is not None and window.session.last == desk.run.events, timeout=30_000)
    assert window.live_bar.state.text() == "Paused: the kernel keeps the newest events"
    wait_for_badge(window, qtbot, "Paused")
    assert set(said(window).values()) == {"Paused"}
    still, made = window.session.last, machine.taken
    qtbot.wait(300)
    assert window.session.last == still and machine.taken == made
    window.actions_["pause"].trigger()
    qtbot.waitUntil(lambda: window.session.last > still + 250, timeout=30_000)
    assert window.live_bar.state.text() == "Recording this machine"
    desk.stop()
    qtbot.waitUntil(lambda: not desk.live, timeout=30_000)


def test_step_takes_a_reading(window: MainWindow, machine: Growing, qtbot: QtBot, tmp_path: Path) -> None:
    window.desk.start(LiveSpec(output=tmp_path / "m.zvz", every=3600))
    qtbot.waitUntil(lambda: window.session.last > 0, timeout=30_000)
    assert window.actions_["step"].text() == "&Take a reading now" and window.transport.step.text() == "reading"
    before = machine.taken
    window.actions_["step"].trigger()
    qtbot.waitUntil(lambda: machine.taken == before + 1 and len(window.session.series.readings) == 2, timeout=30_000)
    assert not window.desk.paused


def test_an_alert_is_in_the_bar_and_shown_once(window: MainWindow, machine: Growing, qtbot: QtBot, tmp_path: Path) -> None:
    told: list[str] = []
    window.desk.news.connect(told.append)
    record(window, qtbot, tmp_path / "m.zvz", alerts=("slab > 20K",))
    bar = window.live_bar
    qtbot.waitUntil(lambda: bool(bar.alert.text()), timeout=30_000)
    qtbot.wait(200)
    assert bar.alert.text().startswith("slab > 20K: ") and bar.alert.property("role") == "danger"
    assert len(told) == 1 and "slab > 20K" in told[0]


def test_closing_the_window_ends_the_recording(window: MainWindow, machine: Growing, qtbot: QtBot, tmp_path: Path) -> None:
    record(window, qtbot, tmp_path / "m.zvz", events=True)
    window.close()
    with Recording(tmp_path / "m.zvz") as recording:
        assert recording.complete and recording.header.outcome == "interrupted" and recording.event_count > 0
    assert not (tmp_path / "m.zvz-wal").exists()


def test_a_machine_that_goes_away_is_reported(window: MainWindow, machine: Growing, qtbot: QtBot, tmp_path: Path) -> None:
    machine.breaks = machine.taken + 6
    record(window, qtbot, tmp_path / "m.zvz")
    qtbot.waitUntil(lambda: not window.desk.live, timeout=30_000)
    assert window.banner.words.text() == "The machine has gone." and not window.live_bar.isVisible()
    wait_for_badge(window, qtbot, "Incomplete")


def test_the_limit_of_the_file_ends_it_with_a_sentence(window: MainWindow, machine: Growing, qtbot: QtBot, tmp_path: Path) -> None:
    record(window, qtbot, tmp_path / "m.zvz", events=True, limit=200_000)
    qtbot.waitUntil(lambda: not window.desk.live, timeout=60_000)
    wait_for_badge(window, qtbot, "Limit reached")
    assert set(said(window).values()) == {"Limit reached"}
    assert "The file has reached its limit of" in window.live_bar.alert.text()


def test_the_oldest_events_may_be_dropped_while_they_are_on_show(
    window: MainWindow, machine: Growing, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake_machine, "STEP", 20_000)
    problems: list[str] = []
    session = window.session
    session.problem.connect(problems.append)
    record(window, qtbot, tmp_path / "m.zvz", events=True, keep=0.5)
    qtbot.waitUntil(lambda: session.last > 1000, timeout=60_000)
    session.ask_moment(500)
    session.land()

    def first() -> int:
        return session.player.recording.first_event if session.player is not None else 0

    qtbot.waitUntil(lambda: first() > 1000, timeout=60_000)
    before = first()
    window.deck.show_only("Events", "Zone map pages")
    session.set_follow(True)
    qtbot.waitUntil(lambda: first() > before and session.moment > before, timeout=60_000)
    assert session.player is not None and not problems
    window.desk.stop()
    qtbot.waitUntil(lambda: not window.desk.live, timeout=60_000)
    assert session.player.recording.complete and session.moment == session.last and not problems


def test_the_kernel_that_runs_now(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, tracing_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracing, "PLACES", (tracing_root,))
    window.desk.start(LiveSpec(output=tmp_path / "m.zvz", events=True, buffer=1 << 20))
    qtbot.waitUntil(lambda: window.session.last > 2000 or not window.desk.live, timeout=60_000)
    assert window.desk.live, window.welcome.words.text()
    window.desk.stop()
    qtbot.waitUntil(lambda: not window.desk.live, timeout=60_000)
    player = window.session.player
    assert player is not None and player.recording.complete
    catalog = player.recording.catalog
    assert catalog.thread_names[1] == "CPU 0" and len(catalog.zones) > 50
    found = page_map(player.state)
    assert found.scattered and len(found) > 0 and (found.address >> 40 > 0).all()
    assert colouring(found, "zone", catalog, window.session.theme, player.state.seq).keys
    assert not [*(tracing_root / "instances").glob(f"zoneviz-{os.getpid()}*")]


def test_in_a_narrow_window_the_outcome_is_short_and_whole(window: MainWindow, machine: Growing, qtbot: QtBot, tmp_path: Path) -> None:
    window.resize(900, 600)
    record(window, qtbot, tmp_path / "m.zvz")
    window.desk.stop()
    qtbot.waitUntil(lambda: not window.desk.live, timeout=30_000)
    wait_for_badge(window, qtbot, "Stopped")
    badge = window.transport.badge
    qtbot.waitUntil(lambda: badge.width() >= badge.sizeHint().width(), timeout=10_000)  # Qt lays out again after the text has changed
