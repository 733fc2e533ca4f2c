"""The list of recordings: what a row says, searching, renaming, tags, the trash, and what is never touched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QSettings, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle, events, write
from zoneviz.app.simulation import Simulation
from zoneviz.errors import EnvironmentProblem
from zoneviz.gui.session import jobs
from zoneviz.gui.window import filing
from zoneviz.gui.window.main import close_all
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.recording_list import NAME
from zoneviz.gui.window.recording_rows import ROW, Row
from zoneviz.gui.window.recordings import Recordings
from zoneviz.spec import RunSpec


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a run by other settings, a panic, an incomplete recording and a damaged one."""
    made = tmp_path / "recordings"
    made.mkdir()
    Simulation(RunSpec("kernel-loop", settings={"zone_map_size": "128K"}, seed=2, output=made / "kernel-loop-2-20260102-030405.zvz")).stop()
    write(made / "panic.zvz", events(300))
    write(made / "killed.zvz", events(300)[:100], complete=False)
    (made / "damaged.zvz").write_bytes(b"SQLite format 3\0" + bytes(4000))
    return made


@pytest.fixture
def listed(qapp: QApplication, settings: QSettings, folder: Path) -> Iterator[MainWindow]:
    """A window that lists the folder; all heads have been read."""
    window = MainWindow(settings, folder)
    window.resize(1600, 1000)
    window.show()
    read_all(window.sidebar.recordings)
    yield window
    close_all(qapp)
    qapp.setStyleSheet("")


def read_all(shown: Recordings) -> None:
    """Read the heads of all rows."""
    rows = shown.rows
    while [rows.row(item) for item in rows.items] and shown.heads.busy:
        QApplication.processEvents()
        jobs.wait_all()
        QApplication.processEvents()


def row(window: MainWindow, name: str) -> Row:
    """The row of a file."""
    rows = window.sidebar.recordings.rows
    found = next(item for item in rows.items if item.path.name.startswith(name))
    return rows.row(found)


def choose(window: MainWindow, name: str) -> None:
    """Make the row of a file the current one."""
    shown = window.sidebar.recordings
    shown.list.setCurrentIndex(shown.rows.place(row(window, name).item.path))
    shown.list.setFocus()


def type_in(window: MainWindow, text: str) -> None:
    """Type into the editor of a row, then Enter."""
    editor = window.sidebar.recordings.list.findChildren(QLineEdit)[-1]
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()


def names(window: MainWindow) -> set[str]:
    """Titles of the recordings that are listed and no examples."""
    rows = window.sidebar.recordings.rows
    indexes = [rows.index(number) for number in range(rows.rowCount())]
    return {str(i.data()) for i in indexes if (item := rows.item(i)) is not None and not item.example}


def test_a_row_says_what_was_run_and_how_it_ended(listed: MainWindow) -> None:
    run = row(listed, "kernel-loop")
    assert (run.title, run.also, run.outcome) == ("kernel-loop", "", "Stopped")
    assert run.about == "zone_map_size 128 KiB, seed 2" and run.note.endswith("KiB · now")
    panic = row(listed, "panic")
    assert (panic.title, panic.also, panic.outcome, panic.tone) == ("panic", "fork-bomb", "Panic", "danger")
    assert "zalloc: zone threads exhausted" in panic.hint and "seed 7" in panic.about
    assert row(listed, "killed").outcome == "Incomplete"
    damaged = row(listed, "damaged")
    assert damaged.outcome == "Cannot be read" and "damaged.zvz" in damaged.hint
    example = row(listed, "linux-sockets")
    assert example.also.startswith("Linux") and "now" not in example.note


def test_a_row_is_read_out_as_one_sentence(listed: MainWindow) -> None:
    rows = listed.sidebar.recordings.rows
    place = rows.place(row(listed, "kernel-loop").item.path)
    said = place.data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("kernel-loop, Stopped, zone_map_size 128 KiB, seed 2, ") and isinstance(place.data(ROW), Row)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("panic", {"panic"}),
        ("128 kernel", {"kernel-loop"}),
        ("STOPPED", {"kernel-loop"}),
        ("fork-bomb 7", {"panic", "killed"}),
        ("cannot", {"damaged"}),
        ("nothing like this", set()),
    ],
)
def test_searching(listed: MainWindow, asked: str, found: set[str]) -> None:
    shown = listed.sidebar.recordings
    whole = len(shown.rows.items)
    shown.field.setText(asked)
    assert names(listed) == found
    assert shown.count.text().endswith(f"of {whole}")
    assert shown.none.text() == "No match." or found
    shown.field.clear()
    assert len(names(listed)) == 4 and shown.count.text() == str(whole)


def test_the_heads_of_rows_out_of_sight_are_not_read(listed: MainWindow, folder: Path) -> None:
    for number in range(300):
        (folder / f"{number:03}.zvz").write_bytes(b"no recording")
    shown = listed.sidebar.recordings
    shown.restock()
    QApplication.processEvents()
    jobs.wait_all()
    assert sum(shown.heads.known(item.path) for item in shown.rows.items) < 100
    shown.field.setText("cannot")
    read_all(shown)
    assert len(names(listed)) == 301


def test_enter_opens_and_the_recording_on_show_is_marked(listed: MainWindow, settle: Settle) -> None:
    choose(listed, "panic")
    QTest.keyClick(listed.sidebar.recordings.list, Qt.Key.Key_Return)
    settle(listed.session)
    assert listed.session.player is not None and listed.session.player.recording.path.name == "panic.zvz"
    assert listed.sidebar.recordings.rows.shown == listed.session.player.recording.path.resolve()
    choose(listed, "killed")
    assert listed.session.player.recording.path.name == "panic.zvz", "moving in the list opens nothing"


def test_renaming_keeps_what_is_on_show_and_its_tags(listed: MainWindow, folder: Path, settle: Settle) -> None:
    listed.open_path(folder / "panic.zvz")
    listed.session.ask_moment(77)
    settle(listed.session)
    shown = listed.sidebar.recordings
    shown.tag(folder / "panic.zvz")
    type_in(listed, "leak, #talk")
    assert row(listed, "panic").tags == ("leak", "talk")
    choose(listed, "panic")
    QTest.keyClick(shown.list, Qt.Key.Key_F2)
    type_in(listed, "the storm")
    settle(listed.session)
    assert listed.session.player is not None and listed.session.player.recording.path.name == "the storm.zvz"
    assert listed.session.moment == 77 and not (folder / "panic.zvz").exists()
    read_all(shown)
    assert row(listed, "the storm").tags == ("leak", "talk")
    shown.field.setText("#leak")
    assert names(listed) == {"the storm"}


def test_a_name_that_is_taken_is_reported(listed: MainWindow, folder: Path) -> None:
    shown = listed.sidebar.recordings
    shown.rename(folder / "panic.zvz")
    type_in(listed, "killed")
    assert shown.said.isVisible() and "killed.zvz exists already" in shown.said.text()
    assert (folder / "panic.zvz").exists()


def test_a_deleted_recording_can_be_put_back(
    listed: MainWindow, folder: Path, settle: Settle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def move(path: Path) -> filing.Gone:
        to = tmp_path / path.name
        path.rename(to)
        return filing.Gone(path, ((path, to),))

    monkeypatch.setattr(filing, "discard", move)
    listed.open_path(folder / "panic.zvz")
    settle(listed.session)
    choose(listed, "panic")
    shown = listed.sidebar.recordings
    QTest.keyClick(shown.list, Qt.Key.Key_Delete)
    assert listed.session.player is None and names(listed) == {"kernel-loop", "killed", "damaged"}
    assert shown.said.text() == "panic.zvz is in the trash." and shown.undo.isVisible()
    QTest.mouseClick(shown.undo, Qt.MouseButton.LeftButton)
    assert "panic" in names(listed) and not shown.undo.isVisible()


def test_where_nothing_can_be_deleted_the_recording_stays_on_show(
    listed: MainWindow, folder: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> filing.Gone:
        raise EnvironmentProblem("no trash here")

    monkeypatch.setattr(filing, "discard", refuse)
    listed.open_path(folder / "panic.zvz")
    listed.session.ask_moment(50)
    settle(listed.session)
    listed.sidebar.recordings.discard(folder / "panic.zvz")
    settle(listed.session)
    assert "no trash here" in listed.sidebar.recordings.said.text()
    assert listed.session.player is not None and listed.session.moment == 50


def test_examples_and_the_run_in_progress_are_not_touched(listed: MainWindow, folder: Path) -> None:
    shown = listed.sidebar.recordings
    example = row(listed, "dev-null-storm").item
    shown.discard(example.path)
    assert "came with zoneviz" in shown.said.text() and example.path.exists()
    shown.set_live(folder / "panic.zvz")
    assert row(listed, "panic").outcome == "Running"
    shown.discard(folder / "panic.zvz")
    assert "in progress" in shown.said.text() and (folder / "panic.zvz").exists()
    entries = {action.text(): action.isEnabled() for action in shown.menu(row(listed, "panic").item).actions()}
    assert not entries["Rename…"] and not entries["Move to trash"] and entries["Open"]
    shown.set_live(None)


def test_the_size_of_the_run_in_progress_grows(listed: MainWindow, folder: Path) -> None:
    shown = listed.sidebar.recordings
    shown.set_live(folder / "panic.zvz")
    (folder / "panic.zvz-wal").write_bytes(bytes(50 << 20))
    shown.rows.refresh_live()
    place = shown.rows.place(folder / "panic.zvz")
    assert place.data(ROW).note.startswith("50")
    shown.set_live(None)


def test_the_menu_of_a_row_fits_its_recording(listed: MainWindow, folder: Path) -> None:
    shown = listed.sidebar.recordings

    def texts(name: str) -> list[str]:
        return [action.text() for action in shown.menu(row(listed, name).item).actions() if action.isEnabled()]

    assert "Repair…" in texts("damaged") and "Verify…" not in texts("damaged") and "Tags…" not in texts("damaged")
    assert "Verify…" in texts("panic") and "Repair…" not in texts("panic")
    assert "Remove from this list" not in texts("panic"), "it is listed because it is in the folder"
    menu = shown.menu(row(listed, "kernel-loop").item)
    next(action for action in menu.actions() if action.text().startswith("Copy the command")).trigger()
    assert QGuiApplication.clipboard().text().startswith("zoneviz run kernel-loop")


def test_what_other_programs_record_appears_when_the_window_becomes_active(listed: MainWindow, folder: Path) -> None:
    write(folder / "new.zvz", events(30))
    assert "new" not in names(listed)
    QApplication.sendEvent(listed.sidebar.recordings, QEvent(QEvent.Type.WindowActivate))
    assert "new" in names(listed)


def test_unreadable_tags_are_reported_and_kept(qapp: QApplication, settings: QSettings, folder: Path, own_folders: Path) -> None:
    from zoneviz.app.tags import file

    file().parent.mkdir(parents=True, exist_ok=True)
    file().write_text("{")
    window = MainWindow(settings, folder)
    shown = window.sidebar.recordings
    assert "cannot be read" in shown.said.text()
    shown.list.edited.emit(row(window, "panic").item, NAME, "x")
    assert file().read_text() == "{"
    close_all(qapp)


def test_comparing_with_the_one_on_show(listed: MainWindow, folder: Path, settle: Settle, qtbot: QtBot) -> None:
    listed.open_path(folder / "panic.zvz")
    settle(listed.session)
    menu = listed.sidebar.recordings.menu(row(listed, "killed").item)
    next(action for action in menu.actions() if action.text().startswith("Compare")).trigger()
    assert listed.second.path is not None and listed.second.path.name == "killed.zvz"
    shown = listed.sidebar.recordings
    shown.rename(folder / "killed.zvz")
    type_in(listed, "B")
    assert listed.second.path.name == "B.zvz"




def test_the_menu_key_is_for_the_current_recording(listed: MainWindow, folder: Path) -> None:
    shown = listed.sidebar.recordings
    asked: list[str] = []
    shown.list.menu_asked.disconnect()
    shown.list.menu_asked.connect(lambda item, _: asked.append(item.path.name))
    for name in ("killed.zvz", "panic.zvz"):
        shown.list.setCurrentIndex(shown.rows.place(folder / name))
        shown.list.setFocus()
        middle = shown.list.rect().center()
        QApplication.sendEvent(shown.list, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, middle, shown.list.mapToGlobal(middle)))
    assert asked == ["killed.zvz", "panic.zvz"]
