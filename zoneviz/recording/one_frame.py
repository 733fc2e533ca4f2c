"""Recordings packed as a whole, in one zstd frame, as zoneviz wrote them before the packed form had columns. They are read for ever.

Unpacking trusts neither the declared size nor the content.
"""

import os
import shutil
from pathlib import Path
from typing import Any, BinaryIO

import zstandard

from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.recording import schema, stopping
from zoneviz.recording.columns import WINDOW

MAGIC = b"\x28\xb5\x2f\xfd"
"""The first bytes: those of zstd."""
SIZE_LIMIT = 1 << 36
"""Upper bound of the unpacked bytes of a recording."""
_BOMB_SIZE = 1 << 26  # above this, unpacking to more than _BOMB_RATIO times the packed size is refused
_BOMB_RATIO = 200  # databases of recordings pack about five to ten times
_PACKED_BLOCK = 256  # zstd packs up to 128 KiB in 4 bytes, so these unpack to at most 8 MiB
_HEAD = 100


def unpack(path: Path, packed: BinaryIO, out: BinaryIO) -> None:
    """Unpack the open file `path` to `out`.

    Errors: InputError if it is damaged, a zstd bomb or not a recording; EnvironmentProblem if there is no space; zstandard.ZstdError;
    OSError. What was unpacked before the damage is in `out`.
    """
    size = os.fstat(packed.fileno()).st_size
    declared = zstandard.frame_content_size(packed.read(18))
    packed.seek(0)
    allow(path, size, declared)
    room(path, declared, Path(out.name))
    most = limit(size) if declared < 0 else declared
    frame: Any = zstandard.ZstdDecompressor(max_window_size=WINDOW).decompressobj()
    written, head = 0, b""
    while not frame.eof and (data := packed.read(_PACKED_BLOCK)):
        stopping.check()
        block = frame.decompress(data)
        written += len(block)
        if written > most:
            raise InputError(f"{path} unpacks to more bytes than it declares: it is not a recording.")
        if len(head) < _HEAD:
            head += block[: _HEAD - len(head)]
            if len(head) >= _HEAD and not _is_recording(head):
                raise InputError(f"{path} is not a zoneviz recording.{_hint(path)}")
        out.write(block)
    if not frame.eof:
        raise InputError(f"{path} is cut off: the packed data ends early.")
    if frame.unused_data or packed.read(1):
        raise InputError(f"{path} is damaged: there is data after the recording.")
    if not _is_recording(head):
        raise InputError(f"{path} is not a zoneviz recording.{_hint(path)}")


def limit(packed: int) -> int:
    """Upper bound of the bytes that a database may unpack to from this number."""
    return min(SIZE_LIMIT, max(_BOMB_SIZE, _BOMB_RATIO * packed))


def allow(path: Path, packed: int, declared: int) -> None:
    """Check a declared size. Errors: InputError if it is that of a bomb."""
    if declared > limit(packed):
        raise InputError(f"{path} would unpack from {packed:,} to {declared:,} bytes: it is not a recording.")


def room(path: Path, size: int, where: Path) -> None:
    """Check that there is room for a file. Errors: EnvironmentProblem if there is not."""
    if size > shutil.disk_usage(where.parent).free:
        raise EnvironmentProblem(f"{path} needs {size:,} bytes of temporary space. Free some, or set TMPDIR to another folder.")


def _hint(path: Path) -> str:
    """What else the file may be, by its name."""
    return " For an event stream, use `zoneviz import`." if path.name.endswith(".csv.zst") else ""


def _is_recording(head: bytes) -> bool:
    return head[:16] == b"SQLite format 3\0" and head[68:72] == schema.APPLICATION_ID.to_bytes(4, "big")
