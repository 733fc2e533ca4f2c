"""The memory of two machines at corresponding moments: by zone, by task, by call path."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from zoneviz import words
from zoneviz.events import Catalog
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints

ENTRIES = ("mach_call_call", "_take_trap")
"""Frames where a program enters the kernel; frames before them belong to the program."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Elements in use and bytes of one zone, task or call path in A and B. `grown`: bytes since the previous point."""

    name: str
    elements: tuple[int, int]
    bytes: tuple[int, int]
    grown: tuple[int, int] = (0, 0)

    @property
    def more(self) -> int:
        """Bytes of B minus bytes of A."""
        return self.bytes[1] - self.bytes[0]

    @property
    def differs(self) -> bool:
        """Whether elements or bytes differ."""
        return self.elements[0] != self.elements[1] or self.bytes[0] != self.bytes[1]


@dataclass(frozen=True, slots=True)
class Tables:
    """All figures at one point, the largest difference first; `zone_map`: bytes in use in A and B."""

    what: str
    seqs: tuple[int, int]
    times: tuple[int, int]
    zone_map: tuple[int, int]
    zones: list[Figure]
    tasks: list[Figure]
    paths: list[Figure]


def tables(what: str, a: MachineState, b: MachineState, before: Tables | None, by_order: bool, frames: int) -> Tables:
    """The figures of two states. A zone's bytes are its cur_size, those of a task or path are of live elements.

    `by_order`: tasks correspond by order of creation instead of by name. `frames`: innermost frames that identify a call path,
    0 for all.
    """
    machines = a.machine(), b.machine()
    zones = [_zones(machine) for machine in machines]
    names = _names if not by_order else _orders((a.catalog, b.catalog))
    tasks = [_sums(state, state.elements.task, names(state.catalog)) for state in (a, b)]
    paths = [_sums(state, state.elements.path, _paths(state.catalog, frames)) for state in (a, b)]
    old = {figure.name: figure.bytes for figure in before.zones} if before else {}
    return Tables(
        what,
        (a.seq, b.seq),
        (a.time, b.time),
        (machines[0]["zone_map"]["used"], machines[1]["zone_map"]["used"]),
        _join(zones[0], zones[1], old),
        _join(tasks[0], tasks[1], {}),
        _join(paths[0], paths[1], {}),
    )


Pairs = dict[str, tuple[int, int]]


def _join(a: Pairs, b: Pairs, old: Pairs) -> list[Figure]:
    out = []
    for name in dict.fromkeys((*a, *b)):
        (elements_a, bytes_a), (elements_b, bytes_b) = a.get(name, (0, 0)), b.get(name, (0, 0))
        was = old.get(name, (0, 0))
        out.append(Figure(name, (elements_a, elements_b), (bytes_a, bytes_b), (bytes_a - was[0], bytes_b - was[1])))
    return sorted(out, key=lambda figure: (-abs(figure.more), -abs(figure.elements[1] - figure.elements[0]), figure.name))


def _zones(machine: dict[str, Any]) -> Pairs:
    """Elements and bytes by name; zones of one name are summed."""
    out: Pairs = {}
    for zone in machine["zones"]:
        have = out.get(zone["name"], (0, 0))
        out[zone["name"]] = have[0] + zone["in_use"], have[1] + zone["cur_size"]
    return out


def _sums(state: MachineState, ids: Ints, name: Callable[[int], str]) -> Pairs:
    """Live elements and their bytes by name; `ids` (n,): the id of each element, `name` its name."""
    if not len(ids):
        return {}
    size = state.element_sizes()
    known, index = np.unique(ids, return_inverse=True)
    counts = np.bincount(index, minlength=len(known)).tolist()
    sums = np.zeros(len(known), np.int64)
    np.add.at(sums, index, size)
    out: Pairs = {}
    for number, count, total in zip(known.tolist(), counts, sums.tolist(), strict=True):
        key = name(number)
        have = out.get(key, (0, 0))
        out[key] = have[0] + count, have[1] + total
    return out


def _names(catalog: Catalog) -> Callable[[int], str]:
    names = catalog.task_names
    return lambda task: words.task_name(task, names)


def _orders(catalogs: tuple[Catalog, Catalog]) -> Callable[[Catalog], Callable[[int], str]]:
    """One name for the n-th task of both: `a / b` if their names differ."""
    a, b = (catalog.task_names for catalog in catalogs)

    def name(task: int) -> str:
        both = dict.fromkeys(found for found in (a.get(task), b.get(task)) if found)
        return words.named_task(task, " / ".join(both))

    return lambda catalog: name


def path_text(catalog: Catalog, path: int, frames: int) -> str:
    """A call path as text: all of it, or its innermost `frames` frames inside the kernel."""
    if not 0 <= path < len(catalog.paths.rows):
        return "unknown"
    found = catalog.paths.frames(path)
    if frames:
        inside = max((i for i, frame in enumerate(found) if frame in ENTRIES), default=0)
        found = found[inside:][-frames:]
    return " > ".join(found) or "no call path"


def _paths(catalog: Catalog, frames: int) -> Callable[[int], str]:
    return lambda path: path_text(catalog, path, frames)
