"""Ctrl+Z: notes and marks come back, in words; a change that failed is not in the list."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoStack
from PySide6.QtTest import QTest

from tests.gui.conftest import Settle
from zoneviz.app import notes as store
from zoneviz.app.notes import Note
from zoneviz.gui.session.undoing import Edit
from zoneviz.gui.views.notes import NotesView
from zoneviz.gui.window.main_window import MainWindow


def test_a_change_that_fails_leaves_the_list() -> None:
    stack, log = QUndoStack(), list[str]()
    stack.push(Edit("fail", lambda: False, lambda: log.append("never")))
    stack.push(Edit("write", lambda: log.append("redo"), lambda: log.append("undo")))
    stack.push(Edit("move", lambda: log.append("again"), lambda: False, done=True))
    assert stack.count() == 2 and log == ["redo"]
    stack.undo()
    assert stack.undoText() == "write" and not stack.canRedo()
    stack.undo()
    stack.redo()
    assert log == ["redo", "undo", "redo"]


def keys(window: MainWindow, key: Qt.Key, more: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.timeline.chart, key, Qt.KeyboardModifier.ControlModifier | more)


def test_deleted_notes_come_back(opened: MainWindow, settle: Settle) -> None:
    book, said = opened.session.notebook, opened.actions_["undo"]
    assert not said.isEnabled() and said.text() == "&Undo"
    for seq in (1000, 2000, 3000):
        book.put(seq, f"at {seq}")
    before = list(book.notes)
    book.put(2000, "at 2000")  # the same text: nothing to undo
    assert said.text() == "&Undo add note"
    opened.deck.show_only("Notes")
    settle(opened.session)
    view = opened.deck.of(NotesView)
    view.table.selectAll()
    view.away.click()
    assert not book.notes and said.text() == "&Undo delete 3 notes"
    keys(opened, Qt.Key.Key_Z)
    settle(opened.session)
    assert book.notes == before and len(view.table.rows.rows) == 3
    player = opened.session.player
    assert player is not None and store.read(store.file_of(player.recording)) == before
    assert opened.actions_["redo"].text() == "&Redo delete 3 notes"
    keys(opened, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    assert not book.notes
    keys(opened, Qt.Key.Key_Z)
    book.put(1000, "other words")
    assert said.text() == "&Undo change note"
    keys(opened, Qt.Key.Key_Z)
    assert book.notes == before


def test_undoing_leaves_the_notes_of_another_window(opened: MainWindow) -> None:
    book, player = opened.session.notebook, opened.session.player
    assert player is not None
    book.put(1000, "mine")
    file = store.file_of(player.recording)
    store.write(file, player.recording, [*store.read(file), Note(2000, "theirs")])
    opened.actions_["undo"].trigger()
    assert book.notes == [Note(2000, "theirs")] == store.read(file)


def test_a_mark_is_undone(opened: MainWindow) -> None:
    opened.actions_["mark"].trigger()
    marked = opened.session.notebook.mark
    assert marked is not None and opened.actions_["undo"].text() == "&Undo mark A"
    opened.actions_["unmark"].trigger()
    opened.actions_["undo"].trigger()
    assert opened.session.notebook.mark == marked and opened.actions_["unmark"].isEnabled()
    opened.actions_["undo"].trigger()
    assert opened.session.notebook.mark is None


def test_what_was_not_saved_cannot_be_undone(opened: MainWindow, recorded: Path) -> None:
    book, player = opened.session.notebook, opened.session.player
    assert player is not None
    book.put(1000, "kept")
    file = store.file_of(player.recording)
    file.write_text("{")
    book.put(2000, "lost")
    assert opened.actions_["undo"].text() == "&Undo add note" and opened.edits.count() == 1
    assert opened.open_path(recorded)
    assert opened.edits.count() == 0, "another recording: its edits are not on show"


def test_a_field_undoes_its_own_text(opened: MainWindow) -> None:
    opened.session.notebook.put(1000, "kept")
    opened.note_bar.open()
    QTest.keyClicks(opened.note_bar.field, "abc")
    QTest.keyClick(opened.note_bar.field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert opened.note_bar.field.text() != "abc" and len(opened.session.notebook.notes) == 1
