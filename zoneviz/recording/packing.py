"""Packing a recording for sending: FILE.zvz.zst, which is read in place. And unpacking it."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import zstandard

from zoneviz import resources
from zoneviz.errors import InputError
from zoneviz.recording import columns, copies, files, packed_head, schema, stopping, trust
from zoneviz.recording.columns import BLOCK
from zoneviz.recording.packed_head import GROUP_BYTES, GROUP_STATES
from zoneviz.recording.private import PrivateCopy
from zoneviz.recording.reader import Recording
from zoneviz.state import codec

_TABLES_LEVEL = 9
_STATES = {"enable_ldm": True, "window_log": 25, "write_checksum": True, "write_content_size": True}
"""zstd's parameters for checkpoints: most of one is as in the one before, megabytes ago."""
_STATES_LEVEL = 3
_READ = 1 << 18
_LEFT_OUT = ("events", "checkpoints")


def pack(path: Path, output: Path, *, force: bool = False) -> int:
    """Pack a recording and return the size of `output` in bytes. The same recording gives the same bytes.

    A recording that is still open, or whose program was killed, is packed with what has been committed.
    Errors: InputError if `path` is not a recording; UsageError if `output` exists or cannot be a file; EnvironmentProblem
    if it cannot be written.
    """
    if copies.is_packed(path):
        raise InputError(f"{path} is already packed.")
    with trust.reading(path):
        with closing(trust.connect(path)[0]) as db:
            trust.check(db, path)
            live = db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        copy = copies.recovered(path) if live or any(Path(f"{path}{suffix}").exists() for suffix in ("-wal", "-journal")) else None
    try:
        with files.drafted(output, force) as out, Recording(path, copy) as source:
            _write(source, out)
    finally:
        if copy is not None:
            copy.close()
    return output.stat().st_size


def unpack(path: Path, output: Path, *, force: bool = False) -> int:
    """Write a packed recording as a plain one and return the size of `output` in bytes.

    Errors: InputError if `path` is not a packed recording, or damaged; UsageError and EnvironmentProblem as `pack`.
    """
    if not copies.is_packed(path):
        raise InputError(f"{path} is not packed.")
    with trust.reading(path):
        copy = copies.unpacked(path)
    try:
        with files.drafted(output, force) as out, copy.file.open("rb") as opened:
            while data := opened.read(_READ):
                stopping.check()
                out.write(data)
    finally:
        copy.close()
    return output.stat().st_size


def _write(source: Recording, out: BinaryIO) -> None:
    states = _sizes(source)
    counts = _groups([size for _, size in states])
    head = packed_head.blank(source.first_event, source.event_count - source.first_event + 1, len(counts), len(states))
    out.seek(len(bytes(head)))
    head = head._replace(tables=_write_tables(source, out))
    for number in range(len(head.columns)):
        stopping.check()
        first = source.first_event + number * BLOCK
        for i, column in enumerate(columns.encode(source.events(first, first + BLOCK - 1)[:, 1:])):
            head.columns[number, i] = column.first, len(column.data), column.width
            out.write(column.data)
    parameters = zstandard.ZstdCompressionParameters.from_level(_STATES_LEVEL, **_STATES)
    at = 0
    for number, count in enumerate(counts):
        stopping.check()
        group = [(seq, _state(source, seq)) for seq, _ in states[at : at + count]]
        data = zstandard.ZstdCompressor(compression_params=parameters).compress(b"".join(state for _, state in group))
        head.groups[number] = len(data), count
        head.states[at : at + count] = [(seq, len(state)) for seq, state in group]
        at += count
        out.write(data)
    out.seek(0)
    out.write(bytes(head))


def _write_tables(source: Recording, out: BinaryIO) -> tuple[int, int]:
    """Write all other tables as a database; returns its packed and unpacked bytes."""
    copy = PrivateCopy("tables.zvz")
    try:
        with trust.reading(source.path):
            _copy_tables(source, copy.file)
        begun, size = out.tell(), copy.file.stat().st_size
        context = zstandard.ZstdCompressor(level=_TABLES_LEVEL, write_checksum=True, write_content_size=True)
        with copy.file.open("rb") as opened:
            context.copy_stream(opened, out, size=size, read_size=_READ)
        return out.tell() - begun, size
    finally:
        copy.close()


def _copy_tables(source: Recording, new: Path) -> None:
    """Copy all tables but events and checkpoints to the new file, a recording without these."""
    with closing(sqlite3.connect(new, isolation_level=None, uri=True)) as db:
        trust.timed(db).limit(trust.SECONDS + source.event_count / trust.EVENTS_A_SECOND)
        for pragma in ("trusted_schema = OFF", "journal_mode = OFF", "synchronous = OFF"):
            db.execute(f"PRAGMA {pragma}")
        db.executescript(resources.schema().read_text(encoding="utf-8"))
        db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {schema.FORMAT}")
        # Opened by `source`, so its schema is known: there is nothing that could run.
        db.execute("ATTACH ? AS source", (f"{source.file.absolute().as_uri()}?mode=ro&immutable=1",))
        names = [name for (name,) in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY rowid")]
        db.execute("BEGIN")
        for name in names:
            if name not in _LEFT_OUT:
                db.execute(f"INSERT INTO main.{name} SELECT * FROM source.{name}")
        db.execute("COMMIT")


def _sizes(source: Recording) -> list[tuple[int, int]]:
    """Number and unpacked bytes of each checkpoint."""
    sql = "SELECT seq, length(state) AS size, substr(state, 1, 100) AS start FROM checkpoints WHERE seq BETWEEN ? AND ? ORDER BY seq"
    rows = source.query(sql, (source.first_event - 1, source.event_count))
    if not all(isinstance(row["start"], bytes) for row in rows):
        raise InputError(f"{source.path} is damaged: a checkpoint has invalid values.")
    return [(row["seq"], codec.loose_size(row["start"], row["size"])) for row in rows]


def _groups(sizes: Sequence[int]) -> list[int]:
    """How many checkpoints, of these sizes, are in each group."""
    counts: list[int] = []
    room = 0
    for size in sizes:
        if not counts or counts[-1] == GROUP_STATES or size > room:
            counts.append(0)
            room = GROUP_BYTES
        counts[-1] += 1
        room -= size
    return counts


def _state(source: Recording, seq: int) -> bytes:
    found = source.checkpoint(seq)
    if found is None or found[0] != seq:
        raise InputError(f"{source.path} is damaged: the checkpoint after event {seq:,} is missing.")
    return codec.loose(found[1])
