"""Bytes of a file or of standard input, plain or compressed with zstd or gzip; the first bytes decide.

Decompressed data comes in blocks of at most a few MiB, whatever the file claims.
"""

import sys
import zlib
from collections.abc import Iterator
from typing import IO

from zoneviz import words
from zoneviz.errors import EnvironmentProblem, InputError

_READ = 1 << 18
_ZSTD_READ = 256  # compressed bytes at a time: zstd stores up to 128 KiB in 4 bytes, so at most 8 MiB come out
_ZSTD_WINDOW = 1 << 27  # 128 MiB, the default limit of the zstd program
_GZIP_WRITE = 1 << 20
_BOMB_SIZE = 1 << 28  # beyond this, more than _BOMB_RATIO times the compressed size is refused
_BOMB_RATIO = 1000  # event streams compress 20 to 40 times
_FOREIGN = {b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"\x04\x22\x4d\x18": "lz4"}


class Unpacked:
    """The decompressed bytes of `raw`. `packed_size`: of its compressed form if `raw` unpacks by itself (a zip member), else 0."""

    def __init__(self, raw: IO[bytes], name: str, size: int = 0, packed_size: int = 0) -> None:
        self.name = name
        self._raw, self._size, self._packed_size = raw, size, packed_size
        self._taken = 0

    def progress(self) -> float:
        """Share of the file that was read, 0 to 1; 0 if its size is unknown."""
        return min(1.0, self._taken / self._size) if self._size else 0.0

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if self._raw is not sys.stdin.buffer:
            self._raw.close()

    def blocks(self) -> Iterator[bytes]:
        """The decompressed bytes from the beginning; may be called once.

        Errors: InputError if they are damaged, truncated, a decompression bomb, or compressed in another way; EnvironmentProblem if
        the file cannot be read.
        """
        start = self._take(_ZSTD_READ)
        magic = start[:4]
        if magic == b"\x28\xb5\x2f\xfd" or (magic[1:] == b"\x2a\x4d\x18" and magic[0] & 0xF0 == 0x50):
            yield from self._guarded(self._zstd(start))
        elif magic[:2] == b"\x1f\x8b":
            yield from self._guarded(self._gzip(start))
        else:
            for foreign, packing in _FOREIGN.items():
                if start.startswith(foreign):
                    raise InputError(f"{self.name} is compressed with {packing}. zoneviz reads zstd, gzip, zip and tar.")
            yield from self._guarded(self._plain(start)) if self._packed_size else self._plain(start)

    def _take(self, size: int) -> bytes:
        try:
            data = self._raw.read(size)
        except OSError as error:
            raise EnvironmentProblem(f"{self.name} cannot be read: {error.strerror}.") from None
        self._taken += len(data)
        return data

    def _plain(self, start: bytes) -> Iterator[bytes]:
        while start:
            yield start
            start = self._take(_READ)

    def _guarded(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """The same blocks; refuses a decompression bomb."""
        length = 0
        for block in blocks:
            length += len(block)
            if length > _BOMB_SIZE and length > _BOMB_RATIO * (self._packed_size or self._taken):
                more = f"it unpacks to more than {words.number(_BOMB_RATIO)} times its size"
                raise InputError(f"{self.name} is not an event stream or capture: {more}.")
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
                where = f"after {words.number(self._taken)} compressed bytes"
                raise InputError(f"{self.name} is damaged: zstd reports {reason!r} {where}.") from None
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
                raise InputError(f"{self.name} is damaged: {error} after {words.number(self._taken)} compressed bytes.") from None
            inside = not member.eof
            data = member.unused_data if member.eof else member.unconsumed_tail
            if member.eof:
                member = zlib.decompressobj(31)
            yield block
        if inside:
            raise InputError(f"{self.name} is cut off: its gzip data has no end.")
