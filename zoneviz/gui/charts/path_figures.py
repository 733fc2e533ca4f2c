"""The figures of call paths: the columns of their tables, the words of their boxes, and the colours of differences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Protocol

from PySide6.QtGui import QColor

from zoneviz import words
from zoneviz.gui.charts.pair_curves import A_COLOUR, B_COLOUR
from zoneviz.gui.charts.pair_tables import signed_cell
from zoneviz.gui.charts.path_source import OTHER, Found
from zoneviz.gui.kit.colours import blend
from zoneviz.gui.kit.glossary import tip
from zoneviz.gui.kit.rows import Column, Value, text_column
from zoneviz.gui.kit.theme import Theme
from zoneviz.playback.callpaths import Node
from zoneviz.playback.costs import ALLOCS, BEFORE, BYTES, CALL_SITE, COSTS, ELEMENTS, FREES, NOW, SURVIVED

OF_BYTES = (BYTES, SURVIVED)
MEANINGS = {
    BYTES: "Bytes in use at the moment",
    ELEMENTS: "Elements in use at the moment",
    SURVIVED: "Bytes of the survivors",
    SURVIVED + 1: "Elements allocated in the stretch and in use at the moment",
    ALLOCS: "Allocations in the stretch",
    FREES: "Frees in the stretch of what was allocated here",
}
PALEST = 0.25
"""How far from the middle the colour of the smallest change is, 0 to 1."""


class Summed(Protocol):
    """A box or a function: values with and without what is below."""

    sums: list[int]
    owns: list[int]


@dataclass(frozen=True, slots=True)
class Figure:
    """A column of figures: what is shown of a box or function, out of all `sums`."""

    column: Column
    value: Callable[[Summed, Sequence[int]], int | float]


def _both(name: str, meaning: str, shown: Callable[[int], str], sample: str, of: Callable[[Sequence[int]], int]) -> list[Figure]:
    return [
        Figure(Column(name, f"{meaning}, including what is below", shown, sample), lambda one, _: of(one.sums)),
        Figure(Column(f"own {name}", f"{meaning}, without what is below", shown, sample), lambda one, _: of(one.owns)),
    ]


def figures(found: Found) -> list[Figure]:
    """The columns after the name, as far as the values are known; from the bottom up without "own", which is then that of callers."""
    out = _figures(found)
    return [one for one in out if not one.column.name.startswith("own ")] if found.asked.by == CALL_SITE else out


def _figures(found: Found) -> list[Figure]:
    bytes_, count = (words.size_cell, "1,023.99 KiB"), (words.number, "9,999,999")
    if found.compared:
        old, new = sides(found)
        out = _both("change", f"Bytes {new} minus {old}", signed_cell, "+1,023.99 KiB", lambda v: v[NOW] - v[BEFORE])
        for side, at in ((old, BEFORE), (new, NOW)):
            out += _both(f"bytes {side}", "Bytes in use", *bytes_, itemgetter(at))[:1]
        out += _both("element change", f"Elements {new} minus {old}", words.signed, "+9,999,999", lambda v: v[NOW + 1] - v[BEFORE + 1])[:1]
        for side, at in ((old, BEFORE + 1), (new, NOW + 1)):
            out += _both(f"elements {side}", "Elements in use", *count, itemgetter(at))[:1]
        return out
    cost, known = found.asked.cost, len(found.stacks[0].values) if found.stacks else 2
    share = Column("share", f"Of all {COSTS[cost]}, including what is below", lambda part: words.share_cell(part, 100), "100.0 %")
    out = [Figure(share, lambda one, whole: 100 * one.sums[cost] / max(whole[cost], 1))]
    for i in sorted(range(known), key=lambda i: i != cost):
        out += _both(COSTS[i], MEANINGS[i], *(bytes_ if i in OF_BYTES else count), itemgetter(i))
    return out


def name_column(name: str) -> Column:
    """The column of names of boxes or functions."""
    return text_column(name, tip("call path"), "ipc_kobject_server_routine_here")


def cells(columns: Sequence[Figure], one: Summed, whole: Sequence[int]) -> list[Value]:
    """The values of a row."""
    return [figure.value(one, whole) for figure in columns]


def amount(cost: int, value: int) -> str:
    """A value of a cost in words: `1.5 MiB`, `3 allocations`."""
    if cost in OF_BYTES:
        return words.size(value)
    return words.count(value, COSTS[cost].removesuffix("s"))


def change(found: Found, sums: Sequence[int]) -> str:
    """The difference in words, with its sign."""
    by_bytes = found.asked.cost not in (ELEMENTS,)
    more = sums[NOW + (not by_bytes)] - sums[BEFORE + (not by_bytes)]
    return words.signed_size(more) if by_bytes else words.signed(more)


def label(found: Found, node: Node) -> str:
    """The figure beside the name of a box."""
    return change(found, node.sums) if found.compared else amount(found.asked.cost, node.size)


def said(found: Found, node: Node, root: Node) -> str:
    """A box in words: trail, its figures, its shares."""
    lines = [" > ".join(words.one_line(name, 120) for name in node.trail()) or "everything"]
    if found.compared:
        old, new = sides(found)
        v = node.sums
        lines.append(f"{words.signed_size(v[NOW] - v[BEFORE])}: {words.size(v[BEFORE])} {old}, {words.size(v[NOW])} {new}")
        before, now = v[BEFORE + 1], v[NOW + 1]
        lines.append(f"{words.signed(now - before)} elements: {words.number(before)} {old}, {words.number(now)} {new}")
        return "\n".join(lines)
    cost, above = found.asked.cost, node.parent
    more = f" in {words.count(node.count, 'element')}" if cost == BYTES else ""
    lines.append(f"{amount(cost, node.size)}{more} · {words.share_cell(node.size, max(root.size, 1))} of the total")
    if above is not None and above is not root:
        lines[-1] += f" · {words.share_cell(node.size, above.size)} of {words.one_line(above.name, 60)}"
    if node.own and node.own != node.size:
        lines.append(f"{amount(cost, node.own)} directly, without the boxes below")
    return "\n".join(lines)


def grown(found: Found, node: Node) -> float:
    """How much of a box is new, 1, or gone, -1; 0 without a change."""
    at = found.asked.cost == ELEMENTS
    now, before = node.sums[NOW + at], node.sums[BEFORE + at]
    return (now - before) / max(now, before, 1)


def changed_colour(share: float, theme: Theme) -> QColor:
    """The colour of a change from -1, blue, to 1, orange; grey without a change."""
    if not share:
        return QColor(theme.line)
    return blend(QColor(theme.raised), QColor((B_COLOUR if share > 0 else A_COLOUR)[theme.dark]), PALEST + (1 - PALEST) * abs(share))


def changes_legend(found: Found, theme: Theme) -> list[tuple[str, QColor, str]]:
    """What the colours of a difference stand for; with widths by what is now also what is gone and so has no box."""
    out = [
        ("all new", changed_colour(1, theme), ""),
        ("doubled", changed_colour(0.5, theme), ""),
        ("unchanged", changed_colour(0, theme), ""),
        ("halved", changed_colour(-0.5, theme), ""),
        ("all gone", changed_colour(-1, theme), ""),
    ]
    if not found.asked.by_change:
        at = found.asked.cost == ELEMENTS
        gone = sum(stack.values[BEFORE + at] for stack in found.stacks if not stack.values[NOW + at])
        out[-1] = ("all gone, not drawn", out[-1][1], amount(found.asked.cost, gone))
    return out


def both_sides(found: Found, sums: Sequence[int]) -> list[str]:
    """The totals before and now, or of A and B, in words."""
    at = found.asked.cost == ELEMENTS
    return [f"{side}: {amount(found.asked.cost, sums[i + at])}" for side, i in zip(sides(found), (BEFORE, NOW), strict=True)]


def sides(found: Found) -> tuple[str, str]:
    """What the two sides of a difference are called."""
    return ("A", "B") if found.asked.against == OTHER else ("before", "now")
