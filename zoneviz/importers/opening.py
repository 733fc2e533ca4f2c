"""The way in: a file or standard input, plain or packed with zstd or gzip, and the importer that knows it.

Packing is told by the first bytes. Unpacked bytes come in blocks of a few MiB at most, whatever the packing claims.
"""

import json
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from zoneviz.errors import EnvironmentProblem, InputError
from zoneviz.events import Catalog, Sink
from zoneviz.importers import About, Details, Importer, ImportReport, find

HEAD = 1 << 16
"""Bytes a format is told by."""
_READ = 1 << 18
_ZSTD_READ = 256  # packed bytes at a time: a block of zstd packs up to 128 KiB in 4 bytes, so at most 8 MiB come of these
_ZSTD_WINDOW = 1 << 27  # 128 MiB, what the zstd program itself accepts unasked
_GZIP_WRITE = 1 << 20
_BOMB_SIZE = 1 << 28  # from here on, unpacking to more than _BOMB_RATIO times the packed size is refused
_BOMB_RATIO = 1000  # event streams pack about 20 to 40 times
_BESIDE_LIMIT = 1 << 24
_FOREIGN = {b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"PK\x03\x04": "zip", b"\x04\x22\x4d\x18": "lz4"}


class Stream:
    """An opened stream; a context manager. `head` is its unpacked beginning, `importer` who reads it."""

    def __init__(self, raw: BinaryIO, name: str, size: int, beside: Mapping[str, Any], notes: list[str]) -> None:
        self.name = name
        self.beside = beside
        self._raw, self._size, self._notes = raw, size, notes
        self._taken = 0
        self._blocks = self._unpacked()
        self.head, self._first = self._read_head()
        self.importer: Importer = find(self.head, name)
        self.about: About = self.importer.about(self.head, beside)

    def read(self, catalog: Catalog, sink: Sink, flush: Callable[[], object], details: Details | None = None) -> ImportReport:
        """All its events into `sink`, once. See `Importer.read`.

        Errors: InputError if it is damaged, truncated, a bomb or mostly no events; EnvironmentProblem if it cannot be read.
        """
        report = self.importer.read(self.blocks(), self.beside, catalog, sink, flush, details)
        report.notes[:0] = self._notes
        return report

    def blocks(self) -> Iterator[bytes]:
        """The unpacked bytes from the beginning, once. Errors: as `read`."""
        first, self._first = self._first, []
        yield from first
        yield from self._blocks

    def progress(self) -> float:
        """How much of the file was read, 0 to 1; 0 where its size is not known."""
        return min(1.0, self._taken / self._size) if self._size else 0.0

    def close(self) -> None:
        """Close the file (standard input stays open)."""
        if self._raw is not sys.stdin.buffer:
            self._raw.close()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _read_head(self) -> tuple[bytes, list[bytes]]:
        first, length = [], 0
        for block in self._blocks:
            first.append(block)
            length += len(block)
            if length >= HEAD:
                break
        return b"".join(first)[:HEAD], first

    def _take(self, size: int) -> bytes:
        try:
            data = self._raw.read(size)
        except OSError as error:
            raise EnvironmentProblem(f"{self.name} cannot be read: {error.strerror}.") from None
        self._taken += len(data)
        return data

    def _unpacked(self) -> Iterator[bytes]:
        start = self._take(_ZSTD_READ)
        magic = start[:4]
        if magic == b"\x28\xb5\x2f\xfd" or (magic[1:] == b"\x2a\x4d\x18" and magic[0] & 0xF0 == 0x50):
            yield from self._guarded(self._zstd(start))
        elif magic[:2] == b"\x1f\x8b":
            yield from self._guarded(self._gzip(start))
        else:
            for foreign, packing in _FOREIGN.items():
                if start.startswith(foreign):
                    raise InputError(f"{self.name} is packed with {packing}; zoneviz unpacks zstd and gzip.")
            while start:
                yield start
                start = self._take(_READ)

    def _guarded(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """The same blocks, until they are too many for what they were packed in."""
        length = 0
        for block in blocks:
            length += len(block)
            if length > _BOMB_SIZE and length > _BOMB_RATIO * self._taken:
                raise InputError(f"{self.name} unpacks to more than {_BOMB_RATIO:,} times its size: no event stream does that.")
            if block:
                yield block

    def _zstd(self, data: bytes) -> Iterator[bytes]:
        try:
            import zstandard
        except ImportError:
            raise EnvironmentProblem(f"{self.name} is packed with zstd, which needs the Python package zstandard.") from None
        context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        frame, inside = context.decompressobj(), False
        while data or (data := self._take(_ZSTD_READ)):
            try:
                block = frame.decompress(data)
            except (zstandard.ZstdError, MemoryError) as error:
                reason = str(error).rpartition(": ")[2] or "out of memory"
                raise InputError(f"{self.name} is damaged: zstd says {reason!r} after {self._taken:,} packed bytes.") from None
            inside = not frame.eof
            data = frame.unused_data if frame.eof else b""
            if frame.eof:
                frame = context.decompressobj()
            yield block
        if inside:
            raise InputError(f"{self.name} is cut off: its zstd packing does not end.")

    def _gzip(self, data: bytes) -> Iterator[bytes]:
        member, inside = zlib.decompressobj(31), False
        while data or (data := self._take(_READ)):
            try:
                block = member.decompress(data, _GZIP_WRITE)
            except zlib.error as error:
                if not inside and not data.strip(b"\0"):
                    return  # padding after the last member, as gzip itself allows
                raise InputError(f"{self.name} is damaged: {error} after {self._taken:,} packed bytes.") from None
            inside = not member.eof
            data = member.unused_data if member.eof else member.unconsumed_tail
            if member.eof:
                member = zlib.decompressobj(31)
            yield block
        if inside:
            raise InputError(f"{self.name} is cut off: its gzip packing does not end.")


def open_stream(path: str | Path) -> Stream:
    """The stream in the file `path`, or on standard input for `-`, with its importer found and its header read.

    A JSON object in the file of the same name that ends in .json (for `.csv`, `.csv.zst`, `.csv.gz`) is taken along.
    Errors: InputError if it is missing, damaged or in no known format; EnvironmentProblem if it cannot be read.
    """
    if str(path) == "-":
        return Stream(sys.stdin.buffer, "Standard input", 0, {}, [])
    file = Path(path)
    try:
        raw = file.open("rb")
    except FileNotFoundError:
        raise InputError(f"There is no file {file}.") from None
    except IsADirectoryError:
        raise InputError(f"{file} is a folder, not an event stream.") from None
    except (OSError, ValueError) as error:
        raise EnvironmentProblem(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    try:
        beside, notes = _load_beside(file)
        return Stream(raw, str(file), file.stat().st_size, beside, notes)
    except BaseException:
        raw.close()
        raise


def _load_beside(file: Path) -> tuple[dict[str, Any], list[str]]:
    """The JSON object beside a stream, or an empty one; and what to tell of it."""
    stem = file
    while stem.suffix in (".zst", ".gz", ".csv"):
        stem = stem.with_suffix("")
    beside = stem.with_name(stem.name + ".json")
    if beside == file:
        return {}, []
    try:
        with beside.open("rb") as opened:
            text = opened.read(_BESIDE_LIMIT + 1)
    except OSError:
        return {}, []
    try:
        found = json.loads(text) if len(text) <= _BESIDE_LIMIT else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return {}, [f"{beside} lies beside the stream but holds no JSON object: it is not used."]
    return found, []
