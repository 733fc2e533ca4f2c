"""The palette: words find things, SQL gives a table, and the recording stays read-only."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.gui.conftest import Settle, events, write
from zoneviz.gui.views.events import EventsView
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
    if palette.job is not None:
        palette.job.wait()
    settle(window.session)
    return palette


def test_formulas_and_markup_stay_text(window: MainWindow, tmp_path: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    nasty = (("=cmd|' /C calc'!A0", 76), ("<b>threads</b>", 332), ("\u202ex", 48), ("", 64), ("y" * 10_000, 8))
    monkeypatch.setattr("tests.gui.conftest.ZONES", nasty)
    assert window.open_path(write(tmp_path / "a.zvz", events(100)))
    settle(window.session)
    palette = window.palette_
    palette.open([])
    palette.field.setText("SELECT name FROM zones ORDER BY id")
    palette.ask(palette.field.text())
    assert palette.job is not None
    palette.job.wait()
    assert palette.model.index(1, 0).data() == "<b>threads</b>"
    assert "\n'=cmd" in palette.csv() or '\n"\'=cmd' in palette.csv()
    assert not window.grab().isNull()


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

    def test_sql_is_answered_with_a_table(self, viewed: MainWindow, settle: Settle, tmp_path: Path) -> None:
        palette = enter(viewed, "SELECT seq, size, 'a,\"b' AS odd FROM events WHERE size > 300 ORDER BY seq LIMIT 5", settle)
        player = viewed.session.player
        assert player is not None
        rows = player.recording.events()
        wanted = [[int(r[0]), int(r[8]), 'a,"b'] for r in rows[rows[:, 8] > 300][:5]]
        assert palette.isVisible() and [list(row) for row in palette.model.rows] == wanted
        assert palette.words.text() == "5 rows"
        palette.save(tmp_path / "x.csv")
        assert (tmp_path / "x.csv").read_text().splitlines() == ["seq,size,odd", *(f'{a},{b},"a,""b"' for a, b, _ in wanted)]
        palette.copy.click()
        assert QGuiApplication.clipboard().text().splitlines()[0] == "seq\tsize\todd"
        palette.table.activated.emit(palette.model.index(2, 0))
        settle(viewed.session)
        assert viewed.session.moment == wanted[2][0]

    def test_sql_begins_with_questions_and_tables(self, viewed: MainWindow, settle: Settle) -> None:
        palette = ask(viewed, "select")
        rows = [list(row) for row in palette.model.rows]
        samples = next(row for row in rows if row[:2] == ["table", "samples"])
        assert viewed.session.player is not None
        answer = viewed.session.player.recording.table("SELECT * FROM samples LIMIT 1", most=1, seconds=5)
        assert str(samples[2]).split(", ") == list(answer.columns)
        for number, (_, sql) in enumerate(QUESTIONS):
            ask(viewed, "select")
            palette.table.activated.emit(palette.model.index(number, 0))
            assert palette.field.text() == sql and palette.job is not None
            palette.job.wait()
            settle(viewed.session)
            expected = viewed.session.player.recording.table(sql, most=100, seconds=5)
            assert palette.isVisible() and len(palette.model.rows) == len(expected.rows) and palette.answer is not None
            assert list(palette.answer.columns) == list(expected.columns)
        enter(viewed, "SELECT zone FROM events", settle)
        assert palette.words.property("role") == "danger" and [list(row) for row in palette.model.rows] == rows
        QTest.keyClick(palette.field, Qt.Key.Key_Down)
        assert palette.table.currentIndex().row() == 0

    @pytest.mark.parametrize("sql", ["SELECT * FROM none", "select 1; drop table events", "WITH x AS (SELECT 1) DELETE FROM events"])
    def test_an_error_is_shown_in_the_panel(self, viewed: MainWindow, settle: Settle, sql: str) -> None:
        palette = enter(viewed, sql, settle)
        assert palette.words.property("role") == "danger" and palette.words.text().endswith(".")
        assert not viewed.banner.isVisible()

    def test_esc_leaves_and_a_slash_in_a_field_is_a_slash(self, viewed: MainWindow, settle: Settle) -> None:
        viewed.session.select_zone("threads")
        palette = ask(viewed, "a")
        QTest.keyClicks(palette.field, "/b?")
        assert palette.field.text() == "a/b?"
        QTest.keyClick(palette.field, Qt.Key.Key_Escape)
        assert not palette.isVisible() and viewed.session.zone == "threads"
