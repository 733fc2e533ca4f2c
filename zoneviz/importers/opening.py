"""Opening a stream: a file or standard input, plain or compressed with zstd or gzip, and the importer for it.

The first bytes decide the compression. Decompressed data comes in blocks of at most a few MiB, whatever the file claims.
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
"""Bytes that decide the format."""
_READ = 1 << 18
_ZSTD_READ = 256  # compressed bytes at a time: zstd stores up to 128 KiB in 4 bytes, so at most 8 MiB come out
_ZSTD_WINDOW = 1 << 27  # 128 MiB, the default limit of the zstd program
_GZIP_WRITE = 1 << 20
_BOMB_SIZE = 1 << 28  # beyond this, more than _BOMB_RATIO times the compressed size is refused
_BOMB_RATIO = 1000  # event streams compress 20 to 40 times
_COMPANION_LIMIT = 1 << 24
_FOREIGN = {b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"PK\x03\x04": "zip", b"\x04\x22\x4d\x18": "lz4"}


class Stream:
    """An open stream; a context manager. `head`: its decompressed beginning; `importer`: for its format."""

    def __init__(self, raw: BinaryIO, name: str, size: int, companion: Mapping[str, Any], notes: list[str]) -> None:
        self.name = name
        self.companion = companion
        self._raw, self._size, self._notes = raw, size, notes
        self._taken = 0
        self._blocks = self._unpacked()
        self.head, self._first = self._read_head()
        self.importer: Importer = find(self.head, name)
        self.about: About = self.importer.about(self.head, companion)

    def read(self, catalog: Catalog, sink: Sink, flush: Callable[[], object], details: Details | None = None) -> ImportReport:
        """Send all events to `sink`; may be called once. See `Importer.read`.

        Errors: InputError if the stream is damaged, truncated, a decompression bomb or mostly unreadable; EnvironmentProblem if
        the file cannot be read.
        """
        report = self.importer.read(self.blocks(), self.companion, catalog, sink, flush, details)
        report.notes[:0] = self._notes
        return report

    def blocks(self) -> Iterator[bytes]:
        """The decompressed bytes from the beginning; may be called once. Errors: as `read`."""
        first, self._first = self._first, []
        yield from first
        yield from self._blocks

    def progress(self) -> float:
        """Share of the file that was read, 0 to 1; 0 if its size is unknown."""
        return min(1.0, self._taken / self._size) if self._size else 0.0

    def close(self) -> None:
        """Close the file; standard input stays open."""
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
                    raise InputError(f"{self.name} is compressed with {packing}. zoneviz reads zstd and gzip.")
            while start:
                yield start
                start = self._take(_READ)

    def _guarded(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """The same blocks; refuses a decompression bomb."""
        length = 0
        for block in blocks:
            length += len(block)
            if length > _BOMB_SIZE and length > _BOMB_RATIO * self._taken:
                raise InputError(f"{self.name} is not an event stream: it unpacks to more than {_BOMB_RATIO:,} times its size.")
            if block:
                yield block

    def _zstd(self, data: bytes) -> Iterator[bytes]:
        try:
            import zstandard
        except ImportError:
            raise EnvironmentProblem(f"{self.name} is compressed with zstd. Install the Python package zstandard to read it.") from None
        context = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        frame, inside = context.decompressobj(), False
        while data or (data := self._take(_ZSTD_READ)):
            try:
                block = frame.decompress(data)
            except (zstandard.ZstdError, MemoryError) as error:
                reason = str(error).rpartition(": ")[2] or "out of memory"
                raise InputError(f"{self.name} is damaged: zstd reports {reason!r} after {self._taken:,} compressed bytes.") from None
            inside = not frame.eof
            data = frame.unused_data if frame.eof else b""
            if frame.eof:
                frame = context.decompressobj()
            yield block
        if inside:
            raise InputError(f"{self.name} is cut off: its zstd data has no end.")

    def _gzip(self, data: bytes) -> Iterator[bytes]:
        member, inside = zlib.decompressobj(31), False
        while data or (data := self._take(_READ)):
            try:
                block = member.decompress(data, _GZIP_WRITE)
            except zlib.error as error:
                if not inside and not data.strip(b"\0"):
                    return  # padding after the last member, which gzip allows
                raise InputError(f"{self.name} is damaged: {error} after {self._taken:,} compressed bytes.") from None
            inside = not member.eof
            data = member.unused_data if member.eof else member.unconsumed_tail
            if member.eof:
                member = zlib.decompressobj(31)
            yield block
        if inside:
            raise InputError(f"{self.name} is cut off: its gzip data has no end.")


def open_stream(path: str | Path) -> Stream:
    """Open the stream in the file `path`, or on standard input for `-`: find its importer and read its header.

    The companion file is NAME.json next to NAME.csv, NAME.csv.zst or NAME.csv.gz.
    Errors: InputError if the file is missing, damaged or of unknown format; EnvironmentProblem if it cannot be read.
    """
    if str(path) == "-":
        return Stream(sys.stdin.buffer, "Standard input", 0, {}, [])
    file = Path(path)
    try:
        raw = file.open("rb")
    except FileNotFoundError:
        raise InputError(f"{file} does not exist.") from None
    except IsADirectoryError:
        raise InputError(f"{file} is a folder, not an event stream.") from None
    except (OSError, ValueError) as error:
        raise EnvironmentProblem(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    try:
        companion, notes = _load_companion(file)
        return Stream(raw, str(file), file.stat().st_size, companion, notes)
    except BaseException:
        raw.close()
        raise


def _load_companion(file: Path) -> tuple[dict[str, Any], list[str]]:
    """The JSON object of the companion file, {} if missing; and notes about it."""
    stem = file
    while stem.suffix in (".zst", ".gz", ".csv"):
        stem = stem.with_suffix("")
    companion = stem.with_name(stem.name + ".json")
    if companion == file:
        return {}, []
    try:
        with companion.open("rb") as opened:
            text = opened.read(_COMPANION_LIMIT + 1)
    except OSError:
        return {}, []
    try:
        found = json.loads(text) if len(text) <= _COMPANION_LIMIT else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return {}, [f"The companion file {companion} is ignored: it is not a JSON object."]
    return found, []
