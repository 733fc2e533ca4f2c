"""What can be done with the selected stretch: a diagnosis of it, an export, a recording of it alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from zoneviz import words
from zoneviz.app.export import export
from zoneviz.app.heads import stem
from zoneviz.app.parts import cut
from zoneviz.errors import UsageError
from zoneviz.exporters import exporters
from zoneviz.gui.charts.findings import TONES, hint
from zoneviz.gui.charts.link import Link
from zoneviz.gui.session.jobs import Advance, Job, Task
from zoneviz.gui.session.session import Session
from zoneviz.gui.window.stretch_card import StretchCard
from zoneviz.playback.diagnosis import Diagnosis, Finding, steps
from zoneviz.playback.tables import EVENTS_OF, VIEWS


class StretchActs(QObject):
    """Serves the buttons of the card. `sliced(path)`: a recording was made of the stretch. One task at a time."""

    sliced = Signal(object)

    def __init__(self, session: Session, card: StretchCard, window: QWidget) -> None:
        super().__init__(card)
        self.session, self.card, self._window = session, card, window
        self.task: Task | None = None
        self.dialog: StretchDiagnosis | None = None
        self.folder = Path()
        menu = QMenu(card.export)
        menu.setToolTipsVisible(True)
        for format_, view, summary in offered():
            action = menu.addAction(f"{format_}: {view}…" if view else f"{format_}…")
            action.setToolTip(summary)
            action.triggered.connect(lambda _=False, format_=format_, view=view: self.export(format_, view))
        card.export.setMenu(menu)
        card.diagnose.clicked.connect(self.diagnose)
        card.cut.clicked.connect(self.slice)
        session.recording_changed.connect(self._left)

    def diagnose(self) -> None:
        """Open the diagnosis of the stretch."""
        chosen = self._chosen()
        if chosen is not None:
            self.dialog = StretchDiagnosis(self.session, *chosen, self._window)
            self.dialog.show()

    def export(self, format_: str, view: str) -> None:
        """Ask for a file, and write the stretch in a format."""
        chosen = self._chosen()
        if chosen is None:
            return
        path, first, last = chosen
        output = self._ask("Export the selected stretch", f"{stem(path)}-{first}-{last}{exporters()[format_].suffix}")
        if output is not None:

            def work(advance: Advance, stopped: Callable[[], bool]) -> dict[str, Any]:
                def progress(done: int, of: int) -> None:
                    advance(done, of)
                    if stopped():  # ends the export, which removes what it wrote
                        raise UsageError("The export was cancelled.")

                return export(path, format_, output, view=view or None, span=f"{first}:{last}", force=True, on_progress=progress)

            self._run(work, f"Wrote {output.name}.", f"Writing {output.name}…")

    def slice(self) -> None:
        """Ask for a file, and make a recording of the stretch."""
        chosen = self._chosen()
        if chosen is None:
            return
        path, first, last = chosen
        output = self._ask("Save the selected stretch as a recording", f"{stem(path)}-{first}-{last}.zvz")
        if output is not None:
            self._run(
                lambda advance, stopped: cut(path, str(first), str(last), output, force=True, should_stop=stopped),
                f"Saved {words.count(last - first + 1, 'event')} in {output.name}.",
                f"Saving {output.name}…",
                lambda: self.sliced.emit(output),
            )

    def _chosen(self) -> tuple[Path, int, int] | None:
        """The recording and the events of the stretch. Of readings, the stretch ends with a whole one."""
        player, chosen = self.session.player, self.session.selection.range
        if player is None or chosen is None:
            return None
        readings = self.session.series.readings
        return player.recording.path, chosen[0], min(readings.whole(chosen[1]), self.session.last)

    def _ask(self, title: str, name: str) -> Path | None:
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, str(self.folder / name))
        if not chosen:
            return None
        self.folder = Path(chosen).parent
        return Path(chosen)

    def _run(
        self, work: Callable[[Advance, Callable[[], bool]], object], done: str, doing: str, then: Callable[[], object] = lambda: None
    ) -> None:
        if self.task is not None:
            self.task.cancel()
        self.card.say(doing)

        def finished(_: object) -> None:
            self.card.say(done)
            then()

        self.task = Task(work, finished, self)
        self.task.advanced.connect(lambda now, of: self.card.say(f"{doing} {words.share_cell(now, of)}"))
        self.task.failed.connect(lambda sentence: self.card.say(sentence, wrong=True))

    def _left(self) -> None:
        """Cancel an export of a recording that is no longer shown, and close the diagnosis of it."""
        if self.task is not None and self.session.player is None:
            self.task.cancel()


def offered() -> list[tuple[str, str, str]]:
    """(format, view or "", summary) of every export that covers a stretch."""
    out = []
    for name, exporter in exporters().items():
        views = [view for view in exporter.views if VIEWS[view][1] == EVENTS_OF]
        if not exporter.views and not exporter.moment:
            views = [""]
        out += [(name, view, exporter.summary) for view in views]
    return out


class StretchDiagnosis(QDialog):
    """The findings of a stretch, worked out in a job. The window stays usable; a click on a sentence goes to what it rests on."""

    def __init__(self, session: Session, path: Path, first: int, last: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.session, self.path = session, path
        self.links: list[Link] = []
        self.setWindowTitle(f"Diagnosis of events {words.number(first)} to {words.number(last)}")
        self.setAccessibleName(self.windowTitle())
        self.state = QLabel("Looking for what grew…", self)
        self.state.setProperty("role", "muted")
        self.state.setWordWrap(True)
        self.stop = QPushButton("Cancel", self)
        self.stop.setAccessibleName("Cancel the diagnosis")
        self.stop.clicked.connect(self.close)
        self.body = QWidget(self)
        self.box = QVBoxLayout(self.body)
        self.box.setContentsMargins(0, 0, 8, 0)
        self.box.setSpacing(8)
        area = QScrollArea(self)
        area.setWidgetResizable(True)
        area.setWidget(self.body)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.addWidget(self.state)
        layout.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(area, 1)
        self.resize(520, 460)
        self.job = Job(path, lambda player: steps(player, last, first - 1), self._take, self)
        self.job.advanced.connect(lambda done, of: self.state.setText(f"Looking for what grew… {words.share_cell(done, of)}"))
        self.job.failed.connect(self._failed)
        session.recording_changed.connect(self._recording)
        self.finished.connect(self.job.cancel)

    def _take(self, found: Diagnosis) -> None:
        self.stop.hide()
        self.state.setText("" if found.findings else "Nothing grew in this stretch.")
        self.state.setVisible(not found.findings)
        for finding in found.findings:
            link = Link(self.session, finding.sentence, hint(finding), self.body, TONES.get(finding.confidence, ""))
            link.clicked.connect(lambda _=False, finding=finding: self._go(finding))
            self.links.append(link)
            self.box.addWidget(link)
        self.box.addStretch()
        if self.links:
            self.links[0].setFocus()

    def _go(self, finding: Finding) -> None:
        """Go to the finding's moment and select its zone and task; the stretch stays selected."""
        self.session.select(zone=finding.zone, task=finding.task)
        if finding.seq:
            self.session.ask_moment(finding.seq)

    def _failed(self, sentence: str) -> None:
        self.stop.hide()
        self.state.setText(sentence)

    def _recording(self) -> None:
        """Close with the recording: its sentences would go to moments of another one."""
        if self.session.player is None or self.session.player.recording.path != self.path:
            self.close()
