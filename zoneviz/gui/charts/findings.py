"""The diagnosis in sentences, each a link to the moment and the rows behind it. It is worked out in a thread, once a recording."""

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from zoneviz.gui.charts.link import Link
from zoneviz.gui.kit import text
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.session import Session
from zoneviz.playback import Player
from zoneviz.playback.diagnosis import Diagnosis, Finding, steps

TONES = {"cause": "danger", "likely": "warning"}


ANSWER = ("pattern", "since")
"""Kinds of findings that say what filled it and since when; they stand first."""


class Findings(QWidget):
    """The answer in sentences, or how far they are. `more`: a widget for elsewhere, with the figures behind it. `diagnosis` is None
    until it is there.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.more = QWidget(parent)
        self.before_more: QWidget = self
        """What has the keys before the first of `more`."""
        self.diagnosis: Diagnosis | None = None
        self.links: list[Link] = []
        self.job: Job | None = None
        self._shown: tuple[str, int] | None = None
        self.state = QLabel(self)
        self.state.setProperty("role", "muted")
        self.state.setWordWrap(True)
        self.button = QPushButton(self)
        self.button.setProperty("role", "flat")
        self.button.clicked.connect(self._pressed)
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        row.addWidget(self.button)
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(7)
        self.box.addLayout(row)
        heading = QLabel("THE FIGURES BEHIND IT", self.more)
        heading.setProperty("role", "section")
        self.more_box = QVBoxLayout(self.more)
        self.more_box.setContentsMargins(0, 0, 0, 0)
        self.more_box.setSpacing(7)
        self.more_box.addWidget(heading)
        self.more.hide()
        session.recording_changed.connect(self._left)

    def show_recording(self, player: Player) -> None:
        """Look into this recording, unless that was done or it still grows."""
        key = str(player.recording.path), player.recording.event_count
        if key == self._shown or self.session.live:
            self._say_live()
            return
        self._forget()
        self._shown = key
        if player.recording.event_count:
            self._start()

    def _say_live(self) -> None:
        if self.session.live:
            self._forget()
            self._say("Why it ends is told when it has ended.", "")

    def _start(self) -> None:
        assert self._shown is not None and self.session.player is not None
        self._say("Looking for the cause…", "Cancel")
        self.job = Job(self.session.player.recording.path, steps, self._take, self)
        self.job.advanced.connect(self._told)
        self.job.failed.connect(self._failed)

    def _told(self, done: int, of: int) -> None:
        if self.job is not None and self.job.running:
            self._say(f"Looking for the cause… {text.share(done, of)}", "Cancel")

    def _failed(self, words: str) -> None:
        self._say(text.one_line(words), "Again")

    def _take(self, found: Diagnosis) -> None:
        self.diagnosis = found
        self._say("", "")
        answer = max((i + 1 for i, finding in enumerate(found.findings) if finding.kind in ANSWER), default=0)
        before: QWidget = self.button
        for i, finding in enumerate(found.findings):
            place, box = (self, self.box) if i < answer else (self.more, self.more_box)
            link = Link(self.session, finding.sentence, hint(finding), place, TONES.get(finding.confidence, ""))
            link.clicked.connect(lambda _=False, finding=finding: go(self.session, finding))
            self.links.append(link)
            box.addWidget(link)
            QWidget.setTabOrder(self.before_more if i == answer else before, link)
            before = link
        self.more.setVisible(len(found.findings) > answer)

    def _pressed(self) -> None:
        if self.job is not None and self.job.running:
            self.job.cancel()
            self._say("Not looked into.", "Look into it")
        else:
            self._start()

    def _say(self, words: str, action: str) -> None:
        self.state.setText(words)
        self.state.setVisible(bool(words))
        self.button.setText(action)
        self.button.setAccessibleName(f"{action}: the search for the cause" if action else "")
        self.button.setVisible(bool(action))

    def _left(self) -> None:
        """Another recording, or none: what was begun for this one is of no use."""
        player = self.session.player
        if self._shown is not None and (player is None or str(player.recording.path) != self._shown[0]):
            self._forget()

    def _forget(self) -> None:
        if self.job is not None:
            self.job.cancel()
        self.job, self.diagnosis, self._shown = None, None, None
        self.more.hide()
        for link in self.links:
            link.hide()
            link.deleteLater()
        self.links = []
        self._say("", "")


def hint(finding: Finding) -> str:
    """Where a click leads, in words."""
    parts = [f"event {finding.seq:,}"] if finding.seq else []
    parts += [f"zone “{text.one_line(finding.zone, 40)}”"] if finding.zone else []
    parts += [f"task {finding.task}"] if finding.task else []
    stretch = _stretch(finding)
    parts += [f"events {stretch[0]:,} to {stretch[1]:,}"] if stretch else []
    return text.plain("Show " + ", ".join(parts)) if parts else ""


def go(session: Session, finding: Finding) -> None:
    """The moment and the selection that a sentence rests on; what it does not speak of is no longer selected."""
    session.select(zone=finding.zone, task=finding.task, range=_stretch(finding))
    if finding.seq:
        session.ask_moment(finding.seq)


def _stretch(finding: Finding) -> tuple[int, int] | None:
    """Only what grew has a beginning of its own; the others speak of all that was looked at, which narrows nothing."""
    return finding.range if finding.kind == "since" else None
