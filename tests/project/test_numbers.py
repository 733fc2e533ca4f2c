"""Numbers are written by zoneviz/words.py: window, command line and exports round nothing themselves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "zoneviz"
PLACES = ("gui", "cli", "exporters")
ROUNDED = re.compile(r"\.\d+[feg%]?$|[feg%]$|^\+|[,_]")
"""Formats that round, sign or divide a number."""
IN_TEXT = re.compile(r"\{[^{}]*:[^{}]*(?:\.\d+[feg%]|[feg%]|,)\}|%[-+0]?\d*\.\d+[feg]|%\d+d")
OTHERS = {
    "gui/kit/theme.py": "sizes in a style sheet", "gui/charts/vector.py": "lengths in SVG", "exporters/report/charts.py": "lengths in SVG",
    "exporters/comparison.py": "lengths in SVG, and places on an axis that names its unit", "gui/session/clock.py": "names of speeds",
    "gui/views/allocations.py": "a share as perf kmem stat writes it", "exporters/kmem_stat.py": "a share as perf kmem stat writes it",
    "cli/verbs/find_.py": "a column of times", "cli/output.py": "the clock, to as many decimals as asked",
    "gui/charts/answer_plot.py": "answers to SQL, which are shown as they are",
}  # fmt: skip
"""Files that format otherwise, and why."""


def rounded(code: str) -> Iterator[int]:
    """The lines of a source that format a number so."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
            spec = "".join(str(part.value) if isinstance(part, ast.Constant) else "0" for part in node.format_spec.values)
            if ROUNDED.search(spec):
                yield node.lineno
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "format" and len(node.args) == 2:
            if isinstance(node.args[1], ast.Constant) and ROUNDED.search(str(node.args[1].value)):
                yield node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and IN_TEXT.search(node.value):
            yield node.lineno


def test_nothing_else_rounds_numbers() -> None:
    files = {path.relative_to(ROOT).as_posix(): path for name in PLACES for path in sorted((ROOT / name).rglob("*.py"))}
    found = {name: lines for name, path in files.items() if (lines := list(rounded(path.read_text())))}
    assert {name: lines for name, lines in found.items() if name not in OTHERS} == {}
    assert set(found) == set(OTHERS), "files that need no exception any more"


@pytest.mark.parametrize(
    "code",
    [
        'f"{a:.2f}"', 'f"{a:,.0f} B"', 'f"{a:g}"', 'f"{a:+,}"', 'f"{a:.1%}"', '"{:.2f}".format(a)', '"%.2f" % a', 'f"{a:.{n}f}"',
        'f"{a:,}"', 'f"{a:>9,}"', '"{:,}".format(a)', 'format(a, ",")',
    ],
)  # fmt: skip
def test_formats_are_recognised(code: str) -> None:
    assert list(rounded(code)) == [1]


@pytest.mark.parametrize("code", ['f"{a:>10}"', 'format(a, ">9")', '"100 % of it"', 'f"{a:#x}"', 'f"{a!r:02}"'])
def test_other_formats_are_left_alone(code: str) -> None:
    assert not list(rounded(code))
