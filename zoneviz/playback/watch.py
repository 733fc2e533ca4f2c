"""Watchpoints: a condition on the machine, and the next or previous event that makes it true.

    ipc ports in use > 30000        kalloc.8192 free == 0        zone_map free < 1M        threads > 500

Left: a zone with `in use`, `free`, `size`, `max` or `failures`; a map with `used` or `free`; or a count: tasks, threads, ports,
messages, operations, forks, processes, `pages free`. Right: a number, with K, M or G for powers of 1024.
"""

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoneviz.errors import UsageError
from zoneviz.events import Catalog
from zoneviz.playback.player import Player
from zoneviz.playback.search import Slice
from zoneviz.state.figures import CUR_SIZE, FAILURES, FORKS, FREE, IN_USE, MAX_SIZE, MESSAGES, OPERATIONS, PAGES_FREE, PROCESSES
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import ByKind, Ints

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge, "<=": operator.le, "==": operator.eq, "!=": operator.ne, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
_FORM = re.compile(r"\s*(.+?)\s*(>=|<=|==|!=|>|<|=)\s*(\d+)\s*([KMG]?)i?B?\s*", re.IGNORECASE)
_SCALE = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
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
    """`text`: as written; `part`, `row`, `column`: the figure in `Totals`; `size`: of a map whose free bytes are meant, or 0."""

    text: str
    part: str
    row: int
    column: int
    size: int
    compare: str
    value: int

    def figure(self, state: MachineState) -> int:
        """The left side at a state's moment."""
        table: Ints = getattr(state.totals, self.part)
        if self.row >= len(table):
            return self.size
        cell = int(table[self.row, self.column]) if self.part == "zones" else int(table[self.row])
        return self.size - cell if self.size else cell

    def holds(self, state: MachineState) -> bool:
        """Whether the condition is true at a state's moment."""
        return bool(_COMPARE[self.compare](self.figure(state), self.value))

    def along(self, state: MachineState, rows: Ints) -> Ints:
        """The left side after each of the events (n, 10) that follow `state`, (n,)."""
        delta: Ints = getattr(state.totals.deltas(rows, np.arange(len(rows)), len(rows), ByKind(rows)), self.part)
        if self.row >= delta.shape[1]:
            return np.full(len(rows), self.size)
        steps = np.cumsum(delta[:, self.row, self.column] if self.part == "zones" else delta[:, self.row])
        return self.figure(state) - steps if self.size else self.figure(state) + steps


def parse_watch(text: str, catalog: Catalog) -> Watch:
    """Parse a watchpoint.

    Errors: UsageError if it is not one, or names an unknown zone, map or count.
    """
    form = _FORM.fullmatch(text)
    if form is None:
        raise UsageError(f"{text!r} is not a condition such as: ipc ports in use > 30000.")
    left, compare, number, scale = form.groups()
    compare, value = "==" if compare == "=" else compare, int(number) * _SCALE[scale.upper()]
    left = " ".join(left.split())
    zones = {zone.name: zone.id for zone in catalog.zones}
    if left in _COUNTED and _COUNTED[left] in zones:
        return Watch(text, "zones", zones[_COUNTED[left]], IN_USE, 0, compare, value)
    if left in _MACHINE:
        return Watch(text, "machine", _MACHINE[left], 0, 0, compare, value)
    maps = {m.name: m for m in catalog.maps}
    for name, column in _ZONE.items():
        subject = left.removesuffix(f" {name}")
        if subject != left and subject in zones:
            return Watch(text, "zones", zones[subject], column, 0, compare, value)
    for name in ("used", "free"):
        subject = left.removesuffix(f" {name}")
        if subject != left and subject in maps:
            size = maps[subject].end - maps[subject].start if name == "free" else 0
            return Watch(text, "maps", maps[subject].id, 0, size, compare, value)
    raise UsageError(f"Unknown figure {left!r}. Use a zone with {', '.join(_ZONE)}, a map with used or free, or a count such as threads.")


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
        hits = [first + int(at[-1 if backwards else 0]) for at in (_turns_true(w, state, rows) for w in watches) if len(at)]
        done += count
        if hits:
            yield Slice(done, todo, max(hits) if backwards else min(hits))
            return
        yield Slice(done, todo, None)
    if not todo:
        yield Slice(0, 0, None)


def _turns_true(watch: Watch, state: MachineState, rows: Ints) -> Ints:
    """Indices of the rows that make the condition true."""
    holds = np.append(watch.holds(state), _COMPARE[watch.compare](watch.along(state, rows), watch.value))
    return np.flatnonzero(holds[1:] & ~holds[:-1])
