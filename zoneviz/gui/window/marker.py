"""The difference between two marked moments, A and B."""

from collections.abc import Generator

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.kit.rows import Column, text_column
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session.jobs import Job, Work
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.state.difference import Change, Difference, between


class Marker(QObject):
    """M marks moment A; a second M compares it with the moment in a job and shows the difference in a dialog."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self.session, self._window = session, window
        self.dialog: DifferenceDialog | None = None
        self.job: Job | None = None

    def mark(self) -> None:
        """Mark the moment as A or, if A is marked, compare it with the moment."""
        if self.session.notebook.mark is None and self.session.player is not None:
            self.session.notebook.set_mark(self.session.moment)
        else:
            self.compare(self.session.moment)

    def compare(self, second: int) -> None:
        """Compare mark A with the moment after event `second`, and clear the mark."""
        session, first = self.session, self.session.notebook.mark
        if session.player is None or first is None:
            return
        session.notebook.set_mark(None)
        ends = (min(first, second), max(first, second))
        self.job = Job(session.player.recording.path, difference_work(*ends), lambda found: self._show(*ends, found), self)
        self.job.failed.connect(session.problem)

    def _show(self, first: int, second: int, found: Difference) -> None:
        self.dialog = DifferenceDialog(first, second, found, self._window)
        self.dialog.show()


def signed(shown: str, value: int) -> str:
    """`shown` with the sign of `value`; the minus is U+2212, not a hyphen."""
    return f"+{shown}" if value > 0 else shown.replace("-", "\u2212")


def _columns(shown: object, sample: str) -> tuple[Column, ...]:
    as_text = words.size_cell if shown == "bytes" else words.number
    return (
        text_column("what", "", "non-kernel map entries"),
        Column("at A", "", as_text, sample),
        Column("at B", "", as_text, sample),
        Column("change", "B minus A", lambda value: signed(as_text(value), value), "+" + sample),
    )


class DifferenceDialog(QDialog):
    """A and B side by side: bytes of zones and maps, and counts. The window stays usable."""

    def __init__(self, first: int, second: int, found: Difference, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"From event {words.number(first)} to event {words.number(second)}")
        self.setAccessibleName(self.windowTitle())
        heading = QLabel(f"A: event {words.number(first)}    B: event {words.number(second)}    largest changes first", self)
        heading.setProperty("role", "muted")
        self.bytes = RowTable("Bytes at A and B", _columns("bytes", "1,023.99 KiB"), self)
        self.counts = RowTable("Counts at A and B", _columns("counts", "9,999,999"), self)
        for table in (self.bytes, self.counts):
            table.grows = 0
            table.rows.modelReset.connect(table.give_room)
        fill(self.bytes, [*found.zones, *found.memory])
        fill(self.counts, [*found.counts, *(Change(f"{e.name} in use", e.before, e.after) for e in found.elements)])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(6)
        layout.addWidget(heading)
        tables = QHBoxLayout()
        for table in (self.bytes, self.counts):
            tables.addWidget(table, _width(table))
        layout.addLayout(tables, 1)
        self.resize(min(max(sum(map(_width, (self.bytes, self.counts))) + 40, 980), max(parent.width(), 980)), 420)


def _width(table: RowTable) -> int:
    """The width of a table with whole names, in pixels."""
    return table.sizeHintForColumn(0) + 8 + sum(table.columnWidth(column) for column in range(1, 4)) + 16


def fill(table: RowTable, changes: list[Change]) -> None:
    """Show changes, largest first."""
    ordered = sorted(changes, key=lambda change: -abs(change.by))
    table.rows.show_rows([(change.name, change.before, change.after, change.by) for change in ordered])
    table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    table.sorted.sort(-1)


def difference_work(first: int, second: int) -> Work:
    """Work for a job: the difference of two moments."""

    def work(player: Player) -> Generator[tuple[int, int], None, Difference]:
        before = player.seek(first)
        yield 1, 2
        return between(before, player.seek(second))

    return work
