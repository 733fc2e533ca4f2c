"""Pages of a trace ring buffer, built as the kernel writes them."""

import struct

from zoneviz.sources.ringbuffer import PageFormat

LAYOUT = PageFormat(0, 8, 16, 4096)


def event(delta: int, data: bytes) -> bytes:
    """An event with its data, `delta` ns after the one before."""
    data += bytes(-len(data) % 4)
    if len(data) <= 4 * 28 and data:
        return struct.pack("<I", delta << 5 | len(data) // 4) + data
    return struct.pack("<II", delta << 5, len(data) + 4) + data


def extend(delta: int) -> bytes:
    """A time that does not fit into an event's 27 bits."""
    return struct.pack("<II", (delta & 0x7FFFFFF) << 5 | 30, delta >> 27)


def stamp(time: int) -> bytes:
    """An absolute time: its lower 59 bits."""
    time &= (1 << 59) - 1
    return struct.pack("<II", (time & 0x7FFFFFF) << 5 | 31, time >> 27)


def discarded(delta: int, length: int) -> bytes:
    """An event that a filter took back: `length` bytes behind its first two words."""
    return struct.pack("<II", delta << 5 | 29, length + 4) + bytes(length)


def page(time: int, *events: bytes, flags: int = 0, behind: bytes = b"", rest: bool = False) -> bytes:
    """A page that begins at `time`. `behind`: what is stored after its events; `rest`: its last event says that nothing follows."""
    data = b"".join(events) + (struct.pack("<I", 29) if rest else b"")
    body = struct.pack("<QQ", time, len(data) | flags) + data + behind
    return body + bytes(LAYOUT.size - len(body))
