"""Rows that a mailer or a terminal wrapped over several lines."""

from collections.abc import Callable
from typing import Generic, TypeVar

from zoneviz.captures.text import Line

Row = TypeVar("Row")
_LIMIT = 1000
"""Upper bound of the characters of a joined row."""


class Joiner(Generic[Row]):
    """Joins lines that are no rows by themselves, if they are one together.

    `parse`: the row in a text, or None; `starts`, `continues`: whether a text looks like the beginning or the continuation of a row.
    `broken`: a line that was the beginning of a row and has no end yet.
    """

    def __init__(self, parse: Callable[[str], Row | None], starts: Callable[[str], bool], continues: Callable[[str], bool]) -> None:
        self._parse, self._starts, self._continues = parse, starts, continues
        self.broken: Line | None = None

    def take(self, line: Line) -> tuple[Row | None, Line | None]:
        """The row that a line completes, or None; and an earlier line that was the beginning of a row and has no end."""
        lost = self.broken
        if lost is not None and self._continues(line.text) and len(lost.text) + len(line.text) < _LIMIT:
            both = f"{lost.text} {line.text.strip()}"
            row = self._parse(both)
            self.broken = None if row is not None else lost._replace(text=both)
            return row, None
        self.broken = line if self._starts(line.text) else None
        return None, lost

    def end(self) -> Line | None:
        """A line that was the beginning of a row and has no end, at the end of a table."""
        lost, self.broken = self.broken, None
        return lost
