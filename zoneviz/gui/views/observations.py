"""What was observed about this experiment on real machines, and the result of this run."""

from collections.abc import Generator

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QScrollArea, QSplitter, QVBoxLayout, QWidget

from zoneviz.app.claims import ELSEWHERE, claims_for, concerned, runs_of
from zoneviz.claims.model import Row
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.rows import text_column
from zoneviz.gui.kit.twin import RowTable
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.session import Session
from zoneviz.gui.views.base import View
from zoneviz.playback import Player

COLUMNS = (
    text_column("id", tip("observation", "Its number in docs/observations.md"), "S24"),
    text_column("this run", "What this run alone shows, if its settings are those of the observation; some need more runs", ELSEWHERE),
    text_column("original report", tip("the original report", "What people observed"), "x" * 60),
    text_column("measured", "The figure of this run, or the settings that the observation needs", "x" * 60),
)
REPORT, MEASURED = 2, 3
BOTH = 124
"""Width of the view, in characters, from which both columns of sentences fit beside the chosen observation."""
BESIDE = 84
"""Width of the view, in characters, below which the chosen observation is under the table."""
MAKE = "Run its experiment"
PADDING = 24
"""Pixels of a cell's width that its text cannot use: the theme's padding and Qt's margins."""


class Sentences(RowTable):
    """The observations. The columns of sentences share the width that the others leave; each row is as high as its text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("Observations of this experiment", COLUMNS, parent)
        self.setWordWrap(True)
        self.horizontalHeader().setStretchLastSection(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.rows.modelReset.connect(self.give_room)

    def give_room(self) -> None:
        """Divide the width among the columns of sentences and fit the height of each row."""
        sentences = [column for column in (REPORT, MEASURED) if not self.isColumnHidden(column)]
        room = self.viewport().width() - sum(self.columnWidth(column) for column in range(REPORT))
        for column in sentences:
            self.setColumnWidth(column, max(room // len(sentences), self.horizontalHeader().sectionSizeHint(column)))
        least, metrics = self.verticalHeader().defaultSectionSize(), self.fontMetrics()
        for row in range(self.sorted.rowCount()):
            # Qt's own count ignores the style sheet's padding and would cut off the last line.
            texts = [(str(self.sorted.index(row, column).data()), self.columnWidth(column) - PADDING) for column in sentences]
            rooms = [metrics.boundingRect(QRect(0, 0, width, 1), Qt.TextFlag.TextWordWrap, words) for words, width in texts]
            self.setRowHeight(row, max([least, *(room.height() + metrics.height() // 2 for room in rooms)]))


class ObservationsView(View):
    """A table of observations, with the chosen one in full beside it."""

    title = "Observations"
    place = 8
    hides = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.found: list[Row] = []
        self.heading = QLabel(self)
        self.heading.setProperty("role", "strong")
        self.heading.setToolTip(tip("observation"))
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
        self.detail.setAccessibleName("The chosen observation in full")
        self.detail.setContentsMargins(12, 4, 8, 8)
        self.make = QPushButton(f"{MAKE} ▾", self)
        self.make.setToolTip("Run the experiment with the settings that this observation is about, and show that run")
        self.make.setMenu(QMenu(self.make))
        self.make.hide()
        chosen = QWidget(self)
        below = QVBoxLayout(chosen)
        below.setContentsMargins(0, 0, 0, 4)
        below.setSpacing(4)
        area = QScrollArea(chosen)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setMinimumHeight(1)  # in a small window the text scrolls, and the button below it is whole
        area.setWidget(self.detail)
        top = QHBoxLayout()
        top.addWidget(self.heading)
        top.addWidget(self.words, 1)
        self.both = QSplitter(Qt.Orientation.Horizontal, self)
        self.both.setChildrenCollapsible(False)
        self.both.addWidget(self.table)
        below.addWidget(area, 1)
        below.addWidget(self.make, 0, Qt.AlignmentFlag.AlignLeft)
        self.both.addWidget(chosen)
        self.both.setSizes([620, 320])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.both, 1)
        self._job: Job | None = None
        self._of: tuple[str, int] | None = None
        self.table.chosen.connect(self._chosen)

    def why_not(self) -> str:
        """That no observation is about the scenario of this recording."""
        player = self.session.player
        return "" if player is None or concerned(player.recording.header) else "No observation is about this recording."

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the measured column where it does not fit; the chosen observation still shows its text."""
        super().resizeEvent(event)
        letters = self.width() / self.fontMetrics().averageCharWidth()
        self.table.setColumnHidden(MEASURED, letters < BOTH)
        orientation = Qt.Orientation.Vertical if letters < BESIDE else Qt.Orientation.Horizontal
        if self.both.orientation() != orientation:
            self.both.setOrientation(orientation)
            self.both.setSizes([620, 320])
        self.table.give_room()

    def show_recording(self, player: Player) -> None:
        """Compare the recording with the observations, unless that is done or the run is live."""
        of = (str(player.recording.path), player.recording.event_count)
        if of == self._of or self.session.live:
            if self.session.live:
                self._say([], "The observations are checked when the run ends.")
            return
        self._of = of
        if self._job is not None:
            self._job.cancel()
        self._say([], "reading…")
        self._job = Job(player.recording.path, work, self._take, self)
        self._job.failed.connect(lambda sentence: self._say([], sentence))

    def wait(self) -> None:
        """Block until the observations are shown."""
        if self._job is not None:
            self._job.wait()

    def _take(self, found: list[Row]) -> None:
        here = [row for row in found if not row.observed.startswith(ELSEWHERE)]
        if not found:
            self._say([], "No observation is about this experiment.")
            return
        decided = sum(bool(row.verdict) for row in here)
        said = "None is about a run with these settings"
        if here:
            alone = f"this run alone decides {decided} of them" if decided else "this run alone decides none of them"
            said = f"{len(here)} {'is' if len(here) == 1 else 'are'} about a run with these settings; {alone}"
        self._say(found, f"{said}. “{MAKE}” starts the run it needs.")

    def _say(self, found: list[Row], sentence: str) -> None:
        self.found = found
        self.heading.setText(f"{len(found)} observation{'' if len(found) == 1 else 's'}" if found else "Observations")
        self.words.setText(sentence)
        self.table.rows.show_rows([(r.id, self.verdict(r), r.statement, r.observed.removeprefix(f"{ELSEWHERE}: ")) for r in found])
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.sorted.sort(-1)
        self.detail.setText("")
        self.make.hide()
        if found:
            self.table.selectRow(0)
            self._chosen((found[0].id,))

    @staticmethod
    def verdict(row: Row) -> str:
        """The text of the second column."""
        if row.observed.startswith(ELSEWHERE):
            return ELSEWHERE
        return row.verdict or "needs more runs"

    def _chosen(self, values: object) -> None:
        assert isinstance(values, tuple | list)
        row = next(row for row in self.found if row.id == values[0])
        other = row.observed.startswith(ELSEWHERE)
        answer = f"It {row.observed}." if other else f"This run: {row.observed} ({self.verdict(row)})."
        parts = (f"{row.id}  {row.statement}", f"Expected: {row.expected.replace('`', '')}.", answer)
        self.detail.setText("\n\n".join(parts))
        self._offer(row)

    def _offer(self, row: Row) -> None:
        """Offer the runs that an observation is about."""
        player = self.session.player
        runs = runs_of(row.id, player.recording.header) if player is not None else {}
        menu = self.make.menu()
        menu.clear()
        for label, spec in runs.items():
            settings = ", ".join(f"{name} {value}" for name, value in spec.settings.items())
            about = " · ".join(part for part in (spec.scenario, spec.profile, settings) if part)
            menu.addAction(f"{label}: {about}").triggered.connect(lambda _=False, spec=spec: self.session.run_asked.emit(spec))
        self.make.setVisible(bool(runs))


def work(player: Player) -> Generator[tuple[int, int], None, list[Row]]:
    """Job: the observations that concern this recording."""
    yield 0, 1
    return claims_for(player.recording)
