"""The start page: what to open, run or record. It is shown while no recording is open, and over an open one when asked for."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from zoneviz.app.examples import EXPERIMENTS, examples
from zoneviz.app.heads import stem
from zoneviz.gui.kit.offers import Offer, Offers
from zoneviz.gui.kit.wrapping import wrap
from zoneviz.scenarios import scenarios

WIDEST = 1000
"""Pixels for the page, at most."""
LETTERS = 104
"""Width of the page, in characters, from which it has two columns of lists."""
MARGIN, GAP = 24, 24
MOST_RECENT = 5
EMPTY = "See why a kernel ran out of memory"
ABOUT = (
    "Open what a machine reported: panic reports, listings and logs of macOS, Linux, FreeBSD or the Hurd. Drop files, folders or archives "
    "on this window, or paste a text with Ctrl+V. Or watch a simulated GNU Mach fill its memory, or record the kernel of this machine."
)


class Section(QWidget):
    """A heading above a list."""

    def __init__(self, heading: str, parent: QWidget) -> None:
        super().__init__(parent)
        label = QLabel(heading.upper(), self)
        label.setProperty("role", "section")
        label.setContentsMargins(8, 0, 0, 2)
        self.offers = Offers(heading, self)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        box.addWidget(label)
        box.addWidget(self.offers)
        box.addStretch()


class TourOffer(QFrame):
    """Offers the tour to a new user. `later` hides it permanently."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        words = QLabel("New here? The tour explains the window in six steps, on a recording of a kernel that panics.", self)
        wrap(words)
        self.take = QPushButton("Take the tour", self)
        self.take.setProperty("role", "primary")
        self.later = QPushButton("Not now", self)
        self.later.setToolTip("Help > Tour starts it at any time")
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 10, 12, 10)
        line.setSpacing(10)
        line.addWidget(words, 1)
        line.addWidget(self.take)
        line.addWidget(self.later)


class Welcome(QScrollArea):
    """`opened(path)`: an example or a recent recording; `experiment(name)`: one was chosen; `left`: return to the open recording."""

    opened = Signal(object)
    experiment = Signal(object)
    left = Signal()
    shown = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("centre")
        self.setAccessibleName("Start page")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget(self)
        body.setObjectName("centre")
        self.page = QWidget(body)
        self.page.setMaximumWidth(WIDEST)
        self.back = QPushButton("Back to the recording", self.page)
        self.back.setToolTip("Return to the recording that is open (Esc)")
        self.headline, self.words = QLabel(self.page), QLabel(self.page)
        self.headline.setProperty("role", "headline")
        self.words.setProperty("role", "muted")
        for label in (self.headline, self.words):
            wrap(label)
        self.tour = TourOffer(self.page)
        self.repair = QPushButton("Repair…", self.page)
        self.repair.setToolTip("Save what is readable of the damaged recording in a new file")
        self.open = QPushButton("Open files…", self.page)
        self.open.setToolTip("Open recordings or captures of real machines (Ctrl+O)")
        self.record = QPushButton("Record this machine…", self.page)
        self.record.setToolTip("Record the kernel of this machine while it runs: its caches, and on Linux every allocation")
        self.run = QPushButton("Run the fork bomb", self.page)
        self.run.setToolTip("Watch GNU Mach fill its zone map until it panics")
        self.capturing = QPushButton("What to capture", self.page)
        self.capturing.setToolTip("The commands that save what a sick machine reports, for each system")
        self.examples = Section("Examples", self.page)
        self.recent = Section("Recent recordings", self.page)
        self.experiments = Section("Experiments", self.page)
        self._buttons, self._lists = QGridLayout(), QGridLayout()
        self._arranged: object = None
        """What is where, to leave it there."""
        self._lay_out(body)
        self._fill()
        self.back.clicked.connect(self.left)
        self.show_empty()

    def _lay_out(self, body: QWidget) -> None:
        for grid in (self._buttons, self._lists):
            grid.setContentsMargins(0, 0, 0, 0)
        self._buttons.setHorizontalSpacing(8)
        self._lists.setHorizontalSpacing(GAP)
        self._lists.setVerticalSpacing(18)
        box = QVBoxLayout(self.page)
        box.setContentsMargins(MARGIN, 20, MARGIN, 20)
        box.setSpacing(10)
        box.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self.headline)
        box.addWidget(self.words)
        box.addWidget(self.tour)
        box.addLayout(self._buttons)
        box.addSpacing(8)
        box.addLayout(self._lists)
        across = QHBoxLayout()
        across.setContentsMargins(0, 0, 0, 0)
        across.addStretch(1)
        across.addWidget(self.page, 1000)
        across.addStretch(1)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addStretch(2)
        column.addLayout(across)
        column.addStretch(3)
        self.setWidget(body)

    def _fill(self) -> None:
        self.examples.offers.show_offers([Offer(path, stem(path), sentence) for path, sentence in examples().items()])
        known = scenarios()
        self.experiments.offers.show_offers(
            [Offer(name, name, known[name].summary.rstrip("."), hint=known[name].summary) for name in EXPERIMENTS if name in known]
        )
        for section in (self.examples, self.recent):
            section.offers.chosen.connect(self.opened)
            section.setVisible(section.offers.count() > 0)
        self.experiments.offers.chosen.connect(self.experiment)

    def show_recent(self, offers: Sequence[Offer]) -> None:
        """List the recordings used last; their values are paths."""
        self.recent.offers.show_offers([*offers][:MOST_RECENT])
        self.recent.setVisible(bool(offers))
        self._arrange()

    def show_empty(self, covered: str = "") -> None:
        """The start page. `covered`: the open recording that it hides."""
        self._say(EMPTY, ABOUT)
        self.back.setVisible(bool(covered))
        self.back.setText(f"Back to {covered}")

    def show_problem(self, words: str, repairable: bool = False) -> None:
        """A file or a run could not be shown; `words`: why. `repairable`: offer to repair it."""
        self._say("Could not show this", words)
        self.repair.setVisible(repairable)

    def show_waiting(self) -> None:
        """The recording has no events."""
        self._say("No events", "This recording is empty. Open another one, or run an experiment.")

    def _say(self, headline: str, words: str) -> None:
        self.repair.hide()
        self.back.hide()
        self.headline.setText(headline)
        self.words.setText(words)
        self._arrange()

    def _arrange(self) -> None:
        """Put the buttons in one row or two, and the lists in one column or two, as the width allows."""
        room = min(self.viewport().width(), WIDEST) - 2 * MARGIN
        buttons = [b for b in (self.repair, self.open, self.record, self.run, self.capturing) if not b.isHidden()]
        needed = sum(button.sizeHint().width() + 8 for button in buttons)
        across = len(buttons) if needed <= room else 2
        lists = [section for section in (self.examples, self.recent, self.experiments) if not section.isHidden()]
        columns = 2 if room >= LETTERS * self.fontMetrics().averageCharWidth() else 1
        if (across, columns, buttons, lists) == self._arranged:
            return
        self._arranged = across, columns, buttons, lists
        for number, button in enumerate(buttons):
            self._buttons.addWidget(button, number // across, number % across)
        for column in range(6):
            self._buttons.setColumnStretch(column, int(column == across))
        for section in lists:
            self._lists.removeWidget(section)
        if columns == 1:
            for number, section in enumerate(lists):
                self._lists.addWidget(section, number, 0)
        else:  # the examples are the longest list
            for number, section in enumerate(lists):
                place = (0, 0, max(len(lists) - 1, 1), 1) if section is self.examples else (number - 1, 1, 1, 1)
                self._lists.addWidget(section, *place)
        for column in range(2):
            self._lists.setColumnStretch(column, int(column < columns))

    def minimumSizeHint(self) -> QSize:
        """Wide enough for three buttons in a row: the charts, which take its place, need as much beside the panels."""
        buttons = sum(button.sizeHint().width() for button in (self.open, self.record, self.run))
        return QSize(buttons + 4 * GAP, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange buttons and lists for the width."""
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Report it: the recent recordings may be others."""
        super().showEvent(event)
        self.shown.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc returns to the open recording."""
        if event.key() == Qt.Key.Key_Escape and not self.back.isHidden():
            self.left.emit()
        else:
            super().keyPressEvent(event)
