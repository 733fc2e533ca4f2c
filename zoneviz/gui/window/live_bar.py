"""In the status bar while this machine is recorded: speed, losses, size of the file, alerts; and how it ended."""

import time
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from zoneviz import words
from zoneviz.app.live_spec import LiveSpec, LiveStatus
from zoneviz.gui.kit.theme import figures
from zoneviz.gui.session.desk import Desk
from zoneviz.gui.session.states import STARTING, in_progress
from zoneviz.recording.header import LIVE
from zoneviz.recording.outcome import outcome

GROWTH_SECONDS = 30.0
"""How far back the growth of the file is measured."""
SECOND = 10**9
SPACING = 18


class LiveBar(QFrame):
    """Shows the status of the desk's run if it records this machine. `shown`: it was shown or hidden."""

    shown = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setAccessibleName("Recording of this machine")
        self.state = self._label("strong")
        self.rate, self.lost, self.file = self._label("muted"), self._label("muted"), self._label("muted")
        self.alert = self._label("danger")
        self.alert.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.dismiss = QPushButton("dismiss", self)
        self.dismiss.setProperty("role", "flat")
        self.dismiss.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACING)
        for label in (self.state, self.rate, self.lost, self.file):
            layout.addWidget(label)
        layout.addWidget(self.alert, 1)
        layout.addWidget(self.dismiss)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # its texts must not widen the window
        self._size = ""
        self._texts: tuple[str, str, str] = ("", "", "")
        """Events a second, readings, and when the file is full."""
        self._sizes: list[tuple[float, int]] = []
        self._recording = False
        desk.changed.connect(self.refresh)
        desk.progress.connect(self.refresh)
        desk.recorded.connect(self.show_end)
        self.hide()

    def _label(self, role: str) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setProperty("role", role)
        label.setFont(figures(label.font()))
        return label

    def refresh(self) -> None:
        """Show how the recording goes, if there is one."""
        run = self.desk.run
        if run is None or run.over or not isinstance(run.spec, LiveSpec):
            if self._recording or self.desk.live:
                self._recording = False
                self.hide()
            return
        self._recording = True
        if run.status is None:
            self._sizes = []
            self.state.setText(f"{STARTING.word} to record this machine")
            for label in (self.rate, self.lost, self.file):
                label.hide()
            self.alert.clear()
        else:
            self.show_status(run.status, run.paused, run.spec)
        self.dismiss.hide()
        self.show()

    def show_status(self, status: LiveStatus, paused: bool, spec: LiveSpec) -> None:
        """Show a status: events or readings, losses, the file and when it reaches its limit, alerts. `spec`: what is recorded."""
        state = in_progress(True, paused)
        self.state.setText(f"{state.word}: the kernel keeps the newest events" if paused else f"{state.word} this machine")
        self._tone(self.lost, "danger" if status.lost else "muted")
        self.lost.setText(f"{words.number(status.lost)} events lost" if status.lost else "none lost")
        rate = words.rate(status.rate, "events") if spec.events else ""
        # A recording that keeps a limited time drops its past at the limit, and continues.
        self._texts = (rate, words.count(status.readings, "reading"), "" if spec.keep else self._ahead(status))
        self._size = f"{words.size(status.size)} of {words.size(status.limit)}"
        self.file.setToolTip("Size of the file, and the limit at which the recording stops")
        self.lost.setVisible(spec.events)
        self.file.show()
        self._fit()
        self._say(" ".join(status.alerts), "danger")

    def setVisible(self, visible: bool) -> None:
        """Show or hide the bar, and announce it."""
        changed = visible == self.isHidden()
        super().setVisible(visible)
        if changed:
            self.shown.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the texts to the new width."""
        super().resizeEvent(event)
        if self._recording:
            self._fit()

    def _fit(self) -> None:
        """Choose the longest texts that fit."""
        rate, readings, ahead = self._texts
        both = " · ".join(text for text in (rate, readings) if text)
        for said, full in ((both, ahead), (both, ""), (rate or readings, ""), ("", "")):
            self.rate.setText(said)
            self.rate.setVisible(bool(said))
            self.file.setText(f"{self._size}{full}")
            shown = [label for label in (self.state, self.rate, self.lost, self.file) if not label.isHidden()]
            if sum(label.sizeHint().width() + SPACING for label in shown) + SPACING <= self.width():
                break

    def _ahead(self, status: LiveStatus) -> str:
        """When the file reaches its limit at its present growth, in words."""
        now = time.monotonic()
        self._sizes = [(at, size) for at, size in self._sizes if now - at <= GROWTH_SECONDS] + [(now, status.size)]
        began, before = self._sizes[0]
        grown = status.size - before
        if now - began < 2 or grown <= 0:
            return ""
        left = (status.limit - status.size) * (now - began) / grown
        return f", full in {about(left)}" if 0 < left < 30 * 86400 else ""

    def show_end(self, result: Mapping[str, Any]) -> None:
        """Say how the recording ended, until it is dismissed."""
        self.state.setText(outcome(result["outcome"], LIVE).word)
        for label in (self.rate, self.lost, self.file):
            label.hide()
        self._say(ended(result), "muted")
        self.dismiss.show()
        self.show()

    def _say(self, sentence: str, role: str) -> None:
        self._tone(self.alert, role)
        self.alert.setText(words.one_line(sentence, 400))
        self.alert.setToolTip(words.one_line(sentence, 400))

    @staticmethod
    def _tone(label: QLabel, role: str) -> None:
        if label.property("role") != role:
            label.setProperty("role", role)
            label.style().unpolish(label)
            label.style().polish(label)


def about(seconds: float) -> str:
    """A time ahead, roughly: `50 s`, `12 min`, `3.2 h`."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    return f"{round(seconds / 60)} min" if seconds < 7200 else words.duration(round(seconds) * SECOND)


def ended(result: Mapping[str, Any]) -> str:
    """How a recording of this machine ended, in a sentence or two."""
    took = words.duration(int(result["seconds"] * SECOND))
    taken = f"{words.count(result['readings'], 'reading')} and {words.number(result['events'])} events in {took}"
    lost = result.get("lost_events")
    losses = "" if lost is None else f", {words.number(lost)} events lost" if lost else ", none lost"
    why = result.get("why") or outcome(result["outcome"], LIVE).sentence
    return f"{taken}{losses}. {why}".strip()
