"""What would have happened with each limit: variants of the recorded run, started by a button; each is told when it has ended."""

from collections.abc import Generator

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from zoneviz.app.whatif import Effect, effects, limits, repeatable
from zoneviz.gui.charts.link import breakable
from zoneviz.gui.kit import text
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player

BAD = ("panic", "hang")

PART = "This recording is a part of a run. A variant would be a whole run, so it cannot be laid beside it."


class Limits(QWidget):
    """A button, how far it is, and a sentence for each variant. Hidden where a recording cannot be run again."""

    _ended = Signal(object, object)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.job: Job | None = None
        self.results: list[QLabel] = []
        self.rows: list[QWidget] = []
        self.heading = QLabel(self)
        self.heading.setProperty("role", "section")
        self.heading.setWordWrap(True)
        self.state = QLabel(self)
        self.state.setProperty("role", "muted")
        self.state.setWordWrap(True)
        self.button = QPushButton(self)
        self.button.setAccessibleName("Try the limits")
        self.button.clicked.connect(self._pressed)
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        row.addWidget(self.button)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(7)
        self.box.addWidget(self.heading)
        self.box.addLayout(row)
        self._count = 0
        self._bad, self._whole = False, True
        self._shown = ""
        self._number = 0
        self._ended.connect(self._take, Qt.ConnectionType.QueuedConnection)
        session.recording_changed.connect(self._left)
        self.hide()

    def show_recording(self, player: Player) -> None:
        """Offer the limits this recording's run did not have."""
        recording = player.recording
        key = str(recording.path) if recording.complete and not self.session.live else ""
        if key == self._shown:
            return
        self._forget()
        self._count = len(limits(recording.header)) if key else 0
        self._bad = recording.header.outcome in BAD
        self._whole = repeatable(recording.header)
        self.heading.setText("WHAT WOULD HAVE STOPPED IT" if self._bad else "WHAT A LIMIT WOULD HAVE DONE")
        self._shown = key
        self.setVisible(bool(self._count))
        self._say(f"Run it again with each of {self._count} limits to see.", "Try them")

    def _pressed(self) -> None:
        if self.job is not None and self.job.running:
            self.job.cancel()
            self._say(f"Stopped after {len(self.results)} of {self._count}.", "Try them")
            return
        player = self.session.player
        if player is None:
            return
        self._clear()
        self._number += 1
        path, number = player.recording.path, self._number

        def work(own: Player) -> Generator[tuple[int, int], None, list[Effect]]:
            return (yield from effects(path, tell=lambda effect: self._ended.emit(effect, number)))

        self._say(f"Running the first of {self._count}…", "Cancel")
        self.job = Job(path, work, self._end, self)
        self.job.failed.connect(lambda words: self._say(text.one_line(words), "Again"))

    def _end(self, found: list[Effect]) -> None:
        """All have ended: those that help come first."""
        for effect in found[len(self.results) :]:
            self._show(effect)
        helped = [effect.survived for effect in found]
        stopped = f"{sum(helped)} of {len(helped)} would have stopped it."
        self._say(stopped if self._bad else f"All {len(helped)} have been tried.", "Again")
        if len(helped) == len(self.rows):
            self.rows = [row for _, row in sorted(zip(helped, self.rows, strict=True), key=lambda both: not both[0])]
            for row in self.rows:
                self.box.removeWidget(row)
                self.box.addWidget(row)
            self._tab()

    def _tab(self) -> None:
        """The keys walk the rows as they stand."""
        before: QWidget = self.button
        for row in self.rows:
            compare = row.findChild(QPushButton)
            if compare is not None:
                QWidget.setTabOrder(before, compare)
                before = compare

    def _take(self, effect: Effect, number: int) -> None:
        """One variant has ended."""
        if number != self._number or self.job is None or not self.job.running:
            return
        self._show(effect)
        if len(self.results) < self._count:
            self._say(f"{len(self.results)} of {self._count} tried…", "Cancel")

    def _show(self, effect: Effect) -> None:
        label = QLabel(breakable(effect.sentence), self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("role", "note")
        # The words say it too: never colour alone.
        label.setProperty("tone", "" if effect.survived else "warning")
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.results.append(label)
        self._add(label, effect)

    def _add(self, label: QLabel, effect: Effect) -> None:
        """A sentence, and beside it the way to see it: the same run recorded, and compared."""
        row = QWidget(self)
        compare = QPushButton("compare", row)
        compare.setProperty("role", "flat")
        compare.setToolTip("Record this variant and lay it beside the recording")
        compare.setAccessibleName(f"Record the variant with {effect.limit.words} and compare")
        changes = {effect.limit.setting: effect.limit.value}
        compare.clicked.connect(lambda _=False: self.session.beside.varied.emit(changes))
        compare.setEnabled(self._whole)
        if not self._whole:
            compare.setToolTip(PART)
            compare.setAccessibleDescription(PART)
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(label, 1)
        box.addWidget(compare, 0, Qt.AlignmentFlag.AlignTop)
        self.rows.append(row)
        self.box.addWidget(row)
        self._tab()

    def _say(self, words: str, action: str) -> None:
        self.state.setText(words)
        self.button.setText(action)
        self.button.setAccessibleName(f"{action}: what a limit would have done")

    def _left(self) -> None:
        player = self.session.player
        if self._shown and (player is None or str(player.recording.path) != self._shown):
            self._forget()

    def _forget(self) -> None:
        if self.job is not None:
            self.job.cancel()
        self.job, self._shown = None, ""
        self.hide()  # until there is a recording that can be tried: not while a run goes on
        self._number += 1
        self._clear()

    def _clear(self) -> None:
        for row in self.rows:
            self.box.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.results, self.rows = [], []
