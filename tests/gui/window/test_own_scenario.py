"""File > Open, dropping and the command line take every kind of file; a scenario file is loaded only if the user says so."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, events, write
from zoneviz.gui.session import jobs
from zoneviz.gui.window.exporting import ExportDialog
from zoneviz.gui.window.importing import ImportDialog
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.own_scenario import LoadScenario
from zoneviz.gui.window.sweeps import SweepWindow
from zoneviz.recording.results import Results

OWN = """
from pathlib import Path
from zoneviz.scenarios import Parameter, Scenario
Path(__file__).with_suffix(".ran").touch()
def start(run):
    run.kernel.finish("finished", 0)
SCENARIO = Scenario("my own", "Ends at once.", start, (Parameter("rounds", "int", 3, "Rounds."),))
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A scenario file that leaves a trace when it is loaded."""
    path = tmp_path / "it's mine.py"
    path.write_text(OWN)
    return path


def test_a_scenario_file_runs_only_after_the_user_agreed(window: MainWindow, own: Path, qtbot: QtBot, settle: Settle) -> None:
    window.open_paths([own])
    dialog = window.findChild(LoadScenario)
    assert dialog is not None and dialog.isVisible() and not dialog.isModal() and "is a program" in dialog.words.text()
    assert not own.with_suffix(".ran").exists()
    QTest.mouseClick(dialog.load, Qt.MouseButton.LeftButton)
    assert own.with_suffix(".ran").exists()
    sidebar = window.sidebar
    assert sidebar.chosen == "my own" and sidebar.title == "NEW EXPERIMENT" and "rounds" in sidebar.form.editors
    sidebar.form.editors["rounds"].set_value("5")
    sidebar.ask_run()
    qtbot.waitUntil(lambda: window.session.player is not None and not window.desk.live, timeout=60_000)
    settle(window.session)
    assert window.session.header.parameters["rounds"] == 5 and window.session.header.scenario == "my own"
    qtbot.waitUntil(lambda: sidebar.title == "PARAMETERS OF THIS RECORDING", timeout=10_000)


@pytest.mark.parametrize(("content", "said"), [("1/0", "does not load: ZeroDivisionError"), ("", "has no SCENARIO")])
def test_a_file_that_does_not_load_is_reported(window: MainWindow, tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "a.py").write_text(content)
    window.open_paths([tmp_path / "a.py"])
    dialog = window.findChild(LoadScenario)
    assert dialog is not None
    dialog.load.click()
    assert said in dialog.words.text() and not dialog.load.isVisible()
    dialog.close()


def test_the_results_of_a_sweep_are_charted_and_exported(window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "a.zvs"
    with Results(path, {"scenario": "boot", "vary": {"ram": [1]}}, "model", {}) as results:
        results.add(0, 1, [1], {"outcome": "finished", "processes": 3})
    window.open_paths([path])
    sweeps = window.findChild(SweepWindow)
    assert sweeps is not None and sweeps.isVisible() and sweeps.sweeping.path == path
    jobs.wait_all()
    assert list(sweeps.plot.dots) == [0]
    sweeps.export.click()
    dialog = window.tools.dialog
    assert isinstance(dialog, ExportDialog) and dialog.view.count() == 0
    assert {"csv", "parquet", "html"} <= set(dialog.formats) and not {"speedscope", "stacks"} & set(dialog.formats)
    assert dialog.options() == {"view": None, "at": None, "span": None, "where": None}


def test_a_folder_of_recordings_is_listed_and_the_newest_shown(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    folder = tmp_path / "incident"
    folder.mkdir()
    paths = [write(folder / name, events(50)) for name in ("a.zvz", "b.zvz", "c.zvz")]
    window.open_paths([folder])
    settle(window.session)
    assert window.on_show in paths
    assert {path.resolve() for path in paths} == set(window.shelf.recent())


def test_several_recordings_are_listed(window: MainWindow, tmp_path: Path) -> None:
    paths = [write(tmp_path / name, events(50)) for name in ("a.zvz", "b.zvz", "c.zvz")]
    window.open_paths(paths)
    assert window.on_show == paths[0] and len(window.shelf.recent()) == 3


def test_anything_else_is_imported(window: MainWindow, tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text("hello")
    window.open_paths([tmp_path / "log.txt"])
    assert window.findChild(ImportDialog) is not None
