"""What was observed about this experiment on real machines, and what this run answers."""

from collections.abc import Generator

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from zoneviz.app import claims_for
from zoneviz.claims import Row
from zoneviz.gui.kit.rows import words
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.base import View
from zoneviz.playback import Player

COLUMNS = (
    words("claim", "Its number in docs/observations.md", "S24"),
    words("this run", "What this run alone answers, if the claim is about such a run", "not reproduced"),
    words("the page says", "What was observed", "x" * 60),
    words("observed", "The figure of this run, or the settings that the claim asks for", "x" * 60),
)
SAYS, OBSERVED = 2, 3
BOTH = 96
"""Letters: a view as wide as this has room for both columns of sentences beside the chosen claim, which tells them, too."""
BESIDE = 70
"""Letters: with fewer the chosen claim stands below the others."""
PADDING = 24
"""Pixels of a cell's width that are not for its words: the theme's padding and Qt's own margins."""
ELSEWHERE = "asks for other settings"


class Sentences(RowTable):
    """The claims; its sentences share what the other columns leave, in as many lines as they need."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Claims about this experiment", COLUMNS, parent)
        self.setWordWrap(True)
        self.horizontalHeader().setStretchLastSection(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.modelReset.connect(self.give_room)

    def give_room(self) -> None:
        """Share the width anew."""
        sentences = [column for column in (SAYS, OBSERVED) if not self.isColumnHidden(column)]
        room = self.viewport().width() - sum(self.columnWidth(column) for column in range(SAYS))
        for column in sentences:
            self.setColumnWidth(column, max(room // len(sentences), 1))
        least, metrics = self.verticalHeader().defaultSectionSize(), self.fontMetrics()
        for row in range(self.sorted.rowCount()):
            # Not as Qt counts the lines: it leaves out the padding of a style sheet, and the last line is then shortened.
            texts = [(str(self.sorted.index(row, column).data()), self.columnWidth(column) - PADDING) for column in sentences]
            rooms = [metrics.boundingRect(QRect(0, 0, width, 1), Qt.TextFlag.TextWordWrap, words) for words, width in texts]
            self.setRowHeight(row, max([least, *(room.height() + metrics.height() // 2 for room in rooms)]))


class ClaimsView(View):
    """A table of claims; the chosen one in full beside it."""

    title = "Claims"
    place = 8

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.found: list[Row] = []
        self.heading = QLabel(self)
        self.heading.setProperty("role", "strong")
        self.words = QLabel(self)
        self.words.setProperty("role", "muted")
        self.words.setWordWrap(True)
        self.table = Sentences(self)
        self.setFocusProxy(self.table)
        self.detail = QLabel(self)
        self.detail.setTextFormat(Qt.TextFormat.PlainText)
        self.detail.setWordWrap(True)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self.detail.setAccessibleName("The chosen claim in full")
        self.detail.setContentsMargins(12, 4, 8, 8)
        area = QScrollArea(self)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setWidget(self.detail)
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addWidget(self.words, 1)
        self.both = QSplitter(Qt.Orientation.Horizontal, self)
        self.both.setChildrenCollapsible(False)
        self.both.addWidget(self.table)
        self.both.addWidget(area)
        self.both.setSizes([620, 320])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.both, 1)
        self._job: Job | None = None
        self._of: tuple[str, int] | None = None
        self.table.chosen.connect(self._chosen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is room for one column of sentences, the other stands in the chosen claim only."""
        super().resizeEvent(event)
        letters = self.width() / self.fontMetrics().averageCharWidth()
        self.table.setColumnHidden(OBSERVED, letters < BOTH)
        orientation = Qt.Orientation.Vertical if letters < BESIDE else Qt.Orientation.Horizontal
        if self.both.orientation() != orientation:
            self.both.setOrientation(orientation)
            self.both.setSizes([620, 320])
        self.table.give_room()

    def show_recording(self, player: Player) -> None:
        """Look again, unless it is the same recording with nothing new in it."""
        of = (str(player.recording.path), player.recording.event_count)
        if of == self._of or self.session.live:
            if self.session.live:
                self._say([], "The run goes on; its claims are looked at when it has ended.")
            return
        self._of = of
        if self._job is not None:
            self._job.cancel()
        self._say([], "reading…")
        self._job = Job(player.recording.path, work, self._take, self)
        self._job.failed.connect(lambda sentence: self._say([], sentence))

    def wait(self) -> None:
        """Until all is there."""
        if self._job is not None:
            self._job.wait()

    def _take(self, found: list[Row]) -> None:
        here = [row for row in found if not row.observed.startswith(ELSEWHERE)]
        if not found:
            self._say([], "No claim is about this experiment.")
            return
        answered = [row for row in here if row.verdict]
        said = "None is about a run with these settings"
        if here:
            alone = "none is" if not answered else f"{len(answered)} {'is' if len(answered) == 1 else 'are'}"
            said = f"{len(here)} {'is' if len(here) == 1 else 'are'} about a run with these settings, {alone} answered by it alone"
        self._say(found, f"{said}. “zoneviz claims” makes all the runs they are about.")

    def _say(self, found: list[Row], sentence: str) -> None:
        self.found = found
        self.heading.setText(f"{len(found)} claims" if found else "Claims")
        self.words.setText(sentence)
        self.table.rows.show_rows([(row.id, self.verdict(row), row.statement, row.observed) for row in found])
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.sorted.sort(-1)
        self.detail.setText("")
        if found:
            self.table.selectRow(0)
            self._chosen((found[0].id,))

    @staticmethod
    def verdict(row: Row) -> str:
        """What stands in the second column."""
        if row.observed.startswith(ELSEWHERE):
            return "other settings"
        return row.verdict or "part of it"

    def _chosen(self, values: object) -> None:
        assert isinstance(values, tuple | list)
        row = next(row for row in self.found if row.id == values[0])
        other = row.observed.startswith(ELSEWHERE)
        answer = f"It {row.observed}." if other else f"This run: {row.observed}. Verdict: {self.verdict(row)}."
        parts = (f"{row.id}  {row.statement}", f"Expected: {row.expected}.", answer)
        self.detail.setText("\n\n".join(parts))


def work(player: Player) -> Generator[tuple[int, int], None, list[Row]]:
    """The claims of a recording, as work for a job."""
    yield 0, 1
    return claims_for(player.recording)
