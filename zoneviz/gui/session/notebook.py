"""Notes and mark of the recording on show. `app.notes` stores them."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from zoneviz.app.notes import MOST, Note, file_of, read, write
from zoneviz.errors import ZonevizError
from zoneviz.recording import Recording


class Notebook(QObject):
    """Notes of the recording on show, and the moment marked as A. `changed`: notes or mark changed; `problem(sentence)`."""

    changed = Signal()
    problem = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.notes: list[Note] = []
        self.mark: int | None = None
        self._recording: Recording | None = None
        self._file: Path | None = None

    def show(self, recording: Recording | None) -> None:
        """Load another recording's notes."""
        self._recording, self._file, self.notes, self.mark = recording, None, [], None
        if recording is not None:
            try:
                self.notes = read(file_of(recording))
                self._file = file_of(recording)
            except ZonevizError as error:
                self.problem.emit(str(error))  # _file stays None, so the unreadable file is not overwritten
        self.changed.emit()

    def completed(self) -> None:
        """The recording is complete, so it has a digest: store its notes under the digest."""
        if self._recording is not None and self._file is not None and self._file != file_of(self._recording):
            old, self._file = self._file, file_of(self._recording)
            self._save(self.notes)
            old.unlink(missing_ok=True)

    def at(self, seq: int) -> Note | None:
        """The note at a moment."""
        return next((note for note in self.notes if note.seq == seq), None)

    def put(self, seq: int, text: str) -> None:
        """Add a note at a moment, replacing the one there."""
        others = [note for note in self._now() if note.seq != seq]
        if len(others) < MOST:
            self._save(sorted([*others, Note(seq, text[:MOST])]))

    def remove(self, seq: int) -> None:
        """Delete the note at a moment."""
        self._save([note for note in self._now() if note.seq != seq])

    def neighbour(self, seq: int, step: int) -> int | None:
        """Moment of the next note after `seq` (step 1) or of the previous one (step -1)."""
        found = [note.seq for note in self.notes if (note.seq - seq) * step > 0]
        return (min(found) if step > 0 else max(found)) if found else None

    def set_mark(self, seq: int | None) -> None:
        """Mark a moment as A; None clears the mark."""
        self.mark = seq
        self.changed.emit()

    def _now(self) -> list[Note]:
        """The notes in the file: another window may have changed them."""
        try:
            return read(self._file) if self._file is not None else self.notes
        except ZonevizError:
            self._file = None  # unreadable now: do not overwrite it
            return self.notes

    def _save(self, notes: list[Note]) -> None:
        if self._recording is None:
            return
        if self._file is None:
            self.problem.emit(f"The notes in {file_of(self._recording)} cannot be read, so nothing was saved. Repair or remove that file.")
            return
        try:
            write(self._file, self._recording, notes)
            self.notes = notes
        except ZonevizError as error:
            self.problem.emit(str(error))
        self.changed.emit()
