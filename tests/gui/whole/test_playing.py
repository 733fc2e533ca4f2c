"""Playing, its speeds and its loop; finding events and conditions, forwards and backwards."""


import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import Settle
from zoneviz.gui.session.clock import ONE, SPEEDS, Clock
from zoneviz.gui.session.session import Session
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.state.rows import KIND


def begin(session: Session, seq: int) -> Clock:
    clock = Clock(session)
    session.recording_changed.emit()
    session.ask_moment(seq)
    clock.set_speed("1,000 events/s")
    clock.play()
    clock.tick(0.0)  # the test's clock from here on
    return clock


def test_the_speed_is_kept(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneviz.gui.session.clock.monotonic", lambda: 0.0)
    clock = begin(session, 100)
    clock.tick(1.0)
    assert session.moment == 1100
    clock.set_speed("10 events/s")
    clock.tick(2.0)
    assert session.moment == 1110
    session.ask_moment(5000)  # moved by the user: playing continues from there
    clock.tick(3.0)
    assert session.moment == 5010
    clock.pause()
    clock.tick(4.0)
    assert session.moment == 5010 and not clock.playing


def test_playing_stops_at_the_end_and_then_restarts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneviz.gui.session.clock.monotonic", lambda: 0.0)
    clock = begin(session, session.last - 10)
    clock.tick(1.0)
    assert session.moment == session.last and not clock.playing
    clock.play()
    assert session.moment == 0 and clock.playing


def test_a_selected_stretch_is_looped(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("zoneviz.gui.session.clock.monotonic", lambda: 0.0)
    session.select(range=(2000, 2500))
    clock = Clock(session)
    session.recording_changed.emit()
    clock.set_loop(True)
    clock.set_speed("1,000 events/s")
    clock.play()
    seen = []
    for second in range(1, 5):
        clock.tick(float(second))
        seen.append(session.moment)
    assert clock.playing and set(seen) <= set(range(2000, 2501)) and 2500 in seen and 2000 in seen


def test_keys_play_and_change_the_speed(opened: MainWindow, settle: Settle) -> None:
    opened.activateWindow()
    chart = opened.timeline.chart
    chart.setFocus()
    opened.session.ask_moment(10)
    settle(opened.session)
    QTest.keyClick(chart, Qt.Key.Key_Space)
    assert opened.clock.playing and "Stop" in opened.actions_["play"].text()
    QTest.keyClick(chart, Qt.Key.Key_Space)
    assert not opened.clock.playing
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    names = list(SPEEDS)
    assert opened.clock.speed == names[names.index(ONE) + 1] == opened.transport.pace.value()
    QTest.keyClick(chart, Qt.Key.Key_Minus)
    assert opened.clock.speed == ONE
    opened.transport.pace.set_value("100 events/s")
    assert opened.clock.speed == "100 events/s"
    QTest.keyClick(chart, Qt.Key.Key_L)
    assert opened.clock.looped


def test_space_still_presses_buttons(opened: MainWindow, qapp: QApplication) -> None:
    opened.activateWindow()
    button = opened.deck.tabs.tabs["Events"]
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Space)
    assert opened.deck.shown() == ["Events"] and not opened.clock.playing


def test_the_next_event_of_a_kind(opened: MainWindow, settle: Settle) -> None:
    session, finder = opened.session, opened.finder
    player = session.player
    assert player is not None
    rows = player.recording.events()
    frees = rows[rows[:, KIND] == 3, 0].tolist()
    session.ask_moment(1000)
    settle(session)
    opened.actions_["find"].trigger()
    assert opened.find_bar.isVisible()
    opened.find_bar.field.setText("kind=ZFREE")
    for action, wanted in (("find_next", min(s for s in frees if s > 1000)), ("find_back", max(s for s in frees if s < 1000))):
        session.ask_moment(1000)
        settle(session)
        opened.actions_[action].trigger()
        finder.wait()
        settle(session)
        assert session.moment == wanted and f"{wanted:,}" in opened.find_bar.words.text()


def test_a_condition_is_found(opened: MainWindow, settle: Settle) -> None:
    session = opened.session
    session.ask_moment(0)
    settle(session)
    opened.finder.look("threads in use > 100")
    opened.finder.wait()
    settle(session)
    assert session.player is not None
    zones = {zone["name"]: zone["in_use"] for zone in session.player.state.machine()["zones"]}
    assert zones["threads"] == 101


@pytest.mark.parametrize("words", ["colour=red", "zone=none", "what is this", "ipc ports in use > many"])
def test_an_error_is_shown_in_the_bar(opened: MainWindow, words: str) -> None:
    before = opened.session.moment
    opened.find_bar.open()
    opened.find_bar.field.setText(words)
    QTest.keyClick(opened.find_bar.field, Qt.Key.Key_Return)
    assert opened.finder.wrong and opened.find_bar.words.text().endswith(".")
    assert opened.session.moment == before and not opened.banner.isVisible()


def test_a_missing_match_is_reported(opened: MainWindow, settle: Settle) -> None:
    opened.session.ask_moment(0)
    settle(opened.session)
    opened.finder.look("kind=HANG")
    opened.finder.wait()
    assert "No match after event 0" in opened.find_bar.words.text()


def test_events_of_the_selection(opened: MainWindow, settle: Settle) -> None:
    session = opened.session
    session.ask_moment(0)
    settle(session)
    assert session.player is not None
    address = int(session.player.recording.events(100, 100)[0, 7])
    session.select(port=address)
    opened.actions_["touch_next"].trigger()
    opened.finder.wait()
    settle(session)
    assert int(session.player.recording.events(session.moment, session.moment)[0, 7]) == address


def test_esc_leaves_the_bar_and_a_search_can_be_cancelled(opened: MainWindow, settle: Settle) -> None:
    opened.session.ask_moment(0)
    settle(opened.session)
    opened.find_bar.open()
    opened.finder.look("kind=HANG")
    QTest.keyClick(opened.find_bar.field, Qt.Key.Key_Escape)
    assert not opened.find_bar.isVisible() and not opened.finder.running
    opened.finder.wait()
    assert opened.session.moment == 0


def test_to_the_panic(opened: MainWindow, settle: Settle) -> None:
    opened.session.ask_moment(0)
    settle(opened.session)
    opened.actions_["to_panic"].trigger()
    settle(opened.session)
    assert opened.session.moment == opened.session.last
