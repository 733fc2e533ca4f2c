"""Live bytes as a tree: by call path, by who ran, or by zone; of all live elements, or of those made in a stretch of the run."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import ReferenceType, ref

import numpy as np

from zoneviz import words
from zoneviz.events import Catalog
from zoneviz.playback.lanes import server_name
from zoneviz.state.machine import MachineState
from zoneviz.state.rows import Ints
from zoneviz.words import KERNEL

BY = ("call path", "owner", "zone")
ALL = "all"
_MOST_IDS, _DENSE = 1 << 40, 1 << 22
_DEEPEST = 128
"""No kernel's call path is deeper; a recording's tree may say so."""


@dataclass(slots=True, eq=False, weakref_slot=True)
class Node:
    """One box: `size` bytes and `count` elements with its children's, `own` bytes without; `start`: bytes left of it.

    zones: bytes by zone id; task: its id where it is one; depth: 0 for the root. A tree lives as long as its root is held.
    """

    name: str
    depth: int
    above: "ReferenceType[Node] | None" = None
    """Weak, so that a tree goes with its last use: a window makes one each frame, and twenty of them kept the collector busy for 0.1 s."""
    size: int = 0
    own: int = 0
    count: int = 0
    start: int = 0
    task: int = 0
    server: str = ""
    zones: dict[int, int] = field(default_factory=dict)
    children: dict[str, "Node"] = field(default_factory=dict)

    @property
    def parent(self) -> "Node | None":
        """The box it is in, None for the root."""
        return self.above() if self.above is not None else None

    @property
    def zone(self) -> int:
        """The zone that has most of it, 0 if none."""
        return max(self.zones, key=lambda zone: self.zones[zone], default=0)

    def trail(self) -> list[str]:
        """Names from below the root down to it."""
        above = self.parent
        return [*above.trail(), self.name] if above is not None else []

    def walk(self) -> "Iterable[Node]":
        """It and everything below, in the order of drawing."""
        todo = [self]
        while todo:
            node = todo.pop()
            yield node
            todo += reversed(node.children.values())


def tree(state: MachineState, by: str = BY[0], *, made: tuple[int, int] | None = None, zone: str = "") -> Node:
    """The live elements of a state as a tree, largest children first.

    `by`: one of BY. "call path": frames, outermost first; "owner": server, task, zone; "zone": zone, then the call path.
    `made`: only elements allocated by events first to last of this pair; `zone`: only those of the zone of this name.
    Errors: ValueError for another `by`.
    """
    if by not in BY:
        raise ValueError(f"a tree is by {', '.join(BY)}")
    elements, sizes, catalog = state.elements, state.element_sizes(), state.catalog
    keep = np.ones(len(elements), np.bool_)
    if made is not None:
        keep &= (elements.seq >= made[0]) & (elements.seq <= made[1])
    if zone:
        keep &= np.isin(elements.zone, [info.id for info in catalog.zones if info.name == zone])
    second = elements.task if by == "owner" else elements.path
    root = Node(ALL, 0)
    names = {info.id: info.name for info in catalog.zones}
    tasks = catalog.task_names
    for number, key, size, count in _groups(elements.zone[keep], second[keep], sizes[keep]):
        zone_name = names.get(number, f"zone {number}")
        if by == "owner":
            called = words.task_name(key, tasks)
            server = server_name(called) if key else KERNEL
            steps = [server, f"{called} ({key})" if key else called, zone_name]
        else:
            server, steps = "", _frames(catalog, key)
            steps = [zone_name, *steps] if by == "zone" else steps
        leaf = _add(root, steps, number, size, count)
        if by == "owner":
            _own(leaf, key, server)
        leaf.own += size
    _arrange(root)
    return root


def _groups(zones: Ints, second: Ints, sizes: Ints) -> list[tuple[int, int, int, int]]:
    """(zone, second, bytes, elements) of each pair that occurs."""
    if not len(zones):
        return []
    second = np.clip(second, 0, _MOST_IDS)
    width = int(second.max()) + 1
    cells = zones * width + second
    if int(zones.max()) * width < _DENSE:  # counting needs no sorting: for 200,000 elements 2 ms instead of 30
        found = np.flatnonzero(np.bincount(cells))
        sums, counts = np.bincount(cells, sizes)[found], np.bincount(cells)[found]
    else:
        found, where, counts = np.unique(cells, return_inverse=True, return_counts=True)
        sums = np.bincount(where, sizes)
    columns = (found // width, found % width, sums.astype(np.int64), counts)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _frames(catalog: Catalog, path: int) -> list[str]:
    known = 0 < path < len(catalog.paths.rows)
    return catalog.paths.frames(path)[:_DEEPEST] if known else ["no call path"]


def _add(root: Node, steps: list[str], zone: int, size: int, count: int) -> Node:
    node = root
    for step in ["", *steps]:
        if step or node is not root:
            child = node.children.get(step)
            if child is None:
                child = node.children[step] = Node(step, node.depth + 1, ref(node))
            node = child
        node.size += size
        node.count += count
        node.zones[zone] = node.zones.get(zone, 0) + size
    return node


def _own(leaf: Node, task: int, server: str) -> None:
    """Who the boxes of an owner's tree are."""
    above = leaf.parent
    for node in (leaf, above):
        if node is not None:
            node.task, node.server = task, server
    top = above.parent if above is not None else None
    if top is not None:
        top.server = server


def _arrange(root: Node) -> None:
    """Children by size, and where each begins."""
    for node in root.walk():
        node.children = dict(sorted(node.children.items(), key=lambda item: (-item[1].size, item[0])))
        at = node.start
        for child in node.children.values():
            child.start = at
            at += child.size
