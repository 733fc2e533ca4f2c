"""The window of sweeps: it runs, asks, stops, continues, shows the results of a file, and records one of its runs."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from zoneviz.app import sweeping
from zoneviz.app.grid import Grid
from zoneviz.app.sweep_chart import reference_marks
from zoneviz.gui.kit.twin import Twin
from zoneviz.gui.session import jobs
from zoneviz.gui.session import sweeping as session_sweeping
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.sweeps import ANYWAY, CONTINUE, START, SweepWindow
from zoneviz.recording.results import Found
from zoneviz.spec import RunSpec

GRID = Grid.of(RunSpec("fork-bomb", max_events=3000), ["zone_map_size=128K,512K,16M", "session=ssh,console"], 2)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sweep") / "a.zvs"
    sweeping.sweep(GRID, path, 1)
    return path


@pytest.fixture
def sweeps(window: MainWindow) -> SweepWindow:
    window.actions_["sweep"].trigger()
    return window.show_sweeps()


def enter(sweeps: SweepWindow, path: Path, values: str = "64K,128K") -> None:
    form = sweeps.form
    form.scenario.setCurrentText("fork-bomb")
    form.names[0].setCurrentText("zone_map_size")
    form.values[0].setText(values)
    form.workers.set_value("1")
    form.output.setText(str(path))


def test_a_sweep_runs_and_its_results_are_shown(sweeps: SweepWindow, tmp_path: Path, qtbot: QtBot) -> None:
    assert not sweeps.begin.isEnabled() and sweeps.form.problem == "Choose a setting to vary and its values."
    path = tmp_path / "new" / "a.zvs"
    enter(sweeps, path)
    assert sweeps.begin.isEnabled() and sweeps.begin.text() == START and not sweeps.cancel.isEnabled()
    sweeps.begin.click()
    assert sweeps.cancel.isEnabled() and not sweeps.form.isEnabled() and not sweeps.begin.isEnabled()
    qtbot.waitUntil(lambda: not sweeps.sweeping.running, timeout=120_000)
    jobs.wait_all()
    assert sweeps.state.text() == "2 runs, 2 of them new." and set(sweeps.plot.dots) == {0, 1}
    assert [row["outcome"] for row in Found(path).rows()] == ["panic", "panic"] and sweeps.begin.text() == CONTINUE


def test_a_stopped_sweep_continues(sweeps: SweepWindow, tmp_path: Path, qtbot: QtBot) -> None:
    enter(sweeps, tmp_path / "a.zvs", "64K,128K,192K")
    sweeps.begin.click()
    sweeps.cancel.click()
    qtbot.waitUntil(lambda: not sweeps.sweeping.running, timeout=120_000)
    assert sweeps.state.text() == f"Stopped after 0 of 3 runs. {CONTINUE} runs the rest." and sweeps.begin.text() == CONTINUE


def test_many_runs_ask_first(sweeps: SweepWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_sweeping, "estimate", lambda grid, workers, stop: 3e5)
    path = tmp_path / "a.zvs"
    enter(sweeps, path, "1M..900M:1K")
    sweeps.begin.click()
    qtbot.waitUntil(lambda: not sweeps.sweeping.running, timeout=30_000)
    assert sweeps.state.text().startswith("920,577 runs take about 3.47 d") and sweeps.begin.text() == ANYWAY and not path.exists()
    enter(sweeps, path, "64K")
    assert sweeps.begin.text() == START


@pytest.mark.parametrize(
    ("values", "said"), [("5M..1M:1M", "is not a range"), ("much", "zone_map_size='much' is not"), ("1M,1M", "has a value twice")]
)
def test_invalid_values_are_reported(sweeps: SweepWindow, tmp_path: Path, values: str, said: str, qtbot: QtBot) -> None:
    enter(sweeps, tmp_path / "a.zvs", values)
    sweeps.begin.click()
    qtbot.waitUntil(lambda: not sweeps.sweeping.running, timeout=30_000)
    assert said in sweeps.state.text() and not (tmp_path / "a.zvs").exists()


def test_a_file_is_shown_and_fills_the_form(window: MainWindow, file: Path) -> None:
    window.open_paths([file])
    sweeps = window.show_sweeps()
    jobs.wait_all()
    assert sweeps.form.asked().grid().axes == GRID.axes and sweeps.form.asked().seeds == 2
    assert sweeps.state.text() == "12 runs in a.zvs." and sweeps.begin.text() == CONTINUE
    assert set(sweeps.plot.dots) == set(range(6)) == set(sweeps.heat.dots) and sweeps.as_heat.isEnabled()
    sweeps.show_table()
    twin = sweeps.findChild(Twin)
    assert twin is not None and len(twin.table.rows.rows) == 6
    twin.close()


def test_points_are_chosen_by_mouse_and_keys_in_both_charts(window: MainWindow, file: Path) -> None:
    window.open_paths([file])
    sweeps = window.show_sweeps()
    jobs.wait_all()
    for canvas in (sweeps.plot, sweeps.heat):
        sweeps.as_heat.setChecked(canvas is sweeps.heat)
        canvas.resize(600, 400)
        canvas.grab()
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.spots[2].toPoint())
        assert canvas.point == 2 and "512 KiB" in sweeps.about.text() and sweeps.record.isEnabled()
        canvas.grab()
        QTest.keyClick(canvas, Qt.Key.Key_Right)
        assert canvas.point in (4, 5) and "16 MiB" in sweeps.about.text()
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
        assert canvas.point is None and not sweeps.record.isEnabled()


def test_the_original_report_is_a_layer(window: MainWindow, file: Path) -> None:
    window.open_paths([file])
    sweeps = window.show_sweeps()
    sweeps.figure.setCurrentText("forks")
    jobs.wait_all()
    jobs.wait_all()
    assert sweeps.shown is not None and sweeps.plot.figure == "forks"
    assert sweeps.plot.marks == []  # runs that were stopped after some events are not those of the report
    with_marks = Grid.of(RunSpec("fork-bomb"), ["zone_map_size=4M,16M", "session=ssh,console"], 1)
    sweeps.plot.marks = reference_marks(with_marks, sweeps.shown.chart)
    before = sweeps.plot.grab().toImage()
    sweeps.reference.setChecked(False)
    assert len(sweeps.plot.marks) == 6 and sweeps.plot.grab().toImage() != before


def test_a_point_is_recorded_and_opened(window: MainWindow, file: Path, qtbot: QtBot) -> None:
    window.open_paths([file])
    sweeps = window.show_sweeps()
    jobs.wait_all()
    sweeps.plot.choose(2)
    sweeps.record.click()
    qtbot.waitUntil(lambda: window.session.player is not None and not window.desk.live, timeout=60_000)
    assert window.session.header.parameters["session"] == "ssh" and window.session.header.parameters["zone_map_size"] == 524288


def test_closing_the_window_ends_the_sweep(sweeps: SweepWindow, tmp_path: Path, qtbot: QtBot) -> None:
    enter(sweeps, tmp_path / "a.zvs", "64K..1M:1K")
    sweeps.begin.click()
    sweeps.close()
    qtbot.waitUntil(lambda: not sweeps.sweeping.running, timeout=60_000)


def test_everything_has_a_name_and_fits_large_text(sweeps: SweepWindow) -> None:
    form = sweeps.form
    named = (form.scenario, form.profile, *form.names, *form.values, form.fixed, form.seeds, form.workers, form.output, sweeps.figure)
    assert all(widget.accessibleName() and widget.toolTip() for widget in named)
    sweeps.setFont(QFont(sweeps.font().family(), 18))
    sweeps.grab()
