"""Would a limit have prevented it? A table of limits and of the run with each, filled as the runs end."""

from collections.abc import Callable, Generator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSpacerItem, QWidget

from zoneviz import words
from zoneviz.app.whatif import Effect, Limit, effects, limits, repeatable
from zoneviz.gui.charts.link import breakable
from zoneviz.gui.kit.stated import stated
from zoneviz.gui.kit.text import plain
from zoneviz.gui.kit.wrapping import wrap
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.recording.header import Header

BAD = ("panic", "hang")
TEST, AGAIN = "Test these limits", "Test again"
EXCERPT = "This recording is an excerpt of a run. A variant would be a whole run, so the two cannot be compared."


class WhatIf(QWidget):
    """A button, its progress, and a row per limit. Hidden if the recorded run cannot be repeated."""

    _ended = Signal(object, object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.offered: Callable[[Header], list[Limit]] = limits
        """The limits to test on a run."""
        self.job: Job | None = None
        self.results: list[QLabel] = []
        self.rows: list[QWidget] = []
        self.heading = QLabel(self)
        self.heading.setProperty("role", "section")
        self.heading.setWordWrap(True)
        self.state, self.button, self.box = stated(self, self._pressed, self.heading)
        self._room = QSpacerItem(0, 0)
        self.head = self._headings()
        self.box.addWidget(self.head)
        self._limits: list[Limit] = []
        self._bad, self._whole = False, True
        self._shown = ""
        self._round = 0
        self._ended.connect(self._take, Qt.ConnectionType.QueuedConnection)
        session.recording_changed.connect(self._left)
        self.hide()

    def show_recording(self, player: Player) -> None:
        """Offer the limits that the recorded run did not have."""
        recording = player.recording
        key = str(recording.path) if recording.complete and not self.session.live else ""
        if key == self._shown:
            return
        self._forget()
        self._limits = self.offered(recording.header) if key else []
        self._bad = recording.header.outcome in BAD
        self._whole = repeatable(recording.header)
        self.heading.setText("WHAT WOULD HAVE STOPPED IT" if self._bad else "WHAT A LIMIT WOULD HAVE CHANGED")
        self._shown = key
        self.setVisible(bool(self._limits))
        self._say(f"Repeats this run with each of {len(self._limits)} limits.", TEST)

    def _pressed(self) -> None:
        if self.job is not None and self.job.running:
            self.job.cancel()
            self._say(f"Cancelled after {len(self.results)} of {len(self._limits)}.", TEST)
            return
        player = self.session.player
        if player is None:
            return
        self._clear()
        self._round += 1
        path, limits, number = player.recording.path, self._limits, self._round

        def work(own: Player) -> Generator[tuple[int, int], None, list[Effect]]:
            return (yield from effects(path, limits, tell=lambda effect: self._ended.emit(effect, number)))

        self._say(f"Testing 1 of {len(limits)}…", "Cancel")
        self.job = Job(path, work, self._end, self)
        self.job.failed.connect(lambda sentence: self._say(words.one_line(sentence), AGAIN))

    def _end(self, found: list[Effect]) -> None:
        """All runs have ended: list the limits that help first."""
        for effect in found[len(self.results) :]:
            self._show(effect)
        helped = [effect.survived for effect in found]
        self._say(f"{sum(helped)} of {len(helped)} would have stopped it." if self._bad else f"All {len(helped)} tested.", AGAIN)
        if len(helped) == len(self.rows):
            self.rows = [row for _, row in sorted(zip(helped, self.rows, strict=True), key=lambda both: not both[0])]
            for row in self.rows:
                self.box.removeWidget(row)
                self.box.addWidget(row)
            self._order_tabs()

    def _order_tabs(self) -> None:
        """Tab goes through the rows in their order on the card."""
        before: QWidget = self.button
        for row in self.rows:
            compare = row.findChild(QPushButton)
            if compare is not None:
                QWidget.setTabOrder(before, compare)
                before = compare

    def _take(self, effect: Effect, number: int) -> None:
        """One run of round `number` has ended. Results of an earlier round are dropped."""
        if number != self._round or self.job is None or not self.job.running:
            return
        self._show(effect)
        if len(self.results) < len(self._limits):
            self._say(f"Testing {len(self.results) + 1} of {len(self._limits)}…", "Cancel")

    def _show(self, effect: Effect) -> None:
        """A row with the limit, the run with it, and a button that records the variant and compares it."""
        row = QWidget(self)
        row.setProperty("role", "row")
        row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        limit = self._cell(effect.limit.words, effect, "", row)
        # The words say it as well: never colour alone.
        result = self._cell(effect.brief, effect, "" if effect.survived else "muted", row)
        self.results.append(result)
        compare = QPushButton("compare", row)
        compare.setProperty("role", "flat")
        compare.setToolTip("Record this variant and compare it with the recording")
        compare.setAccessibleName(f"Record the variant with {effect.limit.words} and compare")
        changes = {effect.limit.setting: effect.limit.value}
        compare.clicked.connect(lambda _=False: self.session.variant_asked.emit(changes))
        compare.setEnabled(self._whole)
        if not self._whole:
            compare.setToolTip(EXCERPT)
            compare.setAccessibleDescription(EXCERPT)
        if not self.rows:
            self._room.changeSize(compare.sizeHint().width(), 0)  # so that the columns line up
            self.head.show()
        box = self._columns(row, limit, result)
        box.addWidget(compare, 0, Qt.AlignmentFlag.AlignTop)
        self.rows.append(row)
        self.box.addWidget(row)
        row.show()  # now: the layout would show it only with a later event, after the count above has changed
        self._order_tabs()

    def _cell(self, words_: str, effect: Effect, role: str, row: QWidget) -> QLabel:
        label = QLabel(breakable(words_), row)
        wrap(label)
        label.setProperty("role", role or None)
        label.setToolTip(plain(effect.sentence))
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    @staticmethod
    def _columns(row: QWidget, limit: QLabel, result: QLabel) -> QHBoxLayout:
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 5)
        box.setSpacing(8)
        for label in (limit, result):
            box.addWidget(label, 1)
        return box

    def _headings(self) -> QWidget:
        row = QWidget(self)
        labels = [QLabel(words_, row) for words_ in ("with", "the run")]
        for label in labels:
            label.setProperty("role", "muted")
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._columns(row, *labels).addItem(self._room)
        row.hide()
        return row

    def _say(self, words: str, action: str) -> None:
        self.state.setText(words)
        self.button.setText(action)
        self.button.setAccessibleName(f"{action}: what a limit would have changed")

    def _left(self) -> None:
        player = self.session.player
        if self._shown and (player is None or str(player.recording.path) != self._shown):
            self._forget()

    def _forget(self) -> None:
        if self.job is not None:
            self.job.cancel()
        self.job, self._shown = None, ""
        self.hide()  # a live run has no limits to test
        self._round += 1
        self._clear()

    def _clear(self) -> None:
        for row in self.rows:
            self.box.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.head.hide()
        self.results, self.rows = [], []
