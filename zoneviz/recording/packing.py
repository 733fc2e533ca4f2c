"""Recordings packed with zstd, for sending: FILE.zvz.zst. Unpacking trusts neither the declared size nor the content."""

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO
from weakref import WeakValueDictionary

import zstandard

from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.recording import conversions, files, schema, trust
from zoneviz.recording.private import PrivateCopy

MAGIC = b"\x28\xb5\x2f\xfd"
SIZE_LIMIT = 1 << 36
"""Upper bound of the unpacked bytes."""
_BOMB_SIZE = 1 << 26  # above this, unpacking to more than _BOMB_RATIO times the packed size is refused
_BOMB_RATIO = 200  # recordings pack about five to ten times
_WINDOW = 1 << 27  # 128 MiB, the default limit of the zstd program
_LEVELS = (19, 12)
"""zstd levels for recordings up to _SMALL bytes and above: the better one takes ten times as long."""
_SMALL = 1 << 25
_BLOCK = 1 << 18
_PACKED_BLOCK = 256  # zstd packs up to 128 KiB in 4 bytes, so these unpack to at most 8 MiB
_HEAD = 100
_Key = tuple[int, int, int, int]
_COPIES: WeakValueDictionary[_Key, PrivateCopy] = WeakValueDictionary()
_LOCKS: WeakValueDictionary[_Key, Any] = WeakValueDictionary()
_GUARD = Lock()


def is_packed(path: Path) -> bool:
    """Whether the file begins like zstd. Errors: InputError if it cannot be read."""
    try:
        with path.open("rb") as opened:
            return opened.read(4) == MAGIC
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None


def pack(path: Path, output: Path, *, force: bool = False) -> int:
    """Pack a recording and return the size of `output` in bytes. The same recording gives the same bytes.

    A recording that is still open, or whose program was killed, is packed with what has been committed.
    Errors: InputError if `path` is not a recording; UsageError if `output` exists or cannot be a file; EnvironmentProblem
    if it cannot be written.
    """
    if is_packed(path):
        raise InputError(f"{path} is already packed.")
    source, copy = path, None
    with trust.reading(path), closing(trust.connect(path)[0]) as db:
        trust.check(db, path)
        live = db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    if live or any(Path(f"{path}{suffix}").exists() for suffix in ("-wal", "-journal")):
        copy = recovered(path)
        source = copy.file
    new = files.draft(output, force)
    try:
        with files.writing(output), source.open("rb") as opened, new.open("wb") as written:
            size = source.stat().st_size
            context = zstandard.ZstdCompressor(level=_LEVELS[size > _SMALL], write_checksum=True, write_content_size=True)
            context.copy_stream(opened, written, size=size, read_size=_BLOCK)
        files.settle(new, output, force)
    except zstandard.ZstdError as error:
        raise EnvironmentProblem(f"{output} cannot be written: {error}.") from None
    finally:
        files.remove(new)
        if copy is not None:
            copy.close()
    return output.stat().st_size


def unpacked(path: Path, lost: list[str] | None = None) -> PrivateCopy:
    """A private, unpacked copy of the recording in `path`. With a list `lost`: as much of it as can be unpacked, the rest reported there.

    Errors: InputError if it is damaged, a zstd bomb or not a recording; EnvironmentProblem if there is no space.
    """
    copy = PrivateCopy("unpacked.zvz")
    try:
        with path.open("rb") as packed, copy.file.open("xb") as out:
            try:
                _unpack(path, packed, out)
            except (zstandard.ZstdError, InputError) as error:
                if lost is None or not out.tell():
                    raise
                lost.append(f"Only {out.tell():,} bytes could be unpacked: {error}".rstrip(".") + ".")
    except OSError as error:
        copy.close()
        raise EnvironmentProblem(f"{path} cannot be unpacked: {error.strerror}.") from None
    except (zstandard.ZstdError, MemoryError) as error:
        copy.close()
        raise InputError(f"{path} is damaged: zstd says {str(error).rpartition(': ')[2] or 'out of memory'!r}.") from None
    except BaseException:
        copy.close()
        raise
    return copy


def shared(path: Path, make: Callable[[Path], PrivateCopy] | None = None) -> PrivateCopy:
    """The private copy of a file, in our format, for all current readers in any thread: made by the first, removed after the last.

    `make` copies it, by default `unpacked`. Nobody may write to the copy. A replaced file gets a new one.
    Errors: as `make` and `conversions.bring_up`.
    """
    key = _key(path)
    with _GUARD:
        lock = _LOCKS.setdefault(key, Lock())
    with lock:
        copy = _COPIES.get(key)
        if copy is None or not copy.file.exists():
            copy = (make or unpacked)(path)
            try:
                conversions.bring_up(copy.file, path)
            except BaseException:
                copy.close()
                raise
            if _key(path) == key:
                _COPIES[key] = copy
        return copy


def _key(path: Path) -> _Key:
    try:
        found = path.stat()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _unpack(path: Path, packed: BinaryIO, out: BinaryIO) -> None:
    size = os.fstat(packed.fileno()).st_size
    most = min(SIZE_LIMIT, max(_BOMB_SIZE, _BOMB_RATIO * size))
    declared = zstandard.frame_content_size(packed.read(18))
    packed.seek(0)
    if declared > most:
        raise InputError(f"{path} would unpack from {size:,} to {declared:,} bytes: it is not a recording.")
    if declared > shutil.disk_usage(Path(out.name).parent).free:
        raise EnvironmentProblem(f"{path} needs {declared:,} bytes of temporary space. Free some, or set TMPDIR to another folder.")
    frame: Any = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
    written, head = 0, b""
    while not frame.eof and (data := packed.read(_PACKED_BLOCK)):
        block = frame.decompress(data)
        written += len(block)
        if written > (most if declared < 0 else declared):
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


def _hint(path: Path) -> str:
    """What else the file may be, by its name."""
    return " For an event stream, use `zoneviz import`." if path.name.endswith(".csv.zst") else ""


def _is_recording(head: bytes) -> bool:
    return head[:16] == b"SQLite format 3\0" and head[68:72] == schema.APPLICATION_ID.to_bytes(4, "big")


def recovered(path: Path) -> PrivateCopy:
    """A private copy of a recording, including the -wal and -journal of one that was left open.

    Errors: EnvironmentProblem if there is no space; sqlite3.Error as `files.merge_wal`.
    """
    copy = PrivateCopy("recovered.zvz")
    try:
        for suffix in ("", "-wal", "-journal"):
            beside = Path(f"{path}{suffix}")
            if beside.exists():
                shutil.copyfile(beside, f"{copy.file}{suffix}")
        files.merge_wal(copy.file)
    except OSError as error:
        copy.close()
        raise EnvironmentProblem(f"{path} cannot be copied: {error.strerror or error}.") from None
    except BaseException:
        copy.close()
        raise
    return copy
