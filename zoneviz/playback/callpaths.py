"""Live bytes as a tree by call path, owner or zone; of all live elements, or those allocated in a range of events."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from weakref import ReferenceType, ref

from zoneviz import words
from zoneviz.events import Catalog
from zoneviz.playback.lanes import server_name
from zoneviz.state.machine import MachineState
from zoneviz.words import KERNEL

BY = ("call path", "owner", "zone")
ALL = "all"
NO_PATH = "no call path"
"""The box of elements without one."""
_DEEPEST = 128
"""Upper bound of the depth of a call path; a damaged recording may have more."""


@dataclass(slots=True, eq=False, weakref_slot=True)
class Node:
    """One box: `size` bytes and `count` elements including children, `own` bytes without; `start`: bytes left of it.

    zones: bytes by zone id; task: its id if the box is a task; depth: 0 for the root. Keep the root: nodes refer to it weakly.
    """

    name: str
    depth: int
    above: "ReferenceType[Node] | None" = None
    """Weak, so reference counting frees a tree: a window makes one per frame, and the garbage collector took 0.1 s for twenty of them."""
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
        """The parent box, None for the root."""
        return self.above() if self.above is not None else None

    @property
    def zone(self) -> int:
        """Id of the zone with most of its bytes, 0 if empty."""
        return max(self.zones, key=lambda zone: self.zones[zone], default=0)

    def trail(self) -> list[str]:
        """Names from the child of the root down to this box."""
        above = self.parent
        return [*above.trail(), self.name] if above is not None else []

    def walk(self) -> "Iterable[Node]":
        """The box and all below it, depth first."""
        todo = [self]
        while todo:
            node = todo.pop()
            yield node
            todo += reversed(node.children.values())


def tree(state: MachineState, by: str = BY[0], *, made: tuple[int, int] | None = None, zone: str = "") -> Node:
    """The live elements of a state as a tree, largest children first.

    `by`: one of BY. "call path": frames, outermost first; "owner": server, task, zone; "zone": zone, then the call path.
    `made`: only elements allocated by events (first, last), inclusive; `zone`: only those of this zone, by name.
    Errors: ValueError for another `by`.
    """
    if by not in BY:
        raise ValueError(f"by must be one of {', '.join(BY)}")
    elements, catalog = state.elements, state.catalog
    if made is not None:
        elements = elements.take((elements.seq >= made[0]) & (elements.seq <= made[1]))
    counts = elements.counts("task" if by == "owner" else "path")
    root = Node(ALL, 0)
    names = {info.id: info.name for info in catalog.zones}
    tasks = catalog.task_names
    columns = (counts.zone, counts.other, counts.count * state.sizes_of(counts.zone), counts.count)
    for number, key, size, count in zip(*(column.tolist() for column in columns), strict=True):
        zone_name = names.get(number, f"zone {number}")
        if zone and zone_name != zone:
            continue
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


def _frames(catalog: Catalog, path: int) -> list[str]:
    known = 0 < path < len(catalog.paths.rows)
    return catalog.paths.frames(path)[:_DEEPEST] if known else [NO_PATH]


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
    """Mark the boxes of an owner tree with their task and server."""
    above = leaf.parent
    for node in (leaf, above):
        if node is not None:
            node.task, node.server = task, server
    top = above.parent if above is not None else None
    if top is not None:
        top.server = server


def _arrange(root: Node) -> None:
    """Sort children by size and set where each begins."""
    for node in root.walk():
        node.children = dict(sorted(node.children.items(), key=lambda item: (-item[1].size, item[0])))
        at = node.start
        for child in node.children.values():
            child.start = at
            at += child.size
