"""Watchpoints: a condition on the machine, and the next or previous event that makes it true.

    ipc ports in use > 30000        kmalloc-64 > 1.5G        zone_map free < 1M        slab_unreclaimable > 2G

Left: a zone with `in use`, `free`, `size`, `max` or `failures`, alone its size; a map with `used` or `free`; a figure of the
machine that readings set; or a count: tasks, threads, ports, messages, operations, forks, processes, `pages free`. Right: a
number, with K, M, G or T for powers of 1024.
"""

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import numpy.typing as npt

from zoneviz.errors import UsageError
from zoneviz.events import Catalog
from zoneviz.playback.player import Player
from zoneviz.playback.search import Slice
from zoneviz.state.figures import CUR_SIZE, FAILURES, FORKS, FREE, IN_USE, MAX_SIZE, MESSAGES, OPERATIONS, PAGES_FREE, PROCESSES, UNKNOWN
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import ByKind, Ints
from zoneviz.state.totals import Totals

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge, "<=": operator.le, "==": operator.eq, "!=": operator.ne, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
_FORM = re.compile(r"\s*(.+?)\s*(>=|<=|==|!=|>|<|=)\s*(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?\s*", re.IGNORECASE)
_SCALE = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_ZONE = {"in use": IN_USE, "free": FREE, "size": CUR_SIZE, "max": MAX_SIZE, "failures": FAILURES}
_MACHINE = {
    "messages": MESSAGES,
    "operations": OPERATIONS,
    "forks": FORKS,
    "processes": PROCESSES,
    "pages free": PAGES_FREE,
}
_COUNTED = {"tasks": "tasks", "threads": "threads", "ports": "ipc ports"}
_SLICE = 1024


@dataclass(frozen=True, slots=True)
class Watch:
    """`text`: as written; `part`, `row`, `column`: the figure in `Totals`; `size`: of a map whose free bytes are meant, or 0.

    `unit`: "bytes" or another `fields.Unit` of the figure. A figure that no reading has set is unknown: the condition is false.
    """

    text: str
    part: str
    row: int
    column: int
    size: int
    compare: str
    value: int
    unit: str

    def figure(self, totals: Totals) -> int:
        """The left side at the moment of `totals`; UNKNOWN if no reading has set it."""
        table: Ints = getattr(totals, self.part)
        if self.row >= len(table):
            return self.size or self._unset
        cell = int(table[self.row, self.column]) if self.part == "zones" else int(table[self.row])
        return self.size - cell if self.size else cell

    def holds(self, totals: Totals) -> bool:
        """Whether the condition is true at the moment of `totals`."""
        return bool(self._true(np.array([self.figure(totals)]))[0])

    def turns_true(self, state: MachineState, rows: Ints) -> Ints:
        """Indices of those of the events (n, 10) after `state` that make the condition true."""
        holds = self._true(np.append(self.figure(state.totals), self._along(state, rows)))
        return np.flatnonzero(holds[1:] & ~holds[:-1])

    @property
    def _unset(self) -> int:
        return UNKNOWN if self.part == "figures" else 0

    def _true(self, figures: Ints) -> npt.NDArray[np.bool_]:
        """Whether the condition is true where the left side is `figures` (n,)."""
        true: npt.NDArray[np.bool_] = _COMPARE[self.compare](figures, self.value)
        return true & (figures != UNKNOWN) if self.part == "figures" else true

    def _along(self, state: MachineState, rows: Ints) -> Ints:
        """The left side after each of the events (n, 10) that follow `state`, (n,)."""
        delta: Ints = getattr(state.totals.deltas(rows, np.arange(len(rows)), len(rows), ByKind(rows)), self.part)
        if self.row >= delta.shape[1]:
            return np.full(len(rows), self.size or self._unset)
        steps = np.cumsum(delta[:, self.row, self.column] if self.part == "zones" else delta[:, self.row])
        now = self.figure(state.totals)
        return now - steps if self.size else now + steps


def parse_watch(text: str, catalog: Catalog) -> Watch:
    """Parse a watchpoint.

    Errors: UsageError if it is not one, or names an unknown zone, map, figure or count.
    """
    form = _FORM.fullmatch(text)
    if form is None:
        raise UsageError(f"{text!r} is not a condition such as: {_example(catalog)}.")
    left, compare, number, scale = form.groups()
    part, row, column, size, unit = _figure(" ".join(left.split()), catalog)
    value = round(float(number) * _SCALE[scale.upper()])
    return Watch(text, part, row, column, size, "==" if compare == "=" else compare, value, unit)


def _figure(left: str, catalog: Catalog) -> tuple[str, int, int, int, str]:
    """Part, row, column, size and unit of a Watch. Errors: UsageError if `left` names no figure."""
    zones = {zone.name: zone.id for zone in catalog.zones}
    if left in _COUNTED and _COUNTED[left] in zones:
        return "zones", zones[_COUNTED[left]], IN_USE, 0, "count"
    if left in _MACHINE:
        return "machine", _MACHINE[left], 0, 0, "count"
    for info in catalog.figures:
        if left == info.name:
            return "figures", info.id, 0, 0, info.unit
    maps = {m.name: m for m in catalog.maps}
    for name, column in (("", CUR_SIZE), *_ZONE.items()):
        subject = left.removesuffix(f" {name}")
        if subject in zones and (subject != left or not name):
            return "zones", zones[subject], column, 0, "bytes" if column in (CUR_SIZE, MAX_SIZE) else "count"
    for name in ("used", "free"):
        subject = left.removesuffix(f" {name}")
        if subject != left and subject in maps:
            size = maps[subject].end - maps[subject].start if name == "free" else 0
            return "maps", maps[subject].id, 0, size, "bytes"
    subject = next((left.removesuffix(f" {name}") for name in (*_ZONE, "used") if left.endswith(f" {name}")), left)
    near = get_close_matches(subject, [*zones, *(info.name for info in catalog.figures), *maps, *_COUNTED, *_MACHINE], 3, 0.5)
    hint = f"Similar: {', '.join(near)}." if near else "Use a zone, a map with used or free, or a count such as threads."
    raise UsageError(f"Unknown figure {left!r}. {hint} After a zone may come: {', '.join(_ZONE)}.")


def _example(catalog: Catalog) -> str:
    """A condition that fits the machine."""
    return f"{catalog.figures[0].name} > 1.5G" if catalog.figures else "ipc ports in use > 30000"


def run_to(player: Player, watches: list[Watch], *, backwards: bool = False) -> Iterator[Slice]:
    """The next event, or with `backwards` the previous one, that makes one of the conditions true.

    Each step searches one slice of at most 1024 events; `found` of the last slice is the result. The player does not move. To
    cancel, stop iterating. A condition that is already true must first become false.
    Errors: InputError if the recording is damaged.
    """
    here, last = player.moment.seq, player.recording.event_count
    todo = max(here - 1, 0) if backwards else last - here
    scout = Player(player.recording)
    done = 0
    while done < todo:
        count = min(_SLICE, todo - done)
        first = here - done - count if backwards else here + done + 1
        state = scout.seek(first - 1)
        rows = scout.rows(first, first + count - 1)
        hits = [first + int(at[-1 if backwards else 0]) for at in (w.turns_true(state, rows) for w in watches) if len(at)]
        done += count
        if hits:
            yield Slice(done, todo, max(hits) if backwards else min(hits))
            return
        yield Slice(done, todo, None)
    if not todo:
        yield Slice(0, 0, None)
