"""The view SQL: queries of several lines, saved ones, history, the answer as table and plot; the recording stays read-only."""

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from tests.gui.conftest import Settle, events, write
from zoneviz.gui.session import queries
from zoneviz.gui.session.queries import Queries
from zoneviz.gui.views.sql import PLOT, TABLE, SqlView
from zoneviz.gui.window.main_window import MainWindow
from zoneviz.recording.answers import QUESTIONS

SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


def ask(window: MainWindow, sql: str, settle: Settle) -> SqlView:
    window.deck.show_only(SqlView.title)
    view = window.deck.of(SqlView)
    view.editor.setPlainText(sql)
    QTest.keyClick(view.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    view.wait()
    settle(window.session)
    return view


def entries(view: SqlView) -> dict[str, list[str]]:
    """The texts in each menu of queries."""
    view.menu.aboutToShow.emit()
    return {str(action.text()): [str(item.text()) for item in action.menu().actions()] for action in view.menu.actions()}  # type: ignore[attr-defined]


def drawn(view: SqlView) -> list[tuple[float, float]]:
    """The points or bars of the plot."""
    return list(zip(view.plot.at.tolist(), view.plot.figures.tolist(), strict=True))


def test_a_query_of_several_lines_is_answered_and_a_row_leads_to_its_event(viewed: MainWindow, settle: Settle, tmp_path: Path) -> None:
    view = ask(viewed, "SELECT seq, size, 'a,\"b' AS odd\nFROM events\nWHERE size > 300\nORDER BY seq LIMIT 5", settle)
    player = viewed.session.player
    assert player is not None
    rows = player.recording.events()
    wanted = [[int(r[0]), int(r[8]), 'a,"b'] for r in rows[rows[:, 8] > 300][:5]]
    assert [list(row) for row in view.table.rows.rows] == wanted and view.says.text() == "5 rows."
    view.write(tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text().splitlines() == ["seq,size,odd", *(f'{a},{b},"a,""b"' for a, b, _ in wanted)]
    view.copy.click()
    assert QGuiApplication.clipboard().text().splitlines()[0] == "seq\tsize\todd"
    view.table.activated.emit(view.table.sorted.index(2, 0))
    settle(viewed.session)
    assert viewed.session.moment == wanted[2][0]
    view.write(tmp_path)
    assert view.says.property("role") == "danger" and view.says.text().startswith(f"Cannot write {tmp_path}")


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT * FROM none", "SQL error: no such table: none."),
        ("select 1; drop table events", "SQL error: You can only execute one statement at a time."),
        ("WITH x AS (SELECT 1) DELETE FROM events", "Recordings are read-only: use one SELECT."),
        ("ATTACH 'x.db' AS x", "Recordings are read-only: use one SELECT."),
        ("PRAGMA journal_mode = DELETE", "Recordings are read-only: use one SELECT."),
    ],
)
def test_an_error_is_one_sentence_in_place_of_the_old_answer(viewed: MainWindow, settle: Settle, sql: str, words: str) -> None:
    view = ask(viewed, "SELECT 1 AS one", settle)
    assert view.table.isVisible() and view.export.isEnabled()
    for form in (TABLE, PLOT):
        view.form.set_value(form)
        ask(viewed, sql, settle)
        assert view.wrong.isVisible() and view.wrong.property("role") == "danger" and view.wrong.text() == words
        assert view.table.answer.rows == [] and view.column.count() == 0 and not view.export.isEnabled()
        assert view.run.text() == "Run" and view.says.text() == "" and not viewed.banner.isVisible()
    view.form.set_value(TABLE)
    ask(viewed, "SELECT 2 AS two", settle)
    assert view.table.isVisible() and not view.wrong.isVisible() and view.table.answer.rows == [(2,)]


def test_a_slow_query_can_be_stopped(viewed: MainWindow, settle: Settle) -> None:
    view = ask(viewed, "SELECT 2 AS two", settle)
    view.show_query(SLOW)
    assert view.task is not None and view.run.text() == "Stop"
    task = view.task
    task.begin()
    view.run.click()
    task.wait()  # ends because SQLite is stopped, long before the limit
    assert view.task is None and view.run.text() == "Run" and view.says.text() == "The query was stopped."
    assert view.table.answer.rows == []
    assert ask(viewed, "SELECT 1 AS one", settle).table.answer.rows == [(1,)]


def test_queries_are_saved_and_remembered(viewed: MainWindow, settle: Settle, settings: QSettings) -> None:
    view = ask(viewed, "SELECT 1", settle)
    ask(viewed, "SELECT 2", settle)
    assert not view.save.isEnabled()
    view.name.setText("two & more")
    QTest.keyClick(view.name, Qt.Key.Key_Return)
    found = entries(view)
    assert found["Saved"] == ["two && more"] and found["Run before"][:2] == ["SELECT 2", "SELECT 1"]
    assert found["Examples"] == [name for name, _ in QUESTIONS]
    again = Queries()
    again.keep_in(viewed.settings)
    assert again.saved == {"two & more": "SELECT 2"} and again.history[:2] == ["SELECT 2", "SELECT 1"]
    again.delete("two & more")
    assert again.saved == {}
    viewed.settings.setValue("queries", "{")
    again.keep_in(viewed.settings)
    assert again.saved == {}


def test_every_example_is_answered(viewed: MainWindow, settle: Settle) -> None:
    for _, sql in QUESTIONS:
        view = ask(viewed, sql, settle)
        assert view.table.answer.columns and view.says.property("role") == "muted", sql


def test_figures_over_the_events_are_a_line_and_those_of_names_are_bars(viewed: MainWindow, settle: Settle) -> None:
    view = ask(viewed, "SELECT seq, size, address FROM events ORDER BY seq DESC LIMIT 20", settle)
    view.form.set_value(PLOT)
    rows = sorted(view.table.answer.rows)
    assert [view.column.itemData(i) for i in range(view.column.count())] == ["size", "address"]
    assert drawn(view) == [(row[0], row[1]) for row in rows]
    view.column.setCurrentIndex(1)
    assert drawn(view) == [(row[0], row[2]) for row in rows] and view.plot.names == []
    view = ask(viewed, QUESTIONS[0][1], settle)
    answered = view.table.answer.rows
    assert drawn(view) == [(i, row[1]) for i, row in enumerate(answered)] and not view.column.isVisible()
    assert view.plot.names == [row[0] for row in answered]
    ask(viewed, "SELECT 'x' AS a, 'y' AS b", settle)
    assert view.says.text() == "A plot needs a column of numbers." and drawn(view) == []
    assert not viewed.grab().isNull()


def test_another_recording_takes_the_answer_away_and_leaves_the_query(viewed: MainWindow, settle: Settle, tmp_path: Path) -> None:
    view = ask(viewed, "SELECT 1 AS one", settle)
    viewed.session.set_theme(viewed.session.theme)
    settle(viewed.session)
    assert view.table.answer.rows
    assert viewed.open_path(write(tmp_path / "b.zvz", events(50)))
    settle(viewed.session)
    assert view.table.answer.rows == [] and view.editor.toPlainText() == "SELECT 1 AS one"


def test_formulas_and_markup_stay_text(window: MainWindow, tmp_path: Path, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    nasty = (("=cmd|' /C calc'!A0", 76), ("<b>threads</b>", 332), ("\u202ex", 48), ("", 64), ("y" * 10_000, 8))
    monkeypatch.setattr("tests.gui.conftest.ZONES", nasty)
    assert window.open_path(write(tmp_path / "a.zvz", events(100)))
    settle(window.session)
    view = ask(window, "SELECT name FROM zones ORDER BY id", settle)
    assert view.table.sorted.index(1, 0).data() == "<b>threads</b>"
    text = view.table.text()
    assert "\n'=cmd" in text or '\n"\'=cmd' in text
    assert not window.grab().isNull()


def test_the_answer_is_cut_at_its_limit(viewed: MainWindow, settle: Settle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "ROWS", 3)
    view = ask(viewed, "SELECT seq FROM events", settle)
    assert len(view.table.answer.rows) == 3 and view.says.text() == "The first 3 rows; there are more."
