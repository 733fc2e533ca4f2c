"""The left column: the recordings stay visible below a long form, and the form belongs to the recording on show."""

from pathlib import Path

from PySide6.QtWidgets import QApplication

from tests.gui.conftest import Settle, events, write
from tests.gui.painted import painted
from zoneviz.app.simulation import Simulation
from zoneviz.gui.session import jobs
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.sidebar import MACHINE, STOCK
from zoneviz.spec import RunSpec


def test_recordings_are_visible(opened: MainWindow) -> None:
    sidebar = opened.sidebar
    for height in (720, 1000):
        opened.resize(1280, height)
        QApplication.processEvents()
        jobs.wait_all()
        QApplication.processEvents()
        seen = {words.words for words in painted(opened) if words.seen.height() >= words.ink.height() - 2 and not words.seen.isEmpty()}
        assert {"EXAMPLES", "dev-null-storm", "fork-bomb", "panic"} <= seen
        assert sidebar.area.height() + sidebar.recordings.height() == sidebar.height()
        assert sidebar.recordings.height() <= sidebar.height() * STOCK


def test_no_more_room_than_the_recordings_need(opened: MainWindow) -> None:
    opened.resize(1280, 1600)
    QApplication.processEvents()
    shown = opened.sidebar.recordings
    assert shown.list.verticalScrollBar().maximum() == 0
    assert shown.list.height() - shown.list.content_height() < 24


def test_the_form_follows_the_recording_on_show(window: MainWindow, tmp_path: Path, settle: Settle) -> None:
    sidebar = window.sidebar
    Simulation(RunSpec("kernel-loop", "upstream-2005", {"threads": 3}, 7, tmp_path / "loop.zvz")).stop()
    assert sidebar.parameters.text() == "NEW EXPERIMENT"
    window.open_path(tmp_path / "loop.zvz")
    settle(window.session)
    assert (sidebar.chosen, sidebar.parameters.text()) == ("kernel-loop", "PARAMETERS OF THIS RECORDING")
    assert [sidebar.form.editors[name].value() for name in ("threads", "seed", "profile")] == ["3", "7", "upstream-2005"]
    assert sidebar.copy.isHidden()
    for name, kind in (("real.zvz", "imported"), ("live.zvz", "live")):
        write(tmp_path / name, events(100), kind=kind)
    window.open_path(tmp_path / "real.zvz")
    settle(window.session)
    assert (sidebar.chosen, sidebar.parameters.text()) == ("", "NO EXPERIMENT")
    assert "imported from a real kernel" in sidebar.summary.text() and not sidebar.ready and sidebar.form.isHidden()
    window.open_path(tmp_path / "live.zvz")
    settle(window.session)
    assert (sidebar.chosen, sidebar.parameters.text()) == (MACHINE, "NEW RECORDING OF THIS MACHINE")
    window.open_path(tmp_path / "loop.zvz")
    settle(window.session)
    assert sidebar.parameters.text() == "PARAMETERS OF THIS RECORDING" and sidebar.ready


def test_what_the_user_edits_is_a_new_experiment_and_stays(window: MainWindow, tmp_path: Path, recorded: Path, settle: Settle) -> None:
    sidebar = window.sidebar
    Simulation(RunSpec("kernel-loop", output=tmp_path / "loop.zvz")).stop()
    window.open_path(tmp_path / "loop.zvz")
    settle(window.session)
    sidebar.form.editors["threads"].set_value("5")
    assert sidebar.parameters.text() == "NEW EXPERIMENT" and not sidebar.copy.isHidden()
    window.open_path(recorded)
    settle(window.session)
    assert (sidebar.chosen, sidebar.form.editors["threads"].value(), sidebar.parameters.text()) == ("kernel-loop", "5", "NEW EXPERIMENT")
    window.open_path(tmp_path / "loop.zvz")
    settle(window.session)
    sidebar.copy.click()
    assert (sidebar.form.editors["threads"].value(), sidebar.parameters.text()) == ("2", "PARAMETERS OF THIS RECORDING")
    sidebar.choose("boot")
    assert sidebar.parameters.text() == "NEW EXPERIMENT"
    window.open_path(tmp_path / "loop.zvz")
    window.desk.close_recording()
    window.open_path(tmp_path / "loop.zvz")
    settle(window.session)
    assert sidebar.chosen == "kernel-loop", "choosing an experiment does not count as editing"
