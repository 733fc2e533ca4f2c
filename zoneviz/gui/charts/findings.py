"""The diagnosis as sentences; a click on one shows the moment and the selection it rests on. A job works it out once per recording."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.gui.charts.link import Link
from zoneviz.gui.kit import text
from zoneviz.gui.kit.stated import stated
from zoneviz.gui.session.jobs import Job
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.subject import Subject
from zoneviz.playback import Player
from zoneviz.playback.diagnosis import Diagnosis, Finding, steps
from zoneviz.recording.header import LIVE

TONES = {"cause": "danger", "likely": "warning"}
ANSWER = ("pattern", "growth", "since", "caches", "reserved")
"""Kinds of findings that say what filled the memory and since when. They come first."""
SEARCHING = "Looking for the cause…"
LATER, LATER_LIVE = "The cause is worked out when the run ends.", "Whether memory leaks is worked out when the recording ends."
"""What is said while the recording grows, of a simulation and of a live machine."""


class Findings(QWidget):
    """The answer, or the progress of the search. `more` holds the figures behind it and is laid out by the parent.

    `diagnosis` is None until the search is done.
    """

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.more = QWidget(parent)
        self.before_more: QWidget = self
        """The widget before `more` in the tab order."""
        self.diagnosis: Diagnosis | None = None
        self.links: list[Link] = []
        self.job: Job | None = None
        self._shown: tuple[str, int] | None = None
        self.state, self.button, self.box = stated(self, self._pressed)
        self.button.setProperty("role", "flat")
        self.fold = QToolButton(self.more)
        self.fold.setProperty("role", "group")
        self.fold.setCheckable(True)
        self.fold.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.fold.setToolTip("The figures behind the answer")
        self.fold.toggled.connect(self._folded)
        self.evidence = QWidget(self.more)
        outer = QVBoxLayout(self.more)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(7)
        outer.addWidget(self.fold)
        outer.addWidget(self.evidence)
        self.more_box = QVBoxLayout(self.evidence)
        self.more_box.setContentsMargins(0, 0, 0, 0)
        self.more_box.setSpacing(7)
        self._folded()
        self.more.hide()
        session.recording_changed.connect(self._left)

    def show_recording(self, player: Player) -> None:
        """Search this recording for the cause, unless that is done or the run is live."""
        key = str(player.recording.path), player.recording.event_count
        if self.session.live:
            self._forget()
            self._say(LATER_LIVE if player.recording.header.kind == LIVE else LATER, "")
        elif key != self._shown:
            self._forget()
            self._shown = key
            if player.recording.event_count:
                self._start()

    def _start(self) -> None:
        assert self._shown is not None and self.session.player is not None
        self._say(SEARCHING, "Cancel")
        self.job = Job(self.session.player.recording.path, steps, self._take, self)
        self.job.advanced.connect(self._progress)
        self.job.failed.connect(lambda sentence: self._say(words.one_line(sentence), "Try again"))

    def _progress(self, done: int, of: int) -> None:
        if self.job is not None and self.job.running:
            self._say(f"{SEARCHING} {words.share_cell(done, of)}", "Cancel")

    def _take(self, found: Diagnosis) -> None:
        self.diagnosis = found
        self._say("", "")
        answer = max((i + 1 for i, finding in enumerate(found.findings) if finding.kind in ANSWER), default=0)
        before: QWidget = self.button
        for i, finding in enumerate(found.findings):
            place, box = (self, self.box) if i < answer else (self.evidence, self.more_box)
            link = Link(self.session, finding.sentence, hint(finding), place, TONES.get(finding.confidence, ""))
            link.about = Subject(zone=finding.zone, task=finding.task, seq=finding.seq or None, range=_range(finding))
            link.clicked.connect(lambda _=False, finding=finding: go(self.session, finding))
            self.links.append(link)
            box.addWidget(link)
            link.show()  # now: the layout would show it only with a later event
            if i == answer:
                QWidget.setTabOrder(self.before_more, self.fold)
                before = self.fold
            QWidget.setTabOrder(before, link)
            before = link
        self._folded()
        self.more.setVisible(len(found.findings) > answer)

    def _folded(self) -> None:
        """Show or hide the evidence; it stays so for other recordings."""
        count = self.more_box.count()
        self.fold.setText(f"{'▾' if self.fold.isChecked() else '▸'} Evidence ({count})")
        self.fold.setAccessibleName(f"Evidence: {words.count(count, 'sentence')}")
        self.evidence.setVisible(self.fold.isChecked())

    def _pressed(self) -> None:
        if self.job is not None and self.job.running:
            self.job.cancel()
            self._say("Search cancelled.", "Search")
        else:
            self._start()

    def _say(self, words: str, action: str) -> None:
        self.state.setText(words)
        self.state.setVisible(bool(words))
        self.button.setText(action)
        self.button.setAccessibleName(f"{action}: the search for the cause" if action else "")
        self.button.setVisible(bool(action))

    def _left(self) -> None:
        """Drop the search when its recording is no longer shown."""
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
    """What a click shows: `Show event 1,204, zone “threads”`; "" if it shows nothing."""
    parts = [f"event {words.number(finding.seq)}"] if finding.seq else []
    parts += [f"zone “{words.one_line(finding.zone, 40)}”"] if finding.zone else []
    parts += [f"task {finding.task}"] if finding.task else []
    span = _range(finding)
    parts += [f"events {words.number(span[0])} to {words.number(span[1])}"] if span else []
    return text.plain("Show " + ", ".join(parts)) if parts else ""


def go(session: Session, finding: Finding) -> None:
    """Go to the finding's moment and select its zone, task and range; deselect what it does not name."""
    session.select(zone=finding.zone, task=finding.task, range=_range(finding))
    if finding.seq:
        session.ask_moment(finding.seq)


def _range(finding: Finding) -> tuple[int, int] | None:
    """The range of a "since" finding. The others cover all of the run that was read, which narrows nothing down."""
    return finding.range if finding.kind == "since" else None
