"""The head of a packed recording: what the file holds and where, checked before anything is unpacked."""

import hashlib
import struct
from typing import NamedTuple, NoReturn

import numpy as np
import numpy.typing as npt

from zoneviz.events import WIDTH
from zoneviz.recording.columns import BLOCK

MAGIC = (0x184D2A5A).to_bytes(4, "little")
"""The first bytes of a packed file: those of a frame that zstd skips."""
NAME, VERSION = b"zoneviz", 1
GROUP_STATES = 4
"""Upper bound of the checkpoints of a group: to read one, those before it are unpacked."""
GROUP_BYTES = 1 << 24
"""Upper bound of the unpacked bytes of a group of several checkpoints."""
_EVENTS = 10**9
_STATE_BYTES = (1 << 27) + (1 << 10)
_SEQ = 1 << 62
_DIGEST = 16
_FRAME = 8  # bytes of a skippable frame before its contents
START = struct.Struct("<4sI7sBQQQQII")
"""MAGIC, bytes that follow, NAME, VERSION, first event, events, packed and unpacked bytes of the tables, groups, checkpoints."""
_COLUMN = np.dtype([("first", "<i8"), ("packed", "<u4"), ("width", "<u4")])
_GROUP = np.dtype([("packed", "<u4"), ("states", "<u4")])
_STATE = np.dtype([("seq", "<u8"), ("bytes", "<u8")])
Table = npt.NDArray[np.void]


class Unreadable(Exception):
    """The rest of a sentence about the file."""


class Head(NamedTuple):
    """What a packed file holds. All parts follow one another in this order, each a zstd frame, those of no bytes left out."""

    first_event: int
    events: int
    tables: tuple[int, int]
    """Packed and unpacked bytes of the database with all other tables."""
    columns: Table
    """(blocks, 9): `first` number, `packed` bytes, `width` of its differences in bytes."""
    groups: Table
    """(groups,): `packed` bytes, number of `states`."""
    states: Table
    """(checkpoints,): `seq`, unpacked `bytes`."""

    def __bytes__(self) -> bytes:
        """As it is in the file."""
        tables = b"".join(table.tobytes() for table in self[3:])
        length = START.size - _FRAME + len(tables) + _DIGEST
        numbers = (self.first_event, self.events, *self.tables, len(self.groups), len(self.states))
        data = START.pack(MAGIC, length, NAME, VERSION, *numbers) + tables
        return data + _digest(data)


def blank(first_event: int, events: int, groups: int, states: int) -> Head:
    """A head of the right size, to be filled in."""
    shapes = {"columns": ((blocks(events), WIDTH), _COLUMN), "groups": (groups, _GROUP), "states": (states, _STATE)}
    return Head(first_event, events, (0, 0), **{name: np.zeros(shape, kind) for name, (shape, kind) in shapes.items()})


def blocks(events: int) -> int:
    """How many blocks this number of events takes."""
    return -(-events // BLOCK)


def begins(start: bytes) -> bool:
    """Whether a file that begins with these bytes, at least 16, is a packed recording of any version."""
    return start[:4] == MAGIC and start[_FRAME:].startswith(NAME)


def length(start: bytes) -> int:
    """Bytes of the head that begins with START.size bytes.

    Errors: Unreadable.
    """
    if len(start) < START.size:
        raise Unreadable("is cut off: its head ends early")
    magic, follow, name, version, first, events, _, _, groups, states = START.unpack(start)
    if magic != MAGIC or name != NAME:
        raise Unreadable("is not a zoneviz recording")
    if version > VERSION:
        raise Unreadable(f"is packed in form {version}, newer than {VERSION}, which this zoneviz reads. Use a newer zoneviz")
    size: int = START.size + blocks(events) * WIDTH * _COLUMN.itemsize + groups * _GROUP.itemsize + states * _STATE.itemsize + _DIGEST
    if version != VERSION or events > _EVENTS or not 1 <= first < _SEQ or _FRAME + follow != size:
        _invalid()
    return size


def parse(data: bytes) -> Head:
    """The head in exactly its bytes.

    Errors: Unreadable.
    """
    if len(data) < START.size or len(data) < length(data[: START.size]):
        raise Unreadable("is cut off: its head ends early")
    if _digest(data[:-_DIGEST]) != data[-_DIGEST:]:
        raise Unreadable("is damaged: the digest of its head does not match")
    *_, first, events, packed, size, groups, states = START.unpack(data[: START.size])
    found = blank(first, events, groups, states)
    at = START.size
    for table in found[3:]:
        table[...] = np.frombuffer(data, table.dtype, table.size, at).reshape(table.shape)
        at += table.nbytes
    head = found._replace(tables=(packed, size))
    _check(head)
    return head


def _check(head: Head) -> None:
    """Check that the parts fit together, and that none is larger than it may be. Errors: Unreadable."""
    width, packed = head.columns["width"], head.columns["packed"]
    if (width > 8).any() or ((width == 0) != (packed == 0)).any():
        _invalid()
    of, sizes, seqs = head.groups["states"].astype(np.int64), head.states["bytes"], head.states["seq"]
    if (of < 1).any() or (of > GROUP_STATES).any() or of.sum() != len(sizes) or (sizes > _STATE_BYTES).any():
        _invalid()
    if len(sizes):
        totals = np.add.reduceat(sizes, np.cumsum(of) - of)
        if ((totals > GROUP_BYTES) & (of > 1)).any():
            _invalid()
        if seqs[0] < head.first_event - 1 or seqs[-1] >= head.first_event + head.events or (seqs[1:] <= seqs[:-1]).any():
            _invalid()


def _invalid() -> NoReturn:
    raise Unreadable("is damaged: its head has invalid numbers")


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()
