"""The palette: words find things, and SQL goes to its tab."""


import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.conftest import Settle
from zoneviz.gui.kit.glossary import entries, meaning
from zoneviz.gui.views.events import EventsView
from zoneviz.gui.views.sql import SqlView
from zoneviz.gui.window.documents import GLOSSARY, Reader
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.gui.window.palette import Palette
from zoneviz.recording.answers import QUESTIONS


def ask(window: MainWindow, words: str) -> Palette:
    palette = window.palette_
    if not palette.isVisible():
        QTest.keyClick(window.timeline.chart, Qt.Key.Key_Slash)
    assert palette.isVisible() and palette.field.hasFocus()
    palette.field.setText(words)
    return palette


def enter(window: MainWindow, words: str, settle: Settle) -> Palette:
    palette = ask(window, words)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    window.deck.of(SqlView).wait()
    settle(window.session)
    return palette


def test_sql_without_a_recording_asks_for_one(window: MainWindow) -> None:
    window.palette_.open([])
    window.palette_.field.setText("SELECT 1")
    QTest.keyClick(window.palette_.field, Qt.Key.Key_Return)
    assert window.palette_.isVisible() and window.palette_.words.text() == "Open a recording first."


@pytest.mark.parametrize("asked", ["what is a zone?", "What is the zone", "zone"])
def test_a_question_finds_a_term_of_the_glossary(window: MainWindow, asked: str) -> None:
    window.palette_.open([])
    window.palette_.field.setText(asked)
    hit = window.palette_.hits[0]
    assert (hit.sort, hit.words, hit.hint) == ("term", "zone", meaning("zone")) and hit.hint
    QTest.keyClick(window.palette_.field, Qt.Key.Key_Return)
    reader = window.findChild(Reader)
    assert reader is not None and reader.isVisible() and reader.page.source().fileName() == GLOSSARY
    assert reader.page.textCursor().block().text().startswith(f"zone {meaning('zone')[:40]}")
    reader.close()


def test_the_reader_finds_every_term(window: MainWindow) -> None:
    reader = Reader(window, GLOSSARY)
    for term in entries():
        reader.show_term(term)
        assert len(reader.page.found) == 1, term
    reader.close()


class TestPalette:
    """In one window."""

    def test_words_find_zones_tasks_and_actions(self, viewed: MainWindow, settle: Settle) -> None:
        found = {(hit.sort, hit.words) for hit in ask(viewed, "ports").hits}
        assert ("zone", "ipc ports") in found
        enter(viewed, "ipc ports", settle)
        assert viewed.session.selection.zone == "ipc ports" and not viewed.palette_.isVisible()
        enter(viewed, "bomb", settle)
        assert viewed.session.selection.server == "bomb"
        before = viewed.session.range
        enter(viewed, "zoom in", settle)
        assert viewed.session.range != before

    def test_numbers_and_times_are_moments(self, viewed: MainWindow, settle: Settle) -> None:
        enter(viewed, "1,234", settle)
        assert viewed.session.moment == 1234
        viewed.timeline.chart.setFocus()
        enter(viewed, "4ms", settle)
        player = viewed.session.player
        assert player is not None and viewed.session.moment == player.recording.seq_at(4_000_000)

    def test_a_filter_shows_the_events(self, viewed: MainWindow, settle: Settle) -> None:
        palette = ask(viewed, "kind=ZFREE")
        row = next(i for i, hit in enumerate(palette.hits) if hit.do == "filter")
        palette.table.setCurrentIndex(palette.model.index(row, 0))
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
        view = viewed.deck.of(EventsView)
        view.wait()
        settle(viewed.session)
        assert viewed.deck.shown() == ["Events"] and view.field.text() == "kind=ZFREE"

    def test_sql_goes_to_the_tab_and_is_answered_there(self, viewed: MainWindow, settle: Settle) -> None:
        sql = "SELECT seq, size FROM events ORDER BY seq LIMIT 5"
        palette = enter(viewed, sql, settle)
        view = viewed.deck.of(SqlView)
        assert not palette.isVisible() and viewed.deck.shown() == ["SQL"]
        assert view.editor.toPlainText() == sql and len(view.table.answer.rows) == 5

    def test_sql_begins_with_questions_and_tables(self, viewed: MainWindow, settle: Settle) -> None:
        palette = ask(viewed, "select")
        rows = [list(row) for row in palette.model.rows]
        samples = next(row for row in rows if row[:2] == ["table", "samples"])
        assert viewed.session.player is not None
        answer = viewed.session.player.recording.table("SELECT * FROM samples LIMIT 1", most=1, seconds=5)
        assert str(samples[2]).split(", ") == list(answer.columns)
        palette.table.activated.emit(palette.model.index(1, 0))
        view = viewed.deck.of(SqlView)
        view.wait()
        settle(viewed.session)
        assert not palette.isVisible() and view.editor.toPlainText() == QUESTIONS[1][1] and view.table.answer.columns

    def test_esc_leaves_and_a_slash_in_a_field_is_a_slash(self, viewed: MainWindow, settle: Settle) -> None:
        viewed.session.select_zone("threads")
        palette = ask(viewed, "a")
        QTest.keyClicks(palette.field, "/b?")
        assert palette.field.text() == "a/b?"
        QTest.keyClick(palette.field, Qt.Key.Key_Escape)
        assert not palette.isVisible() and viewed.session.zone == "threads"
