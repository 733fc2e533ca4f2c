"""Notes at moments of a recording. They are in separate files, because a recording is evidence and is never written to.

A file of notes is named after the recording's digest and still found if the recording is moved, renamed or packed. A recording
that has no digest yet is found by its path.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from zoneviz.app.spec import recordings_folder
from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.recording import Recording

MOST = 10_000
"""Upper bound of the notes of a recording, and of the characters of a note."""


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """A text at the moment right after event `seq`; a bookmark if empty."""

    seq: int
    text: str


def folder() -> Path:
    """The folder of all notes; it may not exist yet."""
    return recordings_folder().parent / "notes"


def file_of(recording: Recording) -> Path:
    """The file of a recording's notes; it may not exist yet."""
    name = recording.header.digest
    if not (name and all(c in "0123456789abcdef" for c in name)):
        name = "path-" + hashlib.blake2b(str(recording.path.resolve()).encode(), digest_size=16).hexdigest()
    return folder() / f"{name}.json"


def read(file: Path) -> list[Note]:
    """The notes in a file, in order of event; empty if there is no file.

    Errors: InputError if it holds something else.
    """
    try:
        if not file.exists():
            return []
        found = json.loads(file.read_bytes())["notes"]
        notes = [Note(item["event"], item["text"]) for item in found[:MOST]]
        if not all(type(note.seq) is int and note.seq >= 0 and type(note.text) is str for note in notes):
            raise ValueError
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"The notes in {file} cannot be read.") from None
    return sorted({note.seq: Note(note.seq, note.text[:MOST]) for note in notes}.values())


def write(file: Path, recording: Recording, notes: list[Note]) -> None:
    """Replace the notes in a file, in one step; remove the file if `notes` is empty.

    Errors: EnvironmentProblem if it cannot be written.
    """
    content = {"recording": str(recording.path), "notes": [{"event": note.seq, "text": note.text} for note in notes]}
    try:
        if not notes:
            file.unlink(missing_ok=True)
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text(json.dumps(content, indent=1, ensure_ascii=True) + "\n", encoding="ascii")
        os.replace(part, file)
    except OSError as error:
        raise EnvironmentProblem(f"The notes cannot be written to {file}: {error.strerror or error}.") from None
