"""Tables in a text: a header, and one zone a row. Several tables are several moments, with the times around them.

Rows that were wrapped are joined, cut ones are named. A table without header begins again where its first zone comes again.
"""

import re
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from zoneviz.captures.capture import Capture
from zoneviz.captures.clock import Clock, When
from zoneviz.captures.joining import Joiner
from zoneviz.captures.text import Line, Text

ROW_LIMIT = 400
"""Upper bound of the characters of a row; a longer line is damaged."""
_NAME = 40
"""Characters of a damaged row's name in a sentence."""

_TIME_OF_DAY = re.compile(r"(?<!\d)\d\d?:\d\d(?!\d)")

Values = TypeVar("Values")


class Row(NamedTuple, Generic[Values]):
    """A row, `line`: its number."""

    name: str
    values: Values
    line: int


@dataclass(slots=True)
class Table(Generic[Values]):
    """A table of a text. `line`: of its header or first row; `header`: "" if missing; `skipped`: rows that are cut or damaged."""

    line: int
    header: str = ""
    when: When = field(default_factory=When)
    rows: list[Row[Values]] = field(default_factory=list)
    skipped: int = 0


class Format(Generic[Values]):
    """How the rows of a kind look. `table`: the one being read."""

    def __init__(self) -> None:
        self.table = Table[Values](1)

    @abstractmethod
    def row(self, text: str) -> tuple[str, Values] | None:
        """The name and the values of a row, None for anything else. The text has at most ROW_LIMIT characters."""

    @abstractmethod
    def header(self, text: str) -> bool:
        """Whether a line is the header."""

    @abstractmethod
    def starts(self, text: str) -> str:
        """The name in a line that begins like a row, "" for anything else."""

    def continues(self, text: str) -> bool:
        """Whether a line may be the rest of a wrapped row."""
        return text.lstrip()[:1] in tuple("0123456789,-")

    def other(self, line: Line) -> None:
        """Called for every line that is neither header nor row."""


def tables(text: Text, capture: Capture, form: Format[Values]) -> Iterator[Table[Values]]:
    """The tables of a text that have rows, in order; a damaged row is named in `capture`."""
    return _Reader(capture, form).tables(text)


def damaged(capture: Capture, line: int, name: str) -> None:
    """Name a row that is cut or damaged."""
    capture.skip(line, f"the row {name.strip()[:_NAME].strip() or 'without name'} is cut or damaged")


class _Reader(Generic[Values]):
    def __init__(self, capture: Capture, form: Format[Values]) -> None:
        self.capture, self.form, self.clock = capture, form, Clock()
        self.joiner = Joiner(self._row, lambda text: bool(self._starts(text)), form.continues)

    def tables(self, text: Text) -> Iterator[Table[Values]]:
        """See `tables`."""
        form, clock, joiner = self.form, self.clock, self.joiner
        for line in text.lines():
            if not line.text:
                continue
            row = self._row(line.text)
            if row is None:
                row, lost = joiner.take(line)
                self._lost(lost)
            else:
                self._lost(joiner.end())
            if row is None:
                if self._ends(line):
                    yield from self._ended(line)
                continue
            if form.table.rows and not form.table.header and form.table.rows[0].name == row[0]:
                yield from self._ended(line)
            if not form.table.rows:
                form.table.when = clock.begin(line)
                form.table.line = form.table.line if form.table.header else line.number
            clock.end = line.number
            form.table.rows.append(Row(*row, line.number))
        self._lost(joiner.end())
        if form.table.rows:
            yield form.table

    def _ends(self, line: Line) -> bool:
        """Read a line other than a row. Returns whether the table before it ends there."""
        if self.form.header(line.text[:ROW_LIMIT]):
            return True
        if self._starts(line.text):
            return False
        self.form.other(line)
        return self.clock.read(line) and self.clock.waiting

    def _ended(self, line: Line) -> Iterator[Table[Values]]:
        before = self.form.table
        header = line.text if self.form.header(line.text[:ROW_LIMIT]) else ""
        if before.rows or header:
            self.form.table = Table(line.number, header)
        if before.rows:
            yield before

    def _row(self, text: str) -> tuple[str, Values] | None:
        return self.form.row(text) if len(text) <= ROW_LIMIT else None

    def _starts(self, text: str) -> str:
        """The name in the beginning of a row inside a table; a line with a time of day is not one."""
        text = text[:ROW_LIMIT]
        if not (self.form.table.rows or self.form.table.header) or self.form.header(text) or _TIME_OF_DAY.search(text):
            return ""
        return self.form.starts(text)

    def _lost(self, line: Line | None) -> None:
        if line is not None and not line.text.endswith(":"):  # else it has no figure, and may be a comment
            self.form.table.skipped += 1
            damaged(self.capture, line.number, self._starts(line.text))
