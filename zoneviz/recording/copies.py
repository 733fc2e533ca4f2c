"""Private copies of recordings that cannot be read as they are: packed ones (FILE.zvz.zst), older ones, ones that were left open."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

import zstandard

from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.recording import conversions, files, one_frame, packed_head, rebuilding
from zoneviz.recording.packed import PackedFile
from zoneviz.recording.private import PrivateCopy

ELSEWHERE = ("events", "checkpoints")
"""The tables whose rows `Tables` lacks."""
_Key = tuple[int, int, int, int]
_COPIES: WeakValueDictionary[_Key, PrivateCopy] = WeakValueDictionary()
_LOCKS: WeakValueDictionary[_Key, Any] = WeakValueDictionary()
_GUARD = Lock()


class Tables(PrivateCopy):
    """A copy of the tables of a packed recording. Its events and checkpoints are read from `packed`, which stays open."""

    def __init__(self, packed: PackedFile) -> None:
        super().__init__("tables.zvz")
        self.packed = packed
        self._whole: PrivateCopy | None = None
        self._lock = Lock()

    def unpacked(self) -> PrivateCopy:
        """A copy with all tables, made at the first call. Errors: as `copies.unpacked`."""
        with self._lock:
            if self._whole is None:
                self._whole = _rebuilt(self.packed)
            return self._whole


def is_packed(path: Path) -> bool:
    """Whether the file begins like a packed recording. Errors: InputError if it cannot be read."""
    return _begins(path) in (one_frame.MAGIC, packed_head.MAGIC)


def readable(path: Path) -> PrivateCopy:
    """What is needed to read the packed recording in `path`: `Tables`, or an unpacked copy if it was packed as a whole.

    Errors: as `unpacked`.
    """
    if _begins(path) == one_frame.MAGIC:
        return unpacked(path)
    copy = Tables(PackedFile(path))
    with _making(path, copy):
        rebuilding.tables(copy.packed, copy.file)
    return copy


def unpacked(path: Path, lost: list[str] | None = None) -> PrivateCopy:
    """A private copy of the packed recording in `path` with all its tables. With a list `lost`: as much of it as can be unpacked, the rest
    reported there.

    Errors: InputError if it is damaged, a zstd bomb or not a recording; EnvironmentProblem if there is no space; sqlite3.Error.
    """
    if _begins(path) != one_frame.MAGIC:
        return _rebuilt(PackedFile(path, cut=lost is not None), lost)
    copy = PrivateCopy("unpacked.zvz")
    with _making(path, copy), path.open("rb") as packed, copy.file.open("xb") as out:
        try:
            one_frame.unpack(path, packed, out)
        except (zstandard.ZstdError, InputError) as error:
            if lost is None or not out.tell():
                raise
            lost.append(f"Only {out.tell():,} bytes could be unpacked: {error}".rstrip(".") + ".")
    return copy


def _rebuilt(packed: PackedFile, lost: list[str] | None = None) -> PrivateCopy:
    copy = PrivateCopy("unpacked.zvz")
    with _making(packed.path, copy):
        rebuilding.rebuild(packed, copy.file, lost)
    return copy


def recovered(path: Path) -> PrivateCopy:
    """A private copy of a recording, including the -wal and -journal of one that was left open.

    Errors: EnvironmentProblem if there is no space; sqlite3.Error as `files.merge_wal`.
    """
    copy = PrivateCopy("recovered.zvz")
    with _making(path, copy):
        for suffix in ("", "-wal", "-journal"):
            beside = Path(f"{path}{suffix}")
            if beside.exists():
                shutil.copyfile(beside, f"{copy.file}{suffix}")
        files.merge_wal(copy.file)
    return copy


def shared(path: Path, make: Callable[[Path], PrivateCopy]) -> PrivateCopy:
    """The private copy of a file, in our format, for all current readers in any thread: made by the first, removed after the last.

    `make` copies it. Nobody may write to the copy. A replaced file gets a new one.
    Errors: as `make` and `conversions.bring_up`.
    """
    key = _key(path)
    with _GUARD:
        lock = _LOCKS.setdefault(key, Lock())
    with lock:
        copy = _COPIES.get(key)
        if copy is None or not copy.file.exists():
            copy = make(path)
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


def _begins(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(4)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from None


@contextmanager
def _making(path: Path, copy: PrivateCopy) -> Iterator[None]:
    """Removes the copy if making it fails."""
    try:
        yield
    except BaseException as error:
        copy.close()
        if isinstance(error, OSError):
            raise EnvironmentProblem(f"{path} cannot be copied: {error.strerror or error}.") from None
        if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL:
            raise EnvironmentProblem(f"{path} cannot be copied: no space left on device.") from None
        if isinstance(error, zstandard.ZstdError | MemoryError):
            said = str(error).rpartition(": ")[2] or "out of memory"
            raise InputError(f"{path} is damaged: zstd says {said!r}.") from None
        raise
