"""Decodes pages of a Linux trace ring buffer, as `per_cpu/cpuN/trace_pipe_raw` gives them, to arrays.

Source: include/linux/ring_buffer.h, kernel/trace/ring_buffer.c (5.4 to 6.18), and the files events/header_page and
events/*/format of tracefs, which give every offset: none is assumed. Little-endian machines only.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from zoneviz.errors import InputError
from zoneviz.state.rows import Ints

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint32]
Pages = bytes | bytearray | memoryview

_PADDING, _TIME_EXTEND, _TIME_STAMP = 29, 30, 31
_COMMIT_MASK = 0xFFFFF
"""Bits of a page's commit word that count its bytes."""
_MISSED = 1 << 31
"""The bit of the commit word that says that events before this page were lost (RB_MISSED_EVENTS)."""
_MISSED_STORED = 1 << 30
"""The bit that says that their number is stored behind the page's last event (RB_MISSED_STORED)."""
_STAMP_BITS = 59
"""Bits of an absolute time stamp that fit into an event; the others are those of the page's stamp."""

_LENGTHS = np.array([0, *(1 + kind for kind in range(1, _PADDING)), 0, 2, 2])
"""Words of an event by its kind; 0: its second word says it."""
_BEHIND = bytes(1024)
"""Follows the pages, so that a field of a damaged event ends within the buffer."""
_WINDOW = 32
"""Bytes of a text that are hashed at once: as long as most names of caches."""
_KEPT = np.where(np.arange(_WINDOW) < np.arange(_WINDOW + 1)[:, np.newaxis], 0xFF, 0).astype(np.uint8)
"""Masks of the first n bytes of _WINDOW, by n."""
_MIX = (np.random.default_rng(1).integers(1, 1 << 63, _WINDOW // 4, np.uint64) << np.uint64(1)) | np.uint64(1)

_FIELD = re.compile(r"^\s*field:\s*(?P<what>.+?);\s*offset:(?P<offset>\d+);\s*size:(?P<size>\d+);\s*signed:(?P<signed>[01]);", re.MULTILINE)


class Field(NamedTuple):
    """A field of an event: `offset` and `size` in bytes within its data; `dynamic`: a `__data_loc`, which points to a text."""

    offset: int
    size: int
    signed: bool
    dynamic: bool


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of event, from its `format` file. `id` is the common_type of its events; `text`: the file, with the print format."""

    name: str
    id: int
    fields: Mapping[str, Field]
    text: str


@dataclass(frozen=True, slots=True)
class PageFormat:
    """The layout of a page, from the file `header_page`. `data`: offset of the first event; `size`: of the page, in bytes."""

    timestamp: int
    commit: int
    data: int
    size: int


class Events(NamedTuple):
    """n events, those of each processor in order. `time` (n,): on the trace clock, in ns; `at` (n,): place of their data in `bytes`."""

    time: Ints
    at: Ints
    id: npt.NDArray[np.uint16]
    processor: Ints
    bytes: Bytes
    lost: "Lost"


class Lost(NamedTuple):
    """Gaps before pages: `time` (m,) of the first event after the gap; `events` (m,) that were lost, -1 if unknown."""

    time: Ints
    events: Ints
    processor: Ints


def parse_format(text: str) -> Format:
    """Read a `format` file. Errors: InputError if it has no name or no ID."""
    name, number = re.search(r"^name:\s*(\S+)", text, re.MULTILINE), re.search(r"^ID:\s*(\d+)", text, re.MULTILINE)
    if name is None or number is None:
        raise InputError("This is not a format file of a trace event: it has no name or no ID.")
    return Format(name[1], int(number[1]), _fields(text), text)


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


def decode(parts: Sequence[Pages], layout: PageFormat, processors: Sequence[int] | None = None) -> Events:
    """Decode whole pages; `parts`: of each processor, in order, or of `processors`. A rest that is not a whole page is ignored.

    All pages advance in lockstep, one event of each page at a step: some 70 steps for any number of pages. A damaged event ends
    its page.
    """
    whole = [memoryview(part)[: len(part) // layout.size * layout.size] for part in parts]
    buffer = np.frombuffer(b"".join([*whole, _BEHIND]), np.uint8)
    words = buffer.view("<u4")
    counts = [len(part) // layout.size for part in whole]
    processor = np.repeat(np.arange(len(parts)) if processors is None else np.array(processors, np.int64), counts)
    start = np.arange(len(processor)) * (layout.size >> 2)  # from here on, places are in words
    commit = words[start + (layout.commit >> 2)].astype(np.int64)
    base = _longs(buffer, 4 * start + layout.timestamp)
    data = layout.data >> 2
    end = start + data + np.minimum((commit & _COMMIT_MASK) >> 2, (layout.size >> 2) - data)
    lost = _lost(buffer, commit, base, 4 * end, 4 * start + layout.size, processor)
    at, events = _places(words, start + data, end)
    header = words[at]
    kind, delta = (header & 31).astype(np.uint8), (header >> 5).astype(np.int64)
    time = _times(words, at, kind, delta, base, events)
    good = kind < _PADDING
    last = (np.cumsum(events) - 1)[events > 0]
    good[last] &= _next(words, at[last], header[last]) <= end[events > 0]
    place = 4 * at + np.where(kind == 0, 8, 4)
    which = np.repeat(processor, events)
    if not good.all():
        time, place, which = time[good], place[good], which[good]
    return Events(time, place, buffer.view("<u2")[place >> 1], which, buffer, lost)


def _places(words: Words, at: Ints, end: Ints) -> tuple[Ints, Ints]:
    """The places of all events, page by page, and how many each page has. `at`: of each page's first event; `end`: of the page."""
    steps = []
    while (at < end).any():
        steps.append(at)
        at = np.minimum(_next(words, at, words.take(at)), end)
    if not steps:
        return np.zeros(0, np.int64), np.zeros(len(at), np.int64)
    places = np.array(steps).T
    inside = places < end[:, np.newaxis]
    return places[inside], inside.sum(axis=1)


def _next(words: Words, at: Ints, header: Words) -> Ints:
    """The places behind events; beyond every page for the padding that ends one."""
    length = _LENGTHS.take(header & 31)
    if not length.all():
        long = np.flatnonzero(length == 0)
        length[long] = 1 + np.maximum(words[at[long] + 1] >> 2, 0)
        length[long[header[long] == _PADDING]] = len(words)
    behind: Ints = at + length
    return behind


def _times(words: Words, at: Ints, kind: Bytes, delta: Ints, base: Ints, events: Ints) -> Ints:
    """The times of all events. `base`: of each page; `events`: how many it has. Changes `delta`."""
    far = np.flatnonzero(kind >= _TIME_EXTEND)
    delta[far] += words[at[far] + 1].astype(np.int64) << 27
    stamps = far[kind[far] == _TIME_STAMP]
    page = np.repeat(base, events)[stamps] if len(stamps) else stamps
    stamped = page >> _STAMP_BITS << _STAMP_BITS | delta[stamps]
    delta[stamps] = 0
    passed = np.cumsum(delta)
    # Times count on from the page's stamp, and after it from each absolute one.
    filled = events > 0
    begin = np.concatenate([np.cumsum(events)[filled] - events[filled], stamps])
    value = np.concatenate([base[filled], stamped])
    order = np.argsort(begin, kind="stable")
    begin, value = begin[order], value[order]
    before = value - passed[begin] + delta[begin]
    times: Ints = passed + np.repeat(before, np.diff(begin, append=len(at)))
    return times


def values(events: Events, at: Ints, field: Field) -> Ints:
    """The values of an integer field of the events whose data is at `at` (n,); 64-bit values wrap to signed."""
    where = at + field.offset
    if field.size == 8:
        return _longs(events.bytes, where)
    if field.size == 4:
        found: Ints = events.bytes.view("<u4")[where >> 2].astype(np.int64)
        return found - ((found >> 31) << 32) if field.signed else found
    if field.size == 2:
        shorts: Ints = events.bytes.view("<u2")[where >> 1].astype(np.int64)
        return shorts  # common_type and the like are unsigned
    return events.bytes[where].astype(np.int64)


def records(events: Events, at: Ints, form: Format) -> npt.NDArray[np.void]:
    """The integer fields of n events of one format as a record array: one visit of each event instead of one a field.

    A `__data_loc` is its word. 64-bit values are signed.
    """
    fields = {name: field for name, field in form.fields.items() if field.size in (1, 2, 4, 8)}
    size = -(-max((field.offset + field.size for field in fields.values()), default=4) // 4) * 4
    kinds = [f"<{'i' if field.size == 8 or field.signed else 'u'}{field.size}" for field in fields.values()]
    offsets = [field.offset for field in fields.values()]
    layout = np.dtype({"names": list(fields), "formats": kinds, "offsets": offsets, "itemsize": size})
    found: npt.NDArray[np.void] = _windows(events.bytes, size >> 2)[at >> 2].view(layout)[:, 0]
    return found


def text_keys(events: Events, at: Ints, field: Field) -> tuple[npt.NDArray[np.uint64], Ints, Ints]:
    """For n texts of a field, an array of characters or a `__data_loc`: 64-bit hashes, equal for equal texts, places and lengths."""
    if field.dynamic:
        where = events.bytes.view("<u4")[(at + field.offset) >> 2].astype(np.int64)
        begin, length = at + (where & 0xFFFF), where >> 16
    else:
        begin, length = at + field.offset, np.full(len(at), field.size, np.int64)
    begin = np.minimum(begin, len(events.bytes) - len(_BEHIND))
    length = np.minimum(length, len(events.bytes) - begin)
    if field.dynamic:
        length = np.maximum(length - 1, 0)  # a NUL ends it
    return _hashes(events.bytes, begin, length, padded=not field.dynamic), begin, length


def text(events: Events, begin: int, length: int) -> str:
    """The text at a place, up to its first NUL."""
    return events.bytes[begin : begin + length].tobytes().split(b"\0", 1)[0].decode("utf-8", "replace")


def texts(events: Events, at: Ints, field: Field) -> tuple[Ints, list[str]]:
    """The index of each event's text, (n,), and the texts, each once. `at`: as in `values`."""
    hashes, begin, length = text_keys(events, at, field)
    _, first, index = np.unique(hashes, return_index=True, return_inverse=True)
    found = [text(events, a, n) for a, n in zip(begin[first].tolist(), length[first].tolist(), strict=True)]
    return index, found


def _windows(buffer: Bytes, words: int) -> npt.NDArray[np.uint32]:
    """Every stretch of `words` words, by its first: indexing copies a stretch at a time."""
    return np.lib.stride_tricks.sliding_window_view(buffer.view("<u4"), words)


def _hashes(buffer: Bytes, begin: Ints, length: Ints, *, padded: bool) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of each stretch of bytes: equal texts have equal hashes. `padded`: a NUL may end the text before its length does."""
    found = np.zeros(len(begin), np.uint64)
    live = np.arange(len(begin))
    windows = np.lib.stride_tricks.sliding_window_view(buffer, _WINDOW)
    for step in range(0, int(length.max(initial=0)), _WINDOW):
        if step:
            live = live[length[live] > step]
        bytes_ = windows[np.minimum(begin[live] + step, len(windows) - 1)]
        kept = np.minimum(length[live] - step, _WINDOW)
        if padded:
            nul = bytes_ == 0
            kept = np.minimum(kept, np.where(nul.any(axis=1), nul.argmax(axis=1), _WINDOW))
        block = (bytes_ & _KEPT[kept]).view("<u4").astype(np.uint64)
        found[live] = (found[live] ^ (block @ _MIX)) * _MIX[-1]
        live = live[kept == _WINDOW]
    return found


def _lost(buffer: Bytes, commit: Ints, base: Ints, end: Ints, page_end: Ints, processor: Ints) -> Lost:
    pages = np.flatnonzero(commit & _MISSED)
    stored = (commit[pages] & _MISSED_STORED != 0) & (end[pages] + 8 <= page_end[pages])
    count = np.full(len(pages), -1, np.int64)
    count[stored] = _longs(buffer, end[pages[stored]])
    return Lost(base[pages], count, processor[pages])


def _longs(buffer: Bytes, at: Ints) -> Ints:
    """64-bit values at `at`: pages, events and fields of this size are aligned to 4 bytes."""
    longs: Ints = _windows(buffer, 2)[at >> 2].view("<i8")[:, 0]
    return longs
