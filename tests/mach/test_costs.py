"""docs/fidelity.md lists every cost and every fitted number with the values in the code."""

import re
from dataclasses import fields
from pathlib import Path

from zoneviz.mach import startup
from zoneviz.mach.costs import DEFAULT_COSTS
from zoneviz.mach.program import THREAD_STACKS
from zoneviz.mach.sizes import PAGE

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "fidelity.md").read_text()
SOURCE = (ROOT / "zoneviz" / "mach" / "costs.py").read_text()


def test_the_table_of_costs_is_the_code() -> None:
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| ([\d,]+)(?: each)? \| ([ME]) \|", TEXT, re.MULTILINE)
    written = {name: (int(ns.replace(",", "")), tag) for names, ns, tag in rows for name in re.findall(r"\w+", names)}
    tags = {f.name: tag for f in fields(DEFAULT_COSTS) for tag in re.findall(rf"^\s+{f.name}: int = .*\[([ME])\]", SOURCE, re.MULTILINE)}
    assert written == {f.name: (getattr(DEFAULT_COSTS, f.name), tags[f.name]) for f in fields(DEFAULT_COSTS)}


def test_the_table_of_fitted_numbers_is_the_code() -> None:
    rows = dict(re.findall(r"^\| `startup\.(\w+)` \| (\d+) \|", TEXT, re.MULTILINE))
    assert set(rows) == {"BIOS_PAGES", "LOW_PAGES", "MODULE_PAGES", "FREE_STACKS"}
    assert {name: getattr(startup, name) for name in rows} == {name: int(value) for name, value in rows.items()}
    pages = [segment.size // PAGE for segment in startup.PROGRAM if segment.filled]
    assert f"| `startup.PROGRAM` | {' + '.join(map(str, pages))} pages |" in TEXT
    assert f"| `program.THREAD_STACKS` | {THREAD_STACKS} of 64 KiB |" in TEXT
