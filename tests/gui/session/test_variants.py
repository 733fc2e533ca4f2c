"""From a recording to a variant of it, and to their comparison."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, events, write
from zoneviz.app.running import run
from zoneviz.app.spec import again
from zoneviz.app.whatif import PATIENCE, Effect, Limit, limits
from zoneviz.gui.charts.rerun import OTHER
from zoneviz.gui.session.names import changed
from zoneviz.gui.views.compare import CompareView
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.recording import Recording
from zoneviz.spec import RunSpec


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("original") / "a.zvz"
    run(RunSpec("kernel-loop", "upstream-2005", ("operation=mach_port_allocate", "zone_map_size=256K"), 7, path))
    return path


@pytest.fixture
def shown(window: MainWindow, original: Path, settle: Settle) -> MainWindow:
    """A window that shows the original."""
    assert window.open_path(original)
    settle(window.session)
    return window


def compared(window: MainWindow, qtbot: QtBot) -> CompareView:
    """Wait for the comparison."""
    qtbot.waitUntil(lambda: window.second.comparison is not None, timeout=60_000)
    assert window.deck.shown() == ["Compare"]
    return window.deck.of(CompareView)


def test_the_card_offers_limits_that_the_run_did_not_have(shown: MainWindow, original: Path) -> None:
    offered = [action.text() for action in shown.panic.rerun.menu.actions() if not action.isSeparator()]
    with Recording(original) as recording:
        assert offered == [*(limit.words for limit in limits(recording.header)), OTHER]
    assert not shown.panic.rerun.isHidden()


def test_a_limit_is_run_and_compared(shown: MainWindow, qtbot: QtBot, original: Path, settle: Settle) -> None:
    doubled = next(action for action in shown.panic.rerun.menu.actions() if "twice as large" in action.text())
    doubled.trigger()
    view, second = shown.deck.of(CompareView), shown.second
    assert shown.deck.shown() == ["Compare"] and second.recording_runs and view.give_up.isVisible() and not view.choose.isVisible()
    assert "Running B with zone_map_size 512 KiB" in view.empty.text()
    assert shown.session.player is not None and shown.session.player.recording.path == original, "A stays on show"
    compared(shown, qtbot)
    settle(shown.session)
    assert not second.recording_runs and second.player is not None
    header = second.player.recording.header
    assert (header.scenario, header.profile, header.seed) == ("kernel-loop", "upstream-2005", 7)
    with Recording(original) as recording:
        assert header.parameters == recording.header.parameters | {"zone_map_size": 512 << 10}
        assert second.comparison is not None and second.comparison.outcomes == ("panic", "panic")
        ends = recording.event_count, second.player.recording.event_count
    assert ends[1] > ends[0]
    assert "zone_map_size 512 KiB" in view.names.words() and view.verdict.isVisible()
    shown.session.ask_moment(0)
    settle(shown.session)
    shown.actions_["part_next"].trigger()
    settle(shown.session)
    assert second.comparison.divergence is not None and shown.session.moment == second.comparison.divergence.seqs[0]
    second.detach()
    assert not shown.actions_["part_next"].isEnabled()


def test_a_tested_variant_can_be_recorded_and_compared(shown: MainWindow, qtbot: QtBot) -> None:
    effect = Effect(Limit("libports", "pool", "a pool"), "panic", False, False, "", "", 0, 0, {}, 0.0, 0, "Still a panic with a pool.")
    asked: list[object] = []
    shown.panic.what_if._show(effect)
    shown.session.variant_asked.disconnect()
    shown.session.variant_asked.connect(asked.append)
    button = shown.panic.what_if.rows[-1].findChildren(type(shown.panic.what_if.button))[0]
    assert "a pool" in button.accessibleName()
    button.click()
    assert asked == [{"libports": "pool"}]


def test_the_form_copies_the_values_and_runs_a_variant(shown: MainWindow, qtbot: QtBot, original: Path) -> None:
    sidebar = shown.sidebar
    assert sidebar.comparable, "the form shows the experiment of the recording"
    sidebar.choose("boot")
    assert not sidebar.comparable, "the form shows another experiment"
    other = next(action for action in shown.panic.rerun.menu.actions() if action.text() == OTHER)
    other.trigger()
    form = sidebar.form
    assert sidebar.comparable and shown.actions_["run_compare"].isEnabled()
    with Recording(original) as recording:
        assert changed(recording.header, form.spec()) == ""
    form.editors["seed"].set_value("8")
    form.editors["zone_map_size"].set_value("nonsense")
    assert not sidebar.comparable
    form.editors["zone_map_size"].set_value("192 KiB")
    QTest.mouseClick(sidebar.run_compare, Qt.MouseButton.LeftButton)
    compared(shown, qtbot)
    player = shown.second.player
    assert player is not None and player.recording.header.seed == 8
    assert player.recording.header.parameters["zone_map_size"] == 192 << 10
    assert player.recording.header.parameters["operation"] == "mach_port_allocate"


def test_cancelling_stops_and_unqueues_the_variants(shown: MainWindow, qtbot: QtBot) -> None:
    desk, second = shown.desk, shown.second
    shown.variants.vary({"zone_map_size": "12M"})
    shown.variants.vary({"zone_map_size": "11M"})
    assert len(desk.queue) == 1
    assert desk.run is not None
    with qtbot.waitSignal(desk.run.finished, timeout=60_000):
        second.cancel()
    assert not desk.queue and not second.recording_runs and second.player is None
    qtbot.waitUntil(lambda: not desk.live, timeout=60_000)
    assert shown.deck.of(CompareView).choose.isVisible() and second.path is None


def test_a_stopped_variant_is_compared_up_to_its_end(shown: MainWindow, qtbot: QtBot) -> None:
    shown.variants.vary({"zone_map_size": "12M"})
    assert shown.desk.run is not None
    qtbot.waitUntil(lambda: shown.desk.run is not None and shown.desk.run.events > 100, timeout=60_000)
    shown.desk.stop()
    compared(shown, qtbot)
    assert shown.second.comparison is not None
    assert shown.second.comparison.outcomes == ("panic", "interrupted")


def test_a_variant_without_an_end_is_stopped(shown: MainWindow, qtbot: QtBot, original: Path) -> None:
    shown.variants.vary({"zone_map_size": "12M"})
    compared(shown, qtbot)
    player = shown.second.player
    with Recording(original) as recording:
        most = PATIENCE * recording.event_count
    assert player is not None and most <= player.recording.event_count < most + 1000


def test_the_end_of_a_variant_is_reported_beside_another_recording(shown: MainWindow, qtbot: QtBot, recorded: Path) -> None:
    shown.variants.vary({"zone_map_size": "512K"})
    assert shown.open_path(recorded)
    assert not shown.second.recording_runs
    qtbot.waitUntil(lambda: shown.banner.isVisible(), timeout=60_000)
    assert "has ended" in shown.banner.words.text() and "a.zvz" in shown.banner.words.text()
    assert shown.session.player is not None and shown.session.player.recording.path == recorded
    assert shown.second.path is None


def test_a_variant_on_show_is_compared_with_its_original(shown: MainWindow, qtbot: QtBot, original: Path) -> None:
    shown.variants.vary({"zone_map_size": "12M"})
    qtbot.waitUntil(lambda: shown.desk.run is not None and shown.desk.run.path is not None, timeout=60_000)
    shown.desk.show_run()
    assert not shown.second.recording_runs
    compared(shown, qtbot)
    assert shown.session.player is not None and shown.session.player.recording.path == original


def test_a_recording_that_cannot_be_run_again_is_reported(shown: MainWindow, window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    shown.variants.vary({"zone_map_size": "no size"})
    assert shown.banner.isVisible() and "zone_map_size" in shown.banner.words.text() and not shown.desk.live
    assert window.open_path(write(tmp_path / "real.zvz", events(100), kind="imported"))
    settle(window.session)
    assert window.variants.original is None and window.panic.rerun.isHidden()
    assert not window.sidebar.comparable and window.sidebar.copy.isHidden()
    window.variants.start(RunSpec("boot"))
    assert "cannot be run again" in window.banner.words.text()


def test_what_a_variant_changes_is_named(original: Path) -> None:
    with Recording(original) as recording:
        header = recording.header
        assert changed(header, again(header)) == ""
        assert changed(header, again(header, {"zone_map_size": "1M", "libports": "pool"})) in (
            "zone_map_size 1 MiB, libports pool",
            "libports pool, zone_map_size 1 MiB",
        )
