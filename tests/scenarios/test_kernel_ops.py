"""The operations of kernel-ops allocate and free the same elements as the real kernels, in the same order."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.running import run

DATA = Path(__file__).parent.parent / "data"
YEARS = {"2005": "operations-2005.json", "2007": "operations.json"}
HANDOFF = "[stack_handoff]"  # clock ticks cause it too, at any place


def real(year: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DATA / YEARS[year]).read_text())
    return found


@cache
def ours(year: str) -> list[dict[str, Any]]:
    """The operations of one run, shared by all tests: each operation depends on the ones before."""
    result = run("kernel-ops", f"upstream-{year}")
    assert result.ended.outcome == "finished"
    found: list[dict[str, Any]] = result.ended.extra["operations"]
    return found


def words(sequence: str) -> list[str]:
    """The words of a sequence without hand-offs. Zone names contain blanks; a word begins with a sign or a bracket."""
    out: list[str] = []
    for piece in sequence.replace(HANDOFF, "").split():
        if piece[0] in "+-[" or not out:
            out.append(piece)
        else:
            out[-1] += " " + piece
    return out


CASES = [(year, index, operation["op"]) for year in YEARS for index, operation in enumerate(real(year))]


@pytest.mark.parametrize("year", YEARS)
def test_the_122_operations_are_in_the_real_order(year: str) -> None:
    assert len(real(year)) == 122
    assert [o["op"] for o in ours(year)] == [o["op"] for o in real(year)]


@pytest.mark.parametrize(("year", "index"), [(y, i) for y, i, _ in CASES], ids=[f"{y}-{i}-{op}" for y, i, op in CASES])
def test_each_operation_equals_the_real_kernel(year: str, index: int) -> None:
    want, have = real(year)[index], ours(year)[index]
    assert have["value"] == want["value"]
    if want["sequence"].endswith("..."):
        # Long sequences were cut, some in the middle of a word.
        start = " ".join(words(want["sequence"].removesuffix("...")))
        assert start
        assert " ".join(words(have["sequence"])).startswith(start)
    else:
        assert words(have["sequence"]) == words(want["sequence"])


def test_few_real_sequences_are_cut() -> None:
    # Otherwise most comparisons would only be of a prefix.
    for year in YEARS:
        assert sum(o["sequence"].endswith("...") for o in real(year)) == 4
