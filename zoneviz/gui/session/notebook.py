"""Notes and mark of the recording on show. `app.notes` stores them."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from zoneviz import words
from zoneviz.app.notes import MOST, Note, file_of, read, write
from zoneviz.errors import ZonevizError
from zoneviz.gui.session.undoing import Edit
from zoneviz.recording import Recording


class Notebook(QObject):
    """Notes of the recording on show, and the moment marked as A. `changed`: notes or mark changed; `problem(sentence)`.

    `edits` undoes what the user does in the window. It is cleared with the recording: an edit must not change notes that are not on show.
    """

    changed = Signal()
    problem = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.edits = QUndoStack(self)
        self.notes: list[Note] = []
        self.mark: int | None = None
        self._recording: Recording | None = None
        self._file: Path | None = None

    def show(self, recording: Recording | None) -> None:
        """Load another recording's notes."""
        self.edits.clear()
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
        there = {note.seq: note.text for note in self._now()}
        if (seq in there or len(there) < MOST) and there.get(seq) != text[:MOST]:
            self._edit("change note" if seq in there else "add note", there, {seq: text[:MOST]})

    def remove(self, *seqs: int) -> None:
        """Delete the notes at these moments."""
        there = {note.seq: note.text for note in self._now()}
        found = [seq for seq in seqs if seq in there]
        if found:
            self._edit("delete note" if len(found) == 1 else f"delete {words.number(len(found))} notes", there, dict.fromkeys(found))

    def neighbour(self, seq: int, step: int) -> int | None:
        """Moment of the next note after `seq` (step 1) or of the previous one (step -1)."""
        found = [note.seq for note in self.notes if (note.seq - seq) * step > 0]
        return (min(found) if step > 0 else max(found)) if found else None

    def set_mark(self, seq: int | None) -> None:
        """Mark a moment as A; None clears the mark."""
        before = self.mark
        if seq != before:
            words = "clear mark A" if seq is None else "mark A"
            self.edits.push(Edit(words, lambda: self._mark(seq), lambda: self._mark(before)))

    def _mark(self, seq: int | None) -> None:
        self.mark = seq
        self.changed.emit()

    def _now(self) -> list[Note]:
        """The notes in the file: another window may have changed them."""
        try:
            return read(self._file) if self._file is not None else self.notes
        except ZonevizError:
            self._file = None  # unreadable now: do not overwrite it
            return self.notes

    def _edit(self, words: str, there: dict[int, str], texts: Mapping[int, str | None]) -> None:
        """Change notes, texts by event, so that it can be undone; None: no note. `there`: the texts now."""
        before = {seq: there.get(seq) for seq in texts}
        self.edits.push(Edit(words, lambda: self._write(texts), lambda: self._write(before)))

    def _write(self, texts: Mapping[int, str | None]) -> bool:
        """Change notes in the file; False if that failed."""
        others = [note for note in self._now() if note.seq not in texts]
        return self._save(sorted([*others, *(Note(seq, text) for seq, text in texts.items() if text is not None)]))

    def _save(self, notes: list[Note]) -> bool:
        """Write all notes; False if that failed."""
        if self._recording is None:
            return False
        if self._file is None:
            self.problem.emit(f"The notes in {file_of(self._recording)} cannot be read, so nothing was saved. Repair or remove that file.")
            return False
        try:
            write(self._file, self._recording, notes)
        except ZonevizError as error:
            self.problem.emit(str(error))
            return False
        self.notes = notes
        self.changed.emit()
        return True
