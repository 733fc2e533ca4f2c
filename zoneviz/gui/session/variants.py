"""Runs that vary the recording on show, and are laid beside it when they have ended."""

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
    """Starts them at the desk. `begun()`: one runs or waits; `ready(path of A, path of B)`: it has ended; `problem(sentence)`."""

    begun = Signal()
    ready = Signal(object, object)
    problem = Signal(str)

    def __init__(self, session: Session, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self.session, self.desk = session, desk
        self.second = SecondRecording.of(session)
        self._words: dict[RunSpec, str] = {}
        """What each variant changes."""
        desk.changed.connect(self._tell)
        desk.progress.connect(self._tell)
        desk.varied.connect(self.ready)
        session.recording_changed.connect(self._tell)
        self.second.run_cancelled.connect(self._give_up)

    @property
    def original(self) -> Header | None:
        """The head of the recording on show, if a variant of it can be run."""
        player = self.session.player
        if player is None or self.session.live or not player.recording.complete or not repeatable(player.recording.header):
            return None
        return player.recording.header

    def vary(self, changes: Mapping[str, str]) -> None:
        """Run what is on show again, with these settings."""
        header = self.original
        if header is not None:
            self.start(again(header, changes))

    def start(self, spec: RunSpec) -> None:
        """Run this, and compare it with the recording on show when it has ended."""
        header, player = self.original, self.session.player
        if header is None or player is None:
            self.problem.emit("This recording cannot be run again: only a whole run of an experiment of this version can.")
            return
        # A variant might never end.
        most = max(PATIENCE * player.recording.event_count, 1)
        spec = replace(spec, against=player.recording.path, max_events=most)
        try:
            self._words[spec] = changed(header, spec)
        except ZonevizError as error:
            self.problem.emit(str(error))
            return
        self.desk.start(spec)
        self._tell()
        self.begun.emit()

    def _tell(self) -> None:
        """How far the variant is, where its original is on show."""
        player, second = self.session.player, self.second
        going = self.desk.variants(player.recording.path) if player is not None else []
        if not going:
            if second.recording_runs:
                second.detach()
            return
        first = going[0]
        sentence = words.one_line(self._words[first], 200)
        what = f"with {sentence}" if sentence else "with the same settings"
        if first is self.desk.spec and self.desk.run is not None:
            second.wait_for_run(f"Running B {what}: {self.desk.run.events:,} events. It is compared when it has ended.")
        else:
            second.wait_for_run(f"B {what} waits for the run that goes on.")

    def _give_up(self) -> None:
        player = self.session.player
        if player is not None:
            self.desk.give_up(player.recording.path)
