"""A packed recording is read by a reader that was written from docs/recording-format.md alone, without code of zoneviz."""

import hashlib
import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import zstandard

from tests.recording import toy
from tests.recording.test_recorder import record
from zoneviz.recording import Recording, columns, pack

DATA = Path(__file__).parents[1] / "recording" / "data"


class Reader:
    """`events` (n, 9), `checkpoints` seq -> state, `tables`: the bytes of a database, `head` and the rest as in the document."""

    def __init__(self, data: bytes) -> None:
        magic, length, name, version, first, count, packed, size, groups, states = struct.unpack_from("<4sI7sBQQQQII", data)
        assert (magic, name, version) == (b"\x5a\x2a\x4d\x18", b"zoneviz", 1)
        head = data[: 8 + length]
        assert hashlib.blake2b(head[:-16], digest_size=16).digest() == head[-16:]
        self.first, self.at, self.data = first, len(head), data
        blocks = -(-count // 16384)
        self.tables = self.frame(packed, size)
        entries = iter(struct.iter_unpack("<qII", head[56 : 56 + blocks * 9 * 16]))
        parts = [self.block([next(entries) for _ in range(9)], min(16384, count - i * 16384)) for i in range(blocks)]
        self.events = np.concatenate([np.empty((0, 9), np.int64), *parts])
        place = 56 + blocks * 9 * 16
        seqs = iter(struct.iter_unpack("<QQ", head[place + groups * 8 : -16]))
        self.checkpoints: dict[int, bytes] = {}
        for packed, held in struct.iter_unpack("<II", head[place : place + groups * 8]):
            members = [next(seqs) for _ in range(held)]
            raw = self.frame(packed, sum(size for _, size in members))
            for seq, size in members:
                self.checkpoints[seq], raw = raw[:size], raw[size:]
        assert self.at == len(data) and len(self.checkpoints) == states

    def frame(self, packed: int, size: int) -> bytes:
        frame, self.at = self.data[self.at : self.at + packed], self.at + packed
        raw = zstandard.decompress(frame)
        assert len(raw) == size
        return raw

    def block(self, entries: list[tuple[int, int, int]], n: int) -> Any:
        raw = [self.frame(packed, width * n) if width else b"" for _, packed, width in entries]
        out: dict[int, Any] = {}
        for i in (0, 1, 3, 4, 2, 5, 6, 7, 8):  # kind, time, thread, path; task; subject; address, size, extra
            first, _, width = entries[i]
            unsigned = np.zeros(n, np.uint64)
            for byte in range(width):
                unsigned |= np.frombuffer(raw[i], np.uint8, n, byte * n).astype(np.uint64) << np.uint64(8 * byte)
            half = (unsigned >> np.uint64(1)).astype(np.int64)
            values = np.cumsum(np.where(unsigned & np.uint64(1), -half - 1, half)) + first
            order = np.arange(n)
            if i == 2:
                order = np.lexsort([out[3] % 65536])
            elif i == 5:
                order = np.lexsort([out[0] % 256])
            elif i > 5:
                order = np.lexsort([out[4] % 65536, out[5] % 256, out[0] % 256])
            out[i] = np.empty(n, np.int64)
            out[i][order] = values
        return np.stack([out[i] for i in range(9)], axis=1)


def test_a_reader_made_from_the_document(tmp_path: Path) -> None:
    record(tmp_path / "a.zvz", 70_000, [30_000], 15_000)
    pack(tmp_path / "a.zvz", tmp_path / "a.zvz.zst")
    found = Reader((tmp_path / "a.zvz.zst").read_bytes())
    assert found.first == 1 and (found.events == toy.as_rows(toy.run(70_000))[:, 1:]).all()
    (tmp_path / "tables.db").write_bytes(found.tables)
    with Recording(tmp_path / "a.zvz") as plain, closing(sqlite3.connect(tmp_path / "tables.db")) as db:
        assert hashlib.blake2b(found.events.astype("<i8").tobytes(), digest_size=16).hexdigest() == plain.header.digest
        for table in ("zones", "samples", "recording", "paths"):
            assert db.execute(f"SELECT * FROM {table}").fetchall() == [tuple(row.values()) for row in plain.query(f"SELECT * FROM {table}")]
        assert db.execute("SELECT count(*) FROM events").fetchone() == (0,)
        for seq, state in found.checkpoints.items():
            there = plain.checkpoint(seq)
            assert there is not None and there[0] == seq
            assert state == there[1].replace(b"zvS", b"zvU", 1)[:20] + zstandard.decompress(there[1][20:])


def test_the_example_of_the_document() -> None:
    values = np.zeros((4, 9), np.int64)
    values[:, 3], values[:, 2] = (7, 5, 7, 5), (2, 1, 4, 1)
    _, _, task, thread, *_ = columns.encode(values)
    assert (thread.first, thread.width, zstandard.decompress(thread.data)) == (7, 1, bytes([0, 3, 4, 3]))
    assert (task.first, task.width, zstandard.decompress(task.data)) == (1, 1, bytes([0, 0, 2, 4]))


def test_a_file_of_this_form_stays_readable() -> None:
    with Recording(DATA / "packed-1.zvz.zst") as recording:
        assert recording.header.digest == "121964b445d644506c742db52becd247"
        assert (recording.events() == toy.as_rows(toy.run(1500))).all() and len(recording.samples()) == 6
        assert recording.checkpoint(1500) is not None and recording.query("SELECT count(*) AS n FROM events") == [{"n": 1500}]
