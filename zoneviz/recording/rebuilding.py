"""Databases from a packed recording: its tables alone, or all of it with events and checkpoints as rows again."""

import io
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import zstandard

from zoneviz import resources
from zoneviz.errors import InputError
from zoneviz.recording import columns, conversions, inserting, one_frame, schema, stopping, trust
from zoneviz.recording.packed import PackedFile
from zoneviz.state import codec

if TYPE_CHECKING:
    from typing_extensions import Buffer

_AT_ONCE = 1 << 20
_EVENT_BYTES = 64
"""Enough for an event and its share of checkpoints in a database; simulated ones take 40."""


def tables(file: PackedFile, out: Path) -> None:
    """Unpack the tables to the new file `out`, brought up to our format: a recording without events and checkpoints.

    Errors: InputError if they are damaged, a zstd bomb or not those of a recording; EnvironmentProblem if there is no space; OSError.
    """
    begin, end = file.tables_place()
    size = file.head.tables[1]
    one_frame.allow(file.path, end - begin, size)
    one_frame.room(file.path, size, out)
    unzstd = zstandard.ZstdDecompressor(max_window_size=columns.WINDOW)
    written = 0
    try:
        with out.open("xb") as new, unzstd.stream_reader(io.BufferedReader(_Range(file, begin, end))) as reader:
            while written <= size and (data := reader.read(_AT_ONCE)):
                stopping.check()
                written += len(data)
                new.write(data)
    except zstandard.ZstdError:
        written = -1
    if written != size:
        raise file.problem("is damaged: its tables cannot be unpacked")
    with trust.reading(file.path):
        conversions.bring_up(out, file.path)
        with closing(trust.connect(out)[0]) as db:
            if db.execute("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM checkpoints)").fetchone() != (0,):
                raise file.problem("is damaged: its tables hold events")


def rebuild(file: PackedFile, out: Path, lost: list[str] | None = None) -> None:
    """Write the recording to the new file `out`, in our format. With a list `lost`: as much as can be unpacked, the rest reported there.

    Errors: as `tables`; sqlite3.Error if it cannot be written.
    """
    one_frame.room(file.path, file.head.tables[1] + _EVENT_BYTES * file.head.events, out)
    try:
        tables(file, out)
    except InputError as error:
        if lost is None:
            raise
        lost.append(str(error))
        _empty(out)
    # The schema is known now: there is no trigger that could run.
    with closing(sqlite3.connect(out, isolation_level=None)) as db:
        for pragma in ("trusted_schema = OFF", "journal_mode = OFF", "synchronous = OFF"):
            db.execute(f"PRAGMA {pragma}")
        inserting.attach(db)
        try:
            _events(file, db)
            _checkpoints(file, db)
        except InputError as error:
            if lost is None:
                raise
            lost.append(str(error))


def _empty(out: Path) -> None:
    """A new recording without any rows, instead of one whose tables are lost."""
    out.unlink(missing_ok=True)
    with closing(sqlite3.connect(out, isolation_level=None)) as db:
        db.executescript(resources.schema().read_text(encoding="utf-8"))
        db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {schema.FORMAT}")


def _events(file: PackedFile, db: sqlite3.Connection) -> None:
    for number in range(len(file.head.columns)):
        stopping.check()
        try:
            rows = file.block(number).rows()
        except columns.Damaged:
            raise file.lost(number) from None
        inserting.events(db, rows, inserting.load(db, rows))


def _checkpoints(file: PackedFile, db: sqlite3.Connection) -> None:
    db.execute("BEGIN")
    for number in range(len(file.head.groups)):
        stopping.check()
        rows = [(seq, codec.tight(state)) for seq, state in file.group(number)]
        db.executemany("INSERT INTO checkpoints VALUES (?, ?)", rows)
    db.execute("COMMIT")


class _Range(io.RawIOBase):
    """Bytes `begin` to `end` of a packed file, as a stream."""

    def __init__(self, file: PackedFile, begin: int, end: int) -> None:
        self._file, self._at, self._end = file, begin, end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        view = memoryview(buffer)
        data = self._file.read(self._at, min(self._at + len(view), self._end))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
