"""The answer to an SQL query as a table that can be sorted, copied and saved."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from zoneviz import words
from zoneviz.gui.kit.rows import Column, Value
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session.queries import as_text
from zoneviz.recording.answers import Answer

WIDEST, MEASURED = 360, 40
"""Pixels of the widest column at first; columns that are measured."""


class AnswerTable(RowTable):
    """A table whose columns are those of the answer. Its rows are sorted by a click on a heading; at first they stand as answered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Answer", (Column(""),), parent)
        self.answer = Answer([], [], False)

    def show_answer(self, answer: Answer) -> None:
        """Show another answer."""
        self.answer = answer
        rows: list[list[Value]] = [[shown(value) for value in row] for row in answer.rows]
        textual = [any(isinstance(row[i], str) for row in rows) for i in range(len(answer.columns))]
        model = self.rows
        model.beginResetModel()
        model.columns = tuple(
            Column(words.one_line(name, 60), "", _line, "9,999,999", left) for name, left in zip(answer.columns, textual, strict=True)
        )
        model.rows = rows
        model.endResetModel()
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.widths([column.sample for column in model.columns])
        self.horizontalHeader().setStretchLastSection(bool(textual) and textual[-1])
        if len(model.columns) <= MEASURED:
            for column in range(len(model.columns)):
                self.setColumnWidth(column, min(max(self.sizeHintForColumn(column) + 14, self.columnWidth(column)), WIDEST))

    def event_of(self, values: list[Value]) -> int | None:
        """The event that a row of the table is about; None without a column seq."""
        if "seq" not in self.answer.columns:
            return None
        value = values[self.answer.columns.index("seq")]
        return value if isinstance(value, int) else None

    def text(self, delimiter: str = ",") -> str:
        """All rows as CSV, in the order on show."""
        rows = [self.sorted.row_at(row) for row in range(self.sorted.rowCount())]
        return as_text(self.answer.columns, rows, delimiter)


def _line(value: Value) -> str:
    return words.one_line(str(value), 200)


def shown(value: int | float | str | bytes | None) -> Value:
    """A value of an answer, for a cell of a table."""
    if isinstance(value, bytes):
        return words.count(len(value), "byte")
    return "" if value is None else value
