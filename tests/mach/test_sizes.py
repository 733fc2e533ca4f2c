"""Every constant of the kernel names its source, and computed sizes are the measured ones."""

import ast
import itertools
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import zoneviz.mach
from zoneviz.mach.costs import Costs
from zoneviz.mach.sizes import IPC_ENTRY, IPC_TABLE_SIZES, PAGE, round_page

MACH = Path(next(iter(zoneviz.mach.__path__)))
SOURCE = re.compile(r"\[[MRIE]\]|\b(kern|vm|ipc|mach|i386|device)/\w+[\w/]*\.[ch]\b|\bmach_param\.h\b")
# Units and definitions, which need no source.
PLAIN = {
    "PAGE",
    "PAGE_SHIFT",
    "MiB",
    "SECOND",
    "MILLISECOND",
    "TICK_USEC",
    "INVALID_TASK",
    "REPLY_BYTES",
    "RUNNABLE",
    "RUNNING",
    "WAITING",
}
RETURN_CODES = ("KERN_", "MACH_SEND_", "MACH_RCV_")  # of mach/kern_return.h and mach/message.h


def number(node: ast.expr | None) -> bool:
    """Whether an expression is a number, or is computed from one."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, int | float) and not isinstance(node.value, bool)
    if isinstance(node, ast.BinOp):
        return number(node.left) or number(node.right)
    if isinstance(node, ast.Tuple):
        return any(number(part) for part in node.elts)
    return False


def block_of(lines: list[str], first: int, last: int) -> str:
    """The lines of a constant and those above it, up to a blank line. Lines count from 1."""
    start = first - 1
    while start > 0 and lines[start - 1].strip():
        start -= 1
    return "\n".join(lines[start:last])


def without_source(path: Path) -> Iterator[str]:
    """The numbers of a module with no source in their block."""
    text = path.read_text()
    lines = text.splitlines()
    for node in ast.parse(text).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        names = [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        if not number(value) or all(name in PLAIN or name.startswith(RETURN_CODES) for name in names):
            continue
        near = block_of(lines, node.lineno, node.end_lineno or node.lineno)
        if not SOURCE.search(near):
            yield f"{path.name}: {', '.join(names)}"


def test_every_constant_names_its_source() -> None:
    assert [constant for path in sorted(MACH.glob("*.py")) for constant in without_source(path)] == []


def test_every_cost_is_marked_as_measured_or_estimated() -> None:
    lines = (MACH / "costs.py").read_text().splitlines()
    costs = {field.name: next(line for line in lines if re.match(rf"\s+{field.name}: int", line)) for field in fields(Costs)}
    assert [name for name, line in costs.items() if not re.search(r"\[[ME]\]", line)] == []


def test_ipc_tables_grow_by_the_real_steps() -> None:
    assert IPC_TABLE_SIZES[:11] == (4, 8, 16, 32, 64, 128, 256, 512, 768, 1024, 1280)
    steps = [b - a for a, b in itertools.pairwise(IPC_TABLE_SIZES)]
    sizes = dict(zip(IPC_TABLE_SIZES, steps, strict=False))
    assert all(step == 256 for size, step in sizes.items() if 256 <= size < 4096)
    assert sizes[4096] == 512
    # Each is larger than the one before, and consists of whole pages from the first page on.
    assert all(step > 0 for step in steps)
    assert all(size * IPC_ENTRY % PAGE == 0 for size in IPC_TABLE_SIZES[6:])
    # The largest measured table: beyond about 178,700 names the old and the new table together exceed 8 MiB.
    assert any(178_000 < size <= 179_300 for size in IPC_TABLE_SIZES)


@pytest.mark.parametrize(("size", "pages"), [(0, 0), (1, 1), (4096, 1), (4097, 2)])
def test_round_page(size: int, pages: int) -> None:
    assert round_page(size) == pages * PAGE
