"""Stacks: what is in use and what a stretch allocates and frees, by call path, owner or zone; their functions and differences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from zoneviz import words
from zoneviz.events import Catalog
from zoneviz.playback.lanes import server_name
from zoneviz.playback.turnover import PATH, TASK, Turnover
from zoneviz.state.elements import Counts
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints
from zoneviz.words import KERNEL

CALL_PATH, CALL_SITE, OWNER, ZONE = BY = ("call path", "call site", "owner", "zone")
BYTES, ELEMENTS, SURVIVED, SURVIVORS, ALLOCS, FREES = range(6)
COSTS = ("bytes", "elements", "surviving bytes", "survivors", "allocations", "frees")
"""The values of a stack: in use at a moment; of those, allocated in a stretch; and what happened in the stretch."""
NOW, BEFORE, CHANGED = 0, 2, 4
"""Where the bytes of a difference are among the values of a stack; the elements follow each. CHANGED: without the sign."""
NO_PATH = "no call path"
"""The step of elements without one."""
OUTERMOST = "(outermost)"
"""Caller of a function that has none."""
_DEEPEST = 128
"""Upper bound of the depth of a call path; a damaged recording may have more."""
_IDS = 40
"""Bits of a task or call path in a key."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One call path, or owner, and zone: `steps` from the top down, the zone's name, and `values` in the order of COSTS or of a difference.

    `task` and `server`: only of an owner.
    """

    steps: tuple[str, ...]
    zone: str
    values: tuple[int, ...]
    task: int = 0
    server: str = ""


@dataclass(frozen=True, slots=True)
class Costs:
    """k pairs of a zone and a task or call path, ids (k,) each, with the first c of COSTS (k, c)."""

    zone: Ints
    other: Ints
    values: Ints


def costs(state: MachineState, by: str, *, made: tuple[int, int] | None = None, turnover: Turnover | None = None) -> Costs:
    """The costs at a state, for one of BY. `made`: the first and last event of a stretch; `turnover`: of that stretch.

    Without `made` only bytes and elements, without `turnover` no allocations and frees. Errors: ValueError for another `by`.
    """
    if by not in BY:
        raise ValueError(f"by must be one of {', '.join(BY)}")
    key, elements = TASK if by == OWNER else PATH, state.elements
    live = elements.counts(key)
    parts: list[tuple[int, Counts, Ints | int]] = [(BYTES, live, state.sizes_of(live.zone)), (ELEMENTS, live, 1)]
    if made is not None:
        keep = (elements.seq >= made[0]) & (elements.seq <= made[1])
        left = Counts.of(elements.zone[keep], getattr(elements, key)[keep])
        parts += [(SURVIVED, left, state.sizes_of(left.zone)), (SURVIVORS, left, 1)]
    if turnover is not None:
        before, allocs, after = (found[key] for found in (turnover.before, turnover.allocs, turnover.after))
        parts += [(ALLOCS, allocs, 1), (FREES, allocs, 1), (FREES, before, 1), (FREES, after, -1)]
    return _costs(parts)


def costs_before(turnover: Turnover, by: str) -> Costs:
    """Bytes and elements in use before the stretch."""
    return _in_use(turnover, turnover.before[TASK if by == OWNER else PATH])


def costs_after(turnover: Turnover, by: str) -> Costs:
    """Bytes and elements in use after the stretch."""
    return _in_use(turnover, turnover.after[TASK if by == OWNER else PATH])


def _in_use(turnover: Turnover, counts: Counts) -> Costs:
    return _costs([(BYTES, counts, turnover.sizes[np.clip(counts.zone, 0, len(turnover.sizes) - 1)]), (ELEMENTS, counts, 1)])


def _costs(parts: Sequence[tuple[int, Counts, Ints | int]]) -> Costs:
    keys = np.concatenate([counts.zone << _IDS | counts.other for _, counts, _ in parts])
    found, where = np.unique(keys, return_inverse=True)
    values, at = np.zeros((len(found), 1 + max(cost for cost, _, _ in parts)), np.int64), 0
    for cost, counts, factor in parts:
        values[where[at : at + len(counts.zone)], cost] += counts.count * factor  # a pair is once in each part
        at += len(counts.zone)
    return Costs(found >> _IDS, found & (1 << _IDS) - 1, values)


class Stacker:
    """Names costs of one catalog. Keeps the frames of each call path it has seen."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._known: dict[int, tuple[str, ...]] = {}

    def stacks(self, found: Costs, by: str, *, zone: str = "", numbered: bool = True) -> list[Stack]:
        """The costs as stacks; `zone`: only those of this zone. `numbered`: tasks with their ids, which two recordings do not share."""
        names, tasks = {info.id: info.name for info in self.catalog.zones}, self.catalog.task_names
        out = []
        for number, key, values in zip(found.zone.tolist(), found.other.tolist(), found.values.tolist(), strict=True):
            called = names.get(number, f"zone {number}")
            if zone and called != zone:
                continue
            if by == OWNER:
                task = words.task_name(key, tasks)
                server = server_name(task) if key else KERNEL
                who = f"{task} ({key})" if key and numbered else task
                out.append(Stack((server, who, called), called, tuple(values), key, server))
                continue
            steps = self.frames(key)
            out.append(Stack(steps[::-1] if by == CALL_SITE else (called, *steps) if by == ZONE else steps, called, tuple(values)))
        return out

    def frames(self, path: int) -> tuple[str, ...]:
        """The frames of a call path, outermost first."""
        if path not in self._known:
            paths = self.catalog.paths
            known = tuple(frame for frame in paths.frames(path)[:_DEEPEST] if frame) if 0 < path < len(paths.rows) else ()
            self._known[path] = known or (NO_PATH,)
        return self._known[path]


def difference(old: Iterable[Stack], new: Iterable[Stack]) -> list[Stack]:
    """Both by steps and zone: values (bytes, elements) of `new`, of `old`, and how far apart, at NOW, BEFORE and CHANGED."""
    sides: dict[tuple[tuple[str, ...], str], tuple[Stack, list[int]]] = {}
    for at, stacks in ((NOW, new), (BEFORE, old)):
        for stack in stacks:
            values = sides.setdefault((stack.steps, stack.zone), (stack, [0] * CHANGED))[1]
            values[at] += stack.values[BYTES]
            values[at + 1] += stack.values[ELEMENTS]
    return [
        Stack(stack.steps, stack.zone, (*v, abs(v[NOW] - v[BEFORE]), abs(v[NOW + 1] - v[BEFORE + 1])), stack.task, stack.server)
        for stack, v in sides.values()
    ]


@dataclass(slots=True)
class Function:
    """A function: `sums` of the stacks it is in, each once however often it calls itself; `owns` of those it is the last step of."""

    name: str
    sums: list[int]
    owns: list[int]


def functions(stacks: Iterable[Stack]) -> dict[str, Function]:
    """The steps of all stacks by name."""
    found: dict[str, Function] = {}
    for stack in stacks:
        for name in dict.fromkeys(stack.steps):
            _add(_function(found, name, stack).sums, stack.values)
        _add(found[stack.steps[-1]].owns, stack.values)
    return found


def around(stacks: Iterable[Stack], name: str) -> tuple[dict[str, Function], dict[str, Function]]:
    """(callers, callees) of a function: the part of its stacks in which each called it, and in which it called each.

    A stack counts once for each of them, so those of a function that calls itself may add up to more than its own sums. `owns` of a
    caller: what the function allocated itself when called by it; of a callee: what that allocated itself.
    """
    callers: dict[str, Function] = {}
    callees: dict[str, Function] = {}
    for stack in stacks:
        places = [i for i, step in enumerate(stack.steps) if step == name]
        last = len(stack.steps) - 1
        for before in dict.fromkeys(stack.steps[i - 1] if i else OUTERMOST for i in places):
            _add(_function(callers, before, stack).sums, stack.values)
        if places and places[-1] == last:
            _add(callers[stack.steps[last - 1] if last else OUTERMOST].owns, stack.values)
        for after in dict.fromkeys(stack.steps[i + 1] for i in places if i < last):
            _add(_function(callees, after, stack).sums, stack.values)
        if last and stack.steps[last - 1] == name:
            _add(callees[stack.steps[last]].owns, stack.values)
    return callers, callees


def _function(found: dict[str, Function], name: str, stack: Stack) -> Function:
    if name not in found:
        found[name] = Function(name, [0] * len(stack.values), [0] * len(stack.values))
    return found[name]


def _add(to: list[int], values: Sequence[int]) -> None:
    for i, value in enumerate(values):
        to[i] += value
