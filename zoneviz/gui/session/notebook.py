"""The notes of the recording on show, and its mark. What is kept of them, and where, is `app.notes`."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from zoneviz.app.notes import MOST as MOST
from zoneviz.app.notes import Note as Note
from zoneviz.app.notes import file_of as file_of
from zoneviz.app.notes import folder as folder
from zoneviz.app.notes import read as read
from zoneviz.app.notes import write as write
from zoneviz.errors import ZonevizError
from zoneviz.recording import Recording


class Notebook(QObject):
    """The notes of the recording on show, and the moment marked as A. `changed`: notes or mark; `problem(sentence)`."""

    changed = Signal()
    problem = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.notes: list[Note] = []
        self.mark: int | None = None
        self._recording: Recording | None = None
        self._file: Path | None = None

    def show(self, recording: Recording | None) -> None:
        """Turn to another recording's notes."""
        self._recording, self._file, self.notes, self.mark = recording, None, [], None
        if recording is not None:
            try:
                self.notes = read(file_of(recording))
                self._file = file_of(recording)
            except ZonevizError as error:
                self.problem.emit(str(error))  # and with no file to write to, what is there stays as it is
        self.changed.emit()

    def completed(self) -> None:
        """The recording was being made and now is complete: it has a digest, and its notes go by that."""
        if self._recording is not None and self._file is not None and self._file != file_of(self._recording):
            old, self._file = self._file, file_of(self._recording)
            self._save(self.notes)
            old.unlink(missing_ok=True)

    def at(self, seq: int) -> Note | None:
        """The note at a moment."""
        return next((note for note in self.notes if note.seq == seq), None)

    def put(self, seq: int, text: str) -> None:
        """Write a note at a moment, in the place of the one there."""
        others = [note for note in self._now() if note.seq != seq]
        if len(others) < MOST:
            self._save(sorted([*others, Note(seq, text[:MOST])]))

    def remove(self, seq: int) -> None:
        """Throw the note at a moment away."""
        self._save([note for note in self._now() if note.seq != seq])

    def neighbour(self, seq: int, step: int) -> int | None:
        """The moment of the next note after `seq` (step 1) or the last one before it (step -1)."""
        found = [note.seq for note in self.notes if (note.seq - seq) * step > 0]
        return (min(found) if step > 0 else max(found)) if found else None

    def set_mark(self, seq: int | None) -> None:
        """Mark a moment as A, or none."""
        self.mark = seq
        self.changed.emit()

    def _now(self) -> list[Note]:
        """The notes in the file: another window of the same recording may have written there since."""
        try:
            return read(self._file) if self._file is not None else self.notes
        except ZonevizError:
            self._file = None  # it has gone bad, and stays as it is
            return self.notes

    def _save(self, notes: list[Note]) -> None:
        if self._recording is None:
            return
        if self._file is None:
            self.problem.emit(f"The notes in {file_of(self._recording)} cannot be read, so none are written there.")
            return
        try:
            write(self._file, self._recording, notes)
            self.notes = notes
        except ZonevizError as error:
            self.problem.emit(str(error))
        self.changed.emit()
