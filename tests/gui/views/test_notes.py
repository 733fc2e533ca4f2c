"""Notes: saved beside the recordings, shown as ticks and in a table, reached by keys; and the comparison of two moments."""

import hashlib
import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.conftest import Settle, events, write
from zoneviz.app import notes as store
from zoneviz.app.notes import Note
from zoneviz.gui.session.notebook import Notebook
from zoneviz.gui.views.notes import NotesView
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.recording import Recording


def note(window: MainWindow, settle: Settle, seq: int, words: str) -> None:
    window.session.ask_moment(seq)
    settle(window.session)
    window.timeline.chart.setFocus()
    QTest.keyClick(window.timeline.chart, Qt.Key.Key_N)
    assert window.note_bar.isVisible() and f"{seq:,}" in window.note_bar.label.text()
    window.note_bar.field.setText(words)
    QTest.keyClick(window.note_bar.field, Qt.Key.Key_Return)
    assert not window.note_bar.isVisible()


def test_notes_are_saved_without_changing_the_recording(opened: MainWindow, recorded: Path, settle: Settle) -> None:
    before = hashlib.sha256(recorded.read_bytes()).hexdigest(), os.listdir(recorded.parent)
    note(opened, settle, 4000, "threads begin")
    note(opened, settle, 1000, "<b>early</b> \u202e{0}")
    note(opened, settle, 4000, "threads really begin")
    assert opened.deck.tabs.tabs["Notes"].text() == "Notes 2"
    with Recording(recorded) as again:
        assert store.read(store.file_of(again)) == [Note(1000, "<b>early</b> \u202e{0}"), Note(4000, "threads really begin")]
    opened.actions_["close"].trigger()
    assert opened.deck.tabs.tabs["Notes"].text() == "Notes"
    assert opened.open_path(recorded)
    settle(opened.session)
    assert len(opened.session.notebook.notes) == 2
    assert (hashlib.sha256(recorded.read_bytes()).hexdigest(), os.listdir(recorded.parent)) == before


def test_two_windows_keep_each_others_notes(recorded: Path) -> None:
    books = Notebook(), Notebook()
    with Recording(recorded) as recording:
        for book in books:
            book.show(recording)
        books[0].put(1000, "of the first")
        books[1].put(2000, "of the second")
        assert books[1].notes == [Note(1000, "of the first"), Note(2000, "of the second")] == store.read(store.file_of(recording))
        books[0].remove(2000)
        assert store.read(store.file_of(recording)) == books[0].notes == [Note(1000, "of the first")]
        told: list[str] = []
        books[1].problem.connect(told.append)
        store.file_of(recording).write_text("{")
        books[1].put(3000, "lost")
        assert "cannot be read" in told[0] and store.file_of(recording).read_text() == "{"


def test_keys_go_from_note_to_note(opened: MainWindow, settle: Settle) -> None:
    note(opened, settle, 1000, "a")
    note(opened, settle, 5000, "b")
    for key, wanted in ((Qt.Key.Key_BracketLeft, 1000), (Qt.Key.Key_BracketLeft, 1000), (Qt.Key.Key_BracketRight, 5000)):
        opened.timeline.chart.setFocus()
        QTest.keyClick(opened.timeline.chart, key)
        settle(opened.session)
        assert opened.session.moment == wanted


def test_esc_discards_the_text(opened: MainWindow, settle: Settle) -> None:
    QTest.keyClick(opened.timeline.chart, Qt.Key.Key_N)
    opened.note_bar.field.setText("no")
    QTest.keyClick(opened.note_bar.field, Qt.Key.Key_Escape)
    assert not opened.note_bar.isVisible() and not opened.session.notebook.notes


def test_the_view_lists_opens_and_deletes_notes(opened: MainWindow, settle: Settle) -> None:
    note(opened, settle, 1000, "a")
    note(opened, settle, 5000, "b")
    opened.deck.show_only("Notes")
    settle(opened.session)
    view = opened.deck.of(NotesView)
    player = opened.session.player
    assert player is not None
    times = [int(player.recording.events(seq, seq)[0, 2]) for seq in (1000, 5000)]
    assert [tuple(row) for row in view.table.rows.rows] == [(1000, times[0], "a"), (5000, times[1], "b")]
    view.table.opened.emit(view.table.sorted.row_at(0))
    settle(opened.session)
    assert opened.session.moment == 1000
    view.table.selectRow(0)
    view.away.click()
    settle(opened.session)
    assert [found.seq for found in opened.session.notebook.notes] == [5000] and view.table.rows.rowCount() == 1


def test_a_damaged_file_of_notes_is_reported_and_left_unchanged(window: MainWindow, recorded: Path, settle: Settle) -> None:
    with Recording(recorded) as recording:
        file = store.file_of(recording)
    file.parent.mkdir(parents=True)
    for bad in ('{"notes": [{"event": "x", "text": 3}]}', "[" * 50_000, '{"notes": 5}', "\x00"):
        file.write_text(bad)
        assert window.open_path(recorded)
        settle(window.session)
        assert "cannot be read" in window.banner.words.text()
        window.session.notebook.put(5, "mine")
        assert file.read_text() == bad and not window.session.notebook.notes


def test_notes_of_a_live_run_move_to_its_digest(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zvz", events(60), complete=False)
    book = Notebook()
    with Recording(path) as recording:
        recording.header = type(recording.header)()  # as during the run
        book.show(recording)
        book.put(7, "seen while it ran")
        assert [file.name[:5] for file in store.folder().iterdir()] == ["path-"]
        recording.header = type(recording.header)(digest="ab" * 16)
        book.completed()
        assert [file.name for file in store.folder().iterdir()] == ["ab" * 16 + ".json"]


def test_notes_that_cannot_be_saved_are_reported(tmp_path: Path, recorded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    told: list[str] = []
    book = Notebook()
    book.problem.connect(told.append)
    with Recording(recorded) as recording:
        book.show(recording)
        book.put(1, "x")
    assert len(told) == 1 and told[0].endswith(".") and not book.notes
