"""Call paths as texts for other programs: folded stacks, a file for speedscope.app, and the table as CSV."""

from collections.abc import Sequence

from zoneviz.gui.charts.path_figures import OF_BYTES, cells, figures, name_column
from zoneviz.gui.charts.path_source import Found
from zoneviz.gui.kit.rows import Value
from zoneviz.playback.callpaths import Node
from zoneviz.playback.costs import BEFORE, CALL_SITE, COSTS, ELEMENTS, NOW, OWNER, Stack, functions

MOST_ROWS = 20_000
STACKS, SPEEDSCOPE, CSV = FORMATS = ("folded stacks", "speedscope", "table as CSV")
SUFFIXES = {STACKS: ".txt", SPEEDSCOPE: ".speedscope.json", CSV: ".csv"}


def headings(found: Found) -> list[str]:
    """The names of the columns."""
    return [name_column("call path").name, *(figure.column.name for figure in figures(found))]


def tree_rows(found: Found, root: Node) -> list[list[Value]]:
    """The boxes from the top down, at most MOST_ROWS: the trail and the figures."""
    columns = figures(found)
    nodes = (node for _, node in zip(range(MOST_ROWS), root.walk(), strict=False))
    return [[" > ".join(node.trail()) or "everything", *cells(columns, node, root.sums)] for node in nodes]


def function_rows(found: Found, root: Node) -> list[list[Value]]:
    """The functions: the name and the figures."""
    columns = figures(found)
    return [[one.name, *cells(columns, one, root.sums)] for one in functions(found.stacks).values()]


def written(form: str, found: Found, rows: Sequence[Sequence[Value]], title: str) -> str:
    """The file of one of FORMATS. Of a difference, folded stacks have two figures, before and now, and speedscope has two profiles."""
    if form == CSV:
        import csv
        import io

        from zoneviz.exporters.csv import cell

        out = io.StringIO(newline="")
        writer = csv.writer(out)
        writer.writerow([cell(name) for name in headings(found)])
        writer.writerows([cell(value) if isinstance(value, str) else value for value in row] for row in rows)
        return out.getvalue()
    stacks = [(_frames(found, stack), stack.values) for stack in found.stacks]
    at = int(found.asked.cost == ELEMENTS)
    if form == STACKS:
        from zoneviz.exporters.stacks import line

        figures_ = (BEFORE + at, NOW + at) if found.compared else (found.asked.cost,)
        return "".join(line(frames, [values[i] for i in figures_]) for frames, values in stacks if any(values[i] for i in figures_))
    from zoneviz.exporters.speedscope import profiles

    cost = COSTS[at] if found.compared else COSTS[found.asked.cost]
    sides = {"before": BEFORE + at, "now": NOW + at} if found.compared else {cost: found.asked.cost}
    unit = "bytes" if (at if found.compared else found.asked.cost) in OF_BYTES else "none"
    return profiles(title, {name: [(frames, values[i]) for frames, values in stacks if values[i]] for name, i in sides.items()}, unit)


def _frames(found: Found, stack: Stack) -> list[str]:
    """Outermost first, the zone last."""
    steps = stack.steps[::-1] if found.asked.by == CALL_SITE else stack.steps
    return [*steps] if found.asked.by == OWNER else [*steps, f"[{stack.zone}]"]
