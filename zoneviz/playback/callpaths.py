"""Stacks as a tree of boxes: by call path, call site, owner or zone, with the size that one of their values gives."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import add
from weakref import ReferenceType, ref

from zoneviz.playback.costs import BYTES, ELEMENTS, Stack

ALL = "all"


@dataclass(slots=True, eq=False, weakref_slot=True)
class Node:
    """One box: `sums`, the values of its stacks including children, and `owns`, without; `start`: the size left of it.

    `size` and `own` are those that the boxes are drawn by. zones: size by name of the zone; task: its id if the box is a task; depth: 0
    for the root. Keep the root: nodes refer to it weakly.
    """

    name: str
    depth: int
    above: "ReferenceType[Node] | None" = None
    """Weak, so reference counting frees a tree: a window makes one per frame, and the garbage collector took 0.1 s for twenty of them."""
    size: int = 0
    own: int = 0
    start: int = 0
    sums: list[int] = field(default_factory=list)
    owns: list[int] = field(default_factory=list)
    task: int = 0
    server: str = ""
    zones: dict[str, int] = field(default_factory=dict)
    children: dict[str, "Node"] = field(default_factory=dict)

    @property
    def parent(self) -> "Node | None":
        """The parent box, None for the root."""
        return self.above() if self.above is not None else None

    @property
    def count(self) -> int:
        """Elements in use, including children."""
        return self.sums[ELEMENTS]

    @property
    def zone(self) -> str:
        """Name of the zone with the largest part of it, "" if empty."""
        return max(self.zones, key=lambda zone: self.zones[zone], default="")

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


def tree(stacks: Iterable[Stack], at: int = BYTES) -> Node:
    """The stacks as a tree, largest children first; the size of a box is value `at`."""
    root, none = Node(ALL, 0), [0] * (max(at, ELEMENTS) + 1)
    for stack in stacks:
        none, node = [0] * len(stack.values), root
        for step in stack.steps:
            child = node.children.get(step)
            if child is None:
                child = node.children[step] = Node(step, node.depth + 1, ref(node))
            node = child
        node.owns = list(map(add, node.owns, stack.values)) if node.owns else list(stack.values)
        node.zones[stack.zone] = node.zones.get(stack.zone, 0) + stack.values[at]
        if stack.server:
            _own(node, stack)
    _sum_up(root, none, at)
    _arrange(root)
    return root


def _own(leaf: Node, stack: Stack) -> None:
    """Mark the boxes of an owner with their task and server."""
    above = leaf.parent
    for node in (leaf, above):
        if node is not None:
            node.task, node.server = stack.task, stack.server
    top = above.parent if above is not None else None
    if top is not None:
        top.server = stack.server


def _sum_up(root: Node, none: list[int], at: int) -> None:
    """Add what children have to their parents, from the deepest upwards. `none`: the values of a box that no stack ends at."""
    for node in reversed(list(root.walk())):
        if not node.owns:
            node.owns = none
        node.sums = list(map(add, node.sums, node.owns)) if node.sums and node.owns is not none else node.sums or node.owns
        node.size, node.own = node.sums[at], node.owns[at]
        above = node.parent
        if above is not None:
            above.sums = list(map(add, above.sums, node.sums)) if above.sums else node.sums
            for zone, size in node.zones.items():
                above.zones[zone] = above.zones.get(zone, 0) + size


def _arrange(root: Node) -> None:
    """Sort children by size and set where each begins."""
    for node in root.walk():
        if len(node.children) > 1:
            node.children = dict(sorted(node.children.items(), key=lambda item: (-item[1].size, item[0])))
        at = node.start
        for child in node.children.values():
            child.start = at
            at += child.size


def matching(root: Node, text: str) -> list[Node]:
    """The boxes below the root whose name has `text`, in any case, from left to right."""
    wanted = text.casefold()
    return [node for node in root.walk() if node.depth and wanted in node.name.casefold()] if wanted else []


def together(nodes: Iterable[Node]) -> list[int]:
    """The sums of these boxes, given in the order of `Node.walk`; what is in several of them, one below the other, counts once."""
    out: list[int] = []
    top: Node | None = None
    for node in nodes:
        above = node.parent
        while above is not None and above is not top:
            above = above.parent
        if above is None:  # it is not below the last one that counted
            top = node
            out = list(map(add, out, node.sums)) if out else list(node.sums)
    return out
