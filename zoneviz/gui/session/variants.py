"""Runs that vary the recording on show, and are laid beside it when they have ended."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from zoneviz.app.compare import again
from zoneviz.app.spec import RunSpec, pairs
from zoneviz.app.whatif import PATIENCE, repeatable
from zoneviz.errors import ZonevizError
from zoneviz.gui.kit import text
from zoneviz.gui.session.desk import Desk
from zoneviz.gui.session.names import changed
from zoneviz.gui.session.second import SecondRecording
from zoneviz.gui.session.session import Session
from zoneviz.gui.session.wanted import Variant, Wanted
from zoneviz.recording.header import Header


class Variants(QObject):
    """Starts them at the desk. `begun()`: one runs or waits; `ready(path of A, path of B)`: it has ended; `problem(sentence)`."""

    begun = Signal()
    ready = Signal(object, object)
    problem = Signal(str)

    def __init__(self, session: Session, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self.session, self.desk = session, desk
        self.second = SecondRecording.of(session)
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
            spec = again(header, changes)
            self.start(Wanted(spec.scenario, spec.profile, dict(pairs(spec.settings)), spec.seed))

    def start(self, wanted: Wanted) -> None:
        """Run this, and lay it beside what is on show."""
        header, player = self.original, self.session.player
        if header is None or player is None:
            self.problem.emit("This recording cannot be run again: only a whole run of an experiment of this version can.")
            return
        try:
            words = changed(header, RunSpec(wanted.scenario, wanted.profile, wanted.settings, wanted.seed))
        except ZonevizError as error:
            self.problem.emit(str(error))
            return
        most = max(PATIENCE * player.recording.event_count, 1)
        self.desk.start(replace(wanted, variant=Variant(player.recording.path, words, most)))
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
        assert first.variant is not None
        what = f"with {text.one_line(first.variant.words, 200)}" if first.variant.words else "with the same settings"
        if first is self.desk.wanted and self.desk.run is not None:
            second.wait_for_run(f"Running B {what}: {self.desk.run.events:,} events. It is compared when it has ended.")
        else:
            second.wait_for_run(f"B {what} waits for the run that goes on.")

    def _give_up(self) -> None:
        player = self.session.player
        if player is not None:
            self.desk.give_up(player.recording.path)
