"""Decodes pages of a Linux trace ring buffer, as `per_cpu/cpuN/trace_pipe_raw` gives them, to arrays.

Source: include/linux/ring_buffer.h, kernel/trace/ring_buffer.c (5.4 to 6.18), and the files events/header_page and
events/*/format of tracefs, which give every offset: none is assumed. Little-endian machines only.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoneviz.errors import InputError

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]

_PADDING, _TIME_EXTEND, _TIME_STAMP = 29, 30, 31
_COMMIT_MASK = 0xFFFFF
"""Bits of a page's commit word that count its bytes."""
_MISSED = 1 << 31
"""The bit of the commit word that says that events before this page were lost (RB_MISSED_EVENTS)."""
_MISSED_STORED = 1 << 30
"""The bit that says that their number is stored behind the page's last event (RB_MISSED_STORED)."""
_STAMP_BITS = 59
"""Bits of an absolute time stamp that fit into an event; the others are those of the page's stamp."""

_FIELD = re.compile(r"^\s*field:\s*(?P<what>.+?);\s*offset:(?P<offset>\d+);\s*size:(?P<size>\d+);\s*signed:(?P<signed>[01]);", re.MULTILINE)


class Field(NamedTuple):
    """A field of an event: `offset` and `size` in bytes within its data; `dynamic`: a `__data_loc`, which points to a text."""

    offset: int
    size: int
    signed: bool
    dynamic: bool


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of event, from its `format` file. `id` is the common_type of its events."""

    name: str
    id: int
    fields: Mapping[str, Field]


@dataclass(frozen=True, slots=True)
class PageFormat:
    """The layout of a page, from the file `header_page`. `data`: offset of the first event; `size`: of the page, in bytes."""

    timestamp: int
    commit: int
    data: int
    size: int


class Events(NamedTuple):
    """n events of one processor in order. `time` (n,): on the trace clock, in ns; `at` (n,): place of their data in `bytes`; `id` (n,)."""

    time: Ints
    at: Ints
    id: Ints
    bytes: Bytes
    lost: "Lost"


class Lost(NamedTuple):
    """Gaps before pages: `time` (m,) of the first event after the gap; `events` (m,) that were lost, -1 if unknown."""

    time: Ints
    events: Ints


def parse_format(text: str) -> Format:
    """Read a `format` file. Errors: InputError if it has no name or no ID."""
    name, number = re.search(r"^name:\s*(\S+)", text, re.MULTILINE), re.search(r"^ID:\s*(\d+)", text, re.MULTILINE)
    if name is None or number is None:
        raise InputError("This is not a format file of a trace event: it has no name or no ID.")
    return Format(name[1], int(number[1]), _fields(text))


def parse_page_format(text: str) -> PageFormat:
    """Read the file `events/header_page`. Errors: InputError if a field is missing."""
    fields = _fields(text)
    try:
        stamp, commit, data = fields["timestamp"], fields["commit"], fields["data"]
    except KeyError as missing:
        raise InputError(f"The trace ring buffer's header_page has no field {missing}.") from None
    return PageFormat(stamp.offset, commit.offset, data.offset, data.offset + data.size)


def _fields(text: str) -> dict[str, Field]:
    found = {}
    for match in _FIELD.finditer(text):
        what = match["what"]
        name = re.sub(r"\[.*?\]$", "", what.split()[-1].lstrip("*"))
        found[name] = Field(int(match["offset"]), int(match["size"]), match["signed"] == "1", "__data_loc" in what)
    return found


def decode(pages: bytes | bytearray | memoryview, layout: PageFormat) -> Events:
    """Decode whole pages of one processor. A rest that is not a whole page is ignored.

    All pages advance in lockstep, one event of each page at a step: some 70 steps for any number of pages. A damaged event ends
    its page.
    """
    buffer = np.frombuffer(pages, np.uint8)
    count = len(buffer) // layout.size
    buffer = buffer[: count * layout.size]
    start = np.arange(count, dtype=np.int64) * layout.size
    commit = _words(buffer, start + layout.commit)
    base = _longs(buffer, start + layout.timestamp)
    at = start + layout.data
    end = at + np.minimum(commit & _COMMIT_MASK, layout.size - layout.data)
    lost = _lost(buffer, commit, base, end, start + layout.size)
    time, parts = base.copy(), []
    live = np.flatnonzero(at + 4 <= end)
    while len(live):
        here = at[live]
        header = _words(buffer, here)
        kind, delta = header & 31, header >> 5
        second = _words(buffer, np.minimum(here + 4, len(buffer) - 4))
        ending = (kind == _PADDING) & (delta == 0)  # the rest of the page is empty
        stamp, extend = kind == _TIME_STAMP, kind == _TIME_EXTEND
        delta = np.where(stamp | extend, (second << 27) + delta, delta)
        now = np.where(stamp, (time[live] >> _STAMP_BITS << _STAMP_BITS) | delta, time[live] + delta)
        long = (kind == 0) | (kind == _PADDING)
        length = np.where(long, second + 4, np.where(stamp | extend, 8, 4 + 4 * kind))
        whole = ~ending & (here + length <= end[live]) & (length >= 4)
        data = whole & (kind < _PADDING)
        picked = np.flatnonzero(data)
        parts.append((live[picked], now[picked], here[picked] + np.where(kind[picked] == 0, 8, 4)))
        time[live] = now
        at[live] = here + length
        live = live[whole & (here + length + 4 <= end[live])]
    if not parts:
        none = np.zeros(0, np.int64)
        return Events(none, none, none, buffer, lost)
    times, places = np.concatenate([part[1] for part in parts]), np.concatenate([part[2] for part in parts])
    order = np.argsort(places)  # pages follow each other in the buffer, and events in a page
    times, places = times[order], places[order]
    return Events(times, places, _shorts(buffer, places), buffer, lost)


def values(events: Events, at: Ints, field: Field) -> Ints:
    """The values of an integer field of the events whose data is at `at` (n,); 64-bit values wrap to signed."""
    where = at + field.offset
    if field.size == 8:
        return _longs(events.bytes, where)
    if field.size == 4:
        found = _words(events.bytes, where)
        return found - ((found >> 31) << 32) if field.signed else found
    if field.size == 2:
        return _shorts(events.bytes, where)  # common_type and the like are unsigned
    return events.bytes[where].astype(np.int64)


def texts(events: Events, at: Ints, field: Field) -> tuple[Ints, list[str]]:
    """The texts of a field, an array of characters or a `__data_loc`, of the events whose data is at `at` (n,).

    Returns (m,) texts, each once, and the index of each event's text, (n,).
    """
    if field.dynamic:
        where = _words(events.bytes, at + field.offset)
        begin, length = at + (where & 0xFFFF), where >> 16
    else:
        begin, length = at + field.offset, np.full(len(at), field.size, np.int64)
    length = np.minimum(length, len(events.bytes) - begin)
    _, first, index = np.unique(_hashes(events.bytes, begin, length), return_index=True, return_inverse=True)
    found = [events.bytes[a : a + n].tobytes() for a, n in zip(begin[first].tolist(), length[first].tolist(), strict=True)]
    return index, [text.split(b"\0", 1)[0].decode("utf-8", "replace") for text in found]


def _hashes(buffer: Bytes, begin: Ints, length: Ints) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of each stretch of bytes up to its end or first NUL: equal texts have equal hashes."""
    found = length.astype(np.uint64) * 0
    words = buffer.view("<u4")
    live = np.arange(len(begin))
    for step in range(0, int(length.max(initial=0)), 4):
        live = live[length[live] > step]
        at = begin[live] + step  # a text need not be aligned
        low, high = (words[np.minimum((at >> 2) + i, len(words) - 1)].astype(np.uint64) for i in (0, 1))
        word = ((low | high << np.uint64(32)) >> (8 * (at & 3)).astype(np.uint64)) & np.uint64(0xFFFFFFFF)
        left = length[live] - step
        word = np.where(left < 4, word & ((np.uint64(1) << (8 * np.clip(left, 0, 4)).astype(np.uint64)) - np.uint64(1)), word)
        for byte in range(4):  # nothing behind a NUL belongs to the text
            ends = (word >> np.uint64(8 * byte)) & np.uint64(0xFF) == 0
            word = np.where(ends, word & np.uint64((1 << 8 * byte) - 1), word)
        found[live] = (found[live] ^ word) * np.uint64(0x9E3779B97F4A7C15)
        found[live] ^= found[live] >> np.uint64(29)
        live = live[word >> np.uint64(24) != 0]
    return found


def _lost(buffer: Bytes, commit: Ints, base: Ints, end: Ints, page_end: Ints) -> Lost:
    pages = np.flatnonzero(commit & _MISSED)
    stored = (commit[pages] & _MISSED_STORED != 0) & (end[pages] + 8 <= page_end[pages])
    count = np.full(len(pages), -1, np.int64)
    count[stored] = _longs(buffer, end[pages[stored]])
    return Lost(base[pages], count)


def _words(buffer: Bytes, at: Ints) -> Ints:
    """32-bit words at `at`: pages, events and fields of this size are aligned to 4 bytes."""
    words: Ints = buffer.view("<u4")[at >> 2].astype(np.int64)
    return words


def _longs(buffer: Bytes, at: Ints) -> Ints:
    return _words(buffer, at) | _words(buffer, at + 4) << 32


def _shorts(buffer: Bytes, at: Ints) -> Ints:
    shorts: Ints = buffer.view("<u2")[at >> 1].astype(np.int64)
    return shorts
