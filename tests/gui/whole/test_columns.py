"""Columns of figures fit their visible rows, and all columns their headings, in every table and at every text size."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView
from pytestqt.qtbot import QtBot

from tests.gui.conftest import Settle
from zoneviz import resources
from zoneviz.gui.kit.rows import RIGHT, Column
from zoneviz.gui.kit.tables import Table
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session import jobs
from zoneviz.gui.window.main_window import MainWindow


def narrow(window: MainWindow, settle: Settle) -> list[str]:
    """Columns that are too narrow, of the tables of all views."""
    out, seen = [], set()
    for view in window.deck.views:
        window.deck.show_only(view.title)
        for _ in range(2):
            settle(window.session)
            jobs.wait_all()
        settle(window.session)
        for table in view.findChildren(QTableView):
            if not table.isVisible() or not table.model() or not table.model().rowCount():
                continue
            if isinstance(table, Table):
                table.fit()  # as it does soon after the rows have changed
            seen.add(table.accessibleName())
            for column in range(table.model().columnCount()):
                figures = table.model().headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole) == RIGHT
                needed = max(table.horizontalHeader().sectionSizeHint(column), table.sizeHintForColumn(column) if figures else 0)
                if not table.isColumnHidden(column) and table.columnWidth(column) < needed:
                    out.append(f"{table.accessibleName()}, column {column}: {table.columnWidth(column)} of {needed}")
    assert len(seen) >= 5, seen
    return out


def test_columns_fit_at_every_text_size(window: MainWindow, settle: Settle) -> None:
    assert window.open_path(next(path for path in resources.recordings() if path.name.startswith("fork-bomb")))
    for text in ("100 %", "130 %"):
        window.preferences.choose("text_size", text)
        assert narrow(window, settle) == [], text
    window.actions_["present"].trigger()
    assert narrow(window, settle) == [], "presentation"
    window.actions_["present"].trigger()
    assert narrow(window, settle) == [], "back"


def test_new_rows_widen_their_column(opened: MainWindow, qtbot: QtBot) -> None:
    table = RowTable("Figures", [Column("n", sample="9")], opened)
    table.resize(400, 200)
    table.show()
    before = table.columnWidth(0)
    table.rows.show_rows([(123456789012,)])
    qtbot.waitUntil(lambda: table.columnWidth(0) > before)
    assert table.columnWidth(0) >= table.sizeHintForColumn(0)
