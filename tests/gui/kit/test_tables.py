"""Cells cut by the edge of a table cannot be misread."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.painted import painted
from zoneviz.gui.kit.rows import Column
from zoneviz.gui.kit.twin import RowTable


@pytest.mark.parametrize(("seen", "words"), [(10, set()), (34, set()), (60, {"7"})])
def test_a_column_without_its_heading_is_empty(qtbot: QtBot, seen: int, words: set[str]) -> None:
    table = RowTable("t", (Column("first"), Column("second"), Column("third", sample="9")), None)
    qtbot.addWidget(table)
    table.rows.show_rows([(1, 5, 7)])
    table.setColumnWidth(0, 100)
    table.setColumnWidth(1, 100)
    table.setColumnWidth(2, 200)
    table.show()
    table.resize(table.width() - table.viewport().width() + 200 + seen, 200)
    QApplication.processEvents()
    assert table.viewport().width() == 200 + seen
    cells = {told.words for told in painted(table) if told.widget is table.viewport()}
    assert cells == {"1", "5"} | words
    headings = {told.words for told in painted(table) if told.widget is table.horizontalHeader().viewport()}
    assert headings == {"first", "second"} | ({"third"} if words else set())


def test_a_column_of_figures_that_do_not_fit_is_empty(qtbot: QtBot) -> None:
    table = RowTable("t", (Column("a"), Column("b", sample="999,999,999")), None)
    qtbot.addWidget(table)
    table.rows.show_rows([(1, 123456789), (2, 3)])
    table.show()
    whole = table.columnWidth(0) + table.columnWidth(1)
    for seen, shown in (0, {"a", "b", "1", "2", "3", "123,456,789"}), (30, {"a", "1", "2"}):
        table.resize(table.width() - table.viewport().width() + whole - seen, 200)
        QApplication.processEvents()
        assert {told.words for told in painted(table)} == shown
