"""Variants of the recording on show: run with other settings, then compared with it."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from zoneviz import words
from zoneviz.app.spec import again
from zoneviz.app.whatif import PATIENCE, repeatable
from zoneviz.errors import ZonevizError
from zoneviz.gui.session.desk import Desk
from zoneviz.gui.session.names import changed
from zoneviz.gui.session.second import SecondRecording
from zoneviz.gui.session.session import Session
from zoneviz.recording.header import Header
from zoneviz.spec import RunSpec


class Variants(QObject):
    """Starts variants. `started()`: one is running or queued; `ready(path of A, path of B)`: it has ended; `problem(sentence)`."""

    started = Signal()
    ready = Signal(object, object)
    problem = Signal(str)

    def __init__(self, session: Session, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self.session, self.desk = session, desk
        self.second = SecondRecording.of(session)
        self._words: dict[RunSpec, str] = {}
        """What each variant changes."""
        desk.changed.connect(self._report)
        desk.progress.connect(self._report)
        desk.variant_ended.connect(self.ready)
        session.recording_changed.connect(self._report)
        self.second.run_cancelled.connect(self._cancel)

    @property
    def original(self) -> Header | None:
        """The header of the recording on show; None if no variant of it can be run."""
        player = self.session.player
        if player is None or self.session.live or not player.recording.complete or not repeatable(player.recording.header):
            return None
        return player.recording.header

    def vary(self, changes: Mapping[str, str]) -> None:
        """Run the recording on show again with these settings, then compare."""
        header = self.original
        if header is not None:
            self.start(again(header, changes))

    def start(self, spec: RunSpec) -> None:
        """Run `spec`, then compare it with the recording on show."""
        header, player = self.original, self.session.player
        if header is None or player is None:
            self.problem.emit("This recording cannot be run again. Choose a complete run recorded by this version of zoneviz.")
            return
        most = max(PATIENCE * player.recording.event_count, 1)  # a variant might never end
        spec = replace(spec, against=player.recording.path, max_events=most)
        try:
            self._words[spec] = changed(header, spec)
        except ZonevizError as error:
            self.problem.emit(str(error))
            return
        self.desk.start(spec)
        self._report()
        self.started.emit()

    def _report(self) -> None:
        """Report the progress of the variant whose original is on show."""
        player, second = self.session.player, self.second
        variants = self.desk.variants(player.recording.path) if player is not None else []
        if not variants:
            if second.recording_runs:
                second.detach()
            return
        first = variants[0]
        sentence = words.one_line(self._words[first], 200)
        what = f"with {sentence}" if sentence else "with the same settings"
        if first is self.desk.spec and self.desk.run is not None:
            so_far = f"{words.number(self.desk.run.events)} events so far"
            second.wait_for_run(f"Running B {what}: {so_far}. The comparison starts when it ends.")
        else:
            second.wait_for_run(f"B {what} is queued. It starts when the current run ends.")

    def _cancel(self) -> None:
        player = self.session.player
        if player is not None:
            self.desk.cancel_variants(player.recording.path)
