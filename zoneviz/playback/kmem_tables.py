"""The counts of a `KmemStat` as rows: by call site, call path, pointer or zone, largest first, and their totals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from zoneviz.events import Catalog
from zoneviz.playback.kmem_stat import (
    ALLOCATED,
    ASKED,
    FREED,
    FREES,
    HITS,
    LAST,
    MOVED,
    OF_PATH,
    OF_ZONE,
    SAID,
    KmemStat,
    processors,
    summed,
)
from zoneviz.state.rows import ZONE_ID_LIMIT, Ints

SITE, WAY, POINTER, ZONE = BY = ("call site", "call path", "pointer", "zone")
NEEDS = frozenset({"elements", "paths"})
"""The words of `Header.shows` without which there is nothing to count."""


def _part(values: Ints) -> np.typing.NDArray[np.float64]:
    """The share of allocated bytes that was not requested, -1 where unknown."""
    known = values[SAID] > 0
    return np.where(known, 1 - values[ASKED] / np.maximum(values[SAID], 1), -1.0)


ORDERS: dict[str, Callable[[Ints], np.typing.NDArray[np.float64] | Ints]] = {
    "bytes": lambda values: values[ALLOCATED],
    "hits": lambda values: values[HITS],
    "frag": _part,
    "pingpong": lambda values: values[MOVED],
    "rounding": lambda values: values[SAID] - values[ASKED],
    "in-use": lambda values: values[ALLOCATED] - values[FREED],
    "frees": lambda values: values[FREES],
}
"""What rows can be sorted by, largest first; the words of `perf kmem stat --sort` among them."""
ORDER = ("bytes",)


@dataclass(frozen=True, slots=True)
class Row:
    """A group. `zone` and `path`: ids, of its largest part, or of a pointer's last allocation; `last`: its last event.

    Sizes in bytes; `lost`: allocated but not requested; `fragmentation`: that in percent; `moved`: frees on another processor than
    the allocation. None: unknown. Where an allocation does not say what was requested, `asked`, `lost` and `fragmentation` leave it out.
    """

    name: str
    zone: int
    path: int
    last: int
    hits: int
    frees: int
    asked: int | None
    allocated: int
    freed: int
    lost: int | None
    fragmentation: float | None
    moved: int | None

    @property
    def in_use(self) -> int:
        """Elements allocated and not freed."""
        return self.hits - self.frees

    @property
    def in_use_bytes(self) -> int:
        """Bytes allocated and not freed."""
        return self.allocated - self.freed


@dataclass(frozen=True, slots=True)
class Groups:
    """k groups: values (10, k) as in `kmem_stat`. `names`: by group, or None for pointers, whose `keys` (k,) are addresses."""

    keys: Ints
    values: Ints
    names: Sequence[str] | None
    moves: bool
    """Whether processors are known."""

    def __len__(self) -> int:
        return len(self.keys)

    def name(self, i: int) -> str:
        """What group i is called."""
        return f"{int(self.keys[i]):#x}" if self.names is None else self.names[i]

    def ordered(self, order: Sequence[str] = ORDER) -> Ints:
        """The groups by these words of ORDERS, largest first: indices (k,)."""
        return np.lexsort([-np.asarray(ORDERS[word](self.values)) for word in reversed(order)])

    def rows(self, chosen: Ints) -> list[Row]:
        """The groups with these indices."""
        return [
            _row(self.name(i), values, self.moves) for i, values in zip(chosen.tolist(), self.values[:, chosen].T.tolist(), strict=True)
        ]


def groups(stat: KmemStat, catalog: Catalog, by: str = SITE, zone: int = 0) -> Groups:
    """The counts by one of BY; `zone`: the id of the only zone to count, 0: all. For POINTER, `stat` counts pointers.

    A call site is the function that called the allocator: the last frame of a call path.
    """
    moves = processors(catalog)
    if by == POINTER:
        assert stat.pointers is not None
        keys, values = _only(*stat.pointers.sums(), zone)
        return Groups(keys, values, None, moves)
    keys, values = _only(*stat.places.sums(), zone)
    order = np.argsort(values[ALLOCATED], kind="stable")  # so that the path and zone of a group are those of its largest part
    keys, values = keys[order], values[:, order]
    if by == ZONE:
        keys, values = summed(values[OF_ZONE], values)
        names = {info.id: info.name for info in catalog.zones}
        return Groups(keys, values, [names.get(i, f"zone {i}") for i in keys.tolist()], moves)
    ways, place = np.unique(keys // ZONE_ID_LIMIT, return_inverse=True)
    ids: dict[str, int] = {}
    of = np.array([ids.setdefault(called(catalog, way, by), len(ids)) for way in ways.tolist()], np.int64)
    keys, values = summed(of[place], values)
    return Groups(keys, values, list(ids), moves)


def total(stat: KmemStat, catalog: Catalog, zone: int = 0) -> Row:
    """All groups together."""
    values = _only(*stat.places.sums(), zone)[1]
    sums = [*values[:LAST].sum(axis=1).tolist(), int(values[LAST].max(initial=0)), 0, zone]
    return _row("total", sums, processors(catalog))


def called(catalog: Catalog, path: int, by: str) -> str:
    """The call path, or with SITE its last frame: the call site."""
    if not 0 < path < len(catalog.paths.rows):
        return "unknown"
    return catalog.paths.rows[path][1] if by == SITE else catalog.paths.text(path)


def _only(keys: Ints, values: Ints, zone: int) -> tuple[Ints, Ints]:
    keep = values[OF_ZONE] == zone
    return (keys[keep], values[:, keep]) if zone else (keys, values)


def _row(name: str, v: list[int], moves: bool) -> Row:
    known = v[SAID] > 0
    lost = v[SAID] - v[ASKED]
    return Row(
        name, v[OF_ZONE], v[OF_PATH], v[LAST], v[HITS], v[FREES], v[ASKED] if known else None, v[ALLOCATED], v[FREED],
        lost if known else None, 100 * lost / v[SAID] if known else None, v[MOVED] if moves else None,
    )  # fmt: skip
