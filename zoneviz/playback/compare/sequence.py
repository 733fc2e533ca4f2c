"""Recordings as comparable sequences: one number per event for what happened, and addresses relative to their map.

Ids that a recording assigns (zones, names, tasks, paths) are replaced by what they refer to.
"""

from collections.abc import Generator, Sequence

import numpy as np

from zoneviz.errors import UsageError
from zoneviz.events import Catalog, Kind
from zoneviz.fields import Refers, kinds_where
from zoneviz.recording import Recording
from zoneviz.state.figures import ZONE_FIGURES
from zoneviz.state.rows import ADDRESS, EXTRA, KIND, SEQ, SIZE, SUBJECT, Ints

BLOCK = 1 << 16
SHARED = (
    Kind.ZINIT, Kind.ZALLOC, Kind.ZFREE, Kind.ZCRAM, Kind.ZGROW, Kind.ZEXTEND, Kind.ZCOLLECT, Kind.KMEM_SUBALLOC, Kind.KMEM_ALLOC,
    Kind.KMEM_FREE, Kind.KMEM_FAIL, Kind.PT_PAGE, Kind.NOTIFY, Kind.RPC, Kind.TASK_CREATE, Kind.TASK_TERMINATE, Kind.TASK_DESTROY,
    Kind.THREAD_CREATE, Kind.THREAD_TERMINATE, Kind.THREAD_DESTROY, Kind.PMAP_CREATE, Kind.PMAP_DESTROY, Kind.OBJECT_SHADOW,
    Kind.OBJECT_TERMINATE, Kind.PANIC,
)  # fmt: skip
"""Kinds that the simulated kernel and a real kernel's stream record at the same places. The operations and marks of programs are
missing: programs that do the same may count them differently."""

_BY_NUMBER = (
    Kind.RPC, Kind.NOTIFY, Kind.MSG_SEND, Kind.MSG_QUEUE, Kind.MSG_UNQUEUE, Kind.MSG_RECEIVE, Kind.MSG_DESTROY, Kind.OPERATION,
    Kind.READING,
)  # fmt: skip
"""Kinds whose subject is a number with one meaning everywhere: msgh_id, kern_return, number of a reading."""
SIZED = (
    Kind.ZINIT, Kind.ZALLOC, Kind.ZFREE, Kind.ZCRAM, Kind.ZGROW, Kind.ZCOLLECT, Kind.KMEM_SUBALLOC, Kind.KMEM_ALLOC, Kind.KMEM_FREE,
    Kind.KMEM_FAIL, Kind.ZONE_FIGURE, Kind.MACHINE_FIGURE,
)  # fmt: skip
"""Kinds whose size is compared: bytes, or the value of a figure."""
PLACED = (Kind.ZALLOC, Kind.ZFREE, Kind.ZCRAM, Kind.ZCOLLECT, Kind.KMEM_SUBALLOC, Kind.KMEM_ALLOC, Kind.KMEM_FREE)
"""Kinds whose address is in kernel memory and is compared."""
_PLACE = 1 << 48
_MAX_SUBJECT = 1 << 40  # larger subjects are damage and would collide with other keys


class Vocabulary:
    """Numbers for the names both recordings use: `number("zone", "ipc ports")` is the same for both."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}

    def number(self, kind: str, text: str) -> int:
        """The number of a name, from 1 in order of first use."""
        return self._numbers.setdefault((kind, text), len(self._numbers) + 1)

    def table(self, kind: str, texts: Sequence[str]) -> Ints:
        """The numbers of `texts`, (n,)."""
        return np.array([self.number(kind, text) for text in texts], np.int64)


class Anchors:
    """Kernel addresses as (region, offset), so that moving or resizing one map leaves the addresses in the others equal.

    A region is a map, or the part of kernel_map behind one. Addresses below all maps count from the first such address.
    """

    def __init__(self, catalog: Catalog, words: Vocabulary) -> None:
        marks: dict[int, int] = {}
        for made in catalog.maps:
            if made.parent:
                marks.setdefault(made.end, words.number("behind", made.name))
        for made in catalog.maps:
            if made.parent:
                marks[made.start] = words.number("map", made.name)
        self._at: Ints = np.array([0, *sorted(marks)], np.int64)
        self._label: Ints = np.array([0, *(marks[at] for at in sorted(marks))], np.int64)
        self._low: int | None = None

    @property
    def low(self) -> int:
        """The address from which those below all maps count."""
        return self._low or 0

    def places(self, addresses: Ints) -> Ints:
        """Region and offset of each address (n,) as one number; 0 for address 0."""
        index = np.searchsorted(self._at, addresses, side="right") - 1
        index = np.maximum(index, 0)
        base = self._at[index].copy()
        below = (index == 0) & (addresses > 0)
        if self._low is None and below.any():
            self._low = int(addresses[below][0])
        base[below] = self.low
        offset = (addresses - base) & (_PLACE - 1)
        return np.where(addresses > 0, self._label[index] * _PLACE + offset, 0)


class Compared:
    """The compared events of one recording, as columns (n,); empty until `read`.

    seq: number in the recording; key: what happened (kind, and which zone, map, message or text); size in bytes, 0 where it is
    not compared; place: the address as `Anchors.places` gives it, 0 where it is not compared.
    """

    def __init__(self, recording: Recording, kinds: Sequence[int], words: Vocabulary) -> None:
        self.recording = recording
        self.anchors = Anchors(recording.catalog, words)
        self._tables = _tables(recording.catalog, words)
        self._kinds = kinds
        self.seq = self.key = self.size = self.place = np.zeros(0, np.int64)

    def read(self, start: int = 1) -> Generator[int, None, None]:
        """Read from event `start`, one block per step; yields the number of the last event read."""
        recording = self.recording
        chosen = np.zeros(256, np.bool_)
        chosen[list(self._kinds)] = True
        sized, placed = np.zeros(256, np.bool_), np.zeros(256, np.bool_)
        sized[list(SIZED)], placed[list(PLACED)] = True, True
        parts: list[tuple[Ints, Ints, Ints, Ints]] = [(self.seq, self.key, self.size, self.place)]
        for first in range(max(start, recording.first_event), recording.event_count + 1, BLOCK):
            rows = recording.events(first, first + BLOCK - 1)
            kind = np.clip(rows[:, KIND], 0, 255)
            rows = rows[chosen[kind]]
            kind = np.clip(rows[:, KIND], 0, 255)
            parts.append(
                (
                    rows[:, SEQ].copy(),
                    self._keys(rows, kind),
                    np.where(sized[kind], rows[:, SIZE], 0),
                    self.anchors.places(np.where(placed[kind], rows[:, ADDRESS], 0)),
                )
            )
            yield min(first + BLOCK - 1, recording.event_count)
        self.seq, self.key, self.size, self.place = (np.concatenate(column) for column in zip(*parts, strict=True))

    def __len__(self) -> int:
        return len(self.seq)

    def _keys(self, rows: Ints, kind: Ints) -> Ints:
        key = np.zeros(len(rows), np.int64)
        for number, table in self._tables.items():
            at = kind == number
            if at.any():
                subject = np.where(rows[at, SUBJECT] < len(table), np.maximum(rows[at, SUBJECT], 0), 0)
                key[at] = table[subject]
        for number in _BY_NUMBER:
            at = kind == number
            if at.any():
                key[at] = np.clip(rows[at, SUBJECT], 0, _MAX_SUBJECT)
        key = np.where(kind == Kind.ZONE_FIGURE, key * len(ZONE_FIGURES) + rows[:, EXTRA] % len(ZONE_FIGURES), key)
        fresh = (kind == Kind.ZALLOC) & (rows[:, EXTRA] & 1 == 1)
        keys: Ints = (key * 2 + fresh) * 256 + kind
        return keys


def _tables(catalog: Catalog, words: Vocabulary) -> dict[int, Ints]:
    """By kind: the number of what a subject refers to, indexed by subject."""
    tables = {
        Refers.ZONE: words.table("zone", ["", *(zone.name for zone in catalog.zones)]),
        Refers.MAP: words.table("map", ["", *(made.name for made in catalog.maps)]),
        Refers.FIGURE: words.table("figure", ["", *(info.name for info in catalog.figures)]),
        Refers.TEXT: words.table("name", catalog.names.strings),
    }
    return {kind: table for refers, table in tables.items() for kind in kinds_where("subject", refers)}


def kinds_of(a: Recording, b: Recording, only: Sequence[str] = ()) -> list[Kind]:
    """The kinds to compare: those named in `only`; by default all, or the SHARED ones if exactly one recording is simulated.

    Errors: UsageError for an unknown kind of event.
    """
    if only:
        known = {kind.name.lower(): kind for kind in Kind}
        unknown = [name for name in only if name.lower() not in known]
        if unknown:
            raise UsageError(f"Unknown kind of event {unknown[0]!r}. Use: {', '.join(known)}.")
        return sorted({known[name.lower()] for name in only})
    if not mixed(a, b):
        return list(Kind)
    return list(SHARED)


def mixed(a: Recording, b: Recording) -> bool:
    """Whether exactly one of them is a run of the simulated kernel."""
    return a.header.can_run_again != b.header.can_run_again
