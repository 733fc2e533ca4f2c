"""The window does what the command line can: every verb has an action, every exporter its options, and a damaged file its repair."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.gui.conftest import Settle, events, write
from zoneviz.app.export import export
from zoneviz.cli import verbs
from zoneviz.exporters import exporters
from zoneviz.gui.session import jobs
from zoneviz.gui.window.exporting import ExportDialog
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.working import Working
from zoneviz.recording import Recording

BY_ACTION = {
    "compare": "compare", "export": "export", "find": "find", "howto": "capturing", "import": "open", "pack": "pack", "record": "record",
    "repair": "repair", "report": "report", "run": "run", "shot": "picture", "slice": "export", "sweep": "sweep", "unpack": "unpack",
    "verify": "verify",
}  # fmt: skip
"""The action of each verb; an excerpt is also made in the card of the selected stretch."""
SHOWN = {
    "claims": "the view Observations", "diagnose": "the card at the right", "info": "caption, status bar and list", "state": "the views",
    "whatif": "Test these limits in the card", "scenarios": "the list of experiments", "profiles": "the form", "window": "this is it",
    "resembles": "Looks like, in the card at the right",
}  # fmt: skip
"""Verbs whose answer is always on show."""
TERMINAL = {
    "doctor": "says why no window opens", "film": "takes minutes; its options are for scripts", "install-desktop": "puts it in a menu",
    "minimise": "runs for minutes to hours",
}  # fmt: skip
"""Verbs that only the command line has, and why."""


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that every file dialog answers with."""
    path = tmp_path / "out.zvz"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    return path


@pytest.fixture
def done(qapp: QApplication) -> Callable[[MainWindow], Working]:
    """Wait for the work of the dialog."""

    def act(window: MainWindow) -> Working:
        dialog = window.tools.dialog
        assert isinstance(dialog, Working)
        jobs.wait_all()
        qapp.processEvents()
        assert not dialog.isModal()
        return dialog

    return act


def test_every_verb_of_the_command_line_has_its_place(window: MainWindow) -> None:
    assert {*BY_ACTION, *SHOWN, *TERMINAL} >= set(verbs.names())
    assert set(BY_ACTION.values()) <= set(window.actions_)


def test_every_exporter_and_view_is_offered(window: MainWindow, recorded: Path) -> None:
    dialog = ExportDialog(window, recorded)
    assert [dialog.format.itemText(i) for i in range(dialog.format.count())] == [*exporters()]
    for name, exporter in exporters().items():
        dialog.format.setCurrentText(name)
        assert [dialog.view.itemText(i) for i in range(dialog.view.count())] == [*exporter.views]
        assert dialog.summary.text() == exporter.summary
    dialog.close()


@pytest.mark.parametrize(
    ("format_", "view", "typed", "options"),
    [
        ("csv", "events", {}, {"view": "events", "at": None, "span": "2:9", "where": None}),
        ("csv", "zones", {"where": "zone=threads"}, {"view": "zones", "at": "77", "span": None, "where": "zone=threads"}),
        ("perfetto", "", {}, {"view": None, "at": None, "span": "2:9", "where": None}),
        (
            "csv", "allocations-by-site", {"top": "1,000", "span": ""},
            {"view": "allocations-by-site", "at": None, "span": None, "where": None, "sort": "bytes", "top": 1000},
        ),
    ],
)  # fmt: skip
def test_only_options_that_apply_are_passed_on(
    window: MainWindow, recorded: Path, format_: str, view: str, typed: dict[str, str], options: dict[str, object]
) -> None:
    dialog = ExportDialog(window, recorded, 77, (2, 9))
    dialog.format.setCurrentText(format_)
    if view:
        dialog.view.setCurrentText(view)
    for name, text in typed.items():
        getattr(dialog, name).setText(text)
    assert dialog.options() == options
    dialog.close()


def test_an_export_is_the_same_as_on_the_command_line(
    opened: MainWindow, recorded: Path, saved: Path, done: Callable[[MainWindow], Working], tmp_path: Path
) -> None:
    opened.actions_["export"].trigger()
    dialog = opened.tools.dialog
    assert isinstance(dialog, ExportDialog) and not dialog.isModal()
    dialog.format.setCurrentText("csv")
    dialog.view.setCurrentText("zones")
    dialog.ask()
    working = done(opened)
    assert working.words.text() == "Wrote out.zvz."
    export(recorded, "csv", tmp_path / "same.csv", view="zones", at=str(opened.session.moment))
    assert saved.read_bytes() == (tmp_path / "same.csv").read_bytes()


def test_a_wrong_filter_or_number_is_one_sentence(
    opened: MainWindow, saved: Path, done: Callable[[MainWindow], Working]
) -> None:
    opened.actions_["export"].trigger()
    dialog = opened.tools.dialog
    assert isinstance(dialog, ExportDialog)
    dialog.format.setCurrentText("csv")
    dialog.view.setCurrentText("allocations-by-site")
    dialog.top.setText("many")
    dialog.ask()
    assert "'many' is not a number of rows" in dialog.said.text()
    dialog.top.clear()
    dialog.where.setText("bogus=3")
    dialog.ask()
    assert "bogus" in done(opened).words.text() and not saved.exists()


def test_packing_unpacking_and_verifying(
    opened: MainWindow, saved: Path, done: Callable[[MainWindow], Working], settle: Settle, recorded: Path
) -> None:
    opened.actions_["pack"].trigger()
    working = done(opened)
    assert working.words.text().startswith("Wrote out.zvz: ") and working.show_it.isVisible()
    QTest.mouseClick(working.show_it, Qt.MouseButton.LeftButton)
    settle(opened.session)
    assert opened.on_show == saved and opened.session.last > 8000
    opened.actions_["verify"].trigger()
    text = done(opened).words.text()
    assert "Valid: " in text and "It was not run again: " in text
    assert not done(opened).folder.isVisible()


def test_a_damaged_recording_offers_its_repair(
    window: MainWindow, tmp_path: Path, saved: Path, done: Callable[[MainWindow], Working], settle: Settle
) -> None:
    path = write(tmp_path / "a.zvz", events(8000))
    data = bytearray(path.read_bytes())
    at = len(data) * 6 // 10
    data[at : at + 8192] = bytes(8192)
    path.write_bytes(data)
    if window.open_path(path):  # the damage is found when its events are read
        settle(window.session)
        window.session.ask_moment(window.session.last)
        settle(window.session)
        assert window.banner.isVisible() and window.banner.offer.text() == "Repair…"
        QTest.mouseClick(window.banner.offer, Qt.MouseButton.LeftButton)
    else:
        assert window.welcome.repair.isVisible()
        QTest.mouseClick(window.welcome.repair, Qt.MouseButton.LeftButton)
    working = done(window)
    assert working.words.text().startswith("Saved "), working.words.text()
    with Recording(saved) as recording:
        assert recording.event_count > 100


@pytest.mark.parametrize("content", [b"hello", b"SQLite format 3\0" + bytes(52) + (1234).to_bytes(4, "big") * 2 + bytes(4000)])
def test_a_file_of_another_kind_offers_no_repair(window: MainWindow, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zvz"
    path.write_bytes(content)
    assert not window.open_path(path) and not window.welcome.repair.isVisible()
    assert not window.open_path(tmp_path / "missing.zvz") and not window.welcome.repair.isVisible()


def test_closing_the_dialog_stops_the_work(opened: MainWindow, saved: Path, qapp: QApplication) -> None:
    opened.actions_["verify"].trigger()
    dialog = opened.tools.dialog
    assert isinstance(dialog, Working)
    task = dialog.task
    QTest.mouseClick(dialog.leave, Qt.MouseButton.LeftButton)
    assert not task.running
    task.wait()
